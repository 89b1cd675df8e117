//! Reload: notices that a configuration or theme file was saved, also by writing a new file over it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::loaded::Sources;

/// Watches the folders that hold configuration, until dropped.
#[derive(Debug)]
pub struct ConfigWatch {
    _watcher: RecommendedWatcher,
}

impl ConfigWatch {
    /// Begins to watch; `tell` is called from another thread, several times for one save.
    ///
    /// Folders that do not exist are not watched.
    ///
    /// # Errors
    /// The system has no watches left.
    pub fn start(sources: &Sources, tell: impl Fn() + Send + 'static) -> notify::Result<Self> {
        let files = watched_files(sources);
        let themes = sources.dirs.themes();
        let folders = folders(&files, &themes);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.is_ok_and(|event| matters(&event, &files, &themes)) {
                tell();
            }
        })?;
        for folder in folders {
            // A folder is watched, not the file: editors save by renaming a new file over the old one.
            watcher.watch(&folder, RecursiveMode::NonRecursive)?;
        }
        Ok(Self { _watcher: watcher })
    }
}

fn watched_files(sources: &Sources) -> Vec<PathBuf> {
    let project = sources.root.as_ref().map(|root| root.join(".quarry.toml"));
    let named = sources.file.as_ref().and_then(|file| std::path::absolute(file).ok());
    [Some(sources.dirs.config_file()), project, named].into_iter().flatten().collect()
}

fn folders(files: &[PathBuf], themes: &Path) -> Vec<PathBuf> {
    let parents = files.iter().filter_map(|file| file.parent());
    let mut folders: Vec<PathBuf> =
        parents.chain([themes]).filter(|folder| folder.is_dir()).map(Path::to_owned).collect();
    folders.sort();
    folders.dedup();
    folders
}

fn matters(event: &Event, files: &[PathBuf], themes: &Path) -> bool {
    if matches!(event.kind, EventKind::Access(_)) {
        return false;
    }
    event.paths.iter().any(|path| {
        let is_theme = path.starts_with(themes) && path.extension() == Some(OsStr::new("toml"));
        is_theme || files.contains(path)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::config::{Dirs, Overrides};

    #[test]
    fn a_file_renamed_over_the_configuration_is_noticed() {
        let home = tempfile::tempdir().unwrap();
        let dirs = Dirs::under(home.path());
        std::fs::create_dir_all(dirs.themes()).unwrap();
        let sources = Sources { dirs: dirs.clone(), root: None, file: None, overrides: Overrides::default() };
        let (tell, told) = mpsc::channel();
        let _watch = ConfigWatch::start(&sources, move || {
            let _ = tell.send(());
        })
        .unwrap();
        let new = dirs.config.join("config.toml.new");
        std::fs::write(&new, "theme = \"quarry-light\"\n").unwrap();
        std::fs::rename(&new, dirs.config_file()).unwrap();
        assert!(told.recv_timeout(Duration::from_secs(10)).is_ok());
    }

    #[test]
    fn other_files_do_not_matter() {
        let event = Event::new(EventKind::Any).add_path("/c/notes.toml".into()).add_path("/t/x.txt".into());
        assert!(!matters(&event, &["/c/config.toml".into()], Path::new("/t")));
        let event = Event::new(EventKind::Any).add_path("/t/x.toml".into());
        assert!(matters(&event, &["/c/config.toml".into()], Path::new("/t")));
    }
}
