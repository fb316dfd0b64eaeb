//! What is fuzzed: each target takes any bytes and asserts what must hold for them.
//!
//! Compiled into the tests, which run the corpus, and into `fuzz`, which looks for more.

#[path = "../report/company.rs"]
mod company;
#[path = "../report/hard.rs"]
mod hard;

mod cell;
mod config;
mod cron;
mod ledger;
mod letter;
mod names;
mod page;
mod smtp;
mod table;

use std::fs;
use std::path::Path;

use farol::diagnostic::Diagnostic;

/// What takes any bytes.
pub(crate) type Target = fn(&[u8]);

/// Each target and its name.
pub(crate) const TARGETS: &[(&str, Target)] = &[
    ("cell", cell::run),
    ("config", config::run),
    ("cron", cron::run),
    ("ledger", ledger::run),
    ("letter", letter::run),
    ("names", names::run),
    ("page", page::run),
    ("smtp", smtp::run),
    ("table", table::run),
];

/// The parts of an input; what is not UTF-8 becomes U+FFFD.
fn texts<const N: usize>(bytes: &[u8], between: char) -> [String; N] {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(N, between).map(str::to_owned);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// Text that is one line, and does nothing to a terminal.
fn is_one_line(text: &str) -> bool {
    !text.contains(|c: char| c.is_control())
}

/// A fault is told on one line, with its remedy, and at a place that exists.
fn assert_told(fault: &Diagnostic, folder: &Path) {
    assert!(!fault.code.is_empty() && !fault.message.is_empty(), "{fault}");
    assert!(is_one_line(&fault.message), "{:?}", fault.message);
    assert!(fault.help.as_deref().is_none_or(is_one_line), "{:?}", fault.help);
    let place = fault.place.as_ref().unwrap_or_else(|| panic!("no place: {fault}"));
    assert!(place.file.starts_with(folder), "{fault}");
    let text = fs::read(&place.file).unwrap_or_default();
    // The end of the last line is a place too.
    let lines = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 2;
    assert!(place.line.is_none_or(|line| (1..=lines).contains(&line)), "of {lines} lines: {fault}");
    assert!(place.column.is_none_or(|column| (1..=text.len() + 1).contains(&column)), "{fault}");
}
