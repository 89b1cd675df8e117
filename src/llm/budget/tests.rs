//! Budgets hold: at once, over threads, over midnight and over other runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::*;
use crate::config::{BudgetConfig, Config, SpendingConfig};
use crate::domain::{ModelRef, Price, TaskKind};
use crate::llm::{BudgetId, Call, Counted, Message, Role};
use crate::store::{Spent, Store};

/// A clock that goes when it is told to.
struct Hand(Mutex<Moment>);

impl Hand {
    fn new() -> Arc<Self> {
        let start = Moment { elapsed: Duration::ZERO, unix_ms: 1_000, day: date(2026, 11, 21) };
        Arc::new(Self(Mutex::new(start)))
    }

    fn wait(&self, time: Duration) {
        self.0.lock().unwrap().elapsed += time;
    }

    fn midnight(&self) -> Date {
        let mut now = self.0.lock().unwrap();
        now.day = now.day.checked_add(1.day()).unwrap();
        now.elapsed += Duration::from_mins(1);
        now.day
    }
}

impl Clock for Hand {
    fn now(&self) -> Moment {
        *self.0.lock().unwrap()
    }
}

/// One dollar per thousand tokens in, ten per thousand out.
const PRICE: Price = Price { input: 1_000.0, cached_input: 100.0, output: 10_000.0 };

fn charge(tokens_in: u64, tokens_out: u64, budget: Option<BudgetId>) -> Charge {
    let model = ModelRef::new("cloud", "large");
    let size = CallSize { tokens_in, tokens_out };
    Charge { model, task: TaskKind::Judge, budget, size, price: Some(PRICE) }
}

fn counted(prompt: u64, output: u64) -> Counted {
    Counted { prompt: Some(prompt), output: Some(output), ..Counted::default() }
}

fn budgets(config: &str) -> (Budgets, Arc<Hand>) {
    let hand = Hand::new();
    (with_store(config, Store::in_memory(), &hand), hand)
}

fn with_store(config: &str, store: Store, hand: &Arc<Hand>) -> Budgets {
    let (config, problems) = Config::from_text(config);
    assert_eq!(problems, []);
    let clock: Arc<dyn Clock> = hand.clone();
    Budgets::new(Limits::from_config(&config), store, clock)
}

/// Makes a call that takes what was estimated, and tells the budget that stopped it.
fn spend(budgets: &Budgets, charge: Charge) -> Result<Spent, String> {
    let size = charge.size;
    match budgets.reserve(charge) {
        Ok((reserved, _)) => Ok(reserved.settle(&counted(size.tokens_in, size.tokens_out), Happened::All)),
        Err(exceeded) => Err(exceeded.to_string()),
    }
}

#[test]
fn limits_come_from_the_configuration() {
    let text = "[budget]\nday_usd = 2.5\nsession_tokens = 9\n[task.judge]\nbudget = { usd = 0.05, seconds = 60 }\n\
                [task.nonsense]\nbudget = { usd = 1 }\n";
    let limits = Limits::from_config(&Config::from_text(text).0);
    assert_eq!(
        limits.of(TaskKind::Judge),
        BudgetConfig { tokens: None, usd: Some(0.05), seconds: Some(60.0) }
    );
    assert_eq!(limits.of(TaskKind::Chat), BudgetConfig::default());
    let spending =
        SpendingConfig { day_usd: Some(2.5), session_tokens: Some(9), ..SpendingConfig::default() };
    assert_eq!((limits.spending, limits.tasks.len()), (spending, 1));
}

#[test]
fn without_limits_nothing_is_refused_and_everything_is_counted() {
    let (budgets, _) = budgets("");
    let spent = spend(&budgets, charge(1_000_000, 1_000, None)).unwrap();
    assert_eq!((spent.tokens(), spent.usage.usd), (1_001_000, 1_010.0));
    assert_eq!(budgets.spent(), (spent, spent));
}

#[test]
fn a_query_stops_at_its_own_budget_and_the_next_begins_anew() {
    let (budgets, _) = budgets("[task.judge]\nbudget = { tokens = 100 }\n");
    let query = budgets.open(TaskKind::Judge);
    assert!(spend(&budgets, charge(60, 1, Some(query.id()))).is_ok());
    assert_eq!(spend(&budgets, charge(60, 1, Some(query.id()))), Err("100 tokens a query".into()));
    assert!(spend(&budgets, charge(38, 1, Some(query.id()))).is_ok());
    assert_eq!(query.spent().tokens(), 100);
    let next = budgets.open(TaskKind::Judge);
    assert!(spend(&budgets, charge(60, 1, Some(next.id()))).is_ok());
    assert_eq!(
        spend(&budgets, charge(101, 0, None)),
        Err("100 tokens a query".into()),
        "a call alone is a query"
    );
}

#[test]
fn going_on_grants_the_query_its_budget_once_more() {
    let (budgets, hand) = budgets("[task.judge]\nbudget = { tokens = 100, seconds = 10 }\n");
    let query = budgets.open(TaskKind::Judge);
    assert!(spend(&budgets, charge(100, 0, Some(query.id()))).is_ok());
    hand.wait(Duration::from_secs(11));
    query.grant();
    assert!(spend(&budgets, charge(100, 0, Some(query.id()))).is_ok());
    assert_eq!(spend(&budgets, charge(1, 0, Some(query.id()))), Err("100 tokens a query".into()));
}

#[test]
fn what_is_in_flight_counts_until_it_is_settled_or_dropped() {
    let (budgets, _) = budgets("budget.session_tokens = 100\n");
    let (first, _) = budgets.reserve(charge(60, 10, None)).ok().unwrap();
    assert_eq!(spend(&budgets, charge(40, 0, None)), Err("100 tokens a session".into()));
    assert_eq!(first.settle(&counted(20, 0), Happened::All).tokens(), 20);
    let (second, _) = budgets.reserve(charge(40, 0, None)).ok().unwrap();
    drop(second);
    assert!(spend(&budgets, charge(80, 0, None)).is_ok(), "a dropped reservation costs nothing");
}

#[test]
fn seconds_run_from_the_opening_and_bound_each_call() {
    let (budgets, hand) = budgets("[task.judge]\nbudget = { seconds = 60 }\n");
    let query = budgets.open(TaskKind::Judge);
    hand.wait(Duration::from_secs(45));
    let (_reserved, left) = budgets.reserve(charge(1, 1, Some(query.id()))).ok().unwrap();
    assert_eq!(left, Some(Duration::from_secs(15)));
    hand.wait(Duration::from_secs(15));
    assert_eq!(spend(&budgets, charge(1, 1, Some(query.id()))), Err("60 s a query".into()));
}

#[test]
fn money_is_what_the_server_says_else_tokens_times_price_and_unknown_is_told() {
    let (budgets, _) = budgets("budget.session_usd = 100.0\n");
    let settle = |charge: Charge, counted: &Counted| {
        budgets.reserve(charge).ok().unwrap().0.settle(counted, Happened::All)
    };
    let cached = Counted { cached: Some(500), ..counted(1_000, 10) };
    assert!((settle(charge(1_000, 10, None), &cached).usage.usd - 0.65).abs() < 1e-9);
    let said = Counted { micro_usd: Some(250_000), ..counted(1_000, 10) };
    assert_eq!(settle(charge(1_000, 10, None), &said).usage.usd, 0.25);
    let unknown = settle(Charge { price: None, ..charge(1_000, 10, None) }, &counted(900, 10));
    assert_eq!((unknown.usage.usd, unknown.unpriced, unknown.tokens()), (0.0, 910, 910));
    assert_eq!(budgets.spent().0.unpriced, 910);
}

#[test]
fn what_was_not_counted_is_charged_as_far_as_it_happened() {
    let (budgets, _) = budgets("");
    let spent = |happened| {
        budgets.reserve(charge(100, 40, None)).ok().unwrap().0.settle(&Counted::default(), happened).tokens()
    };
    assert_eq!([Happened::All, Happened::Prompt, Happened::Nothing].map(spent), [140, 100, 0]);
    assert_eq!(budgets.spent().0.calls, 2, "what never happened is no call");
}

#[test]
fn a_model_that_counts_more_than_was_estimated_is_reserved_more_for() {
    let (budgets, _) = budgets("budget.session_tokens = 1000\n");
    for _ in 0..3 {
        let (reserved, _) = budgets.reserve(charge(100, 0, None)).ok().unwrap();
        reserved.settle(&counted(200, 0), Happened::All);
    }
    let (reserved, _) = budgets.reserve(charge(100, 0, None)).ok().unwrap();
    assert_eq!(reserved.size().tokens_in, 200);
    let other = Charge { model: ModelRef::new("cloud", "small"), ..charge(100, 0, None) };
    assert_eq!(budgets.reserve(other).ok().unwrap().0.size().tokens_in, 100);
}

#[test]
fn hundreds_of_calls_at_once_never_pass_a_budget_and_use_it_up() {
    const LIMIT: u64 = 100_000;
    const SIZE: u64 = 70;
    let (budgets, _) =
        budgets(&format!("[budget]\nsession_tokens = {LIMIT}\n[task.judge]\nbudget.usd = 90.0\n"));
    let query = budgets.open(TaskKind::Judge);
    let (in_flight, most) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for thread in 0..64 {
            let (budgets, query, in_flight, most) = (&budgets, &query, &in_flight, &most);
            scope.spawn(move || {
                for call in 0..60 {
                    let Ok((reserved, _)) = budgets.reserve(charge(SIZE, 0, Some(query.id()))) else { break };
                    in_flight.fetch_add(SIZE, Ordering::SeqCst);
                    // What is spent is read first: no call is in both sums.
                    let spent = budgets.spent().0.tokens();
                    most.fetch_max(spent + in_flight.load(Ordering::SeqCst), Ordering::SeqCst);
                    std::thread::yield_now();
                    // Some end early, some are dropped, most take all.
                    in_flight.fetch_sub(SIZE, Ordering::SeqCst);
                    match (thread + call) % 10 {
                        0 => drop(reserved),
                        1 => drop(reserved.settle(&counted(SIZE / 2, 0), Happened::All)),
                        _ => drop(reserved.settle(&counted(SIZE, 0), Happened::All)),
                    }
                }
            });
        }
    });
    let spent = query.spent();
    assert!(spent.usage.usd <= 90.0 + 1e-6, "{spent:?}");
    assert!(spent.usage.usd > 89.8, "the budget is used up but for less than a call: {spent:?}");
    assert!(most.load(Ordering::SeqCst) <= LIMIT);
    assert_eq!(spend(&budgets, charge(SIZE, 0, Some(query.id()))), Err("$90 a query".into()));
    assert!(spend(&budgets, charge(SIZE, 0, None)).is_ok(), "nothing stays reserved: the session has room");
}

#[test]
fn a_day_ends_at_midnight_and_a_session_does_not() {
    let (budgets, hand) = budgets("[budget]\nday_tokens = 100\nsession_tokens = 150\n");
    assert!(spend(&budgets, charge(90, 0, None)).is_ok());
    assert_eq!(spend(&budgets, charge(20, 0, None)), Err("100 tokens a day".into()));
    let (over_night, _) = budgets.reserve(charge(10, 0, None)).ok().unwrap();
    hand.midnight();
    over_night.settle(&counted(10, 0), Happened::All);
    assert_eq!(budgets.spent().1.tokens(), 10, "a call belongs to the day on which it ended");
    assert!(spend(&budgets, charge(45, 0, None)).is_ok());
    assert_eq!(spend(&budgets, charge(10, 0, None)), Err("150 tokens a session".into()));
}

#[test]
fn the_day_is_shared_by_all_runs_through_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let (hand, file) = (Hand::new(), folder.path().join("quarry.db"));
    let run = || with_store("budget.day_usd = 1.0\n", Store::at(&file), &hand);
    let one = run();
    assert!(spend(&one, charge(600, 0, None)).is_ok());
    drop(one);
    let two = run();
    assert_eq!(spend(&two, charge(500, 0, None)), Err("$1 a day".into()), "the first call knows");
    let store = Store::at(&file);
    let three = with_store("budget.day_usd = 1.0\n", store.clone(), &hand);
    assert!(spend(&three, charge(300, 0, None)).is_ok());
    assert!(store.flush(Duration::from_secs(10)));
    hand.wait(Duration::from_secs(2));
    assert_eq!(spend(&two, charge(200, 0, None)), Err("$1 a day".into()), "a run at work hears of another");
    assert!((two.spent().1.usage.usd - 0.9).abs() < 1e-9);
    hand.midnight();
    assert!(spend(&two, charge(900, 0, None)).is_ok());
}

#[test]
fn an_estimate_tells_what_fits_and_what_stops_the_rest() {
    let (budgets, _) = budgets("[budget]\nsession_usd = 1.0\n[task.judge]\nbudget.tokens = 750\n");
    let sizes = |number| std::iter::repeat_n(CallSize { tokens_in: 99, tokens_out: 1 }, number);
    let small = budgets.estimate(TaskKind::Judge, Some(PRICE), None, sizes(7));
    assert_eq!((small.calls, small.tokens_in, small.tokens_out, small.fits), (7, 693, 7, 7));
    assert!((small.usd.unwrap() - 0.763).abs() < 1e-9);
    assert_eq!(small.over, None);
    let large = budgets.estimate(TaskKind::Judge, Some(PRICE), None, sizes(2_000));
    assert_eq!((large.calls, large.fits), (2_000, 7));
    assert_eq!(large.over.unwrap().to_string(), "750 tokens a query");
    assert_eq!(large.over.unwrap().key(), "task.judge.budget.tokens");
    let unknown = budgets.estimate(TaskKind::Chat, None, None, sizes(2_000));
    assert_eq!((unknown.usd, unknown.over, unknown.fits), (None, None, 2_000));
    assert!(spend(&budgets, charge(650, 0, None)).is_ok());
    let later = budgets.estimate(TaskKind::Judge, Some(PRICE), None, sizes(7));
    assert_eq!((later.fits, later.over.unwrap().to_string()), (3, "$1 a session".into()));
}

#[test]
fn a_spent_budget_is_told_with_its_size_and_where_it_is_set() {
    let (budgets, _) = budgets("[task.judge]\nbudget.usd = 0.05\n");
    let exceeded = budgets.reserve(charge(51, 0, None)).err().unwrap();
    let text = exceeded.error(&ModelRef::new("cloud", "large")).to_string();
    assert!(text.contains("$0.05 a query") && text.contains("task.judge.budget.usd"), "{text}");
}

#[test]
fn a_call_is_sized_by_all_of_its_text() {
    let message = Message::text(Role::User, "x".repeat(3_000));
    let one = rough_tokens(&Call::chat(TaskKind::Chat, vec![message.clone()], 9));
    assert!((1_000..1_100).contains(&one), "{one}");
    assert_eq!(rough_tokens(&Call::chat(TaskKind::Chat, vec![message.clone(), message], 9)), 2 * one);
}
