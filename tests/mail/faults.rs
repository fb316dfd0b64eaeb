//! What comes of a delivery when the server lies, stalls, hangs up or talks nonsense, at every step of the conversation.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use farol::config::{self, Secret, Tls};
use farol::delivery::message::{Message, compose};
use farol::delivery::smtp::{Deadlines, Smtp};
use farol::delivery::transport::{Outcome, Transport};
use farol::diagnostic::Diagnostic;
use farol::error::{Exit, Failure};

use crate::support::fault_server::{Answer, FaultServer, Phase, Protection};
use crate::support::{certificates, letter};

/// A password that must not turn up anywhere.
const PASSWORD: &str = "canary-31415";

/// A server's description, with our own authority trusted.
pub(crate) fn server(host: &str, port: u16, tls: Tls) -> config::Smtp {
    config::Smtp {
        host: host.into(),
        port,
        tls,
        tls_ca_file: (tls != Tls::None).then(certificates::authority),
        credentials: None,
    }
}

/// The same with credentials.
fn with_login(server: config::Smtp) -> config::Smtp {
    config::Smtp { credentials: Some((Secret::new("ana".into()), Secret::new(PASSWORD.into()))), ..server }
}

/// A second and a half in all.
fn short() -> Deadlines {
    let second = Duration::from_secs(1);
    Deadlines { connect: second, command: second, body: second, dot: second, total: second * 3 / 2 }
}

fn message() -> Message {
    compose(&letter("ana@example.test")).unwrap()
}

/// One attempt, and how often the intent was recorded.
fn attempt(server: &config::Smtp) -> (Outcome, usize) {
    let message = message();
    let mut smtp = Smtp::new(server).unwrap().with_deadlines(short());
    let mut intents = 0;
    let outcome = smtp.deliver(&message.envelope, &message.bytes, &mut || {
        intents += 1;
        Ok(())
    });
    (outcome.unwrap(), intents)
}

/// The first word of an outcome.
fn class(outcome: &Outcome) -> String {
    outcome.to_string().split(':').next().unwrap().to_owned()
}

/// A bare server that misbehaves in one phase.
fn faulty(phase: Phase, answer: Answer) -> FaultServer {
    FaultServer::start(Protection::None, move |at, _| if at == phase { answer.clone() } else { Answer::Good })
}

#[test]
fn a_good_server_gets_the_message_once_and_as_it_is() {
    let message = message();
    for (protection, tls) in [
        (Protection::None, Tls::None),
        (Protection::Starttls(certificates::server("server")), Tls::Starttls),
        (Protection::Implicit(certificates::server("server")), Tls::Implicit),
    ] {
        let fault_server = FaultServer::start(protection, |_, _| Answer::Good);
        let (outcome, intents) = attempt(&with_login(server("localhost", fault_server.port, tls)));
        assert_eq!(outcome, Outcome::Sent("250 2.0.0 queued as 4711".into()), "{tls:?}");
        assert_eq!(intents, 1);
        let body = String::from_utf8(fault_server.body()).unwrap();
        let received = body.strip_suffix(".\r\n").unwrap().replace("\r\n..", "\r\n.");
        assert_eq!(received.as_bytes(), message.bytes);
    }
}

/// What each answer must come to in each phase, written down apart from the code: before the dot nothing is ever unknown, after
/// it everything is that is not 250, 4xx or 5xx.
fn expected(phase: Phase, fault: &str) -> &'static str {
    let recipient = matches!(phase, Phase::Recipient | Phase::Data);
    match (phase, fault) {
        (Phase::Dot, "450" | "451" | "452" | "421") => "deferred",
        (Phase::Dot, "500" | "535" | "550" | "552" | "554") | (Phase::Sender, "552") => "refused",
        (Phase::Dot, "latin-1" | "multi-line" | "bare LF" | "250 slowly") => "sent",
        (Phase::Dot, _) => "unknown",
        (_, "latin-1" | "multi-line" | "bare LF" | "250 slowly") => "sent",
        (_, "450" | "451" | "452" | "close") if recipient => "deferred",
        (_, "500" | "535" | "550" | "552" | "554") if recipient => "refused",
        _ => "unreachable",
    }
}

/// The faults of one phase, by name.
fn faults(phase: Phase) -> Vec<(String, Answer)> {
    let good = match phase {
        Phase::Greeting => 220,
        Phase::Data => 354,
        Phase::Login => 235,
        _ => 250,
    };
    let mut faults: Vec<(String, Answer)> = [
        "421", "450", "451", "452", "500", "535", "550", "552", "554", "251", "200", "354", "334", "999", "000", "100",
    ]
    .into_iter()
    .filter(|code| *code != good.to_string())
    .map(|code| (code.to_owned(), Answer::say(&format!("{code} no\r\n"))))
    .collect();
    let named: [(&str, Answer); 13] = [
        ("close", Answer::Close),
        ("hang", Answer::Hang),
        ("drip", Answer::Drip(format!("{good} ok ok ok ok ok ok\r\n").into_bytes(), Duration::from_millis(200))),
        ("garbage", Answer::Say(b"\xff\xfe\x00GET / HTTP/1.1\r\n".to_vec())),
        ("no line end", Answer::say(&format!("{good} ok"))),
        ("endless line", Answer::Say(vec![b'2'; 1 << 20])),
        ("endless reply", Answer::Say(format!("{good}-more\r\n").repeat(100_000).into_bytes())),
        ("two codes", Answer::say(&format!("{good}-ok\r\n550 no\r\n"))),
        ("short code", Answer::say("25 ok\r\n")),
        ("latin-1", Answer::Say([format!("{good} se").as_bytes(), b"\xf1or\r\n"].concat())),
        ("multi-line", Answer::say(&format!("{good}-a\r\n{good}-b\r\n{good} c\r\n"))),
        ("bare LF", Answer::say(&format!("{good} ok\n"))),
        ("250 slowly", Answer::Drip(format!("{good} ok\r\n").into_bytes(), Duration::from_millis(20))),
    ];
    faults.extend(named.map(|(name, answer)| (name.to_owned(), answer)));
    faults
}

/// Each fault at each step: its outcome, within the time, without a word of the message before its turn, without the password.
#[test]
fn every_fault_at_every_step_is_judged_for_what_it_is() {
    let phases =
        [Phase::Greeting, Phase::Hello, Phase::Login, Phase::Sender, Phase::Recipient, Phase::Data, Phase::Dot];
    let wrong = Mutex::new(Vec::new());
    let cells = Mutex::new(0);
    thread::scope(|scope| {
        for phase in phases {
            let (wrong, cells) = (&wrong, &cells);
            scope.spawn(move || {
                for (name, answer) in faults(phase) {
                    let fault_server = faulty(phase, answer);
                    let mut described = server("127.0.0.1", fault_server.port, Tls::None);
                    if phase == Phase::Login {
                        described = with_login(described);
                    }
                    let started = Instant::now();
                    let (outcome, intents) = attempt(&described);
                    let took = started.elapsed();
                    let body = fault_server.body().len();
                    let left = phase == Phase::Dot || expected(phase, &name) == "sent";
                    let right = class(&outcome) == expected(phase, &name)
                        && took < Duration::from_secs(2)
                        && (intents, body > 0) == (usize::from(left), left)
                        && !outcome.to_string().contains(PASSWORD);
                    if !right {
                        wrong
                            .lock()
                            .unwrap()
                            .push(format!("{phase:?}, {name}: {outcome} ({took:?}, {intents} intents, {body} bytes)"));
                    }
                    *cells.lock().unwrap() += 1;
                }
            });
        }
    });
    let (wrong, cells) = (wrong.into_inner().unwrap(), cells.into_inner().unwrap());
    println!("{} of {cells} faults judged right", cells - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A server may keep each read alive for ever; the whole must still end.
#[test]
fn the_deadline_holds_for_the_whole_and_not_for_each_read() {
    let slow = |_: Phase, _: &str| {
        Answer::Drip(format!("250-{}\r\n", "x".repeat(60)).into_bytes(), Duration::from_millis(100))
    };
    for (protection, tls) in
        [(Protection::None, Tls::None), (Protection::Implicit(certificates::server("server")), Tls::Implicit)]
    {
        let fault_server = FaultServer::start(protection, slow);
        let started = Instant::now();
        let (outcome, _) = attempt(&server("localhost", fault_server.port, tls));
        assert!(matches!(outcome, Outcome::Unreachable(_)), "{outcome}");
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    }
}

/// What an attacker on the line adds to the 220 must not be taken for the replies of the encrypted server.
#[test]
fn words_slipped_in_before_tls_end_the_conversation_before_anything_leaves() {
    let injected = "220 go on\r\n250-injected\r\n250 AUTH PLAIN\r\n";
    let fault_server =
        FaultServer::start(Protection::Starttls(certificates::server("server")), move |phase, _| match phase {
            Phase::StartTls => Answer::say(injected),
            _ => Answer::Good,
        });
    let (outcome, intents) = attempt(&with_login(server("localhost", fault_server.port, Tls::Starttls)));
    assert!(matches!(&outcome, Outcome::Unreachable(reason) if reason.contains("before TLS")), "{outcome}");
    assert_eq!((intents, fault_server.body().len()), (0, 0));
    let commands = fault_server.heard().remove(0).commands;
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(commands[0].starts_with("EHLO") && commands[1] == "STARTTLS");
}

/// A 250 that came together with the 354 would pass for the answer to the dot.
#[test]
fn an_answer_given_before_the_question_is_no_answer() {
    let fault_server = faulty(Phase::Data, Answer::say("354 go on\r\n250 queued\r\n"));
    let (outcome, _) = attempt(&server("127.0.0.1", fault_server.port, Tls::None));
    assert!(matches!(outcome, Outcome::Unreachable(_)), "{outcome}");
    assert!(fault_server.body().is_empty());
}

#[test]
fn without_tls_nothing_is_said_to_a_server_that_should_have_it() {
    let fault_server = FaultServer::start(Protection::None, |_, _| Answer::Good);
    let (outcome, _) = attempt(&with_login(server("localhost", fault_server.port, Tls::Starttls)));
    assert!(matches!(&outcome, Outcome::Unreachable(reason) if reason.contains("no STARTTLS")), "{outcome}");
    let commands = fault_server.heard().remove(0).commands;
    assert!(commands.iter().all(|command| command.starts_with("EHLO")), "{commands:?}");
}

#[test]
fn a_certificate_of_another_name_or_of_an_unknown_authority_ends_it() {
    let good = certificates::server("server");
    let cases = [("another name", certificates::server("other"), true), ("an unknown authority", good, false)];
    for (what, certificate, trusted) in cases {
        for tls in [Tls::Starttls, Tls::Implicit] {
            let protection = match tls {
                Tls::Starttls => Protection::Starttls(certificate.clone()),
                _ => Protection::Implicit(certificate.clone()),
            };
            let fault_server = FaultServer::start(protection, |_, _| Answer::Good);
            let mut described = with_login(server("localhost", fault_server.port, tls));
            if !trusted {
                described.tls_ca_file = None;
            }
            let (outcome, _) = attempt(&described);
            assert!(
                matches!(&outcome, Outcome::Unreachable(reason) if reason.contains("certificate")),
                "{what}: {outcome}"
            );
            let said: Vec<String> = fault_server.heard().into_iter().flat_map(|heard| heard.commands).collect();
            assert!(
                said.iter().all(|command| !command.starts_with("AUTH") && !command.starts_with("MAIL")),
                "{said:?}"
            );
        }
    }
}

#[test]
fn a_password_that_the_server_repeats_stays_out_of_the_reason() {
    use base64::Engine;
    let secret = base64::engine::general_purpose::STANDARD.encode(format!("\0ana\0{PASSWORD}"));
    let fault_server = FaultServer::start(Protection::None, |phase, command| match phase {
        Phase::Login => Answer::Say(format!("535 5.7.8 {PASSWORD} is wrong: {command}\r\n").into_bytes()),
        _ => Answer::Good,
    });
    let (outcome, _) = attempt(&with_login(server("127.0.0.1", fault_server.port, Tls::None)));
    assert_eq!(outcome, Outcome::Unreachable("AUTH: 535 5.7.8".into()));
    assert!(fault_server.heard().remove(0).commands.contains(&format!("AUTH PLAIN {secret}")));
    let shown = format!("{:?}", with_login(server("127.0.0.1", 1, Tls::None)));
    assert!(!shown.contains(PASSWORD), "{shown}");
}

#[test]
fn a_server_that_only_knows_login_is_logged_in_to() {
    let fault_server = FaultServer::start(Protection::None, |phase, command| match (phase, command) {
        (Phase::Hello, _) => Answer::say("250-fault.example\r\n250 AUTH CRAM-MD5 LOGIN\r\n"),
        (Phase::Login, "AUTH LOGIN") => Answer::say("334 VXNlcm5hbWU6\r\n"),
        // "ana"
        (Phase::Login, "YW5h") => Answer::say("334 UGFzc3dvcmQ6\r\n"),
        _ => Answer::Good,
    });
    let (outcome, _) = attempt(&with_login(server("127.0.0.1", fault_server.port, Tls::None)));
    assert!(matches!(outcome, Outcome::Sent(_)), "{outcome}");
}

#[test]
fn a_message_too_large_for_the_server_is_refused_before_it_is_sent() {
    let fault_server = faulty(Phase::Hello, Answer::say("250-fault.example\r\n250 SIZE 1000\r\n"));
    let (outcome, _) = attempt(&server("127.0.0.1", fault_server.port, Tls::None));
    assert!(matches!(&outcome, Outcome::Refused(reason) if reason.contains("1000")), "{outcome}");
    assert!(fault_server.body().is_empty());
}

#[test]
fn no_byte_of_the_body_leaves_if_the_intent_cannot_be_recorded() {
    let fault_server = FaultServer::start(Protection::None, |_, _| Answer::Good);
    let message = message();
    let mut smtp = Smtp::new(&server("127.0.0.1", fault_server.port, Tls::None)).unwrap();
    let failed = smtp.deliver(&message.envelope, &message.bytes, &mut || {
        Err(Failure::new(Exit::Io, Diagnostic::error("ledger-disk-full", "no space left")))
    });
    assert_eq!(failed.unwrap_err().exit, Exit::Io);
    thread::sleep(Duration::from_millis(100));
    assert!(fault_server.body().is_empty());
}

#[test]
fn a_server_that_is_not_there_is_unreachable_and_a_probe_says_so() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let described = server("127.0.0.1", free, Tls::None);
    assert!(matches!(attempt(&described).0, Outcome::Unreachable(_)));
    let failure = Smtp::new(&described).unwrap().probe().unwrap_err();
    assert_eq!(failure.exit, Exit::TryAgain);
    assert!(failure.to_string().contains("error[mail-server]"), "{failure}");

    let there = FaultServer::start(Protection::None, |_, _| Answer::Good);
    Smtp::new(&with_login(server("127.0.0.1", there.port, Tls::None))).unwrap().probe().unwrap();
    let commands = there.heard().remove(0).commands;
    assert!(!commands.iter().any(|command| command.starts_with("MAIL")), "{commands:?}");
}
