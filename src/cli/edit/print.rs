//! What `quarry edit` prints: a unified diff, or one JSON object a line.

use std::io::{self, IsTerminal, Write};

use serde_json::json;

use crate::cli::arguments::Edit;
use crate::command::{Draft, DraftFile, DraftHunk, Kind};
use crate::edit::{Hunk, HunkClass, Refused, unified};
use crate::text::sanitize::{sanitize, sanitize_line};

/// Prints hunks, refusals, and what was written.
pub fn print(args: &Edit, reviewed: &[DraftFile], draft: &Draft, written: &[String]) -> io::Result<()> {
    if args.json {
        print_json(reviewed, draft, written)
    } else {
        print_text(args, reviewed, &draft.refused, written)
    }
}

fn print_json(reviewed: &[DraftFile], draft: &Draft, written: &[String]) -> io::Result<()> {
    let refused = &draft.refused;
    let mut out = io::stdout().lock();
    for file in reviewed {
        for DraftHunk { hunk, symbol, syntax_errors, .. } in &file.hunks {
            let line = json!({
                "event": "hunk", "path": file.path, "class": hunk.class.name(),
                "old_start": hunk.old_start + 1, "old_lines": hunk.old.len(), "new_lines": hunk.new.len(),
                "diff": unified(file.text(), &[hunk]), "new_file": file.kind == Kind::Create,
                "deleted": file.kind == Kind::Delete, "moved_to": file.moved_to, "symbol": symbol,
                "syntax_errors": syntax_errors,
            });
            writeln!(out, "{line}")?;
        }
    }
    for refusal in refused {
        let nearest = refusal.nearest.as_ref().map(|nearest| {
            json!({ "line": nearest.line, "lines": nearest.lines,
                "differs": { "wanted": nearest.differs.0, "found": nearest.differs.1 } })
        });
        let line = json!({ "event": "refused", "path": refusal.path, "why": refusal.why, "nearest": nearest,
            "places": refusal.places });
        writeln!(out, "{line}")?;
    }
    let left_out = |class: HunkClass| count(reviewed, class);
    let line = json!({ "event": "done", "written": written, "refused": refused.len(),
        "out_of_scope": left_out(HunkClass::OutOfScope), "cosmetic": left_out(HunkClass::Cosmetic),
        "format": draft.form.map(|form| form.name), "format_by": draft.form.map(|form| form.chosen.name()) });
    writeln!(out, "{line}")
}

fn print_text(
    args: &Edit,
    reviewed: &[DraftFile],
    refused: &[Refused],
    written: &[String],
) -> io::Result<()> {
    let mut out = io::stdout().lock();
    // On a screen, nothing of a file may steer it; a program, such as `git apply`, gets every byte.
    let shown = out.is_terminal();
    for file in reviewed.iter().filter(|_| !args.apply || args.diff) {
        let hunks: Vec<&Hunk> = file
            .hunks
            .iter()
            .map(|hunk| &hunk.hunk)
            .filter(|hunk| args.all || hunk.class == HunkClass::InScope)
            .collect();
        if hunks.is_empty() && file.moved_to.is_none() {
            continue;
        }
        let name = |there: bool, lead: &str, path: &str| {
            if there { format!("{lead}/{}", sanitize_line(path)) } else { "/dev/null".to_owned() }
        };
        let target = file.moved_to.as_deref().unwrap_or(&file.path);
        if file.moved_to.is_some() {
            let (from, to) = (sanitize_line(&file.path), sanitize_line(target));
            writeln!(out, "diff --git a/{from} b/{to}\nrename from {from}\nrename to {to}")?;
        }
        let diff = unified(file.text(), &hunks);
        if diff.is_empty() && file.moved_to.is_some() {
            continue;
        }
        writeln!(out, "--- {}", name(file.kind != Kind::Create, "a", &file.path))?;
        writeln!(out, "+++ {}", name(file.kind != Kind::Delete, "b", target))?;
        let diff = if shown { sanitize(&diff) } else { diff.into() };
        write!(out, "{diff}")?;
    }
    drop(out);
    for path in written {
        eprintln!("written: {}", sanitize_line(path));
    }
    for (class, words) in [(HunkClass::OutOfScope, "out of scope"), (HunkClass::Cosmetic, "cosmetic")] {
        let left = count(reviewed, class);
        if left > 0 && !args.all {
            eprintln!(
                "{left} {words} {} left out; --all takes them",
                if left == 1 { "hunk" } else { "hunks" }
            );
        }
    }
    for refusal in refused {
        print_refusal(refusal);
    }
    if reviewed.is_empty() && refused.is_empty() {
        eprintln!("the answer changes nothing: it holds no edit, or one that the files already have");
    }
    Ok(())
}

fn print_refusal(refusal: &Refused) {
    let path = refusal.path.as_deref().unwrap_or("the answer");
    eprintln!("refused: {}: {}", sanitize_line(path), sanitize_line(&refusal.why));
    if let Some(nearest) = &refusal.nearest {
        eprintln!("  nearest lines, from {}:", nearest.line);
        for line in nearest.lines.iter().take(8) {
            eprintln!("    {}", sanitize_line(line));
        }
        eprintln!("  asked for: {}", sanitize_line(&nearest.differs.0));
        eprintln!("  found:     {}", sanitize_line(&nearest.differs.1));
    }
}

fn count(reviewed: &[DraftFile], class: HunkClass) -> usize {
    reviewed.iter().flat_map(|file| &file.hunks).filter(|hunk| hunk.hunk.class == class).count()
}
