//! Inline text: events within one block to spans, cleaned, with links, citations and footnote marks.
//!
//! Invariant: no span holds a character that steers a terminal, whatever entities the source spelled it with.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's events are many; what is not named here is no text"
)]

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::block::Span;
use super::intake::NOTE;
use super::line::{Look, Target, Tone, Weight};
use super::marks;
use crate::text::cut;
use crate::text::sanitize::{sanitize, sanitize_line};

/// Cells of an address that are shown; servers cut longer ones too.
const ADDRESS: usize = 160;

/// Collects the spans of one block.
#[derive(Debug, Default)]
pub struct Inlines {
    spans: Vec<Span>,
    bold: u32,
    italic: u32,
    strike: u32,
    links: Vec<Link>,
    tone: Tone,
    cites: u16,
}

#[derive(Debug)]
struct Link {
    address: String,
    kind: LinkType,
    image: bool,
    /// The span at which its text begins.
    from: usize,
}

impl Inlines {
    /// Nothing yet; numbers up to `cites` name items of the context.
    pub fn new(tone: Tone, cites: u16) -> Self {
        Self { tone, cites, ..Self::default() }
    }

    /// Whether an event belongs to inline text.
    pub const fn takes(event: &Event<'_>) -> bool {
        match event {
            Event::Start(tag) => matches!(
                tag,
                Tag::Emphasis
                    | Tag::Strong
                    | Tag::Strikethrough
                    | Tag::Superscript
                    | Tag::Subscript
                    | Tag::Link { .. }
                    | Tag::Image { .. }
            ),
            Event::End(end) => matches!(
                end,
                TagEnd::Emphasis
                    | TagEnd::Strong
                    | TagEnd::Strikethrough
                    | TagEnd::Superscript
                    | TagEnd::Subscript
                    | TagEnd::Link
                    | TagEnd::Image
            ),
            Event::Text(_)
            | Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak => true,
            Event::Html(_) | Event::Rule | Event::TaskListMarker(_) => false,
        }
    }

    /// Takes an event for which [`Self::takes`] says so.
    pub fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.push(&sanitize_line(&text), Tone::Code),
            Event::InlineMath(text) => self.push(&format!("${}$", sanitize_line(&text)), Tone::Math),
            Event::DisplayMath(text) => self.display(&text),
            Event::InlineHtml(text) if is_break(&text) => self.push("\n", self.tone),
            Event::InlineHtml(text) | Event::Html(text) => self.push(&sanitize_line(&text), Tone::Html),
            Event::FootnoteReference(label) => self.push(&format!("[^{}]", sanitize_line(&label)), self.tone),
            Event::SoftBreak => self.push(" ", self.tone),
            Event::HardBreak => self.push("\n", self.tone),
            Event::Rule | Event::TaskListMarker(_) => {}
        }
    }

    /// Whether nothing came.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The spans, with citations and footnote marks told apart from text.
    pub fn finish(mut self) -> Vec<Span> {
        while !self.links.is_empty() {
            self.close_link();
        }
        marks::split(self.spans, self.cites)
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { link_type, dest_url, .. } => self.open_link(&dest_url, link_type, false),
            Tag::Image { link_type, dest_url, .. } => {
                self.open_link(&dest_url, link_type, true);
                self.push("image: ", Tone::Label);
            }
            // Blocks never come here, and the rest has no look of its own.
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Strikethrough => self.strike = self.strike.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => self.close_link(),
            _ => {}
        }
    }

    /// Text of the source, in which the program may have left a note.
    fn text(&mut self, text: &str) {
        let Some((before, rest)) = text.split_once(NOTE.0) else {
            return self.push(&sanitize_line(text), self.tone);
        };
        let (note, after) = rest.split_once(NOTE.1).unwrap_or((rest, ""));
        self.push(&sanitize_line(before), self.tone);
        self.push(note, Tone::Note);
        self.push(&sanitize_line(after), self.tone);
    }

    fn open_link(&mut self, address: &CowStr<'_>, kind: LinkType, image: bool) {
        let address = sanitize_line(address).trim().to_owned();
        self.links.push(Link { address, kind, image, from: self.spans.len() });
    }

    /// Shows where a link leads behind its text, unless the text says so already.
    fn close_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        let text: String = self.spans.iter().skip(link.from).map(|span| span.text.as_str()).collect();
        if marks::is_citation(&text, self.cites) && is_reference(link.kind) {
            // A number that names an item of the context stays one, also where the text defines it as a link.
            self.spans.truncate(link.from);
            self.push(&format!("[{text}]"), self.tone);
            return;
        }
        let target = marks::target(&link.address);
        for span in self.spans.iter_mut().skip(link.from) {
            if !link.image && matches!(span.look.tone, Tone::Text | Tone::Quote | Tone::Heading(_)) {
                span.look.tone = Tone::Link;
            }
            if span.target.is_none() {
                span.target.clone_from(&target);
            }
        }
        let bare = link.address.strip_prefix("mailto:").unwrap_or(&link.address);
        if !link.address.is_empty() && text != link.address && text != bare {
            let shown = cut::end(&link.address, ADDRESS, "…").into_owned();
            self.put(" (", Tone::Url, None);
            self.put(&shown, Tone::Url, target);
            self.put(")", Tone::Url, None);
        }
    }

    fn display(&mut self, text: &str) {
        let text = sanitize(text);
        let lines: Vec<&str> = text.trim().lines().map(str::trim).collect();
        self.push(&format!("$${}$$", lines.join("\n").replace('\t', " ")), Tone::Math);
    }

    fn push(&mut self, text: &str, tone: Tone) {
        self.put(text, tone, None);
    }

    fn put(&mut self, text: &str, tone: Tone, target: Option<Target>) {
        if text.is_empty() {
            return;
        }
        let look = Look { tone, weight: self.weight() };
        // A link's text must not grow into what stands before it.
        let fresh = self.links.last().is_some_and(|link| link.from == self.spans.len());
        match self.spans.last_mut() {
            Some(last) if !fresh && last.look == look && last.target == target => last.text.push_str(text),
            Some(_) | None => self.spans.push(Span { text: text.to_owned(), look, target }),
        }
    }

    fn weight(&self) -> Weight {
        let on = |count: u32, weight| if count > 0 { weight } else { Weight::PLAIN };
        on(self.bold, Weight::BOLD).and(on(self.italic, Weight::ITALIC)).and(on(self.strike, Weight::STRIKE))
    }
}

const fn is_reference(kind: LinkType) -> bool {
    matches!(
        kind,
        LinkType::Reference
            | LinkType::ReferenceUnknown
            | LinkType::Collapsed
            | LinkType::CollapsedUnknown
            | LinkType::Shortcut
            | LinkType::ShortcutUnknown
    )
}

fn is_break(html: &str) -> bool {
    let tag: String = html.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(tag.to_ascii_lowercase().as_str(), "<br>" | "<br/>")
}
