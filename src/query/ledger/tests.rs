//! The ledger against an obvious model: a map from file to state.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{SkipReason, StateKind};

fn state() -> impl Strategy<Value = LedgerState> {
    prop_oneof![
        Just(LedgerState::Queued),
        Just(LedgerState::Judging),
        Just(LedgerState::Yes),
        Just(LedgerState::No),
        Just(LedgerState::Skipped(SkipReason::Lock)),
        Just(LedgerState::Failed { why: "garbled".into(), retryable: true }),
        Just(LedgerState::OverBudget),
    ]
}

proptest! {
    #[test]
    fn sums_always_equal_the_model(steps in prop::collection::vec((0u32..40, prop::option::of(state())), 0..200)) {
        let mut ledger = Ledger::default();
        let mut model = BTreeMap::new();
        for (file, step) in steps {
            if let Some(state) = step {
                ledger.set(FileId(file), state.clone());
                model.insert(FileId(file), state);
            } else {
                ledger.remove(FileId(file));
                model.remove(&FileId(file));
            }
            prop_assert_eq!(ledger.counts().total() as usize, model.len());
            for kind in StateKind::ALL {
                let expected = model.values().filter(|state| state.kind() == kind).count();
                prop_assert_eq!(ledger.counts().get(kind) as usize, expected);
            }
        }
        let all: BTreeMap<_, _> = ledger.iter().map(|(file, state)| (file, state.clone())).collect();
        prop_assert_eq!(all, model);
    }
}
