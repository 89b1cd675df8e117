//! English stemming (Porter2, the "Snowball English" of <https://snowballstem.org/algorithms/english/stemmer.html>).
//!
//! Written here because it runs over every word of every file: it works in place on the caller's buffer, needs neither an
//! allocation nor a cache, and gives what the `rust-stemmers` crate gives (a property test compares them).

/// Words of more letters are left as they are; the vowel mask below has one bit a letter.
const MAX_LETTERS: usize = 60;

/// Whole words with their own stem.
const EXCEPTIONS: [(&str, &str); 18] = [
    ("skis", "ski"),
    ("skies", "sky"),
    ("dying", "die"),
    ("lying", "lie"),
    ("tying", "tie"),
    ("idly", "idl"),
    ("gently", "gentl"),
    ("ugly", "ugli"),
    ("early", "earli"),
    ("only", "onli"),
    ("singly", "singl"),
    ("sky", "sky"),
    ("news", "news"),
    ("howe", "howe"),
    ("atlas", "atlas"),
    ("cosmos", "cosmos"),
    ("bias", "bias"),
    ("andes", "andes"),
];

/// Words that step 1a has to leave alone.
const INVARIANT: [&str; 8] =
    ["inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed"];

const STEP_2: [(&str, &str); 21] = [
    ("ization", "ize"),
    ("ational", "ate"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("iveness", "ive"),
    ("tional", "tion"),
    ("biliti", "ble"),
    ("lessli", "less"),
    ("entli", "ent"),
    ("ation", "ate"),
    ("alism", "al"),
    ("aliti", "al"),
    ("ousli", "ous"),
    ("iviti", "ive"),
    ("fulli", "ful"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("abli", "able"),
    ("izer", "ize"),
    ("ator", "ate"),
    ("alli", "al"),
];

const STEP_3: [(&str, &str); 8] = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("alize", "al"),
    ("icate", "ic"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];

const STEP_4: [&str; 17] = [
    "ement", "ance", "ence", "able", "ible", "ment", "ant", "ent", "ism", "ate", "iti", "ous", "ive", "ize",
    "al", "er", "ic",
];

/// Stems a word of lower-case ASCII letters in place; anything else is left as it is.
pub(super) fn stem(word: &mut String) {
    if word.len() <= 2 || word.len() > MAX_LETTERS || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return;
    }
    if let Some((_, stem)) = EXCEPTIONS.iter().find(|(from, _)| word == from) {
        word.clear();
        word.push_str(stem);
        return;
    }
    let mut word = Word::new(word);
    word.step_1a();
    if INVARIANT.contains(&word.text.as_str()) {
        return;
    }
    word.step_1b();
    word.step_1c();
    word.step_2();
    word.step_3();
    word.step_4();
    word.step_5();
}

/// A word under work: which letters are vowels (one bit each), and where the regions R1 and R2 begin.
struct Word<'a> {
    text: &'a mut String,
    vowels: u64,
    r1: usize,
    r2: usize,
}

impl<'a> Word<'a> {
    fn new(text: &'a mut String) -> Self {
        let mut vowels = 0;
        for (at, letter) in text.bytes().enumerate() {
            // A "y" at the start or after a vowel is a consonant.
            let before = at > 0 && vowels >> (at - 1) & 1 == 1;
            let vowel =
                matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u') || (letter == b'y' && at > 0 && !before);
            vowels |= u64::from(vowel) << at;
        }
        let mut word = Self { text, vowels, r1: 0, r2: 0 };
        let prefix = ["gener", "commun", "arsen"].iter().find(|prefix| word.text.starts_with(**prefix));
        word.r1 = prefix.map_or_else(|| word.region(0), |prefix| prefix.len());
        word.r2 = word.region(word.r1);
        word
    }

    /// The position after the first consonant that follows a vowel, at or after `from`.
    fn region(&self, from: usize) -> usize {
        let len = self.text.len();
        (from + 1..len).find(|at| self.vowel(at - 1) && !self.vowel(*at)).map_or(len, |at| at + 1)
    }

    fn vowel(&self, at: usize) -> bool {
        self.vowels >> at & 1 == 1
    }

    fn letter(&self, at: usize) -> u8 {
        self.text.as_bytes()[at]
    }

    fn ends(&self, suffix: &str) -> bool {
        self.text.ends_with(suffix)
    }

    /// Where a suffix of so many letters begins.
    fn before(&self, suffix: usize) -> usize {
        self.text.len() - suffix
    }

    /// Replaces the last letters.
    fn replace(&mut self, suffix: usize, by: &str) {
        let at = self.before(suffix);
        self.text.truncate(at);
        for (offset, letter) in by.bytes().enumerate() {
            let bit = 1_u64 << (at + offset);
            let vowel = matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u');
            self.vowels = if vowel { self.vowels | bit } else { self.vowels & !bit };
        }
        self.text.push_str(by);
    }

    fn has_vowel(&self, end: usize) -> bool {
        self.vowels & ((1_u64 << end) - 1) != 0
    }

    /// Whether the letters before `end` end in a short syllable.
    fn short_syllable(&self, end: usize) -> bool {
        if end == 2 {
            return self.vowel(0) && !self.vowel(1);
        }
        // A consonantal "y" counts like "w" and "x" here.
        end > 2
            && !self.vowel(end - 1)
            && !matches!(self.letter(end - 1), b'w' | b'x' | b'y')
            && self.vowel(end - 2)
            && !self.vowel(end - 3)
    }

    fn step_1a(&mut self) {
        if self.ends("sses") {
            self.replace(2, "");
        } else if self.ends("ied") || self.ends("ies") {
            let by = if self.text.len() > 4 { "i" } else { "ie" };
            self.replace(3, by);
        } else if self.ends("s") && !self.ends("us") && !self.ends("ss") {
            // Deleted when a vowel stands before it, but not right before it.
            let end = self.before(1);
            if end > 1 && self.has_vowel(end - 1) {
                self.replace(1, "");
            }
        }
    }

    fn step_1b(&mut self) {
        if let Some(suffix) = ["eedly", "eed"].iter().find(|suffix| self.ends(suffix)) {
            if self.before(suffix.len()) >= self.r1 {
                self.replace(suffix.len(), "ee");
            }
            return;
        }
        let Some(suffix) = ["ingly", "edly", "ing", "ed"].iter().find(|suffix| self.ends(suffix)) else {
            return;
        };
        if !self.has_vowel(self.before(suffix.len())) {
            return;
        }
        self.replace(suffix.len(), "");
        let len = self.text.len();
        if self.ends("at") || self.ends("bl") || self.ends("iz") {
            self.replace(0, "e");
        } else if self.ends_double() {
            self.replace(1, "");
        } else if self.r1 >= len && self.short_syllable(len) {
            self.replace(0, "e");
        }
    }

    fn ends_double(&self) -> bool {
        let len = self.text.len();
        len >= 2
            && self.letter(len - 1) == self.letter(len - 2)
            && matches!(self.letter(len - 1), b'b' | b'd' | b'f' | b'g' | b'm' | b'n' | b'p' | b'r' | b't')
    }

    fn step_1c(&mut self) {
        let last = self.text.len().saturating_sub(1);
        if last > 1 && self.letter(last) == b'y' && !self.vowel(last - 1) {
            self.replace(1, "i");
        }
    }

    fn step_2(&mut self) {
        if let Some((suffix, by)) = STEP_2.iter().find(|(suffix, _)| self.ends(suffix)) {
            self.replace_in(self.r1, suffix, by);
        } else if self.ends("bli") {
            self.replace_in(self.r1, "bli", "ble");
        } else if self.ends("ogi") {
            let at = self.before(3);
            if at > 0 && self.letter(at - 1) == b'l' {
                self.replace_in(self.r1, "ogi", "og");
            }
        } else if self.ends("li") {
            let at = self.before(2);
            let valid = at > 0 && b"cdeghkmnrt".contains(&self.letter(at - 1));
            if valid {
                self.replace_in(self.r1, "li", "");
            }
        }
    }

    fn step_3(&mut self) {
        if let Some((suffix, by)) = STEP_3.iter().find(|(suffix, _)| self.ends(suffix)) {
            self.replace_in(self.r1, suffix, by);
        } else if self.ends("ative") {
            self.replace_in(self.r1.max(self.r2), "ative", "");
        }
    }

    fn step_4(&mut self) {
        if let Some(suffix) = STEP_4.iter().find(|suffix| self.ends(suffix)) {
            self.replace_in(self.r2, suffix, "");
        } else if self.ends("ion") {
            let at = self.before(3);
            if at > 0 && matches!(self.letter(at - 1), b's' | b't') {
                self.replace_in(self.r2, "ion", "");
            }
        }
    }

    fn step_5(&mut self) {
        let last = self.text.len().saturating_sub(1);
        if self.ends("e") {
            if last >= self.r2 || (last >= self.r1 && !self.short_syllable(last)) {
                self.replace(1, "");
            }
        } else if self.ends("ll") && last >= self.r2 {
            self.replace(1, "");
        }
    }

    /// Replaces a suffix that lies in the region that begins at `region`.
    fn replace_in(&mut self, region: usize, suffix: &str, by: &str) {
        if self.before(suffix.len()) >= region {
            self.replace(suffix.len(), by);
        }
    }
}
