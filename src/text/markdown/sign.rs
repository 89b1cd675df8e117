//! Signs of layouts, in Unicode; who draws may put others of one cell in their place.

/// Before the entries of lists, by depth.
pub const BULLETS: [&str; 3] = ["•", "◦", "▪"];
/// Beside quotes.
pub const BAR: &str = "▎";
/// Between the columns of a table.
pub const COLUMN: &str = "│";
/// Below the head of a table, and a rule.
pub const RULE: &str = "─";
/// Where the two cross.
pub const CROSS: &str = "┼";
/// A ticked task.
pub const TICKED: &str = "✓";
