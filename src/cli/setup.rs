//! Setup: what every command needs before it starts: checked roots, folders and configuration.

use std::path::{Path, PathBuf};

use crate::config::{Config, Dirs, Overrides};
use crate::domain::Problem;
use crate::runtime::{ServiceOptions, Sources};
use crate::text::nearest::nearest;
use crate::ui::theme::{ColorDepth, Theme};

use super::arguments::Common;
use super::complaint::{Complaint, print_notice, problem_notice};
use super::paint::Paint;

/// What a command starts with.
#[derive(Debug)]
pub struct Setup {
    /// The roots, absolute.
    pub roots: Vec<PathBuf>,
    /// Where the configuration lies.
    pub sources: Sources,
    /// The configuration.
    pub config: Config,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
}

/// Checks roots and flags, and reads the configuration.
///
/// # Errors
/// A [`Complaint`] about a root that is no directory, a theme that is not there, or a `--config` that does not exist.
pub fn load(common: &Common, roots: &[PathBuf], task: Option<&str>) -> anyhow::Result<Setup> {
    let roots = checked_roots(roots)?;
    let sources = sources(common, &roots, task)?;
    let (config, problems) = sources.config();
    Ok(Setup { roots, sources, config, problems })
}

/// The roots, absolute and without repetition; the current directory where none is given.
///
/// # Errors
/// A [`Complaint`] that names the one that is no directory.
pub fn checked_roots(given: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let current = [PathBuf::from(".")];
    let given = if given.is_empty() { &current[..] } else { given };
    let mut roots = Vec::new();
    for root in given {
        let absolute = root.canonicalize().map_err(|error| {
            Complaint::usage(format!("cannot open {}", root.display())).cause(error.to_string())
        })?;
        if !absolute.is_dir() {
            let complaint = Complaint::usage(format!("{} is not a directory", root.display()));
            return Err(complaint.hint("give the directory that holds it").into());
        }
        if !roots.contains(&absolute) {
            roots.push(absolute);
        }
    }
    Ok(roots)
}

/// Where the configuration lies.
///
/// # Errors
/// A [`Complaint`] about a theme that is not there, or a `--config` that does not exist.
pub fn sources(common: &Common, roots: &[PathBuf], task: Option<&str>) -> anyhow::Result<Sources> {
    let dirs = Dirs::from_env();
    if let Some(file) = common.config.as_deref().filter(|file| !file.is_file()) {
        return Err(Complaint::usage(format!("there is no configuration file {}", file.display())).into());
    }
    if let Some(theme) = &common.theme {
        check_theme(theme, &dirs)?;
    }
    let overrides =
        Overrides { theme: common.theme.clone(), task: task.map(str::to_owned), ..Overrides::default() };
    Ok(Sources { dirs, root: roots.first().cloned(), file: common.config.clone(), overrides })
}

fn check_theme(name: &str, dirs: &Dirs) -> anyhow::Result<()> {
    let names = Theme::names(dirs);
    let known = || names.iter().map(String::as_str).chain([Theme::AUTO]);
    if known().any(|known| known == name) {
        return Ok(());
    }
    let complaint = Complaint::usage(format!("there is no theme named `{name}`"));
    let complaint = complaint.cause(format!("themes: {}", known().collect::<Vec<_>>().join(", ")));
    Err(match nearest(name, known()) {
        Some(near) => complaint.hint(format!("did you mean `{near}`?")),
        None => complaint,
    }
    .into())
}

impl Setup {
    /// What the services need, without watching.
    pub fn services(&self) -> ServiceOptions {
        ServiceOptions {
            roots: self.roots.clone(),
            task: self.config.query.task.as_deref().map(Into::into),
            cache_dir: Some(self.sources.dirs.cache.clone()),
            data_dir: Some(self.sources.dirs.data.clone()),
            exclude: self.config.exclude.clone(),
            watch: false,
            models: None,
            judge_once: false,
            chat: None,
            evaluates: false,
            notes_feedback: self.config.feedback,
            edits: None,
        }
    }

    /// The colours of printed text.
    pub fn paint(&self) -> Paint {
        Paint::for_stdout(|kind, depth: ColorDepth| {
            let name =
                if self.config.theme == Theme::AUTO { kind.default_theme() } else { &self.config.theme };
            Theme::load(name, &self.sources.dirs, depth).0
        })
    }

    /// Says what is wrong with the configuration; the rest of it holds.
    pub fn print_problems(&self) {
        for problem in &self.problems {
            print_notice(&problem_notice(problem));
        }
    }
}

/// The name of a root, as shown.
pub fn root_name(root: &Path) -> String {
    let name = root.file_name().unwrap_or(root.as_os_str());
    crate::text::sanitize::sanitize_bytes(name.as_encoded_bytes())
}
