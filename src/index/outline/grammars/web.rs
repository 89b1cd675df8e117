//! JavaScript, TypeScript, TSX, HTML and CSS.

use super::{By, Grammar, NAME, Rule, class, function, landmark, module, value};

const SCRIPT_RULES: [Rule; 11] = [
    function("function_declaration", NAME),
    function("generator_function_declaration", NAME),
    function("method_definition", NAME),
    class("class_declaration", NAME),
    class("class", NAME),
    value("variable_declarator", By::Variable("name")),
    value("pair", By::Variable("key")),
    value("assignment_expression", By::Variable("left")),
    value("field_definition", By::Variable("property")),
    value("public_field_definition", By::Variable("name")),
    function("function_signature", NAME),
];

const TYPED_RULES: [Rule; 22] = {
    let [a, b, c, d, e, f, g, h, i, j, k] = SCRIPT_RULES;
    [
        a,
        b,
        c,
        d,
        e,
        f,
        g,
        h,
        i,
        j,
        k,
        class("abstract_class_declaration", NAME),
        class("interface_declaration", NAME),
        class("type_alias_declaration", NAME),
        class("enum_declaration", NAME),
        module("internal_module", NAME),
        module("module", NAME),
        function("method_signature", NAME),
        function("abstract_method_signature", NAME),
        value("property_signature", NAME),
        value("enum_body", NAME),
        value("enum_assignment", NAME),
    ]
};

const BODIES: &[&str] =
    &["arrow_function", "function_expression", "generator_function", "statement_block", "class_static_block"];

const IMPORTS: &[&str] = &["import_statement", "export_statement", "call_expression"];

const SKIPS: &[&str] = &[
    "string",
    "regex",
    "formal_parameters",
    "type_annotation",
    "type_arguments",
    "type_parameters",
    "import_clause",
];

pub(super) static JAVASCRIPT: Grammar = Grammar {
    parser: || tree_sitter_javascript::LANGUAGE.into(),
    rules: &SCRIPT_RULES,
    comments: &["comment", "html_comment"],
    bodies: BODIES,
    imports: IMPORTS,
    skips: SKIPS,
};

pub(super) static TYPESCRIPT: Grammar = Grammar {
    parser: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
    rules: &TYPED_RULES,
    comments: &["comment", "html_comment"],
    bodies: BODIES,
    imports: IMPORTS,
    skips: SKIPS,
};

pub(super) static TSX: Grammar = Grammar {
    parser: || tree_sitter_typescript::LANGUAGE_TSX.into(),
    rules: &TYPED_RULES,
    comments: &["comment", "html_comment"],
    bodies: BODIES,
    imports: IMPORTS,
    skips: SKIPS,
};

pub(super) static HTML: Grammar = Grammar {
    parser: || tree_sitter_html::LANGUAGE.into(),
    rules: &[landmark("attribute", By::Attribute), landmark("element", By::Element)],
    comments: &["comment"],
    bodies: &[],
    imports: &["attribute"],
    skips: &["raw_text", "end_tag", "text"],
};

pub(super) static CSS: Grammar = Grammar {
    parser: || tree_sitter_css::LANGUAGE.into(),
    rules: &[
        landmark("class_selector", By::Selector),
        landmark("id_selector", By::Selector),
        landmark("tag_name", By::Selector),
        landmark("keyframes_name", By::Selector),
        landmark("declaration", By::Property),
    ],
    comments: &["comment", "js_comment"],
    bodies: &[],
    imports: &["import_statement"],
    skips: &[],
};
