//! Permits under paused time: priorities, fairness, wake-ups, pauses, breakers.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::task::JoinSet;
use tokio::time::{advance, sleep, timeout};

use super::*;

const BACKGROUND: Want = Want { class: Class::Background, affinity: None, avoid: None };
const PERSON: Want = Want { class: Class::Interactive, affinity: None, avoid: None };
const SECOND: Duration = Duration::from_secs(1);

fn permits(endpoints: usize, bound: Option<u32>) -> Permits {
    let names: Vec<String> = (0..endpoints).map(|at| format!("http://10.0.0.{at}:80")).collect();
    Permits::new(&names, bound, Handle::current())
}

async fn now(permits: &Permits, want: Want) -> Permit {
    let acquired = timeout(Duration::from_millis(1), permits.acquire(want, Place::Back)).await;
    acquired.expect("a permit at once").expect("no endpoint is shut")
}

async fn must_wait(permits: &Permits, want: Want) {
    let acquired = timeout(Duration::from_millis(1), permits.acquire(want, Place::Back)).await;
    assert!(acquired.is_err(), "it should wait");
}

/// Lets every task run until it waits for time.
async fn settle() {
    sleep(Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn no_more_are_in_flight_than_the_bound_says() {
    let permits = permits(2, Some(10));
    let (running, most, done) =
        (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut calls = JoinSet::new();
    for call in 0..500_u64 {
        let (permits, running, most, done) =
            (permits.clone(), Arc::clone(&running), Arc::clone(&most), Arc::clone(&done));
        calls.spawn(async move {
            let want = Want { affinity: Some(call), ..BACKGROUND };
            let mut permit = permits.acquire(want, Place::Back).await.expect("a permit");
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(Duration::from_millis(50 + call % 7)).await;
            permit.accepted();
            permit.completed();
            running.fetch_sub(1, Ordering::SeqCst);
            done.fetch_add(1, Ordering::SeqCst);
        });
    }
    let begun = Instant::now();
    calls.join_all().await;
    assert_eq!((most.load(Ordering::SeqCst), done.load(Ordering::SeqCst)), (10, 500));
    // 500 calls of 50 to 56 ms over 10 places.
    assert!(begun.elapsed() < Duration::from_millis(2_900), "{:?}", begun.elapsed());
    assert_eq!((permits.standing().in_flight, permits.standing().waiting), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_person_overtakes_a_fan_out_and_finds_one_place_more() {
    let permits = permits(1, Some(2));
    let _first = now(&permits, BACKGROUND).await;
    let second = now(&permits, BACKGROUND).await;
    must_wait(&permits, BACKGROUND).await;
    let person = now(&permits, PERSON).await;
    must_wait(&permits, PERSON).await;

    let order = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = JoinSet::new();
    for (name, want) in [("file", BACKGROUND), ("chat", PERSON)] {
        let (permits, order) = (permits.clone(), Arc::clone(&order));
        waiting.spawn(async move {
            let permit = permits.acquire(want, Place::Back).await.expect("a permit");
            order.lock().expect("a lock").push(name);
            drop(permit);
        });
        settle().await;
    }
    drop(person);
    settle().await;
    drop(second);
    waiting.join_all().await;
    assert_eq!(*order.lock().expect("a lock"), ["chat", "file"]);
}

#[tokio::test(start_paused = true)]
async fn the_waiting_go_in_their_order_and_the_refused_go_first() {
    let permits = permits(1, Some(1));
    let held = now(&permits, BACKGROUND).await;
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut waiting = JoinSet::new();
    for (name, place) in [(1, Place::Back), (2, Place::Back), (3, Place::Back), (0, Place::Front)] {
        let (permits, order) = (permits.clone(), Arc::clone(&order));
        waiting.spawn(async move {
            let permit = permits.acquire(BACKGROUND, place).await.expect("a permit");
            order.lock().expect("a lock").push(name);
            sleep(SECOND).await;
            drop(permit);
        });
        settle().await;
    }
    drop(held);
    waiting.join_all().await;
    assert_eq!(*order.lock().expect("a lock"), [0, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_gone_keeps_nothing_and_wakes_the_next() {
    let permits = permits(1, Some(1));
    let held = now(&permits, BACKGROUND).await;
    let mut gone = Vec::new();
    for _ in 0..10 {
        let permits = permits.clone();
        gone.push(tokio::spawn(async move { permits.acquire(BACKGROUND, Place::Back).await }));
    }
    let last = {
        let permits = permits.clone();
        tokio::spawn(async move { permits.acquire(BACKGROUND, Place::Back).await.map(|_| Instant::now()) })
    };
    settle().await;
    for (at, task) in gone.iter().enumerate() {
        // Half of them before the permit is free, half after it was given to the first of them.
        if at == 5 {
            break;
        }
        task.abort();
    }
    drop(held);
    for task in &gone[5..] {
        task.abort();
    }
    drop(gone);
    let granted = timeout(SECOND, last).await.expect("no wake-up is lost").expect("no panic");
    assert!(granted.is_ok());
    settle().await;
    assert_eq!(permits.standing().in_flight, 0);
}

#[tokio::test(start_paused = true)]
async fn a_stated_capacity_is_never_exceeded_and_holds_a_place_for_a_person() {
    let permits = permits(1, None);
    permits.set_capacity(Some(6));
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(now(&permits, BACKGROUND).await);
    }
    must_wait(&permits, BACKGROUND).await;
    held.push(now(&permits, PERSON).await);
    must_wait(&permits, PERSON).await;
    assert_eq!(permits.standing().in_flight, 6);
}

#[tokio::test(start_paused = true)]
async fn a_retry_after_holds_the_endpoint_only_once_hardly_anything_gets_through() {
    let permits = permits(1, Some(8));
    now(&permits, BACKGROUND).await.refused(Some(30 * SECOND));
    drop(now(&permits, BACKGROUND).await);
    for _ in 0..6 {
        now(&permits, BACKGROUND).await.refused(Some(30 * SECOND));
        if permits.standing().usable == 0 {
            break;
        }
    }
    assert_eq!(permits.standing().usable, 0);
    let begun = Instant::now();
    drop(permits.acquire(BACKGROUND, Place::Back).await.expect("after the pause"));
    let waited = begun.elapsed();
    assert!(waited >= 29 * SECOND && waited <= 31 * SECOND, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_paused_endpoint_leaves_its_calls_to_the_other() {
    let permits = permits(2, Some(8));
    let mut held = Vec::new();
    while permits.standing().usable == 2 {
        let mut permit = now(&permits, BACKGROUND).await;
        if permit.endpoint() == 0 {
            permit.refused(Some(30 * SECOND));
        } else {
            held.push(permit);
        }
        if held.len() == 3 {
            held.clear();
        }
    }
    for _ in 0..4 {
        let permit = now(&permits, BACKGROUND).await;
        assert_eq!(permit.endpoint(), 1);
        held.push(permit);
        held.truncate(3);
    }
}

async fn kill(permits: &Permits) {
    for _ in 0..3 {
        now(permits, BACKGROUND).await.failed("lab/m: connection refused");
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_go_on_when_a_dead_endpoint_is_back() {
    let permits = permits(1, Some(4));
    kill(&permits).await;
    let begun = Instant::now();
    let mut probe = permits.acquire(BACKGROUND, Place::Back).await.expect("a probe");
    assert!(begun.elapsed() >= Duration::from_millis(800), "{:?}", begun.elapsed());
    must_wait(&permits, BACKGROUND).await;
    let next = {
        let permits = permits.clone();
        tokio::spawn(async move { permits.acquire(BACKGROUND, Place::Back).await.map(drop) })
    };
    settle().await;
    probe.accepted();
    assert!(timeout(SECOND, next).await.expect("woken by the probe").expect("no panic").is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_dropped_leaves_the_next_call_to_try() {
    let permits = permits(1, Some(4));
    kill(&permits).await;
    let probe = permits.acquire(BACKGROUND, Place::Back).await.expect("a probe");
    drop(probe);
    let again = timeout(SECOND, permits.acquire(BACKGROUND, Place::Back)).await;
    assert!(again.is_ok_and(|permit| permit.is_ok()));
}

#[tokio::test(start_paused = true)]
async fn calls_are_told_when_no_endpoint_comes_back() {
    let permits = permits(1, Some(4));
    kill(&permits).await;
    let begun = Instant::now();
    let shut = loop {
        match permits.acquire(BACKGROUND, Place::Back).await {
            Ok(mut permit) => permit.failed("lab/m: connection refused"),
            Err(shut) => break shut,
        }
        assert!(begun.elapsed() < 60 * SECOND, "it gives up within a minute");
    };
    assert!(matches!(shut, Shut::Dead { why, .. } if why.contains("refused")));
    assert_eq!(permits.standing().usable, 0);
    assert!(permits.standing().retry_in.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_look_from_outside_closes_the_breaker_and_wakes_the_waiting() {
    let permits = permits(1, Some(4));
    kill(&permits).await;
    let waiting = {
        let permits = permits.clone();
        tokio::spawn(async move { permits.acquire(BACKGROUND, Place::Back).await.map(drop) })
    };
    advance(Duration::from_millis(100)).await;
    permits.looked(0, Ok(()));
    let woken = timeout(Duration::from_millis(1), waiting).await.expect("at once").expect("no panic");
    assert!(woken.is_ok());
}
