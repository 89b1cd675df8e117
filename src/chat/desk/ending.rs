//! Ending: an answer is done, was stopped or broke off; it is kept whole, and the conversation gets its name.

use std::time::Duration;

use super::{Desk, Front, Input};
use crate::chat::context::less;
use crate::chat::models::said;
use crate::domain::{
    Answer, AnswerState, ChatEvent, Choice, ContextItem, ContextState, SessionId, TaskKind, TurnBody, TurnId,
};
use crate::llm::{Call, Message, Role, Thinking};
use crate::text::citation;

/// A title that takes longer is not waited for.
const TITLE_PATIENCE: Duration = Duration::from_secs(20);

/// Tokens of a title, its reasoning included where it cannot be turned off.
const TITLE_TOKENS: u32 = 200;

/// Characters of question and answer that a title is made from.
const TITLE_FROM: usize = 1_500;

/// Characters of a title.
const MOST_TITLE: usize = 60;

const TITLE_PROMPT: &str = "Name this conversation in at most six words, in its own language, without quotes and \
                            without a full stop. Answer with the name alone.";

impl Desk {
    /// An answer ended: it is kept whole and told.
    pub(super) fn ended(&mut self, turn: TurnId) {
        self.sync(turn);
        self.learn(turn);
        self.talk.change(turn, count_citations);
        self.keep(turn);
        self.talk.head.changed_ms = self.now.unix_ms;
        self.tell_turn(turn);
        self.name_conversation(turn);
    }

    /// Learns from the server's count how the model counts tokens.
    fn learn(&mut self, turn: TurnId) {
        let Some(going) = self.round.as_mut().and_then(|round| round.answer(turn)) else { return };
        if let (Some(model), Some((estimated, counted))) = (&going.by, going.prompt_counted()) {
            self.scales.entry(model.clone()).or_default().learn(estimated, counted);
        }
        if let (Some((prompt, window, output)), Some(tray)) = (going.too_long(), &self.sent) {
            self.fits.insert(turn, less(tray, prompt, window, output));
        }
    }

    /// Stops the answers that are going on; what came stays.
    pub(super) fn cancel(&mut self) {
        self.stop_answers(&AnswerState::Cancelled);
    }

    /// The program ends: what is going on is kept as it is.
    pub(super) fn stop(&mut self) {
        self.queue.clear();
        self.stop_answers(&AnswerState::Interrupted);
        self.parts.kept.mark_open(None);
    }

    fn stop_answers(&mut self, state: &AnswerState) {
        let Some(round) = &mut self.round else { return };
        let mut stopped = Vec::new();
        for going in round.answers.iter_mut().filter(|going| going.state.is_going()) {
            going.end(state.clone());
            stopped.push(going.turn);
        }
        round.phase = crate::chat::round::Phase::Answering;
        for turn in stopped {
            self.ended(turn);
        }
    }

    /// Asks for a title after the first answer.
    fn name_conversation(&mut self, turn: TurnId) {
        let Some(answer) = self.talk.answer(turn).filter(|answer| answer.state == AnswerState::Done) else {
            return;
        };
        let is_first = self.talk.path_to(Some(turn)).len() == 2
            && answer.beside.first().is_none_or(|first| *first == turn);
        let models = match (&self.parts.models, self.parts.front) {
            (Some(models), Front::Screen) if is_first && !self.is_named => models,
            (_, _) => return,
        };
        if !matches!(models.route(TaskKind::Title).choice, Choice::Model(_)) {
            return;
        }
        let Some(TurnBody::Question(question)) = self.talk.path_to(Some(turn)).first().map(|turn| &turn.body)
        else {
            return;
        };
        let part = |text: &str| text.chars().take(TITLE_FROM).collect::<String>();
        let words = format!(
            "{TITLE_PROMPT}\n\nQuestion:\n{}\n\nAnswer:\n{}",
            part(&question.text),
            part(&answer.text)
        );
        let mut call = Call::chat(TaskKind::Title, vec![Message::text(Role::User, words)], TITLE_TOKENS);
        (call.thinking, call.deadline, call.temperature) = (Thinking::Off, Some(TITLE_PATIENCE), Some(0.0));
        call.files =
            answer.context.iter().filter(|item| item.file.is_some()).map(|item| item.title.clone()).collect();
        let (heard, inbox, session) = (models.ask(call), self.inbox.clone(), self.talk.head.id);
        models.runtime().spawn(async move {
            let title = said(heard, TITLE_FROM).await.unwrap_or_default();
            let _ = inbox.send(Input::Title(session, tidy_title(&title)));
        });
    }

    /// A model named the conversation.
    pub(super) fn titled(&mut self, session: SessionId, title: Option<String>) {
        let Some(title) = title else { return };
        if self.talk.head.id == session && self.is_named {
            return;
        }
        self.parts.kept.rename(session, &title);
        let title: std::sync::Arc<str> = title.into();
        if self.talk.head.id == session {
            self.talk.head.title = std::sync::Arc::clone(&title);
        }
        self.tell(ChatEvent::Renamed(session, title));
    }
}

/// Says of each item that was sent how often the answer cites it.
fn count_citations(answer: &mut Answer) {
    let counts = citation::counts(&answer.text, &answer.context);
    let items = answer.context.iter().zip(counts).map(|(item, count)| {
        let cited = (item.state == ContextState::Sent && item.number > 0).then_some(count);
        ContextItem { cited, ..item.clone() }
    });
    answer.context = items.collect();
}

/// The first line of what a model says, without quotes and marks; `None` where nothing is left.
fn tidy_title(said: &str) -> Option<String> {
    let line = said.lines().map(str::trim).find(|line| !line.is_empty())?;
    let line = line.replace('`', "");
    let line = line.trim_matches(|c: char| matches!(c, '"' | '\'' | '*' | '#' | '.' | ' ' | '“' | '”'));
    let line = crate::text::sanitize::sanitize_line(line);
    let mut title: String = line.chars().take(MOST_TITLE).collect();
    if line.chars().count() > MOST_TITLE {
        title.push('…');
    }
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_plain_line() {
        assert_eq!(
            tidy_title("\n **\"Where carts\u{1b}[31m clear.\"**\nmore"),
            Some("Where carts clear".into())
        );
        assert_eq!(tidy_title("`is_empty` asks twice"), Some("is_empty asks twice".into()));
        assert_eq!(tidy_title(" \n\"\"\n"), None);
        let long = tidy_title(&"word ".repeat(40)).unwrap();
        assert_eq!((long.chars().count(), long.ends_with('…')), (MOST_TITLE + 1, true));
    }
}
