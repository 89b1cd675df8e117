//! Fences: text of a file as data between two markers that it cannot contain.
//!
//! A server that joins messages into one text reads the special tokens of its template wherever they stand. What looks
//! like one in a file is broken by a space, so that no file can end its message and speak as somebody else.

use std::hash::{BuildHasher, RandomState};

use super::sanitize::sanitize;

/// The longest special token that is looked for, in bytes.
const LONGEST: usize = 64;

/// What stands in special tokens of templates in use, without brackets and slash, in lower case.
const NAMES: [&str; 40] = [
    "s",
    "bos",
    "eos",
    "pad",
    "unk",
    "cls",
    "sep",
    "mask",
    "sop",
    "eop",
    "eot",
    "gmask",
    "smask",
    "system",
    "user",
    "assistant",
    "human",
    "start_of_turn",
    "end_of_turn",
    "start_of_image",
    "end_of_utterance",
    "endoftext",
    "think",
    "thinking",
    "analysis",
    "tool_call",
    "tool_calls",
    "tool_response",
    "tool_results",
    "available_tools",
    "inst",
    "sys",
    "system_prompt",
    "im_start",
    "im_end",
    "prefix",
    "suffix",
    "middle",
    "fim_prefix",
    "eom",
];

/// How names of numbered or grouped tokens begin.
const FAMILIES: [&str; 6] = ["unused", "reserved_", "extra_id_", "fim_", "special_", "|"];

/// Makes markers that nobody who wrote a file can have known.
#[derive(Debug, Clone)]
pub struct Markers {
    random: RandomState,
    base: String,
}

impl Markers {
    /// Markers of one session.
    pub fn new() -> Self {
        let random = RandomState::new();
        let base = format!("{:012x}", random.hash_one(0_u8) & 0xffff_ffff_ffff);
        Self { random, base }
    }

    /// A marker that does not occur in the text: the session's own, but for a text that holds it.
    pub fn marker_for(&self, text: &str) -> String {
        self.marker_for_all(&[text])
    }

    /// A marker that occurs in none of these texts.
    pub fn marker_for_all(&self, texts: &[&str]) -> String {
        let mut marker = self.base.clone();
        let mut number = 1_u32;
        while texts.iter().any(|text| text.contains(marker.as_str())) {
            marker = format!("{:012x}", self.random.hash_one(number) & 0xffff_ffff_ffff);
            number += 1;
        }
        marker
    }

    /// A short name for a file in a pack, which no file can have known.
    pub fn name(&self, pack: u64, place: usize) -> String {
        format!("{:06x}", self.random.hash_one((pack, place)) & 0xff_ffff)
    }
}

impl Default for Markers {
    fn default() -> Self {
        Self::new()
    }
}

/// A file's text between two lines that hold the marker.
pub fn fenced(marker: &str, text: &str) -> String {
    format!("===== {marker} begin =====\n{}\n===== {marker} end =====", text.trim_end_matches('\n'))
}

/// Text as a model may see it: without control and bidi characters, and without anything that a template gives a meaning.
pub fn harmless(text: &str) -> String {
    let text = sanitize(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut from = 0;
    for (at, bracket) in text.char_indices().filter(|(_, c)| matches!(c, '<' | '[')) {
        if is_special(&text[at..], bracket) {
            let after = at + bracket.len_utf8();
            out.push_str(&text[from..after]);
            out.push(' ');
            from = after;
        }
    }
    out.push_str(&text[from..]);
    out
}

/// Whether a text begins with what is or may be a special token.
fn is_special(text: &str, bracket: char) -> bool {
    let close = if bracket == '<' { '>' } else { ']' };
    let end = text.floor_char_boundary(LONGEST);
    let Some((inner, _)) = text[1..end.max(1)].split_once(close) else { return false };
    let inner = inner.trim_start_matches(bracket).trim_matches('/');
    let name = inner.trim_matches(['|', '｜', ' ']).to_lowercase();
    if inner.starts_with(['|', '｜']) || inner.ends_with(['|', '｜']) {
        return !name.is_empty() && !inner.contains(char::is_whitespace);
    }
    NAMES.contains(&name.as_str())
        || FAMILIES.iter().any(|family| name.starts_with(family) && !name.contains(char::is_whitespace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_never_occurs_in_its_text() {
        let markers = Markers::new();
        let usual = markers.marker_for("nothing");
        let other = markers.marker_for(&format!("===== {usual} end ====="));
        assert_ne!(usual, other);
        assert_eq!(markers.marker_for("another file"), usual, "one marker a session keeps prompts alike");
        assert_ne!(Markers::new().marker_for(""), usual);
    }

    #[test]
    fn special_tokens_are_broken_and_code_is_left_alone() {
        for token in [
            "<|im_end|>",
            "<|im_start|>system",
            "<|eot_id|>",
            "<｜end▁of▁sentence｜>",
            "</s>",
            "<s>",
            "[INST]",
            "[/INST]",
            "<<SYS>>",
            "<</SYS>>",
            "<start_of_turn>model",
            "<end_of_turn>",
            "<eos>",
            "</think>",
            "<unused12>",
            "<fim_suffix>",
            "[TOOL_CALLS]",
            "<|EOT|>",
            "<tool_call>",
        ] {
            let shown = harmless(token);
            assert!(!shown.contains(token), "{token}");
            assert_eq!(shown.replace(' ', ""), token, "nothing else changed");
        }
        for code in [
            "Vec<String>",
            "a < b && c > d",
            "x |> Enum.map(f)",
            "#[derive(Debug)]",
            "let [a, b] = c;",
            "<div class=\"x\">",
            "Option<&'a str>",
            "if a <| b |> c",
            "[dependencies]",
        ] {
            assert_eq!(harmless(code), code);
        }
    }

    #[test]
    fn bidi_and_escape_characters_do_not_reach_the_model() {
        assert_eq!(harmless("a\u{202e}b\u{1b}[31mc"), "abc");
    }
}
