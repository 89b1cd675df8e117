//! Shelf: undecided edits, kept in the data folder so that they survive the end of the program, however it comes.
//!
//! Each edit has a folder with its state, the reviewed bytes by their hash, and a lock that its program holds: of two
//! programs on one tree each shows its own edits, and those of a program that is gone.

use std::collections::hash_map::Entry;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::config::replace_private;
use crate::domain::{AskedForm, EditId, EditState, EditTarget, FormChoice, Instruction, Span, TurnId};
use crate::edit::{EditFormat, Refused};

use super::draft::Draft;
use super::file::{DraftFile, DraftHunk, Kind, Names};

/// The name of an edit's state in its folder.
const STATE: &str = "edit.json";

/// The name of its lock.
const LOCK: &str = "lock";

/// Undecided edits on disk.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    held: FxHashMap<EditId, File>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    id: i64,
    at_ms: i64,
    text: String,
    target: KeptTarget,
    context: Vec<String>,
    lines: Option<(usize, usize)>,
    by: Option<String>,
    why: String,
    files: Vec<KeptFile>,
    names: Names,
    #[serde(default)]
    proposed: u32,
    #[serde(default)]
    turn: Option<i64>,
    #[serde(default)]
    not_taken: Vec<Refused>,
    /// The form that it was asked for in, and what chose it, by their names.
    #[serde(default)]
    form: Option<(String, String)>,
}

#[derive(Serialize, Deserialize)]
enum KeptTarget {
    Lines(String, u32, u32),
    Symbol(String, String),
    Files(Vec<String>),
    Judged,
}

#[derive(Serialize, Deserialize)]
struct KeptFile {
    path: String,
    kind: Kind,
    moved_to: Option<String>,
    base: Option<String>,
    hunks: Vec<DraftHunk>,
    changed_on_disk: bool,
}

impl Drop for Shelf {
    fn drop(&mut self) {
        for lock in self.held.values() {
            // Closing is not enough: a child that was just forked has the file, too, until it runs its own program.
            let _ = lock.unlock();
        }
    }
}

impl Shelf {
    /// The shelf in a folder, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, held: FxHashMap::default() }
    }

    fn place(&self, id: EditId) -> PathBuf {
        self.folder.join(format!("{:016x}", id.0))
    }

    /// Keeps an edit as it is now.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&mut self, draft: &Draft) -> io::Result<()> {
        let folder = self.place(draft.id);
        if let Entry::Vacant(place) = self.held.entry(draft.id) {
            DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
            let lock = lock_file(&folder)?;
            lock.try_lock()?;
            place.insert(lock);
        }
        let mut files = Vec::new();
        for file in &draft.files {
            files.push(KeptFile {
                path: file.path.clone(),
                kind: file.kind,
                moved_to: file.moved_to.clone(),
                base: file.base.as_deref().map(|bytes| keep_bytes(&folder, bytes)).transpose()?,
                hunks: file.hunks.clone(),
                changed_on_disk: file.changed_on_disk,
            });
        }
        let kept = Kept {
            id: draft.id.0,
            at_ms: draft.at_ms,
            text: draft.instruction.text.to_string(),
            target: KeptTarget::of(&draft.instruction.target),
            context: draft.instruction.context.iter().map(ToString::to_string).collect(),
            lines: draft.lines.as_ref().map(|lines| (*lines.start(), *lines.end())),
            by: draft.by.as_ref().map(ToString::to_string),
            why: draft.why.clone(),
            files,
            names: draft.names.clone(),
            proposed: draft.proposed,
            turn: draft.instruction.turn.map(|turn| turn.0),
            not_taken: draft.refused.clone(),
            form: draft.form.map(|form| (form.name.to_owned(), form.chosen.name().to_owned())),
        };
        replace_private(&folder.join(STATE), &serde_json::to_vec(&kept)?)
    }

    /// Forgets an edit.
    pub fn forget(&mut self, id: EditId) {
        if self.held.remove(&id).is_some() {
            // What stays is found again at the next start, and can be dropped then.
            let _ = fs::remove_dir_all(self.place(id));
        }
    }

    /// The edits that no running program holds, oldest first; from now on they are held here. What cannot be read is left
    /// where it is.
    pub fn load(&mut self) -> Vec<Draft> {
        let mut drafts = Vec::new();
        for folder in fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let Some(lock) = lock_file(&folder).ok().filter(|lock| lock.try_lock().is_ok()) else { continue };
            let Some(draft) = read(&folder) else { continue };
            if self.place(draft.id) == folder {
                self.held.insert(draft.id, lock);
                drafts.push(draft);
            }
        }
        drafts.sort_by_key(|draft| draft.at_ms);
        for (at, draft) in drafts.iter_mut().enumerate() {
            draft.number = at as u32 + 1;
        }
        drafts
    }
}

fn lock_file(folder: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK))
}

/// Keeps bytes under their hash, once.
fn keep_bytes(folder: &Path, bytes: &[u8]) -> io::Result<String> {
    let name = blake3::hash(bytes).to_hex()[..32].to_owned();
    let file = folder.join(&name);
    if !file.exists() {
        replace_private(&file, bytes)?;
    }
    Ok(name)
}

fn read(folder: &Path) -> Option<Draft> {
    let kept: Kept = serde_json::from_slice(&fs::read(folder.join(STATE)).ok()?).ok()?;
    let mut files = Vec::new();
    for file in kept.files {
        let base = match &file.base {
            Some(name) => {
                let bytes = fs::read(folder.join(name)).ok()?;
                if blake3::hash(&bytes).to_hex()[..32] != **name {
                    return None;
                }
                Some(bytes)
            }
            None => None,
        };
        let mut draft = DraftFile::kept(file.path, (file.kind, file.moved_to), base, file.hunks).ok()?;
        draft.changed_on_disk = file.changed_on_disk;
        files.push(draft);
    }
    Some(Draft {
        id: EditId(kept.id),
        number: 0,
        at_ms: kept.at_ms,
        instruction: Instruction {
            text: kept.text.into(),
            target: kept.target.target(),
            context: kept.context.into_iter().map(Into::into).collect(),
            turn: kept.turn.map(TurnId),
            model: None,
        },
        lines: kept.lines.map(|(first, last)| first..=last),
        by: kept.by.and_then(|name| name.parse().ok()),
        form: kept.form.and_then(|(name, chosen)| asked_form(&name, &chosen)),
        why: kept.why,
        files,
        refused: kept.not_taken,
        state: EditState::Proposed,
        names: kept.names,
        proposed: kept.proposed,
    })
}

/// The form of these names.
fn asked_form(name: &str, chosen: &str) -> Option<AskedForm> {
    let format = name.parse::<EditFormat>().ok()?;
    Some(AskedForm { name: format.name(), chosen: FormChoice::named(chosen)? })
}

impl KeptTarget {
    fn of(target: &EditTarget) -> Self {
        match target {
            EditTarget::Lines(path, span) => Self::Lines(path.to_string(), span.first, span.last),
            EditTarget::Symbol(path, name) => Self::Symbol(path.to_string(), name.to_string()),
            EditTarget::Files(paths) => Self::Files(paths.iter().map(ToString::to_string).collect()),
            EditTarget::Judged => Self::Judged,
        }
    }

    fn target(self) -> EditTarget {
        match self {
            Self::Lines(path, first, last) => EditTarget::Lines(path.into(), Span { first, last }),
            Self::Symbol(path, name) => EditTarget::Symbol(path.into(), name.into()),
            Self::Files(paths) => EditTarget::Files(paths.into_iter().map(Into::into).collect()),
            Self::Judged => EditTarget::Judged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Decision, Hunks};
    use crate::edit::{Change, Nearest};

    fn draft() -> Draft {
        let instruction = Instruction {
            text: "rename".into(),
            target: EditTarget::Lines("a.rs".into(), Span { first: 1, last: 2 }),
            context: vec!["b.rs".into()],
            turn: None,
            model: None,
        };
        let mut draft = Draft::new(instruction, 7);
        draft.take(vec![(
            "a.rs".into(),
            Some(Change {
                path: "a.rs".into(),
                moved_to: None,
                before: Some(b"a\r\nb".to_vec()),
                after: Some(b"x\r\nb".to_vec()),
                mode: None,
            }),
        )]);
        draft.refused = vec![
            Refused {
                path: Some("a.rs".into()),
                why: "these lines stand nowhere in the file".into(),
                wanted: vec!["c".into(), "b".into()],
                nearest: Some(Nearest {
                    line: 1,
                    lines: vec!["a".into(), "b".into()],
                    differs: ("c".into(), "a".into()),
                }),
                places: Vec::new(),
                broke_off: true,
            },
            Refused { wanted: vec!["b".into()], places: vec![2, 7], ..Refused::of("b.rs", "twice") },
        ];
        draft.form = Some(AskedForm { name: "udiff", chosen: FormChoice::TooLong });
        draft.state = EditState::Proposed;
        draft
    }

    #[test]
    fn what_is_kept_is_found_again_with_its_decisions() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut draft = draft();
        draft.decide(&Hunks::All, Decision::Accepted);
        let mut shelf = Shelf::new(folder.path().join("open"));
        shelf.keep(&draft).expect("kept");
        assert!(Shelf::new(folder.path().join("open")).load().is_empty(), "another program holds it");
        // As a killed program does: the lock goes with it, and nothing is said.
        drop(shelf);
        let mut shelf = Shelf::new(folder.path().join("open"));
        let found = shelf.load();
        let [found] = &found[..] else { panic!("{found:?}") };
        assert_eq!(found.proposed(), ProposedEditNumbered::of(&draft));
        assert_eq!(found.files[0].accepted(), draft.files[0].accepted());
        assert_eq!(found.refused, draft.refused, "with the lines that tell what is wrong");
        assert_eq!(found.instruction.target, draft.instruction.target);
        shelf.forget(draft.id);
        assert_eq!(fs::read_dir(folder.path().join("open")).expect("listed").count(), 0);
    }

    /// The edit as it is shown, with the number that the first loaded one gets.
    struct ProposedEditNumbered;

    impl ProposedEditNumbered {
        fn of(draft: &Draft) -> crate::domain::ProposedEdit {
            Draft { number: 1, ..draft.clone() }.proposed()
        }
    }

    #[test]
    fn a_folder_with_damaged_bytes_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let draft = draft();
        let mut shelf = Shelf::new(folder.path().to_owned());
        shelf.keep(&draft).expect("kept");
        drop(shelf);
        let place = folder.path().join(format!("{:016x}", draft.id.0));
        for file in fs::read_dir(&place).expect("listed").flatten() {
            if file.file_name().len() == 32 {
                fs::write(file.path(), "other").expect("written");
            }
        }
        assert!(Shelf::new(folder.path().to_owned()).load().is_empty());
        assert!(place.exists());
    }
}
