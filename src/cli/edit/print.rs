//! What `quarry edit` prints: a unified diff, or one JSON object a line.

use std::io::{self, Write};

use serde_json::json;

use super::Reviewed;
use crate::cli::arguments::Edit;
use crate::edit::{Hunk, HunkClass, Refused, unified};
use crate::text::sanitize::{sanitize, sanitize_line};

/// Prints hunks, refusals, and what was written.
pub fn print(args: &Edit, reviewed: &[Reviewed], refused: &[Refused], written: &[String]) -> io::Result<()> {
    if args.json {
        print_json(reviewed, refused, written)
    } else {
        print_text(args, reviewed, refused, written)
    }
}

fn print_json(reviewed: &[Reviewed], refused: &[Refused], written: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for file in reviewed {
        for hunk in &file.hunks {
            let line = json!({
                "event": "hunk", "path": file.change.path, "class": hunk.class.name(),
                "old_start": hunk.old_start + 1, "old_lines": hunk.old.len(), "new_lines": hunk.new.len(),
                "diff": unified(&file.before, &[hunk]), "new_file": file.change.before.is_none(),
                "deleted": file.change.after.is_none(), "moved_to": file.change.moved_to,
            });
            writeln!(out, "{line}")?;
        }
    }
    for refusal in refused {
        let nearest = refusal.nearest.as_ref().map(|nearest| {
            json!({ "line": nearest.line, "lines": nearest.lines,
                "differs": { "wanted": nearest.differs.0, "found": nearest.differs.1 } })
        });
        let line =
            json!({ "event": "refused", "path": refusal.path, "why": refusal.why, "nearest": nearest });
        writeln!(out, "{line}")?;
    }
    let left_out = |class: HunkClass| count(reviewed, class);
    let line = json!({ "event": "done", "written": written, "refused": refused.len(),
        "out_of_scope": left_out(HunkClass::OutOfScope), "cosmetic": left_out(HunkClass::Cosmetic) });
    writeln!(out, "{line}")
}

fn print_text(args: &Edit, reviewed: &[Reviewed], refused: &[Refused], written: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for file in reviewed.iter().filter(|_| !args.apply || args.diff) {
        let hunks: Vec<&Hunk> =
            file.hunks.iter().filter(|hunk| args.all || hunk.class == HunkClass::InScope).collect();
        if hunks.is_empty() && file.change.moved_to.is_none() {
            continue;
        }
        let name = |there: bool, lead: &str, path: &str| {
            if there { format!("{lead}/{}", sanitize_line(path)) } else { "/dev/null".to_owned() }
        };
        let target = file.change.moved_to.as_deref().unwrap_or(&file.change.path);
        writeln!(out, "--- {}", name(file.change.before.is_some(), "a", &file.change.path))?;
        writeln!(out, "+++ {}", name(file.change.after.is_some(), "b", target))?;
        write!(out, "{}", sanitize(&unified(&file.before, &hunks)))?;
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

fn count(reviewed: &[Reviewed], class: HunkClass) -> usize {
    reviewed.iter().flat_map(|file| &file.hunks).filter(|hunk| hunk.class == class).count()
}
