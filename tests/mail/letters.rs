//! A letter, written by us, read by another program's parser.

use farol::delivery::message::{Image, Letter, Message, compose};
use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;

use crate::support::letter;

/// Text with the line ends of mail.
pub(crate) fn crlf(text: &str) -> String {
    text.replace('\n', "\r\n")
}

/// Checks everything of a letter that a reader shows against what another parser finds in the bytes.
pub(crate) fn assert_reads_as(bytes: &[u8], letter: &Letter, message: &Message) {
    let read = MessageParser::default().parse(bytes).expect("a message");
    assert_eq!(read.subject(), Some(letter.subject.as_str()));
    assert_eq!(read.from().unwrap().first().unwrap().name(), Some("Relatórios da Aurora"));
    assert_eq!(read.from().unwrap().first().unwrap().address(), Some("farol@example.test"));
    assert_eq!(read.to().unwrap().first().unwrap().address(), Some(message.envelope.to.to_string().as_str()));
    assert_eq!(read.message_id(), Some(message.id.trim_matches(['<', '>'])));
    assert_eq!(read.date().unwrap().to_timestamp(), letter.date.timestamp());
    assert_eq!(read.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!(read.body_text(0).unwrap(), crlf(&letter.text));
    assert_eq!(read.body_html(0).unwrap(), crlf(&letter.html));

    for image in &letter.images {
        let part = read.parts.iter().find(|part| part.content_id() == Some(image.cid.as_str())).expect(&image.cid);
        assert!(*part.contents() == *image.png, "{}", image.cid);
        assert!(part.content_disposition().unwrap().is_inline());
        assert_eq!(part.content_type().unwrap().subtype(), Some("png"));
    }
    let attached: Vec<_> = read
        .attachments()
        .filter(|part| part.content_disposition().is_some_and(mail_parser::ContentType::is_attachment))
        .map(|part| part.contents().to_vec())
        .collect();
    assert!(attached == letter.attachments.iter().map(|file| file.bytes.clone()).collect::<Vec<_>>());
}

/// What RFC 5322 and 5321 ask of every line that we send.
fn assert_fits_the_wire(bytes: &[u8]) {
    assert!(bytes.is_ascii());
    assert!(bytes.ends_with(b"\r\n"));
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        assert!(line.ends_with(b"\r\n") && line.len() <= 1000, "{:?}", String::from_utf8_lossy(line));
        assert!(!line[..line.len() - 2].contains(&b'\r'));
    }
}

#[test]
fn a_letter_reads_back_as_it_was_written() {
    let letter = letter("Ana Gómez <ana@example.test>");
    let message = compose(&letter).unwrap();
    assert_fits_the_wire(&message.bytes);
    assert_reads_as(&message.bytes, &letter, &message);
    let read = MessageParser::default().parse(&message.bytes).unwrap();
    assert_eq!(read.to().unwrap().first().unwrap().name(), Some("Ana Gómez"));
    let names: Vec<_> = read.attachments().filter_map(|part| part.attachment_name()).collect();
    assert_eq!(names, ["trend.png", "gr-fico-de-barras.png", "figures.csv", "relat-rio.html"]);
}

/// Readers show the last alternative that they can, and pictures only where they stand beside the words in one `related`.
#[test]
fn the_parts_stand_as_readers_expect_them() {
    let message = compose(&letter("ana@example.test")).unwrap();
    let read = MessageParser::default().parse(&message.bytes).unwrap();
    let kinds: Vec<_> = read
        .parts
        .iter()
        .map(|part| {
            part.content_type().map_or_else(String::new, |kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap()))
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "multipart/mixed",
            "multipart/related",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "image/png",
            "image/png",
            "text/csv",
            "text/html"
        ]
    );
    assert_eq!(read.parts[1].content_type().unwrap().attribute("type"), Some("multipart/alternative"));
}

/// CR and LF in a name make lettre panic; in a subject they would be a second header.
#[test]
fn hostile_names_neither_panic_nor_make_headers() {
    let hostile = [
        "Ana\r\nBcc: eve@evil.example".to_owned(),
        "Ana\nX: y".to_owned(),
        "\0\u{1}\u{7f}".to_owned(),
        "x".repeat(2000),
        "ã".repeat(2000),
        "😀".repeat(500),
        "invoice\u{202e}gnp.exe".to_owned(),
        "a\"b\\c, d <e> (f); g:h@i".to_owned(),
        "=?utf-8?q?forged?=".to_owned(),
        String::new(),
    ];
    for name in hostile {
        let mut letter = letter("ana@example.test");
        letter.from = format!("{name} <farol@example.test>");
        letter.to = format!("\"{name}\" <ana@example.test>");
        letter.subject.clone_from(&name);
        letter.attachments[0].name.clone_from(&name);
        letter.attachments[0].content_type.clone_from(&name);
        letter.images[0].name.clone_from(&name);
        letter.report.clone_from(&name);
        let message = compose(&letter).unwrap();
        assert_fits_the_wire(&message.bytes);
        let read = MessageParser::default().parse(&message.bytes).unwrap();
        assert!(read.bcc().is_none() && read.header("X").is_none(), "{name:?}");
        assert_eq!(read.from().unwrap().first().unwrap().address(), Some("farol@example.test"), "{name:?}");
        assert_eq!(read.to().unwrap().first().unwrap().address(), Some("ana@example.test"), "{name:?}");
        assert_eq!(read.to().unwrap().iter().count(), 1, "{name:?}");
        assert!(!String::from_utf8_lossy(&message.bytes).contains('\u{202e}'));
        assert_eq!(read.body_text(0).unwrap(), crlf(&letter.text));
    }
}

#[test]
fn a_long_subject_is_cut_at_200_characters() {
    let long = Letter { subject: "çã".repeat(300), ..letter("ana@example.test") };
    let message = compose(&long).unwrap();
    let read = MessageParser::default().parse(&message.bytes).unwrap();
    let expected: String = "çã".repeat(300).chars().take(199).chain(['…']).collect();
    assert_eq!(read.subject(), Some(expected.as_str()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is in name, subject, texts and picture: no panic, legal lines, and the texts come back.
    #[test]
    fn any_letter_survives(name in ".*", subject in ".*", text in "(.|\n|\r){0,400}", html in "(.|\n){0,400}", png in prop::collection::vec(any::<u8>(), 1..400)) {
        let letter = Letter {
            from: format!("{name} <farol@example.test>"),
            subject,
            text: text.clone(),
            html: html.clone(),
            images: vec![Image { cid: "x".into(), name, png: png.clone().into() }],
            ..letter("ana@example.test")
        };
        let message = compose(&letter).unwrap();
        assert_fits_the_wire(&message.bytes);
        let read = MessageParser::default().parse(&message.bytes).unwrap();
        let lines = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(lines(&read.body_text(0).unwrap()), lines(&text));
        prop_assert_eq!(lines(&read.body_html(0).unwrap()), lines(&html));
        let part = read.parts.iter().find(|part| part.content_id() == Some("x")).unwrap();
        prop_assert_eq!(part.contents(), png);
    }
}
