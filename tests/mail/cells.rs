//! Every fault at every step of the conversation, each judged for what it is; and what the time may be stretched to.

use std::net::TcpListener;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use farol::config::{self, Tls};
use farol::delivery::smtp::Deadlines;
use farol::delivery::transport::Outcome;

use super::faults::{PASSWORD, attempt, attempt_within, server, with_login};
use crate::support::certificates;
use crate::support::fault_server::{Answer, FaultServer, Phase, Protection};

/// Without a deadline for the whole, the slowest servers below would keep us for minutes.
const NOT_FOR_EVER: Duration = Duration::from_secs(15);

/// The first word of an outcome.
fn class(outcome: &Outcome) -> String {
    outcome.to_string().split(':').next().unwrap().to_owned()
}

/// Answers that say what a good server says, in another way.
const GOOD: [&str; 4] = ["latin-1", "multi-line", "bare LF", "slowly"];

/// What each answer must come to in each phase, written down apart from the code: before the dot nothing is ever unknown, after
/// it everything is that is not 250, 4xx or 5xx, and what follows the 250 changes nothing. What breaks a conversation once the
/// sender has been taken tells nothing of the next recipient.
fn expected(phase: Phase, fault: &str) -> &'static str {
    let recipient = matches!(phase, Phase::Recipient | Phase::Data);
    match (phase, fault) {
        (Phase::Quit, _) => "sent",
        (_, fault) if GOOD.contains(&fault) => "sent",
        (Phase::Dot, "421") => "broken",
        (Phase::Dot, "450" | "451" | "452") | (Phase::Sender, "552") => "deferred",
        (Phase::Dot, "500" | "535" | "550" | "552" | "554") => "refused",
        (Phase::Dot, _) => "unknown",
        (_, "450" | "451" | "452") if recipient => "deferred",
        (_, "500" | "535" | "550" | "552" | "554") if recipient => "refused",
        _ if recipient => "broken",
        _ => "unreachable",
    }
}

/// The faults of one phase, by name.
fn faults(phase: Phase) -> Vec<(String, Answer)> {
    let good = match phase {
        Phase::Greeting | Phase::StartTls => 220,
        Phase::Quit => 221,
        Phase::Data => 354,
        Phase::Login => 235,
        _ => 250,
    };
    let codes = [
        "421", "450", "451", "452", "500", "535", "550", "552", "554", "251", "200", "300", "354", "334", "999", "000",
        "100",
    ];
    let wrong = codes.into_iter().filter(|code| *code != good.to_string());
    let mut faults: Vec<(String, Answer)> =
        wrong.map(|code| (code.to_owned(), Answer::say(&format!("{code} no\r\n")))).collect();
    let flood = match good {
        220 => "220-more\r\n",
        221 => "221-more\r\n",
        354 => "354-more\r\n",
        235 => "235-more\r\n",
        _ => "250-more\r\n",
    };
    let named: [(&str, Answer); 14] = [
        ("close", Answer::Close),
        ("reset", Answer::Reset),
        ("hang", Answer::Hang),
        ("drip", Answer::Drip(format!("{good} ok ok ok ok ok ok\r\n").into_bytes(), Duration::from_millis(200))),
        ("garbage", Answer::Say(b"\xff\xfe\x00GET / HTTP/1.1\r\n".to_vec())),
        ("no line end", Answer::say(&format!("{good} ok"))),
        ("endless line", Answer::Say(vec![b'2'; 1 << 20])),
        ("100 MB", Answer::Flood(flood, 100_000_000)),
        ("two codes", Answer::say(&format!("{good}-ok\r\n550 no\r\n"))),
        ("short code", Answer::say("25 ok\r\n")),
        ("latin-1", Answer::Say([format!("{good} se").as_bytes(), b"\xf1or\r\n"].concat())),
        ("multi-line", Answer::say(&format!("{good}-STARTTLS\r\n{good}-AUTH PLAIN\r\n{good} c\r\n"))),
        ("bare LF", Answer::say(&format!("{good} ok\n"))),
        ("slowly", Answer::Drip(format!("{good} ok\r\n").into_bytes(), Duration::from_millis(20))),
    ];
    faults.extend(named.map(|(name, answer)| (name.to_owned(), answer)));
    faults
}

/// One cell: a server that does everything well but this. What is wrong with what came of it, if anything.
fn wrong(phase: Phase, name: &str, answer: Answer) -> Option<String> {
    let starttls = phase == Phase::StartTls;
    let protection = if starttls { Protection::Starttls(certificates::server("server")) } else { Protection::None };
    let fault_server =
        FaultServer::start(protection, move |at, _| if at == phase { answer.clone() } else { Answer::Good });
    let tls = if starttls { Tls::Starttls } else { Tls::None };
    let mut described = server("localhost", fault_server.port, tls);
    if matches!(phase, Phase::Login | Phase::StartTls) {
        described = with_login(described);
    }
    let started = Instant::now();
    let (outcome, intents) = attempt(&described);
    let took = started.elapsed();
    let body = fault_server.body().len();
    let left = matches!(phase, Phase::Dot | Phase::Quit) || expected(phase, name) == "sent";
    let right = class(&outcome) == expected(phase, name)
        && took < NOT_FOR_EVER
        && (intents, body > 0) == (usize::from(left), left)
        && !outcome.to_string().contains(PASSWORD);
    (!right).then(|| format!("{phase:?}, {name}: {outcome} ({took:?}, {intents} intents, {body} bytes)"))
}

/// Where nobody talks SMTP to us at all.
fn no_server() -> Vec<(&'static str, config::Smtp)> {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    vec![
        ("refused", server("127.0.0.1", free, Tls::None)),
        ("no such name", server("nobody.invalid", free, Tls::Implicit)),
        // An address of documentation (RFC 5737): nothing answers, or the network says so.
        ("no answer", server("192.0.2.1", free, Tls::Implicit)),
    ]
}

/// Each fault at each step: its outcome, without a word of the message before its turn, without the password.
#[test]
fn every_fault_at_every_step_is_judged_for_what_it_is() {
    let phases = [
        Phase::Greeting,
        Phase::Hello,
        Phase::StartTls,
        Phase::Login,
        Phase::Sender,
        Phase::Recipient,
        Phase::Data,
        Phase::Dot,
        Phase::Quit,
    ];
    let (faulty, cells, silent) = (Mutex::new(Vec::new()), Mutex::new(0), Mutex::new(0));
    thread::scope(|scope| {
        for phase in phases {
            let (faulty, cells, silent) = (&faulty, &cells, &silent);
            scope.spawn(move || {
                for (name, answer) in faults(phase) {
                    let found = wrong(phase, &name, answer);
                    let is_false = found.as_ref().is_some_and(|found| found.contains(": sent"));
                    *silent.lock().unwrap() += u32::from(is_false);
                    faulty.lock().unwrap().extend(found);
                    *cells.lock().unwrap() += 1;
                }
            });
        }
    });
    for (name, described) in no_server() {
        let (outcome, intents) = attempt(&described);
        if class(&outcome) != "unreachable" || intents != 0 {
            faulty.lock().unwrap().push(format!("connecting, {name}: {outcome}"));
        }
        *cells.lock().unwrap() += 1;
    }
    let (faulty, cells) = (faulty.into_inner().unwrap(), cells.into_inner().unwrap());
    println!("D1 | cells right | {}/{cells}", cells - faulty.len());
    println!("D1 | false \"sent\" | {}", silent.into_inner().unwrap());
    assert!(faulty.is_empty(), "{}", faulty.join("\n"));
    assert!(cells >= 200, "{cells}");
}

/// A byte a second keeps each read alive for ever, so that one reply takes a minute; the whole must still end.
#[test]
fn the_deadline_holds_for_the_whole_and_not_for_each_read() {
    let slow =
        |_: Phase, _: &str| Answer::Drip(format!("250-{}\r\n", "x".repeat(60)).into_bytes(), Duration::from_secs(1));
    // A minute for each command, and a second and a half for all of them.
    let deadlines = Deadlines { total: Duration::from_millis(1500), ..Deadlines::default() };
    let mut longest = Duration::ZERO;
    for (protection, tls) in
        [(Protection::None, Tls::None), (Protection::Implicit(certificates::server("server")), Tls::Implicit)]
    {
        let fault_server = FaultServer::start(protection, slow);
        let started = Instant::now();
        let (outcome, _) = attempt_within(&server("localhost", fault_server.port, tls), deadlines);
        assert!(matches!(outcome, Outcome::Unreachable(_)), "{outcome}");
        longest = longest.max(started.elapsed());
    }
    println!("D2 | longest conversation, of 1.5 s allowed | {:.1} s", longest.as_secs_f64());
    assert!(longest < NOT_FOR_EVER, "{longest:?}");
}
