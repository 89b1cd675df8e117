//! What a token of source text is, in few words.

macro_rules! syntax_roles {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// What a token of source text is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum SyntaxRole { $($(#[$doc])* $variant),+ }

        impl SyntaxRole {
            /// Every role.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The key in a theme file's `[syntax]`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

syntax_roles! {
    /// A word of the language.
    Keyword = "keyword",
    /// A function, method or macro.
    Function = "function",
    /// A type, class, trait or module.
    Type = "type",
    /// Text in quotes.
    String = "string",
    /// A number.
    Number = "number",
    /// A constant, an escape, true and false.
    Constant = "constant",
    /// A comment.
    Comment = "comment",
    /// A variable or parameter.
    Variable = "variable",
    /// An operator.
    Operator = "operator",
    /// Brackets, commas and the like.
    Punctuation = "punctuation",
    /// A tag of HTML or XML.
    Tag = "tag",
    /// An attribute, annotation or key.
    Attribute = "attribute",
    /// A heading of prose.
    Heading = "heading",
    /// A link of prose.
    Link = "link",
    /// Bold or italic prose.
    Emphasis = "emphasis",
    /// A deleted line of a diff.
    Deleted = "deleted",
    /// An inserted line of a diff.
    Inserted = "inserted",
    /// Nothing in particular.
    Plain = "plain",
}
