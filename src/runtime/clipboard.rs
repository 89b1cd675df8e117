//! Clipboard: puts text on it by the terminal (OSC 52), and by a tool of the system where there is one.
//!
//! OSC 52 crosses ssh and tmux but has no answer, so a tool is tried as well when the session is local.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};

/// The most base64 bytes that common terminals take; xterm and tmux drop longer ones without a word.
const MOST_ENCODED: usize = 74_994;

/// The tools, with the environment variable that tells whether they can work.
const TOOLS: [(&str, &[&str], Option<&str>); 4] = [
    ("wl-copy", &[], Some("WAYLAND_DISPLAY")),
    ("xclip", &["-selection", "clipboard"], Some("DISPLAY")),
    ("xsel", &["--clipboard", "--input"], Some("DISPLAY")),
    ("pbcopy", &[], None),
];

/// The sequence that gives text to the terminal's clipboard; `None` where the text is too long for it.
///
/// Inside tmux it is wrapped to pass through, and sent plain too, for the tmux that takes it itself.
pub fn sequence(text: &str, in_tmux: bool) -> Option<Vec<u8>> {
    let encoded = base64(text.as_bytes());
    if encoded.len() > MOST_ENCODED {
        return None;
    }
    let plain = format!("\x1b]52;c;{encoded}\x07");
    let mut bytes = Vec::new();
    if in_tmux {
        bytes.extend_from_slice(b"\x1bPtmux;");
        bytes.extend_from_slice(plain.replace('\x1b', "\x1b\x1b").as_bytes());
        bytes.extend_from_slice(b"\x1b\\");
    }
    bytes.extend_from_slice(plain.as_bytes());
    Some(bytes)
}

/// Gives text to the first tool that takes it, and returns its name. Blocks until the tool has read it.
pub fn by_tool(text: &str, var: &dyn Fn(&str) -> Option<OsString>) -> Option<&'static str> {
    TOOLS
        .iter()
        .filter(|(_, _, needs)| needs.is_none_or(|name| var(name).is_some_and(|value| !value.is_empty())))
        .find(|(tool, arguments, _)| feed(tool, arguments, text))
        .map(|(tool, _, _)| *tool)
}

fn feed(tool: &str, arguments: &[&str], text: &str) -> bool {
    let child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    let written = child.stdin.take().is_some_and(|mut stdin| stdin.write_all(text.as_bytes()).is_ok());
    written && child.wait().is_ok_and(|status| status.success())
}

/// Standard base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0_u8; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            out.push(if place <= chunk.len() { char::from(ALPHABET[digit as usize]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads_as_the_rfc_shows() {
        let pairs = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in pairs {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn tmux_gets_the_sequence_wrapped_and_plain() {
        let bytes = sequence("foo", true).unwrap();
        assert_eq!(bytes, b"\x1bPtmux;\x1b\x1b]52;c;Zm9v\x07\x1b\\\x1b]52;c;Zm9v\x07");
        assert_eq!(sequence("foo", false).unwrap(), b"\x1b]52;c;Zm9v\x07");
    }

    #[test]
    fn what_no_terminal_takes_is_not_sent() {
        assert_eq!(sequence(&"x".repeat(60_000), false), None);
    }

    #[test]
    fn no_tool_is_tried_without_its_display() {
        let none = |_: &str| None;
        assert!(!matches!(by_tool("x", &none), Some("wl-copy" | "xclip" | "xsel")));
    }
}
