//! What a terminal shows that was drawn through the wire.

#![allow(clippy::wildcard_enum_match_arm)]

use std::cell::RefCell;
use std::rc::Rc;

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;

const SIZE: Size = Size { width: 24, height: 5 };

#[derive(Clone, Default)]
struct Sent(Rc<RefCell<Vec<u8>>>);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Bench {
    wire: Wire<Sent>,
    sent: Sent,
    before: Buffer,
    terminal: vt100::Parser,
}

impl Bench {
    fn new() -> Self {
        let sent = Sent::default();
        let mut wire = Wire::new(sent.clone(), SIZE);
        wire.wipe().unwrap();
        wire.forget(SIZE);
        let area = Rect::new(0, 0, SIZE.width, SIZE.height);
        Self {
            wire,
            sent,
            before: Buffer::empty(area),
            terminal: vt100::Parser::new(cells(SIZE.height), cells(SIZE.width), 0),
        }
    }

    /// Draws a frame; how many bytes that took.
    fn draw(&mut self, next: Buffer) -> usize {
        self.wire.draw(self.before.diff(&next).into_iter()).unwrap();
        self.before = next;
        let bytes = std::mem::take(&mut *self.sent.0.borrow_mut());
        self.terminal.process(&bytes);
        bytes.len()
    }

    /// What the terminal shows beside what it should.
    fn check(&self) -> Result<(), TestCaseError> {
        let mut x_end = 0;
        for y in 0..SIZE.height {
            for x in 0..SIZE.width {
                if x == 0 {
                    x_end = 0;
                }
                let wanted = self.before.cell((x, y)).unwrap();
                let shown = self.terminal.screen().cell(y, x).unwrap();
                if x < x_end {
                    continue;
                }
                x_end = x + crate::text::width::width(wanted.symbol()) as u16;
                let text = if shown.contents().is_empty() { " " } else { shown.contents() };
                prop_assert_eq!(text, wanted.symbol(), "at {},{}", x, y);
                prop_assert_eq!(shown.bgcolor(), seen(wanted.bg), "at {},{}", x, y);
                let flag = |modifier| wanted.modifier.contains(modifier);
                prop_assert_eq!(shown.underline(), flag(Modifier::UNDERLINED));
                prop_assert_eq!(shown.inverse(), flag(Modifier::REVERSED));
                if wanted.symbol() != " " {
                    prop_assert_eq!(shown.fgcolor(), seen(wanted.fg), "at {},{}", x, y);
                    // This emulator knows one of the two at a time.
                    if !(flag(Modifier::BOLD) && flag(Modifier::DIM)) {
                        prop_assert_eq!(shown.bold(), flag(Modifier::BOLD));
                        prop_assert_eq!(shown.dim(), flag(Modifier::DIM));
                    }
                    prop_assert_eq!(shown.italic(), flag(Modifier::ITALIC));
                }
            }
        }
        Ok(())
    }
}

fn cells(count: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(count).unwrap()
}

fn seen(color: Color) -> vt100::Color {
    match color {
        Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
        Color::Red => vt100::Color::Idx(1),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(number) => vt100::Color::Idx(number),
        _ => vt100::Color::Default,
    }
}

fn style() -> impl Strategy<Value = Style> {
    let color = || {
        prop::sample::select(vec![
            Color::Reset,
            Color::Red,
            Color::LightBlue,
            Color::Indexed(200),
            Color::Rgb(1, 2, 3),
            Color::Rgb(200, 100, 0),
        ])
    };
    let modifier = prop::sample::select(vec![
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::DIM,
        Modifier::ITALIC | Modifier::BOLD,
        Modifier::UNDERLINED,
        Modifier::REVERSED | Modifier::BOLD,
    ]);
    (color(), color(), modifier)
        .prop_map(|(fg, bg, modifier)| Style::default().fg(fg).bg(bg).add_modifier(modifier))
}

fn frame() -> impl Strategy<Value = Vec<(u16, u16, String, Style)>> {
    let text = prop_oneof!["[a-z ]{1,12}", "[a-z é]{1,6}", Just("      ".to_owned())];
    prop::collection::vec((0..SIZE.width, 0..SIZE.height, text, style()), 0..12)
}

/// Lines with characters of two cells, each in whole: how half of one looks that is written over differs from terminal
/// to terminal.
fn wide_frame() -> impl Strategy<Value = Vec<(u16, u16, String, Style)>> {
    let lines = prop::collection::vec("[a-z日本 é]{1,11}", 0..5);
    lines.prop_map(|lines| (0..).zip(lines).map(|(y, line)| (0, y, line, Style::default())).collect())
}

fn buffer(pieces: &[(u16, u16, String, Style)]) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.width, SIZE.height));
    for (x, y, text, style) in pieces {
        buffer.set_string(*x, *y, text, *style);
    }
    buffer
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_terminal_shows_each_frame_as_it_was_meant(frames in prop::collection::vec(frame(), 1..8)) {
        let mut bench = Bench::new();
        for frame in frames {
            bench.draw(buffer(&frame));
            bench.check()?;
        }
    }

    #[test]
    fn wide_characters_come_and_go(frames in prop::collection::vec(wide_frame(), 1..8)) {
        let mut bench = Bench::new();
        for frame in frames {
            bench.draw(buffer(&frame));
            bench.check()?;
        }
    }
}

#[test]
fn words_that_change_cost_little_more_than_their_letters() {
    let ground = Style::default().fg(Color::Rgb(215, 218, 224)).bg(Color::Rgb(21, 23, 28));
    let line = |text: &str| buffer(&[(0, 0, format!("{text:24}"), ground)]);
    let mut bench = Bench::new();
    bench.draw(line("one two six ten"));
    assert_eq!(bench.draw(line("one two six ten")), 0, "nothing changed");
    assert!(bench.draw(line("the old red fox")) < 25, "one move, and the letters with the blanks between");
    let marked = |fg| {
        buffer(&[(0, 0, format!("{:24}", "the old red fox"), ground), (4, 0, "old".into(), ground.fg(fg))])
    };
    let bytes = bench.draw(marked(Color::Rgb(1, 2, 3)));
    assert!(bytes < 30, "{bytes} bytes: a colour is said alone, not with its ground");
}
