//! `quarry doctor`: prints what was found, so that a report of a problem can begin with facts.

mod egress;
mod policy;

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::domain::Language;
use crate::query::judges::embedded::Weights;
use crate::runtime::color_depth;
use crate::text::amount::bytes;
use crate::text::highlight::Highlighter;
use crate::text::sanitize::sanitize_line;
use crate::ui::theme::{Role, Theme};

use super::arguments::Doctor;
use super::complaint::problem_notice;
use super::exit::Exit;
use super::paint::Paint;
use super::setup::{self, Setup};

/// The directory entries that are looked at to tell the size of the cache; more are only counted as "more".
const MOST_ENTRIES: usize = 100_000;

/// Facts of one subject, in the order shown.
struct Section {
    name: &'static str,
    facts: Vec<(String, Value)>,
}

/// Runs the command.
///
/// # Errors
/// A complaint about the arguments, or output that cannot be written.
pub fn run(arguments: &Doctor) -> anyhow::Result<Exit> {
    let roots: Vec<_> = arguments.path.iter().cloned().collect();
    let setup = setup::load(&arguments.common, &roots, None)?;
    if arguments.egress {
        return egress::run(&setup, arguments.since, arguments.json);
    }
    let sections = [
        program(),
        terminal(),
        repository(&setup.roots[0]),
        watching(),
        folders(&setup),
        policy::section(&setup),
        configuration(&setup),
        problems(&setup),
    ];
    let mut out = io::stdout().lock();
    if arguments.json {
        let object: Map<String, Value> =
            sections.into_iter().map(|section| (section.name.to_owned(), facts_of(section))).collect();
        writeln!(out, "{}", Value::Object(object))?;
    } else {
        print(&mut out, &sections, &setup.paint())?;
    }
    Ok(Exit::Done)
}

fn facts_of(section: Section) -> Value {
    Value::Object(section.facts.into_iter().collect())
}

fn program() -> Section {
    let judge = match Weights::embedded() {
        Ok(weights) => {
            let provenance = weights.provenance;
            let commits: usize = provenance.fitted_on.iter().map(|fitted| fitted.commits).sum();
            json!(format!(
                "embedded, {} trees fitted on {commits} commits of {} repositories",
                weights.forest.trees().len(),
                provenance.fitted_on.len()
            ))
        }
        Err(error) => json!(format!("broken: {error}")),
    };
    Section {
        name: "quarry",
        facts: vec![
            ("version".into(), json!(env!("CARGO_PKG_VERSION"))),
            ("judge".into(), judge),
            ("languages".into(), json!(Language::all().count())),
            ("syntaxes".into(), json!(Highlighter::new().syntax_names().len())),
        ],
    }
}

fn terminal() -> Section {
    let size = crossterm::terminal::size().ok().filter(|_| io::stdout().is_terminal());
    Section {
        name: "terminal",
        facts: vec![
            ("input".into(), json!(if io::stdin().is_terminal() { "terminal" } else { "not a terminal" })),
            ("output".into(), json!(if io::stdout().is_terminal() { "terminal" } else { "not a terminal" })),
            ("TERM".into(), variable("TERM")),
            ("TERM_PROGRAM".into(), variable("TERM_PROGRAM")),
            ("COLORTERM".into(), variable("COLORTERM")),
            ("NO_COLOR".into(), variable("NO_COLOR")),
            ("colours".into(), json!(color_depth().name())),
            ("size".into(), size.map_or(Value::Null, |(width, height)| json!(format!("{width}x{height}")))),
            ("tmux".into(), json!(std::env::var_os("TMUX").is_some())),
            ("ssh".into(), json!(std::env::var_os("SSH_CONNECTION").is_some())),
            ("LANG".into(), variable("LANG")),
        ],
    }
}

fn repository(root: &Path) -> Section {
    let (major, minor, patch) = git2::Version::get().libgit2_version();
    let mut facts = vec![
        ("root".into(), json!(shown(root))),
        ("libgit2".into(), json!(format!("{major}.{minor}.{patch}"))),
    ];
    match git2::Repository::discover(root) {
        Ok(repository) => {
            facts.push(("repository".into(), json!(shown(repository.path()))));
            let head = repository.head();
            let branch = head.as_ref().ok().and_then(|head| head.shorthand().ok().map(clean));
            facts.push(("branch".into(), branch.map_or(Value::Null, Value::from)));
            let commit = head.ok().and_then(|head| head.target()).map(|id| id.to_string());
            facts.push(("head".into(), commit.map_or(Value::Null, Value::from)));
        }
        Err(error) if error.code() == git2::ErrorCode::NotFound => {
            facts.push(("repository".into(), json!("none; everything but history works")));
        }
        Err(error) => {
            facts.push(("repository".into(), json!(format!("not readable: {}", clean(error.message())))));
        }
    }
    Section { name: "git", facts }
}

fn watching() -> Section {
    let limit = |name: &str| {
        let text = std::fs::read_to_string(format!("/proc/sys/fs/inotify/{name}")).ok();
        text.and_then(|text| text.trim().parse::<u64>().ok()).map_or(Value::Null, Value::from)
    };
    Section {
        name: "watching",
        facts: vec![
            ("max_user_watches".into(), limit("max_user_watches")),
            ("max_user_instances".into(), limit("max_user_instances")),
            ("max_queued_events".into(), limit("max_queued_events")),
        ],
    }
}

fn folders(setup: &Setup) -> Section {
    let dirs = &setup.sources.dirs;
    let (size, files, more) = folder_size(&dirs.cache);
    let more = if more { "more than " } else { "" };
    Section {
        name: "folders",
        facts: vec![
            ("config".into(), json!(shown(&dirs.config))),
            ("cache".into(), json!(shown(&dirs.cache))),
            ("cache size".into(), json!(format!("{more}{} in {files} files", bytes(size)))),
            ("data".into(), json!(shown(&dirs.data))),
        ],
    }
}

/// Bytes and files below a folder, and whether there are more than were counted.
fn folder_size(folder: &Path) -> (u64, usize, bool) {
    let (mut size, mut files, mut seen) = (0, 0, 0);
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            seen += 1;
            if seen > MOST_ENTRIES {
                return (size, files, true);
            }
            match entry.metadata() {
                Ok(meta) if meta.is_dir() => open.push(entry.path()),
                Ok(meta) => {
                    size += meta.len();
                    files += 1;
                }
                Err(_) => {}
            }
        }
    }
    (size, files, false)
}

fn configuration(setup: &Setup) -> Section {
    let sources = &setup.sources;
    let files = [
        Some(sources.dirs.config_file()),
        sources.root.as_ref().map(|root| root.join(".quarry.toml")),
        sources.file.clone(),
    ];
    let found = files.into_iter().flatten().map(|file| {
        let state = if file.is_file() { "read" } else { "not there" };
        (clean(&file.to_string_lossy()), json!(state))
    });
    let keys = setup.config.entries();
    let keys = keys.iter().map(|(key, value, origin)| {
        (key.clone(), json!({ "value": clean(value), "from": clean(&origin.to_string()) }))
    });
    let themes = Theme::names(&sources.dirs);
    Section {
        name: "configuration",
        facts: found.chain(keys).chain([("themes".into(), json!(themes))]).collect(),
    }
}

fn problems(setup: &Setup) -> Section {
    let (_, found) = setup.sources.theme(&setup.config.theme, crate::ui::theme::ThemeKind::Dark);
    let all =
        setup.problems.iter().cloned().chain(found.into_iter().map(|problem| setup.config.place(problem)));
    let facts = all.enumerate().map(|(at, problem)| {
        let notice = problem_notice(&problem);
        let hint = notice.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        ((at + 1).to_string(), json!(clean(&format!("{}{hint}", notice.title))))
    });
    Section { name: "problems", facts: facts.collect() }
}

fn variable(name: &str) -> Value {
    std::env::var_os(name).map_or(Value::Null, |value| json!(clean(&value.to_string_lossy())))
}

fn shown(path: &Path) -> String {
    clean(&path.to_string_lossy())
}

fn clean(text: &str) -> String {
    sanitize_line(text).into_owned()
}

fn print(out: &mut impl Write, sections: &[Section], paint: &Paint) -> io::Result<()> {
    for (at, section) in sections.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{}", paint.role(Role::Title, section.name))?;
        let width = section.facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0).min(32);
        for (name, value) in &section.facts {
            let (text, from) = text_of(value);
            let from = if from.is_empty() { from } else { format!("  {}", paint.role(Role::Subtle, &from)) };
            writeln!(out, "  {}  {text}{from}", paint.role(Role::Muted, &format!("{name:<width$}")))?;
        }
        if section.facts.is_empty() {
            writeln!(out, "  none")?;
        }
    }
    Ok(())
}

/// A value for people, and where it came from, if that is known.
fn text_of(value: &Value) -> (String, String) {
    match value {
        Value::Null => ("unset".into(), String::new()),
        Value::String(text) => (text.clone(), String::new()),
        Value::Bool(on) => ((if *on { "yes" } else { "no" }).into(), String::new()),
        Value::Number(number) => (number.to_string(), String::new()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| text_of(item).0).collect();
            (items.join(", "), String::new())
        }
        Value::Object(fields) => {
            let field = |name: &str| fields.get(name).map(|value| text_of(value).0).unwrap_or_default();
            (field("value"), field("from"))
        }
    }
}
