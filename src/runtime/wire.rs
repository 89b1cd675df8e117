//! The wire: frames as the fewest bytes that make a terminal show them.
//!
//! Remembers what the terminal shows, where its cursor is and with what it draws, so that only what differs is sent: one
//! colour where one changes, a word's blank rather than a move across it. What others write to the terminal between two
//! frames must change none of these, or [`Wire::clear`] must follow.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io::{self, Write};

use crossterm::{cursor, queue, terminal};
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

/// Cells that are written again rather than moved across: a move takes as many bytes.
const GAP: u16 = 5;

/// What is seen of a cell that holds a blank.
const SEEN_ON_BLANKS: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

/// A terminal at the end of a wire.
#[derive(Debug)]
pub struct Wire<W: Write> {
    out: W,
    size: Size,
    shown: Vec<Shown>,
    /// Where the cursor is, where that is known.
    at: Option<(u16, u16)>,
    /// With what the terminal draws, where that is known.
    pen: Option<Pen>,
    cursor_seen: Option<bool>,
    sequence: String,
}

/// With what the terminal draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// What a cell shows: a character of ASCII, else 0.
#[derive(Debug, Clone, Copy, Default)]
struct Shown {
    byte: u8,
    pen: Pen,
}

impl Pen {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank drawn with `self` looks as one drawn with `other`.
    fn blank_as(self, other: Self) -> bool {
        self.bg == other.bg && !(self.modifier | other.modifier).intersects(SEEN_ON_BLANKS)
    }
}

impl<W: Write> Wire<W> {
    /// A wire to a terminal of a size, of which nothing else is known.
    pub fn new(out: W, size: Size) -> Self {
        let shown = vec![Shown::default(); usize::from(size.width) * usize::from(size.height)];
        Self { out, size, shown, at: None, pen: None, cursor_seen: None, sequence: String::new() }
    }

    fn index(&self, (x, y): (u16, u16)) -> Option<usize> {
        let inside = x < self.size.width && y < self.size.height;
        inside.then(|| usize::from(y) * usize::from(self.size.width) + usize::from(x))
    }

    /// Brings the cursor to a cell, by the shortest way.
    fn go(&mut self, x: u16, y: u16) -> io::Result<()> {
        let gap = match self.at {
            Some((from, row)) if row == y && from <= x => x - from,
            Some(_) | None => {
                self.at = Some((x, y));
                return write!(self.out, "\x1b[{};{}H", y + 1, x + 1);
            }
        };
        let start = self.index((x - gap, y));
        self.at = Some((x, y));
        if gap == 0 {
            return Ok(());
        }
        if let (Some(start), Some(pen), true) = (start, self.pen, gap <= GAP) {
            let across = &self.shown[start..start + usize::from(gap)];
            let same = |cell: &Shown| {
                cell.byte == b' ' && cell.pen.blank_as(pen) || cell.byte != 0 && cell.pen == pen
            };
            if across.iter().all(same) {
                let bytes: Vec<u8> = across.iter().map(|cell| cell.byte).collect();
                return self.out.write_all(&bytes);
            }
        }
        if gap == 1 { self.out.write_all(b"\x1b[C") } else { write!(self.out, "\x1b[{gap}C") }
    }

    /// Takes another pen: only what differs is said.
    fn take(&mut self, want: Pen) -> io::Result<()> {
        if self.pen == Some(want) {
            return Ok(());
        }
        self.sequence.clear();
        let have = self.pen.unwrap_or_else(|| {
            self.sequence.push_str("0;");
            Pen::default()
        });
        self.pen = Some(want);
        let mut gone = have.modifier - want.modifier;
        let mut new = want.modifier - have.modifier;
        // Bold and dim are switched off together.
        let weights = Modifier::BOLD | Modifier::DIM;
        if gone.intersects(weights) {
            self.sequence.push_str("22;");
            new |= want.modifier & weights;
            gone -= weights;
        }
        for (modifier, on, off) in MODIFIERS {
            if gone.contains(modifier) {
                let _ = write!(self.sequence, "{off};");
            }
            if new.contains(modifier) {
                let _ = write!(self.sequence, "{on};");
            }
        }
        if have.fg != want.fg {
            color(&mut self.sequence, want.fg, 30);
        }
        if have.bg != want.bg {
            color(&mut self.sequence, want.bg, 40);
        }
        if self.sequence.pop().is_some() {
            write!(self.out, "\x1b[{}m", self.sequence)?;
        }
        Ok(())
    }

    fn put(&mut self, x: u16, y: u16, cell: &Cell) -> io::Result<()> {
        self.go(x, y)?;
        let (symbol, want) = (cell.symbol(), Pen::of(cell));
        let keeps = symbol == " " && self.pen.is_some_and(|pen| pen.blank_as(want));
        if !keeps {
            self.take(want)?;
        }
        self.out.write_all(symbol.as_bytes())?;
        let byte = match symbol.as_bytes() {
            [byte @ b' '..=b'~'] => *byte,
            _ => 0,
        };
        if let Some(index) = self.index((x, y)) {
            self.shown[index] = Shown { byte, pen: if keeps { want } else { self.pen.unwrap_or(want) } };
        }
        let cells = crate::text::width::width(symbol) as u16;
        for covered in 1..cells {
            if let Some(index) = self.index((x + covered, y)) {
                self.shown[index].byte = 0;
            }
        }
        // Behind the last column a terminal waits with the cursor still in it; and not all agree on how wide a
        // character is that is not one cell.
        let next = (cells == 1 && x + 1 < self.size.width).then_some((x + 1, y));
        self.at = next;
        Ok(())
    }

    fn forget(&mut self, size: Size) {
        self.size = size;
        self.shown.clear();
        let blank = Shown { byte: b' ', pen: Pen::default() };
        self.shown.resize(usize::from(size.width) * usize::from(size.height), blank);
        self.at = None;
    }

    fn wipe(&mut self) -> io::Result<()> {
        // Terminals fill with the ground that they draw with.
        self.pen = Some(Pen::default());
        self.out.write_all(b"\x1b[0m\x1b[2J")
    }
}

/// Modifiers with what switches them on and off (ECMA-48, SGR); bold and dim are switched off elsewhere.
const MODIFIERS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// Adds a colour: `base` is 30 for text and 40 for the ground.
fn color(sequence: &mut String, color: Color, base: u8) {
    let plain = |number: u8| base + number;
    let bright = |number: u8| base + 60 + number;
    let code = match color {
        Color::Reset => plain(9),
        Color::Black => plain(0),
        Color::Red => plain(1),
        Color::Green => plain(2),
        Color::Yellow => plain(3),
        Color::Blue => plain(4),
        Color::Magenta => plain(5),
        Color::Cyan => plain(6),
        Color::Gray => plain(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(number) => {
            let _ = write!(sequence, "{};5;{number};", base + 8);
            return;
        }
        Color::Rgb(red, green, blue) => {
            let _ = write!(sequence, "{};2;{red};{green};{blue};", base + 8);
            return;
        }
    };
    let _ = write!(sequence, "{code};");
}

impl<W: Write> Write for Wire<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> Backend for Wire<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.put(x, y, cell)?;
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor_seen.replace(false) == Some(false) {
            return Ok(());
        }
        queue!(self.out, cursor::Hide)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor_seen.replace(true) == Some(true) {
            return Ok(());
        }
        queue!(self.out, cursor::Show)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        let (x, y) = cursor::position()?;
        Ok(Position { x, y })
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        if self.at == Some((x, y)) {
            return Ok(());
        }
        self.at = Some((x, y));
        write!(self.out, "\x1b[{};{}H", y + 1, x + 1)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        match region {
            ClearType::All => self.wipe()?,
            ClearType::AfterCursor => self.out.write_all(b"\x1b[0m\x1b[J")?,
            ClearType::BeforeCursor => self.out.write_all(b"\x1b[0m\x1b[1J")?,
            ClearType::CurrentLine => self.out.write_all(b"\x1b[0m\x1b[2K")?,
            ClearType::UntilNewLine => self.out.write_all(b"\x1b[0m\x1b[K")?,
        }
        self.pen = Some(Pen::default());
        let size = self.size().unwrap_or(self.size);
        self.forget(size);
        if region != ClearType::All {
            self.shown.fill(Shown::default());
        }
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = terminal::size()?;
        Ok(Size { width, height })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        let terminal::WindowSize { columns, rows, width, height } = terminal::window_size()?;
        Ok(WindowSize { columns_rows: Size { width: columns, height: rows }, pixels: Size { width, height } })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
