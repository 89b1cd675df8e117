//! Key command: runs what prints a key. Without a shell, without a terminal, with a limit of time; what it prints is
//! shown to nobody, errors included.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::llm::client::Secret;

/// A key store may ask its agent; nobody is there to type.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Bytes read of what a command prints: no key is longer.
const LONGEST: u64 = 64 * 1024;

/// The first line that a command prints.
///
/// # Errors
/// Why there is no key, in words that repeat neither output nor arguments.
pub async fn run_key_command(command: &str, patience: Duration) -> Result<Secret, String> {
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let Some(words) = words else { return Err("key_cmd has a quote that does not end".into()) };
    let name = &words[0];
    let mut child = Command::new(name)
        .args(&words[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // In a group of its own it cannot read from the terminal that the screen has.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("`{name}` of key_cmd cannot be run: {error}"))?;
    match tokio::time::timeout(patience, first_line(&mut child)).await {
        Ok(Ok((line, success))) if success => match String::from_utf8(line) {
            Ok(line) if !line.trim().is_empty() => Ok(Secret::new(&line)),
            Ok(_) => Err(format!("`{name}` of key_cmd printed nothing")),
            Err(_) => Err(format!("`{name}` of key_cmd printed something that is no text")),
        },
        Ok(Ok(_)) => Err(format!("`{name}` of key_cmd failed; run it in a terminal to see why")),
        Ok(Err(error)) => Err(format!("`{name}` of key_cmd cannot be read: {error}")),
        Err(_) => Err(format!(
            "`{name}` of key_cmd took longer than {} s; if it asks for something, unlock the key first",
            patience.as_secs_f32()
        )),
    }
}

async fn first_line(child: &mut Child) -> std::io::Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(LONGEST).read_to_end(&mut bytes).await?;
    }
    let success = child.wait().await?.success();
    let line = bytes.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    Ok((line.unwrap_or_default().to_vec(), success))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn run(command: &str) -> Result<Secret, String> {
        run_key_command(command, Duration::from_secs(20)).await
    }

    #[tokio::test]
    async fn the_first_line_is_the_key() {
        let key = run(r"printf '\n%s\nuser: ann\n' 'a key'").await.expect("a key");
        assert_eq!(key.expose(), "a key");
    }

    #[tokio::test]
    async fn no_shell_reads_the_command() {
        let key = run("echo $HOME; id").await.expect("a key");
        assert_eq!(key.expose(), "$HOME; id");
    }

    #[tokio::test]
    async fn what_goes_wrong_is_told_without_output_and_arguments() {
        for (command, part) in [
            ("sh -c 'echo hunter2; exit 3'", "failed"),
            ("/nowhere/pass hunter2", "cannot be run"),
            ("true hunter2", "nothing"),
            ("'hunter2", "quote"),
        ] {
            let error = run(command).await.expect_err(command);
            assert!(error.contains(part) && !error.contains("hunter2"), "{command}: {error}");
        }
    }

    #[tokio::test]
    async fn a_command_that_waits_is_given_up() {
        let error = run_key_command("sleep 60", Duration::from_millis(50)).await.expect_err("no key");
        assert!(error.contains("took longer"), "{error}");
    }
}
