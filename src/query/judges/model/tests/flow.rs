//! Flow: how many calls are in flight, what ends them, and that each file is answered once whatever happens.

use super::*;

const BRIEF: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn as_many_calls_are_in_flight_as_the_model_takes_and_no_more() {
    let mut bench = Bench::new(|_, _| Step::After(BRIEF, likely(0.2)));
    let texts: Vec<String> = (0..40).map(|n| format!("fn f{n}() {{}}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let started = tokio::time::Instant::now();
    let answers = bench.judge(&texts).await;
    assert_eq!((answers.len(), bench.model.most.load(Ordering::SeqCst)), (40, 4));
    let ideal = BRIEF * 10;
    assert!(started.elapsed() < ideal.mul_f64(1.1), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_is_told_at_once_and_the_rest_in_batches() {
    let mut bench = Bench::with(Facts { in_flight: 200, ..facts() }, BudgetConfig::default(), |_, number| {
        Step::After(Duration::from_millis(10 + u64::from(number) / 4), likely(0.2))
    });
    let items: Vec<Item> = (0..200).map(|n| bench.file(&format!("f{n}"))).collect();
    bench.crew.judge(items);
    let mut sizes = Vec::new();
    while sizes.iter().sum::<usize>() < 200 {
        let batch = bench.news.recv().await.unwrap();
        sizes.push(batch.iter().filter(|news| matches!(news, News::Judged { .. })).count());
    }
    assert!(sizes[0] <= 8, "{sizes:?}");
    assert!(sizes.len() <= 8 && sizes.iter().all(|size| *size <= 65), "{sizes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_hung_call_is_asked_again_and_its_file_answered_once() {
    let mut bench = Bench::new(|call, number| {
        let hung = told(call).contains("hangs") && number < 30;
        if hung { Step::Never } else { Step::After(BRIEF, likely(0.2)) }
    });
    let texts: Vec<String> =
        (0..40).map(|n| if n == 20 { "hangs".into() } else { format!("fn f{n}() {{}}") }).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let started = tokio::time::Instant::now();
    assert!(bench.judge(&texts).await.iter().all(Result::is_ok));
    assert!(started.elapsed() < BRIEF * 15, "{:?}", started.elapsed());
    tokio::time::sleep(BRIEF).await;
    assert_eq!(bench.model.now.load(Ordering::SeqCst), 0, "the hung call was given up");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_may_pass_is_tried_once_more() {
    let mut bench = Bench::new(|_, number| {
        if number == 0 { Step::Fail(LlmError::Cut { model: model() }) } else { Step::Reply(likely(0.9)) }
    });
    assert!(bench.judge(&["x"]).await[0].is_ok());
    assert_eq!(bench.calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_missing_key_halts_everything_at_once() {
    let mut bench = Bench::new(|_, _| Step::Fail(LlmError::Auth { model: model(), why: "no key".into() }));
    let items: Vec<Item> = (0..20).map(|n| bench.file(&format!("f{n}"))).collect();
    bench.crew.judge(items);
    let news = bench.until(|news| matches!(news, News::Halted { .. })).await;
    assert!(!news.iter().any(|news| matches!(news, News::Judged { .. })));
    assert!(bench.calls().len() <= 4);
    tokio::task::yield_now().await;
    assert_eq!(bench.crew.room().verdicts, 8, "what it held was given back");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_gone_halts_after_a_few_failures_and_loses_no_file() {
    let mut bench = Bench::new(|_, number| {
        if number < 4 {
            return Step::Reply(likely(0.2));
        }
        Step::Fail(LlmError::Network { model: model(), why: "connection refused".into() })
    });
    let items: Vec<Item> = (0..20).map(|n| bench.file(&format!("f{n}"))).collect();
    bench.crew.judge(items);
    let news = bench.until(|news| matches!(news, News::Halted { .. })).await;
    let answered = news.iter().filter(|news| matches!(news, News::Judged { answer: Ok(_), .. })).count();
    assert_eq!(answered, 4);
    assert!(bench.calls().len() < 20);
}

#[tokio::test(start_paused = true)]
async fn a_budget_in_tokens_ends_before_it_is_exceeded() {
    let budget = BudgetConfig { tokens: Some(2_000), ..BudgetConfig::default() };
    let mut bench = Bench::with(facts(), budget, |_, _| {
        let counted = Counted { prompt: Some(400), output: Some(1), ..Counted::default() };
        Step::After(BRIEF, Box::new(Reply { counted, ..*likely(0.2) }))
    });
    let items: Vec<Item> = (0..20).map(|n| bench.file(&format!("f{n}"))).collect();
    bench.crew.judge(items);
    let news = bench.until(|news| matches!(news, News::OverBudget(_))).await;
    let spent =
        news.iter().rev().find_map(|news| if let News::Spent(usage) = news { Some(*usage) } else { None });
    let spent = spent.expect("what was spent");
    assert!(spent.tokens_in + spent.tokens_out <= 2_000, "{spent:?}");
    let judged = news.iter().filter(|news| matches!(news, News::Judged { .. })).count();
    assert!((2..=4).contains(&judged), "{judged}");
    let Some(News::OverBudget(why)) = news.last() else { panic!() };
    assert_eq!(why, "2,000 tokens a query");
    bench.crew.renew();
    let item = bench.file("one more");
    bench.crew.judge(vec![item]);
    bench.until(|news| matches!(news, News::Judged { answer: Ok(_), .. })).await;
}

#[tokio::test(start_paused = true)]
async fn a_budget_in_seconds_cancels_what_is_in_flight() {
    let budget = BudgetConfig { seconds: Some(1.0), ..BudgetConfig::default() };
    let mut bench = Bench::with(facts(), budget, |_, _| Step::After(Duration::from_mins(1), likely(0.2)));
    let item = bench.file("slow");
    let started = tokio::time::Instant::now();
    bench.crew.judge(vec![item]);
    bench.until(|news| matches!(news, News::OverBudget(_))).await;
    assert!(started.elapsed() < Duration::from_secs(2));
    tokio::time::sleep(BRIEF).await;
    assert_eq!(bench.model.now.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_crew_cancels_everything_in_flight() {
    let mut bench = Bench::new(|_, _| Step::Never);
    let items: Vec<Item> = (0..4).map(|n| bench.file(&format!("f{n}"))).collect();
    bench.crew.judge(items);
    while bench.model.now.load(Ordering::SeqCst) < 4 {
        tokio::time::sleep(BRIEF).await;
    }
    let Bench { model, crew, .. } = bench;
    drop(crew);
    tokio::time::sleep(BRIEF).await;
    assert_eq!(model.now.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_file_taken_back_frees_its_place_and_says_so() {
    let mut bench =
        Bench::new(
            |call, _| {
                if told(call).contains("slow") { Step::Never } else { Step::Reply(likely(0.2)) }
            },
        );
    let items: Vec<Item> = (0..8).map(|n| bench.file(&format!("slow {n}"))).collect();
    bench.crew.judge(items);
    assert_eq!(bench.crew.room().verdicts, 0);
    bench.crew.take_back(FileId(0));
    assert_eq!(bench.news.recv().await.unwrap(), [], "an empty batch, so that somebody looks");
    assert_eq!(bench.crew.room().verdicts, 1);
}

#[tokio::test(start_paused = true)]
async fn what_costs_or_leaves_the_machine_is_reckoned_first() {
    let price = Price { input: 1.0, cached_input: 0.1, output: 4.0 };
    for (facts, asks) in [
        (facts(), false),
        (Facts { price: Some(price), ..facts() }, true),
        (Facts { locality: Locality::Remote, ..facts() }, true),
        (Facts { price: None, ..facts() }, false),
        (Facts { price: None, locality: Locality::Remote, ..facts() }, true),
    ] {
        let paid = facts.price.is_some_and(|price| price.input > 0.0);
        let known = facts.price.is_some();
        let mut bench = Bench::with(facts, BudgetConfig::default(), |_, _| Step::Never);
        let items: Vec<Item> = (0..100).map(|_| bench.file(&"text of a file ".repeat(200))).collect();
        let estimate = bench.crew.estimate(&items, 3);
        assert_eq!(estimate.is_some(), asks);
        if let Some(estimate) = estimate {
            assert_eq!((estimate.files, estimate.known, estimate.usd.is_some()), (100, 3, known));
            assert!((100_000..200_000).contains(&estimate.tokens_in), "{estimate:?}");
            assert_eq!(estimate.usd.is_some_and(|usd| usd > 0.1), paid);
        }
        assert!(bench.calls().is_empty());
        drop(bench.judge);
    }
}
