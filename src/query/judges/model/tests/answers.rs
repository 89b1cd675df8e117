//! Answers: what counts as one, what a model is asked next when it is none, and what it is remembered for.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_probability_of_the_first_token_is_the_answer() {
    let mut bench = Bench::new(|_, _| Step::Reply(likely(0.8)));
    let answers = bench.judge(&["fn a() {}"]).await;
    let answer = answers[0].as_ref().unwrap();
    assert_eq!(answer.verdict, Verdict::Yes);
    assert!((answer.probability.get() - 0.8).abs() < 1e-3);
    let calls = bench.calls();
    assert_eq!((calls.len(), calls[0].max_output, calls[0].top_logprobs), (1, 1, 20));
}

#[tokio::test(start_paused = true)]
async fn a_model_without_probabilities_is_asked_for_an_object_from_then_on() {
    let mut bench = Bench::new(|call, _| match call.format {
        Format::Json { .. } => Step::Reply(reply("{\"helps\":\"no\",\"sure\":90}")),
        Format::Text | Format::Choice(_) => Step::Reply(reply("yes")),
    });
    assert_eq!(bench.judge(&["one"]).await[0].as_ref().unwrap().verdict, Verdict::Yes, "a clean yes counts");
    assert_eq!(bench.judge(&["two"]).await[0].as_ref().unwrap().verdict, Verdict::No);
    let calls = bench.calls();
    assert_eq!((calls[0].top_logprobs, calls[1].top_logprobs), (20, 0));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_a_way_of_asking_is_asked_more_simply() {
    let mut bench = Bench::new(|call, _| {
        if call.top_logprobs > 0 || matches!(call.format, Format::Json { .. }) {
            Step::Fail(LlmError::Rejected { model: model(), status: 400, why: "unknown field".into() })
        } else {
            Step::Reply(reply("No."))
        }
    });
    assert_eq!(bench.judge(&["x"]).await[0].as_ref().unwrap().verdict, Verdict::No);
    assert_eq!(bench.calls().len(), 3);
    assert_eq!(bench.calls()[2].format, Format::Choice(&["yes", "no"]));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_answer_is_asked_once_more_and_then_failed() {
    let mut bench = Bench::new(|_, _| {
        let top = vec![("The".to_owned(), 0.9_f32.ln())];
        let logprobs = vec![TokenLogprobs { token: "The".into(), logprob: 0.9_f32.ln(), top }];
        Step::Reply(Box::new(Reply { logprobs, ..*reply("The") }))
    });
    let answers = bench.judge(&["x"]).await;
    let error = answers[0].as_ref().unwrap_err();
    assert!(error.why.contains("neither yes nor no") && error.retryable, "{error:?}");
    assert_eq!(bench.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_and_a_full_window_are_failures_of_their_own() {
    for (stop, word) in
        [(StopReason::Refused("policy".into()), "refused"), (StopReason::WindowFull, "window was full")]
    {
        let mut bench =
            Bench::new(move |_, _| Step::Reply(Box::new(Reply { stop: stop.clone(), ..*likely(0.9) })));
        let answers = bench.judge(&["x"]).await;
        assert!(answers[0].as_ref().unwrap_err().why.contains(word));
    }
    let truncated =
        || LlmError::Truncated { model: model(), sent: 900, evaluated: 400, fix: "num_ctx = 8192".into() };
    let mut bench = Bench::new(move |_, _| Step::Fail(truncated()));
    let answers = bench.judge(&["x"]).await;
    assert!(answers[0].as_ref().unwrap_err().why.contains("only 400"));
    assert_eq!(bench.calls().len(), 1, "asking again would be cut again");
}

#[tokio::test(start_paused = true)]
async fn a_prompt_over_the_window_is_halved() {
    let mut bench = Bench::new(|call, number| {
        if number == 0 {
            return Step::Fail(LlmError::ContextLength {
                model: model(),
                prompt: Some(9_000),
                window: Some(8_192),
            });
        }
        assert!(told(call).contains("[outline of the whole file]"));
        Step::Reply(likely(0.1))
    });
    let text = "let budget = compute(something, else);\n".repeat(450);
    assert_eq!(bench.judge(&[&text]).await[0].as_ref().unwrap().verdict, Verdict::No);
    let sizes: Vec<usize> = bench.calls().iter().map(|call| told(call).len()).collect();
    assert!(sizes[1] < sizes[0] * 3 / 4, "{sizes:?}");
}

#[tokio::test(start_paused = true)]
async fn small_files_share_a_call_where_an_answer_is_an_object() {
    let facts = Facts { logprobs: Some(false), ..facts() };
    let mut bench = Bench::with(facts, BudgetConfig::default(), |call, _| {
        let lines: Vec<String> = ids(call)
            .iter()
            .enumerate()
            .map(|(at, id)| {
                format!(
                    "{{\"id\":\"{id}\",\"helps\":\"{}\",\"sure\":90}}",
                    if at == 1 { "yes" } else { "no" }
                )
            })
            .collect();
        if lines.is_empty() {
            return Step::Reply(reply("{\"helps\":\"no\",\"sure\":90}"));
        }
        Step::Reply(reply(&format!("{{\"answers\":[{}]}}", lines.join(","))))
    });
    let large = "x\n".repeat(2_000);
    let answers = bench.judge(&["one", "two", "three", &large]).await;
    let verdicts: Vec<Verdict> = answers.iter().map(|answer| answer.as_ref().unwrap().verdict).collect();
    assert_eq!(verdicts, [Verdict::No, Verdict::Yes, Verdict::No, Verdict::No]);
    let calls = bench.calls();
    let mut packed: Vec<usize> = calls.iter().map(|call| ids(call).len()).collect();
    packed.sort_unstable();
    assert_eq!(packed, [0, 3], "the large one is asked about alone");
}

#[tokio::test(start_paused = true)]
async fn a_file_that_a_pack_left_out_or_doubled_is_asked_about_alone_and_is_never_a_no() {
    let facts = Facts { logprobs: Some(false), ..facts() };
    let mut bench = Bench::with(facts, BudgetConfig::default(), |call, _| {
        let ids = ids(call);
        let answer = |id: &str, helps: &str| format!("{{\"id\":\"{id}\",\"helps\":\"{helps}\",\"sure\":90}}");
        if ids.is_empty() {
            return Step::Reply(reply("I cannot tell."));
        }
        let lines = [answer(&ids[0], "no"), answer(&ids[2], "yes"), answer(&ids[2], "yes")];
        Step::Reply(reply(&format!("{{\"answers\":[{}]}}", lines.join(","))))
    });
    let answers = bench.judge(&["one", "two", "three"]).await;
    assert!(answers[0].is_ok() && answers[1].is_err() && answers[2].is_err());
    assert_eq!(bench.calls().len(), 3, "one pack, and two files alone");
}

#[tokio::test(start_paused = true)]
async fn a_reason_is_asked_with_numbered_lines() {
    let mut bench = Bench::new(|call, _| {
        assert!(told(call).contains("    2  fn budget() {}"), "{}", told(call));
        Step::Reply(reply("{\"reason\":\"`budget` counts each call\",\"lines\":[[2,2]]}"))
    });
    let item = bench.file("use x;\nfn budget() {}\n");
    bench.crew.explain(vec![item], Verdict::Yes);
    let news = bench.until(|news| matches!(news, News::Explained { .. })).await;
    let Some(News::Explained { reason: Ok(reason), .. }) = news.last() else { panic!("{news:?}") };
    assert_eq!((reason.text.as_str(), reason.spans.len()), ("`budget` counts each call", 1));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_changed_on_the_disk_is_not_judged_under_its_old_name() {
    let mut bench = Bench::new(|_, _| Step::Reply(likely(0.9)));
    let mut item = bench.file("new bytes");
    item.hash = ContentHash::of(b"old bytes");
    bench.crew.judge(vec![item]);
    let news = bench.until(|news| matches!(news, News::Moved(_))).await;
    assert_eq!(news, [News::Moved(FileId(0))]);
    assert!(bench.calls().is_empty());
}
