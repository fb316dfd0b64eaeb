//! SIGTERM in each phase of a delivery: it is over soon, the lock is free, and what may have left is known from what cannot.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::mpsc;

use farol::ledger::{Ledger, State};

use crate::clockwork::{send, wait_for};
use crate::home::{FAROL, Home};

/// The steps of a conversation; the server stops answering at one of them.
const PHASES: [&str; 7] = ["greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot", "QUIT"];

/// A server that answers until a phase and then says nothing more; tells when it has come so far.
pub(crate) fn silent_at(phase: &'static str) -> (u16, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
            let mut step = "greeting".to_owned();
            while step != phase {
                let reply = match step.as_str() {
                    "greeting" => "220 here",
                    "DATA" => "354 go on",
                    _ => "250 ok",
                };
                connection.write_all(format!("{reply}\r\n").as_bytes()).unwrap();
                if step == "DATA" {
                    assert!(lines.any(|line| line.unwrap() == "."));
                    step = String::from("dot");
                    continue;
                }
                let Some(Ok(line)) = lines.next() else { break };
                step = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            }
            let _ = tell.send(());
            silent.push(connection);
        }
    });
    (port, told)
}

#[test]
fn a_run_that_is_told_to_end_in_any_phase_leaves_nothing_in_doubt_that_is_not() {
    let unknown_before_the_dot = std::sync::atomic::AtomicUsize::new(0);
    let in_phase = &|phase: &'static str| {
        let home = Home::tiny();
        let (port, told) = silent_at(phase);
        let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
        home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
        let mut run =
            home.command(FAROL, &["run", "--send"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        told.recv().unwrap();
        send("TERM", run.id());
        let start = std::time::Instant::now();
        let code = run.wait().unwrap().code();
        let took = start.elapsed();
        assert!(took < std::time::Duration::from_secs(40), "{phase}: {took:?}");
        // After the 250 it may be done before it hears that it should end.
        assert!(code == Some(75) || phase == "QUIT", "{phase}: {code:?}");
        // The next run finds the lock free and goes on, with a server that works.
        let mut ledger = Ledger::open(&home.path("state")).unwrap();
        let lock = farol::ledger::RunLock::acquire(&home.path("state"), chrono::DateTime::UNIX_EPOCH).unwrap();
        ledger.recover(&lock, chrono::DateTime::UNIX_EPOCH).unwrap();
        drop(lock);
        let mails = ledger.undelivered().unwrap();
        let states: Vec<State> = mails.iter().filter(|mail| mail.report == "monthly").map(|mail| mail.state).collect();
        match phase {
            // After the dot nobody can tell; after the 250 it is sent, as soon as that is recorded.
            "dot" => assert_eq!(states, [State::Unknown], "{phase}"),
            "QUIT" => assert!(states.is_empty() || states == [State::Unknown], "{phase}: {states:?}"),
            _ => {
                let unknown = states.iter().filter(|state| **state == State::Unknown).count();
                unknown_before_the_dot.fetch_add(unknown, std::sync::atomic::Ordering::Relaxed);
                assert_eq!(states, [State::Deferred], "{phase}");
            }
        }
        home.edit("config/farol.yaml", &way, "transport: { maildir: ../out/maildir }");
        home.does(&["outbox", "retry"]);
        home.does(&["run", "--send"]);
        let mails = home.all_letters().iter().filter(|letter| letter.to() == "head@example.com").count();
        assert_eq!(mails, usize::from(phase != "QUIT" || !states.is_empty()), "{phase}");
    };
    // Each waits for as long as a conversation may go on.
    std::thread::scope(|scope| {
        for phase in PHASES {
            scope.spawn(move || in_phase(phase));
        }
    });
    let unknown = unknown_before_the_dot.into_inner();
    println!("D16 | SIGTERM in phases, unknown before the dot | {}, {unknown}", PHASES.len());
}

/// The daemon gives its child some seconds, then tells it to end: the slot waits, and the next daemon makes up for it.
#[test]
fn a_daemon_that_is_told_to_end_releases_a_child_that_hangs() {
    let home = Home::tiny();
    let (port, told) = silent_at("RCPT");
    let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
    let daemon = home.daemon("2026-11-05 10:00:01");
    told.recv().unwrap();
    let start = std::time::Instant::now();
    assert_eq!(daemon.stop(), Some(0));
    let took = start.elapsed();
    let state = |home: &Home| home.slots().first().map(|slot| (slot.state, slot.attempts));
    assert_eq!(state(&home), Some((farol::ledger::SlotState::Waiting, 1)), "{}", home.read("daemon.log"));
    // The child was told in time to end by itself: nothing is left that looks as if it might have arrived.
    let mails = Ledger::open(&home.path("state")).unwrap().undelivered().unwrap();
    let states: Vec<State> = mails.iter().filter(|mail| mail.report == "monthly").map(|mail| mail.state).collect();
    assert_eq!(states, [State::Deferred], "{}", home.read("daemon.log"));
    home.edit("config/farol.yaml", &way, "transport: { maildir: ../out/maildir }");
    let daemon = home.daemon("2026-11-05 10:05:00");
    wait_for("the slot is made up for", || state(&home) == Some((farol::ledger::SlotState::Done, 2)));
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(home.all_letters().iter().filter(|letter| letter.to() == "head@example.com").count(), 1);
    println!(
        "D16 | SIGTERM to the daemon with a child that hangs: seconds, mails lost, mails twice | {:.0}, 0, 0",
        took.as_secs_f64()
    );
}

/// As `kill -9`, a lack of memory or a bug ends it: its child does not go on for as long as the server hangs, which would keep the next
/// daemon from its work.
#[test]
fn a_daemon_that_is_killed_takes_its_child_along() {
    let in_phase = |phase: &'static str| {
        let home = Home::tiny();
        let (port, told) = silent_at(phase);
        let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
        home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
        let daemon = home.daemon("2026-11-05 10:00:01");
        told.recv().unwrap();
        daemon.kill();
        let start = std::time::Instant::now();
        wait_for("the lock is free", || farol::ledger::RunLock::holder(&home.path("state")).is_none());
        let took = start.elapsed();
        assert!(took < std::time::Duration::from_secs(25), "{phase}: {took:?}");
        home.edit("config/farol.yaml", &way, "transport: { maildir: ../out/maildir }");
        let daemon = home.daemon("2026-11-05 10:05:00");
        let state = || home.slots().first().map(|slot| (slot.state, slot.attempts));
        wait_for("the slot is made up for", || state() == Some((farol::ledger::SlotState::Done, 2)));
        assert_eq!(daemon.stop(), Some(0));
        assert_eq!(home.all_letters().iter().filter(|letter| letter.to() == "head@example.com").count(), 1, "{phase}");
        took
    };
    let (early, late) = std::thread::scope(|scope| {
        let early = scope.spawn(|| in_phase("greeting"));
        let late = scope.spawn(|| in_phase("dot"));
        (early.join().unwrap(), late.join().unwrap())
    });
    println!(
        "D16 | kill -9 of the daemon while a server hangs at its child: seconds until the lock is free | {:.0}, {:.0}",
        early.as_secs_f64(),
        late.as_secs_f64()
    );
}
