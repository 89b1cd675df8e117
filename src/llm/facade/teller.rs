//! Teller: tells what changed, whole, at most so often, and nothing while nothing changes.
//!
//! Invariant: while no call is under way and nothing was found or lost, no timer runs here.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Shared;
use super::state::Picture;
use crate::domain::{Health, ModelEvent};

/// Pause between two pictures.
const PAUSE: Duration = Duration::from_millis(250);

/// Tells until nobody holds the models any more.
pub(super) async fn tell(
    shared: Weak<Shared>,
    changed: Arc<tokio::sync::Notify>,
    events: Sender<ModelEvent>,
) {
    let mut told = Picture::default();
    loop {
        changed.notified().await;
        loop {
            let Some((picture, busy)) = look(&shared) else { return };
            if send_changes(&mut told, picture, &events).is_err() {
                return;
            }
            tokio::time::sleep(PAUSE).await;
            if !busy {
                break;
            }
        }
    }
}

fn look(shared: &Weak<Shared>) -> Option<(Picture, bool)> {
    let shared = shared.upgrade()?;
    let state = shared.state();
    // Asked first: what ends in between is seen at the next look, which then comes.
    let busy = state.is_busy();
    Some((state.picture(), busy))
}

fn send_changes(told: &mut Picture, picture: Picture, events: &Sender<ModelEvent>) -> Result<(), ()> {
    if still(&told.backends) != still(&picture.backends) {
        events.send(ModelEvent::Backends(picture.backends.clone().into())).map_err(drop)?;
    }
    if told.routes != picture.routes {
        events.send(ModelEvent::Routes(picture.routes.clone().into())).map_err(drop)?;
    }
    *told = picture;
    Ok(())
}

/// Backends without what only the clock changes.
fn still(backends: &[crate::domain::BackendStatus]) -> Vec<crate::domain::BackendStatus> {
    let mut still = backends.to_vec();
    for backend in &mut still {
        if let Health::Down { retry_in, .. } = &mut backend.health {
            *retry_in = None;
        }
    }
    still
}
