//! Widgets: what panes and overlays draw with.

mod canvas;
mod field;
mod path;
mod prose;

pub use canvas::{Canvas, Pen};
pub use field::{Field, field};
pub use path::{filtered_path, path};
pub use prose::{parts, prose};
