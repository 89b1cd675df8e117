//! Whole files: each in a fence, its name on a line before or in the fence's info string.

use super::fence::Fence;
use super::path;
use super::{Found, LastLine, Parse};
use crate::edit::directive::{Directive, Malformed, Novelty};

/// Reads whole files; fences without a name are talk where another fence has one.
#[derive(Debug, Default)]
pub struct Whole {
    named: Option<(String, usize)>,
    open: Option<(Fence, Option<String>, usize, Vec<String>)>,
    /// A fence without a name, kept until it is known whether it is the only one.
    nameless: Vec<(usize, Vec<String>)>,
    told: bool,
}

/// Lines of talk between a name and its fence.
const NAME_REACHES: usize = 2;

impl Whole {
    fn talk(&mut self, at: usize, line: &str) {
        if let Some(fence) = Fence::open(line) {
            let named = self.named.take().filter(|(_, age)| *age <= NAME_REACHES).map(|(name, _)| name);
            let path = path::of_info(&fence.info).or(named);
            self.open = Some((fence, path, at, Vec::new()));
            return;
        }
        if let Some((_, age)) = &mut self.named
            && !line.trim().is_empty()
        {
            *age += 1;
        }
        if let Some(name) = path::file_name(line) {
            self.named = Some((name, 0));
        }
    }
}

impl Parse for Whole {
    fn line(&mut self, at: usize, line: &str, found: &mut Vec<Found>) {
        let Some((fence, _, _, lines)) = &mut self.open else { return self.talk(at, line) };
        if !fence.closes(line) {
            lines.push(line.to_owned());
            return;
        }
        match self.open.take() {
            Some((_, Some(path), _, lines)) => {
                self.told = true;
                found.push(Ok(Directive::Write {
                    path: Some(path),
                    lines,
                    ends: true,
                    new: Novelty::Either,
                }));
            }
            Some((_, None, from, lines)) => self.nameless.push((from, lines)),
            None => {}
        }
    }

    fn finish(&mut self, _at: usize, _ended: LastLine, found: &mut Vec<Found>) {
        if let Some((_, path, line, _)) = self.open.take() {
            let why = "the fence that begins here is never closed: the file may be cut".to_owned();
            found.push(Err(Malformed { path, line, why }));
            return;
        }
        if self.told {
            return;
        }
        match self.nameless.as_mut_slice() {
            [] => {}
            [(_, lines)] => {
                let lines = std::mem::take(lines);
                found.push(Ok(Directive::Write { path: None, lines, ends: true, new: Novelty::Either }));
            }
            [(line, _), ..] => {
                let why = "several files, and none of them has a name".to_owned();
                found.push(Err(Malformed { path: None, line: *line, why }));
            }
        }
    }
}
