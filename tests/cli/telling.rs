//! Mail to operators: a mail server that hangs holds nothing that is due, and SIGTERM lets the mail that is on its way come to its end.

use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};

use farol::ledger::SlotState::Done;
use farol::ledger::{Ledger, State};

use crate::clockwork::{send, wait_for};
use crate::fault_server::{Answer, FaultServer, Phase, Protection};
use crate::home::{Ended, FAROL, Home};
use crate::term::silent_at;

/// The server says nothing, or takes the whole mail and then says nothing; a report that nobody receives is due meanwhile.
#[test]
fn a_mail_server_that_hangs_holds_no_slot_and_not_the_daemons_end() {
    let (mut slowest_slot, mut slowest_end) = (Duration::ZERO, Duration::ZERO);
    for phase in ["greeting", "dot"] {
        let home = Home::tiny();
        let (port, told) = silent_at(phase);
        let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
        home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
        home.write("config/reports.yaml", "monthly: { kpis: [mrr_closing], recipients: [] }\n");
        let daemon = home.daemon("2026-11-05 09:00:00");
        wait_for("the daemon is up", || home.read("daemon.log").contains("\"scheduling\""));
        let good = home.read("config/farol.yaml");
        home.write("config/farol.yaml", good.replace("cron:", "crom:"));
        daemon.signal("HUP");
        // Operators are being written to.
        told.recv().unwrap();
        home.write("config/farol.yaml", &good);
        home.set_clock("2026-11-05 10:00:01");
        daemon.signal("HUP");
        let start = Instant::now();
        wait_for("the slot", || home.fates() == [("11-05".to_owned(), Done, Some(0))]);
        slowest_slot = slowest_slot.max(start.elapsed());
        let start = Instant::now();
        assert_eq!(daemon.stop(), Some(0), "{}", home.read("daemon.log"));
        slowest_end = slowest_end.max(start.elapsed());

        // The trouble is over by now: the next daemon says so in one mail, which says what it was, and the first gives way to it.
        home.edit("config/farol.yaml", &way, "transport: { maildir: ../out/maildir }");
        let daemon = home.daemon("2026-11-05 12:00:00");
        let subjects = || home.all_letters().iter().map(crate::home::Letter::subject).collect::<Vec<_>>();
        wait_for("operators are told", || subjects().len() == 1);
        assert_eq!(daemon.stop(), Some(0));
        assert!(subjects()[0].contains(": over: the configuration has faults"), "{:?}", subjects());
    }
    assert!(slowest_slot < Duration::from_mins(1), "{slowest_slot:?}");
    assert!(slowest_end < Duration::from_secs(20), "{slowest_end:?}");
    println!(
        "D1 | a server that hangs on mail to operators: seconds to a slot's end, to the daemon's | {:.0}, {:.0}",
        slowest_slot.as_secs_f64(),
        slowest_end.as_secs_f64()
    );
}

/// A home with two operators and a server that takes eight seconds to answer the dot; it tells when it has got so far.
fn slow_to_operators() -> (Home, FaultServer, mpsc::Receiver<()>) {
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let server = FaultServer::start(Protection::None, move |phase, _| {
        if phase == Phase::Dot {
            let _ = tell.lock().unwrap().send(());
            std::thread::sleep(Duration::from_secs(8));
        }
        Answer::Good
    });
    let home = Home::tiny();
    let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {}, tls: none }} }}", server.port);
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
    home.edit("config/farol.yaml", "[ops@example.com]", "[ops@example.com, night@example.com]");
    (home, server, told)
}

fn to_operators(home: &Home) -> Vec<State> {
    let mails = Ledger::open(&home.path("state")).unwrap().all_deliveries().unwrap();
    mails.into_iter().filter(|mail| mail.report == farol::ledger::OPERATORS).map(|mail| mail.state).collect()
}

/// A run whose export is not there, and the daemon whose configuration has a fault, are told to end while they write to the first of
/// two operators.
#[test]
fn mail_to_operators_that_is_on_its_way_comes_to_its_end_and_no_other_begins() {
    let (home, _server, told) = slow_to_operators();
    std::fs::remove_file(home.path("data/subscriptions.csv")).unwrap();
    let run = home.command(FAROL, &["run", "--send"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    told.recv().unwrap();
    send("TERM", run.id());
    let ended = Ended::of(&run.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(66), "{}", ended.stderr);
    assert_eq!(to_operators(&home), [State::Sent, State::Pending]);

    let (home, _server, told) = slow_to_operators();
    let daemon = home.daemon("2026-11-01 09:00:00");
    wait_for("the daemon is up", || home.read("daemon.log").contains("\"scheduling\""));
    home.edit("config/farol.yaml", "cron:", "crom:");
    daemon.signal("HUP");
    told.recv().unwrap();
    assert_eq!(daemon.stop(), Some(0), "{}", home.read("daemon.log"));
    assert_eq!(to_operators(&home), [State::Sent, State::Pending]);
    println!(
        "D16 | SIGTERM while the answer to the dot of a mail to operators is awaited, run and daemon: sent, unknown, begun after it | 2, 0, 0"
    );
}

/// A server that hangs has no more time for operators than for readers.
#[test]
fn mail_to_operators_that_hangs_is_put_off_in_time() {
    let home = Home::tiny();
    let (port, told) = silent_at("RCPT");
    let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
    std::fs::remove_file(home.path("data/subscriptions.csv")).unwrap();
    let run = home.command(FAROL, &["run", "--send"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    told.recv().unwrap();
    send("TERM", run.id());
    let start = Instant::now();
    assert_eq!(Ended::of(&run.wait_with_output().unwrap()).code, Some(66));
    let took = start.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(to_operators(&home), [State::Deferred]);
    println!("D16 | SIGTERM while a mail to operators hangs: seconds, mails in doubt | {:.0}, 0", took.as_secs_f64());
}
