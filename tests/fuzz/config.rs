//! The four files of a configuration, between lines of `%%%`.

use std::fs;

use farol::config::load;
use farol::delivery::address::mailbox;
use farol::diagnostic::Severity;
use farol::error::Exit;
use farol::pipeline::vocabulary;
use tempfile::TempDir;

use super::assert_told;

const FILES: [&str; 4] = ["farol.yaml", "kpis.yaml", "benchmarks.yaml", "reports.yaml"];

/// The bytes before each separator, and after the last.
fn split<'a>(mut bytes: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = bytes.windows(by.len()).position(|window| window == by) {
        parts.push(&bytes[..at]);
        bytes = &bytes[at + by.len()..];
    }
    parts.push(bytes);
    parts
}

pub(super) fn run(bytes: &[u8]) {
    thread_local!(static FOLDER: TempDir = tempfile::tempdir().unwrap());
    FOLDER.with(|folder| {
        let mut parts = split(bytes, b"%%%\n").into_iter();
        for name in FILES {
            match parts.next() {
                Some(part) => fs::write(folder.path().join(name), part).unwrap(),
                None => drop(fs::remove_file(folder.path().join(name))),
            }
        }
        let environment = |name: &str| (name == "SMTP_USER").then(|| "farol".to_owned());
        match load(folder.path(), &environment, &vocabulary()) {
            Ok(loaded) => {
                for warning in &loaded.warnings {
                    assert_eq!(warning.severity, Severity::Warning);
                    assert_told(warning, folder.path());
                }
                for (id, plan) in &loaded.config.reports {
                    let is_plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
                    assert!(is_plain && !id.is_empty() && id.len() < 100, "{id:?} names a folder");
                    for recipient in &plan.recipients {
                        assert!(mailbox(&recipient.to).is_ok(), "{:?} is written to", recipient.to);
                    }
                }
            }
            Err(failure) => {
                assert_eq!(failure.exit, Exit::Config);
                assert!(failure.diagnostics.iter().any(|fault| fault.severity == Severity::Error));
                failure.diagnostics.iter().for_each(|fault| assert_told(fault, folder.path()));
            }
        }
    });
}
