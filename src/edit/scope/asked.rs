//! Asked: what an instruction's words ask for beside code.

/// Beginnings of words that ask for a comment to be touched.
const ABOUT_COMMENTS: [&str; 20] = [
    "comment",
    "document",
    "doc",
    "docs",
    "docstring",
    "rustdoc",
    "javadoc",
    "jsdoc",
    "godoc",
    "typo",
    "spell",
    "wording",
    "licen",
    "copyright",
    "header",
    "todo",
    "fixme",
    "annotat",
    "explain",
    "describ",
];

/// Beginnings of words that ask for layout to be touched.
const ABOUT_LAYOUT: [&str; 20] = [
    "format",
    "reformat",
    "indent",
    "reindent",
    "whitespace",
    "white",
    "space",
    "spaces",
    "tabs",
    "sort",
    "order",
    "reorder",
    "blank",
    "style",
    "styl",
    "layout",
    "align",
    "wrap",
    "lint",
    "newline",
];

/// Beginnings of words that ask for names to be touched.
const ABOUT_NAMES: [&str; 4] = ["renam", "name", "naming", "call"];

/// Words that ask for a thing wherever it is.
const EVERYWHERE: [&str; 9] =
    ["all", "any", "each", "every", "everything", "everywhere", "file", "module", "throughout"];

/// What an instruction asks for beside code.
pub struct Asked {
    /// Comments may be touched.
    pub comments: bool,
    /// White space and the order of imports may be touched.
    pub layout: bool,
    /// Names may be touched.
    pub names: bool,
    /// Its words.
    pub words: Vec<String>,
}

impl Asked {
    /// Reads an instruction.
    pub fn of(instruction: &str) -> Self {
        let parts = instruction.split(|c: char| !c.is_alphanumeric() && c != '_');
        let words: Vec<String> = parts.filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let about = |beginnings: &[&str]| {
            words.iter().any(|word| {
                let word = word.to_lowercase();
                // Two letters more than these would be another word: `doc` is not `docker`.
                beginnings
                    .iter()
                    .any(|lead| word.starts_with(lead) && (lead.len() > 4 || word.len() <= lead.len() + 2))
            })
        };
        Self {
            comments: about(&ABOUT_COMMENTS),
            layout: about(&ABOUT_LAYOUT),
            names: about(&ABOUT_NAMES),
            words,
        }
    }

    /// Whether it speaks of the thing with this name and not of all there are. The first word is what is to be done.
    pub fn speaks_of(&self, name: &str) -> bool {
        let everywhere = || self.words.iter().any(|word| EVERYWHERE.contains(&&*word.to_lowercase()));
        self.words.iter().skip(1).any(|word| word == name) && !everywhere()
    }
}
