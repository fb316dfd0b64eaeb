//! The daemon as a process: what it makes up for, what a restart, a signal, a clock and a second daemon do to it.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use farol::ledger::SlotState::{Done, Missed};

use crate::clockwork::{letters_in, wait_for};
use crate::home::{Ended, FAROL, Home};

/// Subjects of the mails to somebody.
fn to(home: &Home, who: &str) -> Vec<String> {
    let mut subjects: Vec<String> =
        home.all_letters().iter().filter(|letter| letter.to() == who).map(crate::home::Letter::subject).collect();
    subjects.sort();
    subjects
}

/// To whom, and of which month, the letters are whose text has some words.
fn whose_text_has(home: &Home, words: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for letter in home.all_letters() {
        let bodies = letter.readable().into_iter().filter(|(kind, _)| kind.starts_with("text/"));
        if bodies.into_iter().any(|(_, text)| text.replace('\u{a0}', " ").contains(words)) {
            let subject = letter.subject().replace('\u{a0}', " ");
            found.push((letter.to(), subject.split(" · ").nth(1).unwrap_or_default().to_owned()));
        }
    }
    found
}

const HEAD: &str = "head@example.com";
const OPS: &str = "ops@example.com";

/// November's slot on time; December's and January's pass while the daemon is dead, February's is made up for five hours late;
/// March's is made up for by hand after five days.
#[test]
fn a_daemon_makes_up_for_the_newest_slot_and_tells_operators_of_the_others() {
    let home = Home::tiny();
    let daemon = home.daemon("2026-11-05 09:59:50");
    wait_for("the daemon is up", || home.read("daemon.log").contains("\"scheduling\""));
    home.set_clock("2026-11-05 10:00:01");
    wait_for("November", || home.fates() == [("11-05".to_owned(), Done, Some(0))]);
    assert_eq!(to(&home, HEAD).len(), 1);
    daemon.kill();

    let daemon = home.daemon("2027-02-05 15:00:00");
    wait_for("February", || home.fates().len() == 4 && home.fates()[3].1 == Done);
    wait_for("the end of what was missed", || to(&home, OPS).len() == 2);
    daemon.kill();
    let fates = home.fates();
    let missed = ["12-05", "01-05"].map(|day| (day.to_owned(), Missed, None));
    assert_eq!(fates[1..3], missed);
    assert_eq!(fates[3], ("02-05".to_owned(), Done, Some(0)));
    assert_eq!(to(&home, HEAD).len(), 2, "nothing of what was missed");
    let told = to(&home, OPS);
    assert!(told.iter().any(|subject| subject.contains("over: `monthly` 2026-12 was due")), "{told:?}");

    // The next report tells its readers what they have not had, in one plain line; the one before, and operators, do not.
    let line = "2 earlier reports were not made, because the program was not running: November 2026 and December 2026.";
    assert_eq!(whose_text_has(&home, line), [(HEAD.to_owned(), "Jan 2027".to_owned())]);
    // The daemon is dead: a monitor sees it when the two hours of grace are over, and not before.
    assert_eq!(home.at("2027-03-05 11:59:59", &["health"]).code, Some(0));
    assert_eq!(home.at("2027-03-05 12:00:00", &["health"]).code, Some(75));
    println!("O2 | a dead daemon: minutes from a slot to the alarm of `farol health` (grace 120) | 120");

    let daemon = home.daemon("2027-03-10 12:00:00");
    wait_for("March is missed", || to(&home, OPS).len() == 3);
    daemon.kill();
    assert_eq!(home.fates().last().unwrap(), &("03-05".to_owned(), Missed, None));
    assert_eq!(to(&home, HEAD).len(), 2);
    println!("S8 | mails to readers after max_lateness, missed rows, mails to operators | 0, 3, 3");

    // The daemons and their children wrote one log, of which every line is an object.
    let log = home.read("daemon.log");
    let bad = log.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_err()).count();
    println!("O5 | lines of three daemons and their children, bad lines | {}, {bad}", log.lines().count());
    assert!(bad == 0 && log.lines().count() > 12, "{log}");

    // A monitor sees it with the daemon dead, and so does a person.
    let ended = home.at("2027-03-10 12:05:00", &["health"]);
    assert_eq!(ended.code, Some(75), "{}", ended.stderr);
    let complaint = "error[overdue]: `monthly` 2027-02 was due 2027-03-05 07:00, and nobody has it";
    assert_eq!(ended.complaint(), complaint);
    let status = home.at("2027-03-10 12:05:00", &["status"]).stdout;
    for line in [
        "the daemon does not run",
        "  Mon 2027-04-05 07:00 `monthly` 2027-03",
        "  Fri 2027-03-05 07:00 `monthly` 2027-02: missed: it is later than max_lateness allows",
        "  Fri 2027-02-05 07:00 `monthly` 2027-01: done",
        "  `monthly` 3",
    ] {
        assert!(status.lines().any(|shown| shown == line), "{line}\n{status}");
    }
    assert!(
        status.contains("open incidents (America/Sao_Paulo):\n  since 2027-03-10 09:00: `monthly` 2027-02 was due"),
        "{status}"
    );

    let made = home.at("2027-03-10 13:00:00", &["run", "--report", "monthly", "--period", "2027-02", "--send"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert_eq!((to(&home, HEAD).len(), to(&home, OPS).len()), (3, 4));
    // February's was missed and is made by hand: it does not say of itself that it was not made.
    assert_eq!(whose_text_has(&home, "not made, because the program was not running").len(), 1);
    let ended = home.at("2027-03-10 13:05:00", &["health"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "well: nothing is overdue\n"), "{}", ended.stderr);
    assert_eq!(home.at("2027-03-10 13:05:00", &["health", "--expect", "2027-01"]).code, Some(0));
    assert_eq!(home.at("2027-03-10 13:05:00", &["health", "--expect", "2026-12"]).code, Some(75));
}

/// A daily entry for a monthly report; the clock is set 40 times, an hour or 30 days on or back, while the daemon sleeps.
#[test]
fn a_clock_that_jumps_makes_no_mail_twice() {
    let home = Home::tiny();
    home.edit("config/farol.yaml", "0 7 5 * *", "0 7 * * *");
    let mut daemon = home.daemon("2027-01-10 09:00:00");
    let mut now: chrono::NaiveDateTime = "2027-01-10T09:00:00".parse().unwrap();
    for step in 0..40 {
        let hours = [1, 24 * 30, -1, -24 * 30, 2][step % 5];
        now += chrono::Duration::hours(hours);
        home.set_clock(&now.format("%Y-%m-%d %H:%M:%S").to_string());
        std::thread::sleep(Duration::from_millis(400));
        if step % 7 == 6 {
            daemon.kill();
            daemon = home.daemon(&now.format("%Y-%m-%d %H:%M:%S").to_string());
        }
    }
    wait_for("it runs still", || !home.slots().is_empty());
    assert_eq!(daemon.stop(), Some(0), "{}", home.read("daemon.log"));
    let mut by_subject: BTreeMap<String, usize> = BTreeMap::new();
    for subject in to(&home, HEAD) {
        *by_subject.entry(subject).or_default() += 1;
    }
    let twice: Vec<_> = by_subject.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty() && !by_subject.is_empty(), "{by_subject:?}");
    println!(
        "S9 | jumps of a running daemon's clock, slots, mails sent twice | 40, {}, {}",
        home.slots().len(),
        twice.len()
    );
}

/// A month ahead while the daemon sleeps, past the next slot, and right again: the report of that slot is not made.
#[test]
fn a_clock_that_jumps_ahead_sends_no_report_of_the_future() {
    let home = Home::tiny();
    let daemon = home.daemon_that_knows_the_uptime("2026-11-06 12:00:00");
    let has_logged = |event: &str| home.read("daemon.log").contains(&format!("\"event\":\"{event}\""));
    wait_for("the slot of the fifth is made up for", || has_logged("slot-ended"));
    // It has looked at the clock since.
    std::thread::sleep(Duration::from_secs(2));
    home.set_clock("2026-12-07 12:00:00");
    wait_for("the jump is noticed", || has_logged("clock-went-ahead"));
    wait_for("operators are told", || to(&home, OPS).len() == 1);
    home.set_clock("2026-11-06 12:00:30");
    wait_for("the clock is believed again", || has_logged("clock-caught-up"));
    wait_for("operators are told", || to(&home, OPS).len() == 2);
    assert_eq!(daemon.stop(), Some(0), "{}", home.read("daemon.log"));
    let periods: Vec<_> = home.slots().into_iter().map(|slot| slot.period).collect();
    assert_eq!(periods, ["2026-10"]);
    assert_eq!(to(&home, HEAD).len(), 1);
    assert!(!has_logged("clock-went-back"), "{}", home.read("daemon.log"));
    println!("S9 | a running daemon's clock a month ahead for some seconds: mails of the future | 0");
}

#[test]
fn a_clock_from_before_farol_schedules_nothing_and_is_not_healthy() {
    let home = Home::tiny();
    for clock in ["1970-01-02 00:00:00", "2025-12-31 23:59:59"] {
        for command in ["schedule", "health"] {
            let ended = home.at(clock, &[command]);
            assert_eq!(ended.code, Some(75), "{clock} {command}: {}", ended.stderr);
            assert!(ended.stderr.contains("error[clock-too-old]"), "{}", ended.stderr);
        }
    }
    // A clock that shows less than what the ledger has seen.
    assert_eq!(home.at("2026-11-05 10:00:00", &["run", "--send"]).code, Some(0));
    let ended = home.at("2026-11-05 09:00:00", &["health"]);
    assert_eq!(ended.code, Some(75));
    assert!(ended.stderr.contains("error[clock-behind]"), "{}", ended.stderr);
    // It was the other clock that was wrong.
    assert_eq!(home.at("2026-11-05 09:05:00", &["run", "--send", "--to", "me@example.com"]).code, Some(0));
    let ended = home.at("2026-11-05 09:10:00", &["health"]);
    assert!(!ended.stderr.contains("clock-behind"), "{}", ended.stderr);
    println!("S10 | clocks of 1970 and 2025, schedule and health, exit 75 | 4/4");
}

/// Twenty daemons at once, and twenty runs at once: one of each does the work.
#[test]
fn of_twenty_at_once_one_works() {
    let home = Home::tiny();
    home.set_clock("2026-11-05 09:00:00");
    let start = |arguments: &[&str]| {
        (0..20)
            .map(|_| home.timed(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
            .collect::<Vec<_>>()
    };
    let mut daemons = start(&["schedule"]);
    let ended = |daemons: &mut Vec<std::process::Child>| {
        daemons
            .iter_mut()
            .filter_map(|daemon| daemon.try_wait().unwrap())
            .map(|status| status.code())
            .collect::<Vec<_>>()
    };
    let running = std::cell::RefCell::new(&mut daemons);
    wait_for("nineteen have given up", || ended(&mut running.borrow_mut()).len() == 19);
    assert!(ended(&mut daemons).iter().all(|code| *code == Some(75)));
    let alive = daemons.iter_mut().position(|daemon| daemon.try_wait().unwrap().is_none()).unwrap();
    let mut holder = daemons.remove(alive);
    let told = Ended::of(&daemons.remove(0).wait_with_output().unwrap()).stderr;
    assert!(told.contains(&format!("another farol is running (pid {} since 2026-11-05T09:00", holder.id())), "{told}");
    // The lock goes with its process, however that ends.
    holder.kill().unwrap();
    holder.wait().unwrap();
    let next = home.daemon("2026-11-05 09:00:00");
    wait_for("the daemon is up", || home.read("daemon.log").contains("\"scheduling\""));
    assert_eq!(next.stop(), Some(0));

    home.set_clock("2026-11-05 10:00:00");
    let runs: Vec<Ended> =
        start(&["run", "--send"]).into_iter().map(|run| Ended::of(&run.wait_with_output().unwrap())).collect();
    let done = runs.iter().filter(|run| run.code == Some(0)).count();
    assert!(runs.iter().all(|run| matches!(run.code, Some(0 | 75))), "{runs:?}");
    assert!(done >= 1 && home.all_letters().len() == 1, "{done} {}", home.all_letters().len());
    println!("S12 | daemons at once, runs at once, ran together, mails | 20, 20, 0, 1");
}

/// A hundred reloads while a slot comes: broken files, another cron, the report gone and back. The slot is neither lost nor run
/// twice, and each broken file is told once.
#[test]
fn a_hundred_reloads_lose_nothing_and_double_nothing() {
    let home = Home::tiny();
    let good = home.read("config/farol.yaml");
    let variants = [
        good.clone(),
        good.replace("0 7 5 * *", "0 7 5 * MON"),
        good.replace("cron:", "crom:"),
        good.replace("report: monthly", "report: mnthly"),
        good.replace("0 7 5 * *", "30 6 5,6 * *"),
        "\u{0}".to_owned(),
        good.replace("  - { report: monthly, cron: \"0 7 5 * *\" }", "  - { report: other, cron: \"0 7 5 * *\" }"),
    ];
    home.write(
        "config/reports.yaml",
        home.read("config/reports.yaml")
            + "other: { kpis: [mrr_closing], recipients: [{ to: \"head@example.com\" }] }\n",
    );
    let daemon = home.daemon("2026-11-04 12:00:00");
    wait_for("the daemon is up", || home.read("daemon.log").contains("\"scheduling\""));
    for reload in 0..100 {
        home.write("config/farol.yaml", &variants[reload % variants.len()]);
        daemon.signal("HUP");
        std::thread::sleep(Duration::from_millis(60));
    }
    home.write("config/farol.yaml", &good);
    let before = home.read("daemon.log").matches("\"reloaded\"").count();
    daemon.signal("HUP");
    wait_for("the good one holds", || home.read("daemon.log").matches("\"reloaded\"").count() > before);
    home.set_clock("2026-11-05 10:00:01");
    wait_for("the slot", || home.fates() == [("11-05".to_owned(), Done, Some(0))]);
    home.set_clock("2026-11-05 11:00:00");
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(home.fates().len(), 1);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(to(&home, HEAD).len(), 1);
    let log = home.read("daemon.log");
    let refused = log.matches("\"reload-refused\"").count();
    assert!(refused > 0 && log.matches("\"reloaded\"").count() > 1, "{log}");
    // Each time that it was whole again the incident was over, and a new one is another.
    let told = to(&home, OPS);
    assert!(
        !told.is_empty() && told.iter().all(|subject| subject.contains("the configuration has faults")),
        "{told:?}"
    );
    println!("S14 | reloads, refused, slots lost, slots doubled | 101, {refused}, 0, 0");
}

/// The configuration is broken when the slot comes: the slot waits, operators are told, and a valid configuration makes up for it. One
/// that takes an old day for every day is such a fault too, and `farol check` says so before.
#[test]
fn a_slot_waits_for_a_configuration_that_can_be_read() {
    for (from, to_what, code) in [("metrics:", "metrix:", 78), ("company:", "as_of: 2026-07-10\ncompany:", 2)] {
        let home = Home::tiny();
        let good = home.read("config/farol.yaml");
        let daemon = home.daemon("2026-11-05 09:59:50");
        wait_for("the daemon is up", || home.read("daemon.log").contains("\"scheduling\""));
        home.edit("config/farol.yaml", from, to_what);
        if code == 2 {
            let check = home.at("2026-11-05 09:59:50", &["check"]);
            assert_eq!(check.code, Some(0), "{}", check.stderr);
            assert!(check.stderr.contains("warning[as-of-scheduled]: `as_of: 2026-07-10`"), "{}", check.stderr);
        }
        home.set_clock("2026-11-05 10:00:01");
        let fate = |state, exit| home.fates() == [("11-05".to_owned(), state, Some(exit))];
        wait_for("the slot waits", || fate(farol::ledger::SlotState::Waiting, code));
        wait_for("operators are told", || to(&home, OPS).len() == 1);
        assert!(to(&home, OPS)[0].ends_with(&format!("`monthly` 2026-10 was not made: exit code {code}")));
        // The clock stands: it is the new configuration that ends the pause.
        home.write("config/farol.yaml", &good);
        daemon.signal("HUP");
        wait_for("the slot is made up for", || fate(Done, 0));
        wait_for("operators hear that it is over", || to(&home, OPS).len() == 2);
        assert_eq!(daemon.stop(), Some(0));
        assert_eq!((to(&home, HEAD).len(), home.slots()[0].attempts), (1, 2));
    }
}

/// The reader's server is away for two lives of the daemon.
#[test]
fn a_slot_that_waits_is_tried_again_by_the_next_daemon() {
    let home = Home::tiny();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let smtp = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &smtp);
    let daemon = home.daemon("2026-11-05 10:00:01");
    wait_for("the first try", || home.fates() == [("11-05".to_owned(), farol::ledger::SlotState::Waiting, Some(75))]);
    daemon.kill();
    home.edit("config/farol.yaml", &smtp, "transport: { maildir: ../out/maildir }");
    // The clock stands: neither the slot's time nor the end of the mail's own pause has come.
    let daemon = home.daemon("2026-11-05 10:00:01");
    std::thread::sleep(Duration::from_millis(2500));
    assert_eq!(letters_in(&home).len(), 0, "not before its time");
    home.set_clock("2026-11-05 10:02:00");
    wait_for("the second try", || home.fates() == [("11-05".to_owned(), Done, Some(0))]);
    assert_eq!(daemon.stop(), Some(0));
    assert_eq!(home.slots()[0].attempts, 2);
    assert_eq!(to(&home, HEAD).len(), 1);
}

/// The unit file that the documentation shows, by systemd's own check, offline.
#[test]
fn the_unit_file_of_the_documentation_is_one() {
    let home = Home::tiny();
    let page = std::fs::read_to_string("docs/operations.md").unwrap();
    let unit = page.split("```ini\n").nth(1).unwrap().split("```").next().unwrap();
    let unit = unit.replace("/usr/local/bin/farol", FAROL).replace("User=farol", "User=daemon");
    home.write("farol.service", &unit);
    let analyze = |arguments: &[&str]| {
        let output = home.command("systemd-analyze", arguments).output();
        output.map(|output| {
            (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned(), output.stdout)
        })
    };
    let Ok((is_good, said, _)) = analyze(&["verify", "--man=no", "./farol.service"]) else {
        assert!(std::env::var_os("CI").is_none(), "systemd-analyze (tests/tools/install.sh)");
        println!("O3 | systemd-analyze verify | SKIPPED: there is no systemd-analyze");
        return;
    };
    assert!(is_good && !said.contains("farol.service"), "{said}");
    let (_, said, table) = analyze(&["security", "--offline=true", "./farol.service"]).unwrap();
    let table = String::from_utf8_lossy(&table).into_owned();
    let score = table.lines().find(|line| line.contains("Overall exposure level")).unwrap_or(&said).trim().to_owned();
    println!("O3 | systemd-analyze verify; security | no fault; {score}");
}
