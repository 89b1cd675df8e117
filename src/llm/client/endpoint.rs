//! One endpoint's state, and which of several a call goes to: least outstanding, with affinity.
//!
//! Pure: the clock is given.

use std::time::Duration;

use tokio::time::Instant;

use super::breaker::{Admits, Breaker, IsProbe};
use super::pace::Pace;
use crate::domain::TaskKind;

/// How long a person's call waits for an endpoint that is thought dead.
const PATIENCE: Duration = Duration::ZERO;
/// How long a call of a fan-out does: longer than a server takes to start again.
const BACKGROUND_PATIENCE: Duration = Duration::from_secs(10);
/// No call waits for a `Retry-After` longer than this.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_mins(2);

/// Who gives way to whom on one backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// Somebody waits for this one.
    Interactive,
    /// One of many: judging and scanning.
    Background,
}

impl Class {
    /// The class of a task's calls.
    pub(super) const fn of(task: TaskKind) -> Self {
        match task {
            TaskKind::Judge | TaskKind::Scan => Self::Background,
            TaskKind::Chat
            | TaskKind::Command
            | TaskKind::Complete
            | TaskKind::Rewrite
            | TaskKind::Commit
            | TaskKind::Review
            | TaskKind::Doc
            | TaskKind::Title => Self::Interactive,
        }
    }
}

/// What a call wants of its endpoint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Want {
    /// Who gives way.
    pub(super) class: Class,
    /// Calls with the same number go to the same endpoint.
    pub(super) affinity: Option<u64>,
    /// The endpoint that just failed this call: any other first.
    pub(super) avoid: Option<usize>,
}

/// One endpoint.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// Spreads affinities; differs between endpoints.
    seed: u64,
    pub(super) pace: Pace,
    pub(super) breaker: Breaker,
    pub(super) in_flight: u32,
    /// What the server says it can serve.
    capacity: Option<u32>,
    paused_until: Option<Instant>,
}

/// Where a call goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    /// There, now.
    At(usize, IsProbe),
    /// Nowhere yet; worth another look then, or when a call ends.
    Later(Option<Instant>),
    /// Nowhere within the time that a call waits.
    Nowhere(Shut),
}

/// Why no endpoint can take a call soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shut {
    /// All are thought dead.
    Dead {
        /// What happened last.
        why: String,
        /// When the next look is due.
        retry_in: Duration,
    },
    /// All asked to be left alone.
    Paused {
        /// For so long.
        retry_in: Duration,
    },
}

impl Endpoint {
    pub(super) fn new(name: &str, bound: Option<u32>) -> Self {
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| mix(hash ^ u64::from(byte)));
        Self {
            seed,
            pace: Pace::new(bound),
            breaker: Breaker::default(),
            in_flight: 0,
            capacity: None,
            paused_until: None,
        }
    }

    /// Bounds the pace by what the configuration and the server state.
    pub(super) fn set_capacity(&mut self, stated: Option<u32>, capacity: Option<u32>) {
        self.capacity = capacity;
        let bound = match (stated, capacity) {
            (Some(stated), Some(capacity)) => Some(stated.min(capacity)),
            (bound, None) | (None, bound) => bound,
        };
        self.pace.set_bound(bound);
    }

    /// Calls of a class that may be in flight. A person's call finds room where a fan-out's does not: one beyond the
    /// limit that was found, or the last of the places that the server says it has.
    pub(super) fn limit(&self, class: Class) -> u32 {
        let limit = self.pace.limit();
        match (class, self.capacity) {
            (Class::Interactive, Some(capacity)) => (limit + 1).min(capacity.max(1)),
            (Class::Interactive, None) => limit + 1,
            (Class::Background, Some(capacity)) => limit.min(capacity.saturating_sub(1).max(1)),
            (Class::Background, None) => limit,
        }
    }

    /// Sends nothing more there for so long.
    pub(super) fn pause(&mut self, now: Instant, pause: Duration) {
        let until = now + pause;
        self.paused_until = Some(self.paused_until.map_or(until, |known| known.max(until)));
    }

    /// Until when it asked to be left alone.
    pub(super) fn paused(&self, now: Instant) -> Option<Instant> {
        self.paused_until.filter(|until| *until > now)
    }

    /// Whether calls go there as usual.
    pub(super) fn is_usable(&self, now: Instant) -> bool {
        self.breaker.admits(now) == Admits::Calls && self.paused(now).is_none()
    }

    fn has_room(&self, class: Class) -> bool {
        self.in_flight < self.limit(class)
    }
}

/// Where a call that may be sent now goes. `turn` spreads calls without affinity over endpoints that are equally busy.
pub(super) fn choose(endpoints: &[Endpoint], want: &Want, turn: u64, now: Instant) -> Chosen {
    let usable = || endpoints.iter().enumerate().filter(|(_, endpoint)| endpoint.is_usable(now));
    let due = endpoints
        .iter()
        .position(|endpoint| endpoint.breaker.admits(now) == Admits::Probe && endpoint.paused(now).is_none());
    if usable().next().is_none() {
        return due
            .map_or_else(|| choose_among_dead(endpoints, want, now), |at| Chosen::At(at, IsProbe::Yes));
    }
    if let (Class::Background, Some(at)) = (want.class, due) {
        return Chosen::At(at, IsProbe::Yes);
    }
    let with_room: Vec<usize> =
        usable().filter(|(_, endpoint)| endpoint.has_room(want.class)).map(|(at, _)| at).collect();
    let others: Vec<usize> = with_room.iter().copied().filter(|at| Some(*at) != want.avoid).collect();
    let open = if others.is_empty() { with_room } else { others };
    match least_busy(endpoints, &open, want.affinity, turn) {
        Some(at) => Chosen::At(at, IsProbe::No),
        None => due.map_or(Chosen::Later(wake(endpoints, now)), |at| Chosen::At(at, IsProbe::Yes)),
    }
}

/// Among those not busier than the least busy by more than a margin, the one that the affinity likes most.
fn least_busy(endpoints: &[Endpoint], open: &[usize], affinity: Option<u64>, turn: u64) -> Option<usize> {
    let least = open.iter().map(|at| endpoints[*at].in_flight).min()?;
    let margin = |at: usize| affinity.map_or(0, |_| (endpoints[at].pace.limit() / 4).max(2));
    let key = affinity.unwrap_or(turn);
    open.iter()
        .copied()
        .filter(|at| endpoints[*at].in_flight <= least + margin(*at))
        .max_by_key(|at| mix(endpoints[*at].seed ^ mix(key)))
}

/// All are dead or paused, and none is due.
fn choose_among_dead(endpoints: &[Endpoint], want: &Want, now: Instant) -> Chosen {
    let mut soonest: Option<(Instant, usize, bool)> = None;
    for (at, endpoint) in endpoints.iter().enumerate() {
        let paused = endpoint.paused(now);
        let again = match endpoint.breaker.admits(now) {
            // Its end wakes the waiting calls.
            Admits::NotWhileProbing => return Chosen::Later(None),
            Admits::NotBefore(until) => paused.map_or(until, |paused| paused.max(until)),
            Admits::Calls | Admits::Probe => paused.unwrap_or(now),
        };
        if soonest.is_none_or(|(known, ..)| again < known) {
            soonest = Some((again, at, paused.is_some()));
        }
    }
    let Some((again, at, paused)) = soonest else {
        return Chosen::Nowhere(Shut::Dead { why: "it has no address".into(), retry_in: Duration::ZERO });
    };
    let wait = again.saturating_duration_since(now);
    let patience = match (paused, want.class) {
        (true, _) => LONGEST_PAUSE,
        (false, Class::Interactive) => PATIENCE,
        (false, Class::Background) => BACKGROUND_PATIENCE,
    };
    match (paused, want.class) {
        _ if wait <= patience => Chosen::Later(Some(again)),
        (true, _) => Chosen::Nowhere(Shut::Paused { retry_in: wait }),
        // A person who tries again wants to know now, whatever happened before.
        (false, Class::Interactive) if want.avoid.is_none() => Chosen::At(at, IsProbe::Yes),
        (false, _) => Chosen::Nowhere(Shut::Dead {
            why: endpoints[at].breaker.trouble().unwrap_or_default().to_owned(),
            retry_in: wait,
        }),
    }
}

/// When the next endpoint comes back by itself.
fn wake(endpoints: &[Endpoint], now: Instant) -> Option<Instant> {
    let back = |endpoint: &Endpoint| match (endpoint.breaker.admits(now), endpoint.paused(now)) {
        (Admits::NotBefore(until), paused) => Some(paused.map_or(until, |paused| paused.max(until))),
        (Admits::Calls | Admits::Probe, paused) => paused,
        (Admits::NotWhileProbing, _) => None,
    };
    endpoints.iter().filter_map(back).min()
}

/// `SplitMix64`'s finaliser: every bit of the result depends on every bit of the input.
const fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKGROUND: Want = Want { class: Class::Background, affinity: None, avoid: None };
    const PERSON: Want = Want { class: Class::Interactive, affinity: None, avoid: None };

    fn endpoints(n: usize, bound: u32) -> Vec<Endpoint> {
        (0..n).map(|at| Endpoint::new(&format!("http://10.0.0.{at}:80"), Some(bound))).collect()
    }

    fn kill(endpoint: &mut Endpoint, now: Instant) {
        for _ in 0..3 {
            endpoint.breaker.failed("refused", IsProbe::No, now, 0.5);
        }
    }

    fn place(endpoints: &[Endpoint], want: &Want, now: Instant) -> usize {
        match choose(endpoints, want, 1, now) {
            Chosen::At(at, _) => at,
            other @ (Chosen::Later(_) | Chosen::Nowhere(_)) => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn calls_without_affinity_go_to_the_least_busy() {
        let now = Instant::now();
        let mut all = endpoints(3, 64);
        (all[0].in_flight, all[1].in_flight, all[2].in_flight) = (5, 3, 4);
        assert_eq!(place(&all, &BACKGROUND, now), 1);
    }

    #[tokio::test]
    async fn an_affinity_stays_until_its_endpoint_is_busier_by_a_margin_and_all_are_used() {
        let now = Instant::now();
        let mut all = endpoints(4, 64);
        let mut used = [0_u32; 4];
        for affinity in 0..400 {
            let want = Want { affinity: Some(affinity), ..BACKGROUND };
            let home = place(&all, &want, now);
            used[home] += 1;
            all[home].in_flight = 16;
            assert_eq!(place(&all, &want, now), home, "within the margin");
            all[home].in_flight = 17;
            let other = place(&all, &want, now);
            assert_ne!(other, home);
            all[home].in_flight = 0;
        }
        assert!(used.iter().all(|used| *used > 60), "{used:?}");
    }

    #[tokio::test]
    async fn losing_one_endpoint_moves_only_its_own_affinities() {
        let now = Instant::now();
        let mut all = endpoints(4, 64);
        let home =
            |all: &[Endpoint], affinity| place(all, &Want { affinity: Some(affinity), ..BACKGROUND }, now);
        let before: Vec<usize> = (0..200).map(|affinity| home(&all, affinity)).collect();
        kill(&mut all[2], now);
        for (affinity, was) in before.into_iter().enumerate() {
            let is = home(&all, affinity as u64);
            assert!(if was == 2 { is != 2 } else { is == was });
        }
    }

    #[tokio::test]
    async fn a_failed_call_goes_elsewhere_where_there_is_another() {
        let now = Instant::now();
        let mut all = endpoints(2, 8);
        all[1].in_flight = 7;
        assert_eq!(place(&all, &Want { avoid: Some(0), ..BACKGROUND }, now), 1);
        assert_eq!(place(&all[..1], &Want { avoid: Some(0), ..BACKGROUND }, now), 0);
    }

    #[tokio::test]
    async fn a_person_finds_room_where_a_fan_out_does_not() {
        let now = Instant::now();
        let mut all = endpoints(1, 4);
        all[0].in_flight = 4;
        assert_eq!(choose(&all, &BACKGROUND, 0, now), Chosen::Later(None));
        assert_eq!(place(&all, &PERSON, now), 0);
        // Where the server says what it can serve, nobody goes beyond it: the fan-out leaves the last place free.
        all[0].set_capacity(None, Some(4));
        all[0].in_flight = 3;
        assert_eq!(choose(&all, &BACKGROUND, 0, now), Chosen::Later(None));
        assert_eq!(place(&all, &PERSON, now), 0);
        all[0].in_flight = 4;
        assert_eq!(choose(&all, &PERSON, 0, now), Chosen::Later(None));
    }

    #[tokio::test]
    async fn a_dead_endpoint_is_probed_when_due_and_a_paused_one_waits() {
        let now = Instant::now();
        let mut all = endpoints(2, 8);
        kill(&mut all[0], now);
        assert_eq!(place(&all, &BACKGROUND, now), 1);
        let due = now + Duration::from_secs(2);
        assert_eq!(choose(&all, &BACKGROUND, 0, due), Chosen::At(0, IsProbe::Yes));
        assert_eq!(choose(&all, &PERSON, 0, due), Chosen::At(1, IsProbe::No), "a person is no guinea pig");
        all[1].pause(now, Duration::from_secs(30));
        assert_eq!(choose(&all, &BACKGROUND, 0, now), Chosen::Later(Some(now + Duration::from_secs(1))));
    }

    #[tokio::test]
    async fn with_all_dead_a_fan_out_waits_a_little_and_a_person_is_told_at_once() {
        let now = Instant::now();
        let mut all = endpoints(1, 8);
        kill(&mut all[0], now);
        assert_eq!(choose(&all, &BACKGROUND, 0, now), Chosen::Later(Some(now + Duration::from_secs(1))));
        assert_eq!(choose(&all, &PERSON, 0, now), Chosen::At(0, IsProbe::Yes), "the first try is real");
        let again = Want { avoid: Some(0), ..PERSON };
        assert!(
            matches!(choose(&all, &again, 0, now), Chosen::Nowhere(Shut::Dead { why, .. }) if why == "refused")
        );
        all[0].pause(now, Duration::from_mins(10));
        assert!(matches!(choose(&all, &BACKGROUND, 0, now), Chosen::Nowhere(Shut::Paused { .. })));
    }
}
