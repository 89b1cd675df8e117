//! Background: asks the terminal for its background colour (OSC 11) and picks the answer out of the input.
//!
//! Invariant: no key of the person is lost. What looks like an answer is held back until it is one, is none, or no more
//! comes; in the last two cases it is given on as it came. Nothing waits for an answer.

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::ui::theme::Rgb;

/// The question, as xterm defines it (<https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>, OSC 11).
pub const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";

/// How long held keys are held. An answer comes in one piece, so its parts are never further apart.
pub const PATIENCE: Duration = Duration::from_millis(60);

/// The longest answer: `]11;rgba:ffff/ffff/ffff/ffff` and its end.
const LONGEST: usize = 40;

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sifted {
    /// Held back; ask again after [`PATIENCE`] with [`Sieve::release`].
    Held,
    /// These are the person's, in order.
    Input(Vec<Event>),
    /// The terminal answered.
    Answer(Rgb),
}

/// Picks the answer out of the events. crossterm reads `ESC ] 1 1 ; ...` as alt+] and plain characters.
#[derive(Debug, Default)]
pub struct Sieve {
    held: Vec<Event>,
    text: String,
    answered: bool,
}

impl Sieve {
    /// Takes the next event.
    pub fn sift(&mut self, event: Event) -> Sifted {
        if self.answered {
            return Sifted::Input(vec![event]);
        }
        let Some(piece) = piece(&event) else {
            return self.give_up(event);
        };
        if self.held.is_empty() && piece != Piece::Open {
            return Sifted::Input(vec![event]);
        }
        self.held.push(event);
        match piece {
            Piece::Open if self.held.len() == 1 => Sifted::Held,
            Piece::Char(c) if self.held.len() < LONGEST && fits(&self.text, c) => {
                self.text.push(c);
                Sifted::Held
            }
            Piece::Close => match background(&self.text) {
                Some(color) => {
                    self.held.clear();
                    self.answered = true;
                    Sifted::Answer(color)
                }
                None => Sifted::Input(self.release()),
            },
            Piece::Open | Piece::Char(_) => Sifted::Input(self.release()),
        }
    }

    /// Whether something is held back.
    pub fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// Gives on what is held: it was no answer.
    pub fn release(&mut self) -> Vec<Event> {
        self.text.clear();
        std::mem::take(&mut self.held)
    }

    fn give_up(&mut self, event: Event) -> Sifted {
        let mut all = self.release();
        all.push(event);
        Sifted::Input(all)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    /// `ESC ]`.
    Open,
    Char(char),
    /// `ESC \` or BEL.
    Close,
}

fn piece(event: &Event) -> Option<Piece> {
    let Event::Key(KeyEvent { code: KeyCode::Char(c), modifiers, kind: KeyEventKind::Press, .. }) = event
    else {
        return None;
    };
    match (*c, *modifiers - KeyModifiers::SHIFT) {
        (']', KeyModifiers::ALT) => Some(Piece::Open),
        ('\\', KeyModifiers::ALT) | ('g', KeyModifiers::CONTROL) => Some(Piece::Close),
        (c, KeyModifiers::NONE) => Some(Piece::Char(c)),
        _ => None,
    }
}

/// Whether an answer may go on with `next` after `text`.
fn fits(text: &str, next: char) -> bool {
    const HEAD: &str = "11;rgb";
    match HEAD.chars().nth(text.len()) {
        Some(expected) => next == expected,
        None => next.is_ascii_hexdigit() || matches!(next, ':' | '/' | 'a'),
    }
}

/// Reads `11;rgb:1515/1717/1c1c`, with one to four digits a channel.
fn background(text: &str) -> Option<Rgb> {
    let channels = text.strip_prefix("11;rgb:").or_else(|| text.strip_prefix("11;rgba:"))?;
    let mut values = channels.split('/').map(|digits| {
        let most = (1_u32 << (4 * digits.len().min(4))) - 1;
        let value = u32::from_str_radix(digits, 16).ok().filter(|value| *value <= most)?;
        Some((value * 255 / most) as u8)
    });
    Some(Rgb(values.next()??, values.next()??, values.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(c: char, modifiers: KeyModifiers) -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char(c), modifiers))
    }

    fn answer(text: &str) -> Vec<Event> {
        let mut events = vec![key(']', KeyModifiers::ALT)];
        events.extend(text.chars().map(|c| key(c, KeyModifiers::NONE)));
        events.push(key('\\', KeyModifiers::ALT));
        events
    }

    fn run(sieve: &mut Sieve, events: Vec<Event>) -> (Vec<Event>, Option<Rgb>) {
        let mut input = Vec::new();
        let mut found = None;
        for event in events {
            match sieve.sift(event) {
                Sifted::Held => {}
                Sifted::Input(events) => input.extend(events),
                Sifted::Answer(color) => found = Some(color),
            }
        }
        (input, found)
    }

    #[test]
    fn answers_of_any_depth_are_read() {
        let ask = |text| run(&mut Sieve::default(), answer(text));
        assert_eq!(ask("11;rgb:1515/1717/1c1c"), (vec![], Some(Rgb(0x15, 0x17, 0x1c))));
        assert_eq!(ask("11;rgb:fb/fb/f9"), (vec![], Some(Rgb(0xfb, 0xfb, 0xf9))));
        assert_eq!(ask("11;rgba:ffff/ffff/ffff/ffff"), (vec![], Some(Rgb(255, 255, 255))));
    }

    #[test]
    fn keys_before_within_reach_of_and_after_an_answer_are_kept() {
        let mut sieve = Sieve::default();
        let mut events = vec![key('1', KeyModifiers::NONE)];
        events.extend(answer("11;rgb:0/0/0"));
        events.extend(answer("x"));
        let (input, found) = run(&mut sieve, events);
        assert_eq!(found, Some(Rgb(0, 0, 0)));
        let mut expected = vec![key('1', KeyModifiers::NONE)];
        expected.extend(answer("x"));
        assert_eq!(input, expected);
    }

    #[test]
    fn what_only_begins_like_an_answer_is_given_on_whole() {
        let mut sieve = Sieve::default();
        let typed =
            vec![key(']', KeyModifiers::ALT), key('1', KeyModifiers::NONE), key('z', KeyModifiers::NONE)];
        assert_eq!(run(&mut sieve, typed.clone()), (typed, None));
        assert_eq!(sieve.sift(key(']', KeyModifiers::ALT)), Sifted::Held);
        assert!(sieve.is_holding());
        assert_eq!(sieve.release(), vec![key(']', KeyModifiers::ALT)]);
        assert!(!sieve.is_holding());
    }
}
