//! Attached: what stands in the text by a mark: large pastes and pictures.
//!
//! A mark is shown, and sent, as its label, `[paste 1, 212 lines]`; the same label finds its place again when a question
//! comes back to be edited. Nothing is forgotten before the message is sent, so that undo brings back what a deleted mark
//! stood for.

use std::sync::Arc;

use super::piece::{mark, marked};
use crate::domain::Attachment;
use crate::text::amount;

/// The attachments of a message, by number.
#[derive(Debug, Clone, Default)]
pub struct Attached {
    all: Vec<Attachment>,
}

/// The name of an attachment.
pub fn name(attachment: &Attachment) -> &Arc<str> {
    match attachment {
        Attachment::Text { name, .. } | Attachment::Image { name, .. } => name,
    }
}

/// The same attachment by this name.
pub fn named(attachment: &Attachment, name: Arc<str>) -> Attachment {
    match attachment {
        Attachment::Text { text, .. } => Attachment::Text { name, text: Arc::clone(text) },
        Attachment::Image { mime, bytes, .. } => Attachment::Image { name, mime, bytes: Arc::clone(bytes) },
    }
}

/// The wanted name, or the first with a number behind it that is not taken.
fn free_name(wanted: &str, taken: impl Fn(&str) -> bool) -> Arc<str> {
    let mut candidate = wanted.to_owned();
    let mut number = 2;
    while taken(&candidate) {
        candidate = format!("{wanted} {number}");
        number += 1;
    }
    candidate.into()
}

/// What stands in the text that is sent.
pub fn label_of(attachment: &Attachment) -> String {
    format!("[{}]", name(attachment))
}

impl Attached {
    /// Takes one in; its mark comes back. `None` where no more fit.
    pub fn add(&mut self, attachment: Attachment) -> Option<char> {
        let number = u16::try_from(self.all.len()).ok().filter(|number| *number < 0xfff0)?;
        self.all.push(attachment);
        Some(mark(number))
    }

    /// Takes a large paste in.
    pub fn paste(&mut self, text: &str) -> Option<char> {
        let number = self.all.iter().filter(|it| matches!(it, Attachment::Text { .. })).count() + 1;
        let lines = amount::plural(lines(text) as u64, "line");
        let name = self.unique(&format!("paste {number}, {lines}"));
        self.add(Attachment::Text { name, text: text.into() })
    }

    /// A name that no other attachment has.
    pub fn unique(&self, wanted: &str) -> Arc<str> {
        free_name(&wanted.replace(['[', ']'], ""), |name_of| self.all.iter().any(|it| &**name(it) == name_of))
    }

    /// What a mark stands for.
    pub fn get(&self, number: u16) -> Option<&Attachment> {
        self.all.get(usize::from(number))
    }

    /// What a mark is shown as.
    pub fn label(&self, number: u16) -> String {
        self.get(number).map_or_else(|| "[?]".to_owned(), label_of)
    }

    /// The text as it is sent, with labels in the place of marks, and what is attached in the order of its places. No two
    /// have the same name.
    pub fn spell_out(&self, text: &str) -> (String, Vec<Attachment>) {
        let mut out = String::with_capacity(text.len());
        let mut order: Vec<(u16, Attachment)> = Vec::new();
        for c in text.chars() {
            let Some(number) = marked(c) else {
                out.push(c);
                continue;
            };
            if !order.iter().any(|(known, _)| *known == number)
                && let Some(attachment) = self.get(number)
            {
                let taken = |wanted: &str| order.iter().any(|(_, it)| &**name(it) == wanted);
                let free = free_name(name(attachment), taken);
                order.push((number, named(attachment, free)));
            }
            let known = order.iter().find(|(known, _)| *known == number);
            out.push_str(&known.map_or_else(|| self.label(number), |(_, it)| label_of(it)));
        }
        (out, order.into_iter().map(|(_, attachment)| attachment).collect())
    }

    /// The other way: marks in the place of labels. What has no label in the text gets its mark at the end.
    pub fn read_in(&mut self, clean: &str, attachments: &[Attachment]) -> String {
        let mut text = clean.to_owned();
        for attachment in attachments {
            let known = self.all.iter().position(|it| it == attachment);
            let mark = match known.and_then(|at| u16::try_from(at).ok()) {
                Some(number) => mark(number),
                None => match self.add(attachment.clone()) {
                    Some(mark) => mark,
                    None => break,
                },
            };
            let label = label_of(attachment);
            if text.contains(&label) {
                text = text.replace(&label, mark.encode_utf8(&mut [0; 4]));
            } else {
                if !text.is_empty() && !text.ends_with(char::is_whitespace) {
                    text.push(' ');
                }
                text.push(mark);
            }
        }
        text
    }
}

/// Lines of a text; a line break at its end begins no line.
pub fn lines(text: &str) -> usize {
    text.lines().count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str) -> Attachment {
        Attachment::Image { name: name.into(), mime: "image/png", bytes: Arc::from([1, 2, 3]) }
    }

    #[test]
    fn labels_stand_for_what_is_attached_and_find_their_places_again() {
        let mut attached = Attached::default();
        let paste = attached.paste("a\nb\n").unwrap();
        let picture = attached.add(image("design.png")).unwrap();
        let text = format!("build {picture} like {paste}, {picture}");
        let (sent, order) = attached.spell_out(&text);
        assert_eq!(sent, "build [design.png] like [paste 1, 2 lines], [design.png]");
        let names: Vec<&str> = order.iter().map(|it| &**name(it)).collect();
        assert_eq!(names, ["design.png", "paste 1, 2 lines"]);

        let mut again = Attached::default();
        let back = again.read_in(&sent, &order);
        assert_eq!(back.chars().filter(|c| marked(*c).is_some()).count(), 3);
        assert_eq!(again.spell_out(&back), (sent, order));
    }

    #[test]
    fn what_has_no_place_in_the_text_stands_at_its_end() {
        let mut attached = Attached::default();
        let text = attached.read_in("look", &[image("a.png")]);
        assert_eq!(attached.spell_out(&text).0, "look [a.png]");
    }

    #[test]
    fn names_are_told_apart() {
        let mut attached = Attached::default();
        attached.add(image("a.png")).unwrap();
        assert_eq!(&*attached.unique("a.png"), "a.png 2");
        attached.paste("x").unwrap();
        assert_eq!(attached.label(1), "[paste 1, 1 line]");
        assert_eq!(attached.label(9), "[?]");
    }
}
