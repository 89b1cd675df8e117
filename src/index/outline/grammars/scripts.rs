//! Python, Ruby and Bash.

use super::{By, Grammar, NAME, class, function, module, value};

pub(super) static PYTHON: Grammar = Grammar {
    parser: || tree_sitter_python::LANGUAGE.into(),
    rules: &[
        class("class_definition", NAME),
        function("function_definition", NAME),
        class("type_alias_statement", By::Field("left")),
        value("assignment", By::Assigned),
        value("expression_statement", By::DocString),
    ],
    comments: &["comment"],
    bodies: &["lambda"],
    imports: &["import_statement", "import_from_statement"],
    skips: &["string", "parameters", "argument_list", "type"],
};

pub(super) static RUBY: Grammar = Grammar {
    parser: || tree_sitter_ruby::LANGUAGE.into(),
    rules: &[
        class("class", NAME),
        module("module", NAME),
        function("method", NAME),
        function("singleton_method", NAME),
        value("assignment", By::Assigned),
        value("call", By::Call),
    ],
    comments: &["comment"],
    bodies: &["lambda"],
    imports: &["call"],
    skips: &["string", "method_parameters", "regex", "heredoc_body"],
};

pub(super) static BASH: Grammar = Grammar {
    parser: || tree_sitter_bash::LANGUAGE.into(),
    rules: &[function("function_definition", NAME), value("variable_assignment", NAME)],
    comments: &["comment"],
    bodies: &[],
    imports: &["command"],
    skips: &["heredoc_body", "raw_string"],
};
