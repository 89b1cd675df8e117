//! The `why` pane's state: which file it shows, how far its source is scrolled, which place is marked.

use std::sync::Arc;

use crate::domain::{Detail, FileId, Generation, Span};

use super::preview::{Preview, Source};

/// What the `why` pane shows.
#[derive(Debug, Default)]
pub struct Why {
    file: Option<FileId>,
    generation: Generation,
    body: Option<Result<Arc<Source>, String>>,
    top: usize,
    place: usize,
    scrolled: bool,
    /// Lines selected by the person, from where to where, 1-based; the second end moves.
    selecting: Option<(u32, u32)>,
    /// The line to show once the file's text is there.
    wanted: Option<u32>,
}

impl Why {
    /// The file it shows.
    pub fn file(&self) -> Option<FileId> {
        self.file
    }

    /// The newest request; answers to others are stale.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// The file's text, or why there is none; `None` while it is being read.
    pub fn body(&self) -> Option<&Result<Arc<Source>, String>> {
        self.body.as_ref()
    }

    /// The first line shown, from 0.
    pub fn top(&self) -> usize {
        self.top
    }

    /// Which of the places is marked, from 0.
    pub fn place(&self) -> usize {
        self.place
    }

    /// Number of lines of the source.
    pub fn lines(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.as_ref().map_or(0, |source| source.lines.len()))
    }

    /// Shows another file, or none; returns the request to make.
    pub fn show(&mut self, file: Option<FileId>) -> Option<(FileId, Generation)> {
        if self.file == file {
            return None;
        }
        *self = Self { file, generation: self.generation, wanted: self.wanted, ..Self::default() };
        self.reload()
    }

    /// Asks for the same file again; what is shown stays until the answer is there.
    pub fn reload(&mut self) -> Option<(FileId, Generation)> {
        self.generation = self.generation.next();
        self.file.map(|file| (file, self.generation))
    }

    /// Takes the file's text.
    pub fn take(&mut self, preview: Preview, detail: Option<&Detail>, height: usize) {
        self.body = Some(preview.body);
        self.settle(detail, height);
    }

    /// Shows this line, now and once the file's text is there.
    pub fn want(&mut self, line: Option<u32>) {
        self.wanted = line;
    }

    /// Brings a line on the screen; the person asked for it.
    pub fn go_to(&mut self, line: u32, height: usize) {
        self.scrolled = true;
        self.top = (line.saturating_sub(1) as usize).saturating_sub(height / 4);
        self.clamp(height);
    }

    /// Brings the marked place on the screen, unless the person scrolled.
    pub fn settle(&mut self, detail: Option<&Detail>, height: usize) {
        if let Some(line) = self.wanted.filter(|_| self.lines() > 0) {
            self.wanted = None;
            self.go_to(line, height);
        }
        if !self.scrolled {
            self.go_to_place(detail, height);
        }
        self.clamp(height);
    }

    /// The lines that the person selected.
    pub fn selected(&self) -> Option<Span> {
        self.selecting.map(|(from, to)| Span { first: from.min(to), last: from.max(to) })
    }

    /// Begins to select lines, at the marked place where that is on the screen, or gives the selection up.
    pub fn toggle_selecting(&mut self, detail: Option<&Detail>, height: usize) {
        if self.selecting.take().is_some() {
            return;
        }
        let seen = self.top as u32 + 1..(self.top + height) as u32 + 1;
        let place = self.span(detail).map(|span| span.first).filter(|first| seen.contains(first));
        let line = place.unwrap_or(seen.start);
        self.selecting = (self.lines() > 0).then_some((line, line));
    }

    /// Gives the selection up.
    pub fn stop_selecting(&mut self) {
        self.selecting = None;
    }

    /// Scrolls by so many lines; while lines are selected, moves the end of the selection and keeps it on the screen.
    pub fn scroll(&mut self, by: isize, height: usize) {
        if let Some((_, to)) = &mut self.selecting {
            let last =
                self.body.as_ref().map_or(1, |body| body.as_ref().map_or(1, |source| source.lines.len()));
            *to = (*to as isize).saturating_add(by).clamp(1, last.max(1) as isize) as u32;
            let at = *to as usize - 1;
            self.scrolled = true;
            self.top = self.top.min(at).max((at + 1).saturating_sub(height));
            return self.clamp(height);
        }
        self.scrolled = true;
        self.top = self.top.saturating_add_signed(by);
        self.clamp(height);
    }

    /// Marks the next place (or the one before) and brings it on the screen.
    pub fn step(&mut self, forward: bool, detail: Option<&Detail>, height: usize) {
        let count = detail.map_or(0, |detail| places(detail).len());
        if count == 0 {
            return;
        }
        self.place = if forward { (self.place + 1) % count } else { (self.place + count - 1) % count };
        self.scrolled = false;
        self.settle(detail, height);
    }

    /// The marked place.
    pub fn span(&self, detail: Option<&Detail>) -> Option<Span> {
        let places = places(detail?);
        places.get(self.place).or(places.first()).copied()
    }

    fn go_to_place(&mut self, detail: Option<&Detail>, height: usize) {
        let Some(span) = self.span(detail) else { return };
        let lines = (span.last.saturating_sub(span.first) + 1) as usize;
        // A short place stands with some lines before it; a long one starts near the top.
        let before = if lines + 4 <= height { (height - lines) / 3 } else { 1 };
        self.top = (span.first.saturating_sub(1) as usize).saturating_sub(before);
    }

    fn clamp(&mut self, height: usize) {
        self.top = self.top.min(self.lines().saturating_sub(height));
    }
}

/// Places to look at, best first: the spans of the detail, then those of its evidence, each once.
pub fn places(detail: &Detail) -> Vec<Span> {
    let mut places: Vec<Span> = Vec::new();
    for span in detail.spans.iter().copied().chain(detail.evidence.iter().filter_map(|e| e.span)) {
        if !places.contains(&span) {
            places.push(span);
        }
    }
    places
}
