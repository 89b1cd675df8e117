//! `kill -9` at random moments of streaming and saving: what was printed is in the store, every conversation opens, and
//! no file is broken. `QUARRY_KILLS` sets how many, `QUARRY_SEED` which moments.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use quarry::config::Protocol;
use quarry::domain::AnswerState;
use quarry::store::Reach;
use rusqlite::Connection;
use serde_json::json;

use super::common::Home;
use super::common::answer::Answer;
use super::common::server::Server;
use super::common::shapes;
use super::talk::{self, QUESTIONS, hold, look, said};

/// Kills where `QUARRY_KILLS` says no other number; at a quarter of a second each they take 20 seconds.
const KILLS: usize = 60;

/// Kills on one store: those after the first find what the ones before left.
const ON_ONE_STORE: usize = 10;

/// Which moments, where `QUARRY_SEED` says no others.
const SEED: usize = 20_261_121;

/// Programs that are killed before their first word are killed within this time of their start.
const EARLY: Duration = Duration::from_millis(120);

/// Pieces of one answer.
const PIECES: usize = 60;

/// Programs at once; each has a store of its own.
const SIDE_BY_SIDE: usize = 3;

/// A small generator of numbers (xorshift), the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

fn number(name: &str, default: usize) -> usize {
    env::var(name).ok().map_or(default, |value| value.parse().expect(name))
}

/// A server whose answers come in pieces of several lengths, with pauses of a few milliseconds.
fn server(seed: u64) -> Server {
    let server = Server::start();
    let random = Mutex::new(Random(seed));
    let listing = json!({ "object": "list", "data": [{ "id": "m", "object": "model", "owned_by": "me" }] });
    server.always("GET /v1/models", Answer::json(200, &listing));
    server.on("POST /v1/chat/completions", move |_| {
        let mut random = random.lock().unwrap();
        let words = ["alpha ", "βήτα ", "配置 ", "line\n", "```rust\n", "👩‍💻 ", "x"];
        let pieces: Vec<String> = (0..PIECES)
            .map(|_| words[random.below(7) as usize].repeat(1 + random.below(30) as usize))
            .collect();
        let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let answer = Answer::ok().header("content-type", "text/event-stream");
        shapes::records(Protocol::OpenAi, &pieces).into_iter().fold(answer, |answer, (_, record)| {
            answer.piece(format!("data: {record}\n\n")).pause(random.below(4))
        })
    });
    server
}

/// What became of one program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    BeforeAWord,
    Streaming,
    BetweenAnswers,
    AfterTheEnd,
}

/// How a program is killed: after how long, counted from its start or from its first word.
#[derive(Clone, Copy)]
struct Moment {
    after: Duration,
    from_first_word: bool,
}

impl Moment {
    fn random(random: &mut Random, longest: Duration) -> Self {
        let from_first_word = random.below(5) > 0;
        let longest = if from_first_word { longest } else { EARLY };
        Self { after: Duration::from_micros(random.below(longest.as_micros() as u64)), from_first_word }
    }
}

/// The program that holds a conversation by the library alone; it prints to standard error, since the harness of tests
/// prints to the other.
fn talk(folder: &Path, server: &Server, name: &str) -> (Child, Box<dyn Read + Send>) {
    let mut program = Command::new(env::current_exe().unwrap())
        .args([
            "killed::a_program_prints_nothing_that_is_not_kept",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ])
        .envs([("QUARRY_TALK_IN", folder.as_os_str()), ("QUARRY_TALK_NAME", name.as_ref())])
        .env("QUARRY_TALK_TO", server.url("/v1"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pipe = program.stderr.take().unwrap();
    (program, Box::new(pipe))
}

/// `quarry ask`.
fn ask(home: &Home, name: &str) -> (Child, Box<dyn Read + Send>) {
    let mut program = home
        .quarry()
        .args(["ask", "--no-query", "--quiet", name])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pipe = program.stdout.take().unwrap();
    (program, Box::new(pipe))
}

/// Kills a program at its moment, and holds the store against what it printed.
fn kill(
    folder: &Path,
    name: &str,
    (mut program, mut pipe): (Child, Box<dyn Read + Send>),
    moment: Moment,
) -> Fate {
    let mut printed = Vec::new();
    if moment.from_first_word {
        let mut first = [0_u8; 1];
        if pipe.read(&mut first).unwrap() == 1 {
            printed.push(first[0]);
        }
    }
    let rest = thread::spawn(move || {
        let mut rest = Vec::new();
        pipe.read_to_end(&mut rest).unwrap();
        rest
    });
    thread::sleep(moment.after);
    let ended = program.try_wait().unwrap().is_some();
    program.kill().unwrap();
    program.wait().unwrap();
    printed.extend(rest.join().unwrap());
    let fate = check(folder, name, &printed);
    if ended { Fate::AfterTheEnd } else { fate }
}

/// Kills so many programs, some side by side, each ten on one store.
fn kill_all(kills: usize, seed: u64, store: impl Fn() -> Box<Killing> + Sync) -> BTreeMap<Fate, usize> {
    let fates = Mutex::new(BTreeMap::<Fate, usize>::new());
    thread::scope(|scope| {
        for lane in 0..SIDE_BY_SIDE {
            let (fates, store) = (&fates, &store);
            scope.spawn(move || {
                for at in (0..kills.div_ceil(ON_ONE_STORE)).filter(|at| at % SIDE_BY_SIDE == lane) {
                    let mut random = Random(seed ^ (at as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
                    let mut kill_in = store();
                    for kill in at * ON_ONE_STORE..kills.min((at + 1) * ON_ONE_STORE) {
                        let fate = kill_in(&format!("talk {kill}"), &mut random);
                        *fates.lock().unwrap().entry(fate).or_default() += 1;
                    }
                }
            });
        }
    });
    fates.into_inner().unwrap()
}

/// Kills one program of this name on one store.
type Killing = dyn FnMut(&str, &mut Random) -> Fate;

fn told(what: &str, kills: usize, seed: u64, fates: &BTreeMap<Fate, usize>) {
    println!("{what}: {kills} kills, seed {seed}: {fates:?}");
    assert_eq!(fates.values().sum::<usize>(), kills);
    assert!(fates.contains_key(&Fate::Streaming), "some were killed in the middle of an answer");
}

fn check(folder: &Path, name: &str, printed: &[u8]) -> Fate {
    if !folder.join("quarry.db").exists() {
        assert!(printed.is_empty(), "{name}: words were printed, and there is no store");
        return Fate::BeforeAWord;
    }
    let mut later = look(folder);
    let heads = later.list(Reach::All);
    assert_eq!(later.take_notice(), None, "{name}: the store opens");
    for head in &heads {
        let turns = later.branch(head.id);
        assert_eq!(turns.len(), later.all_turns(head.id).len(), "{name}: {} opens whole", head.title);
        assert!(!turns.is_empty() && !head.elsewhere, "{name}: {}", head.title);
        let (_, state) = said(&turns);
        let ended = state.is_none_or(|state| matches!(state, AnswerState::Interrupted | AnswerState::Done));
        assert!(ended, "{name}: {} knows that its program ended", head.title);
    }
    drop(later);
    let file = Connection::open(folder.join("quarry.db")).unwrap();
    let whole: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok", "{name}");
    file.execute("INSERT INTO turn_words (turn_words, rank) VALUES ('integrity-check', 1)", [])
        .unwrap_or_else(|error| panic!("{name}: the index of words: {error}"));
    let mut later = look(folder);
    let Some(head) = heads.iter().find(|head| &*head.title == name) else {
        assert!(printed.is_empty(), "{name}: words were printed, and there is no conversation");
        return Fate::BeforeAWord;
    };
    let turns = later.branch(head.id);
    let (kept, state) = said(&turns);
    let printed = String::from_utf8_lossy(printed);
    // A kill may cut the last character in the pipe; that is not the store's loss.
    let printed = printed.trim_end_matches('\u{fffd}');
    // What ends a printed answer on a line of its own is no word of it.
    let printed = if kept.starts_with(printed) { printed } else { printed.trim_end_matches('\n') };
    assert!(
        kept.starts_with(printed),
        "{name}: {} bytes were printed, and of {} kept bytes they are not the start",
        printed.len(),
        kept.len()
    );
    match state {
        _ if printed.is_empty() => Fate::BeforeAWord,
        Some(AnswerState::Interrupted) => Fate::Streaming,
        Some(_) | None => Fate::BetweenAnswers,
    }
}

#[test]
fn nothing_that_was_printed_is_lost_wherever_the_program_is_killed() {
    let (kills, seed) = (number("QUARRY_KILLS", KILLS), number("QUARRY_SEED", SEED) as u64);
    let server = Arc::new(server(seed));
    let fates = kill_all(kills, seed, || {
        let (folder, server) = (tempfile::tempdir().unwrap(), Arc::clone(&server));
        Box::new(move |name, random| {
            let moment = Moment::random(random, Duration::from_millis(450));
            kill(folder.path(), name, talk(folder.path(), &server, name), moment)
        })
    });
    told("three answers by the library", kills, seed, &fates);
}

#[test]
fn nothing_that_quarry_ask_printed_is_lost_wherever_it_is_killed() {
    let (kills, seed) = (number("QUARRY_KILLS", KILLS), number("QUARRY_SEED", SEED) as u64);
    let server = Arc::new(server(seed));
    let fates = kill_all(kills, seed, || {
        let home = Home::empty();
        home.write("src/a.rs", "pub fn a() {}\n");
        let url = server.url("/v1");
        let config = format!(
            "[backend.lab]\nprotocol = \"openai\"\nbase_urls = [\"{url}\"]\nmodels = [\"m\"]\n\n\
             [task.chat]\nuse = [\"lab/m\"]\n"
        );
        fs::write(home.config().join("config.toml"), config).unwrap();
        Box::new(move |name, random| {
            let moment = Moment::random(random, Duration::from_millis(200));
            kill(&home.data(), name, ask(&home, name), moment)
        })
    });
    told("quarry ask", kills, seed, &fates);
}

/// The program that is killed is this test, run with an environment that says where and with whom it talks; without one
/// it talks to a server of its own and shows that the prints are what is kept.
#[test]
fn a_program_prints_nothing_that_is_not_kept() {
    if let (Some(folder), Ok(to), Ok(name)) =
        (env::var_os("QUARRY_TALK_IN"), env::var("QUARRY_TALK_TO"), env::var("QUARRY_TALK_NAME"))
    {
        // The harness of tests prints to standard output, so that the words go to the other.
        hold(Path::new(&folder), &to, &name, &mut io::stderr());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let server = server(7);
    let mut printed = Vec::new();
    let session = hold(folder.path(), &server.url("/v1"), "alone", &mut printed);
    let turns = look(folder.path()).branch(session);
    assert_eq!(turns.len(), 2 * QUESTIONS);
    assert_eq!(said(&turns), (String::from_utf8(printed).unwrap(), Some(AnswerState::Done)));
    assert!(talk::store(folder.path()).path().unwrap().is_file());
}
