//! Postfix takes our mail and Dovecot shows it: nothing here is of our making but the letter.

use std::time::Duration;

use farol::config::{self, Tls};
use farol::delivery::address::Envelope;
use farol::delivery::message::{Letter, Message, compose};
use farol::delivery::smtp::Smtp;
use farol::delivery::transport::{Outcome, Transport};

use super::faults::login;
use super::letters::assert_reads_as;
use crate::support::mail_server::{MailServer, PASSWORD};
use crate::support::{certificates, imap, letter, picture};

/// A way in, with the credentials of a mailbox that exists.
pub(crate) fn way(port: u16, tls: Tls) -> config::Smtp {
    config::Smtp {
        host: "localhost".into(),
        port,
        tls,
        tls_ca_file: Some(certificates::authority()),
        login: Some(login("farol@example.test", PASSWORD)),
        max_per_minute: None,
    }
}

fn send(way: &config::Smtp, envelope: &Envelope, bytes: &[u8]) -> Outcome {
    let mut smtp = Smtp::new(way).unwrap();
    smtp.deliver(envelope, bytes, &mut || Ok(())).unwrap()
}

fn post(way: &config::Smtp, message: &Message) -> Outcome {
    send(way, &message.envelope, &message.bytes)
}

/// What arrives ends with what was sent, to the byte: servers only put their own lines before it.
fn assert_arrives(server: &MailServer, letter: &Letter, message: &Message) {
    let mailbox = message.envelope.to.to_string();
    let arrived = imap::inbox(server.imaps, &mailbox, PASSWORD, 1, Duration::from_secs(30));
    assert_eq!(arrived.len(), 1, "{mailbox}\n{}", server.log());
    assert!(arrived[0].ends_with(&message.bytes), "{}", String::from_utf8_lossy(&arrived[0][..2000]));
    assert_reads_as(&arrived[0], letter, message);
}

/// One server for all of it: it takes a second to start.
#[test]
fn a_real_server_takes_the_mail_and_shows_it_as_it_was_written() {
    let server = MailServer::start();
    let starttls = way(server.submission, Tls::Starttls);
    Smtp::new(&starttls).unwrap().probe().unwrap();

    // STARTTLS, and TLS from the first byte; names, subject, texts, pictures, files.
    for (way, to) in [
        (&starttls, "Ana Gómez <ana@example.test>"),
        (&way(server.smtps, Tls::Implicit), "\"Núñez, José\" <jose@example.test>"),
    ] {
        let letter = letter(to);
        let message = compose(&letter).unwrap();
        let outcome = post(way, &message);
        assert!(matches!(&outcome, Outcome::Sent(reply) if reply.contains("queued as")), "{outcome}\n{}", server.log());
        assert_arrives(&server, &letter, &message);
    }

    // A report of five megabytes.
    let mut large = letter("grande@example.test");
    large.attachments[0].content_type = "application/octet-stream".into();
    large.attachments[0].bytes = picture(3, 5_000_000);
    let message = compose(&large).unwrap();
    assert!(matches!(post(&starttls, &message), Outcome::Sent(_)));
    assert_arrives(&server, &large, &message);

    // Refused for good, put off, and too large.
    let outcome = post(&starttls, &compose(&letter("nobody@example.test")).unwrap());
    assert!(matches!(&outcome, Outcome::Refused(reason) if reason.contains("550 5.1.1")), "{outcome}");
    let outcome = post(&starttls, &compose(&letter("later@example.test")).unwrap());
    assert!(matches!(&outcome, Outcome::Deferred(reason) if reason.contains("451 4.3.0")), "{outcome}");
    let envelope = Envelope::new("farol@example.test", "grande@example.test").unwrap();
    let outcome = send(&starttls, &envelope, &vec![b'x'; 20_000_001]);
    assert!(matches!(&outcome, Outcome::Deferred(reason) if reason.contains("20000000")), "{outcome}");

    // A wrong password, no password, an authority that nobody vouches for, TLS where STARTTLS is spoken.
    let letter = letter("intruso@example.test");
    let message = compose(&letter).unwrap();
    let wrong = login("farol@example.test", "palpite");
    for way in [
        config::Smtp { login: Some(wrong), ..starttls.clone() },
        config::Smtp { tls_ca_file: None, ..starttls.clone() },
        config::Smtp { tls: Tls::Implicit, ..starttls.clone() },
    ] {
        let outcome = post(&way, &message);
        assert!(matches!(outcome, Outcome::Unreachable(_)), "{outcome}\n{}", server.log());
    }
    let outcome = post(&config::Smtp { login: None, ..starttls }, &message);
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome}");
    assert_eq!(imap::inbox(server.imaps, "intruso@example.test", PASSWORD, 1, Duration::from_secs(1)).len(), 0);
}
