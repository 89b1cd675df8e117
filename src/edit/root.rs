//! The root that an edit may read and write: paths are checked here, and nowhere else.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::proposal::Files;

/// Files larger than this are not edited.
const MOST_BYTES: u64 = 16 << 20;

/// A root directory, and what the model was shown of it.
#[derive(Debug, Clone)]
pub struct Root {
    path: PathBuf,
    shown: Option<Vec<String>>,
}

impl Root {
    /// The root at a path; `shown` limits what may be changed.
    ///
    /// # Errors
    /// A path that is no directory.
    pub fn new(path: &Path, shown: Option<Vec<String>>) -> io::Result<Self> {
        Ok(Self { path: path.canonicalize()?, shown })
    }

    /// The root itself, without links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where a file lies: below the root, through no link that leads out of it, and not inside git's own folder.
    ///
    /// # Errors
    /// Which rule the path breaks.
    pub fn place(&self, path: &str) -> Result<PathBuf, String> {
        let relative = Path::new(path);
        let mut names = Vec::new();
        for component in relative.components() {
            match component {
                Component::Normal(name) => names.push(name),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                    return Err(format!("{path} lies outside of the root"));
                }
            }
        }
        if names.is_empty() || path.contains('\0') {
            return Err("it names no file".to_owned());
        }
        if names.iter().any(|name| name.eq_ignore_ascii_case(".git")) {
            return Err(format!("{path} lies in git's own folder"));
        }
        let whole = self.path.join(names.iter().collect::<PathBuf>());
        self.real(&whole).map_err(|error| format!("{path}: {error}"))
    }

    /// The path without links, which must stay below the root; parts that do not exist yet are taken as they are.
    fn real(&self, path: &Path) -> io::Result<PathBuf> {
        let mut known = path;
        let mut rest = Vec::new();
        let real = loop {
            match known.canonicalize() {
                Ok(real) => break real,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    // A link that leads nowhere would be followed by a write.
                    if fs::symlink_metadata(known).is_ok() {
                        return Err(io::Error::other("a link that leads nowhere"));
                    }
                    let (Some(parent), Some(name)) = (known.parent(), known.file_name()) else {
                        return Err(error);
                    };
                    rest.push(name);
                    known = parent;
                }
                Err(error) => return Err(error),
            }
        };
        let git = real
            .strip_prefix(&self.path)
            .is_ok_and(|below| below.components().any(|part| part.as_os_str().eq_ignore_ascii_case(".git")));
        if !real.starts_with(&self.path) || git {
            return Err(io::Error::other("a link leads out of the root"));
        }
        Ok(rest.iter().rev().fold(real, |path, name| path.join(name)))
    }
}

impl Files for Root {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let place = self.place(path)?;
        let meta = match fs::metadata(&place) {
            Ok(meta) => meta,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{path}: {error}")),
        };
        if !meta.is_file() {
            return Err(format!("{path} is no regular file"));
        }
        if meta.len() > MOST_BYTES {
            return Err(format!("{path} is larger than 16 MiB"));
        }
        fs::read(&place).map(Some).map_err(|error| format!("{path}: {error}"))
    }

    fn shown(&self) -> Option<&[String]> {
        self.shown.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_below_the_root_have_a_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("src")).expect("made");
        fs::create_dir_all(folder.path().join(".git")).expect("made");
        fs::write(folder.path().join("src/a.rs"), "a").expect("written");
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).expect("linked");
        std::os::unix::fs::symlink("src", folder.path().join("in")).expect("linked");
        std::os::unix::fs::symlink(outside.path().join("none"), folder.path().join("dangling"))
            .expect("linked");
        std::os::unix::fs::symlink(".git", folder.path().join("g")).expect("linked");
        let root = Root::new(folder.path(), None).expect("a root");
        for path in [
            "../a",
            "/etc/passwd",
            "src/../../a",
            ".git/config",
            "src/.GIT/x",
            "",
            ".",
            "out/a",
            "dangling",
            "g/config",
        ] {
            assert!(root.place(path).is_err(), "{path}");
        }
        assert_eq!(root.read("in/a.rs"), Ok(Some(b"a".to_vec())));
        assert_eq!(root.place("in/a.rs"), root.place("./src/a.rs"));
        assert_eq!(root.read("src/new/b.rs"), Ok(None));
        assert!(root.read("src").is_err());
    }
}
