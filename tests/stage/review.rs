//! Proposed edits for the stage, in the shape that the edit service tells them.

use std::sync::Arc;

use quarry::app::{Cmd, Msg, Size};
use quarry::domain::{
    AskedForm, Decision, EditCommand, EditEvent, EditId, EditState, FileChange, FormChoice, HunkClass,
    HunkId, ModelRef, ProposedEdit, ProposedFile, ProposedHunk, RefusedPart,
};
use quarry::text::highlight::SyntaxRole;

use super::Stage;

pub const EDIT: EditId = EditId(12);

/// Text as lines.
pub fn lines(text: &str) -> Arc<[Arc<str>]> {
    text.lines().map(Arc::from).collect()
}

pub fn hunk(id: u32, (old_start, new_start): (u32, u32), symbol: &str, old: &str, new: &str) -> ProposedHunk {
    ProposedHunk {
        id: HunkId(id),
        old_start,
        old: lines(old),
        new_start,
        new: lines(new),
        before: lines(""),
        after: lines(""),
        symbol: Some(symbol.into()),
        class: HunkClass::InScope,
        decision: Decision::Undecided,
        syntax_errors: 0,
        amended: false,
        conflict: None,
    }
}

pub fn file(path: &str, hunks: Vec<ProposedHunk>) -> ProposedFile {
    ProposedFile { path: path.into(), change: FileChange::Modify, hunks, changed_on_disk: false }
}

pub fn edit(files: Vec<ProposedFile>) -> ProposedEdit {
    ProposedEdit {
        id: EDIT,
        number: 12,
        at_ms: 1_795_000_000_000,
        instruction: "give every pool its own budget, and keep the old total as an outer cap".into(),
        by: Some(ModelRef::new("cloud", "kimi-k2")),
        form: Some(AskedForm { name: "search-replace", chosen: FormChoice::Profile }),
        turn: None,
        why: "One `Budget` per pool; the old total stays as an outer cap.".into(),
        files,
        refused: Vec::new(),
        state: EditState::Proposed,
    }
}

/// The edit of the design: five hunks in two files.
pub fn budget() -> ProposedEdit {
    let mut first = hunk(
        1,
        (4, 4),
        "struct Budget",
        "    spent: u32,\n    cap: u32,",
        "    pools: HashMap<PoolId, Pool>,\n    total: Cap,\n    pool: PoolId,",
    );
    first.before = lines("\n/// What may still be spent.\npub struct Budget {");
    first.after = lines("}\n\nimpl Budget {");
    let mut take = hunk(
        2,
        (45, 46),
        "impl Budget · fn take",
        "    pub fn take(&mut self, n: u32) -> Result<Permit> {\n        if self.spent + n > self.cap {\n            return Err(Exhausted { cap: self.cap });\n        }",
        "    /// # Errors\n    /// `Exhausted` names the cap that was hit: pool or total.\n    pub fn take(&mut self, n: u32) -> Result<Permit> {\n        self.total.check(n)?;\n        let pool = self.pools.entry(self.pool).or_default();\n        if pool.spent + n > pool.cap {\n            return Err(Exhausted::pool(self.pool, pool.cap));\n        }",
    );
    take.before = lines("    /// Spends `n` calls, or fails when the cap is reached.");
    take.after = lines("        self.spent += n;\n        Ok(Permit { n })\n    }");
    let mut default =
        hunk(3, (71, 75), "impl Default", "        Self::with_cap(3)", "        Self::with_caps(3, 3)");
    default.before = lines("    fn default() -> Self {");
    default.after = lines("    }\n}");
    let mut resolve = hunk(
        4,
        (12, 12),
        "fn resolve",
        "    let pool = shared();",
        "    let pool = self.pool_of(task);\n    let pool = pool.id();",
    );
    resolve.before = lines("fn resolve(&self, task: Task) -> Pool {");
    resolve.after = lines("    pool\n}");
    let mut pool =
        hunk(5, (40, 41), "fn pool", "    self.pools[0]", "    self.pools[task.index()]\n        .clone()");
    pool.before = lines("fn pool(&self, task: Task) -> Pool {");
    pool.after = lines("}");
    edit(vec![
        file("src/net/budget.rs", vec![first, take, default]),
        file("src/llm/router.rs", vec![resolve, pool]),
    ])
}

/// A part that found no place.
pub fn refused() -> RefusedPart {
    RefusedPart {
        path: Some("src/net/pool.rs".into()),
        why: "the lines to replace stand nowhere in the file".into(),
        wanted: lines("        self.queue.drain(..);"),
        places: vec![(
            88,
            lines("    fn drain(&mut self) {\n        self.queue.clear();\n        self.spent = 0;\n    }"),
        )],
        differs: Some(("        self.queue.drain(..);".into(), "        self.queue.clear();".into())),
        broke_off: false,
    }
}

/// The part in which an answer broke off.
pub fn broken_off() -> RefusedPart {
    RefusedPart {
        path: Some("src/net/pool.rs".into()),
        why: "the answer reached its limit of length here: what it had still to say is missing".into(),
        wanted: lines(""),
        places: Vec::new(),
        differs: None,
        broke_off: true,
    }
}

impl Stage {
    /// A session in which an edit came while the person looked at the list.
    pub fn proposed(size: Size, edit: ProposedEdit) -> Self {
        let mut stage = Stage::full(size);
        stage.keys("enter");
        stage.edited(edit);
        stage.cmds.clear();
        stage
    }

    /// The same, in the review.
    pub fn reviewing(size: Size, edit: ProposedEdit) -> Self {
        let mut stage = Self::proposed(size, edit);
        stage.keys("ctrl+r").wait(6000);
        stage.paint();
        stage
    }

    /// Tells what the edit service says.
    pub fn told(&mut self, event: EditEvent) -> &mut Self {
        self.send(Msg::Edit(event))
    }

    /// Tells of an edit as it is now.
    pub fn edited(&mut self, edit: ProposedEdit) -> &mut Self {
        self.told(EditEvent::Edit(Arc::new(edit)))
    }

    /// What the edit service was asked since this was last looked at.
    pub fn asked(&mut self) -> Vec<EditCommand> {
        let all = std::mem::take(&mut self.cmds);
        let (edits, rest): (Vec<Cmd>, Vec<Cmd>) =
            all.into_iter().partition(|cmd| matches!(cmd, Cmd::Edit(_)));
        self.cmds = rest;
        let command = |cmd| match cmd {
            Cmd::Edit(command) => command,
            other => panic!("{other:?}"),
        };
        edits.into_iter().map(command).collect()
    }

    /// Answers every wish for syntax: keywords and comments, enough to see that it is drawn.
    pub fn paint(&mut self) -> &mut Self {
        let wishes: Vec<_> = self
            .cmds
            .iter()
            .filter_map(|cmd| match cmd {
                Cmd::Paint(wish) => Some((**wish).clone()),
                _ => None,
            })
            .collect();
        self.cmds.retain(|cmd| !matches!(cmd, Cmd::Paint(_)));
        for wish in wishes {
            self.send(Msg::Painted(wish.painted(wish.text.lines().map(runs).collect())));
        }
        self
    }

    /// The state of the shown edit's hunks, a letter each: `u`ndecided, `a`ccepted, `r`ejected, `!` for a conflict.
    pub fn decisions(&self) -> String {
        let edit = self.app.review.shown().expect("an edit is shown");
        let hunks = edit.files.iter().flat_map(|file| &file.hunks);
        let letter = |hunk: &ProposedHunk| match (hunk.conflict.is_some(), hunk.decision) {
            (true, _) => '!',
            (false, Decision::Undecided) => 'u',
            (false, Decision::Accepted) => 'a',
            (false, Decision::Rejected) => 'r',
        };
        hunks.map(letter).collect()
    }

    /// The number of the selected hunk's id.
    pub fn hunk(&self) -> u32 {
        self.app.review.hunk().expect("a hunk is selected").1.id.0
    }
}

fn runs(line: &str) -> Vec<(SyntaxRole, std::ops::Range<usize>)> {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    if text.starts_with("//") {
        return vec![(SyntaxRole::Comment, 0..line.len())];
    }
    let word = text.split(' ').next().unwrap_or_default();
    if ["pub", "fn", "let", "if", "return", "impl"].contains(&word) {
        let end = indent + word.len();
        return vec![
            (SyntaxRole::Plain, 0..indent),
            (SyntaxRole::Keyword, indent..end),
            (SyntaxRole::Plain, end..line.len()),
        ];
    }
    vec![(SyntaxRole::Plain, 0..line.len())]
}
