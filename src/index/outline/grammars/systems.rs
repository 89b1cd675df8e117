//! Rust, Go, C and C++.

use super::{By, Grammar, NAME, class, function, module, value};

pub(super) static RUST: Grammar = Grammar {
    parser: || tree_sitter_rust::LANGUAGE.into(),
    rules: &[
        function("function_item", NAME),
        function("function_signature_item", NAME),
        function("macro_definition", NAME),
        class("struct_item", NAME),
        class("enum_item", NAME),
        class("union_item", NAME),
        class("trait_item", NAME),
        class("type_item", NAME),
        class("impl_item", By::Head),
        module("mod_item", NAME),
        value("const_item", NAME),
        value("static_item", NAME),
        value("associated_type", NAME),
        value("enum_variant", NAME),
        value("field_declaration", NAME),
    ],
    comments: &["line_comment", "block_comment"],
    bodies: &["closure_expression"],
    imports: &["use_declaration", "mod_item", "extern_crate_declaration"],
    skips: &[
        "string_literal",
        "raw_string_literal",
        "type_arguments",
        "type_parameters",
        "parameters",
        "attribute",
    ],
};

pub(super) static GO: Grammar = Grammar {
    parser: || tree_sitter_go::LANGUAGE.into(),
    rules: &[
        function("function_declaration", NAME),
        function("method_declaration", NAME),
        function("method_elem", NAME),
        class("type_spec", NAME),
        class("type_alias", NAME),
        value("const_spec", NAME),
        value("var_spec", NAME),
        value("field_declaration", NAME),
    ],
    comments: &["comment"],
    bodies: &["func_literal"],
    imports: &["import_spec"],
    skips: &["interpreted_string_literal", "raw_string_literal", "parameter_list", "type_arguments"],
};

pub(super) static C: Grammar = Grammar {
    parser: || tree_sitter_c::LANGUAGE.into(),
    rules: &[
        function("function_definition", By::Declarators),
        function("preproc_function_def", NAME),
        value("preproc_def", By::Macro),
        class("type_definition", By::Declarators),
        class("struct_specifier", NAME),
        class("union_specifier", NAME),
        class("enum_specifier", NAME),
        value("declaration", By::Declarators),
        value("field_declaration", By::Declarators),
        value("enumerator", NAME),
    ],
    comments: &["comment"],
    bodies: &[],
    imports: &["preproc_include"],
    skips: &["string_literal", "parameter_list", "argument_list", "number_literal"],
};

pub(super) static CPP: Grammar = Grammar {
    parser: || tree_sitter_cpp::LANGUAGE.into(),
    rules: &[
        function("function_definition", By::Declarators),
        function("preproc_function_def", NAME),
        value("preproc_def", By::Macro),
        class("type_definition", By::Declarators),
        class("alias_declaration", NAME),
        class("class_specifier", NAME),
        class("struct_specifier", NAME),
        class("union_specifier", NAME),
        class("enum_specifier", NAME),
        class("concept_definition", NAME),
        module("namespace_definition", NAME),
        value("declaration", By::Declarators),
        value("field_declaration", By::Declarators),
        value("enumerator", NAME),
    ],
    comments: &["comment"],
    bodies: &["lambda_expression"],
    imports: &["preproc_include"],
    skips: &["string_literal", "parameter_list", "template_argument_list", "template_parameter_list"],
};
