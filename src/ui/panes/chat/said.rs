//! Lines of text: runs of meaning in the colours of the theme, matches and selections over them.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::app::chat::transcript::Shown;
use crate::text::markdown::{Line, Look, Tone, Weight, sign};
use crate::ui::theme::{Glyphs, Role, Theme};
use crate::ui::widgets::Canvas;

/// What the text of a row is in general.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// A message.
    Text,
    /// Reasoning.
    Thought,
    /// Why something did not work.
    Trouble,
}

/// How a line is dressed.
pub struct Dress<'a> {
    /// Its row.
    pub shown: &'a Shown<'a>,
    /// What its text is in general.
    pub base: Base,
    /// What it stands on.
    pub ground: Role,
    /// Something on it is selected.
    pub selected: bool,
}

/// Draws a line; returns the column behind it.
pub fn line(canvas: &mut Canvas<'_>, area: Rect, line: &Line, dress: &Dress<'_>) -> u16 {
    let (theme, glyphs) = (canvas.theme, canvas.glyphs);
    let found = theme.style(Role::Match);
    let chosen = theme.style(Role::TextSelection).add_modifier(Modifier::UNDERLINED);
    let wanted = dress.shown.target.and_then(|target| line.targets().get(target).map(|_| target));
    let mut pen = canvas.pen(area, 0, dress.ground);
    let mut start = 0;
    let mut index = Targets::default();
    for (text, look, target) in line.runs() {
        let mut style = style(theme, look, dress.base, dress.ground);
        if dress.selected && target.is_some() && wanted.is_some() && index.next(line, target) == wanted {
            style = style.patch(chosen);
        } else if target.is_some() {
            index.next(line, target);
        }
        let end = start + text.len();
        let mut at = start;
        while at < end {
            let mark = dress.shown.found.iter().find(|mark| mark.range.end > at && mark.range.start < end);
            let (to, style) = match mark {
                Some(mark) if mark.range.start <= at => {
                    let over = if mark.current { found.add_modifier(Modifier::REVERSED) } else { found };
                    (mark.range.end.min(end), style.patch(over))
                }
                Some(mark) => (mark.range.start, style),
                None => (end, style),
            };
            let piece = line.text().get(at..to).unwrap_or_default();
            match plain_sign(piece, look, glyphs) {
                Some(sign) => pen.styled(&sign, style),
                None => pen.styled(piece, style),
            };
            at = to;
        }
        start = end;
    }
    pen.column()
}

/// Which target of a line a run belongs to: runs of one target follow each other.
#[derive(Debug, Default)]
struct Targets {
    at: Option<usize>,
}

impl Targets {
    fn next(&mut self, line: &Line, target: Option<&crate::text::markdown::Target>) -> Option<usize> {
        let target = target?;
        let same =
            self.at.filter(|at| line.targets().get(*at).is_some_and(|known| std::ptr::eq(known, target)));
        let at = same.or_else(|| line.targets().iter().position(|known| std::ptr::eq(known, target)));
        self.at = at;
        at
    }
}

fn style(theme: &Theme, look: Look, base: Base, ground: Role) -> Style {
    let text = match base {
        Base::Text => Role::Fg,
        Base::Thought => Role::Subtle,
        Base::Trouble => Role::Muted,
    };
    let mut style = match look.tone {
        Tone::Syntax(_) if base != Base::Text => theme.on(text, ground),
        Tone::Syntax(role) => theme.syntax_on(role, ground),
        Tone::Text => theme.on(text, ground),
        Tone::Heading(1 | 2) => theme.on(Role::Accent, ground),
        Tone::Heading(_) => theme.on(Role::Heading, ground),
        Tone::Code => {
            theme.on(Role::PathName, ground).patch(theme.syntax(crate::text::highlight::SyntaxRole::Function))
        }
        Tone::Quote | Tone::Html => theme.on(Role::Muted, ground),
        Tone::Marker | Tone::Label | Tone::Url | Tone::Footnote => theme.on(Role::Subtle, ground),
        Tone::Link => theme.on(Role::Link, ground).add_modifier(Modifier::UNDERLINED),
        Tone::Citation => theme.on(Role::Link, ground),
        Tone::Math => theme.on(Role::Info, ground),
        Tone::Rule => theme.on(Role::Border, ground),
        Tone::Note => theme.on(Role::Warning, ground),
    };
    for (weight, modifier) in [
        (Weight::BOLD, Modifier::BOLD),
        (Weight::ITALIC, Modifier::ITALIC),
        (Weight::STRIKE, Modifier::CROSSED_OUT),
    ] {
        if look.weight.has(weight) {
            style = style.add_modifier(modifier);
        }
    }
    style
}

/// The signs of a layout in the glyphs of the screen, where those are others.
fn plain_sign(text: &str, look: Look, glyphs: &Glyphs) -> Option<String> {
    if !matches!(look.tone, Tone::Marker | Tone::Rule) || glyphs.vertical == sign::COLUMN {
        return None;
    }
    let plain = |sign: &str| match sign {
        "•" | "◦" | "▪" => glyphs.pin,
        sign::BAR | sign::COLUMN => glyphs.vertical,
        sign::RULE => glyphs.horizontal,
        sign::CROSS => glyphs.cross,
        sign::TICKED => "x",
        _ => "",
    };
    Some(
        text.chars()
            .map(|c| match plain(c.encode_utf8(&mut [0; 4])) {
                "" => c.to_string(),
                sign => sign.to_owned(),
            })
            .collect(),
    )
}
