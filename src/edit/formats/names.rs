//! Names: which file the talk before an edit is about.

use super::path::{self, Naming};

/// Lines of talk after which a name no longer belongs to what follows.
const REACH: usize = 3;

/// The newest names in the talk, each with the lines of talk since.
#[derive(Debug, Default)]
pub struct Names {
    headed: Option<(String, usize)>,
    mentioned: Option<(String, usize)>,
    /// The last line of talk, where it is one word that may be a file's name.
    word: Option<String>,
}

impl Names {
    /// Reads a line of talk.
    pub fn talk(&mut self, line: &str) {
        if line.trim().is_empty() {
            return;
        }
        for (_, age) in self.headed.iter_mut().chain(&mut self.mentioned) {
            *age += 1;
        }
        self.word = path::word(line);
        match path::naming(line) {
            Some(Naming::Heads(name)) => self.headed = Some((name, 0)),
            Some(Naming::Mentions(name)) => self.mentioned = Some((name, 0)),
            None => {}
        }
    }

    /// Reads the info string of a fence that opens.
    pub fn info(&mut self, info: &str) {
        if let Some(name) = path::of_info(info) {
            self.headed = Some((name, 0));
        }
    }

    /// The name for what begins here, if one is near; it is used up.
    pub fn take(&mut self) -> Option<Naming> {
        let near =
            |named: Option<(String, usize)>| named.filter(|(_, age)| *age <= REACH).map(|(name, _)| name);
        let (headed, mentioned) = (near(self.headed.take()), near(self.mentioned.take()));
        headed.map(Naming::Heads).or(mentioned.map(Naming::Mentions))
    }

    /// The one word right before what begins here, for where nothing else names a file; it is used up.
    pub fn take_word(&mut self) -> Option<String> {
        self.word.take()
    }
}

impl Naming {
    /// The name itself.
    pub fn name(self) -> String {
        match self {
            Self::Heads(name) | Self::Mentions(name) => name,
        }
    }
}
