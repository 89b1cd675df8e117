//! Starts the real engine that `QUARRY_LLAMA_SERVER` names, with the tiny model, and ends it.

use std::env;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::gguf::tiny_model;

/// The engine's path, where there is one; says so otherwise.
pub fn engine() -> Option<PathBuf> {
    let named = env::var_os("QUARRY_LLAMA_SERVER").map(PathBuf::from);
    match &named {
        Some(_) => note("engine"),
        None => println!("skipped: QUARRY_LLAMA_SERVER names no llama-server; .ci/llama-server builds one"),
    }
    named
}

/// Leaves a line where `.ci/run` counts the tests that were not skipped.
pub fn note(what: &str) {
    if let Some(path) = env::var_os("QUARRY_TESTS_RAN") {
        let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
        // One write: tests side by side append to the same file.
        file.write_all(format!("{what}\n").as_bytes()).unwrap();
    }
}

/// A running engine; ends when dropped.
pub struct Engine {
    child: Child,
    port: u16,
}

impl Engine {
    /// Starts it with `slots` slots of `window` tokens each.
    pub fn start(binary: &PathBuf, slots: u32, window: u32) -> Self {
        // One thread: engines' threads spin, and with few cores they spin against each other.
        let mut child = Command::new(binary)
            .arg("-m")
            .arg(tiny_model())
            .args(["--alias", "tiny", "--host", "127.0.0.1", "--port", "0", "-t", "1", "-tb", "1"])
            .args(["--no-webui", "--slots", "--metrics", "--seed", "1"])
            .args(["-np", &slots.to_string(), "-c", &(slots * window).to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", binary.display()));
        let log = BufReader::new(child.stderr.take().unwrap());
        let (found, port) = mpsc::channel();
        thread::spawn(move || {
            let mut said = Vec::new();
            // Read to the end: an engine whose pipe is full stands still.
            for line in log.lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("listening on http://127.0.0.1:") {
                    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                    let _ = found.send(Ok(digits.parse().unwrap()));
                }
                said.push(line);
            }
            let _ = found.send(Err(said.join("\n")));
        });
        match port.recv_timeout(Duration::from_mins(1)) {
            Ok(Ok(port)) => Self { child, port },
            Ok(Err(said)) => panic!("the engine ended:\n{said}"),
            Err(_) => {
                let _ = child.kill();
                panic!("the engine did not listen within a minute")
            }
        }
    }

    /// `http://127.0.0.1:PORT` and this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
