//! Configuration: raw TOML of several layers to one checked [`Config`], with soft errors by file, line and key.
//!
//! A wrong key costs that key and nothing else. What was loaded never changes; a saved file is loaded anew.
//! Must not name services, the app or the screen: what an action or a theme is called is checked by whoever owns it.

mod checked;
mod chord;
mod default_file;
mod dirs;
pub(crate) mod document;
mod firm;
mod layer;
mod load;
mod origin;
mod replace;
mod schema;
mod tables;
#[cfg(test)]
mod tests;
pub mod trust;

pub use checked::{Config, GlyphSet, QueryConfig};
pub use chord::{Chord, Key, Mods};
pub use default_file::default_file;
pub use dirs::Dirs;
pub use load::{Overrides, Sources, guarded_keys};
pub use origin::Origin;
pub use replace::{replace_in_kind, replace_private};
pub use tables::{BackendConfig, BudgetConfig, Pick, PromptOrder, Protocol, SpendingConfig, TaskConfig};
