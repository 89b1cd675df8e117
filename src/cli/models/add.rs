//! `quarry models add PATH`: writes a backend for a model file into the user's configuration.
//!
//! Invariant: what stands in the file stays as it is, comments included: a table is added at its end, and only where the
//! whole then reads without a new problem.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::cli::complaint::Complaint;
use crate::cli::exit::Exit;
use crate::config::{Config, Dirs, replace_in_kind};
use crate::text::sanitize::sanitize_bytes;

/// How every GGUF file begins.
const MAGIC: &[u8; 4] = b"GGUF";

/// Adds the model.
///
/// # Errors
/// A [`Complaint`] about the path, or a configuration that cannot be read or written.
pub fn run(dirs: &Dirs, path: &Path, name: Option<&str>) -> anyhow::Result<Exit> {
    let model = checked(path)?;
    let Some(text) = model.to_str() else {
        return Err(Complaint::usage("the path is not UTF-8, so the configuration cannot hold it").into());
    };
    let file = dirs.config_file();
    let shown = sanitize_bytes(file.as_os_str().as_encoded_bytes());
    let before = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(Complaint::failed(format!("{shown} cannot be read")).cause(error.to_string()).into());
        }
    };
    let (config, problems) = Config::from_text(&before);
    let known = config.backends.iter().find(|(_, backend)| backend.models.iter().any(|model| model == text));
    if let Some((known, _)) = known {
        writeln!(io::stdout(), "`{known}` in {shown} has this model already")?;
        return Ok(Exit::Done);
    }
    let name = free_name(name, &model, &config)?;
    let after = with_table(&before, &name, text);
    let (read, found) = Config::from_text(&after);
    if !read.backends.contains_key(&name) || found.len() > problems.len() {
        let complaint = Complaint::failed(format!("{shown} has a mistake, so nothing was added"));
        return Err(complaint.hint("`quarry doctor` shows where it is").into());
    }
    replace_in_kind(&file, after.as_bytes())
        .map_err(|error| Complaint::failed(format!("{shown} cannot be written")).cause(error.to_string()))?;
    writeln!(io::stdout(), "added [backend.{name}] to {shown}")?;
    writeln!(io::stdout(), "`quarry models` shows whether this build can run it")?;
    Ok(Exit::Done)
}

/// The file, absolute, if it is a model.
fn checked(path: &Path) -> anyhow::Result<PathBuf> {
    let shown = sanitize_bytes(path.as_os_str().as_encoded_bytes());
    let cannot = |error: io::Error| Complaint::usage(format!("cannot open {shown}")).cause(error.to_string());
    let absolute = path.canonicalize().map_err(cannot)?;
    let mut magic = [0; 4];
    let begins = File::open(&absolute).and_then(|mut file| file.read_exact(&mut magic));
    if begins.is_err() || &magic != MAGIC {
        let complaint = Complaint::usage(format!("{shown} is no GGUF model"));
        return Err(complaint
            .hint("a server is found by itself, or goes into [backend.NAME] base_urls")
            .into());
    }
    Ok(absolute)
}

/// The wished name, or one made from the file's; with a number where it is taken.
fn free_name(wished: Option<&str>, model: &Path, config: &Config) -> anyhow::Result<String> {
    if let Some(name) = wished {
        if name.is_empty()
            || name == "embedded"
            || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        {
            let complaint = Complaint::usage("a backend's name is made of letters, digits and dashes");
            return Err(complaint.into());
        }
        if config.backends.contains_key(name) {
            return Err(Complaint::usage(format!("there is a backend `{name}` already")).into());
        }
        return Ok(name.to_owned());
    }
    let stem = model.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let plain: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    let base = if words.is_empty() { "model".to_owned() } else { words.join("-") };
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let names = std::iter::once(base.clone()).chain(numbered);
    Ok(names.into_iter().find(|name| !config.backends.contains_key(name)).unwrap_or(base))
}

fn with_table(before: &str, name: &str, model: &str) -> String {
    let mut text = before.to_owned();
    if !text.is_empty() {
        text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
    }
    let model = toml::Value::String(model.to_owned());
    text + &format!("[backend.{name}]\nprotocol = \"gguf\"\nmodels = [{model}]\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, b"GGUF\x03\0\0\0").unwrap();
        path
    }

    #[test]
    fn a_model_is_added_below_what_stands_there_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let dirs = Dirs::under(folder.path());
        fs::create_dir_all(&dirs.config).unwrap();
        let before = "# mine\ntheme = \"moss\" # green\n[backend.qwen3-0-6b-q8-0]\nmodels = [\"x\"]";
        fs::write(dirs.config_file(), before).unwrap();
        let path = model(folder.path(), "Qwen3-0.6B_Q8_0 \"x\".gguf");
        let other = model(folder.path(), "Qwen3-0.6B_Q8_0.gguf");
        for _ in 0..2 {
            assert_eq!(run(&dirs, &path, None).unwrap(), Exit::Done);
            assert_eq!(run(&dirs, &other, None).unwrap(), Exit::Done);
        }
        let text = fs::read_to_string(dirs.config_file()).unwrap();
        assert!(text.starts_with(before));
        let (config, problems) = Config::from_text(&text);
        assert_eq!(problems, []);
        let names: Vec<&str> = config.backends.keys().map(String::as_str).collect();
        assert_eq!(names, ["qwen3-0-6b-q8-0", "qwen3-0-6b-q8-0-2", "qwen3-0-6b-q8-0-x"]);
        let kept = path.canonicalize().unwrap().to_str().unwrap().to_owned();
        assert_eq!(config.backends["qwen3-0-6b-q8-0-x"].models, [kept]);
    }

    #[test]
    fn what_is_no_model_and_a_broken_configuration_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let dirs = Dirs::under(folder.path());
        let text = folder.path().join("notes.gguf");
        fs::write(&text, "hello").unwrap();
        assert!(run(&dirs, &text, None).is_err());
        assert!(run(&dirs, &folder.path().join("nowhere.gguf"), None).is_err());
        fs::create_dir_all(&dirs.config).unwrap();
        fs::write(dirs.config_file(), "theme = [").unwrap();
        assert!(run(&dirs, &model(folder.path(), "m.gguf"), None).is_err());
        assert_eq!(fs::read_to_string(dirs.config_file()).unwrap(), "theme = [");
    }
}
