//! The roots that an edit may read and write: paths are checked here, and nowhere else.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::proposal::Files;

/// Files larger than this are not edited.
const MOST_BYTES: u64 = 16 << 20;

/// Bytes of a name at most.
const LONGEST_NAME: usize = 255;

/// The roots, each with the name that its paths are shown below.
#[derive(Debug, Clone)]
pub struct Roots {
    roots: Vec<(String, Root)>,
}

impl Roots {
    /// The roots at these paths. With several, each path of a file begins with the name of its root; with one, `names` is
    /// empty.
    ///
    /// # Errors
    /// A path that is no directory.
    pub fn new(paths: &[PathBuf], names: Vec<String>) -> io::Result<Self> {
        let names = names.into_iter().chain(std::iter::repeat(String::new()));
        let roots = paths.iter().zip(names).map(|(path, name)| Ok((name, Root::new(path)?)));
        Ok(Self { roots: roots.collect::<io::Result<_>>()? })
    }

    /// The first root, without links; commands run there.
    pub fn first(&self) -> Option<&Path> {
        self.roots.first().map(|(_, root)| root.path.as_path())
    }

    /// Where a file lies: below its root, through no link that leads out of it, and not inside git's own folder.
    ///
    /// # Errors
    /// Which rule the path breaks.
    pub fn place(&self, path: &str) -> Result<PathBuf, String> {
        let (root, below) = self.split(path)?;
        root.place(below).map_err(|why| why.replace(below, path))
    }

    /// Whether the name itself is a link, wherever that leads.
    pub(super) fn is_link(&self, path: &str) -> bool {
        let link = |(root, below): (&Root, &str)| fs::symlink_metadata(root.path.join(below));
        self.split(path).is_ok_and(|split| link(split).is_ok_and(|meta| meta.is_symlink()))
    }

    /// The path as shown of a file on disk; `None` for one that lies in no root, or whose name is no text.
    pub fn shown(&self, place: &Path) -> Option<String> {
        self.roots.iter().find_map(|(name, root)| {
            let below = place.strip_prefix(&root.path).ok()?.to_str()?;
            Some(if name.is_empty() { below.to_owned() } else { format!("{name}/{below}") })
        })
    }

    /// The root of a path, and the path below it.
    fn split<'s>(&'s self, path: &'s str) -> Result<(&'s Root, &'s str), String> {
        let named = self.roots.iter().find_map(|(name, root)| {
            let below = path.strip_prefix(name.as_str())?.strip_prefix('/')?;
            (!name.is_empty()).then_some((root, below))
        });
        match (self.roots.as_slice(), named) {
            ([(_, only)], _) => Ok((only, path)),
            (_, Some(found)) => Ok(found),
            (several, None) => {
                let names: Vec<&str> = several.iter().map(|(name, _)| name.as_str()).collect();
                Err(format!("{path} begins with the name of no root ({})", names.join(", ")))
            }
        }
    }
}

impl Files for Roots {
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
        None
    }
}

/// One root directory, without links.
#[derive(Debug, Clone)]
struct Root {
    path: PathBuf,
}

impl Root {
    fn new(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        if !path.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotADirectory, "no directory"));
        }
        Ok(Self { path })
    }

    /// Where a file lies: below the root, through no link that leads out of it, and not inside git's own folder.
    ///
    /// # Errors
    /// Which rule the path breaks.
    fn place(&self, path: &str) -> Result<PathBuf, String> {
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
        if names.iter().any(|name| name.len() > LONGEST_NAME) {
            return Err("its name is longer than file systems take".to_owned());
        }
        if names.iter().any(|name| is_gits(name)) {
            return Err(format!("{path} lies in git's own folder"));
        }
        let whole = self.path.join(names.iter().collect::<PathBuf>());
        let real = self.real(&whole).map_err(|error| format!("{path}: {error}"))?;
        let folders = real.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.path));
        if real.components().any(|part| is_gits(part.as_os_str())) || folders.into_iter().any(holds_git) {
            return Err(format!("{path} lies in git's own folder"));
        }
        Ok(real)
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
        if !real.starts_with(&self.path) {
            return Err(io::Error::other("a link leads out of the root"));
        }
        Ok(rest.iter().rev().fold(real, |path, name| path.join(name)))
    }
}

/// Whether a name is that of git's own folder, in any spelling that some file system takes for it: letters of either case,
/// characters that HFS+ leaves out, and what NTFS leaves out at the end or has as its short name. Git refuses the same.
fn is_gits(name: &OsStr) -> bool {
    let unseen = |c: &char| matches!(*c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let name: String = name.to_string_lossy().chars().filter(|c| !unseen(c)).collect();
    let name = name.split(':').next().unwrap_or_default().trim_end_matches([' ', '.']);
    name.eq_ignore_ascii_case(".git") || name.eq_ignore_ascii_case("git~1")
}

/// Whether a folder is one of git's, by whatever name: a bare repository, or one with its folder elsewhere.
fn holds_git(folder: &Path) -> bool {
    folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir()
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
        let root = Roots::new(&[folder.path().to_owned()], Vec::new()).expect("a root");
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

    #[test]
    fn a_name_that_no_file_system_takes_is_refused_before_anything_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Roots::new(&[folder.path().to_owned()], Vec::new()).expect("a root");
        assert!(root.place(&format!("new/{}", "n".repeat(256))).is_err());
        assert!(root.place(&format!("new/{}", "n".repeat(200))).is_ok());
    }

    #[test]
    fn gits_own_folder_is_refused_in_every_spelling() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Roots::new(&[folder.path().to_owned()], Vec::new()).expect("a root");
        for name in [
            ".git",
            ".Git",
            ".g\u{200c}it",
            ".git.",
            ".git . ",
            ".git::$INDEX_ALLOCATION",
            "GIT~1",
            "\u{feff}.git",
        ] {
            for path in [format!("{name}/config"), format!("sub/{name}/hooks/pre-commit"), name.to_owned()] {
                assert!(root.place(&path).expect_err("refused").contains("git's own folder"), "{path:?}");
            }
        }
        for path in [".gitignore", ".github/a.yml", "git", ".gitmodules", "a.git/b"] {
            assert!(root.place(path).is_ok(), "{path}");
        }
        for name in ["objects", "refs"] {
            fs::create_dir_all(folder.path().join("a.git").join(name)).expect("made");
        }
        fs::write(folder.path().join("a.git/HEAD"), "ref: refs/heads/main\n").expect("written");
        assert!(root.place("a.git/b").expect_err("refused").contains("git's own folder"));
        fs::create_dir_all(folder.path().join(".git/hooks")).expect("made");
        let inside = Roots::new(&[folder.path().join(".git/hooks")], Vec::new()).expect("a root");
        assert!(inside.place("pre-commit").is_err(), "also where it is the root");
    }

    #[test]
    fn paths_of_several_roots_begin_with_the_name_of_theirs() {
        let (one, two) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        fs::write(one.path().join("a.rs"), "one").expect("written");
        fs::write(two.path().join("a.rs"), "two").expect("written");
        let paths = [one.path().to_owned(), two.path().to_owned()];
        let roots = Roots::new(&paths, vec!["one".into(), "lib/two".into()]).expect("roots");
        assert_eq!(roots.read("one/a.rs"), Ok(Some(b"one".to_vec())));
        assert_eq!(roots.read("lib/two/a.rs"), Ok(Some(b"two".to_vec())));
        assert!(roots.read("a.rs").expect_err("no root").contains("one, lib/two"));
        assert!(roots.place("one/../a.rs").is_err());
        let place = roots.place("lib/two/a.rs").expect("a place");
        assert_eq!(roots.shown(&place).as_deref(), Some("lib/two/a.rs"));
    }
}
