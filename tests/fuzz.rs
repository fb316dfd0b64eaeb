//! Every input of `tests/corpus` through the target that it is for: seeds, and what fuzzing has found (`fuzz/run`).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "the other tests' helpers are not all needed")]
#[path = "fuzz/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use targets::TARGETS;

/// What a folder holds.
fn inside(folder: &str) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn every_law_holds_for_the_whole_corpus() {
    let folders: BTreeSet<PathBuf> =
        TARGETS.iter().map(|(target, _)| PathBuf::from(format!("tests/corpus/{target}"))).collect();
    assert_eq!(inside("tests/corpus"), folders);
    let (mut inputs, mut bytes) = (0, 0);
    for (target, run) in TARGETS {
        let files = inside(&format!("tests/corpus/{target}"));
        assert!(!files.is_empty(), "{target}");
        for file in files {
            // Shown only if the target fails.
            println!("{}", file.display());
            let input = fs::read(file).unwrap();
            run(&input);
            (inputs, bytes) = (inputs + 1, bytes + input.len());
        }
    }
    println!("X15 | targets, inputs of the corpus, kB, laws broken | {}, {inputs}, {}, 0", TARGETS.len(), bytes / 1000);
}
