//! Replace: writes a small file whole, beside the old one and then in its place, so that a crash leaves one of both.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Writes a file that only the person may read, and makes its folder where there is none.
///
/// # Errors
/// What the system says; the old file then stands as it was.
pub fn replace_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    write(file, bytes, None)
}

/// The same, but a file that was there keeps its permissions, and a link stays a link.
///
/// # Errors
/// As [`replace_private`].
pub fn replace_in_kind(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let kept = fs::metadata(&target).ok().map(|meta| meta.permissions());
    write(&target, bytes, kept)
}

fn write(file: &Path, bytes: &[u8], permissions: Option<Permissions>) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let new = file.with_extension(format!("{}.new", std::process::id()));
    let mut out = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    out.write_all(bytes)?;
    out.sync_all()?;
    if let Some(permissions) = permissions {
        fs::set_permissions(&new, permissions)?;
    }
    fs::rename(new, file)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_private_file_is_private_and_leaves_nothing_beside_it() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("not/there/yet.json");
        replace_private(&file, b"one").unwrap();
        replace_private(&file, b"two").unwrap();
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"two".to_vec(), 0o600));
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_of_the_users_keeps_its_permissions_and_its_link() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("real.toml"), home.path().join("config.toml"));
        fs::write(&file, "one").unwrap();
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        replace_in_kind(&link, b"two").unwrap();
        assert_eq!((fs::read(&file).unwrap(), mode(&file)), (b"two".to_vec(), 0o644));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
