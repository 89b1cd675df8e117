//! The keymap: which chord means which action in which context, from the table and the configuration.

use std::collections::HashMap;

use crate::config::{Chord, Config, Key};
use crate::domain::Problem;
use crate::text::nearest::nearest;

use super::action::{Action, Context, Spec};

/// Which chord means what, and where.
#[derive(Debug, Clone, Default)]
pub struct Keymap {
    chords: HashMap<Action, Vec<Chord>>,
    actions: HashMap<(Context, Chord), Action>,
}

impl Keymap {
    /// Makes the keymap of a configuration. What is wrong with `[keys]` comes back; the rest holds.
    pub fn new(config: &Config) -> (Self, Vec<Problem>) {
        let mut map = Self::default();
        let mut problems = Vec::new();
        let mut configured: HashMap<Action, &[Chord]> = HashMap::new();
        for (name, chords) in &config.keys {
            match Action::named(name) {
                Some(action) => drop(configured.insert(action, chords)),
                None => problems.push(config.place(unknown(name))),
            }
        }
        // What the person chose comes first, so that it wins over a default chord of another action.
        for (action, chords) in &configured {
            map.bind(action.spec(), chords);
        }
        for spec in Action::all().filter(|spec| !configured.contains_key(&spec.action)) {
            let chords: Vec<Chord> = spec.chords.iter().filter_map(|text| text.parse().ok()).collect();
            map.bind(spec, &chords);
        }
        (map, problems)
    }

    fn bind(&mut self, spec: &Spec, chords: &[Chord]) {
        let mut kept = Vec::new();
        for chord in chords {
            let mut used = false;
            for context in spec.contexts.iter().filter(|context| !is_typed(**context, *chord)) {
                let slot = self.actions.entry((*context, *chord)).or_insert(spec.action);
                used |= *slot == spec.action;
            }
            if used {
                kept.push(*chord);
            }
        }
        self.chords.insert(spec.action, kept);
    }

    /// What a chord means in a context, if it is not just typed.
    pub fn action(&self, context: Context, chord: Chord) -> Option<Action> {
        self.actions.get(&(context, chord)).copied()
    }

    /// The chords of an action, the one to show first.
    pub fn chords(&self, action: Action) -> &[Chord] {
        self.chords.get(&action).map_or(&[], Vec::as_slice)
    }

    /// The chord to show for an action in a context, if it has one there.
    pub fn chord(&self, context: Context, action: Action) -> Option<Chord> {
        self.chords(action).iter().copied().find(|chord| self.action(context, *chord) == Some(action))
    }
}

fn is_typed(context: Context, chord: Chord) -> bool {
    context.is_typing()
        && matches!(chord.key, Key::Char(_) | Key::Space)
        && !chord.mods.ctrl
        && !chord.mods.alt
}

fn unknown(name: &str) -> Problem {
    let suggestion = nearest(name, Action::all().map(|spec| spec.name)).map(str::to_owned);
    Problem {
        file: None,
        line: None,
        key: format!("keys.{name}"),
        message: format!("there is no action {name:?}; the help page (?) names them all"),
        suggestion,
    }
}
