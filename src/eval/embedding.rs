//! Sentence embeddings as a baseline: files cut into chunks, each a vector, and a file as near as its nearest chunk.
//!
//! The form is that of the published comparisons: chunks of a few hundred characters under the file's path, at most
//! [`MOST_CHUNKS`] a file, cosine similarity, the best chunk counts. Vectors are kept by content, so that a commit costs
//! only what it changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::contender::{Contender, Ranking};
use super::replay::Moment;
use crate::domain::{FileId, Usage};
use crate::index::ContentHash;

/// Characters of a chunk.
const CHUNK: usize = 900;

/// Chunks of a file.
const MOST_CHUNKS: usize = 6;

/// Texts of one call, about: a file's are not parted.
const BATCH: usize = 32;

/// One call: texts, and the files that they are from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The texts.
    pub texts: Vec<Arc<str>>,
    /// The files, each once.
    pub files: Vec<Arc<str>>,
}

/// Turns the texts of all batches into vectors, in their order, or says why not.
pub type Embed = dyn Fn(Vec<Batch>) -> Result<Vec<Vec<f32>>, String> + Send + Sync;

/// One vector a chunk, each of length 1.
type Vectors = Arc<[Vec<f32>]>;

/// A model of sentence embeddings.
pub struct EmbeddingContender {
    embed: Box<Embed>,
    known: Mutex<HashMap<ContentHash, Vectors>>,
    problems: Mutex<Vec<String>>,
}

impl EmbeddingContender {
    /// The baseline over this model.
    pub fn new(embed: Box<Embed>) -> Self {
        Self { embed, known: Mutex::default(), problems: Mutex::default() }
    }

    /// What kept requests from being ranked since the last time, each once.
    pub fn problems(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.problems))
    }

    /// The chunks' vectors of every file, those that are not known yet embedded together.
    fn vectors(&self, moment: &Moment<'_>) -> Result<Vec<(FileId, Vectors)>, String> {
        let mut found = Vec::new();
        let mut fresh: Vec<(FileId, ContentHash, Vec<Arc<str>>)> = Vec::new();
        for (file, doc) in moment.index.docs() {
            let Some(text) = moment.text(file) else { continue };
            let path = doc.path.to_text();
            let hash = ContentHash::of(format!("{path}\0{text}").as_bytes());
            if let Some(known) = locked(&self.known).get(&hash) {
                found.push((file, Arc::clone(known)));
                continue;
            }
            fresh.push((file, hash, chunks(&path, &text)));
        }
        let mut batches = vec![Batch::default()];
        for (file, _, chunks) in &fresh {
            if batches.last().is_some_and(|batch| batch.texts.len() >= BATCH) {
                batches.push(Batch::default());
            }
            if let (Some(batch), Some(doc)) = (batches.last_mut(), moment.index.doc(*file)) {
                batch.texts.extend(chunks.iter().cloned());
                batch.files.push(doc.path.to_text().into());
            }
        }
        batches.retain(|batch| !batch.texts.is_empty());
        let mut vectors = (self.embed)(batches)?.into_iter().map(unit);
        for (file, hash, chunks) in fresh {
            let own: Vectors = vectors.by_ref().take(chunks.len()).collect();
            if own.len() < chunks.len() {
                return Err("fewer vectors came than texts were sent".to_owned());
            }
            locked(&self.known).insert(hash, Arc::clone(&own));
            found.push((file, own));
        }
        Ok(found)
    }

    fn scores(&self, request: &str, moment: &Moment<'_>) -> Result<Vec<(FileId, f32)>, String> {
        let files = self.vectors(moment)?;
        let asked = (self.embed)(vec![Batch { texts: vec![Arc::from(request)], files: Vec::new() }])?;
        let request = unit(asked.into_iter().next().ok_or("no vector for the request")?);
        let near = |chunks: &[Vec<f32>]| {
            chunks.iter().map(|chunk| cosine(chunk, &request)).fold(f32::NEG_INFINITY, f32::max)
        };
        // Moved above 0, where a score counts as a rank; the order stays.
        Ok(files.iter().map(|(file, chunks)| (*file, near(chunks) + 2.0)).collect())
    }
}

impl Contender for EmbeddingContender {
    fn name(&self) -> String {
        "embedding".to_owned()
    }

    fn rank(&self, request: &str, moment: &Moment<'_>) -> Ranking {
        let scores = self.scores(request, moment).unwrap_or_else(|why| {
            let mut problems = locked(&self.problems);
            if !problems.contains(&why) {
                problems.push(why);
            }
            Vec::new()
        });
        Ranking { scores, yes_at: None, usage: Usage::default(), session: None }
    }
}

/// A file's chunks: whole lines up to [`CHUNK`] characters, each under the path.
fn chunks(path: &str, text: &str) -> Vec<Arc<str>> {
    let mut chunks = Vec::new();
    let mut open = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let line = line.trim_end();
        if !open.is_empty() && open.len() + line.len() > CHUNK {
            chunks.push(std::mem::take(&mut open));
            if chunks.len() == MOST_CHUNKS {
                break;
            }
        }
        open.extend(line.chars().take(CHUNK));
        open.push('\n');
    }
    if chunks.is_empty() || (chunks.len() < MOST_CHUNKS && !open.is_empty()) {
        chunks.push(open);
    }
    chunks.into_iter().map(|chunk| format!("{path}\n{chunk}").into()).collect()
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    if length > 0.0 {
        for number in &mut vector {
            *number /= length;
        }
    }
    vector
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A poisoned lock holds whole entries, whatever panicked.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_whole_lines_under_the_path_and_few() {
        let text = (0..2_000).fold(String::new(), |text, at| text + &format!("let a{at} = {at};\n\n"));
        let found = chunks("src/a.rs", &text);
        assert_eq!(found.len(), MOST_CHUNKS);
        assert!(found.iter().all(|chunk| chunk.starts_with("src/a.rs\nlet a") && chunk.ends_with(";\n")));
        assert!(found.iter().all(|chunk| chunk.len() <= CHUNK + "src/a.rs\n".len() + 20));
        assert_eq!(chunks("a", ""), [Arc::from("a\n")], "an empty file still has its path");
        assert_eq!(chunks("a", &"x".repeat(5_000)).len(), 1);
    }

    #[test]
    fn nearness_does_not_depend_on_length() {
        let near = |a: [f32; 2], b: [f32; 2]| cosine(&unit(a.to_vec()), &unit(b.to_vec()));
        assert!((near([1.0, 0.0], [9.0, 0.0]) - 1.0).abs() < 1e-6);
        assert!(near([1.0, 0.0], [0.0, 3.0]).abs() < 1e-6);
        assert_eq!(unit(vec![0.0, 0.0]), [0.0, 0.0]);
    }
}
