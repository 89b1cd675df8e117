//! Four edits as a person asks for them: a function renamed over five files, a parameter added, a doc comment, and a fix
//! inside selected lines.

use quarry::domain::{HunkClass, ProposedEdit, ProposedHunk};

use super::review::{edit, file, hunk, lines};

/// A hunk with the lines around it.
fn within(mut hunk: ProposedHunk, before: &str, after: &str) -> ProposedHunk {
    hunk.before = lines(before);
    hunk.after = lines(after);
    hunk
}

fn of(instruction: &str, why: &str, files: Vec<quarry::domain::ProposedFile>) -> ProposedEdit {
    ProposedEdit { instruction: instruction.into(), why: why.into(), number: 3, ..edit(files) }
}

/// `take` becomes `spend` over five files.
pub fn rename() -> ProposedEdit {
    let call = |id, at, symbol: &str, (before, old, after): (&str, &str, &str)| {
        let new = old.replace("take(", "spend(");
        within(hunk(id, (at, at), symbol, old, &new), before, after)
    };
    let definition = call(
        1,
        45,
        "impl Budget · fn take",
        (
            "\n    /// Spends `n` calls, or fails when the cap is reached.\n    #[must_use]",
            "    pub fn take(&mut self, n: u32) -> Result<Permit> {",
            "        if self.spent + n > self.cap {\n            return Err(Exhausted { cap: self.cap });\n        }",
        ),
    );
    let test = call(
        2,
        90,
        "mod tests · fn a_spent_budget_refuses",
        ("        let mut budget = Budget::with_cap(3);", "        budget.take(3).unwrap();", "    }"),
    );
    let router = call(
        3,
        64,
        "impl Router · fn resolve",
        (
            "        let mut budget = self.budget.lock();",
            "        budget.take(1)?;",
            "        Ok(self.route(task))",
        ),
    );
    let pool = call(
        4,
        31,
        "impl Pool · fn fill",
        (
            "    pub fn fill(&mut self) -> Result<()> {",
            "        self.budget.take(self.size)?;",
            "        Ok(())",
        ),
    );
    let sched = call(
        5,
        118,
        "fn acquire",
        (
            "    let jobs = queue.len() as u32;",
            "    if budget.take(jobs).is_err() {",
            "        return None;\n    }",
        ),
    );
    let main =
        call(6, 22, "fn main", ("", "    match budget.take(4) {", "        Ok(permit) => run(permit),"));
    of(
        "rename take to spend",
        "`take` reads like taking a value away; `spend` says what happens to the budget. Every caller follows.",
        vec![
            file("src/net/budget.rs", vec![definition, test]),
            file("src/llm/router.rs", vec![router]),
            file("src/net/pool.rs", vec![pool]),
            file("src/query/sched.rs", vec![sched]),
            file("src/main.rs", vec![main]),
        ],
    )
}

/// `spend` is told who asks, and an import that was only moved is left out.
pub fn parameter() -> ProposedEdit {
    let definition = within(
        hunk(
            1,
            (45, 45),
            "impl Budget · fn spend",
            "    pub fn spend(&mut self, n: u32) -> Result<Permit> {",
            "    pub fn spend(&mut self, n: u32, who: Pool) -> Result<Permit> {",
        ),
        "    /// Spends `n` calls, or fails when the cap is reached.",
        "        if self.spent + n > self.cap {",
    );
    let error = within(
        hunk(
            2,
            (47, 47),
            "impl Budget · fn spend",
            "            return Err(Exhausted { cap: self.cap });",
            "            return Err(Exhausted { cap: self.cap, who });",
        ),
        "        if self.spent + n > self.cap {",
        "        }",
    );
    let mut moved = hunk(
        3,
        (3, 3),
        "use",
        "use crate::net::{Budget, Exhausted};",
        "use crate::net::{Exhausted, Budget};",
    );
    moved.class = HunkClass::Cosmetic;
    let call = within(
        hunk(
            4,
            (64, 64),
            "impl Router · fn resolve",
            "        self.budget.lock().spend(self.weights.iter().sum::<u32>() + u32::from(task.is_heavy()))?;",
            "        self.budget.lock().spend(self.weights.iter().sum::<u32>() + u32::from(task.is_heavy()), task.pool())?;",
        ),
        "    pub fn resolve(&self, task: Task) -> Result<Route> {",
        "        Ok(self.route(task))",
    );
    of(
        "spend is told which pool asks",
        "The error names the pool; each caller knows its own.",
        vec![
            file("src/net/budget.rs", vec![definition, error]),
            file("src/llm/router.rs", vec![moved, call]),
        ],
    )
}

/// A doc comment, and nothing else.
pub fn comment() -> ProposedEdit {
    let doc = within(
        hunk(
            1,
            (30, 30),
            "impl Pool · fn fill",
            "",
            "    /// Fills the pool from its budget.\n    ///\n    /// # Errors\n    /// [`Exhausted`] where the budget does not reach.",
        ),
        "impl Pool {",
        "    pub fn fill(&mut self) -> Result<()> {\n        self.budget.spend(self.size)?;\n        Ok(())",
    );
    of("a doc comment for fill", "It names the error.", vec![file("src/net/pool.rs", vec![doc])])
}

/// A fix inside the lines that were selected; what the model did beside them is left out.
pub fn fix() -> ProposedEdit {
    let sum = within(
        hunk(
            1,
            (46, 46),
            "impl Budget · fn spend",
            "        if self.spent + n > self.cap {",
            "        let spent = self.spent.checked_add(n).ok_or(Exhausted { cap: self.cap })?;\n        if spent > self.cap {",
        ),
        "    pub fn spend(&mut self, n: u32) -> Result<Permit> {",
        "            return Err(Exhausted { cap: self.cap });\n        }\n        self.spent += n;",
    );
    let mut beside =
        hunk(2, (71, 72), "impl Default", "        Self::with_cap(3)", "        Self::with_cap(DEFAULT_CAP)");
    beside.class = HunkClass::OutOfScope;
    of(
        "the sum can overflow",
        "A sum that overflows is over every cap.",
        vec![file("src/net/budget.rs", vec![sum, beside])],
    )
}
