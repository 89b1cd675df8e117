//! Messages: those that were sent, for the arrow keys of later sessions, and the one that was typed and never sent.
//!
//! A draft has a file of its own for each running session, so that two on one tree do not disturb each other; a new
//! session takes over the newest one that a session of the same roots left behind. Only the person can read any of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustix::process::{Pid, test_kill_process};
use serde_json::{Value, json};

use super::kept::MESSAGES;
use crate::config::replace_private;
use crate::domain::{Attachment, Patience, Question, Retrieval};

/// A message with more attached text than this, in bytes, is remembered without it.
const MOST_ATTACHED: usize = 256 << 10;

/// A draft file larger than this, in bytes, was not written by Quarry.
const LARGEST_DRAFT: u64 = 64 << 20;

/// Messages of earlier sessions, oldest first.
pub fn load(data: &Path) -> Vec<Question> {
    let lines = MESSAGES.load(data);
    lines.iter().filter_map(|line| decode(&serde_json::from_str(line).ok()?)).collect()
}

/// Remembers a message that was sent. Pictures and very long texts are not kept; their labels say so.
///
/// # Errors
/// The folder or file cannot be written.
pub fn append(data: &Path, question: &Question) -> io::Result<()> {
    let mut kept = question.clone();
    let mut text = kept.text.to_string();
    kept.attachments.retain(|attachment| match attachment {
        Attachment::Text { text, .. } if text.len() <= MOST_ATTACHED => true,
        Attachment::Text { name, .. } | Attachment::Image { name, .. } => {
            text = text.replace(&format!("[{name}]"), &format!("[{name}: not kept]"));
            false
        }
    });
    kept.text = text.into();
    MESSAGES.append(data, &encode(&kept).to_string())
}

/// Where a session keeps what is typed and not sent.
#[derive(Debug, Clone)]
pub struct Drafts {
    file: PathBuf,
    /// The number of the newest draft that was written: those before it must not come after it.
    written: Arc<Mutex<u64>>,
}

impl Drafts {
    /// The place of this process's draft about these roots.
    pub fn new(data: &Path, roots: &[PathBuf]) -> Self {
        let file = folder(data).join(format!("{}-{}.json", key(roots), std::process::id()));
        Self { file, written: Arc::default() }
    }

    /// Writes or forgets a draft; nothing where a newer one was written. Numbers count up from 1.
    ///
    /// # Errors
    /// The folder or file cannot be written.
    pub fn keep(&self, number: u64, draft: Option<&Question>) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if number <= *written {
            return Ok(());
        }
        *written = number;
        match draft {
            Some(draft) => replace_private(&self.file, encode(draft).to_string().as_bytes()),
            None => match fs::remove_file(&self.file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                Ok(()) | Err(_) => Ok(()),
            },
        }
    }

    /// Takes over the newest draft that a session of the same roots left behind, if there is one.
    pub fn take_over(&self) -> Option<Question> {
        let (folder, mine) = (self.file.parent()?, self.file.file_name()?.to_str()?);
        let key = mine.split_once('-')?.0;
        let mut left: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(folder).ok()?.flatten() {
            let name = entry.file_name();
            let of = name.to_str().and_then(|name| name.strip_suffix(".json")?.split_once('-'));
            let Some((known, process)) = of else { continue };
            let Ok(meta) = entry.metadata() else { continue };
            if known == key && meta.len() <= LARGEST_DRAFT && !is_running(process) {
                left.push((meta.modified().unwrap_or(SystemTime::UNIX_EPOCH), entry.path()));
            }
        }
        let (_, newest) = left.into_iter().max()?;
        // Whoever moves it has it.
        fs::rename(&newest, &self.file).ok()?;
        decode(&serde_json::from_slice(&fs::read(&self.file).ok()?).ok()?)
    }
}

fn folder(data: &Path) -> PathBuf {
    data.join("drafts")
}

fn key(roots: &[PathBuf]) -> String {
    let mut hasher = blake3::Hasher::new();
    for root in roots {
        hasher.update(root.as_os_str().as_encoded_bytes()).update(&[0]);
    }
    hasher.finalize().to_hex()[..16].to_owned()
}

/// Whether a process of this number runs that is not this one.
fn is_running(process: &str) -> bool {
    let number = process.parse::<i32>().ok().filter(|number| *number != std::process::id().cast_signed());
    number.and_then(Pid::from_raw).is_some_and(|process| test_kill_process(process).is_ok())
}

fn encode(question: &Question) -> Value {
    let attached: Vec<Value> = question.attachments.iter().map(encode_attachment).collect();
    let patience = match question.patience {
        Patience::Stable => "stable",
        Patience::All => "all",
        Patience::Now => "now",
    };
    json!({
        "text": &*question.text,
        "attached": attached,
        "task": question.task.name(),
        "search": question.retrieval == Retrieval::Search,
        "patience": patience,
    })
}

fn encode_attachment(attachment: &Attachment) -> Value {
    match attachment {
        Attachment::Text { name, text } => json!({ "name": &**name, "text": &**text }),
        Attachment::Image { name, mime, bytes } => {
            json!({ "name": &**name, "mime": mime, "base64": STANDARD.encode(bytes) })
        }
    }
}

/// `None` for what Quarry did not write; attachments that it did not write are left out.
fn decode(value: &Value) -> Option<Question> {
    let attached = value["attached"].as_array().map_or(&[][..], Vec::as_slice);
    Some(Question {
        attachments: attached.iter().filter_map(decode_attachment).collect(),
        task: value["task"].as_str()?.parse().ok()?,
        retrieval: if value["search"] == false { Retrieval::Off } else { Retrieval::Search },
        patience: match value["patience"].as_str() {
            Some("all") => Patience::All,
            Some("now") => Patience::Now,
            Some(_) | None => Patience::Stable,
        },
        ..Question::new(value["text"].as_str()?)
    })
}

fn decode_attachment(value: &Value) -> Option<Attachment> {
    let name = value["name"].as_str()?.into();
    if let Some(text) = value["text"].as_str() {
        return Some(Attachment::Text { name, text: text.into() });
    }
    let bytes: Arc<[u8]> = STANDARD.decode(value["base64"].as_str()?).ok()?.into();
    let mime = super::pictures::kind(&bytes)?;
    Some(Attachment::Image { name, mime, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TaskKind;

    fn full() -> Question {
        let picture = b"\x89PNG\r\n\x1a\n...".as_slice();
        Question {
            attachments: vec![
                Attachment::Text { name: "paste 1, 2 lines".into(), text: "a\nb\n".into() },
                Attachment::Image { name: "a.png".into(), mime: "image/png", bytes: picture.into() },
            ],
            task: TaskKind::Review,
            retrieval: Retrieval::Off,
            patience: Patience::Now,
            ..Question::new("see [paste 1, 2 lines]\nand [a.png]")
        }
    }

    #[test]
    fn a_message_comes_back_with_the_text_attached_to_it_but_without_its_picture() {
        let home = tempfile::tempdir().unwrap();
        append(home.path(), &full()).unwrap();
        let kept = load(home.path());
        assert_eq!(&*kept[0].text, "see [paste 1, 2 lines]\nand [a.png: not kept]");
        assert_eq!(kept[0].attachments, full().attachments[..1]);
        assert_eq!((kept[0].task, kept[0].retrieval), (TaskKind::Review, Retrieval::Off));
    }

    #[test]
    fn lines_of_another_program_are_passed_over() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("messages"), "{}\nnot json\n{\"text\":\"a\",\"task\":\"chat\"}\n")
            .unwrap();
        let kept = load(home.path());
        assert_eq!(kept, [Question::new("a")]);
    }

    #[test]
    fn a_draft_is_taken_over_whole_from_a_session_that_ended() {
        let home = tempfile::tempdir().unwrap();
        let roots = [PathBuf::from("/r")];
        let ended = Drafts {
            file: folder(home.path()).join(format!("{}-2147483646.json", key(&roots))),
            written: Arc::default(),
        };
        ended.keep(1, Some(&full())).unwrap();
        let other = Drafts::new(home.path(), &[PathBuf::from("/other")]);
        assert_eq!(other.take_over(), None, "a draft about other roots");
        let mine = Drafts::new(home.path(), &roots);
        assert_eq!(mine.take_over(), Some(full()));
        assert!(!ended.file.exists() && mine.file.exists(), "it is kept until it is sent");
        mine.keep(1, None).unwrap();
        assert!(!mine.file.exists());
    }

    #[test]
    fn the_draft_of_a_running_session_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let roots = [PathBuf::from("/r")];
        let parent = std::os::unix::process::parent_id();
        let running = Drafts {
            file: folder(home.path()).join(format!("{}-{parent}.json", key(&roots))),
            written: Arc::default(),
        };
        running.keep(1, Some(&full())).unwrap();
        assert_eq!(Drafts::new(home.path(), &roots).take_over(), None);
    }

    #[test]
    fn an_older_draft_never_comes_after_a_newer_one() {
        let home = tempfile::tempdir().unwrap();
        let drafts = Drafts::new(home.path(), &[]);
        drafts.keep(2, Some(&Question::new("newer"))).unwrap();
        drafts.keep(1, Some(&Question::new("older"))).unwrap();
        assert!(fs::read_to_string(&drafts.file).unwrap().contains("newer"));
    }
}
