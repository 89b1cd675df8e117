//! Keys: what crossterm reports, translated to [`Input`], so that no terminal library reaches the state.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use crate::app::{Chord, Input, Key, Mods, Mouse, MouseKind, Size};

/// The input of an event; `None` for key releases and what Quarry has no use for.
pub fn translate(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) => chord(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        Event::Mouse(mouse) => pointer(mouse).map(Input::Mouse),
        Event::Resize(width, height) => Some(Input::Resize(Size { width, height })),
        Event::FocusGained => Some(Input::Focus(true)),
        Event::FocusLost => Some(Input::Focus(false)),
    }
}

fn chord(event: KeyEvent) -> Option<Chord> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let key = match event.code {
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::F(number) => Key::F(number),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab | KeyCode::BackTab => Key::Tab,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Null => Key::Space,
        KeyCode::CapsLock
        | KeyCode::ScrollLock
        | KeyCode::NumLock
        | KeyCode::PrintScreen
        | KeyCode::Pause
        | KeyCode::Menu
        | KeyCode::KeypadBegin
        | KeyCode::Media(_)
        | KeyCode::Modifier(_) => return None,
    };
    let mods = Mods {
        // Terminals of the old kind send NUL for control and space.
        ctrl: event.modifiers.contains(KeyModifiers::CONTROL) || event.code == KeyCode::Null,
        alt: event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::META),
        shift: event.modifiers.contains(KeyModifiers::SHIFT) || event.code == KeyCode::BackTab,
    };
    Some(Chord::new(mods, key))
}

fn pointer(event: MouseEvent) -> Option<Mouse> {
    let kind = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => MouseKind::Press,
        MouseEventKind::Drag(MouseButton::Left) => MouseKind::Drag,
        MouseEventKind::Up(MouseButton::Left) => MouseKind::Release,
        MouseEventKind::ScrollUp => MouseKind::WheelUp,
        MouseEventKind::ScrollDown => MouseKind::WheelDown,
        MouseEventKind::Down(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => return None,
    };
    Some(Mouse { kind, column: event.column, row: event.row })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        match translate(Event::Key(KeyEvent::new(code, modifiers))) {
            Some(Input::Key(chord)) => Some(chord.to_string()),
            _ => None,
        }
    }

    #[test]
    fn chords_have_one_spelling_whatever_the_protocol() {
        assert_eq!(key(KeyCode::Char('G'), KeyModifiers::SHIFT).as_deref(), Some("G"));
        assert_eq!(key(KeyCode::Char('g'), KeyModifiers::SHIFT).as_deref(), Some("G"));
        assert_eq!(key(KeyCode::BackTab, KeyModifiers::SHIFT).as_deref(), Some("shift+tab"));
        assert_eq!(key(KeyCode::Tab, KeyModifiers::SHIFT).as_deref(), Some("shift+tab"));
        assert_eq!(key(KeyCode::Char('p'), KeyModifiers::CONTROL).as_deref(), Some("ctrl+p"));
        assert_eq!(key(KeyCode::Null, KeyModifiers::NONE).as_deref(), Some("ctrl+space"));
    }

    #[test]
    fn releases_and_lone_modifiers_are_no_input() {
        let mut event = KeyEvent::new(KeyCode::Char('a'), KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert_eq!(translate(Event::Key(event)), None);
        assert_eq!(key(KeyCode::CapsLock, KeyModifiers::NONE), None);
    }

    #[test]
    fn only_the_left_button_and_the_wheel_count() {
        let mouse = |kind| {
            translate(Event::Mouse(MouseEvent { kind, column: 3, row: 4, modifiers: KeyModifiers::NONE }))
        };
        assert_eq!(
            mouse(MouseEventKind::ScrollUp),
            Some(Input::Mouse(Mouse { kind: MouseKind::WheelUp, column: 3, row: 4 }))
        );
        assert_eq!(mouse(MouseEventKind::Moved), None);
        assert_eq!(mouse(MouseEventKind::Down(MouseButton::Right)), None);
    }
}
