//! `quarry bench`: what the program costs on trees of several sizes, as a printed table.
//!
//! Each tree is measured in a process of its own, so that one tree's memory does not show in another's.

mod direct;
mod fan_out;
mod funnel;
mod loopback;
mod measuring;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;

use super::exit::Exit;
use crate::eval::grove;
use measuring::{Figures, measure};

/// Arguments of `quarry bench`.
#[derive(Debug, Clone, Args)]
pub struct BenchArgs {
    /// Trees to measure. Without any, trees of made-up files.
    #[arg(value_name = "ROOT")]
    pub roots: Vec<PathBuf>,
    /// Number of made-up files; may be repeated.
    #[arg(long, value_name = "N", default_values_t = [1_000, 10_000, 100_000])]
    pub files: Vec<usize>,
    /// Measure how near a model judge comes to what its server can do, against a made-up server; no trees.
    #[arg(long, conflicts_with_all = ["roots", "files"])]
    pub fan_out: bool,
    /// Measure what the order of asking is worth: a made-up model that knows what each commit touched, but for one answer
    /// in ten, asked about the best few files and about all.
    #[arg(long, conflicts_with_all = ["files", "fan_out"])]
    pub funnel: bool,
    /// With --funnel: at most so many commits of each repository.
    #[arg(long, default_value_t = 20, value_name = "N", requires = "funnel")]
    pub commits: usize,
    /// Print one JSON object per line.
    #[arg(long)]
    pub json: bool,
    /// Measure in this process, with the cache in this directory.
    #[arg(long, hide = true)]
    pub inside: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A tree that cannot be made or measured.
pub fn run(arguments: &BenchArgs) -> anyhow::Result<Exit> {
    if arguments.fan_out {
        fan_out::run(arguments.json)?;
        return Ok(Exit::Done);
    }
    if arguments.funnel {
        funnel::run(arguments)?;
        return Ok(Exit::Done);
    }
    if let (Some(cache), [root]) = (&arguments.inside, arguments.roots.as_slice()) {
        println!("{}", serde_json::to_string(&measure(root, cache)?)?);
        return Ok(Exit::Done);
    }
    if !arguments.json {
        println!("{}", Figures::heading());
    }
    let place = std::env::temp_dir().join(format!("quarry-bench-{}", std::process::id()));
    let result = measure_each(arguments, &place);
    let _ = std::fs::remove_dir_all(&place);
    result.map(|()| Exit::Done)
}

fn measure_each(arguments: &BenchArgs, place: &Path) -> anyhow::Result<()> {
    let mut trees: Vec<(String, PathBuf)> =
        arguments.roots.iter().map(|root| (root.display().to_string(), root.clone())).collect();
    if trees.is_empty() {
        for files in &arguments.files {
            let root = place.join(format!("grove-{files}"));
            std::fs::create_dir_all(&root)?;
            grove::plant(&root, *files)
                .with_context(|| format!("cannot make {files} files in {}", root.display()))?;
            trees.push((format!("{files} made-up files"), root));
        }
    }
    for (number, (name, root)) in trees.iter().enumerate() {
        let cache = place.join(format!("cache-{number}"));
        std::fs::create_dir_all(&cache)?;
        let output = Command::new(std::env::current_exe()?)
            .args(["bench", "--inside"])
            .arg(&cache)
            .arg(root)
            .stderr(std::process::Stdio::inherit())
            .output()?;
        if !output.status.success() {
            bail!("measuring {name} failed");
        }
        let figures: Figures = serde_json::from_slice(&output.stdout)?;
        if arguments.json {
            println!("{}", serde_json::json!({ "event": "bench", "tree": name, "figures": figures }));
        } else {
            println!("{}", figures.row(name));
        }
    }
    Ok(())
}
