//! Renames: names that the file itself gives and that a proposal gives anew, with nothing else changed.

use std::collections::BTreeMap;

use super::side::Sides;
use crate::index::outline::{Leaf, LeafKind};

/// The leaves of a hunk, before and after.
pub type Leaves<'s> = (&'s [Leaf], &'s [Leaf]);

/// New names by old ones.
pub type Renames<'s> = BTreeMap<&'s str, &'s str>;

/// The names that two stretches of code differ in, where they differ in nothing else; `None` where they do, or in none.
pub fn between<'s>(sides: Sides<'s>, (old, new): Leaves<'s>) -> Option<Renames<'s>> {
    let code = |leaf: &&Leaf| leaf.kind != LeafKind::Comment;
    let (old, new): (Vec<&Leaf>, Vec<&Leaf>) =
        (old.iter().filter(code).collect(), new.iter().filter(code).collect());
    if old.len() != new.len() {
        return None;
    }
    let mut renames = Renames::new();
    for (before, after) in old.into_iter().zip(new) {
        let (was, is) = (sides.old.say(before), sides.new.say(after));
        let named = |leaf: &Leaf| matches!(leaf.kind, LeafKind::Name | LeafKind::Declared);
        if before.place != after.place || was != is && !(named(before) && named(after)) {
            return None;
        }
        if was != is && renames.insert(was, is).is_some_and(|other| other != is) {
            return None;
        }
    }
    (!renames.is_empty()).then_some(renames)
}

/// Whether a name is given by these lines themselves, stands nowhere under its old name any more, and stood nowhere under
/// its new one: then it is called otherwise, and means the same.
pub fn is_only_a_name(sides: Sides<'_>, hunks: &[Leaves<'_>], (old, new): (&str, &str)) -> bool {
    let gives = |(leaves, _): &Leaves<'_>| {
        leaves.iter().any(|leaf| leaf.kind == LeafKind::Declared && sides.old.say(leaf) == old)
    };
    hunks.iter().any(gives) && !sides.new.names(old) && !sides.old.names(new)
}
