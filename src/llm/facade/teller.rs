//! Teller: tells what changed, whole, at most so often, and nothing while nothing changes.
//!
//! Invariant: while no call is under way and nothing was found or lost, no timer runs here.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Shared;
use super::state::Picture;
use crate::domain::{BackendStatus, Choice, Health, ModelEvent, Usage};

/// Pause between two pictures.
const PAUSE: Duration = Duration::from_millis(250);

/// Looks after the last call ended: its costs are written down a moment after it left the permits.
const LOOKS_AFTER: u32 = 2;

/// Tells until nobody holds the models any more.
pub(super) async fn tell(
    shared: Weak<Shared>,
    changed: Arc<tokio::sync::Notify>,
    events: Sender<ModelEvent>,
) {
    let mut told = Told::default();
    loop {
        changed.notified().await;
        let mut left = LOOKS_AFTER;
        while left > 0 {
            let Some(held) = shared.upgrade() else { return };
            // Fails where the program ends.
            let Ok((seen, busy)) = tokio::task::spawn_blocking(move || look(&held)).await else { return };
            if told.tell(seen, &events).is_err() {
                return;
            }
            left = if busy { LOOKS_AFTER } else { left - 1 };
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// What is seen at one moment.
struct Seen {
    picture: Picture,
    spent: (Usage, Usage),
    notices: Vec<ModelEvent>,
}

/// Looks. May wait for the store, some milliseconds.
fn look(shared: &Shared) -> (Seen, bool) {
    let (session, today) = shared.guard.spent();
    let notices = shared.guard.take_notices().into_iter().map(ModelEvent::Notice).collect();
    let state = shared.state();
    // Asked before the picture is taken: what ends in between is seen at the next look, which then comes.
    let busy = state.is_busy();
    let mut picture = state.picture();
    if !*shared.settled.borrow() {
        // Who was not found yet may be found still.
        picture.routes.retain(|route| route.choice != Choice::Nobody);
    }
    (Seen { picture, spent: (session.usage, today.usage), notices }, busy)
}

/// What was told last.
#[derive(Default)]
struct Told {
    picture: Picture,
    spent: (Usage, Usage),
}

impl Told {
    fn tell(&mut self, seen: Seen, events: &Sender<ModelEvent>) -> Result<(), ()> {
        let send = |event| events.send(event).map_err(drop);
        let Seen { picture, spent, notices } = seen;
        if still(&self.picture.backends) != still(&picture.backends) {
            send(ModelEvent::Backends(picture.backends.clone().into()))?;
        }
        if self.picture.routes != picture.routes {
            send(ModelEvent::Routes(picture.routes.clone().into()))?;
        }
        if self.spent != spent {
            send(ModelEvent::Spent { session: spent.0, today: spent.1 })?;
        }
        notices.into_iter().try_for_each(send)?;
        *self = Self { picture, spent };
        Ok(())
    }
}

/// Backends without what only the clock changes.
fn still(backends: &[BackendStatus]) -> Vec<BackendStatus> {
    let mut still = backends.to_vec();
    for backend in &mut still {
        if let Health::Down { retry_in, .. } = &mut backend.health {
            *retry_in = None;
        }
    }
    still
}
