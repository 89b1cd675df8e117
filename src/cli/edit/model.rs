//! Asks a model for the edit.

use std::sync::Arc;

use futures::StreamExt;

use crate::cli::arguments::Edit;
use crate::cli::complaint::Complaint;
use crate::cli::setup::Setup;
use crate::domain::{Choice, ModelRef, TaskKind};
use crate::edit::prompt::{self, Shown};
use crate::edit::{EditFormat, Files, Text};
use crate::llm::{Call, Chunk, Llm, LlmOptions, Message, Role};
use crate::text::fence::Markers;

/// Tokens of an answer at most.
const MOST_OUTPUT: u32 = 16_000;

/// The answer of the model that is routed to, or that was named.
pub fn ask(args: &Edit, setup: &Setup, root: &impl Files) -> anyhow::Result<String> {
    let Some(shown) = root.shown() else {
        let complaint = Complaint::usage("an edit by a model needs the files that it is about");
        return Err(complaint.hint("give PATH..., or --from FILE for an answer you already have").into());
    };
    let files = read(root, shown)?;
    let mut options = LlmOptions::new(Arc::new(setup.config.clone()), &setup.sources.dirs);
    options.roots.clone_from(&setup.roots);
    let llm = Llm::start(options, |_| {})?;
    llm.handle().block_on(llm.settled());
    let named = args.model.as_deref().map(str::parse::<ModelRef>).transpose()?;
    if let Some(model) = &named {
        llm.command(crate::domain::ModelCommand::Use(TaskKind::Command, Some(Choice::Model(model.clone()))));
    }
    let format = match args.format {
        EditFormat::Auto => EditFormat::SearchReplace,
        format @ (EditFormat::SearchReplace
        | EditFormat::ApplyPatch
        | EditFormat::Udiff
        | EditFormat::Whole) => format,
    };
    let texts: Vec<&str> = files.iter().map(|(_, text)| text.as_str()).collect();
    let fence = format!("file-{}", Markers::new().marker_for_all(&texts));
    let shown: Vec<Shown<'_>> = files.iter().map(|(path, text)| Shown { path, text }).collect();
    let messages = vec![
        Message::text(Role::System, prompt::system(format)),
        Message::text(Role::User, prompt::user(&shown, &args.instruction, args.lines.as_ref(), &fence)),
    ];
    let mut call = Call::chat(TaskKind::Command, messages, MOST_OUTPUT);
    call.temperature = Some(0.0);
    call.files = files.iter().map(|(path, _)| Arc::from(path.as_str())).collect();
    let mut answer = String::new();
    let mut asked = llm.ask(call);
    llm.handle().block_on(async {
        while let Some(chunk) = asked.next().await {
            match chunk {
                Ok(Chunk::Text(text)) => answer.push_str(&text),
                Ok(
                    Chunk::Thinking(_)
                    | Chunk::Logprobs(_)
                    | Chunk::Vectors(_)
                    | Chunk::Usage(_)
                    | Chunk::Stop(_),
                ) => {}
                Err(error) => {
                    let notice = error.notice();
                    return Err(Complaint { exit: crate::cli::exit::Exit::Failed, notice });
                }
            }
        }
        Ok(())
    })?;
    Ok(answer)
}

fn read(root: &impl Files, shown: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for path in shown {
        let Some(bytes) = root.read(path).map_err(Complaint::failed)? else { continue };
        files.push((path.clone(), Text::read(&bytes)?.joined()));
    }
    Ok(files)
}
