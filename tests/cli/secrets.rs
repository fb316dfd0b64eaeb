//! Secrets that are not known: they stop whoever needs them, and nobody else.

use crate::home::{Ended, FAROL, Home};

/// A home with a mail server that nobody answers for, whose password systemd hands over, and a call to a monitor.
fn home() -> Home {
    let home = Home::tiny();
    let smtp = "transport: { smtp: { host: localhost, port: 1, username: u, password: credential:smtp } }";
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", smtp);
    home.write("config/farol.yaml", home.read("config/farol.yaml") + "ping: \"${PING}\"\n");
    home
}

const UNSET: &str = "[secret-unset]: `password`: credential `smtp` is not there: `CREDENTIALS_DIRECTORY` is not set";

#[test]
fn whoever_sends_nothing_needs_no_password() {
    let home = home();
    for command in [
        "status",
        "outbox list",
        "outbox retry",
        "schedule --next 2",
        "kpis",
        "run",
        "run --send --dry-run",
        "backfill --from 2026-05 --to 2026-06",
        "explain mrr_closing --period 2026-06",
    ] {
        let ended = home.farol(&command.split_whitespace().collect::<Vec<_>>());
        assert_eq!(ended.code, Some(0), "{command}: {}", ended.stderr);
        assert!(!ended.stderr.contains("secret-unset"), "{command}: {}", ended.stderr);
    }
    let checked = home.does(&["check"]);
    assert!(checked.stderr.contains(&format!("warning{UNSET}")), "{}", checked.stderr);
    assert!(checked.stderr.contains("warning[secret-unset]: `ping`"), "{}", checked.stderr);

    for command in [&["check", "--smtp"][..], &["run", "--send"], &["run", "--send", "--to", "me@example.com"]] {
        let ended = home.farol(command);
        let is_told = ended.stderr.contains(&format!("error{UNSET}"));
        assert_eq!((ended.code, is_told), (Some(78), true), "{command:?}: {}", ended.stderr);
    }
    assert!(!home.farol(&["run", "--send"]).stderr.contains("wrote out/"), "nothing is computed for nothing");
}

/// What waits can be looked at and given up without the password; only trying it needs one, and what is sent needs none.
#[test]
fn a_retry_needs_the_password_and_a_look_does_not() {
    let home = home();
    home.write("smtp", "hunter2");
    let knowing = |arguments: &[&str]| {
        let folder = home.path("");
        Ended::of(&home.command(FAROL, arguments).env("CREDENTIALS_DIRECTORY", folder).output().unwrap())
    };
    let away = knowing(&["run", "--send"]);
    assert_eq!(away.code, Some(75), "{}", away.stderr);
    assert!(away.stderr.contains("warning[ping]: `ping` could not be called: `ping`: the environment variable `PING`"));
    let retried = home.farol(&["outbox", "retry"]);
    assert_eq!((retried.code, retried.stderr.contains(UNSET)), (Some(78), true), "{}", retried.stderr);
    assert_eq!(home.farol(&["run", "--send"]).code, Some(78));
    home.does(&["outbox", "show", "1"]);
    home.does(&["outbox", "discard", "1", "--reason", "told by phone"]);
    let nothing = home.farol(&["run", "--send"]);
    assert_eq!(nothing.code, Some(0), "nothing is to be sent: {}", nothing.stderr);
}
