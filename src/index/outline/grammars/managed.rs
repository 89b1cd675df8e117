//! Java, C#, Kotlin and PHP.

use super::{By, Grammar, NAME, class, function, module, value};

pub(super) static JAVA: Grammar = Grammar {
    parser: || tree_sitter_java::LANGUAGE.into(),
    rules: &[
        class("class_declaration", NAME),
        class("interface_declaration", NAME),
        class("enum_declaration", NAME),
        class("record_declaration", NAME),
        class("annotation_type_declaration", NAME),
        function("method_declaration", NAME),
        function("constructor_declaration", NAME),
        function("annotation_type_element_declaration", NAME),
        module("module_declaration", NAME),
        value("variable_declarator", NAME),
        value("enum_constant", NAME),
    ],
    comments: &["line_comment", "block_comment"],
    bodies: &["lambda_expression", "static_initializer", "block"],
    imports: &["import_declaration"],
    skips: &["string_literal", "formal_parameters", "type_arguments", "type_parameters"],
};

pub(super) static CSHARP: Grammar = Grammar {
    parser: || tree_sitter_c_sharp::LANGUAGE.into(),
    rules: &[
        class("class_declaration", NAME),
        class("interface_declaration", NAME),
        class("struct_declaration", NAME),
        class("record_declaration", NAME),
        class("enum_declaration", NAME),
        class("delegate_declaration", NAME),
        module("namespace_declaration", NAME),
        module("file_scoped_namespace_declaration", NAME),
        function("method_declaration", NAME),
        function("constructor_declaration", NAME),
        function("local_function_statement", NAME),
        value("property_declaration", NAME),
        value("event_declaration", NAME),
        value("variable_declarator", NAME),
        value("enum_member_declaration", NAME),
    ],
    comments: &["comment"],
    bodies: &["lambda_expression", "anonymous_method_expression", "accessor_list", "global_statement"],
    imports: &["using_directive"],
    skips: &["string_literal", "parameter_list", "type_argument_list", "attribute_list"],
};

pub(super) static KOTLIN: Grammar = Grammar {
    parser: || tree_sitter_kotlin_ng::LANGUAGE.into(),
    rules: &[
        class("class_declaration", NAME),
        class("object_declaration", NAME),
        class("type_alias", By::Path(&["identifier"])),
        function("function_declaration", NAME),
        value("property_declaration", By::Path(&["variable_declaration", "identifier"])),
        value("enum_entry", By::Path(&["identifier"])),
    ],
    comments: &["line_comment", "block_comment"],
    bodies: &["lambda_literal", "anonymous_function", "anonymous_initializer", "getter", "setter"],
    imports: &["import"],
    skips: &["string_literal", "function_value_parameters", "type_arguments", "user_type"],
};

pub(super) static PHP: Grammar = Grammar {
    parser: || tree_sitter_php::LANGUAGE_PHP.into(),
    rules: &[
        class("class_declaration", NAME),
        class("interface_declaration", NAME),
        class("trait_declaration", NAME),
        class("enum_declaration", NAME),
        function("function_definition", NAME),
        function("method_declaration", NAME),
        module("namespace_definition", NAME),
        value("const_element", By::Path(&["name"])),
        value("property_element", NAME),
        value("enum_case", NAME),
    ],
    comments: &["comment"],
    bodies: &["anonymous_function", "arrow_function"],
    imports: &[
        "namespace_use_declaration",
        "include_expression",
        "include_once_expression",
        "require_expression",
        "require_once_expression",
    ],
    skips: &["string", "encapsed_string", "formal_parameters"],
};
