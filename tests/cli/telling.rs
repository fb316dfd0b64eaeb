//! A mail server that hangs while the daemon writes to operators: what is due is made all the same.

use std::time::{Duration, Instant};

use farol::ledger::SlotState::Done;

use crate::clockwork::wait_for;
use crate::home::Home;
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

        // The next daemon finds the mail that was cut off, and says what has become of it.
        home.edit("config/farol.yaml", &way, "transport: { maildir: ../out/maildir }");
        let daemon = home.daemon("2026-11-05 12:00:00");
        let subjects = || home.all_letters().iter().map(crate::home::Letter::subject).collect::<Vec<_>>();
        let begun = |subjects: &[String]| subjects.iter().filter(|subject| !subject.contains(": over: ")).count();
        wait_for("operators are told", || begun(&subjects()) > 0 && subjects().len() == 2);
        assert_eq!(daemon.stop(), Some(0));
        assert_eq!(begun(&subjects()), 1, "{:?}", subjects());
    }
    assert!(slowest_slot < Duration::from_mins(1), "{slowest_slot:?}");
    assert!(slowest_end < Duration::from_secs(20), "{slowest_end:?}");
    println!(
        "D1 | a server that hangs on mail to operators: seconds to a slot's end, to the daemon's | {:.0}, {:.0}",
        slowest_slot.as_secs_f64(),
        slowest_end.as_secs_f64()
    );
}
