//! Pictures: read from a file or the clipboard, known by their first bytes, and never larger than a model takes.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::domain::Attachment;
use crate::text::amount;
use crate::text::sanitize::sanitize_bytes;

/// The most bytes of a picture. Hosted models take 5 to 20 million, and Base64 makes a third more of them.
const MOST: usize = 15_000_000;

/// How long a clipboard tool may take; one waits for ever when the owner of the clipboard does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most bytes of text that are taken from the clipboard.
const MOST_TEXT: usize = 10_000_000;

/// A program that prints what is on the clipboard.
struct Tool {
    name: &'static str,
    /// The environment variable that tells whether it can work.
    needs: Option<&'static str>,
    picture: &'static [&'static str],
    text: &'static [&'static str],
}

const TOOLS: [Tool; 4] = [
    Tool {
        name: "wl-paste",
        needs: Some("WAYLAND_DISPLAY"),
        picture: &["--no-newline", "--type", "image/png"],
        text: &["--no-newline", "--type", "text"],
    },
    Tool {
        name: "xclip",
        needs: Some("DISPLAY"),
        picture: &["-selection", "clipboard", "-target", "image/png", "-out"],
        text: &["-selection", "clipboard", "-out"],
    },
    Tool { name: "pngpaste", needs: None, picture: &["-"], text: &[] },
    Tool { name: "pbpaste", needs: None, picture: &[], text: &["-Prefer", "txt"] },
];

/// What was on the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Clip {
    /// A picture.
    Picture(Attachment),
    /// Text.
    Text(String),
}

/// What kind of picture these bytes begin: PNG, JPEG, GIF or WebP.
pub fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Reads a picture from a file.
///
/// # Errors
/// Why not, for people: no such file, too large, no picture.
pub fn read(path: &Path) -> Result<Attachment, String> {
    let name = path.file_name().map_or_else(String::new, |name| sanitize_bytes(name.as_encoded_bytes()));
    let meta = path.metadata().map_err(|error| format!("{name} cannot be read: {error}"))?;
    // A pipe or a device could keep us waiting for ever.
    if !meta.is_file() {
        return Err(format!("{name} is no file"));
    }
    let file = File::open(path).map_err(|error| format!("{name} cannot be read: {error}"))?;
    let mut bytes = Vec::new();
    let read = file.take(MOST as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("{name} cannot be read: {error}"))?;
    picture(&name, bytes)
}

/// Reads the picture on the clipboard by the first tool that gives one; where there is none, its text.
///
/// # Errors
/// Why not, for people.
pub fn from_clipboard(var: &dyn Fn(&str) -> Option<OsString>) -> Result<Clip, String> {
    let able = |tool: &&Tool| tool.needs.is_none_or(|name| var(name).is_some_and(|value| !value.is_empty()));
    let mut found = false;
    for tool in TOOLS.iter().filter(able) {
        let Ok(printed) = output(tool.name, tool.picture, MOST) else { continue };
        found = true;
        if kind(&printed).is_some() {
            return picture("pasted image", printed).map(Clip::Picture);
        }
        match output(tool.name, tool.text, MOST_TEXT).ok().map(String::from_utf8) {
            Some(Ok(text)) if !text.is_empty() => return Ok(Clip::Text(text)),
            Some(Ok(_) | Err(_)) | None => {}
        }
    }
    Err(if found {
        "the clipboard has no picture and no text".to_owned()
    } else {
        "no clipboard tool was found: install wl-clipboard, xclip or pngpaste".to_owned()
    })
}

fn picture(name: &str, bytes: Vec<u8>) -> Result<Attachment, String> {
    let Some(mime) = kind(&bytes) else { return Err(format!("{name} is no PNG, JPEG, GIF or WebP")) };
    if bytes.len() > MOST {
        return Err(format!("{name} is larger than {}", amount::bytes(MOST as u64)));
    }
    Ok(Attachment::Image { name: name.into(), mime, bytes: bytes.into() })
}

/// What a program prints, at most one byte more than asked for; nothing where it says that it failed.
fn output(name: &str, arguments: &[&str], most: usize) -> Result<Vec<u8>, ()> {
    if arguments.is_empty() {
        return Ok(Vec::new());
    }
    let child = Command::new(name)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map_err(|_| ())?;
    let bytes = printed(&mut child, most);
    // It may still be printing what is too much, or waiting for an answer.
    let _ = child.kill();
    let _ = child.wait();
    Ok(bytes.unwrap_or_default())
}

fn printed(child: &mut Child, most: usize) -> Option<Vec<u8>> {
    let stdout = child.stdout.take()?;
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.take(most as u64 + 1).read_to_end(&mut bytes);
        let _ = tell.send(read.map(|_| bytes));
    });
    told.recv_timeout(PATIENCE).ok()?.ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        assert_eq!(kind(PNG), Some("image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(kind(b"GIF89a"), Some("image/gif"));
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(kind(b"RIFF\x10\0\0\0WAVE"), None);
        assert_eq!(kind(b"<svg/>"), None);
    }

    #[test]
    fn what_is_no_picture_is_said_whatever_its_name() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("design.png");
        fs::write(&file, "a text").unwrap();
        assert_eq!(read(&file), Err("design.png is no PNG, JPEG, GIF or WebP".into()));
        assert!(read(home.path()).unwrap_err().ends_with("is no file"));
        assert!(read(&home.path().join("none.png")).unwrap_err().starts_with("none.png cannot be read"));
        fs::write(&file, PNG).unwrap();
        let wanted = Attachment::Image { name: "design.png".into(), mime: "image/png", bytes: PNG.into() };
        assert_eq!(read(&file), Ok(wanted));
    }

    #[test]
    fn a_picture_that_is_too_large_is_said_to_be() {
        let mut large = PNG.to_vec();
        large.resize(MOST + 1, 0);
        assert!(picture("a.png", large).unwrap_err().starts_with("a.png is larger than"));
    }

    #[test]
    fn a_tool_that_is_missing_or_fails_gives_nothing() {
        assert_eq!(output("quarry-no-such-tool", &["x"], 9), Err(()));
        assert_eq!(output("false", &["x"], 9), Ok(Vec::new()));
        assert_eq!(output("printf", &["0123456789ABC"], 9), Ok(b"0123456789".to_vec()));
    }
}
