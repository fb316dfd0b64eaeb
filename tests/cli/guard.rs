//! Commands that send and end, under a clock that went days ahead while the machine was up: they end no mail that waits, and make no
//! report, until somebody or an hour says that the clock is right.

use std::process::Stdio;

use farol::ledger::{Delivery, Ledger, State};

use crate::clockwork::{Daemon, wait_for};
use crate::home::{Ended, Home};

const SEND: [&str; 2] = ["run", "--send"];

/// One mail waits since 5 November, 10:00, for a server that is not there; the machine had been up for 1,000 seconds.
fn home() -> Home {
    let home = Home::tiny();
    home.edit(
        "config/farol.yaml",
        "transport: { maildir: ../out/maildir }",
        "transport: { smtp: { host: localhost, port: 1, tls: none } }",
    );
    home.edit("config/farol.yaml", "operators: [", "# operators: [");
    assert_eq!(after(&home, "2026-11-05 10:00:00", 1000, &SEND).code, Some(75));
    assert_eq!(mail(&home).state, State::Deferred);
    home
}

/// A command at a time, on a machine that has been up for so many seconds.
fn after(home: &Home, time: &str, seconds: u32, arguments: &[&str]) -> Ended {
    home.set_clock(time);
    home.write("uptime", format!("{seconds}.00 0.00\n"));
    Ended::of(&home.timed(arguments).env("FAROL_UPTIME", home.path("uptime")).output().unwrap())
}

fn is_refused(ended: &Ended) -> bool {
    let is_told = ended.stderr.contains("error[clock-went-ahead]");
    assert!(!is_told || ended.code == Some(75), "{ended:?}");
    is_told
}

fn mail(home: &Home) -> Delivery {
    Ledger::open(&home.path("state")).unwrap().all_deliveries().unwrap().remove(0)
}

#[test]
fn a_clock_that_is_days_ahead_ends_no_mail_that_waits() {
    let home = home();
    let before = mail(&home);
    let backfill = ["backfill", "--from", "2026-10", "--to", "2026-10", "--send"];
    for command in [&SEND[..], &backfill, &["outbox", "retry"], &["outbox", "deliver"]] {
        let ended = after(&home, "2026-11-09 10:10:00", 1600, command);
        assert!(is_refused(&ended), "{command:?}: {ended:?}");
        let what =
            "the clock shows 2026-11-09 07:10, and by how long this machine has been up it should be 2026-11-05 07:10";
        assert!(ended.stderr.contains(what), "{}", ended.stderr);
    }
    assert_eq!(mail(&home), before);
    // Set right.
    assert!(!is_refused(&after(&home, "2026-11-05 10:20:00", 2200, &["outbox", "retry"])));
    assert_eq!((mail(&home).state, mail(&home).attempts), (State::Deferred, 2));
    // Ahead again, and so for an hour: then it is believed, and the mail's end names what it was judged by.
    for (time, up) in [("2026-11-09 10:30:00", 2800), ("2026-11-09 11:29:00", 6340)] {
        assert!(is_refused(&after(&home, time, up, &SEND)), "{time}");
    }
    let believed = after(&home, "2026-11-09 11:30:00", 6400, &SEND);
    assert_eq!(believed.code, Some(69), "{}", believed.stderr);
    let dead = mail(&home);
    let reply =
        "not delivered by 2026-11-08 10:20 UTC; the clock showed 2026-11-09 11:30 UTC; its last attempt: connecting: ";
    assert!(dead.state == State::Dead && dead.said().starts_with(reply), "{dead:?}");
    assert!(believed.stderr.contains("see whether that clock was right"), "{}", believed.stderr);
    println!("S9 | commands that send under a clock four days ahead, mails that they ended | 4, 0");
}

/// A trial says that the clock is right; so does a daemon that is started anew; and of a machine that was started anew nobody can tell.
#[test]
fn somebody_who_has_looked_is_believed_at_once() {
    let ahead = "2026-11-09 10:10:00";
    let by_a_trial = home();
    assert!(is_refused(&after(&by_a_trial, ahead, 1600, &SEND)));
    let trial = after(&by_a_trial, ahead, 1600, &[&SEND[..], &["--to", "me@example.com"]].concat());
    assert!(trial.code == Some(75) && !is_refused(&trial), "{trial:?}");
    assert!(!is_refused(&after(&by_a_trial, ahead, 1601, &SEND)));
    assert_eq!(mail(&by_a_trial).state, State::Dead);

    let by_a_daemon = home();
    assert!(is_refused(&after(&by_a_daemon, ahead, 1600, &SEND)));
    let mut command = by_a_daemon.timed(&["schedule"]);
    command.env("FAROL_UPTIME", by_a_daemon.path("uptime")).stderr(Stdio::null());
    let daemon = Daemon(command.spawn().unwrap());
    wait_for("its child ends the mail", || mail(&by_a_daemon).state == State::Dead);
    assert_eq!(daemon.stop(), Some(0));

    let started_anew = home();
    assert!(!is_refused(&after(&started_anew, ahead, 60, &SEND)));
}
