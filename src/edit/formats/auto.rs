//! Auto: the format is what the answer itself shows first; a fence alone is a whole file.

use super::fence::Fence;
use super::{Found, LastLine, Parse, apply_patch, search_replace, tool, udiff, whole};

/// Reads an answer in whatever format it turns out to be.
#[derive(Default)]
pub struct Auto {
    /// Lines seen before the format was known.
    seen: Vec<String>,
    /// The fence that is open.
    fence: Option<Fence>,
    chosen: Option<Box<dyn Parse + Send>>,
}

impl Auto {
    fn choose(&mut self, parser: Box<dyn Parse + Send>, found: &mut Vec<Found>) {
        let mut parser = parser;
        for (at, line) in std::mem::take(&mut self.seen).iter().enumerate() {
            parser.line(at + 1, line, found);
        }
        self.chosen = Some(parser);
    }
}

impl Parse for Auto {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        if let Some(parser) = &mut self.chosen {
            parser.line(at, line, found);
            return;
        }
        let diff = self.seen.last().is_some_and(|before| udiff::opens(before, line))
            || line.starts_with("diff --git ")
            || line.starts_with("@@ -")
            || line.trim_end() == "@@ ... @@"
            || self.fence.as_ref().is_some_and(udiff::is_diff) && udiff::is_marked(line);
        self.fence = match self.fence.take() {
            Some(fence) if !fence.closes(line) => Some(fence),
            Some(_) => None,
            None => Fence::open(line),
        };
        self.seen.push(line.to_owned());
        if search_replace::opens(line) {
            self.choose(Box::new(search_replace::SearchReplace::default()), found);
        } else if apply_patch::opens(line) {
            self.choose(Box::new(apply_patch::ApplyPatch::default()), found);
        } else if tool::opens(line) {
            self.choose(Box::new(tool::Tool::default()), found);
        } else if diff {
            self.choose(Box::new(udiff::Udiff::default()), found);
        }
    }

    fn finish(&mut self, at: usize, ended: LastLine, found: &mut Vec<Found>) {
        if self.chosen.is_none() {
            self.choose(Box::new(whole::Whole::of_blocks()), found);
        }
        if let Some(parser) = &mut self.chosen {
            parser.finish(at, ended, found);
        }
    }
}
