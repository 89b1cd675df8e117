//! Text: measuring, cutting, wrapping, cleaning and highlighting text for people. Knows no screen and no colours.

pub mod amount;
pub mod citation;
pub mod cut;
pub mod fence;
pub mod fenced;
pub mod figures;
pub mod fuzzy;
pub mod highlight;
pub mod inline;
pub mod markdown;
pub mod nearest;
pub mod sanitize;
pub mod spark;
pub mod width;
pub mod wrap;
