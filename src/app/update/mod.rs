//! Update: one message in, a new state and commands out.

use super::cmd::Cmd;
use super::msg::Msg;
use super::state::App;

/// Takes in one message. What the runtime shall do comes back, in order.
pub fn update(app: &mut App, msg: Msg) -> Vec<Cmd> {
    match msg {
        Msg::Tick(now) => app.set_now(now),
        Msg::Input(_)
        | Msg::Timer(_)
        | Msg::Tree(_)
        | Msg::Query(_)
        | Msg::Preview(_)
        | Msg::Config(..)
        | Msg::Themes { .. }
        | Msg::Notice(_)
        | Msg::ProgramClosed(_)
        | Msg::Copied(_) => {}
    }
    Vec::new()
}
