//! Signs of an edit in a form that is not read: whoever sees only "the answer changes nothing" learns nothing.

use crate::edit::directive::Malformed;

/// What is wrong with a line of talk, if it shows that an edit was meant.
pub fn told(at: usize, line: &str) -> Option<Malformed> {
    let why = if line.contains("&lt;&lt;&lt;&lt;&lt;") {
        "the marks of the block are escaped as HTML (`&lt;` for `<`), so its lines cannot be trusted"
    } else if line.contains("*** Begin Patch\\n") || line.contains("<<<<<<< SEARCH\\n") {
        "the edit stands in JSON or in a string, with `\\n` for line ends; send it as plain lines"
    } else if matches!(line.trim_end(), ">>>>>>> REPLACE" | "+++++++ REPLACE") {
        "a block closes here that has no <<<<<<< SEARCH line"
    } else {
        return None;
    };
    Some(Malformed { path: None, line: at, why: why.to_owned() })
}
