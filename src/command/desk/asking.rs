//! Asking a model: the call, its answer as it streams, and what is asked again.

use futures::StreamExt;
use tokio::task::JoinHandle;

use super::deciding::GivenBack;
use super::{Desk, Input};
use crate::command::attempt::{Answered, Attempt, Cut, Next, Told};
use crate::command::dialogue::Dialogue;
use crate::command::draft::Draft;
use crate::command::prompt::{Form, Prompt, form_without_tools, wanted_form};
use crate::command::said::Said;
use crate::command::scope::Scope;
use crate::command::snapshot::Snapshot;
use crate::domain::{EditCommand, EditId, EditState, Instruction, ModelRef, Notice, Severity, TaskKind};
use crate::edit::{Change, EditFormat, Files};
use crate::llm::{Chunk, Llm, LlmError};

/// What a call to a model tells.
pub enum Heard {
    /// Who answers.
    By(ModelRef),
    /// A piece of the answer.
    Said(Said),
    /// Who was asked takes no tools; in its words.
    NoTools(ModelRef, String),
    /// It is over.
    Ended,
    /// It broke off, or was refused.
    Failed(Notice),
}

/// An edit that a model still works on.
pub struct Going {
    /// What was asked for, to be asked in another form.
    request: Request,
    attempt: Attempt<Snapshot>,
    dialogue: Dialogue,
    form: Form,
    round: u32,
    task: JoinHandle<()>,
    /// The hunk that it was asked to propose anew, until something comes in its place.
    pub(super) back: Option<GivenBack>,
}

impl Drop for Going {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What is asked for: an instruction, and the changes that stand already.
#[derive(Clone)]
pub struct Request {
    /// The instruction as the model reads it.
    pub told: Instruction,
    /// Changes that the model shall see as done.
    pub standing: Vec<Change>,
}

impl Desk {
    pub(super) fn ask(&mut self, instruction: Instruction) {
        // Right after the start it is not known yet which models there are.
        let unknown = |llm: &Llm| !llm.is_settled() && llm.route(TaskKind::Command).choice.model().is_none();
        if let Some(llm) = self.llm.clone().filter(unknown) {
            let (inbox, handle) = (self.inbox.clone(), llm.handle().clone());
            handle.spawn(async move {
                llm.settled().await;
                let _ = inbox.send(Input::Command(Box::new(EditCommand::Ask(instruction))));
            });
            return;
        }
        self.ask_as(instruction.clone(), instruction);
    }

    /// Asks for a new edit, of which the model is told in other words than the person's.
    pub(super) fn ask_as(&mut self, instruction: Instruction, told: Instruction) {
        let number = self.number();
        let draft = Draft::new(instruction, number);
        let id = draft.id;
        self.edits.insert(id, draft);
        self.changed.insert(id);
        if let Err(notice) = self.request(id, Request { told, standing: Vec::new() }) {
            self.fail(id, notice);
        }
    }

    /// Asks for an edit, or for more of it.
    pub(super) fn request(&mut self, id: EditId, request: Request) -> Result<(), Notice> {
        let llm = self.llm.clone().ok_or_else(no_model)?;
        let pane = self.pane();
        let instruction = &request.told;
        let scope = Scope::resolve(instruction, &pane.judged(), &*self.roots);
        let scope = scope.map_err(|error| error.notice())?;
        let (form, to) = wanted_form(&llm, &self.config, instruction.model.as_ref());
        let form = self.possible(&llm, form, instruction.model.as_ref());
        let roots = &self.roots;
        let read = |path: &str| match request.standing.iter().find(|change| change.path == path) {
            Some(change) => Ok(change.after.clone()),
            None => roots.read(path),
        };
        self.context.refresh();
        let helping = pane.helping(&mut self.context, (instruction, &scope), &to);
        let prompt = Prompt::new(instruction, &scope, (form, to.window), roots, read, helping);
        let mut prompt = prompt.map_err(|error| error.notice())?;
        for change in &request.standing {
            prompt.snapshot.remember(&change.path, change.before.clone());
        }
        let dialogue = Dialogue::new(&prompt, instruction.model.clone());
        let mut attempt = Attempt::asked_for(prompt.snapshot, prompt.form.format);
        let text = |error: crate::edit::TextError| {
            Notice::new(Severity::Error, "The edit cannot go on").cause(error.to_string())
        };
        attempt.resume(request.standing.clone()).map_err(text)?;
        if let Some(draft) = self.edits.get_mut(&id) {
            draft.keep_to(&scope);
            draft.form = Some(prompt.form.asked());
            draft.state = EditState::Streaming;
        }
        let task = self.call(&llm, (id, 0), &dialogue);
        self.going
            .insert(id, Going { request, attempt, dialogue, form: prompt.form, round: 0, task, back: None });
        Ok(())
    }

    /// The form, unless it is calls of tools and the model is known to take none.
    fn possible(&self, llm: &Llm, form: Form, model: Option<&ModelRef>) -> Form {
        let routed = || llm.route(TaskKind::Command).choice.into_model();
        let instead = model.cloned().or_else(routed).and_then(|model| self.toolless.get(&model).copied());
        instead.filter(|_| form.format == EditFormat::Tool).unwrap_or(form)
    }

    fn call(&self, llm: &Llm, (id, round): (EditId, u32), dialogue: &Dialogue) -> JoinHandle<()> {
        let inbox = self.inbox.clone();
        let tell = move |heard| inbox.send(Input::Heard(id, round, heard)).is_ok();
        let mut replies = dialogue.send(llm);
        llm.handle().spawn(async move {
            let mut told = false;
            while let Some(chunk) = replies.next().await {
                if let (false, Some(model)) = (told, replies.model()) {
                    told = tell(Heard::By(model.clone()));
                }
                if !pass_on(chunk, &tell) {
                    return;
                }
            }
            tell(Heard::Ended);
        })
    }

    pub(super) fn heard(&mut self, id: EditId, round: u32, heard: Heard) {
        let Some(going) = self.going.get_mut(&id).filter(|going| going.round == round) else { return };
        match heard {
            Heard::By(model) => {
                if let Some(draft) = self.edits.get_mut(&id) {
                    draft.by = Some(model);
                    self.changed.insert(id);
                }
            }
            Heard::Said(said) => {
                if going.attempt.hear(said) {
                    self.absorb(id);
                }
            }
            Heard::NoTools(model, why) => self.without_tools(id, &model, why),
            Heard::Ended => match going.attempt.finish() {
                Next::Again { answer, told } => {
                    let state = EditState::Retrying(going.attempt.retry());
                    self.again(id, (answer, told), state);
                }
                Next::More { answer, told } => self.again(id, (answer, told), EditState::Streaming),
                Next::Done => self.finished(id),
            },
            Heard::Failed(notice) => {
                going.attempt.cut(Cut::Lost(notice.title.clone()));
                going.attempt.stop();
                self.absorb(id);
                self.put_back(id);
                let any = self.edits.get(&id).is_some_and(|draft| !draft.files.is_empty());
                if any {
                    // What came is whole, and may be what was wanted.
                    self.notice(notice);
                    self.finished(id);
                } else {
                    self.going.remove(&id);
                    self.fail(id, notice);
                }
            }
        }
    }

    /// Takes over what the answer proposes by now.
    fn absorb(&mut self, id: EditId) {
        let (Some(going), Some(draft)) = (self.going.get_mut(&id), self.edits.get_mut(&id)) else { return };
        let changed = going.attempt.changed();
        if !changed.is_empty() {
            going.back = None;
        }
        draft.take(changed);
        draft.refused = going.attempt.refused().cloned().collect();
        draft.why = going.attempt.why();
        self.touched(id);
    }

    /// Asks in the form that the model is best at besides, from now on.
    fn without_tools(&mut self, id: EditId, model: &ModelRef, why: String) {
        let Some(llm) = self.llm.clone() else { return };
        let Some(going) = self.going.remove(&id) else { return };
        if going.form.format != EditFormat::Tool {
            return self.fail(id, LlmError::NoTools { model: model.clone(), why }.notice());
        }
        let instead = form_without_tools(&llm, model);
        self.toolless.insert(model.clone(), instead);
        let title = format!("{model} takes no tools: edits are asked for as {}", instead.format.name());
        let hint =
            format!("Set `[task.command] format = \"{}\"` to leave out this try", instead.format.name());
        self.notice(Notice::new(Severity::Info, title).cause(why).hint(hint));
        let request = going.request.clone();
        if let Err(notice) = self.request(id, request) {
            self.fail(id, notice);
        }
    }

    /// Goes on with what the model is told of its answer.
    fn again(&mut self, id: EditId, (answer, told): (Answered, Told), state: EditState) {
        self.absorb(id);
        let (Some(going), Some(draft)) = (self.going.get_mut(&id), self.edits.get_mut(&id)) else { return };
        let Some(llm) = self.llm.clone() else { return };
        draft.state = state;
        going.dialogue.again(draft.by.clone(), answer, told);
        going.round += 1;
        let (dialogue, round) = (going.dialogue.clone(), going.round);
        let task = self.call(&llm, (id, round), &dialogue);
        if let Some(going) = self.going.get_mut(&id) {
            going.task = task;
        }
        self.touched(id);
    }

    /// All that will come is there.
    pub(super) fn finished(&mut self, id: EditId) {
        self.absorb(id);
        if self.put_back(id) {
            self.refuse("The hunk stays as it was", "the model proposed nothing in its place");
        }
        self.going.remove(&id);
        let Some(draft) = self.edits.get_mut(&id) else { return };
        draft.mark_errors();
        if draft.files.is_empty() {
            let title = if draft.refused.is_empty() {
                "The model proposes no change"
            } else {
                "Nothing of the answer could be placed"
            };
            let first = draft.refused.first().map(|part| part.why.clone());
            let why = first.unwrap_or_else(|| draft.why.lines().next().unwrap_or_default().to_owned());
            let notice = Notice::new(Severity::Warning, title).cause(why);
            self.fail(id, notice.hint("Say it in other words, or name the lines"));
            return;
        }
        draft.state = EditState::Proposed;
        draft.proposed = draft.hunks().count() as u32;
        self.touched(id);
        self.remember(id);
        // The model was shown the files as they were when it was asked.
        self.meet(id, |_| true);
    }

    /// Puts a hunk back that went to the model where nothing came in its place; says whether there was one.
    fn put_back(&mut self, id: EditId) -> bool {
        let back = self.going.get_mut(&id).and_then(|going| going.back.take());
        let (Some(back), Some(draft)) = (back, self.edits.get_mut(&id)) else { return false };
        back.put(draft);
        true
    }

    pub(super) fn fail(&mut self, id: EditId, notice: Notice) {
        if let Some(draft) = self.edits.get_mut(&id) {
            draft.state = EditState::Failed(notice);
            self.touched(id);
        }
    }

    pub(super) fn cancel(&mut self) {
        let going: Vec<EditId> = self.going.keys().copied().collect();
        for id in going {
            self.stop(id);
        }
    }

    pub(super) fn stop(&mut self, id: EditId) {
        if let Some(going) = self.going.get_mut(&id) {
            going.task.abort();
            going.attempt.cut(Cut::Stopped);
            going.attempt.stop();
            self.finished(id);
        }
    }
}

fn pass_on(chunk: Result<Chunk, LlmError>, tell: &impl Fn(Heard) -> bool) -> bool {
    let last = match chunk.map(Said::of) {
        Ok(Ok(None)) => return true,
        Ok(Ok(Some(said))) => return tell(Heard::Said(said)),
        Ok(Err(why)) => {
            let notice = Notice::new(Severity::Error, "The model refused").cause(why);
            Heard::Failed(notice.hint("Say it in other words, or choose another model"))
        }
        Err(LlmError::NoTools { model, why }) => Heard::NoTools(model, why),
        Err(error) => Heard::Failed(error.notice()),
    };
    tell(last);
    false
}

fn no_model() -> Notice {
    Notice::new(Severity::Error, "No model can be asked for edits")
        .hint("`quarry models` shows what was found; `[task.command] use` sets one")
}
