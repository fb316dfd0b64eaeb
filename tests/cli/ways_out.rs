//! Whatever keeps one mail, one reader or one report from its end is nobody else's trouble, is told as what it is, and the command
//! that is told with it leads out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use farol::ledger::{Incident, Ledger, State};

use crate::clockwork::send;
use crate::fault_server::{Answer, FaultServer, Phase, Protection};
use crate::home::{Ended, FAROL, Home, Letter};
use crate::watching::web_server;

const SEND: [&str; 2] = ["run", "--send"];
const MAILDIR: &str = "transport: { maildir: ../out/maildir }";
const EVE_OF_S: &str = "{ to: eve@example.com, only: { plan: S } }";

/// A server that answers one reader at one step as it is told, for as long as it is told to.
struct Moody {
    server: FaultServer,
    is_on: Arc<AtomicBool>,
}

impl Moody {
    fn at(step: Phase, who: &'static str, answer: Answer) -> Self {
        let is_on = Arc::new(AtomicBool::new(true));
        let on = Arc::clone(&is_on);
        // What is said after RCPT hangs on the reader that was named there.
        let is_theirs = Mutex::new(false);
        let server = FaultServer::start(Protection::None, move |phase, command| {
            if phase == Phase::Recipient {
                *is_theirs.lock().unwrap() = command.contains(who);
            }
            let is_hit = phase == step && *is_theirs.lock().unwrap() && on.load(Ordering::SeqCst);
            if is_hit { answer.clone() } else { Answer::Good }
        });
        Self { server, is_on }
    }

    fn end(&self) {
        self.is_on.store(false, Ordering::SeqCst);
    }
}

fn way(port: u16) -> String {
    format!("transport: {{ smtp: {{ host: 127.0.0.1, port: {port}, tls: none }} }}")
}

/// A home whose mail goes to a server, with these readers of its report.
fn home(port: u16, readers: &str) -> Home {
    let home = Home::tiny();
    home.edit("config/farol.yaml", MAILDIR, &way(port));
    home.edit("config/farol.yaml", "data:\n", "segments: [plan]\ndata:\n");
    home.edit("config/reports.yaml", "{ to: \"head@example.com\" }", readers);
    home
}

fn ledger(home: &Home) -> Ledger {
    Ledger::open(&home.path("state")).unwrap()
}

/// Report, reader and state of every mail to readers, in the order in which they were recorded.
fn mails(home: &Home) -> Vec<(String, String, State)> {
    let all = ledger(home).all_deliveries().unwrap().into_iter().filter(farol::ledger::Delivery::is_to_a_reader);
    all.map(|mail| (mail.report, mail.recipient.replace("@example.com", ""), mail.state)).collect()
}

fn states(home: &Home) -> Vec<State> {
    mails(home).into_iter().map(|(_, _, state)| state).collect()
}

fn incidents(home: &Home) -> Vec<Incident> {
    ledger(home).open_incidents().unwrap()
}

/// The commands of a remedy, as somebody copies them: without the comments.
fn commands(remedy: &str) -> Vec<Vec<String>> {
    let lines = remedy.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let words = |line: &str| {
        let quoted = line.split('"').enumerate();
        let parts = quoted.flat_map(|(part, text)| {
            if part % 2 == 1 { vec![text.to_owned()] } else { text.split_whitespace().map(str::to_owned).collect() }
        });
        parts.skip(1).collect()
    };
    lines.map(words).collect()
}

/// Types commands at a time; each must end with 0.
fn copied(home: &Home, time: &str, remedy: &str) {
    for command in commands(remedy) {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let ended = home.at(time, &words);
        assert_eq!(ended.code, Some(0), "{words:?}: {}", ended.stderr);
    }
}

/// The server hangs up at head, who is in two reports, and has a mail of an earlier period waiting besides.
#[test]
fn a_reader_at_whom_every_mail_breaks_takes_nothing_from_the_others() {
    let moody = Moody::at(Phase::Recipient, "head@", Answer::say("421 4.3.2 closing\r\n"));
    let home = home(moody.server.port, "{ to: head@example.com }, { to: bob@example.com }");
    let alpha = "alpha: { kpis: [mrr_closing], recipients: [{ to: head@example.com }] }\n";
    home.write("config/reports.yaml", home.read("config/reports.yaml") + alpha);
    let september = home.at("2026-11-05 10:00:00", &["run", "--send", "--period", "2026-09"]);
    assert_eq!(september.code, Some(75), "{}", september.stderr);
    let ended = home.at("2026-11-05 10:05:00", &SEND);
    assert_eq!(ended.code, Some(75), "{}", ended.stderr);
    assert!(!ended.stderr.contains("error[mail-server]"), "{}", ended.stderr);
    for (report, who, state) in mails(&home) {
        let expected = if who == "head" { State::Deferred } else { State::Sent };
        assert_eq!(state, expected, "{report} {who}");
    }
    assert_eq!(mails(&home).len(), 6);
}

/// Three mails wait; SIGTERM comes while the first is being handed over by hand.
#[test]
fn a_retry_that_is_told_to_end_finishes_the_mail_that_is_on_its_way() {
    let is_away = Arc::new(AtomicBool::new(true));
    let away = Arc::clone(&is_away);
    let (tell, told) = mpsc::channel();
    let tell = Mutex::new(tell);
    let server = FaultServer::start(Protection::None, move |phase, _| {
        if phase == Phase::Recipient && away.load(Ordering::SeqCst) {
            return Answer::say("451 4.3.0 come again\r\n");
        }
        if phase == Phase::Dot {
            let _ = tell.lock().unwrap().send(());
            std::thread::sleep(Duration::from_secs(3));
        }
        Answer::Good
    });
    let home = home(server.port, "{ to: head@example.com }, { to: bob@example.com }");
    home.edit("config/farol.yaml", "operators: [", "# operators: [");
    assert_eq!(home.farol(&SEND).code, Some(75));
    is_away.store(false, Ordering::SeqCst);
    let mut command = home.command(FAROL, &["outbox", "retry"]);
    let retry = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    told.recv().unwrap();
    send("TERM", retry.id());
    let ended = Ended::of(&retry.wait_with_output().unwrap());
    assert_eq!(ended.code, Some(75), "{}", ended.stderr);
    assert!(ended.stderr.contains("warning[stopped]"), "{}", ended.stderr);
    assert_eq!(states(&home), [State::Sent, State::Pending]);
}

/// Eve's mail may have arrived, and she may see something else now: operators are told of her by name, and what is told works.
#[test]
fn what_may_have_arrived_is_written_anew_once_somebody_says_that_it_has_not() {
    let moody = Moody::at(Phase::Dot, "eve@", Answer::Close);
    let home = home(moody.server.port, &format!("{{ to: head@example.com }}, {EVE_OF_S}"));
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    assert_eq!(states(&home), [State::Sent, State::Unknown]);
    home.edit("config/reports.yaml", "plan: S", "plan: E");
    moody.end();
    let stuck = home.at("2026-11-05 10:40:00", &SEND);
    assert_eq!(stuck.code, Some(69), "{}", stuck.stderr);
    assert!(stuck.stderr.contains("farol outbox retry 2 lets farol run --report monthly"), "{}", stuck.stderr);
    let open = incidents(&home);
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(open[0].cause.starts_with("`monthly` 2026-10 may or may not have reached eve@example.com"), "{open:?}");
    assert_eq!(states(&home), [State::Sent, State::Unknown], "nobody decides that for them");
    let remedy = open[0].remedy.split("# what has:").next().unwrap();
    copied(&home, "2026-11-05 10:45:00", remedy);
    assert_eq!(states(&home), [State::Sent, State::Discarded, State::Sent]);
    assert_eq!(incidents(&home).len(), 0);
    // Had she said that it had arrived, it would have been the end of it.
    let home = self::home(moody.server.port, &format!("{{ to: head@example.com }}, {EVE_OF_S}"));
    moody.is_on.store(true, Ordering::SeqCst);
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    home.edit("config/reports.yaml", "plan: S", "plan: E");
    moody.end();
    home.at("2026-11-05 10:40:00", &SEND);
    let open = incidents(&home);
    copied(&home, "2026-11-05 10:45:00", open[0].remedy.split("# what has:").nth(1).unwrap());
    assert_eq!(home.at("2026-11-05 10:50:00", &SEND).code, Some(0));
    assert_eq!(states(&home), [State::Sent, State::Discarded]);
}

/// The report is called otherwise while its mail waits: nobody gets it, operators know of each, and it ends when its time is over.
#[test]
fn mail_of_a_report_that_there_is_no_more_is_told_and_ends() {
    let moody = Moody::at(Phase::Recipient, "@example.com", Answer::say("451 4.3.0 come again\r\n"));
    let home = home(moody.server.port, "{ to: head@example.com }, { to: bob@example.com }");
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    moody.end();
    home.edit("config/reports.yaml", "monthly:", "month2:");
    home.edit("config/farol.yaml", "report: monthly", "report: month2");
    let held = home.at("2026-11-05 10:40:00", &["outbox", "deliver"]);
    assert_eq!(held.code, Some(0), "{}", held.stderr);
    assert_eq!(held.stderr.matches("warning[mail-held]").count(), 2, "{}", held.stderr);
    assert_eq!(states(&home), [State::Deferred; 2]);
    let open = incidents(&home);
    assert_eq!(open.len(), 1, "{open:?}");
    for part in ["`monthly` 2026-10 waits for 2 readers", "reports.yaml no longer names", "bob@example.com (mail 2)"] {
        assert!(open[0].cause.contains(part), "{part}: {open:?}");
    }
    assert!(open[0].remedy.ends_with("farol outbox discard 1 2 --reason \"no longer a reader\""), "{open:?}");
    copied(&home, "2026-11-05 10:45:00", &open[0].remedy.replace(" 1 2 ", " 1 "));
    // 72 hours and more after it was written.
    let over = home.at("2026-11-08 18:00:00", &["outbox", "deliver"]);
    assert_eq!(over.code, Some(0), "{}", over.stderr);
    assert_eq!(states(&home), [State::Discarded, State::Dead]);
    assert_eq!(incidents(&home).len(), 0);
}

/// No customer has eve's plan: she alone gets nothing, the code and a mail to operators say so, and what they say mends it.
#[test]
fn a_part_that_holds_nobody_is_its_readers_trouble_alone() {
    let home = Home::tiny();
    home.edit("config/farol.yaml", "data:\n", "segments: [plan]\ndata:\n");
    let readers = "{ to: head@example.com }, { to: bob@example.com }, { to: eve@example.com, only: { plan: Gone } }";
    home.edit("config/reports.yaml", "{ to: \"head@example.com\" }", readers);
    let beta = "beta: { kpis: [mrr_closing], recipients: [{ to: head@example.com }] }\n";
    home.write("config/reports.yaml", home.read("config/reports.yaml") + beta);
    let check = home.at("2026-11-05 10:00:00", &["check", "--data"]);
    let fault =
        "config/reports.yaml: error[empty-scope]: `only: { plan: Gone }` holds nobody: no customer has that plan";
    assert_eq!((check.code, check.stderr.contains(fault)), (Some(65), true), "{}", check.stderr);
    for time in ["2026-11-05 10:00:00", "2026-11-05 11:00:00"] {
        let ended = home.at(time, &SEND);
        assert_eq!(ended.code, Some(65), "{}", ended.stderr);
        assert!(ended.stderr.contains(fault), "{}", ended.stderr);
        assert!(ended.stderr.contains("help: customers have `E`, `S`"), "{}", ended.stderr);
    }
    let to: Vec<(String, String, State)> = mails(&home);
    let of = |report: &str, who: &str| (report.to_owned(), who.to_owned(), State::Sent);
    assert_eq!(to, [of("beta", "head"), of("monthly", "head"), of("monthly", "bob")]);
    let files: Vec<String> =
        home.files("out/monthly/2026-10").into_keys().filter(|name| name.contains("Gone")).collect();
    assert_eq!(files, [""; 0], "no form is made for nobody");
    let open = incidents(&home);
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(open[0].cause.starts_with("`monthly` 2026-10 was not made for all of its readers\n"), "{open:?}");
    assert!(open[0].cause.contains("plan: Gone") && open[0].remedy.contains("in reports.yaml"), "{open:?}");
    home.edit("config/reports.yaml", "plan: Gone", "plan: E");
    copied(&home, "2026-11-05 12:00:00", &open[0].remedy);
    assert_eq!(mails(&home).last().unwrap(), &of("monthly", "eve"));
    assert_eq!((mails(&home).len(), incidents(&home).len()), (4, 0));
}

/// A run was cut off after some of the mail, and the rest went out; or a later run finds no data. The report was made all the same.
#[test]
fn a_report_that_everybody_has_was_made() {
    let moody = Moody::at(Phase::Recipient, "bob@", Answer::say("451 4.3.0 come again\r\n"));
    let home = home(moody.server.port, "{ to: head@example.com }, { to: bob@example.com }");
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    let now = "2026-11-05T10:00:01Z".parse().unwrap();
    let what = ("`monthly` 2026-10 was not made: killed by signal 9", "");
    ledger(&home).open_incident(("run-failed", "monthly 2026-10"), what, now).unwrap();
    moody.end();
    let delivered = home.at("2026-11-05 10:05:00", &["outbox", "deliver"]);
    assert_eq!(delivered.code, Some(0), "{}", delivered.stderr);
    assert_eq!(states(&home), [State::Sent; 2]);
    assert_eq!(incidents(&home).len(), 0);
    std::fs::rename(home.path("data/subscriptions.csv"), home.path("data/gone.csv")).unwrap();
    assert_eq!(home.at("2026-11-05 10:06:00", &SEND).code, Some(66));
    assert_eq!(incidents(&home).len(), 0, "nobody is still to get it");
}

/// Everybody's mail was refused: a run sends nothing of it, and that is not what is told.
#[test]
fn health_names_the_command_that_works() {
    let moody = Moody::at(Phase::Recipient, "@example.com", Answer::say("550 5.1.1 unknown user\r\n"));
    let home = home(moody.server.port, "{ to: head@example.com }, { to: bob@example.com }");
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(69));
    let ill = home.at("2026-11-05 12:30:00", &["health"]);
    assert_eq!(ill.code, Some(75));
    assert!(ill.stderr.contains("`farol outbox retry 1 2` tries it again"), "{}", ill.stderr);
    assert!(!ill.stderr.contains("farol run"), "{}", ill.stderr);
    moody.end();
    copied(&home, "2026-11-05 12:31:00", "farol outbox retry 1 2");
    let well = home.at("2026-11-05 12:32:00", &["health"]);
    assert_eq!(well.code, Some(0), "{}", well.stderr);
}

/// Bob's mail is refused, and the daemon could not read a configuration: no report is overdue, and what is wrong is said all the same.
#[test]
fn health_says_what_is_wrong_beside_what_is_overdue() {
    let moody = Moody::at(Phase::Recipient, "bob@", Answer::say("550 5.1.1 unknown user\r\n"));
    let home = home(moody.server.port, "{ to: head@example.com }, { to: bob@example.com }");
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(69));
    let well = |causes: &[&str]| {
        let ended = home.at("2026-11-05 12:30:00", &["health"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let lines: Vec<&str> = ended.stdout.lines().collect();
        let expected = match causes.len() {
            0 => "well: nothing is overdue",
            1 => "nothing is overdue, but 1 trouble is open; `farol status` shows what mends it:",
            _ => "nothing is overdue, but 2 troubles are open; `farol status` shows what mends them:",
        };
        assert_eq!((lines[0], &lines[1..]), (expected, causes));
    };
    let bob = "  `monthly` 2026-10 did not reach b…@example.com: RCPT TO: 550 5.1.1 unknown user";
    well(&[bob]);
    let now = "2026-11-05T10:00:01Z".parse().unwrap();
    ledger(&home)
        .open_incident(("configuration", ""), ("the configuration has faults\nline 3", "farol check"), now)
        .unwrap();
    well(&[bob, "  the configuration has faults"]);
    copied(&home, "2026-11-05 12:31:00", "farol outbox discard 2 --reason x");
    well(&["  the configuration has faults"]);
    let mut ledger = ledger(&home);
    for incident in ledger.open_incidents().unwrap() {
        ledger.close_incident(&incident, now).unwrap();
    }
    well(&[]);
}

/// A mail to an operator and a trial are refused: each has a remedy of its own, and neither is a reader's mail.
#[test]
fn mails_to_operators_and_trials_have_remedies_that_can_be_run() {
    let moody = Moody::at(Phase::Recipient, "@example.com", Answer::say("550 5.1.1 unknown user\r\n"));
    let home = home(moody.server.port, "{ to: head@example.com }");
    let trial = home.at("2026-11-05 10:00:00", &["run", "--send", "--to", "me@example.com"]);
    assert_eq!(trial.code, Some(69), "{}", trial.stderr);
    let again = "farol run --report monthly --period 2026-10 --send --to ADDRESS";
    assert!(trial.stderr.contains(again) && !trial.stderr.contains("(trial) --period"), "{}", trial.stderr);
    home.edit("data/subscriptions.csv", "mrr", "mrr_brl");
    let ended = home.at("2026-11-05 10:01:00", &SEND);
    assert_eq!(ended.code, Some(65), "{}", ended.stderr);
    assert!(ended.stderr.contains("correct it in `delivery.operators`"), "{}", ended.stderr);
    assert!(!ended.stderr.contains("--report (operators)"), "{}", ended.stderr);
    let status = home.at("2026-11-05 10:02:00", &["status"]).stdout;
    assert!(status.contains("failed, to operators:\n  `(operators)` incident-1 to o…@example.com: failed"), "{status}");
    let metrics = home.read("farol.prom");
    assert!(metrics.contains("farol_undelivered 0\n"), "{metrics}");
    moody.end();
    copied(&home, "2026-11-05 10:03:00", "farol outbox retry 1 2");
    let all = ledger(&home).all_deliveries().unwrap();
    assert!(all.iter().all(|mail| mail.state == State::Sent), "{all:?}");
}

/// The run could not hand it over and called nobody at its end; who sends the rest tells that it is well, unless something is not.
#[test]
fn a_monitor_hears_when_what_a_run_had_left_has_gone_out() {
    let moody = Moody::at(Phase::Recipient, "bob@", Answer::say("451 4.3.0 come again\r\n"));
    let home = home(moody.server.port, "{ to: head@example.com }, { to: bob@example.com }");
    let (port, heard) = web_server("200 OK");
    home.write("ping", format!("http://127.0.0.1:{port}/x"));
    home.write("config/farol.yaml", home.read("config/farol.yaml") + "ping: file:../ping\n");
    let calls = || heard.try_iter().collect::<Vec<_>>();
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    assert_eq!(calls(), ["POST /x/start HTTP/1.1"]);
    assert_eq!(home.at("2026-11-05 10:05:00", &["outbox", "deliver"]).code, Some(75));
    assert_eq!(calls(), [""; 0], "it waits still");
    moody.end();
    assert_eq!(home.at("2026-11-05 11:30:00", &["outbox", "deliver"]).code, Some(0));
    assert_eq!(calls(), ["POST /x HTTP/1.1"]);
    let nothing = home.at("2026-11-05 11:31:00", &["outbox", "deliver"]);
    assert!(nothing.stderr.contains("no mail to readers is due"), "{}", nothing.stderr);
    assert_eq!(calls(), [""; 0], "nothing was sent");
}

/// What nobody would try again by itself is tried by its number, or with all the others.
#[test]
fn a_retry_of_what_waits_leaves_the_dead_alone() {
    let moody = Moody::at(Phase::Recipient, "@example.com", Answer::say("451 4.3.0 come again\r\n"));
    let home = home(moody.server.port, "{ to: head@example.com }");
    home.edit("config/farol.yaml", "operators: [", "# operators: [");
    assert_eq!(home.at("2026-07-05 10:00:00", &SEND).code, Some(75));
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    moody.end();
    assert_eq!(states(&home), [State::Dead, State::Deferred]);
    let waiting = home.at("2026-11-05 10:01:00", &["outbox", "retry"]);
    assert!(waiting.stderr.contains("sent 1 of 1 mails"), "{}", waiting.stderr);
    assert!(
        waiting.stderr.contains("1 mail does not wait to be tried: farol outbox list shows why"),
        "{}",
        waiting.stderr
    );
    assert_eq!(states(&home), [State::Dead, State::Sent]);
    assert_eq!(home.at("2026-11-05 10:02:00", &["outbox", "retry", "--all"]).code, Some(0));
    assert_eq!(states(&home), [State::Sent; 2]);
    let subjects: Vec<String> = home.all_letters().iter().map(Letter::subject).collect();
    assert_eq!(subjects, [""; 0], "all went to the server");
}

/// Bob is no reader any more, eve may see something else now: wherever their mail is shown it is called held or outdated, with the
/// command that leads on, and so does whoever tries it. What has come to its end says what is left to be done.
#[test]
fn what_is_held_is_called_so_and_its_words_lead_on() {
    let moody = Moody::at(Phase::Recipient, "@example.com", Answer::say("451 4.3.0 come again\r\n"));
    let home = home(moody.server.port, &format!("{{ to: head@example.com }}, {{ to: bob@example.com }}, {EVE_OF_S}"));
    assert_eq!(home.at("2026-11-05 10:00:00", &SEND).code, Some(75));
    home.edit("config/reports.yaml", ", { to: bob@example.com }", "");
    home.edit("config/reports.yaml", "plan: S", "plan: E");
    let (discard, anew) = (
        "farol outbox discard 2 --reason \"no longer a reader\"",
        "farol run --report monthly --period 2026-10 --send",
    );
    for command in [&["outbox", "list"][..], &["status"]] {
        let shown = home.at("2026-11-05 10:10:00", command).stdout;
        for (who, words) in [("b…@", ["deferred, held", discard]), ("e…@", ["deferred, outdated", anew])] {
            let line = shown.lines().find(|line| line.contains(who)).unwrap();
            assert!(words.iter().all(|word| line.contains(word)), "{command:?}: {line}");
        }
        assert!(shown.lines().any(|line| line.contains("h…@") && !line.contains("held")), "{shown}");
    }
    for (id, words) in
        [("2", ["reports.yaml no longer names its reader", discard]), ("3", ["written for another part", anew])]
    {
        let refused = home.at("2026-11-05 10:11:00", &["outbox", "retry", id]);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(words.iter().all(|word| refused.stderr.contains(word)), "{}", refused.stderr);
    }
    moody.end();
    let retry = home.at("2026-11-05 10:12:00", &["outbox", "retry"]);
    assert_eq!(retry.code, Some(0), "{}", retry.stderr);
    assert!(retry.stderr.contains("sent 1 of 1 mails; 2 were not tried, as told"), "{}", retry.stderr);
    assert!(retry.stderr.contains(discard) && retry.stderr.contains(anew), "{}", retry.stderr);
    let again = home.at("2026-11-05 10:13:00", &["outbox", "retry"]);
    assert!(again.stderr.contains("sent 0 of 0 mails; 2 were not tried"), "{}", again.stderr);
    let ill = home.at("2026-11-05 12:30:00", &["health"]);
    assert_eq!(ill.code, Some(75), "{}", ill.stderr);
    let what = "the mail to 1 of 2 readers is not tried: it was written for another part, language or right to names";
    assert!(ill.stderr.contains(what) && !ill.stderr.contains("wait for it"), "{}", ill.stderr);

    copied(&home, "2026-11-05 12:31:00", &format!("{discard}\n{anew}"));
    assert_eq!(states(&home), [State::Sent, State::Discarded, State::Discarded, State::Sent]);
    for (id, words) in [
        ("1", ["it is sent, since 2026-11-05 10:12 UTC", "--send --resend --reason WHY"]),
        ("2", ["it was given up for good, 2026-11-05 12:31 UTC", "the configuration no longer names them for it"]),
        ("3", ["a newer one, 5, has taken its place, which is sent", "farol outbox show 5"]),
    ] {
        let refused = home.at("2026-11-05 12:32:00", &["outbox", "retry", id]);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(words.iter().all(|word| refused.stderr.contains(word)), "{}", refused.stderr);
    }
    println!("D17, D18 | mail that is not tried: called so, and what is told with it leads on | 2 of 2");
}

/// The server refuses the sender, or the maildir cannot be written: neither is a server that is away, and the remedy says what it is.
#[test]
fn a_refused_sender_and_a_folder_that_cannot_be_written_are_told_as_such() {
    let server = FaultServer::start(Protection::None, |phase, command| {
        if phase == Phase::Sender && command.contains("<farol@example.com>") {
            Answer::say("553 5.7.1 not your address\r\n")
        } else {
            Answer::Good
        }
    });
    let home = home(server.port, "{ to: head@example.com }");
    home.edit("config/farol.yaml", "operators: [", "# operators: [");
    let anew = "farol run --report monthly --period 2026-10 --send --resend --reason \"another sender\"";
    let is_told = |said: &str| {
        let parts = ["MAIL FROM: 553 5.7.1 not your address", "`delivery.from`", anew];
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
        assert!(!said.contains("when the mail server is there") && !said.contains("check --smtp"), "{said}");
    };
    let refused = home.at("2026-11-05 10:00:00", &SEND);
    assert_eq!(refused.code, Some(75), "{}", refused.stderr);
    is_told(&refused.stderr);
    assert_eq!(home.at("2026-11-05 10:40:00", &["outbox", "deliver"]).code, Some(75));
    let open = incidents(&home).remove(0);
    is_told(&format!("{}\n{}", open.cause, open.remedy));
    is_told(&home.at("2026-11-05 12:30:00", &["health"]).stderr);
    // Another sender alone does not change what is written.
    home.edit("config/farol.yaml", "farol@example.com", "reports@example.com");
    assert_eq!(home.at("2026-11-05 12:31:00", &["outbox", "retry"]).code, Some(75));
    copied(&home, "2026-11-05 12:32:00", &open.remedy);
    assert_eq!((states(&home), incidents(&home).len()), (vec![State::Discarded, State::Sent], 0));

    let home = Home::tiny();
    home.edit("config/farol.yaml", "operators: [", "# operators: [");
    std::fs::create_dir(home.path("out")).unwrap();
    home.write("out/maildir", "in the way");
    let unwritable = home.at("2026-11-05 10:00:00", &SEND);
    assert_eq!(unwritable.code, Some(75), "{}", unwritable.stderr);
    for part in [
        "the maildir `out/maildir` cannot be written: ",
        "(os error ",
        "let farol write that folder",
        "`farol outbox deliver`",
    ] {
        assert!(unwritable.stderr.contains(part), "{part}: {}", unwritable.stderr);
    }
    std::fs::remove_file(home.path("out/maildir")).unwrap();
    copied(&home, "2026-11-05 10:30:00", "farol outbox deliver");
    assert_eq!(home.letters().len(), 1);
}
