//! Helping: what contexts are put together with, those of questions and those of edits.

use std::path::PathBuf;
use std::sync::Arc;

use crate::chat::context::{Parts, Rules};
use crate::index::{Disk, Outlines};
use crate::llm::Llm;
use crate::query::Places;

/// Files below these roots, where they lie and what they define, as far as models may be shown them.
pub fn context_parts(roots: &[PathBuf], places: &Places, outlines: Outlines, llm: Option<&Llm>) -> Parts {
    Parts {
        roots: roots.to_vec(),
        reader: Arc::new(Disk::new(roots.to_vec())),
        places: places.clone(),
        rules: llm.map_or_else(|| Arc::new(()) as Arc<dyn Rules>, |llm| llm.guard().clone()),
        symbols: Arc::new(outlines),
    }
}
