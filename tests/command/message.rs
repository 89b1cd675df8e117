//! The message of a commit: mended where that is certain, else asked for once more, and always the person's to change.

use super::*;

fn described(stage: &Stage, id: EditId) -> Result<String, Notice> {
    stage.send(EditCommand::Describe(id));
    stage.event("a message", |event| match event {
        EditEvent::Message(_, message) => Some(Ok(message.to_string())),
        EditEvent::Notice(notice) => Some(Err(notice)),
        _ => None,
    })
}

fn asked(stage: &Stage) -> Vec<serde_json::Value> {
    let posts = stage.server.requests().into_iter().filter(|request| request.method == "POST");
    posts.map(|request| request.json()).collect()
}

#[test]
fn what_models_put_around_a_message_is_taken_off() {
    let stage = Stage::new();
    repository(&stage);
    let id = write_two(&stage);
    let before = asked(&stage).len();
    stage.answers(&["Here is the commit message:\n\n```\nCall it twenty.\nIt was two.\n\nSigned-off-by: A Model <m@example.com>\n```"]);
    assert_eq!(described(&stage, id), Ok("Call it twenty\n\nIt was two.".to_owned()));
    assert_eq!(asked(&stage).len(), before + 1, "nothing is asked again for what can be mended");
}

#[test]
fn a_subject_that_does_not_fit_is_asked_for_once_more() {
    let stage = Stage::new();
    repository(&stage);
    let id = write_two(&stage);
    let before = asked(&stage).len();
    let long = "Call it twenty ".repeat(8);
    stage.answers(&[&long, "Call it twenty"]);
    assert_eq!(described(&stage, id), Ok("Call it twenty".to_owned()));
    let sent = asked(&stage).pop().unwrap();
    let told = sent["messages"][3]["content"].as_str().unwrap();
    assert!(told.contains("the subject has 119 characters, and 72 is the most"), "{told}");

    stage.answers(&[&long, &long, "Call it twenty"]);
    assert_eq!(described(&stage, id), Ok(long.trim().to_owned()), "the person may shorten it");
    assert_eq!(asked(&stage).len(), before + 4, "once more, and no further");
}

#[test]
fn a_model_that_only_talks_is_told_of() {
    let stage = Stage::new();
    repository(&stage);
    let id = write_two(&stage);
    stage.answers(&["Certainly! I can help", "Sure, what should it say?"]);
    let notice = described(&stage, id).unwrap_err();
    assert!(notice.cause.unwrap().contains("talk about the message"));
    assert_eq!(notice.hint.as_deref(), Some("Write it yourself"));
}
