//! Makes a small GGUF file that real engines load: a Llama of less than a million random weights, with a vocabulary
//! learned from this repository, a `ChatML` template, and tokens for filling in the middle. The same sources give the same bytes.
//!
//! Its answers are noise but for one thing: `yes` and `no` are likely wherever it stands (see [`LEANING`]), so that what
//! reads log-probabilities finds something to read. The file format: ggml's `docs/gguf.md`, version 3.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const WIDTH: usize = 128;
const LAYERS: usize = 2;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;
const HEAD: usize = 32;
const HIDDEN: usize = 352;
const WINDOW: u32 = 8192;
const MERGES: usize = 1_200;
/// The first dimension of every embedding: it survives the layers, and the rows of `yes` and `no` look at it.
const LEANING: f32 = 4.0;
const SPECIAL: [&str; 9] = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
];
const CHATML: &str = "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}\
                      {% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

/// The file in the folder for the tests' leavings; made when it is not there.
pub fn tiny_model() -> PathBuf {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(make).clone()
}

fn make() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (bytes, path) = (model(), folder.join("tiny.gguf"));
    if fs::read(&path).is_ok_and(|known| known == bytes) {
        return path;
    }
    // Test programs run side by side: whoever reads finds a whole file.
    let mut whole = tempfile::NamedTempFile::new_in(folder).unwrap();
    std::io::Write::write_all(&mut whole, &bytes).unwrap();
    whole.persist(&path).unwrap();
    path
}

fn model() -> Vec<u8> {
    let (tokens, merges) = vocabulary();
    let id = |token: &str| tokens.iter().position(|known| known == token).unwrap() as u32;
    let mut file = Gguf::default();
    file.text("general.architecture", "llama");
    file.text("general.name", "tiny");
    file.number("general.file_type", 0);
    for (key, value) in [
        ("llama.context_length", WINDOW),
        ("llama.embedding_length", WIDTH as u32),
        ("llama.block_count", LAYERS as u32),
        ("llama.feed_forward_length", HIDDEN as u32),
        ("llama.attention.head_count", HEADS as u32),
        ("llama.attention.head_count_kv", KV_HEADS as u32),
        ("llama.attention.key_length", HEAD as u32),
        ("llama.attention.value_length", HEAD as u32),
        ("llama.rope.dimension_count", HEAD as u32),
        ("llama.vocab_size", tokens.len() as u32),
    ] {
        file.number(key, value);
    }
    file.float("llama.attention.layer_norm_rms_epsilon", 1e-6);
    file.float("llama.rope.freq_base", 10_000.0);
    file.text("tokenizer.ggml.model", "gpt2");
    file.text("tokenizer.ggml.pre", "qwen2");
    file.texts("tokenizer.ggml.tokens", &tokens);
    // 1 is a normal token, 3 a control token.
    file.types(tokens.iter().map(|token| if SPECIAL.contains(&token.as_str()) { 3 } else { 1 }));
    file.texts("tokenizer.ggml.merges", &merges);
    for (key, token) in [
        ("bos", "<|endoftext|>"),
        ("padding", "<|endoftext|>"),
        ("eos", "<|im_end|>"),
        ("eot", "<|im_end|>"),
        ("fim_pre", "<|fim_prefix|>"),
        ("fim_suf", "<|fim_suffix|>"),
        ("fim_mid", "<|fim_middle|>"),
        ("fim_pad", "<|fim_pad|>"),
        ("fim_rep", "<|repo_name|>"),
        ("fim_sep", "<|file_sep|>"),
    ] {
        file.number(&format!("tokenizer.ggml.{key}_token_id"), id(token));
    }
    file.flag("tokenizer.ggml.add_bos_token", 0);
    file.text("tokenizer.chat_template", CHATML);
    weights(&mut file, tokens.len(), &["yes", "no", "Yes", "No"].map(id));
    file.finish()
}

fn weights(file: &mut Gguf, vocabulary: usize, leaning: &[u32]) {
    let mut noise = Noise(1);
    let spread = 1.0 / (WIDTH as f32).sqrt();
    let mut embedding = noise.matrix(vocabulary, WIDTH, 1.0);
    embedding.iter_mut().step_by(WIDTH).for_each(|weight| *weight = LEANING);
    file.tensor("token_embd.weight", &[WIDTH, vocabulary], embedding);
    for layer in 0..LAYERS {
        let name = |part: &str| format!("blk.{layer}.{part}.weight");
        file.tensor(&name("attn_norm"), &[WIDTH], vec![1.0; WIDTH]);
        file.tensor(&name("ffn_norm"), &[WIDTH], vec![1.0; WIDTH]);
        for (part, rows, columns) in [
            ("attn_q", HEADS * HEAD, WIDTH),
            ("attn_k", KV_HEADS * HEAD, WIDTH),
            ("attn_v", KV_HEADS * HEAD, WIDTH),
            ("attn_output", WIDTH, HEADS * HEAD),
            ("ffn_gate", HIDDEN, WIDTH),
            ("ffn_up", HIDDEN, WIDTH),
            ("ffn_down", WIDTH, HIDDEN),
        ] {
            file.tensor(&name(part), &[columns, rows], noise.matrix(rows, columns, spread));
        }
    }
    file.tensor("output_norm.weight", &[WIDTH], vec![1.0; WIDTH]);
    let mut output = noise.matrix(vocabulary, WIDTH, 3.0 * spread);
    for token in leaning {
        output[*token as usize * WIDTH] = LEANING;
    }
    file.tensor("output.weight", &[WIDTH, vocabulary], output);
}

/// Byte-level pair encoding, learned from sources of this repository: tokens by id, and merges by rank.
fn vocabulary() -> (Vec<String>, Vec<String>) {
    let letters = byte_letters();
    let mut tokens: Vec<String> = letters.iter().map(char::to_string).collect();
    let mut words: Vec<(Vec<usize>, u64)> = counted_words()
        .into_iter()
        .map(|(word, count)| (word.bytes().map(usize::from).collect(), count))
        .collect();
    let mut merges = Vec::new();
    while merges.len() < MERGES {
        let mut pairs: HashMap<(usize, usize), u64> = HashMap::new();
        for (word, count) in &words {
            for pair in word.windows(2) {
                *pairs.entry((pair[0], pair[1])).or_default() += count;
            }
        }
        let Some((pair, _)) =
            pairs.into_iter().max_by_key(|(pair, count)| (*count, std::cmp::Reverse(*pair)))
        else {
            break;
        };
        merges.push(format!("{} {}", tokens[pair.0], tokens[pair.1]));
        tokens.push(format!("{}{}", tokens[pair.0], tokens[pair.1]));
        for (word, _) in &mut words {
            join(word, pair, tokens.len() - 1);
        }
    }
    tokens.extend(SPECIAL.map(str::to_owned));
    (tokens, merges)
}

fn join(word: &mut Vec<usize>, pair: (usize, usize), into: usize) {
    let mut at = 0;
    while at + 1 < word.len() {
        if (word[at], word[at + 1]) == pair {
            word[at] = into;
            word.remove(at + 1);
        }
        at += 1;
    }
}

/// GPT-2's letters for bytes: printable ones stand for themselves, the others for letters from U+0100 on.
fn byte_letters() -> Vec<char> {
    let mut next = 0x100;
    (0..=255_u8)
        .map(|byte| match byte {
            b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF => char::from(byte),
            _ => {
                next += 1;
                char::from_u32(next - 1).unwrap()
            }
        })
        .collect()
}

/// Words with the blank before them, as the tokenizer splits before it merges; punctuation stays single bytes.
fn counted_words() -> BTreeMap<String, u64> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut words = BTreeMap::new();
    for file in ["README.md", "LICENSE-APACHE", "src/domain/model.rs", "src/llm/error.rs", "src/llm/wire.rs"]
    {
        let text = fs::read_to_string(root.join(file)).unwrap();
        let mut word = String::new();
        for letter in text.chars() {
            if letter.is_ascii_alphabetic() {
                word.push(letter);
                continue;
            }
            if word.len() > 1 {
                *words.entry(std::mem::take(&mut word)).or_default() += 1;
            }
            word.clear();
            if letter == ' ' {
                word.push(letter);
            }
        }
    }
    for word in ["yes", "no", "Yes", "No", " yes", " no"] {
        words.insert(word.to_owned(), 10_000);
    }
    words
}

/// Normal deviates from `SplitMix64` (Steele, Lea, Flood 2014) by Box and Muller.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn matrix(&mut self, rows: usize, columns: usize, spread: f32) -> Vec<f32> {
        (0..rows * columns)
            .map(|_| {
                let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
                (radius * (std::f64::consts::TAU * self.uniform()).cos()) as f32 * spread
            })
            .collect()
    }
}

/// The file in the making: keys with values, then tensors.
#[derive(Default)]
struct Gguf {
    keys: u64,
    head: Vec<u8>,
    tensors: Vec<(String, Vec<usize>, Vec<f32>)>,
}

const U32: u32 = 4;
const I32: u32 = 5;
const F32: u32 = 6;
const BOOL: u32 = 7;
const STRING: u32 = 8;
const ARRAY: u32 = 9;
const ALIGNMENT: usize = 32;

impl Gguf {
    fn key(&mut self, key: &str, kind: u32) {
        self.keys += 1;
        put_text(&mut self.head, key);
        self.head.extend(kind.to_le_bytes());
    }

    fn text(&mut self, key: &str, value: &str) {
        self.key(key, STRING);
        put_text(&mut self.head, value);
    }

    fn number(&mut self, key: &str, value: u32) {
        self.key(key, U32);
        self.head.extend(value.to_le_bytes());
    }

    fn float(&mut self, key: &str, value: f32) {
        self.key(key, F32);
        self.head.extend(value.to_le_bytes());
    }

    fn flag(&mut self, key: &str, value: u8) {
        self.key(key, BOOL);
        self.head.push(value);
    }

    fn array(&mut self, key: &str, kind: u32, length: usize) {
        self.key(key, ARRAY);
        self.head.extend(kind.to_le_bytes());
        self.head.extend((length as u64).to_le_bytes());
    }

    fn texts(&mut self, key: &str, values: &[String]) {
        self.array(key, STRING, values.len());
        for value in values {
            put_text(&mut self.head, value);
        }
    }

    fn types(&mut self, values: impl ExactSizeIterator<Item = i32>) {
        self.array("tokenizer.ggml.token_type", I32, values.len());
        values.for_each(|value| self.head.extend(value.to_le_bytes()));
    }

    fn tensor(&mut self, name: &str, shape: &[usize], weights: Vec<f32>) {
        assert_eq!(shape.iter().product::<usize>(), weights.len(), "{name}");
        self.tensors.push((name.to_owned(), shape.to_vec(), weights));
    }

    fn finish(self) -> Vec<u8> {
        let mut out = b"GGUF".to_vec();
        out.extend(3_u32.to_le_bytes());
        out.extend((self.tensors.len() as u64).to_le_bytes());
        out.extend(self.keys.to_le_bytes());
        out.extend(self.head);
        let mut offset = 0;
        for (name, shape, weights) in &self.tensors {
            put_text(&mut out, name);
            out.extend((shape.len() as u32).to_le_bytes());
            for length in shape {
                out.extend((*length as u64).to_le_bytes());
            }
            // Type 0: 32-bit floats.
            out.extend(0_u32.to_le_bytes());
            out.extend((offset as u64).to_le_bytes());
            offset += (weights.len() * 4).next_multiple_of(ALIGNMENT);
        }
        for (_, _, weights) in &self.tensors {
            out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
            for weight in weights {
                out.extend(weight.to_le_bytes());
            }
        }
        out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
        out
    }
}

fn put_text(into: &mut Vec<u8>, text: &str) {
    into.extend((text.len() as u64).to_le_bytes());
    into.extend(text.as_bytes());
}
