//! Parts of a letter, with the byte 0x1f between them: sender, recipient, subject, file name, type, link, text. No part makes a
//! header, and a reader that is not ours finds each as it was.

use farol::delivery::address::{mailbox, one_line};
use farol::delivery::message::{Attachment, Letter, compose};
use farol::error::Exit;
use mail_parser::{MessageParser, MimeHeaders};

use super::texts;

/// The headers of a message, in order.
fn header_names(message: &str) -> Vec<String> {
    let head = message.split("\r\n\r\n").next().unwrap();
    let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    lines.map(|line| line.split(':').next().unwrap().to_lowercase()).collect()
}

/// White space is a header's to fold.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn run(bytes: &[u8]) {
    let [from, to, subject, name, content_type, link, text] = texts(bytes, '\u{1f}');
    let letter = Letter {
        from: from.clone(),
        to: to.clone(),
        subject: subject.clone(),
        text: text.clone(),
        html: format!("<p>{text}</p>"),
        images: Vec::new(),
        attachments: vec![Attachment { name, content_type, bytes: text.clone().into_bytes() }],
        report: "executive".to_owned(),
        period: "2026-10".to_owned(),
        revision: 1,
        edition: String::new(),
        replaces: None,
        list_unsubscribe: (!link.is_empty()).then_some(link),
        date: chrono::DateTime::from_timestamp(1_793_836_800, 0).unwrap(),
    };
    let message = match compose(&letter) {
        Ok(message) => message,
        Err(failure) => {
            assert_eq!(failure.exit, Exit::Config, "{failure}");
            return assert!(mailbox(&from).is_err() || mailbox(&to).is_err(), "{failure}");
        }
    };
    let (from, to) = (mailbox(&from).unwrap(), mailbox(&to).unwrap());
    let shown = std::str::from_utf8(&message.bytes).unwrap();
    assert!(shown.is_ascii() || !format!("{}{}", from.email, to.email).is_ascii());
    assert!(!shown.replace("\r\n", "").contains(['\r', '\n']), "a line end that is none");
    assert!(shown.split("\r\n").all(|line| line.len() <= 998));
    let mut headers = header_names(shown);
    headers.retain(|header| header != "list-unsubscribe");
    headers.sort();
    let ours = ["auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "subject", "to"];
    assert_eq!(headers, ours, "{shown}");

    let read = MessageParser::default().parse(&message.bytes).unwrap();
    assert_eq!(words(read.subject().unwrap_or_default()), one_line(&subject, 200), "{shown}");
    let people = [read.from().unwrap(), read.to().unwrap()].map(|people| people.clone().into_list());
    for (people, person) in people.iter().zip([from, to]) {
        assert_eq!(people.len(), 1, "{shown}");
        assert_eq!(people[0].address().unwrap_or_default(), person.email.to_string(), "{shown}");
        assert_eq!(words(people[0].name().unwrap_or_default()), words(&person.name.unwrap_or_default()), "{shown}");
    }
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), lines);
    let attached = read.attachments().next().unwrap();
    // What the type calls another charset is read as that.
    let charset = attached.content_type().and_then(|of| of.attribute("charset"));
    if charset.is_none_or(|charset| charset.eq_ignore_ascii_case("utf-8")) {
        assert_eq!(attached.contents(), text.as_bytes());
    }
    let name = attached.attachment_name().unwrap();
    assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{name}");
}
