//! Mail that waits: it goes out by itself, to whom it was written for, whatever becomes of the next report; or is dead, and operators
//! know.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use farol::ledger::{Delivery, Ledger, SlotState, State};
use mail_parser::MessageParser;

use crate::clockwork::wait_for;
use crate::fault_server::{Answer, FaultServer, Phase, Protection};
use crate::home::Home;

const SEND: [&str; 2] = ["run", "--send"];

/// A server that puts somebody off for as long as it is told to.
struct Greylist {
    server: FaultServer,
    is_on: Arc<AtomicBool>,
}

impl Greylist {
    fn of(who: &'static str) -> Self {
        let is_on = Arc::new(AtomicBool::new(true));
        let on = Arc::clone(&is_on);
        let server = FaultServer::start(Protection::None, move |phase, command| {
            let is_theirs = phase == Phase::Recipient && command.contains(who);
            if is_theirs && on.load(Ordering::SeqCst) { Answer::say("451 4.3.0 come again\r\n") } else { Answer::Good }
        });
        Self { server, is_on }
    }

    fn end(&self) {
        self.is_on.store(false, Ordering::SeqCst);
    }
}

/// A home whose mail goes to a server, with these readers of its report.
fn home(port: u16, readers: &str) -> Home {
    let home = Home::tiny();
    let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
    home.edit("config/farol.yaml", "data:\n", "segments: [plan]\ndata:\n");
    home.edit("config/reports.yaml", "{ to: \"head@example.com\" }", readers);
    home
}

fn ledger(home: &Home) -> Ledger {
    Ledger::open(&home.path("state")).unwrap()
}

/// The mails of the report, in the order in which they were recorded.
fn mails(home: &Home) -> Vec<Delivery> {
    let all = ledger(home).all_deliveries().unwrap();
    all.into_iter().filter(|mail| mail.report == "monthly").collect()
}

fn states(home: &Home) -> Vec<State> {
    mails(home).iter().map(|mail| mail.state).collect()
}

/// Kinds of the troubles that are not over.
fn kinds(home: &Home) -> Vec<String> {
    ledger(home).open_incidents().unwrap().into_iter().map(|incident| incident.kind).collect()
}

/// The text of a mail as the ledger keeps it.
fn text(home: &Home, mail: &Delivery) -> String {
    let bytes = ledger(home).message(&mail.message).unwrap();
    let message = MessageParser::default().parse(&bytes).unwrap();
    format!("{}\n{}", message.subject().unwrap(), message.body_text(0).unwrap())
}

/// Another part of the customers, no right to names any more: what waits is written anew, by nothing else is it sent.
#[test]
fn what_its_reader_may_no_longer_see_never_leaves() {
    let greylist = Greylist::of("@example.com");
    let readers = "{ to: eve@example.com, only: { plan: S } }, { to: bob@example.com, names: true }";
    let home = home(greylist.server.port, readers);
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    assert!(text(&home, &mails(&home)[0]).contains("Plan: S"), "{}", text(&home, &mails(&home)[0]));
    home.edit("config/reports.yaml", "plan: S", "plan: E");
    home.edit("config/reports.yaml", ", names: true", "");
    greylist.end();
    let refused = home.at("2026-11-05 10:05:00", &["outbox", "retry", "1"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("written for another part"), "{}", refused.stderr);
    let held = home.at("2026-11-05 10:05:00", &["outbox", "deliver"]);
    assert_eq!(held.stderr.matches("warning[mail-outdated]").count(), 2, "{}", held.stderr);
    assert!(held.stderr.contains("farol run --report monthly --period 2026-10 --send writes it"), "{}", held.stderr);
    assert_eq!(states(&home), [State::Deferred, State::Deferred]);
    assert!(greylist.server.body().is_empty());

    let ended = home.at("2026-11-05 10:06:00", &SEND);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(states(&home), [State::Discarded, State::Discarded, State::Sent, State::Sent]);
    let written = mails(&home);
    assert_eq!(written[2].revision, 1);
    assert!(written.iter().all(|mail| written.iter().filter(|other| other.message_id == mail.message_id).count() == 1));
    let anew = text(&home, &written[2]);
    assert!(anew.contains("Plan: E") && !anew.contains("Plan: S"), "{anew}");
    assert_eq!(home.at("2026-11-05 10:07:00", &SEND).code, Some(0));
    assert_eq!(mails(&home).len(), 4, "and nothing twice");
    println!("D18 | mails of other rights that left, after a part and a right to names had changed | 0 of 2");
}

/// The data of the next try are broken; the bytes that wait do not mind.
#[test]
fn mail_that_waits_goes_out_before_anything_is_computed() {
    let greylist = Greylist::of("eve@");
    let home = home(greylist.server.port, "{ to: head@example.com }, { to: eve@example.com }");
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    assert_eq!(states(&home), [State::Sent, State::Deferred]);
    greylist.end();
    fs::rename(home.path("data/subscriptions.csv"), home.path("data/gone.csv")).unwrap();
    let ended = home.at("2026-11-05 10:05:00", &SEND);
    assert_eq!(ended.code, Some(66), "{}", ended.stderr);
    assert!(ended.stderr.contains("sent `monthly` 2026-10 to 1 recipient"), "{}", ended.stderr);
    assert_eq!(states(&home), [State::Sent, State::Sent]);
}

/// A run of a later period carries what waits of an earlier one.
#[test]
fn a_run_carries_what_waits_of_other_periods_of_its_report() {
    let greylist = Greylist::of("eve@");
    let home = home(greylist.server.port, "{ to: head@example.com }, { to: eve@example.com }");
    assert_eq!(home.at("2026-11-05 10:00:00", &["run", "--send", "--period", "2026-09"]).code, Some(75));
    greylist.end();
    let ended = home.at("2026-11-05 10:05:00", &SEND);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("sent `monthly` 2026-09 to 1 recipient"), "{}", ended.stderr);
    assert!(ended.stderr.contains("sent `monthly` 2026-10 to 2 recipients"), "{}", ended.stderr);
    assert_eq!(states(&home), [State::Sent; 4]);
}

/// What dies after a later period has arrived is told to operators, and stays told until somebody decides.
#[test]
fn what_a_reader_never_gets_of_a_period_is_told_whatever_came_later() {
    let greylist = Greylist::of("eve@");
    let home = home(greylist.server.port, "{ to: head@example.com }, { to: eve@example.com }");
    assert_eq!(home.at("2026-11-05 10:00:00", &["run", "--send", "--period", "2026-09"]).code, Some(75));
    greylist.end();
    home.edit("config/reports.yaml", ", { to: eve@example.com }", "");
    assert_eq!(home.at("2026-11-05 10:05:00", &SEND).code, Some(0));
    home.edit("config/reports.yaml", "{ to: head@example.com }", "{ to: head@example.com }, { to: eve@example.com }");
    assert_eq!(home.at("2026-11-08 18:00:00", &SEND).code, Some(69), "October reaches everybody, September not");
    assert_eq!(states(&home), [State::Sent, State::Dead, State::Sent, State::Sent]);
    let open = ledger(&home).open_incidents().unwrap();
    assert!(open.iter().any(|incident| incident.cause.contains("`monthly` 2026-09")), "{open:?}");
    let told = ledger(&home).all_deliveries().unwrap();
    let told: Vec<_> = told.iter().filter(|mail| mail.recipient == "ops@example.com").map(|mail| mail.state).collect();
    assert_eq!(told.len(), 1, "{told:?}");
}

/// The slot is too late after 36 hours, its mail after 72: in between the daemon goes on, and after that it is dead. Operators are
/// told that it waits, or that it is dead, and never that the report was not made.
#[test]
fn the_daemon_tries_what_waits_until_it_has_waited_too_long() {
    let greylist = Greylist::of("@example.com");
    let home = home(greylist.server.port, "{ to: head@example.com }");
    let daemon = home.daemon("2026-11-05 10:00:01");
    wait_for("the mail is deferred", || home.path("state/farol.db").exists() && states(&home) == [State::Deferred]);
    home.set_clock("2026-11-07 00:00:00");
    let slot = || home.slots().first().map(|slot| (slot.state, slot.exit));
    let left = Some((SlotState::Done, Some(75)));
    wait_for("the slot is too late, and its mail is the outbox's", || slot() == left);
    wait_for("the mail is tried all the same", || mails(&home)[0].attempts > 1);
    wait_for("operators are told that it waits", || !kinds(&home).is_empty());
    assert_eq!(kinds(&home), ["mail-server"]);
    let status = home.does(&["status"]).stdout;
    let line = "`monthly` 2026-10: not run again: it is later than max_lateness allows; its mail still waits\n";
    assert!(status.contains(line) && !status.contains("slots missed in all"), "{status}");
    let metrics = home.read("farol.prom");
    assert!(metrics.contains("farol_missed_slots_total{report=\"monthly\"} 0\n"), "{metrics}");
    // Before the clock moves: it stands still afterwards, and a mail put off once more would wait for ever.
    greylist.end();
    home.set_clock("2026-11-07 02:00:00");
    wait_for("the mail is sent", || states(&home) == [State::Sent]);
    assert_eq!(daemon.stop(), Some(0));
    let log = home.read("daemon.log");
    assert!(log.contains("\"mail-tried\""), "{log}");

    let greylist = Greylist::of("head@");
    let home = self::home(greylist.server.port, "{ to: head@example.com }");
    let daemon = home.daemon("2026-11-05 10:00:01");
    wait_for("the mail is deferred", || home.path("state/farol.db").exists() && states(&home) == [State::Deferred]);
    home.set_clock("2026-11-08 11:00:00");
    wait_for("the mail is dead", || states(&home) == [State::Dead]);
    wait_for("the slot is too late", || home.slots()[0].state == SlotState::Done);
    // It writes down what it has found before it ends.
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(kinds(&home), ["undeliverable"]);
    println!("S17 | mail deferred beyond max_lateness: sent within deliver_by, else dead | 1, 1");
}

/// October's slot is too late while its mail waits: readers of November's are told that October was not made only if they will not
/// get it.
#[test]
fn the_next_report_calls_none_missing_that_is_on_its_way() {
    let greylist = Greylist::of("head@");
    let home = home(greylist.server.port, "{ to: head@example.com }");
    home.edit("config/farol.yaml", "delivery:\n", "delivery:\n  deliver_by: 2000h\n");
    let daemon = home.daemon("2026-11-05 10:00:01");
    wait_for("the mail is deferred", || home.path("state/farol.db").exists() && states(&home) == [State::Deferred]);
    home.set_clock("2026-11-07 00:00:00");
    wait_for("the slot is too late", || home.slots()[0].state == SlotState::Done);
    assert_eq!(daemon.stop(), Some(0));
    let newest = |time: &str, arguments: &[&str]| {
        home.at(time, arguments);
        text(&home, &mails(&home).pop().unwrap())
    };
    let line = "One earlier report could not be made in time: October 2026.";
    let first = newest("2026-12-05 10:00:00", &SEND).replace('\u{a0}', " ");
    assert!(first.contains("Nov 2026") && !first.contains("earlier report"), "{first}");
    assert_eq!(home.at("2026-12-05 10:05:00", &["outbox", "discard", "1", "--reason", "too old"]).code, Some(0));
    let resend = [&SEND[..], &["--resend", "--reason", "late"]].concat();
    let second = newest("2026-12-05 10:10:00", &resend).replace('\u{a0}', " ");
    assert!(second.contains(line), "{second}");
}

/// Revision 2 twice, of different data, with a restore in between: two mails, and no mail program may take them for one.
#[test]
fn a_ledger_that_was_put_back_gives_no_message_id_twice() {
    let home = Home::tiny();
    let resend = |reason: &str| home.does(&["run", "--send", "--resend", "--reason", reason]);
    home.does(&SEND);
    home.does(&["ledger", "backup", "copy.db"]);
    let mut ids = Vec::new();
    for reason in ["one", "two", "three"] {
        resend(reason);
        let newest = mails(&home).pop().unwrap();
        assert_eq!(newest.revision, 2);
        ids.push(newest.message_id);
        home.does(&["ledger", "restore", "copy.db", "--force"]);
        home.edit("data/subscriptions.csv", "A2,2025-02-15,,2", "A2,2025-02-15,,22");
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 3, "{ids:?}");
}

/// Who joins after a revision has had no first one.
#[test]
fn a_first_mail_says_nothing_of_revisions() {
    let home = Home::tiny();
    home.does(&SEND);
    home.edit(
        "config/reports.yaml",
        "{ to: \"head@example.com\" }",
        "{ to: head@example.com }, { to: new@example.com }",
    );
    home.does(&["run", "--send", "--resend", "--reason", "two late contracts"]);
    home.edit("config/reports.yaml", "{ to: new@example.com }", "{ to: new@example.com }, { to: late@example.com }");
    home.does(&SEND);
    let told: Vec<(String, bool)> = mails(&home)
        .iter()
        .map(|mail| {
            let text = text(&home, mail);
            (mail.recipient.clone(), text.contains("revision") || text.contains("two late contracts"))
        })
        .collect();
    let expected = [("head", false), ("head", true), ("new", false), ("late", false)];
    assert_eq!(told, expected.map(|(who, told)| (format!("{who}@example.com"), told)));
}

/// Two readers and a server that takes its time: who is being served is served, and nobody after them.
#[test]
fn a_run_that_is_told_to_end_finishes_the_mail_that_is_on_its_way_and_begins_no_other() {
    let (tell, told) = std::sync::mpsc::channel();
    let tell = Mutex::new(tell);
    let server = FaultServer::start(Protection::None, move |phase, _| {
        if phase == Phase::Dot {
            let _ = tell.lock().unwrap().send(());
            std::thread::sleep(std::time::Duration::from_secs(3));
        }
        Answer::Good
    });
    let home = home(server.port, "{ to: head@example.com }, { to: eve@example.com }");
    let mut command = home.command(crate::home::FAROL, &SEND);
    let run = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    told.recv().unwrap();
    crate::clockwork::send("TERM", run.id());
    let ended = crate::home::Ended::of(&run.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(75), "{}", ended.stderr);
    assert!(ended.stderr.contains("warning[stopped]: farol was told to end"), "{}", ended.stderr);
    assert_eq!(states(&home), [State::Sent, State::Pending]);
    assert_eq!(home.farol(&SEND).code, Some(0));
    assert_eq!(states(&home), [State::Sent, State::Sent]);
    println!("D16 | SIGTERM while the answer to the dot is awaited: sent, unknown, begun after it | 1, 0, 0");
}

/// A trial is tried by whoever makes it, and by nobody else; after 72 hours it is dead like any other mail, and no trouble.
#[test]
fn a_trial_that_waits_has_its_end_too() {
    let greylist = Greylist::of("me@");
    let home = home(greylist.server.port, "{ to: head@example.com }");
    let trial = [&SEND[..], &["--to", "me@example.com"]].concat();
    assert_eq!(home.at("2026-11-05 10:00:00", &trial).code, Some(75));
    let state = || ledger(&home).all_deliveries().unwrap()[0].state;
    assert_eq!(home.at("2026-11-08 09:59:00", &["outbox", "deliver"]).code, Some(0));
    assert_eq!(state(), State::Deferred);
    let ended = home.at("2026-11-08 10:01:00", &["outbox", "deliver"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended.stderr.contains(
            "dead: not delivered by 2026-11-08 10:00 UTC; the clock showed 2026-11-08 10:01 UTC; its last attempt: \
             RCPT TO: 451 4.3.0 come again"
        ),
        "{}",
        ended.stderr
    );
    assert_eq!(state(), State::Dead);
    let listed = home.at("2026-11-08 10:02:00", &["outbox", "list"]).stdout;
    assert!(listed.contains("monthly (trial)") && listed.contains("dead"), "{listed}");
    assert_eq!(ledger(&home).open_incidents().unwrap().len(), 0);
    println!("S17 | a trial that waits beyond deliver_by: dead, mails to operators | 1, 0");
}
