//! What messages mention.

use proptest::prelude::*;

use super::*;

fn thing(name: &str) -> Named {
    Named::Thing(name.into())
}

fn part(name: &str, first: u32, last: u32) -> Named {
    Named::Lines(name.into(), Span { first, last })
}

fn folder(name: &str) -> Named {
    Named::Folder(name.into())
}

#[test]
fn messages_name_files_lines_symbols_folders_and_what_git_has() {
    let cases: &[(&str, &[Named])] = &[
        ("what does @src/main.rs do?", &[thing("src/main.rs")]),
        ("@src/main.rs", &[thing("src/main.rs")]),
        ("see @src/main.rs.", &[thing("src/main.rs")]),
        ("see (@src/main.rs), and @Cargo.toml!", &[thing("src/main.rs"), thing("Cargo.toml")]),
        ("@src/a.rs:10-40 looks wrong", &[part("src/a.rs", 10, 40)]),
        ("@src/a.rs:10", &[part("src/a.rs", 10, 10)]),
        ("@src/a.rs:10:", &[part("src/a.rs", 10, 10)]),
        ("@src/a.rs:10:4", &[part("src/a.rs", 10, 10)]),
        ("@src/a.rs:40-10", &[part("src/a.rs", 10, 40)]),
        ("@src/a.rs#L10-L40", &[part("src/a.rs", 10, 40)]),
        ("@src/a.rs#L7", &[part("src/a.rs", 7, 7)]),
        ("@src/a.rs:10–12", &[part("src/a.rs", 10, 12)]),
        ("explain @RetryBudget and @take", &[thing("RetryBudget"), thing("take")]),
        ("@Client::send_all blocks", &[thing("Client::send_all")]),
        ("@user.login(x) fails", &[thing("user.login")]),
        ("all of @src/llm/ please", &[folder("src/llm")]),
        ("review @diff", &[Named::Git(GitText::WorkingDiff)]),
        ("write a message for @staged.", &[Named::Git(GitText::Staged)]),
        ("what did @last-commit break?", &[Named::Git(GitText::LastCommit)]),
        ("@different is no diff", &[thing("different")]),
        ("open @\"docs/old notes.md\" now", &[thing("docs/old notes.md")]),
        ("open @\"docs/old notes.md\":3-9 now", &[part("docs/old notes.md", 3, 9)]),
        ("all in @\"My Documents/\"", &[folder("My Documents")]),
        ("两个文件：@src/甲.rs 和 @b.rs", &[thing("src/甲.rs"), thing("b.rs")]),
        ("diff @a.rs,@b.rs", &[thing("a.rs"), thing("b.rs")]),
        ("**@a.rs** and \"@b.rs\"", &[thing("a.rs"), thing("b.rs")]),
        ("what is @angular/core for", &[thing("angular/core")]),
        ("@./src/a.rs", &[thing("./src/a.rs")]),
        ("@.github/workflows/ci.yml", &[thing(".github/workflows/ci.yml")]),
        ("@Cargo.toml's profile", &[thing("Cargo.toml")]),
    ];
    for (text, expected) in cases {
        let found: Vec<Named> = mentions(text).into_iter().map(|mention| mention.named).collect();
        assert_eq!(found, *expected, "{text}");
    }
}

#[test]
fn addresses_code_and_stray_signs_name_nothing() {
    for text in [
        "mail ann@example.org about it",
        "git@github.com:ann/shop.git is the remote",
        "a @ b",
        "@",
        "@@ -1,3 +1,4 @@",
        "see `@Override` there",
        "``a ` @b``",
        "```java\n@Override\npublic void run() {}\n```",
        "~~~\n@dataclass\n~~~",
        "````\n```\n@dataclass\n```\n````",
        "in node_modules/@types/node",
        "@\"never closed",
        "@\"\"",
        "user:pass@host",
    ] {
        assert_eq!(mentions(text), [], "{text}");
    }
}

#[test]
fn code_ends_where_its_fence_ends() {
    let text = "```py\n@dataclass\nclass A: ...\n```\nwhy does @a.py do that? `x` @b.py";
    let names: Vec<_> = mentions(text).iter().map(|mention| mention.name().to_owned()).collect();
    assert_eq!(names, ["a.py", "b.py"]);
}

#[test]
fn a_name_alone_on_its_line_may_be_a_decorator() {
    let alone = |text: &str| mentions(text).iter().map(|mention| mention.alone).collect::<Vec<_>>();
    assert_eq!(alone("@dataclass\nclass A:\n    x: int"), [true]);
    assert_eq!(alone("  @app.route(\"/login\")\n  def login(): pass"), [true]);
    assert_eq!(alone("explain @dataclass"), [false]);
}

#[test]
fn a_mention_covers_what_was_typed() {
    let text = "see (@\"a b.rs\":3-9), and @c.rs.";
    let typed: Vec<_> = mentions(text).into_iter().map(|mention| &text[mention.range]).collect();
    assert_eq!(typed, ["@\"a b.rs\":3-9", "@c.rs"]);
}

proptest! {
    #[test]
    fn any_text_is_read_and_ranges_are_in_order(text in "[@a-z\"'`~./:#L0-9 \n-]{0,80}|\\PC{0,60}") {
        let mut end = 0;
        for mention in mentions(&text) {
            prop_assert!(mention.range.start >= end && text[mention.range.clone()].starts_with('@'));
            end = mention.range.end;
        }
    }
}
