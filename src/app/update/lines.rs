//! Lines: what is typed, edited or pasted goes into the line that is open over everything else, and has its effect there.

use super::super::cmd::Cmd;
use super::super::line::Typed;
use super::super::state::{App, Overlay, Prompt};
use super::{chat, overlay, picker, prompt};

/// Takes it, where something is open over the panes; says whether that is so.
pub(super) fn take(app: &mut App, typed: Typed<'_>, cmds: &mut Vec<Cmd>) -> bool {
    match (&mut app.overlay, &mut app.prompt) {
        (Some(Overlay::Palette(palette)), _) => {
            if palette.line.take(typed) {
                overlay::searched(app, cmds);
            }
        }
        (Some(Overlay::Models(picker)), _) => picker::take(picker, typed, &app.models),
        (Some(Overlay::Sessions(sessions)), _) => {
            if sessions.line.take(typed) {
                chat::filter_sessions(app, cmds);
            }
        }
        (
            Some(
                Overlay::Help(_)
                | Overlay::Notices(_)
                | Overlay::Estimate(_)
                | Overlay::Compare(_)
                | Overlay::Stats(_)
                | Overlay::Charts(_)
                | Overlay::Tune(_),
            ),
            _,
        ) => {}
        (None, Some(Prompt::Filter(line) | Prompt::Command(line, _))) => {
            if line.take(typed) {
                prompt::typed(app, cmds);
            }
        }
        (None, Some(Prompt::Instruct(asking))) => drop(asking.line.take(typed)),
        (None, Some(Prompt::Comment(_, _, line))) => drop(line.take(typed)),
        (None, None) => return false,
    }
    true
}
