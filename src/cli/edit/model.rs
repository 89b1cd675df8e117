//! Asks a model for the edit, and again for what could not be placed.

use std::sync::Arc;

use futures::StreamExt;

use super::Headless;
use super::retrieve::Searched;
use crate::chat::context::{Addressee, Assembler};
use crate::cli::arguments::Edit;
use crate::cli::complaint::Complaint;
use crate::cli::exit::Exit;
use crate::cli::setup::Setup;
use crate::command::{
    Attempt, Dialogue, Form, Next, Pane, Prompt, Said, Scope, Snapshot, form_without_tools, wanted_form,
};
use crate::domain::{AskedForm, FormChoice, Instruction, ModelRef, Notice};
use crate::edit::{EditFormat, Files};
use crate::llm::{Llm, LlmError, LlmOptions};
use crate::runtime::context_parts;
use crate::text::nearest::nearest;
use crate::text::sanitize::sanitize_line;

/// What a model was asked for, and what it answered.
pub struct Asked {
    /// Its answers.
    pub attempt: Attempt<Snapshot>,
    /// The form in which it was asked.
    pub form: AskedForm,
    /// What it was asked about.
    pub scope: Scope,
}

/// The attempt of the model that is routed to, or of the one that was named and no other.
pub fn ask(
    args: &Edit,
    setup: &Setup,
    headless: &Headless,
    instruction: &Instruction,
    searched: Searched,
) -> anyhow::Result<Asked> {
    let mut options = LlmOptions::new(Arc::new(setup.config.clone()), &setup.sources.dirs);
    options.roots.clone_from(&setup.roots);
    let llm = Llm::start(options, |_| {})?;
    llm.handle().block_on(llm.settled());
    if let Some(model) = &instruction.model {
        known(&llm, model)?;
    }
    let failed = |notice: Notice| Complaint { exit: Exit::Failed, notice };
    let scope = Scope::resolve(instruction, &searched.pane.judged(), &*headless.roots)
        .map_err(|error| failed(error.notice()))?;
    let (form, to) = wanted_form(&llm, &setup.config, instruction.model.as_ref());
    let form = match args.format {
        EditFormat::Auto => form,
        format @ (EditFormat::SearchReplace
        | EditFormat::ApplyPatch
        | EditFormat::Udiff
        | EditFormat::Whole
        | EditFormat::Tool) => Form { format, chosen: FormChoice::Argument },
    };
    let Searched { pane, places, outlines } = searched;
    let context = Assembler::new(context_parts(&setup.roots, &places, outlines, Some(&llm)));
    let mut helping = Helping { pane, context, to };
    match talk(&llm, (headless, &mut helping), instruction, &scope, form) {
        Ok((attempt, form)) => Ok(Asked { attempt, form, scope }),
        Err(Stopped::NoTools(model, why)) => {
            let instead = form_without_tools(&llm, &model);
            let why = sanitize_line(&why);
            eprintln!("{model} takes no tools ({why}); asking for {} instead", instead.format.name());
            let (attempt, form) = talk(&llm, (headless, &mut helping), instruction, &scope, instead)?;
            Ok(Asked { attempt, form, scope })
        }
        Err(Stopped::Failed(error)) => Err(error),
    }
}

/// What context is taken from, and for whom.
struct Helping {
    pane: Pane,
    context: Assembler,
    to: Addressee,
}

/// Why there is no answer.
enum Stopped {
    /// This model takes no tools; in its words.
    NoTools(ModelRef, String),
    /// Anything else.
    Failed(anyhow::Error),
}

impl From<Stopped> for anyhow::Error {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::NoTools(model, why) => {
                Complaint::failed(format!("{model} takes no tools")).cause(why).into()
            }
            Stopped::Failed(error) => error,
        }
    }
}

/// Asks in one form, until all that will come is there.
fn talk(
    llm: &Llm,
    (headless, helping): (&Headless, &mut Helping),
    instruction: &Instruction,
    scope: &Scope,
    form: Form,
) -> Result<(Attempt<Snapshot>, AskedForm), Stopped> {
    let failed = |notice: Notice| Stopped::Failed(Complaint { exit: Exit::Failed, notice }.into());
    let read = |path: &str| headless.roots.read(path);
    let Helping { pane, context, to } = helping;
    let give = pane.helping(context, (instruction, scope), to);
    let prompt = Prompt::new(instruction, scope, (form, to.window), &headless.roots, read, give);
    let prompt = prompt.map_err(|error| failed(error.notice()))?;
    let mut dialogue = Dialogue::new(&prompt, instruction.model.clone());
    let asked = prompt.form.asked();
    let mut attempt = Attempt::asked_for(prompt.snapshot, prompt.form.format);
    loop {
        let by = llm.handle().block_on(answer(llm, &dialogue, &mut attempt))?;
        match attempt.finish() {
            Next::Done => return Ok((attempt, asked)),
            Next::More { answer, told } => dialogue.again(by, answer, told),
            Next::Again { answer, told } => {
                eprintln!("asking again for what could not be placed ({} of 2)", attempt.retry());
                dialogue.again(by, answer, told);
            }
        }
    }
}

async fn answer(
    llm: &Llm,
    dialogue: &Dialogue,
    attempt: &mut Attempt<Snapshot>,
) -> Result<Option<ModelRef>, Stopped> {
    let mut replies = dialogue.send(llm);
    while let Some(chunk) = replies.next().await {
        match chunk.map(Said::of) {
            Ok(Ok(Some(said))) => {
                attempt.hear(said);
            }
            Ok(Ok(None)) => {}
            Ok(Err(why)) => {
                return Err(Stopped::Failed(Complaint::failed("the model refused").cause(why).into()));
            }
            Err(LlmError::NoTools { model, why }) => return Err(Stopped::NoTools(model, why)),
            Err(error) => {
                let complaint = Complaint { exit: Exit::Failed, notice: error.notice() };
                return Err(Stopped::Failed(complaint.into()));
            }
        }
    }
    Ok(replies.model().cloned())
}

/// A model that was named is asked or nobody is.
fn known(llm: &Llm, model: &ModelRef) -> anyhow::Result<()> {
    if llm.model(model).is_some() {
        return Ok(());
    }
    let backends = llm.backends();
    let names: Vec<String> =
        backends.iter().flat_map(|backend| &backend.models).map(|status| status.model.to_string()).collect();
    let complaint = Complaint::failed(format!("there is no model `{model}`"));
    Err(match nearest(&model.to_string(), names.iter().map(String::as_str)) {
        Some(near) => complaint.hint(format!("did you mean `{near}`?")),
        None => complaint.hint("`quarry models` lists the models there are, and says how to add one"),
    }
    .into())
}
