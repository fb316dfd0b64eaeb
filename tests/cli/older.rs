//! An outbox that an older farol has left behind, with mail in every state, in the hands of today's.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::clockwork::letters_in;
use crate::home::Home;

/// The steps after version 2, by which an older farol brought its ledger up.
const STEPS: [&str; 2] = ["src/ledger/schema-3.sql", "src/ledger/schema-4.sql"];

fn sqlite(file: &Path, script: &str) -> String {
    let mut command = Command::new("sqlite3");
    command.arg("-bail").arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut shell = command.spawn().unwrap();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = shell.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A ledger as a version left it: a mail in each state.
fn ledger_of(version: usize, file: &Path) {
    sqlite(file, &fs::read_to_string("src/ledger/tests/version-2.sql").unwrap());
    if version == 1 {
        sqlite(file, "DROP TABLE told_to; DROP TABLE told; PRAGMA user_version = 1;");
    }
    for (number, step) in (3..=version).zip(STEPS) {
        let sql = fs::read_to_string(step).unwrap();
        let step = format!("PRAGMA foreign_keys = OFF; BEGIN;\n{sql}\nPRAGMA user_version = {number}; COMMIT;");
        sqlite(file, &step);
    }
}

/// To whom the mails in the maildir are, and how many each; the bytes are those that the old ledger held.
fn delivered(home: &Home) -> BTreeMap<String, usize> {
    let mut delivered = BTreeMap::new();
    for path in letters_in(home) {
        let letter = fs::read_to_string(path).unwrap();
        let to = letter.lines().next().unwrap().trim_start_matches("To: ").to_owned();
        // Operators are told of the mail that was refused.
        if letter.contains("Revisão 1") {
            // A maildir has the lines of the system.
            assert_eq!(letter, format!("To: {to}\n\nRevisão 1\n"));
            *delivered.entry(to).or_default() += 1;
        }
    }
    delivered
}

#[test]
fn an_outbox_of_an_older_version_goes_on_and_sends_nothing_twice() {
    let names = ["sent", "failed", "deferred", "unknown", "pending", "cut"];
    let recipients = names.map(|name| format!("{{ to: {name}@aurora.example }}")).join(", ");
    // Taken over before, refused before: neither again. Nobody knows, or the dot was about to leave: once more.
    let expected: BTreeMap<String, usize> =
        ["cut", "deferred", "pending", "unknown"].map(|name| (format!("{name}@aurora.example"), 1)).into();
    for version in 1..=4 {
        let home = Home::tiny();
        home.edit(
            "config/farol.yaml",
            "allowed_domains: [example.com]",
            "allowed_domains: [example.com, aurora.example]",
        );
        home.edit("config/farol.yaml", "report: monthly", "report: executive");
        home.write(
            "config/reports.yaml",
            format!("executive: {{ kpis: [mrr_closing], recipients: [{recipients}] }}\n"),
        );
        fs::create_dir(home.path("state")).unwrap();
        ledger_of(version, &home.path("state/farol.db"));
        for minute in 0..3 {
            let now = format!("2026-11-05 12:{minute:02}:00");
            let ended = home.at(&now, &["run", "--report", "executive", "--period", "2026-10", "--send"]);
            // One was refused for good.
            assert_eq!(ended.code, Some(69), "version {version}: {}", ended.stderr);
            assert_eq!(delivered(&home), expected, "version {version}, run {minute}: {}", ended.stderr);
        }
        let states = sqlite(
            &home.path("state/farol.db"),
            "SELECT group_concat(state || resends) FROM (SELECT * FROM deliveries WHERE id < 7 ORDER BY id);",
        );
        assert_eq!(states.trim(), "sent0,failed0,sent0,sent1,sent0,sent1", "version {version}");
        assert!(home.path(&format!("state/farol.db.version-{version}")).exists());
    }
    println!("O10 | outboxes of versions 1 to 4: went on, mails twice | 4/4, 0");
}
