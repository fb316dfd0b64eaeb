//! Those who watch: operators by mail, Prometheus by a file, a monitor by calls; and a machine without a network.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::mpsc;
use std::time::Duration;

use crate::clockwork::wait_for;
use crate::fault_server::{Answer, FaultServer, Phase, Protection};
use crate::home::{Ended, FAROL, Home, Letter};

const SEND: [&str; 2] = ["run", "--send"];

fn subjects(home: &Home, who: &str) -> Vec<String> {
    let letters = home.all_letters();
    letters.iter().filter(|letter| letter.to() == who).map(Letter::subject).collect()
}

/// The data are refused three times, then mended: operators hear of it once, with the cause and what mends it, and once that it
/// is over. Readers hear nothing of it. A run by hand without `--send`, or to a tester, concerns nobody.
#[test]
fn operators_hear_once_that_data_are_refused_and_once_that_it_is_over() {
    let home = Home::tiny();
    home.edit("data/subscriptions.csv", "mrr", "mrr_brl");
    assert_eq!(home.farol(&["run"]).code, Some(65));
    assert_eq!(home.farol(&["run", "--send", "--to", "me@example.com"]).code, Some(65));
    assert_eq!(home.all_letters().len(), 0);
    for _ in 0..3 {
        assert_eq!(home.farol(&SEND).code, Some(65));
    }
    let letters = home.all_letters();
    assert_eq!(letters.iter().map(Letter::to).collect::<Vec<_>>(), ["ops@example.com"]);
    let text = &letters[0].readable().iter().find(|(kind, _)| kind.starts_with("text/plain")).unwrap().1.clone();
    assert!(letters[0].subject().starts_with("[farol] Example Ltd: `monthly` "), "{}", letters[0].subject());
    for part in ["exit code 65", "mrr", "farol check --data", "farol run --report monthly --period "] {
        assert!(text.contains(part), "{part}: {text}");
    }
    home.edit("data/subscriptions.csv", "mrr_brl", "mrr");
    home.does(&SEND);
    home.does(&SEND);
    assert_eq!(subjects(&home, "head@example.com").len(), 1);
    let told = subjects(&home, "ops@example.com");
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told.iter().filter(|subject| subject.contains(": over: ")).count(), 1, "{told:?}");
    // The same again is another incident, unless nobody is still to get the report.
    home.edit("data/subscriptions.csv", "mrr", "mrr_brl");
    assert_eq!(home.farol(&SEND).code, Some(65));
    assert_eq!(subjects(&home, "ops@example.com").len(), 2);
    assert_eq!(home.farol(&["run", "--send", "--period", "2026-01"]).code, Some(65));
    assert_eq!(subjects(&home, "ops@example.com").len(), 3);
}

/// A name of value pairs in the exposition format: `name{label="text"} number`.
fn sample(line: &str) -> Option<(&str, &str, f64)> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{').map_or((series, ""), |(name, rest)| (name, rest.trim_end_matches('}')));
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let is_label = |label: &str| label.split_once("=\"").is_some_and(|(_, text)| text.ends_with('"'));
    (is_name && labels.split(',').all(|label| label.is_empty() || is_label(label))).then_some((
        name,
        labels,
        value.parse().ok()?,
    ))
}

#[test]
fn metrics_say_what_the_ledger_knows() {
    let home = Home::tiny();
    home.write("data/subscriptions.csv", home.read("data/subscriptions.csv") + "A1,2026-01-01,2025-01-01,1.00\n");
    home.edit("config/farol.yaml", "subscriptions.csv }", "subscriptions.csv, max_bad_rows: 50% }");
    let first = home.at("2026-11-05 10:00:00", &SEND);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let text = home.read("farol.prom");
    let mode = std::fs::metadata(home.path("farol.prom")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o644, "the exporter is another user");
    let mut typed = BTreeSet::new();
    let mut samples = Vec::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["gauge", "counter"].contains(&kind) && typed.insert(name), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
        } else if !line.starts_with("# HELP ") {
            let (name, labels, value) = sample(line).unwrap_or_else(|| panic!("{line}"));
            assert!(typed.contains(name), "{line}");
            samples.push((name, labels, value));
        }
    }
    let value = |name: &str, labels: &str| {
        samples
            .iter()
            .find(|sample| sample.0 == name && sample.1 == labels)
            .unwrap_or_else(|| panic!("{name}\n{text}"))
            .2
    };
    let report = "report=\"monthly\"";
    // 2026-11-05 10:00 UTC.
    assert!((value("farol_last_success_timestamp_seconds", report) - 1_793_872_800.0).abs() < 0.5);
    for (name, labels, expected) in [
        ("farol_last_exit_code", report, 0.0),
        ("farol_missed_slots_total", report, 0.0),
        ("farol_quarantined_rows", report, 1.0),
        ("farol_outbox", "state=\"pending\"", 0.0),
        ("farol_outbox", "state=\"deferred\"", 0.0),
        ("farol_sent_total", "", 1.0),
        ("farol_unknown", "", 0.0),
        ("farol_open_incidents", "", 0.0),
    ] {
        assert!((value(name, labels) - expected).abs() < 1e-9, "{name}{labels}\n{text}");
    }
    assert!(value("farol_last_run_duration_seconds", report) > 0.0);
    home.edit("data/subscriptions.csv", "mrr", "mrr_brl");
    assert_eq!(home.at("2026-12-05 10:00:00", &SEND).code, Some(65));
    let text = home.read("farol.prom");
    assert!(text.contains("farol_last_exit_code{report=\"monthly\"} 65\n"), "{text}");
    assert!(text.contains("farol_last_success_timestamp_seconds{report=\"monthly\"} 1793872800\n"), "{text}");
    assert!(text.contains("farol_open_incidents 1\n"), "{text}");
    // A folder that is not there: a warning, and the run is as it is.
    home.edit("data/subscriptions.csv", "mrr_brl", "mrr");
    home.edit("config/farol.yaml", "metrics: ../farol.prom", "metrics: ../nowhere/farol.prom");
    let ended = home.at("2026-12-05 10:00:00", &SEND);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("warning[metrics]: cannot write the metrics"), "{}", ended.stderr);
}

/// A web server that answers every call with one status, and tells what it was asked.
pub(crate) fn web_server(status: &'static str) -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut reader = BufReader::new(connection.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            write!(connection, "HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK").unwrap();
            let line = head.lines().next().unwrap_or_default().to_owned();
            let _ = tell.send(format!("{line} {}", String::from_utf8_lossy(&body)).trim_end().to_owned());
        }
    });
    (port, told)
}

#[test]
fn a_monitor_is_called_at_the_start_and_at_the_end_and_never_stops_a_run() {
    let home = Home::tiny();
    let yaml = home.read("config/farol.yaml") + "ping: \"${PING}\"\n";
    home.write("config/farol.yaml", &yaml);
    let run = |address: &str, arguments: &[&str]| {
        Ended::of(&home.command(FAROL, arguments).env("PING", address).output().unwrap())
    };
    let (port, told) = web_server("200 OK");
    let address = format!("http://127.0.0.1:{port}/secret-8f3a");
    let calls = || told.try_iter().collect::<Vec<_>>();
    assert_eq!(run(&address, &SEND).code, Some(0));
    assert_eq!(calls(), ["POST /secret-8f3a/start HTTP/1.1", "POST /secret-8f3a HTTP/1.1"]);
    assert_eq!(run(&address, &["run"]).code, Some(0));
    assert_eq!(calls(), [""; 0], "a run by hand is not watched");
    home.edit("data/subscriptions.csv", "mrr", "mrr_brl");
    assert_eq!(run(&address, &SEND).code, Some(65));
    assert_eq!(calls(), ["POST /secret-8f3a/start HTTP/1.1", "POST /secret-8f3a/fail HTTP/1.1 exit code 65"]);
    home.edit("data/subscriptions.csv", "mrr_brl", "mrr");

    let (broken, _told) = web_server("503 No");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (port, why) in [(broken, "it answered with 503"), (nobody, "connection refused")] {
        let ended = run(&format!("http://127.0.0.1:{port}/secret-8f3a"), &SEND);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(
            ended.stderr.contains(&format!("warning[ping]: `ping` could not be called: {why}")),
            "{}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("8f3a"), "{}", ended.stderr);
    }
    assert!(run("ftp://127.0.0.1/secret-8f3a", &SEND).complaint().contains("error[bad-reference]"));
    home.edit("config/farol.yaml", "\"${PING}\"", "https://hc.example/secret-8f3a");
    let ended = run("", &SEND);
    assert_eq!(ended.code, Some(78));
    assert!(ended.complaint().contains("error[secret-literal]") && !ended.stderr.contains("8f3a"), "{}", ended.stderr);
    println!(
        "O2 | calls of a monitor: start and success, start and fail, refused, none | right 4/4, runs that failed by it 0"
    );
}

/// A network namespace with nothing in it: no route, no name server.
#[test]
fn without_a_network_the_report_is_made_and_the_mail_waits() {
    let home = Home::tiny();
    let smtp = "transport: { smtp: { host: smtp.example.com } }";
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", smtp);
    let run = |arguments: &[&str]| {
        home.command("unshare", &[&["--net", "--map-root-user", FAROL], arguments].concat()).output()
    };
    let probe = home.command("unshare", &["--net", "--map-root-user", "true"]).status();
    if !probe.is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("CI").is_none(), "no right to unshare the network");
        println!("O11 | without a network | SKIPPED: no right to unshare it");
        return;
    }
    let start = std::time::Instant::now();
    let ended = Ended::of(&run(&SEND).unwrap());
    let wall = start.elapsed();
    assert_eq!(ended.code, Some(75), "{}", ended.stderr);
    assert!(ended.stderr.contains("error[mail-server]"), "{}", ended.stderr);
    let made = home.files("out").keys().filter(|name| name.ends_with("report.html")).count();
    assert_eq!(made, 1);
    println!("O11 | without a network: reports made, exit code, seconds | {made}, 75, {:.1}", wall.as_secs_f64());
}

/// The daemon's child measures how long it took, with the server that takes its time; whatever writes the metrics later keeps that.
#[test]
fn the_duration_of_a_run_has_the_time_that_sending_took() {
    const SLOW: Duration = Duration::from_millis(1500);
    let server = FaultServer::start(Protection::None, |phase, _| {
        if phase == Phase::Dot {
            std::thread::sleep(SLOW);
        }
        Answer::Good
    });
    let home = Home::tiny();
    let way = format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {}, tls: none }} }}", server.port);
    home.edit("config/farol.yaml", "transport: { maildir: ../out/maildir }", &way);
    let daemon = home.daemon("2026-11-05 10:00:01");
    wait_for("the slot is done", || home.slots().first().is_some_and(|slot| slot.exit == Some(0)));
    assert_eq!(daemon.stop(), Some(0));
    let took = || {
        let metrics = home.read("farol.prom");
        let value =
            metrics.lines().find_map(|line| line.strip_prefix("farol_last_run_duration_seconds{report=\"monthly\"} "));
        value.unwrap().parse::<f64>().unwrap()
    };
    let measured = took();
    assert!(measured >= SLOW.as_secs_f64(), "{measured}");
    home.at("2026-11-05 10:10:00", &["outbox", "deliver"]);
    assert!((took() - measured).abs() < 1e-9, "{} {measured}", took());
}
