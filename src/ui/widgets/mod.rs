//! Widgets: what panes and overlays draw with.

mod canvas;
mod field;
mod path;

pub use canvas::{Canvas, Pen};
pub use field::{Field, field};
pub use path::path;
