//! Kept rows: what was collected from one repository, in a file, so that a long fit can be interrupted and taken up again.
//!
//! A file is one line of JSON that says what the rows are and how they were sampled, then the rows as little-endian `f32`:
//! the features, 1 for an answer, and the weight. Rows of other features or options are collected anew, never mixed.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::rows::{Group, RowOptions, Rows, Wording};
use crate::eval::EvalError;
use crate::query::judges::embedded::{Fitted, Lexicon, features};

/// The first line of a file.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    options: RowOptions,
    lexicon: String,
    features: Vec<String>,
    from: Fitted,
    groups: Vec<(usize, usize, Wording)>,
}

/// Where the rows of a repository, `owner/name`, are kept.
fn place(dir: &Path, repository: &str) -> PathBuf {
    dir.join(format!("{}.rows", repository.replace('/', "+")))
}

/// Keeps rows.
///
/// # Errors
/// A file that cannot be written.
pub fn keep(
    dir: &Path,
    options: RowOptions,
    lexicon: &Lexicon,
    from: &Fitted,
    rows: &Rows,
) -> Result<(), EvalError> {
    let path = place(dir, &from.repository);
    let groups = rows.groups.iter().map(|group| (group.start, group.end, group.wording)).collect();
    let features = features::names().into_iter().map(|(name, _)| name).collect();
    let header =
        Header { options, lexicon: lexicon.checksum().to_owned(), features, from: from.clone(), groups };
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(dir)?;
        let unfinished = path.with_extension("part");
        let mut out = std::io::BufWriter::new(std::fs::File::create(&unfinished)?);
        serde_json::to_writer(&mut out, &header)?;
        out.write_all(b"\n")?;
        for (at, features) in rows.features.iter().enumerate() {
            let last = [f32::from(u8::from(rows.gold[at])), rows.weight[at]];
            for value in features.iter().chain(&last) {
                out.write_all(&value.to_le_bytes())?;
            }
        }
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(unfinished, &path)
    };
    write().map_err(|source| EvalError::File { path: path.clone(), source })
}

/// The rows of a repository that were kept with the same features, options and lexicon.
pub fn kept(dir: &Path, options: RowOptions, lexicon: &Lexicon, repository: &str) -> Option<(Rows, Fitted)> {
    let bytes = std::fs::read(place(dir, repository)).ok()?;
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let header: Header = serde_json::from_slice(&bytes[..end]).ok()?;
    let names = features::names().into_iter().map(|(name, _)| name);
    if header.options != options
        || header.lexicon != lexicon.checksum()
        || !names.eq(header.features.iter().cloned())
    {
        return None;
    }
    let width = features::COUNT + 2;
    let (numbers, odd) = bytes[end + 1..].as_chunks::<4>();
    if !odd.is_empty() || !numbers.len().is_multiple_of(width) {
        return None;
    }
    let mut rows = Rows::default();
    for row in numbers.chunks_exact(width) {
        let value = |at: usize| f32::from_le_bytes(row[at]);
        rows.features.push(std::array::from_fn(value));
        rows.gold.push(value(features::COUNT) > 0.0);
        rows.weight.push(value(features::COUNT + 1));
    }
    for (start, end, wording) in header.groups {
        rows.groups.push(Group { start, end, repository: 0, wording });
    }
    (rows.groups.last().map_or(0, |group| group.end) == rows.len()).then_some((rows, header.from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_and_not_for_other_options() {
        let dir = tempfile::tempdir().unwrap();
        let mut rows = Rows::default();
        for at in 0..5 {
            rows.features.push([at as f32 * 0.1; features::COUNT]);
            rows.gold.push(at == 3);
            rows.weight.push(1.0 + at as f32);
        }
        rows.groups.push(Group { start: 0, end: 2, repository: 0, wording: Wording::Whole });
        rows.groups.push(Group { start: 2, end: 5, repository: 0, wording: Wording::FirstLine });
        let options = RowOptions::default();
        let from = Fitted { repository: "a/b".to_owned(), commits: 1, newest: "abc".to_owned() };
        let lexicon = Lexicon::default();
        keep(dir.path(), options, &lexicon, &from, &rows).unwrap();
        let (again, known) = kept(dir.path(), options, &lexicon, "a/b").unwrap();
        assert_eq!((again.features, again.gold, again.weight), (rows.features, rows.gold, rows.weight));
        assert_eq!((again.groups, known), (rows.groups, from));
        assert!(kept(dir.path(), RowOptions { leaders: 7, ..options }, &lexicon, "a/b").is_none());
        assert!(kept(dir.path(), options, &lexicon, "a/c").is_none());
    }
}
