//! Imports: what files name of each other, as written, and which file that is.
//!
//! Owns the reading of import statements and the [`Resolver`]. Must not read files: it knows texts and paths only.

mod lines;
mod resolver;
mod statement;

pub use resolver::Resolver;

pub(super) use lines::lines;
pub(super) use statement::statement;

/// Longer targets are data (`data:` URLs) or broken text.
const MAX_TARGET: usize = 200;

/// Keeps a target that could be a file: not empty, short, one line, and not on the network.
fn push(out: &mut Vec<Box<str>>, target: &str) {
    let target = target.trim();
    let remote = ["http:", "https:", "//", "data:", "mailto:", "javascript:", "#", "tel:"];
    let fits = !target.is_empty() && target.len() <= MAX_TARGET && !target.contains(char::is_control);
    if fits
        && !remote.iter().any(|start| target.starts_with(start))
        && out.iter().all(|known| **known != *target)
    {
        out.push(Box::from(target));
    }
}

#[cfg(test)]
mod tests;
