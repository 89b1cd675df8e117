//! Answers as `EditFormat::Tool`: no panic, and the same whatever the split.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quarry::edit::EditFormat;

fuzz_target!(|data: &[u8]| quarry_fuzz::reads_the_same(EditFormat::Tool, data));
