//! The outbox and unusual mails through Postfix and Dovecot.

use std::fs;
use std::time::Duration;

use chrono::TimeDelta;
use farol::config::OnUnknown::ResendOnce;
use farol::config::Tls;
use farol::delivery::dkim::Signer;
use farol::delivery::message::compose;
use farol::delivery::smtp::Smtp;
use farol::delivery::transport::{Outcome, Transport};
use farol::ledger::State;

use super::letters::assert_reads_as;
use super::posting::{ANA, post_at, states};
use super::real_server::way;
use super::signed::{key, second_opinion};
use crate::support::mail_server::{MailServer, PASSWORD};
use crate::support::{imap, letter, noon, picture};

/// Good, bad and greylisted people in one report: each has an end of its own, and nobody waits for another.
#[test]
fn each_recipient_of_a_real_server_has_an_end_of_its_own() {
    let server = MailServer::start();
    let state = tempfile::tempdir().unwrap();
    let mut smtp = Smtp::new(&way(server.submission, Tls::Starttls)).unwrap();
    let recipients = ["later@example.test", "nobody@example.test", ANA];
    let first = post_at(noon(), ResendOnce, state.path(), &mut smtp, &recipients, false).unwrap();
    assert_eq!(states(&first), [State::Deferred, State::Failed, State::Sent], "{}", server.log());
    let inbox = |who: &str, count| imap::inbox(server.imaps, who, PASSWORD, count, Duration::from_secs(30)).len();
    assert_eq!(inbox(ANA, 1), 1);

    server.admit_later();
    let hour = noon() + TimeDelta::hours(1);
    let second = post_at(hour, ResendOnce, state.path(), &mut smtp, &recipients, false).unwrap();
    assert_eq!(states(&second), [State::Sent, State::Failed, State::Sent], "{}", server.log());
    assert_eq!((inbox("later@example.test", 1), inbox(ANA, 1)), (1, 1));
    println!("D5 | own end each | 1 sent, 1 failed, 1 deferred then sent");
}

/// What mail systems choke on: each arrives to the byte, and two other programs find nothing wrong with it.
#[test]
fn unusual_mails_arrive_as_they_were_signed() {
    let server = MailServer::start();
    let folder = tempfile::tempdir().unwrap();
    let (dkim, record) = key(folder.path(), "RSA");
    let signer = Signer::new(&dkim).unwrap();
    let mut smtp = Smtp::new(&way(server.smtps, Tls::Implicit)).unwrap();

    let mut names = letter("\"Núñez de Ávila, João 😀\" <um@example.test>");
    names.subject = "Отчёт · 報告 · relatório 😀".into();
    let mut dots = letter("dois@example.test");
    dots.text = ".\n..\n.a\n\n.\n.\r\n".replace('\r', "");
    dots.html = "<p>.</p>\n.\n.\n".into();
    let mut long = letter("tres@example.test");
    long.html = format!("<p>{}</p>", "0123456789 ".repeat(95_000));
    let mut large = letter("quatro@example.test");
    large.attachments[0].content_type = "application/octet-stream".into();
    large.attachments[0].bytes = picture(3, 5_000_000);
    let mut bare = letter("cinco@example.test");
    bare.text = "a\rb\r\nc\n".into();
    bare.html = "<p>a\rb</p>\r".into();

    let mut equal = 0;
    let letters = [names, dots, long, large, bare];
    for (number, letter) in letters.iter().enumerate() {
        let mut message = compose(letter).unwrap();
        message.bytes = signer.sign(&message.bytes, letter.date).unwrap();
        let outcome = smtp.deliver(&message.envelope, &message.bytes, &mut || Ok(())).unwrap();
        assert!(matches!(outcome, Outcome::Sent(_)), "{outcome}\n{}", server.log());
        let mailbox = message.envelope.to.to_string();
        let arrived = imap::inbox(server.imaps, &mailbox, PASSWORD, 1, Duration::from_secs(30));
        assert_eq!(arrived.len(), 1, "{mailbox}\n{}", server.log());
        assert!(arrived[0].ends_with(&message.bytes), "{mailbox}");
        // A bare CR is a line's end, like any other.
        let mut read = letter.clone();
        for text in [&mut read.text, &mut read.html] {
            *text = text.replace("\r\n", "\n").replace('\r', "\n");
        }
        assert_reads_as(&arrived[0], &read, &message);
        let file = folder.path().join(number.to_string());
        fs::write(&file, &arrived[0]).unwrap();
        assert_eq!(second_opinion(Some(&record), &[&file]), "", "{mailbox}");
        equal += 1;
    }
    println!("D14 | mails that arrive to the byte, signatures good | {equal}/{}", letters.len());
}
