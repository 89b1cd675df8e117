//! Teach: the quickest ways to get a model, for whoever has none.

use std::io::{self, Write};

use crate::config::Dirs;
use crate::text::sanitize::sanitize_bytes;

/// Prints them.
pub fn print(out: &mut impl Write, dirs: &Dirs) -> io::Result<()> {
    let config = sanitize_bytes(dirs.config_file().as_os_str().as_encoded_bytes());
    write!(
        out,
        "
No model was found. The two quickest ways to one:

  On this machine, free: start an engine, and Quarry finds it by itself.
    ollama pull qwen2.5-coder:7b        https://ollama.com/download
    or: llama-server -hf Qwen/Qwen2.5-Coder-7B-Instruct-GGUF --port 8080

  With a key: set it, and Quarry takes it from there.
    export ANTHROPIC_API_KEY=...        or OPENAI_API_KEY, GEMINI_API_KEY,
                                        OPENROUTER_API_KEY, MISTRAL_API_KEY, ...

Any other server goes into {config}:
    [backend.lab]
    base_urls = [\"http://lab.example:8000/v1\"]
    key_env = \"LAB_KEY\"

Then `quarry models` again, and `quarry models test`. Judging works without.
"
    )
}
