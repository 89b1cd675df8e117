//! The themes that ship inside, as text.

/// Name and text of each.
pub const ALL: [(&str, &str); 10] = [
    ("contrast-dark", include_str!("../../../themes/contrast-dark.toml")),
    ("contrast-light", include_str!("../../../themes/contrast-light.toml")),
    ("ember", include_str!("../../../themes/ember.toml")),
    ("frost", include_str!("../../../themes/frost.toml")),
    ("moss", include_str!("../../../themes/moss.toml")),
    ("paper", include_str!("../../../themes/paper.toml")),
    ("quarry-dark", include_str!("../../../themes/quarry-dark.toml")),
    ("quarry-light", include_str!("../../../themes/quarry-light.toml")),
    ("slate", include_str!("../../../themes/slate.toml")),
    ("terminal", include_str!("../../../themes/terminal.toml")),
];

/// The text of a built-in theme.
pub fn text(name: &str) -> Option<&'static str> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
