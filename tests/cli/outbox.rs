//! Mail that is not sent, in the hands of an operator: looked at, tried again, given up; and how often a mail is sent at all.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use crate::home::{Ended, FAROL, Home, MONTH};
use crate::surroundings::{receive, through_smtp};

const SEND: [&str; 4] = ["run", "--report", "executive", "--send"];

/// A home whose mail could not be handed over: three letters wait, and the port that nobody listens on.
fn with_waiting_mail() -> (Home, u16) {
    let home = Home::small();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    through_smtp(&home, port);
    // What operators are told of it would wait too.
    home.edit("config/farol.yaml", "  operators: [", "  # operators: [");
    let ended = home.farol(&SEND);
    assert_eq!(ended.code, Some(75), "{}", ended.stderr);
    (home, port)
}

/// Has a server take the mail of a command; the command's end, and the recipients in order.
fn with_server(home: &Home, port: u16, letters: usize, command: impl FnOnce() -> Ended) -> (Ended, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let new = listener.local_addr().unwrap().port();
    home.edit("config/farol.yaml", &format!("port: {port}"), &format!("port: {new}"));
    let server = std::thread::spawn(move || receive(&listener, letters));
    let ended = command();
    home.edit("config/farol.yaml", &format!("port: {new}"), &format!("port: {port}"));
    let mut recipients = server.join().unwrap();
    recipients.sort();
    (ended, recipients)
}

/// One cell of the ledger, by another program.
fn cell(home: &Home, query: &str) -> String {
    let output = Command::new("sqlite3").arg(home.path("state/farol.db")).arg(query).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// The columns of a listing, line by line, but the age, which goes on.
fn listed(home: &Home, arguments: &[&str]) -> Vec<Vec<String>> {
    let ended = home.does(&[&["outbox", "list"], arguments].concat());
    let columns =
        |line: &str| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect();
    let mut lines: Vec<Vec<String>> = ended.stdout.lines().map(columns).collect();
    lines.iter_mut().filter(|line| line.len() > 7).for_each(|line| drop(line.remove(7)));
    lines
}

#[test]
fn what_waits_is_listed_shown_tried_again_and_gone() {
    let (home, port) = with_waiting_mail();
    let refused = "connecting: Connection refused (os error 111)";
    let lines = listed(&home, &[]);
    assert_eq!(lines[0], ["id", "state", "report", "period", "revision", "to", "attempts", "reply"]);
    assert_eq!(lines[1], ["1", "deferred", "executive", MONTH, "1", "d…@aurora.example", "1", refused]);
    assert_eq!(lines[2], ["2", "pending", "executive", MONTH, "1", "s…@aurora.example", "0", "not tried yet"]);
    assert_eq!(lines.len(), 4);
    assert_eq!(listed(&home, &["--addresses"])[1][5], "diretoria@aurora.example");

    // A run within the pause asks nobody; it says when, and what does not wait.
    let ended = home.farol(&SEND);
    assert_eq!(ended.code, Some(75), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("not before 20") && ended.stderr.contains("farol outbox retry 1"),
        "{}",
        ended.stderr
    );
    assert_eq!(cell(&home, "SELECT sum(attempts) FROM deliveries"), "1");

    // The very bytes that the ledger keeps.
    let shown = home.does(&["outbox", "show", "1"]).stdout;
    let hex = cell(&home, "SELECT hex(bytes) FROM messages JOIN deliveries ON message = sha256 WHERE id = 1");
    let bytes: String = shown.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"));
    assert!(bytes == hex, "the mail that is shown is another than the one that is kept");

    let dry = home.does(&["outbox", "retry", "1", "3", "--dry-run"]);
    assert!(dry.stderr.contains("would try 1: `executive` 2026-10 to `d…@aurora.example`, deferred"), "{}", dry.stderr);
    assert_eq!(listed(&home, &[]), lines);

    let (ended, got) = with_server(&home, port, 3, || home.does(&["outbox", "retry"]));
    assert!(ended.stderr.contains("sent 3 of 3 mails"), "{}", ended.stderr);
    assert_eq!(got, ["board@aurora.example", "diretoria@aurora.example", "sul@aurora.example"]);
    assert_eq!(home.does(&["outbox", "list"]).stdout, "nothing waits\n");
    assert_eq!(listed(&home, &["--all"]).len(), 4);
    assert_eq!(
        cell(&home, "SELECT what || ' ' || was || ' ' || reason FROM decisions"),
        "retry deferred farol outbox retry"
    );
    assert!(home.does(&SEND).stderr.contains("already sent to 3 recipients"));
    for wrong in [&["outbox", "retry", "1"][..], &["outbox", "discard", "1", "--reason", "x"], &["outbox", "show", "9"]]
    {
        assert_eq!(home.farol(wrong).code, Some(2), "{wrong:?}");
    }
}

/// Who got which figures, made of which files: from the ledger alone, and as the report's folder has it.
#[test]
fn the_figures_behind_a_mail_are_told_by_the_ledger() {
    let home = Home::small();
    home.does(&SEND);
    let told = home.does(&["outbox", "show", "1", "--figures"]).stdout;
    let run: serde_json::Value = serde_json::from_str(&home.read(&format!("out/executive/{MONTH}/run.json"))).unwrap();
    let configuration = run["configuration"].as_str().unwrap();
    assert!(told.contains(&format!("configuration  sha256 {configuration}")), "{told}");
    let customers = fs::read(home.path("sample-data/clientes.csv")).unwrap();
    let digest = farol::digest::sha256(&customers);
    assert!(
        told.lines().any(|line| line.starts_with("input ") && line.contains("clientes.csv") && line.contains(&digest))
    );
    let figures = home.read(&format!("out/executive/{MONTH}/figures.csv"));
    let wanted = figures.lines().find_map(|line| line.strip_prefix("2026-10,month,total,total,nps,")).unwrap();
    let value: f64 = wanted.split(',').next().unwrap().parse().unwrap();
    let line = told.lines().find_map(|line| line.strip_prefix("total,total,nps,points,")).unwrap();
    let kept: f64 = line.split(',').next().unwrap().parse().unwrap();
    assert!((kept - value).abs() < 1e-9, "{kept} {value}");
    assert!(!told.contains("diretoria@"), "an address stands in a listing");
}

/// Four days later, by the clock of the machine: dead, and the exit code says so; by hand it goes out after all.
#[test]
fn mail_that_waits_for_days_is_dead_until_somebody_decides() {
    let (home, port) = with_waiting_mail();
    let late = |arguments: &[&str]| home.at("+4d", arguments);
    let ended = late(&SEND);
    assert_eq!(ended.code, Some(69), "{}", ended.stderr);
    assert_eq!(ended.stderr.matches("error[mail-dead]").count(), 3, "{}", ended.stderr);
    let states: Vec<String> = listed(&home, &[]).into_iter().skip(1).map(|line| line[1].clone()).collect();
    assert_eq!(states, ["dead"; 3]);
    assert_eq!(late(&SEND).code, Some(69), "and it stays so");

    let discarded = home.does(&["outbox", "discard", "2", "--reason", "told\nby phone"]);
    assert!(discarded.stderr.contains("gave up 2: `executive`"), "{}", discarded.stderr);
    let (ended, got) = with_server(&home, port, 2, || late(&["outbox", "retry", "--all"]));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(got, ["board@aurora.example", "diretoria@aurora.example"]);
    // What was given up on purpose is nobody's fault.
    assert_eq!(late(&SEND).code, Some(0));
    assert_eq!(cell(&home, "SELECT group_concat(state, ' ') FROM deliveries"), "sent discarded sent");
    println!("D12 | four days without a server | exit 75, then 69; listed, retried, discarded");
}

/// A recipient who is taken out of the configuration while mail waits gets nothing, whatever is typed.
#[test]
fn who_was_removed_gets_nothing_by_hand_either() {
    let (home, port) = with_waiting_mail();
    let reports = home.read("config/reports.yaml");
    let line = reports.lines().find(|line| line.contains("sul@aurora.example")).unwrap();
    home.edit("config/reports.yaml", &format!("{line}\n"), "");
    let refused = home.farol(&["outbox", "retry", "2"]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.complaint().contains("no longer names"), "{}", refused.stderr);
    let (ended, got) = with_server(&home, port, 2, || home.does(&["outbox", "retry"]));
    assert!(ended.stderr.contains("warning[not-retried]"), "{}", ended.stderr);
    assert_eq!(got, ["board@aurora.example", "diretoria@aurora.example"]);
    assert_eq!(cell(&home, "SELECT state FROM deliveries WHERE id = 2"), "pending");
    println!("D17 | mails to people removed, by hand | 0");
}

/// Whoever looks needs to know where the ledger is; what acts needs all of the configuration.
#[test]
fn mail_can_be_looked_at_while_the_configuration_has_faults() {
    let home = Home::tiny();
    home.does(&["run", "--period", "2026-04", "--as-of", "2026-05-10", "--send"]);
    let list = ["outbox", "list", "--all"];
    let [listed, shown] = [&list[..], &["outbox", "show", "1"]].map(|look| home.does(look).stdout);
    let farol = home.read("config/farol.yaml");
    home.edit("config/reports.yaml", "monthly: {", "monthly: { grain: moonth,");
    for company in ["company: {", "company: { fiscal_year_starts: 4,"] {
        home.write("config/farol.yaml", farol.replace("company: {", company));
        for (look, before) in [(&list[..], &listed), (&["outbox", "show", "1"], &shown)] {
            let ended = home.does(look);
            assert_eq!(ended.stdout, *before);
            assert!(
                ended.complaint().starts_with("warning[faulty-configuration]: the configuration has "),
                "{}",
                ended.stderr
            );
        }
    }
    assert_eq!(home.farol(&["outbox", "discard", "1", "--reason", "x"]).code, Some(78));
    // Where the ledger is cannot be told, or may be what a misspelt key says.
    for folder in ["state: \"${NOWHERE}\"", "stat: ../elsewhere", "state: ../out/state"] {
        home.write("config/farol.yaml", format!("{farol}{folder}\n"));
        let ended = home.farol(&list);
        assert!(ended.code == Some(78) && ended.stdout.is_empty(), "{folder}: {}", ended.stderr);
    }
    home.write("config/farol.yaml", farol.replace("company: {", "company: { fiscal_year_starts: 4,"));
    let elsewhere = home.farol(&["outbox", "list", "--all", "--state", "other"]);
    assert_eq!(elsewhere.code, Some(74), "a ledger in the configured folder: {}", elsewhere.stderr);
}

/// Twice, and ten at once.
#[test]
fn however_often_a_run_is_started_each_gets_one_mail() {
    let home = Home::small();
    let mut runs: Vec<_> = (0..10).map(|_| home.command(FAROL, &SEND).spawn().unwrap()).collect();
    let codes: Vec<Option<i32>> = runs.iter_mut().map(|run| run.wait().unwrap().code()).collect();
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 75))) && codes.contains(&Some(0)), "{codes:?}");
    for _ in 0..2 {
        assert!(home.does(&SEND).stderr.contains("already sent to 3 recipients"));
    }
    let mut to: Vec<String> = home.letters().iter().map(crate::home::Letter::to).collect();
    to.sort();
    assert_eq!(to, ["board@aurora.example", "diretoria@aurora.example", "sul@aurora.example"]);
    println!("D9 | mails of 12 runs, 10 of them at once | 1 to each of {}", to.len());
}

/// The system's own account of what the program did.
#[test]
fn a_dry_run_goes_nowhere() {
    let (home, _) = with_waiting_mail();
    let before = cell(&home, "SELECT count(*) || ' ' || sum(attempts) FROM deliveries");
    for arguments in [&["run", "--send", "--dry-run"][..], &["outbox", "retry", "--dry-run"]] {
        let log = home.path("calls");
        let output = home
            .command("strace", &["-f", "-e", "trace=connect", "-o", log.to_str().unwrap(), FAROL])
            .args(arguments)
            .output()
            .expect("strace (tests/tools/install.sh)");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let connected = fs::read_to_string(&log).unwrap().matches("connect(").count();
        assert_eq!(connected, 0, "{arguments:?}");
    }
    assert_eq!(cell(&home, "SELECT count(*) || ' ' || sum(attempts) FROM deliveries"), before);
    println!("D15 | connects of a dry run | 0");
}
