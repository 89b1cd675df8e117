//! Glyphs: the signs of the screen, each exactly one cell wide everywhere, in Unicode and in ASCII.

use crate::config::GlyphSet;

/// The signs of the screen. Every entry is one cell wide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glyphs {
    /// Judged helpful.
    pub yes: &'static str,
    /// Judged not helpful.
    pub no: &'static str,
    /// Helpful in part.
    pub partial: &'static str,
    /// Failed, or a warning.
    pub failed: &'static str,
    /// Waiting.
    pub queued: &'static str,
    /// A verdict older than the file.
    pub stale: &'static str,
    /// Skipped.
    pub skipped: &'static str,
    /// Left out because the budget was spent.
    pub over_budget: &'static str,
    /// Frames of the spinner, at 10 per second.
    pub spinner: &'static [&'static str],
    /// Pieces of a bar, from one eighth to a full cell.
    pub bar: [&'static str; 8],
    /// The empty part of a progress bar.
    pub bar_empty: &'static str,
    /// Column 0 of what has the focus.
    pub focus: &'static str,
    /// Hairline, up and down.
    pub vertical: &'static str,
    /// Hairline, left to right.
    pub horizontal: &'static str,
    /// Hairline that goes down from a horizontal one.
    pub tee_down: &'static str,
    /// Hairline that goes up from a horizontal one.
    pub tee_up: &'static str,
    /// Hairline that goes left from a vertical one.
    pub tee_left: &'static str,
    /// Hairline that goes right from a vertical one.
    pub tee_right: &'static str,
    /// Crossing hairlines.
    pub cross: &'static str,
    /// Corners of what floats: top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    /// Stands for text that was cut.
    pub ellipsis: &'static str,
    /// Stands for lines that were left out.
    pub lines_omitted: &'static str,
    /// Before an input.
    pub prompt: &'static str,
    /// A pinned row.
    pub pin: &'static str,
    /// Something chosen among several.
    pub chosen: &'static str,
    /// Something not chosen among several.
    pub unchosen: &'static str,
    /// Between facts on one line.
    pub dot: &'static str,
    /// Leads from one thing to the next.
    pub arrow: &'static str,
    /// In the place of a number that nobody knows.
    pub unknown: &'static str,
    /// Before a number of lines that go.
    pub minus: &'static str,
    /// Before a number of calls at once.
    pub times: &'static str,
    /// Changed files of the working tree, before their number.
    pub dirty: &'static str,
    /// Thumb of a scrollbar.
    pub thumb: &'static str,
    /// Shown for a folded group.
    pub folded: &'static str,
    /// Shown for an open group.
    pub unfolded: &'static str,
    /// Behind text that still comes.
    pub typing: &'static str,
    /// Points of the lines of a chart, one kind a line, so that they are told apart without colour.
    pub marks: [&'static str; 8],
}

const UNICODE: Glyphs = Glyphs {
    yes: "✓",
    no: "✗",
    partial: "~",
    failed: "!",
    queued: "◌",
    stale: "↻",
    skipped: "⊘",
    over_budget: "◔",
    spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
    bar: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    bar_empty: "░",
    focus: "▌",
    vertical: "│",
    horizontal: "─",
    tee_down: "┬",
    tee_up: "┴",
    tee_left: "┤",
    tee_right: "├",
    cross: "┼",
    corners: ["╭", "╮", "╰", "╯"],
    ellipsis: "…",
    lines_omitted: "⋮",
    prompt: "❯",
    pin: "◆",
    chosen: "●",
    unchosen: "○",
    dot: "·",
    arrow: "→",
    unknown: "–",
    minus: "−",
    times: "×",
    dirty: "±",
    thumb: "┃",
    folded: "▸",
    unfolded: "▾",
    typing: "▍",
    marks: ["●", "○", "◆", "◇", "■", "□", "▲", "△"],
};

const ASCII: Glyphs = Glyphs {
    yes: "+",
    no: "-",
    partial: "~",
    failed: "!",
    queued: ".",
    stale: "@",
    skipped: "x",
    over_budget: "$",
    spinner: &["|", "/", "-", "\\"],
    bar: [" ", " ", " ", "=", "=", "=", "=", "="],
    bar_empty: ".",
    focus: ">",
    vertical: "|",
    horizontal: "-",
    tee_down: "+",
    tee_up: "+",
    tee_left: "+",
    tee_right: "+",
    cross: "+",
    corners: ["+", "+", "+", "+"],
    ellipsis: ">",
    lines_omitted: ":",
    prompt: ">",
    pin: "*",
    chosen: "*",
    unchosen: "o",
    dot: "-",
    arrow: ">",
    unknown: "-",
    minus: "-",
    times: "x",
    dirty: "~",
    thumb: "#",
    folded: ">",
    unfolded: "v",
    typing: "_",
    marks: ["*", "o", "#", "+", "x", "=", "^", "%"],
};

impl Glyphs {
    /// The signs of a set.
    pub const fn of(set: GlyphSet) -> Self {
        match set {
            GlyphSet::Unicode => UNICODE,
            GlyphSet::Ascii => ASCII,
        }
    }

    /// The spinner's frame at a tick, 10 ticks per second; always tick 0 where motion is off.
    pub fn spinner_at(&self, tick: u64) -> &'static str {
        let at = tick % self.spinner.len() as u64;
        self.spinner.get(at as usize).copied().unwrap_or(" ")
    }

    /// A bar of `cells` cells, filled for `share` (0 to 1, clamped) in eighths of a cell; returns the full
    /// part and the number of empty cells after it. A share above 0 shows at least one eighth.
    pub fn bar(&self, share: f32, cells: usize) -> (String, usize) {
        let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
        let mut eighths = (share * cells as f32 * 8.0).round() as usize;
        if share > 0.0 && cells > 0 {
            eighths = eighths.max(1);
        }
        let mut full = self.bar[7].repeat(eighths / 8);
        let rest = eighths % 8;
        if rest > 0 {
            full.push_str(self.bar[rest - 1]);
        }
        (full, cells - eighths.div_ceil(8).min(cells))
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn all(glyphs: &Glyphs) -> Vec<&'static str> {
        let g = glyphs;
        let mut all = vec![
            g.yes,
            g.no,
            g.partial,
            g.failed,
            g.queued,
            g.stale,
            g.skipped,
            g.over_budget,
            g.bar_empty,
            g.focus,
            g.vertical,
            g.horizontal,
            g.tee_down,
            g.tee_up,
            g.tee_left,
            g.tee_right,
            g.cross,
            g.ellipsis,
            g.lines_omitted,
            g.prompt,
            g.pin,
            g.chosen,
            g.unchosen,
            g.dot,
            g.arrow,
            g.unknown,
            g.minus,
            g.times,
            g.dirty,
            g.thumb,
            g.folded,
            g.unfolded,
            g.typing,
        ];
        all.extend(g.spinner);
        all.extend(g.bar);
        all.extend(g.corners);
        all.extend(g.marks);
        all
    }

    #[test]
    fn every_glyph_is_one_cell_wide() {
        for set in [GlyphSet::Unicode, GlyphSet::Ascii] {
            for glyph in all(&Glyphs::of(set)) {
                assert_eq!(glyph.width(), 1, "{glyph:?} of {set:?}");
            }
        }
    }

    #[test]
    fn ascii_glyphs_are_ascii() {
        assert!(all(&Glyphs::of(GlyphSet::Ascii)).iter().all(|glyph| glyph.is_ascii()));
    }

    #[test]
    fn a_bar_fills_all_its_cells() {
        let glyphs = Glyphs::of(GlyphSet::Unicode);
        for cells in 0..20 {
            for step in 0..=40 {
                let (full, empty) = glyphs.bar(step as f32 / 40.0, cells);
                assert_eq!(full.width() + empty, cells);
            }
        }
        assert_eq!(glyphs.bar(0.5, 3), ("█▌".into(), 1));
        assert_eq!(glyphs.bar(0.0001, 3), ("▏".into(), 2));
        assert_eq!(glyphs.bar(7.0, 2), ("██".into(), 0));
    }
}
