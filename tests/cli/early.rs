//! A report that left under a clock that was ahead, before its period had ended: it shows once the clock is right again.

use farol::ledger::Ledger;

use crate::home::{Home, Letter};

const SEND: [&str; 2] = ["run", "--send"];
const LEFT: &str = "`monthly` 2026-11 left 2026-12-05 07:00 by a clock that was ahead, before its period has ended";
const SHOWN: &str = "the period ends 2026-12-01 00:00, and after that mail the clock showed 2026-11-06 06:00";
const AGAIN: [&str; 7] = ["run", "--report", "monthly", "--period", "2026-11", "--send", "--resend"];

/// Subjects of letters to operators, in the order of their dates.
fn told(home: &Home) -> Vec<String> {
    let letters = home.all_letters();
    let to_operators = letters.iter().filter(|letter| letter.to() == "ops@example.com");
    let mut told: Vec<_> =
        to_operators.map(|letter| (letter.parsed().date().unwrap().to_timestamp(), Letter::subject(letter))).collect();
    told.sort();
    told.into_iter().map(|(_, subject)| subject).collect()
}

fn incidents(home: &Home) -> Vec<String> {
    let ledger = Ledger::open(&home.path("state")).unwrap();
    ledger.open_incidents().unwrap().into_iter().map(|incident| incident.kind).collect()
}

/// The clock is a month ahead on 5 November: it says 5 December, 10:00 UTC, which is 7:00 in São Paulo.
fn a_month_ahead() -> Home {
    let home = Home::tiny();
    assert_eq!(home.at("2026-10-05 10:00:00", &SEND).code, Some(0));
    let ahead = home.at("2026-12-05 10:00:00", &SEND);
    assert_eq!(ahead.code, Some(0), "{}", ahead.stderr);
    assert!(ahead.stderr.contains("sent `monthly` 2026-11 to 1 recipient"), "{}", ahead.stderr);
    home
}

/// Who only looks sees it; a run tells operators, once; it stays until a revision has left after the end, whatever the clock shows
/// in between.
#[test]
fn what_left_before_its_period_had_ended_is_found_once_the_clock_is_right() {
    let home = a_month_ahead();
    for (arguments, code) in [(&["status"][..], 0), (&["health"], 75), (&["check"], 0)] {
        let looked = home.at("2026-11-06 09:00:00", arguments);
        assert_eq!(looked.code, Some(code), "{arguments:?}: {}", looked.stderr);
        let said = format!("{}{}", looked.stdout, looked.stderr);
        assert!(said.contains(LEFT) && said.contains(SHOWN), "{arguments:?}: {said}");
        let command =
            "farol run --report monthly --period 2026-11 --send --resend --reason \"sent before the period had ended\"";
        assert!(said.contains(command), "{arguments:?}: {said}");
        assert!(
            said.contains(
                "if the clock of now is right: from 2026-12-01 00:00 on, when the period has ended, a numbered revision"
            ),
            "{said}"
        );
        // Alone on its line, or set apart from the words around it.
        let is_apart = |line: &str| line.trim() == command || line.contains(&format!("`{command}`; if it is wrong"));
        assert!(said.lines().any(is_apart), "{arguments:?}: {said}");
    }
    assert_eq!(told(&home), [""; 0], "whoever only looks tells nobody");
    for time in ["2026-11-06 09:00:00", "2026-11-06 10:00:00", "2026-12-02 10:00:00", "2027-01-02 10:00:00"] {
        home.at(time, &["outbox", "deliver"]);
        assert_eq!(incidents(&home), ["sent-early"], "{time}");
        assert_eq!(home.at(time, &["health"]).stderr.matches("error[sent-early]").count(), 1, "{time}");
        assert_eq!(home.at(time, &["status"]).stdout.matches(LEFT).count(), 1, "{time}");
    }
    assert_eq!(told(&home), [format!("[farol] Example Ltd: {LEFT}")]);

    let again =
        home.at("2027-01-02 11:00:00", &[&AGAIN[..], &["--reason", "sent before the period had ended"]].concat());
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert_eq!(incidents(&home), [""; 0]);
    assert_eq!(told(&home).len(), 2);
    assert!(told(&home)[1].starts_with("[farol] Example Ltd: over: `monthly` 2026-11 left "), "{:?}", told(&home));
    let looked = home.at("2027-01-02 12:00:00", &["check"]);
    assert!(!looked.stderr.contains("sent-early"), "{}", looked.stderr);
}

/// A revision before the end mends nothing; the report of the next month does, for it says which figures have changed.
#[test]
fn a_revision_that_is_early_too_mends_nothing_and_the_next_report_does() {
    let home = a_month_ahead();
    let again = home.at("2026-11-07 10:00:00", &[&AGAIN[..], &["--reason", "too soon"]].concat());
    assert_eq!(again.code, Some(0), "{}", again.stderr);
    assert!(again.stderr.contains("warning[period-open]"), "{}", again.stderr);
    assert_eq!(incidents(&home), ["sent-early"]);
    assert_eq!(home.at("2027-01-05 10:00:00", &SEND).code, Some(0));
    assert_eq!(incidents(&home), [""; 0]);
    assert_eq!(told(&home).len(), 2);
}

/// By right: on purpose before the end; by a day that the configuration takes for today; and after the end, whatever the clock.
#[test]
fn what_is_early_by_right_or_not_early_at_all_is_not_told() {
    let on_purpose = Home::tiny();
    assert_eq!(on_purpose.at("2026-11-10 10:00:00", &["run", "--send", "--period", "2026-11"]).code, Some(0));
    let by_configuration = Home::tiny();
    by_configuration.edit("config/farol.yaml", "data:\n", "as_of: 2026-12-05\ndata:\n");
    assert_eq!(by_configuration.at("2026-11-10 10:00:00", &SEND).code, Some(0));
    assert_eq!(by_configuration.letters().len(), 1, "November was sent");
    // That October had ended is in the ledger: another mail left before, on 3 November.
    let after_the_end = Home::tiny();
    assert_eq!(after_the_end.at("2026-11-03 10:00:00", &["run", "--send", "--period", "2026-09"]).code, Some(0));
    assert_eq!(after_the_end.at("2026-11-20 10:00:00", &SEND).code, Some(0));
    for home in [on_purpose, by_configuration, after_the_end] {
        for time in ["2026-11-11 10:00:00", "2026-11-12 10:00:00"] {
            home.at(time, &["outbox", "deliver"]);
            let said = home.at(time, &["health"]).stderr;
            assert!(!said.contains("sent-early"), "{said}");
            assert_eq!(incidents(&home), [""; 0]);
        }
        assert_eq!(told(&home), [""; 0]);
    }
}

/// A daemon whose clock goes back cannot know which of the two is right; whoever starts it anew has looked.
#[test]
fn a_daemon_finds_it_when_it_is_started_anew() {
    let home = Home::tiny();
    let daemon = home.daemon("2026-12-05 10:00:05");
    crate::clockwork::wait_for("the slot", || home.slots().iter().any(|slot| slot.exit == Some(0)));
    // What it does after a slot is done by then, or it would look under the clock that is set here.
    std::thread::sleep(std::time::Duration::from_secs(1));
    home.set_clock("2026-11-06 09:00:00");
    crate::clockwork::wait_for("the clock is in doubt", || incidents(&home) == ["clock"]);
    assert_eq!(daemon.stop(), Some(0));
    let doubted = home.at("2026-11-06 09:00:00", &["status"]).stdout;
    assert!(!doubted.contains("2026-11 left "), "{doubted}");
    let daemon = home.daemon("2026-11-06 09:00:10");
    let told = || told(&home).into_iter().filter(|subject| subject.contains("2026-11 left ")).count();
    crate::clockwork::wait_for("operators are told", || told() == 1);
    assert_eq!(incidents(&home), ["sent-early"]);
    assert_eq!(daemon.stop(), Some(0));
    println!(
        "S9 | mail that left under a clock a month ahead: seen by status, health, check, a command that sends and a daemon, mails to operators | 5 of 5, 1"
    );
}
