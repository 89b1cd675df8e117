//! Events: what the chat service tells.

use crate::domain::{ChatCommand, ChatEvent, JudgeName, TurnBody};

use super::super::super::cmd::Cmd;
use super::super::super::state::App;
use super::super::asking;

/// Takes in what the chat service told.
pub(in super::super) fn event(app: &mut App, event: ChatEvent, cmds: &mut Vec<Cmd>) {
    match event {
        ChatEvent::Opened { head, turns } => {
            app.chat.head = Some(head);
            app.chat.show(turns);
        }
        ChatEvent::Branch(turns) => app.chat.show(turns),
        ChatEvent::Turn(turn) => app.chat.take(turn),
        ChatEvent::Delta { turn, text, thinking } => {
            let begun = app.chat.turn(turn).and_then(|turn| match &turn.body {
                TurnBody::Answer(answer) => Some((answer.text.clone(), answer.thinking.clone())),
                TurnBody::Question(_) | TurnBody::Summary { .. } => None,
            });
            if let Some((said, thought)) = begun {
                app.chat.growing.append(turn, (&text, &thinking), (&said, &thought));
            }
        }
        ChatEvent::Progress { turn, state, meters } => {
            let known = app.chat.turns.iter_mut().rev().find(|known| known.id == turn);
            if let Some(TurnBody::Answer(answer)) = known.map(|known| &mut known.body) {
                answer.state = state;
                answer.meters = meters;
            }
        }
        ChatEvent::Search { number, text, sent } => {
            app.query.line.set(&text);
            let judge = if sent { app.model_judge() } else { None };
            asking::ask_of(app, judge.unwrap_or_else(JudgeName::embedded), cmds);
            cmds.push(Cmd::Chat(ChatCommand::Searching(number, app.query.generation())));
        }
        ChatEvent::Tray(tray) => app.chat.tray = tray,
        ChatEvent::Queue(queue) => app.chat.queue = queue,
        // The list of conversations takes these.
        ChatEvent::Sessions(_) | ChatEvent::Hits(..) | ChatEvent::Unsent(_) => {}
        ChatEvent::Renamed(id, title) => {
            if let Some(head) = app.chat.head.as_mut().filter(|head| head.id == id) {
                head.title = title;
            }
        }
        ChatEvent::Exported(path) => {
            app.notices.flash(format!("written to {}", path.display()), app.now.elapsed);
        }
        ChatEvent::Notice(notice) => app.note(notice),
    }
}
