//! Tests of tokens: golden cuts, and properties over arbitrary text.

use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    let mut out = Vec::new();
    each(text, &mut |token: Token<'_>| {
        out.push(if token.whole { format!("<{}>", token.term) } else { token.term.to_owned() });
    });
    out.join(" ")
}

#[test]
fn identifiers_are_cut_and_kept_whole() {
    let cases = [
        ("AlertDialog", "alert dialog <alertdialog>"),
        ("alert_dialog", "alert dialog <alertdialog>"),
        ("alert-dialog", "alert dialog <alertdialog>"),
        ("ALERT_DIALOG", "alert dialog <alertdialog>"),
        ("alertdialog", "alertdialog"),
        ("alert.dialog", "alert dialog"),
        ("HTTPServer", "http server <httpserver>"),
        ("parseURLs", "pars url <parseurl>"),
        ("__init__", "init"),
        ("utf8", "utf <utf8>"),
        ("sha256Hash", "sha 256 hash <sha256> <sha256hash>"),
        ("http2", "http <http2>"),
        ("x86_64", "86 64 <x86> <x8664>"),
        ("i18n", "18 <i18n>"),
        ("k8s", "<k8s>"),
        ("Dialogs opening.", "dialog open"),
        ("a b 1 22 x", "22"),
        ("10000000 123456", "123456"),
        ("don't", "don"),
        ("--dry-run -x", "dri run <dryrun>"),
        ("AlertDialog-test.tsx", "alert dialog <alertdialog> test <alertdialogtest> tsx"),
        ("d41d8cd98f00b204e9800998ecf8427e", ""),
        ("786d007a", ""),
        ("0xDEADBEEF 0x1f", ""),
        ("iVBORw0KGgoAAAANSUhEUgAAAAUA1x2y3z4", ""),
        ("file_", "file"),
        ("", ""),
    ];
    for (text, want) in cases {
        assert_eq!(shown(text), want, "{text:?}");
    }
}

#[test]
fn words_of_other_scripts_are_found() {
    assert_eq!(shown("Überschrift ÉCOLE"), "überschrift école");
    assert_eq!(shown("ПриветМир"), "привет мир <приветмир>");
    assert_eq!(shown("検索結果"), "検索 索結 結果");
    assert_eq!(shown("検"), "検");
    assert_eq!(shown("foo検索bar"), "foo 検索 bar");
    assert_eq!(shown("\u{202e}evil\u{7}"), "evil");
    assert_eq!(shown("😀 ok"), "ok");
}

#[test]
fn offsets_point_at_what_was_written() {
    let text = "let alertDialog_x = fooBar-baz;";
    let mut seen = Vec::new();
    each(text, &mut |token: Token<'_>| seen.push(&text[token.start..token.end]));
    assert_eq!(
        seen,
        ["let", "alert", "Dialog", "alertDialog_x", "foo", "Bar", "fooBar", "baz", "fooBar-baz"]
    );
}

#[test]
fn requests_lose_stop_words_and_openers() {
    let words = |text: &str| {
        query_terms(text).into_iter().map(|t| format!("{}*{}", t.word, t.count)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        words("Where is the dialog opened, and how does the dialog close?"),
        "dialog*2 opened*1 close*1"
    );
    assert_eq!(words("fix(dialog): focus trap"), "dialog*1 focus*1 trap*1");
    assert_eq!(words("please add the add button"), "add*1 button*1");
    assert_eq!(words("add"), "add*1");
    assert_eq!(words("where is it"), "where*1 is*1 it*1");
    let terms = query_terms("useEffect");
    assert!(terms.iter().any(|term| term.whole && &*term.term == "useeffect" && &*term.word == "useEffect"));
}

#[test]
fn stop_words_are_sorted_for_searching() {
    let list = super::query::stop_words();
    assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn stems_are_those_of_snowball_english() {
    let reference = rust_stemmers::Stemmer::create(rust_stemmers::Algorithm::English);
    let words = "judging judge judgment dialogs opening opened generously communication arsenal skies dying \
        proceed inning happily sayings yearly enjoy cries ties relational conditional rationally valenci \
        digitizer conformabli radicalli differentli vileli analogousli vietnamization predication operator \
        feudalism decisiveness hopefulness callousness formaliti sensitiviti sensibiliti triplicate formative \
        formalize electriciti electrical hopeful goodness revival allowance inference airliner gyroscopic \
        adjustable defensible irritant replacement adjustment dependent adoption homologou communism activate \
        angulariti homologous effective bowdlerize probate rate cease controll roll hopping tanned falling \
        hissing fizzed failing filing agreed feed plastered bled motoring sing conflated troubled sized \
        caresses ponies caress cats gas this kiwis apology geologi biology using used boyish toy yyy sayy \
        oed eed ing ed ly bli ogi li e ee y yy by say cry ion tion sion national nationally ative active";
    for word in words.split_whitespace() {
        let mut ours = word.to_owned();
        super::stem::stem(&mut ours);
        assert_eq!(ours, reference.stem(word), "{word}");
    }
}

proptest! {
    #[test]
    fn any_word_is_stemmed_as_by_snowball(
        stem in "[a-z]{0,7}",
        tail in "(s|es|ies|ied|ed|edly|eed|ing|ingly|ization|ational|fulness|iveness|li|bli|ogi|alli|ative|icate|ement|ion|sion|e|ll|y|able|ous|ence|enci){0,2}",
    ) {
        let word = format!("{stem}{tail}");
        let reference = rust_stemmers::Stemmer::create(rust_stemmers::Algorithm::English);
        let mut ours = word.clone();
        super::stem::stem(&mut ours);
        if word.len() > 2 {
            prop_assert_eq!(ours, reference.stem(&word).into_owned());
        } else {
            prop_assert_eq!(ours, word);
        }
    }

    #[test]
    fn terms_hold_only_letters_and_digits_and_lie_in_the_text(text in ".{0,200}") {
        each(&text, &mut |token: Token<'_>| {
            assert!(!token.term.is_empty() && token.start < token.end && token.end <= text.len());
            assert!(text.is_char_boundary(token.start) && text.is_char_boundary(token.end));
            assert!(token.term.chars().all(|c| c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)));
        });
    }

    #[test]
    fn a_whole_is_found_again_in_its_joined_form(text in "[a-zA-Z0-9_-]{1,30}") {
        let mut wholes = Vec::new();
        each(&text, &mut |token: Token<'_>| {
            if token.whole {
                let joined = text[token.start..token.end].replace(['_', '-'], "").to_lowercase();
                wholes.push((joined, token.term.to_owned()));
            }
        });
        for (joined, term) in wholes {
            prop_assert!(terms(&joined).contains(&term), "{} in {:?}", term, terms(&joined));
        }
    }

    #[test]
    fn the_ways_of_writing_an_identifier_share_the_whole(words in proptest::collection::vec("[a-z]{2,8}", 2..4)) {
        let camel: String = words.iter().flat_map(|w| [w[..1].to_uppercase(), w[1..].to_owned()]).collect();
        let forms = [words.join("_"), words.join("-"), camel, words.join("_").to_uppercase()];
        let want = terms(&forms[0]);
        for form in &forms {
            prop_assert_eq!(&terms(form), &want);
        }
        prop_assert_eq!(terms(&words.concat()), vec![want.last().cloned().unwrap_or_default()]);
    }

    #[test]
    fn text_is_the_sum_of_its_lines(lines in proptest::collection::vec("[ -~é検]{0,40}", 0..6)) {
        let whole = terms(&lines.join("\n"));
        let by_line: Vec<String> = lines.iter().flat_map(|line| terms(line)).collect();
        prop_assert_eq!(whole, by_line);
    }

    #[test]
    fn requests_never_repeat_a_term(text in ".{0,120}") {
        let found = query_terms(&text);
        let distinct: std::collections::HashSet<_> = found.iter().map(|term| term.term.clone()).collect();
        prop_assert_eq!(distinct.len(), found.len());
    }
}
