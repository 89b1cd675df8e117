//! Values: whether a piece of text is a secret or only looks like something beside one.
//!
//! The measures are simple on purpose, so that a miss and a false alarm can be understood: a random string changes
//! between letters, digits and cases every other byte, while names, paths and sentences are made of words.

/// How a value stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// In quotes, right beside its name.
    Quoted,
    /// In quotes, inside something else, such as an argument of a call.
    Inside,
    /// Without quotes: may be code.
    Bare,
    /// In a line such as `NAME=value`.
    Env,
}

/// What its name says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// Chosen by people: may be short and made of words.
    Password,
    /// Made by machines: random.
    Secret,
    /// Made by machines, but many tokens are none of these (of a parser, of a page).
    Token,
    /// A key of an interface.
    Key,
    /// Nothing.
    Other,
}

impl Name {
    /// The word of the replacement.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::Key => "api key",
            Self::Other => "env value",
        }
    }
}

/// Longer values are data.
const MOST: usize = 1_024;

/// Whether a value is a secret, from how it looks, how it stands there, and what its name says.
pub fn is_secret(value: &str, setting: Setting, name: Name) -> bool {
    let least = if (setting, name) == (Setting::Env, Name::Password) { 6 } else { 8 };
    let fits = (least..=MOST).contains(&value.len());
    if !fits || is_placeholder(value) || is_reference(value) || is_hash(value) {
        return false;
    }
    if value.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return false;
    }
    if value.strip_prefix("0x").is_some_and(is_hex) {
        return is_dense(value);
    }
    if is_uuid(value) {
        return matches!(name, Name::Secret | Name::Password | Name::Key);
    }
    let chosen = has_letter(value) && (has_digit(value) || has_symbol(value));
    match (name, setting) {
        (Name::Password, Setting::Quoted | Setting::Env) => chosen && !is_words(value, Numbers::Apart),
        (Name::Password, Setting::Bare) => {
            (has_symbol(value) && chosen && has_digit(value)) || is_dense(value)
        }
        (Name::Secret, Setting::Env) => chosen && !is_words(value, Numbers::Within) || is_dense(value),
        (Name::Other, _) => is_dense(value) && value.len() >= 20 && !is_hex(value) && has_both_cases(value),
        (Name::Secret | Name::Token | Name::Key, _) | (Name::Password, Setting::Inside) => is_dense(value),
    }
}

/// Stand-ins that people write where a secret goes.
const STAND_INS: [&str; 40] = [
    "changeme",
    "change_me",
    "change-me",
    "replace",
    "placeholder",
    "example",
    "sample",
    "dummy",
    "fake",
    "your",
    "my-",
    "my_",
    "insert",
    "enter",
    "todo",
    "fixme",
    "redacted",
    "hidden",
    "masked",
    "removed",
    "secret",
    "password",
    "passwd",
    "none",
    "null",
    "nil",
    "undefined",
    "true",
    "false",
    "default",
    "localhost",
    "foobar",
    "letmein",
    "not-a-",
    "not_a_",
    "notreal",
    "deadbeef",
    "lorem",
    "testing",
    "mock",
];

/// Words that are stand-ins when nothing else is there.
const WHOLE: [&str; 16] = [
    "pass",
    "pwd",
    "admin",
    "root",
    "user",
    "guest",
    "postgres",
    "mysql",
    "test",
    "secret",
    "token",
    "password1",
    "password123",
    "test1234",
    "abc123",
    "12345678",
];

/// Whether a value only stands where a secret goes: `changeme`, `xxxxxxxx`, `<your key>`, `AKIAIOSFODNN7EXAMPLE`.
pub fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = lower.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if words.is_empty() || WHOLE.contains(&words) {
        return true;
    }
    let leads = STAND_INS.iter().any(|stand_in| words.starts_with(stand_in));
    // A stand-in at the front of something random is part of a real one: `secret_8fK2...`.
    if leads && !is_dense(value) {
        return true;
    }
    is_blank(value) || ["1234567890", "abcdefgh", "0123456789"].iter().any(|row| lower.contains(row))
}

/// Whether a value is filled with one thing, or says that it is an example.
pub fn is_blank(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let mut seen = [false; 256];
    value.bytes().for_each(|byte| seen[byte as usize] = true);
    seen.iter().filter(|seen| **seen).count() < 4
        || ["xxxx", "....", "****", "----", "0000000", "example"].iter().any(|run| lower.contains(run))
}

/// Whether a value points to where the secret is instead of being it.
pub fn is_reference(value: &str) -> bool {
    const STARTS: [&str; 16] = [
        "$",
        "{",
        "<",
        "%",
        "!",
        "@",
        "&",
        "*",
        "/",
        "./",
        "../",
        "~/",
        "[redacted",
        "arn:",
        "op://",
        "vault:",
    ];
    const INSIDE: [&str; 14] = [
        "${",
        "$(",
        "{{",
        "<%",
        "%(",
        "%s",
        "{}",
        "process.env",
        "environ",
        "getenv",
        "secrets.",
        "[redacted: ",
        "://",
        "ENV[",
    ];
    STARTS.iter().any(|start| value.starts_with(start) && !is_chosen_symbol(value, start))
        || INSIDE.iter().any(|part| value.contains(part))
        || is_path(value)
}

/// `$up3rS3cret!` begins like a variable and is none: a name holds no further symbol.
fn is_chosen_symbol(value: &str, start: &str) -> bool {
    matches!(start, "$" | "!" | "@" | "*" | "&" | "%")
        && value[1..].bytes().any(|byte| b"!@#$%^&*?~".contains(&byte))
        && has_digit(value)
        && !value[1..].starts_with(['{', '('])
}

/// A path or a dotted name made of words.
fn is_path(value: &str) -> bool {
    let parts = value.split(['/', '.', ':']);
    let is_part = |part: &str| {
        part.is_empty() || is_words(part, Numbers::Within) || part.len() <= 4 && !has_digit(part)
    };
    value.contains(['/', '.', ':']) && parts.into_iter().all(is_part)
}

/// A hash that says so, as lock files have them.
fn is_hash(value: &str) -> bool {
    const STARTS: [&str; 10] =
        ["sha1-", "sha256-", "sha384-", "sha512-", "sha1:", "sha256:", "sha384:", "sha512:", "md5:", "h1:"];
    STARTS.iter().any(|start| value.starts_with(start))
}

fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_hex(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn has_letter(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_alphabetic())
}

fn has_digit(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_digit())
}

fn has_symbol(value: &str) -> bool {
    value.bytes().any(|byte| b"!@#$%^&*?~+=".contains(&byte))
}

fn has_both_cases(value: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_lowercase()) && value.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether there is a digit, or letters of both cases.
pub fn has_case_or_digit(value: &str) -> bool {
    has_digit(value) || has_both_cases(value)
}

/// Whether letters and digits or cases mix as they do in keys, and are not words with hyphens.
pub fn is_mixed(value: &str) -> bool {
    has_letter(value) && has_case_or_digit(value) && !is_words(value, Numbers::Within)
}

/// Where numbers may stand in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    /// Anywhere: `oauth2_token`.
    Within,
    /// Between separators only: `release-2024`, but not `hunter2`.
    Apart,
}

/// Whether a value is made of words, as names are: most of its letters stand in pieces that can be spoken. Pieces end at
/// separators, digits and capitals.
fn is_words(value: &str, numbers: Numbers) -> bool {
    if has_symbol(value) {
        return false;
    }
    let (mut spoken, mut letters, mut numbered) = (0, 0, false);
    for part in value.split(|c: char| !c.is_ascii_alphanumeric()) {
        numbered |= has_digit(part) && has_letter(part);
        let is_shouted = part.len() >= 2 && !part.bytes().any(|byte| byte.is_ascii_lowercase());
        for piece in part.split(|c: char| c.is_ascii_digit()).flat_map(|run| pieces(run, is_shouted)) {
            // Short ones without a vowel may be abbreviations, as in `db-url`: they speak neither for nor against.
            let is_short = piece.len() <= 3 && piece.len() == part.len();
            let can_be_spoken = is_spoken(piece);
            spoken += if can_be_spoken { piece.len() } else { 0 };
            letters += if can_be_spoken || !is_short { piece.len() } else { 0 };
        }
    }
    let is_spoken = spoken > 0 && spoken * 5 >= letters * 3;
    is_spoken && !(numbers == Numbers::Apart && numbered)
}

/// The pieces of a run of letters: at each capital, unless all of the part around it are capitals.
fn pieces(run: &str, is_shouted: bool) -> Vec<&str> {
    if is_shouted {
        return vec![run];
    }
    let capitals = run.match_indices(|c: char| c.is_ascii_uppercase()).map(|(at, _)| at);
    let starts: Vec<usize> = std::iter::once(0).chain(capitals.filter(|at| *at > 0)).collect();
    let ends = starts.iter().copied().skip(1).chain([run.len()]);
    starts.iter().zip(ends).map(|(start, end)| &run[*start..end]).filter(|piece| !piece.is_empty()).collect()
}

/// Whether a piece of letters can be spoken: it has vowels and no long row of consonants.
fn is_spoken(piece: &str) -> bool {
    let is_vowel = |byte: u8| b"aeiouy".contains(&byte.to_ascii_lowercase());
    let (mut row, mut longest, mut vowels) = (0, 0, 0);
    for byte in piece.bytes() {
        row = if is_vowel(byte) { 0 } else { row + 1 };
        longest = longest.max(row);
        vowels += usize::from(is_vowel(byte));
    }
    piece.len() >= 3 && vowels * 6 >= piece.len() && longest <= 4
}

/// What a byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    None,
    Lower,
    Upper,
    Digit,
}

impl Class {
    const fn of(byte: u8) -> Self {
        match byte {
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'0'..=b'9' => Self::Digit,
            _ => Self::None,
        }
    }
}

/// Whether a value is random: long, of many different bytes, and changing its class every few bytes.
pub fn is_dense(value: &str) -> bool {
    if value.len() < 16 || !has_letter(value) || !has_case_or_digit(value) || is_words(value, Numbers::Within)
    {
        return false;
    }
    let classes: Vec<Class> = value.bytes().map(Class::of).collect();
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    changes * 5 >= value.len() && entropy(value) >= 2.8
}

/// Shannon's entropy of the bytes, bits per byte.
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    value.bytes().for_each(|byte| counts[byte as usize] += 1);
    let total = value.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}
