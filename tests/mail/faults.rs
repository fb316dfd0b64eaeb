//! What comes of a delivery when the server lies, speaks out of turn or is not there, and how it is logged in to.

use std::thread;
use std::time::Duration;

use farol::config::{self, Login, Proof, Secret, Tls};
use farol::delivery::message::{Message, compose};
use farol::delivery::smtp::{Deadlines, Smtp};
use farol::delivery::transport::{Outcome, Transport};
use farol::diagnostic::Diagnostic;
use farol::error::{Exit, Failure};

use crate::support::fault_server::{Answer, FaultServer, Phase, Protection};
use crate::support::{certificates, letter};

/// A password that must not turn up anywhere.
pub(crate) const PASSWORD: &str = "canary-31415";

/// A server's description, with our own authority trusted.
pub(crate) fn server(host: &str, port: u16, tls: Tls) -> config::Smtp {
    config::Smtp {
        host: host.into(),
        port,
        tls,
        tls_ca_file: (tls != Tls::None).then(certificates::authority),
        login: None,
        max_per_minute: None,
    }
}

/// A user with a password.
pub(crate) fn login(user: &str, password: &str) -> Login {
    Login { user: Secret::new(user.into()), proof: Proof::Password(Secret::new(password.into())) }
}

/// The same with credentials.
pub(crate) fn with_login(server: config::Smtp) -> config::Smtp {
    config::Smtp { login: Some(login("ana", PASSWORD)), ..server }
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
pub(crate) fn attempt(server: &config::Smtp) -> (Outcome, usize) {
    attempt_within(server, short())
}

/// The same within other deadlines.
pub(crate) fn attempt_within(server: &config::Smtp, deadlines: Deadlines) -> (Outcome, usize) {
    let message = message();
    let mut smtp = Smtp::new(server).unwrap().with_deadlines(deadlines);
    let mut intents = 0;
    let outcome = smtp.deliver(&message.envelope, &message.bytes, &mut || {
        intents += 1;
        Ok(())
    });
    (outcome.unwrap(), intents)
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
    assert!(matches!(outcome, Outcome::Broken(_)), "{outcome}");
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

/// `printf 'user=ana\1auth=Bearer ya29.canary-token\1\1' | base64`, as Google and Microsoft describe XOAUTH2.
const BEARER: &str = "dXNlcj1hbmEBYXV0aD1CZWFyZXIgeWEyOS5jYW5hcnktdG9rZW4BAQ==";

#[test]
fn a_token_logs_in_where_the_server_takes_tokens_and_is_told_to_nobody() {
    let offer = "250-fault.example\r\n250 AUTH PLAIN XOAUTH2\r\n";
    let refusal = "334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIn0=\r\n";
    let cases = [
        (offer, Answer::Good, "sent: 250 2.0.0 queued as 4711"),
        (offer, Answer::say(refusal), "unreachable: AUTH: 334, but only 235 will do"),
        (offer, Answer::say("535 5.7.3 ya29.canary-token is stale\r\n"), "unreachable: AUTH: 535 5.7.3"),
        (
            "250-fault.example\r\n250 AUTH PLAIN\r\n",
            Answer::Good,
            "unreachable: no way to log in by XOAUTH2: the server offers PLAIN",
        ),
        (
            "250-fault.example\r\n250 AUTH PLAIN \u{1b}[2J\u{8b}\r\n",
            Answer::Good,
            "unreachable: no way to log in by XOAUTH2: the server offers PLAIN [2J",
        ),
    ];
    for (offer, answer, expected) in cases {
        let fault_server = FaultServer::start(Protection::None, move |phase, _| match phase {
            Phase::Hello => Answer::say(offer),
            Phase::Login => answer.clone(),
            _ => Answer::Good,
        });
        let token = Proof::Token(Secret::new("ya29.canary-token".into()));
        let login = Some(Login { user: Secret::new("ana".into()), proof: token });
        let described = config::Smtp { login, ..server("127.0.0.1", fault_server.port, Tls::None) };
        assert_eq!(attempt(&described).0.to_string(), expected);
        let said = fault_server.heard().remove(0).commands;
        let logged_in = said.iter().any(|command| *command == format!("AUTH XOAUTH2 {BEARER}"));
        assert_eq!(logged_in, !expected.contains("no way"), "{said:?}");
        assert!(!format!("{described:?}").contains("canary"));
    }
}

/// 600 a minute is one every tenth of a second: the fifth cannot begin before four of them have passed.
#[test]
fn no_more_conversations_are_begun_than_a_server_allows() {
    let fault_server = FaultServer::start(Protection::None, |_, _| Answer::Good);
    let described = config::Smtp { max_per_minute: Some(600), ..server("127.0.0.1", fault_server.port, Tls::None) };
    let mut smtp = Smtp::new(&described).unwrap();
    let started = std::time::Instant::now();
    for _ in 0..5 {
        let message = message();
        let outcome = smtp.deliver(&message.envelope, &message.bytes, &mut || Ok(())).unwrap();
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome}");
    }
    assert!(started.elapsed() >= Duration::from_millis(400), "{:?}", started.elapsed());
    assert_eq!(fault_server.heard().len(), 5);
}

#[test]
fn a_message_too_large_for_the_server_waits_for_a_higher_limit_and_is_not_sent() {
    let fault_server = faulty(Phase::Hello, Answer::say("250-fault.example\r\n250 SIZE 1000\r\n"));
    let (outcome, _) = attempt(&server("127.0.0.1", fault_server.port, Tls::None));
    assert!(matches!(&outcome, Outcome::Deferred(reason) if reason.contains("1000")), "{outcome}");
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
