//! How a command ends: its exit code, one line that says why, and a log that machines can read.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::TcpListener;

use rusqlite::Connection;
use serde_json::Value;

use crate::home::{Ended, FAROL, Home};

/// Lines that have been checked, so that their number can be told.
#[derive(Default)]
struct Log {
    lines: usize,
}

impl Log {
    /// Every line is an object with what every line has, of one run, and without anybody's address; the last one says how it
    /// ended. Returns the events of faults, in order.
    fn check(&mut self, what: &str, ended: &Ended) -> Vec<String> {
        let lines: Vec<Value> = ended
            .stderr
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{what}: {line}")))
            .collect();
        let mut runs = BTreeSet::new();
        for line in &lines {
            let text = |key: &str| line[key].as_str().unwrap_or_else(|| panic!("{what}: {key} in {line}")).to_owned();
            text("time").parse::<chrono::DateTime<chrono::Utc>>().unwrap();
            assert!(["info", "warning", "error"].contains(&text("level").as_str()), "{line}");
            let is_kebab = |name: &str| {
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            };
            assert!(is_kebab(&text("event")), "{line}");
            assert!(text("run_id").len() == 12 && text("run_id").bytes().all(|b| b.is_ascii_hexdigit()), "{line}");
            assert!(!text("message").is_empty());
            for address in ["head@", "ops@", "me@", "farol@"] {
                assert!(!line.to_string().contains(address), "{what}: {line}");
            }
            let known = ["time", "level", "event", "run_id", "message", "exit"];
            assert!(line.as_object().unwrap().keys().all(|key| known.contains(&key.as_str())), "{line}");
            runs.insert(text("run_id"));
        }
        assert_eq!(runs.len(), 1, "{what}");
        let last = lines.last().unwrap();
        assert_eq!((last["event"].as_str(), last["exit"].as_i64()), (Some("end"), ended.code.map(i64::from)), "{what}");
        self.lines += lines.len();
        let faults = lines.iter().filter(|line| line["level"] == "error" && line["event"] != "end");
        faults.map(|line| line["event"].as_str().unwrap().to_owned()).collect()
    }
}

/// A server that refuses everybody for good.
fn refusing_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut lines = std::io::BufRead::lines(std::io::BufReader::new(connection.try_clone().unwrap()));
            let mut answer = |text: &str| connection.write_all(format!("{text}\r\n").as_bytes());
            let _ = answer("220 here");
            while let Some(Ok(line)) = lines.next() {
                let reply = if line.to_uppercase().starts_with("RCPT") { "550 5.1.1 no such user" } else { "250 ok" };
                if answer(reply).is_err() {
                    break;
                }
            }
        }
    });
    port
}

fn smtp(home: &Home, port: u16) {
    let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}");
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
}

type Prepare = fn(&Home);

const AS_IT_IS: Prepare = |_| {};

/// What is wrong, what is done about it beforehand, the command, its exit code, and the first fault it names.
const SITUATIONS: &[(&str, Prepare, &str, i32, &str)] = &[
    ("a run", AS_IT_IS, "run", 0, ""),
    ("a run that sends", AS_IT_IS, "run --send", 0, ""),
    (
        "a run that had sent",
        |home| {
            home.does(&["run", "--send"]);
        },
        "run --send",
        0,
        "",
    ),
    ("a dry run", AS_IT_IS, "run --send --dry-run", 0, ""),
    ("a trial", AS_IT_IS, "run --send --to me@example.com", 0, ""),
    ("a check", AS_IT_IS, "check --data", 0, ""),
    ("the catalogue", AS_IT_IS, "kpis", 0, ""),
    ("a look at an empty state", AS_IT_IS, "status", 0, ""),
    ("the next firings", AS_IT_IS, "schedule --next 3", 0, ""),
    ("a backfill", AS_IT_IS, "backfill --from 2026-01 --to 2026-03 --only figures", 0, ""),
    ("a flag that is none", AS_IT_IS, "run --sned", 2, "usage"),
    ("a report that is none", AS_IT_IS, "run --report weekly", 2, "unknown-report"),
    ("a period that is none", AS_IT_IS, "run --period October", 2, "not-a-period"),
    ("a period to come", AS_IT_IS, "run --period 2099-01", 2, "period-ahead"),
    ("a day to come", AS_IT_IS, "run --as-of 2099-01-01", 2, "as-of-ahead"),
    ("another grain", AS_IT_IS, "run --report monthly --period 2026-W10", 2, "other-grain"),
    ("a foreign tester", AS_IT_IS, "run --send --to me@other.example", 2, "recipient-not-allowed"),
    ("health of no period", AS_IT_IS, "health --expect x", 2, "not-a-period"),
    ("a ledger in the output", AS_IT_IS, "run --state out/state", 2, "state-inside-out"),
    (
        "a column that is missing",
        |home| home.edit("data/subscriptions.csv", "mrr", "mrr\u{2028}x"),
        "run --send",
        65,
        "*",
    ),
    (
        "a header on two lines",
        |home| home.edit("data/customers.csv", "name", "\"na\nme{\"\"level\"\":\""),
        "check --data",
        0,
        "",
    ),
    (
        "rows that break the contract",
        |home| home.edit("data/subscriptions.csv", "120.00", "free"),
        "run --send",
        65,
        "*",
    ),
    ("an empty file", |home| home.write("data/customers.csv", ""), "run", 65, "*"),
    (
        "a web page",
        |home| home.write("data/customers.csv", "<!doctype html><html><body>Sign in</body></html>"),
        "run",
        65,
        "*",
    ),
    ("a file that is missing", |home| fs::remove_file(home.path("data/customers.csv")).unwrap(), "run --send", 66, "*"),
    (
        "a glob of nothing",
        |home| home.edit("config/farol.yaml", "../data/customers.csv", "../data/c*.parquet"),
        "run",
        66,
        "*",
    ),
    ("a reader nobody knows", |home| smtp(home, refusing_server()), "run --send", 69, "mail-refused"),
    (
        "a damaged ledger",
        |home| {
            home.does(&["run", "--send"]);
            home.write("state/farol.db", "x".repeat(9000));
        },
        "run --send",
        74,
        "ledger-damaged",
    ),
    (
        "a lost ledger",
        |home| {
            home.does(&["run", "--send"]);
            fs::remove_file(home.path("state/farol.db")).unwrap();
        },
        "status",
        74,
        "ledger-missing",
    ),
    (
        "a ledger of a newer farol",
        |home| {
            home.does(&["run", "--send"]);
            Connection::open(home.path("state/farol.db")).unwrap().pragma_update(None, "user_version", 99).unwrap();
        },
        "health",
        74,
        "ledger-newer",
    ),
    ("a file in the output's place", |home| home.write("out", "x"), "run", 74, "*"),
    (
        "another run",
        |home| {
            fs::create_dir(home.path("state")).unwrap();
            let lock =
                OpenOptions::new().create(true).write(true).truncate(true).open(home.path("state/farol.lock")).unwrap();
            lock.lock().unwrap();
            // Held until the test ends.
            std::mem::forget(lock);
        },
        "run --send",
        75,
        "run-locked",
    ),
    ("a mail server that is away", |home| smtp(home, 9), "run --send", 75, "mail-server"),
    ("a report that is overdue", AS_IT_IS, "health", 75, "overdue"),
    ("a period that was expected", AS_IT_IS, "health --expect 2026-01", 75, "overdue"),
    ("a period that has not ended", AS_IT_IS, "health --expect 2099-01", 75, "period-ahead"),
    ("no configuration", |home| fs::remove_file(home.path("config/farol.yaml")).unwrap(), "run", 78, "file-missing"),
    ("no YAML", |home| home.write("config/reports.yaml", "monthly: [\n"), "run --send", 78, "*"),
    ("an unknown key", |home| home.edit("config/farol.yaml", "operators", "operatrs"), "check", 78, "unknown-key"),
    (
        "weekdays by number in six fields",
        |home| home.edit("config/farol.yaml", "0 7 5 * *", "0 0 7 * * 1-5"),
        "check",
        78,
        "bad-cron",
    ),
    (
        "a business day that never comes",
        |home| {
            home.edit("config/farol.yaml", "cron: \"0 7 5 * *\"", "business_day: 9, cron: \"0 7 5 * *\"");
        },
        "check",
        78,
        "bad-cron",
    ),
    (
        "a password written out",
        |home| {
            home.edit(
                "config/farol.yaml",
                "transport: { maildir: ../out/maildir }",
                "transport: { smtp: { host: localhost, username: u, password: hunter2 } }",
            );
        },
        "run --send",
        78,
        "secret-literal",
    ),
    (
        "nothing scheduled",
        |home| home.edit("config/farol.yaml", "  - { report: monthly, cron: \"0 7 5 * *\" }\n", "  []\n"),
        "schedule",
        78,
        "no-schedule",
    ),
];

#[test]
fn every_situation_ends_with_its_code_and_its_reason() {
    let mut log = Log::default();
    for (what, prepare, command, code, fault) in SITUATIONS {
        let home = Home::tiny();
        prepare(&home);
        let mut arguments: Vec<&str> = command.split(' ').collect();
        arguments.extend(["--log-format", "json"]);
        let ended = home.farol(&arguments);
        assert_eq!(ended.code, Some(*code), "{what}: {}", ended.stderr);
        let faults = log.check(what, &ended);
        match *fault {
            "" => assert_eq!(faults, [""; 0], "{what}"),
            "*" => assert!(!faults.is_empty(), "{what}"),
            fault => assert_eq!(faults.first().map(String::as_str), Some(fault), "{what}: {}", ended.stderr),
        }
    }
    println!("O1 | situations with their exit code, reason and event, right | {0}/{0}", SITUATIONS.len());
    println!("O5 | lines of log checked, bad lines | {}, 0", log.lines);
}

/// S2: six fields count Sunday as 1, which nobody expects.
#[test]
fn weekdays_by_number_are_refused_with_what_to_write() {
    let home = Home::tiny();
    home.edit("config/farol.yaml", "0 7 5 * *", "0 0 7 * * 1-5");
    let ended = home.farol(&["check"]);
    assert_eq!(ended.code, Some(78));
    assert!(ended.stderr.contains("1 means Sunday here; write MON-FRI"), "{}", ended.stderr);
    println!("S2 | weekdays by number in six fields | exit 78");
}

/// A run as root that has given up its right to read everything.
#[test]
fn data_that_may_not_be_read_are_a_matter_of_permission() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::tiny();
    fs::set_permissions(home.path("data/customers.csv"), fs::Permissions::from_mode(0o000)).unwrap();
    let give_up = ["--bounding-set=-dac_override,-dac_read_search", FAROL];
    let arguments = ["run", "--log-format", "json"];
    let ended = Ended::of(&home.command("setpriv", &[&give_up[..], &arguments].concat()).output().unwrap());
    assert_eq!(ended.code, Some(77), "{}", ended.stderr);
    Log::default().check("permission", &ended);
}
