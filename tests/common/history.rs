//! A made-up repository whose commits read like requests.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::Home;

/// Words that part the modules of the made-up repository.
pub const SUBJECTS: [&str; 8] =
    ["budget", "router", "parser", "socket", "ledger", "theme", "snapshot", "watcher"];

/// A repository of so many commits, each of which modifies the module that its message speaks of, some test, and a changelog.
pub fn repository(commits: usize) -> Home {
    let home = Home::empty();
    home.git(&["init", "--quiet", "--initial-branch=main"]);
    let mut stream = String::new();
    for at in 0..commits {
        let subject = SUBJECTS[at % SUBJECTS.len()];
        let message = format!("Make the {subject} refuse what it cannot hold, case {at}");
        let time = 1_700_000_000 + 3_600 * at;
        write!(stream, "commit refs/heads/main\ncommitter Ann <ann@example.org> {time} +0000\n").unwrap();
        writeln!(stream, "data {}\n{message}", message.len()).unwrap();
        let mut file = |path: &str, text: String| {
            write!(stream, "M 644 inline {path}\ndata {}\n{text}\n", text.len()).unwrap();
        };
        if at == 0 {
            for subject in SUBJECTS {
                file(&format!("src/{subject}.rs"), format!("pub fn {subject}_holds() -> bool {{ true }}\n"));
                file(&format!("tests/{subject}.rs"), format!("#[test]\nfn {subject}_works() {{}}\n"));
            }
        }
        file(&format!("src/{subject}.rs"), format!("pub fn {subject}_holds() -> usize {{ {at} }}\n"));
        // Another test each time, so that few commits have the very same answer.
        let beside = SUBJECTS[(at / SUBJECTS.len()) % SUBJECTS.len()];
        file(
            &format!("tests/{beside}.rs"),
            format!("#[test]\nfn {beside}_works() {{ assert!({at} < 100); }}\n"),
        );
        file("CHANGELOG.md", format!("# Changes\n\n- {at}\n"));
        stream.push('\n');
    }
    let mut import = Command::new("git")
        .current_dir(home.tree())
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
    home.git(&["reset", "--quiet", "--hard"]);
    home
}
