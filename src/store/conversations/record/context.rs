//! The context of an answer as JSON: one array of items with short keys, since a long conversation has a hundred thousand.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::interner::Interner;
use crate::domain::{ContextForm, ContextItem, ContextKey, ContextSource, ContextState, GitText, Span};

/// All items.
pub fn as_json(items: &[ContextItem]) -> String {
    if items.is_empty() {
        return String::new();
    }
    serde_json::to_string(&items.iter().map(Item::of).collect::<Vec<_>>()).unwrap_or_default()
}

/// The items that were kept; ids of files are of one run only, and are gone.
pub fn from_json(json: &str, interner: &mut Interner) -> Arc<[ContextItem]> {
    let items: Vec<Item> = serde_json::from_str(json).unwrap_or_default();
    items.into_iter().map(|item| item.item(interner)).collect()
}

#[derive(Serialize, Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    key: Key<'a>,
    n: u16,
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lines: Vec<(u32, u32)>,
    form: Form,
    tokens: u32,
    source: Source,
    #[serde(borrow)]
    why: Cow<'a, str>,
    #[serde(borrow)]
    state: State<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cited: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key<'a> {
    File(#[serde(borrow)] Cow<'a, str>),
    Lines(#[serde(borrow)] Cow<'a, str>, u32, u32),
    WorkingDiff,
    Staged,
    LastCommit,
    Instructions(#[serde(borrow)] Cow<'a, str>),
    Attached(#[serde(borrow)] Cow<'a, str>),
    Conversation,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Form {
    Whole,
    Lines,
    Outline,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Source {
    Mentioned,
    Attached,
    Pinned,
    Instructions,
    Judged,
    Conversation,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State<'a> {
    Sent,
    Excluded,
    NoRoom,
    Weak,
    Unfit(#[serde(borrow)] Cow<'a, str>),
}

impl<'a> Item<'a> {
    fn of(item: &'a ContextItem) -> Self {
        Self {
            key: Key::of(&item.key),
            n: item.number,
            title: (&*item.title).into(),
            lines: item.lines.iter().map(|span| (span.first, span.last)).collect(),
            form: match item.form {
                ContextForm::Whole => Form::Whole,
                ContextForm::Lines => Form::Lines,
                ContextForm::Outline => Form::Outline,
            },
            tokens: item.tokens,
            source: Source::of(item.source),
            why: (&*item.why).into(),
            state: match &item.state {
                ContextState::Sent => State::Sent,
                ContextState::Excluded => State::Excluded,
                ContextState::NoRoom => State::NoRoom,
                ContextState::Weak => State::Weak,
                ContextState::Unfit(why) => State::Unfit((&**why).into()),
            },
            cited: item.cited,
        }
    }

    fn item(self, interner: &mut Interner) -> ContextItem {
        ContextItem {
            key: self.key.key(interner),
            number: self.n,
            title: interner.one(&self.title),
            file: None,
            lines: self.lines.iter().map(|&(first, last)| Span { first, last }).collect(),
            form: match self.form {
                Form::Whole => ContextForm::Whole,
                Form::Lines => ContextForm::Lines,
                Form::Outline => ContextForm::Outline,
            },
            tokens: self.tokens,
            source: self.source.source(),
            why: interner.one(&self.why),
            state: match self.state {
                State::Sent => ContextState::Sent,
                State::Excluded => ContextState::Excluded,
                State::NoRoom => ContextState::NoRoom,
                State::Weak => ContextState::Weak,
                State::Unfit(why) => ContextState::Unfit(interner.one(&why)),
            },
            cited: self.cited,
        }
    }
}

impl<'a> Key<'a> {
    fn of(key: &'a ContextKey) -> Self {
        match key {
            ContextKey::File(path) => Self::File((&**path).into()),
            ContextKey::Lines(path, first, last) => Self::Lines((&**path).into(), *first, *last),
            ContextKey::Git(GitText::WorkingDiff) => Self::WorkingDiff,
            ContextKey::Git(GitText::Staged) => Self::Staged,
            ContextKey::Git(GitText::LastCommit) => Self::LastCommit,
            ContextKey::Instructions(path) => Self::Instructions((&**path).into()),
            ContextKey::Attached(name) => Self::Attached((&**name).into()),
            ContextKey::Conversation => Self::Conversation,
        }
    }

    fn key(&self, interner: &mut Interner) -> ContextKey {
        match self {
            Self::File(path) => ContextKey::File(interner.one(path)),
            Self::Lines(path, first, last) => ContextKey::Lines(interner.one(path), *first, *last),
            Self::WorkingDiff => ContextKey::Git(GitText::WorkingDiff),
            Self::Staged => ContextKey::Git(GitText::Staged),
            Self::LastCommit => ContextKey::Git(GitText::LastCommit),
            Self::Instructions(path) => ContextKey::Instructions(interner.one(path)),
            Self::Attached(name) => ContextKey::Attached(interner.one(name)),
            Self::Conversation => ContextKey::Conversation,
        }
    }
}

impl Source {
    const fn of(source: ContextSource) -> Self {
        match source {
            ContextSource::Mentioned => Self::Mentioned,
            ContextSource::Attached => Self::Attached,
            ContextSource::Pinned => Self::Pinned,
            ContextSource::Instructions => Self::Instructions,
            ContextSource::Judged => Self::Judged,
            ContextSource::Conversation => Self::Conversation,
        }
    }

    const fn source(self) -> ContextSource {
        match self {
            Self::Mentioned => ContextSource::Mentioned,
            Self::Attached => ContextSource::Attached,
            Self::Pinned => ContextSource::Pinned,
            Self::Instructions => ContextSource::Instructions,
            Self::Judged => ContextSource::Judged,
            Self::Conversation => ContextSource::Conversation,
        }
    }
}
