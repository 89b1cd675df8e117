//! Widgets: what panes and overlays draw with.

mod canvas;
mod field;
mod path;
mod plot;
mod prose;

pub use canvas::{Canvas, Pen};
pub use field::{Field, field};
pub use path::{filtered_path, path};
pub use plot::{Curve, Plot, Tick, plot};
pub use prose::{parts, prose};
