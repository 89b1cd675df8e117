//! Blocks of code without edit marks: taken as a symbol or a file as a whole where that is certain, else refused with why.

use super::part::{self, Cited};
use super::placeholder;
use super::proposal::Change;
use super::text::Text;

/// The change that a block of code makes to a file: a new file, the whole of it, or one symbol.
///
/// # Errors
/// Why it is not certain what the block replaces.
pub fn place(
    path: &str,
    before: Option<&[u8]>,
    block: &[String],
    cited: Option<&Cited>,
) -> Result<Change, String> {
    let change = |after: Vec<u8>| Change {
        path: path.to_owned(),
        moved_to: None,
        before: before.map(<[u8]>::to_vec),
        after: Some(after),
        mode: None,
    };
    let new = Text::new_file(block, true);
    let bytes = |text: &Text| text.bytes().map_err(|error| error.to_string());
    let Some(before) = before else {
        placeholder::refuse(block, &[])?;
        return Ok(change(bytes(&new)?));
    };
    let old = Text::read(before).map_err(|error| error.to_string())?;
    placeholder::refuse(block, &old.lines)?;
    let text = part::placed(path, &old, block, cited)?;
    Ok(change(bytes(&text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "use a::A;\n\n/// Doc.\nfn one() {\n    1;\n}\n\nimpl B {\n    fn two(&self) {\n        2;\n    }\n}\n";

    fn placed(block: &str, cited: Option<&Cited>) -> Result<String, String> {
        let lines: Vec<String> = block.lines().map(str::to_owned).collect();
        let change = place("a.rs", Some(FILE.as_bytes()), &lines, cited)?;
        Ok(String::from_utf8(change.after.expect("bytes")).expect("utf-8"))
    }

    #[test]
    fn one_symbol_takes_the_place_of_its_like() {
        assert_eq!(placed("fn one() {\n    3;\n}", None), Ok(FILE.replace("1;", "3;")));
        let documented = placed("/// Other.\nfn one() {\n    1;\n}", None);
        assert_eq!(documented, Ok(FILE.replace("Doc.", "Other.")));
    }

    #[test]
    fn a_method_is_indented_as_its_place() {
        assert_eq!(placed("fn two(&self) {\n    4;\n}\n", None), Ok(FILE.replace("2;", "4;")));
    }

    #[test]
    fn a_whole_file_has_everything_that_was_defined() {
        let whole = FILE.replace("1;", "5;").replace("2;", "6;");
        assert_eq!(placed(&whole, None).as_deref(), Ok(whole.as_str()));
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        for block in
            ["    3;\n", "fn three() {}\n", "fn one() {}\nfn three() {}\n", "let x = 1;\nfn one() {}\n"]
        {
            assert!(placed(block, None).expect_err(block).contains("cannot be told"), "{block}");
        }
        assert!(
            placed("fn one() {\n    // ... existing code ...\n}", None)
                .expect_err("left out")
                .contains("left out")
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_made() {
        let change = place("n.rs", None, &["fn n() {}".to_owned()], None).expect("a change");
        assert_eq!(change.after.as_deref(), Some(&b"fn n() {}\n"[..]));
    }
}
