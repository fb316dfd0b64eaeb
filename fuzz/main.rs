//! libFuzzer around one of the targets of `tests/fuzz`, the one that `FAROL_FUZZ` names.

#![no_main]

#[expect(dead_code, reason = "the tests' helpers are not all needed")]
#[path = "../tests/fuzz/targets.rs"]
mod targets;

use std::env;
use std::sync::LazyLock;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    static TARGET: LazyLock<targets::Target> = LazyLock::new(|| {
        let wanted = env::var("FAROL_FUZZ").unwrap_or_default();
        targets::TARGETS.iter().find(|(name, _)| *name == wanted).expect("FAROL_FUZZ names a target").1
    });
    TARGET(input);
});
