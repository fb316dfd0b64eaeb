//! What operators are told: which trouble, of whom, with which command, and when it is over.

use chrono::{DateTime, Utc};
use farol::ledger::{Delivery, Ledger, Settlement, Slot, SlotState, State};

use crate::clockwork::wait_for;
use crate::home::{Ended, Home, Letter};

const SEND: [&str; 2] = ["run", "--send"];
const DEAD: &str = "transport: { smtp: { host: localhost, port: 1, tls: none } }";
const MAILDIR: &str = "transport: { maildir: ../out/maildir }";

/// Three readers of the monthly report.
fn home() -> Home {
    let home = Home::tiny();
    home.edit(
        "config/reports.yaml",
        "{ to: \"head@example.com\" }",
        "{ to: \"head@example.com\" }, { to: \"bob@example.com\" }, { to: \"eve@example.com\" }",
    );
    home
}

/// The report of October is written for three readers on 5 November while no server is there. What then becomes of each mail is
/// settled as a server's answer would, and mail goes to the maildir from then on.
fn settled(home: &Home, settle: impl Fn(&Delivery) -> Option<Settlement>) {
    home.edit("config/farol.yaml", MAILDIR, DEAD);
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    let mut ledger = Ledger::open(&home.path("state")).unwrap();
    let now: DateTime<Utc> = "2026-11-05T10:00:30Z".parse().unwrap();
    for mail in ledger.deliveries("monthly", "2026-10").unwrap() {
        let Some(settlement) = settle(&mail) else { continue };
        ledger.begin(mail.id, now).unwrap();
        if matches!(settlement, Settlement::Unknown(_) | Settlement::Sent(_)) {
            ledger.intend(mail.id, now).unwrap();
        }
        ledger.settle(mail.id, settlement, now).unwrap();
    }
    home.edit("config/farol.yaml", DEAD, MAILDIR);
}

/// Letters to operators: subject and text, in the order of their dates.
fn told(home: &Home) -> Vec<(String, String)> {
    let letters = home.all_letters();
    let mut told: Vec<(i64, String, String)> = letters
        .iter()
        .filter(|letter| letter.to() == "ops@example.com")
        .map(|letter| {
            let text = letter.readable().into_iter().find(|(kind, _)| kind.starts_with("text/plain")).unwrap().1;
            (letter.parsed().date().unwrap().to_timestamp(), Letter::subject(letter), text.replace("\r\n", "\n"))
        })
        .collect();
    told.sort();
    told.into_iter().map(|(_, subject, text)| (subject, text)).collect()
}

/// The next period, made well, does not end the trouble of the one before.
#[test]
fn a_report_that_was_not_made_is_over_when_it_is_made() {
    let home = Home::tiny();
    home.edit("data/subscriptions.csv", "mrr", "mrr_brl");
    assert_eq!(home.at("2026-07-05 10:00:00", &SEND).code, Some(65));
    home.edit("data/subscriptions.csv", "mrr_brl", "mrr");
    assert_eq!(home.at("2026-08-05 10:00:00", &SEND).code, Some(0));
    assert_eq!(told(&home).len(), 1, "{:?}", told(&home));
    assert!(told(&home)[0].1.contains("No reader of the reports is told of this."), "{}", told(&home)[0].1);
    assert!(home.does(&["status"]).stdout.contains("`monthly` 2026-06 was not made"));
    let made = home.at("2026-08-05 10:10:00", &["run", "--send", "--period", "2026-06"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let told = told(&home);
    assert_eq!(told.len(), 2);
    assert!(told[1].0.contains("over: `monthly` 2026-06 was not made"), "{}", told[1].0);
}

/// One cause, one mail: it names everybody and the command that tries them again. Giving the mails up ends it.
#[test]
fn a_cause_is_told_once_with_everybody_whom_it_hits() {
    let home = home();
    settled(&home, |mail| {
        let queue = format!("4XyZ{}", mail.id);
        Some(Settlement::Failed(format!("RCPT TO: 550 5.7.1 <{}>: rejected {queue}", mail.recipient)))
    });
    assert_eq!(home.at("2026-11-05 10:01:00", &SEND).code, Some(69));
    let first = told(&home);
    assert_eq!(first.len(), 1, "{first:?}");
    let (subject, text) = &first[0];
    assert!(
        subject.contains("`monthly` 2026-10 did not reach 3 readers: RCPT TO: 550 5.7.1 <the reader>"),
        "{subject}"
    );
    for part in ["head@example.com (mail 1)", "eve@example.com (mail 3)", "farol outbox retry 1 2 3\n"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for (command, arguments) in [
        ("status", &["status"][..]),
        ("list", &["outbox", "list"]),
        ("json", &["run", "--send", "--log-format", "json"]),
    ] {
        let Ended { stdout, stderr, .. } = home.at("2026-11-05 10:02:00", arguments);
        let shown = stdout + &stderr;
        assert!(shown.contains("…@example.com"), "{command}: {shown}");
        for name in ["head@", "bob@", "eve@"] {
            assert!(!shown.contains(name), "{command}: {shown}");
        }
    }
    let listed = home.does(&["outbox", "list", "--addresses"]).stdout;
    assert!(listed.contains("<bob@example.com>: rejected"), "{listed}");

    let discard = |ids: &[&str]| {
        let ended =
            home.at("2026-11-05 10:05:00", &[&["outbox", "discard", "--reason", "told by phone"], ids].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    };
    discard(&["1", "2"]);
    assert_eq!(told(&home).len(), 1, "one is left");
    discard(&["3"]);
    let last = told(&home);
    assert_eq!(last.len(), 2, "{last:?}");
    assert!(last[1].0.contains(": over: "), "{}", last[1].0);
}

#[test]
fn mail_of_which_nobody_knows_is_told_by_name_and_hides_no_outage() {
    let home = home();
    home.edit("config/farol.yaml", "delivery:\n", "delivery:\n  on_unknown: hold\n");
    settled(&home, |mail| {
        let is_bob = mail.recipient.starts_with("bob");
        Some(if is_bob { Settlement::Unknown("no answer".into()) } else { Settlement::Sent("250 ok".into()) })
    });
    for time in ["2026-11-05 10:01:00", "2026-11-05 11:30:00"] {
        assert_eq!(home.at(time, &SEND).code, Some(69));
    }
    let first = told(&home);
    assert_eq!(first.len(), 1, "{first:?}");
    let (subject, text) = &first[0];
    assert!(subject.contains("`monthly` 2026-10 may or may not have reached bob@example.com: no answer"), "{subject}");
    for command in ["farol outbox retry 2\n", "farol outbox discard 2 --reason"] {
        assert!(text.contains(command), "{command}: {text}");
    }
    // A month later the server is away for two days, while that has not been decided.
    home.edit("config/farol.yaml", MAILDIR, DEAD);
    for time in ["2026-12-05 10:00:00", "2026-12-07 10:00:00"] {
        assert_eq!(home.at(time, &SEND).code, Some(75));
    }
    let ledger = Ledger::open(&home.path("state")).unwrap();
    let kinds: Vec<String> = ledger.open_incidents().unwrap().into_iter().map(|incident| incident.kind).collect();
    assert_eq!(kinds, ["unknown", "mail-server"]);
}

/// One of three has it, the others wait: that is no success yet.
#[test]
fn a_report_that_somebody_still_waits_for_is_no_success() {
    let home = home();
    settled(&home, |mail| mail.recipient.starts_with("head").then(|| Settlement::Sent("250 ok".into())));
    home.edit("config/farol.yaml", MAILDIR, DEAD);
    assert_eq!(home.at("2026-11-05 10:05:00", &SEND).code, Some(75));
    let metrics = home.read("farol.prom");
    assert!(metrics.contains("farol_sent_total 1\n"), "{metrics}");
    assert!(!metrics.contains("farol_last_success_timestamp_seconds{"), "{metrics}");
    home.edit("config/farol.yaml", DEAD, MAILDIR);
    assert_eq!(home.at("2026-11-05 11:00:00", &SEND).code, Some(0));
    let metrics = home.read("farol.prom");
    // 2026-11-05 11:00 UTC.
    assert!(metrics.contains("farol_last_success_timestamp_seconds{report=\"monthly\"} 1793876400\n"), "{metrics}");
    assert!(metrics.contains("farol_sent_total 3\n"), "operators are no readers: {metrics}");
}

/// November's slot passes while the daemon is dead. December's report is made for head@, whose only trouble is not that eve's part of
/// the customers holds nobody; January's is not made at all, and takes back nothing of what December's made up for.
#[test]
fn a_slot_whose_report_only_some_readers_can_get_is_made() {
    let home = Home::tiny();
    home.edit("config/farol.yaml", "data:\n", "segments: [plan]\ndata:\n");
    let readers = "{ to: head@example.com }, { to: eve@example.com, only: { plan: Gone } }";
    home.edit("config/reports.yaml", "{ to: \"head@example.com\" }", readers);
    let slots_after = |time: &str, count: usize| {
        let daemon = home.daemon(time);
        let has_ended = |slot: &Slot| matches!(slot.state, SlotState::Done | SlotState::Missed);
        wait_for(time, || home.slots().iter().filter(|slot| has_ended(slot)).count() == count);
        assert_eq!(daemon.stop(), Some(0));
        home.slots().pop().map(|slot| (slot.exit, slot.reason))
    };
    let in_part = Some((Some(65), "made, but not for all of its readers".to_owned()));
    assert_eq!(slots_after("2026-11-05 10:00:05", 1), in_part);
    assert_eq!(slots_after("2027-01-05 10:00:05", 3), in_part);
    let subjects = || -> Vec<String> {
        let open = Ledger::open(&home.path("state")).unwrap().open_incidents().unwrap();
        open.into_iter().map(|incident| format!("{} {}", incident.kind, incident.subject)).collect()
    };
    assert_eq!(subjects(), ["run-failed monthly 2026-10", "run-failed monthly 2026-12"]);
    let line = "  Tue 2027-01-05 07:00 `monthly` 2026-12: made, but not for all of its readers";
    let status = home.at("2027-01-05 10:05:00", &["status"]).stdout;
    assert!(status.lines().any(|shown| shown == line), "{status}");
    // 2027-01-05 10:00:05 UTC.
    let success = "farol_last_success_timestamp_seconds{report=\"monthly\"} 1799143205\n";
    let metrics = home.read("farol.prom");
    assert!(
        metrics.contains(success) && metrics.contains("farol_last_exit_code{report=\"monthly\"} 65\n"),
        "{metrics}"
    );
    assert_eq!(home.at("2027-01-05 18:00:00", &["health"]).code, Some(0));

    home.edit("data/subscriptions.csv", "mrr", "mrr_brl");
    assert_eq!(slots_after("2027-02-05 10:00:05", 4), Some((Some(65), String::new())));
    assert_eq!(subjects(), ["run-failed monthly 2026-10", "run-failed monthly 2026-12", "run-failed monthly 2027-01"]);
    let metrics = home.read("farol.prom");
    assert!(metrics.contains(success), "{metrics}");
    assert!(home.at("2027-02-05 10:05:00", &["status"]).stdout.contains("`monthly` 2027-01: ended: exit code 65"));
    home.edit("data/subscriptions.csv", "mrr_brl", "mrr");
    assert_eq!(slots_after("2027-03-05 10:00:05", 5), in_part);
    // Who has had December's has been told of November's in it, and in no later one.
    let telling: Vec<String> = home
        .letters()
        .iter()
        .filter(|letter| letter.readable().iter().any(|(_, text)| text.contains("earlier report was not made")))
        .map(|letter| letter.subject().replace('\u{a0}', " "))
        .collect();
    assert_eq!(home.letters().len(), 3);
    assert!(telling.len() == 1 && telling[0].contains("Dec 2026"), "{telling:?}");
    println!(
        "S8 | a slot that one reader's empty part lets end with 65: counted as made, its earlier misses told again | yes, 0"
    );
}

/// Without its ledger farol can record nothing, and tells operators all the same: once a day, however often it is started.
#[test]
fn operators_hear_of_a_ledger_that_is_gone_or_damaged() {
    let home = Home::tiny();
    home.does(&SEND);
    let whole = std::fs::read(home.path("state/farol.db")).unwrap();
    for day in 1..=2 {
        home.write("state/farol.db", "x".repeat(9000));
        let ended = home.farol(&SEND);
        assert_eq!(ended.code, Some(74), "{}", ended.stderr);
        assert!(ended.stderr.contains("told 1 operator by mail"), "{}", ended.stderr);
        std::fs::rename(home.path("state"), home.path("elsewhere")).unwrap();
        assert_eq!(home.farol(&SEND).code, Some(74));
        assert_eq!(home.farol(&["schedule"]).code, Some(74));
        let told = told(&home);
        assert_eq!(told.len(), day, "{told:?}");
        let (subject, text) = &told[0];
        assert!(subject.ends_with("the ledger cannot be used, and nothing is sent"), "{subject}");
        assert!(text.contains("state/farol.db") && text.contains("farol ledger restore"), "{text}");
        // Well again: what comes after is news.
        assert!(!home.path("state").exists(), "nothing stands in its way");
        std::fs::rename(home.path("elsewhere"), home.path("state")).unwrap();
        home.write("state/farol.db", &whole);
        home.does(&SEND);
    }
    assert_eq!(home.letters().len(), 1);
}

/// A month that is sent by hand before it has ended is not what its slot is for.
#[test]
fn a_period_that_was_sent_unfinished_is_sent_again_by_its_slot() {
    let home = Home::tiny();
    let early = home.at("2026-06-10 10:00:00", &["run", "--send", "--period", "2026-06"]);
    assert_eq!(early.code, Some(0), "{}", early.stderr);
    assert!(early.stderr.contains("warning[period-open]: `monthly` 2026-06 has not ended as of 2026-06-10"));
    let again = home.at("2026-06-11 10:00:00", &["run", "--send", "--period", "2026-06"]);
    assert!(again.stderr.contains("already sent to 1 recipient"), "{}", again.stderr);
    let health = home.at("2026-07-05 18:00:00", &["health"]);
    assert_eq!(health.code, Some(75), "{}{}", health.stdout, health.stderr);

    let daemon = home.daemon("2026-07-05 10:00:05");
    wait_for("the slot is done", || home.slots().iter().any(|slot| slot.exit == Some(0)));
    assert_eq!(daemon.stop(), Some(0));
    let letters = home.letters();
    assert_eq!(letters.len(), 2);
    let last = letters.iter().find(|letter| letter.subject().contains("revision 2")).unwrap();
    let said = last.readable().iter().any(|(_, text)| text.contains("Final figures: the period had not ended"));
    assert!(said, "{:?}", last.readable());
    let health = home.at("2026-07-05 18:00:00", &["health"]);
    assert_eq!(health.code, Some(0), "{}", health.stderr);
    home.at("2026-07-06 10:00:00", &SEND);
    assert_eq!(home.letters().len(), 2, "and that is all");
}

#[test]
fn what_would_be_sent_is_what_is_sent() {
    let home = home();
    let lines = |arguments: &[&str]| home.at("2026-11-05 10:00:00", arguments).stderr;
    let dry = [&SEND[..], &["--dry-run"]].concat();
    assert!(lines(&dry).contains("would send `monthly` 2026-10 to 3 recipients"));
    assert!(!home.path("state/farol.db").exists());
    lines(&SEND);
    for arguments in [&dry[..], &["backfill", "--from", "2026-10", "--to", "2026-10", "--send", "--dry-run"]] {
        let said = lines(arguments);
        assert!(!said.contains("would send") && said.contains("has come to its end for 3 recipients"), "{said}");
    }
    let resend = [&dry[..], &["--resend", "--reason", "late tickets"]].concat();
    assert!(lines(&resend).contains("would send `monthly` 2026-10 to 3 recipients"));
}

#[test]
fn what_says_nothing_or_expects_nothing_is_refused() {
    let home = Home::tiny();
    for (arguments, why) in [
        (&["run", "--send", "--resend", "--reason", ""][..], "say why"),
        (&["run", "--send", "--resend", "--reason", "  "], "say why"),
        (&["outbox", "discard", "1", "--reason", " "], "say why"),
        (&["schedule", "--next", "0"], "0 is not in 1.."),
        (&["health", "--expect", "2026-W12"], "error[no-report]"),
        (&["run", "--send", "--to", "nobody@other.example"], "`n…@other.example` is outside `allowed_domains`"),
    ] {
        let ended = home.farol(arguments);
        assert_eq!((ended.code, ended.stderr.contains(why)), (Some(2), true), "{arguments:?}: {}", ended.stderr);
    }
    home.edit("config/reports.yaml", "{ to: \"head@example.com\" }", "");
    assert_eq!(home.farol(&["health", "--expect", "2026-06"]).code, Some(2));
}

#[test]
fn a_daemon_that_stands_still_is_not_well() {
    let home = Home::tiny();
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(0));
    assert_eq!(home.at("2026-11-05 18:00:00", &["health"]).code, Some(0));
    let now = "2026-11-05T17:00:00Z".parse().unwrap();
    let what = ("the clock went back", "set the machine's clock");
    Ledger::open(&home.path("state")).unwrap().open_incident(("clock", ""), what, now).unwrap();
    let health = home.at("2026-11-05 18:00:00", &["health"]);
    assert_eq!(health.code, Some(75));
    assert_eq!(health.complaint(), "error[clock-incident]: the clock went back");
    let status = home.at("2026-11-05 18:00:00", &["status"]).stdout;
    assert!(status.contains("open incidents (America/Sao_Paulo):\n  since 2026-11-05 14:00: "), "{status}");
    assert_eq!(Ledger::open(&home.path("state")).unwrap().outbox().unwrap()[&State::Sent], 1);
}
