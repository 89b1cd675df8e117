//! Draft: one proposed edit with everything that is known of it.

use std::sync::Arc;

use crate::domain::{
    AskedForm, Decision, EditId, EditState, EditTarget, HunkId, Hunks, Instruction, ModelRef, ProposedEdit,
    RefusedPart,
};
use crate::edit::{Change, Nearest, Refused, Target};

use super::file::{DraftFile, DraftHunk, Names};
use super::moment::{now_ms, random};
use super::scope::Scope;

/// One proposed edit.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name.
    pub id: EditId,
    /// Its number for people.
    pub number: u32,
    /// When it was asked for, milliseconds since the epoch.
    pub at_ms: i64,
    /// What was asked.
    pub instruction: Instruction,
    /// The lines of the first file that it is about, 1-based, where it is about some.
    pub lines: Option<std::ops::RangeInclusive<usize>>,
    /// Who proposed it.
    pub by: Option<ModelRef>,
    /// The form that it was asked for in.
    pub form: Option<AskedForm>,
    /// What the model said besides.
    pub why: String,
    /// File by file.
    pub files: Vec<DraftFile>,
    /// What was not taken.
    pub refused: Vec<Refused>,
    /// How far it is.
    pub state: EditState,
    /// Gives names to its hunks.
    pub names: Names,
    /// Hunks that it had when it was proposed.
    pub proposed: u32,
}

impl Draft {
    /// An edit that was just asked for.
    pub fn new(instruction: Instruction, number: u32) -> Self {
        Self {
            id: EditId((random() >> 1) as i64),
            number,
            at_ms: now_ms(),
            instruction,
            lines: None,
            by: None,
            form: None,
            why: String::new(),
            files: Vec::new(),
            refused: Vec::new(),
            state: EditState::Streaming,
            names: Names::default(),
            proposed: 0,
        }
    }

    /// Keeps to what it was asked about: files that were judged to help then stay its target, whatever is judged later.
    pub fn keep_to(&mut self, scope: &Scope) {
        self.lines.clone_from(&scope.lines);
        let judged = match &self.instruction.target {
            EditTarget::Judged => true,
            EditTarget::Files(named) => named.is_empty(),
            EditTarget::Lines(..) | EditTarget::Symbol(..) => false,
        };
        if judged && !scope.changes.is_empty() {
            let paths = scope.changes.iter().map(|path| path.as_str().into()).collect();
            self.instruction.target = EditTarget::Files(paths);
        }
    }

    /// Takes what is newly proposed for files; `None` takes a file's proposal away.
    pub fn take(&mut self, changed: Vec<(String, Option<Change>)>) {
        for (path, change) in changed {
            let at = self.files.iter().position(|file| file.path == path);
            let Some(change) = change else {
                if let Some(at) = at {
                    self.files.remove(at);
                }
                continue;
            };
            let target = self.target(&path);
            let taken = match at {
                Some(at) => self.files[at].update(&change, &target, &mut self.names),
                None => DraftFile::new(&change, &target, &mut self.names).map(|file| self.files.push(file)),
            };
            if let Err(error) = taken {
                self.refused.push(Refused::of(&path, &error.to_string()));
            }
        }
    }

    /// What the scope guard holds a file against.
    fn target(&self, path: &str) -> Target {
        let about = match &self.instruction.target {
            EditTarget::Lines(file, _) | EditTarget::Symbol(file, _) => **file == *path,
            EditTarget::Files(_) | EditTarget::Judged => false,
        };
        let lines = if about { self.lines.clone() } else { None };
        Target { instruction: self.instruction.text.to_string(), lines }
    }

    /// Counts the syntax errors that hunks add.
    pub fn mark_errors(&mut self) {
        self.files.iter_mut().for_each(DraftFile::mark_errors);
    }

    /// Decides; false where nothing of that is there.
    pub fn decide(&mut self, which: &Hunks, decision: Decision) -> bool {
        match which {
            Hunks::One(HunkId(id)) => self.files.iter_mut().any(|file| file.decide_one(*id, decision)),
            Hunks::File(path) => {
                let file = self.files.iter_mut().find(|file| *file.path == **path);
                file.map(|file| file.decide_all(decision)).is_some()
            }
            Hunks::All => {
                self.files.iter_mut().for_each(|file| file.decide_all(decision));
                true
            }
        }
    }

    /// The file that holds a hunk, with the names that its parts may get.
    pub fn holder(&mut self, id: HunkId) -> Option<(&mut DraftFile, &mut Names)> {
        let file = self.files.iter_mut().find(|file| file.hunks.iter().any(|hunk| hunk.id == id.0))?;
        Some((file, &mut self.names))
    }

    /// Every hunk.
    pub fn hunks(&self) -> impl Iterator<Item = &DraftHunk> {
        self.files.iter().flat_map(|file| &file.hunks)
    }

    /// Whether hunks wait for the person.
    pub fn waits(&self) -> bool {
        self.hunks().any(DraftHunk::waits)
    }

    /// The edit as the screen shows it.
    pub fn proposed(&self) -> ProposedEdit {
        ProposedEdit {
            id: self.id,
            number: self.number,
            at_ms: self.at_ms,
            instruction: Arc::clone(&self.instruction.text),
            by: self.by.clone(),
            form: self.form,
            turn: self.instruction.turn,
            why: self.why.as_str().into(),
            files: self.files.iter().map(DraftFile::proposed).collect(),
            refused: self.refused.iter().map(refused).collect(),
            state: self.state.clone(),
        }
    }
}

fn refused(part: &Refused) -> RefusedPart {
    let lines = |lines: &[String]| lines.iter().map(|line| Arc::from(line.as_str())).collect::<Arc<[_]>>();
    let nearest = part.nearest.iter().map(|Nearest { line, lines: found, .. }| (*line as u32, lines(found)));
    // In every one of several places stands what was looked for.
    let several = part.places.iter().map(|line| (*line as u32, lines(&part.wanted)));
    RefusedPart {
        path: part.path.as_deref().map(Arc::from),
        why: part.why.as_str().into(),
        wanted: lines(&part.wanted),
        places: nearest.chain(several).collect(),
        differs: part
            .nearest
            .as_ref()
            .map(|nearest| (nearest.differs.0.as_str().into(), nearest.differs.1.as_str().into())),
        broke_off: part.broke_off,
    }
}
