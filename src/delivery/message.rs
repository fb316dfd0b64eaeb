//! A letter as its parts → the bytes of an RFC 5322 message, the same bytes every time.
//!
//! Knows MIME; never what the letter says nor how it travels.

use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Body, MaybeString, MultiPart, SinglePart};

use super::address::{Envelope, identity, mailbox, one_line};
use crate::diagnostic::Diagnostic;
use crate::digest::sha256;
use crate::error::{Exit, Failure, Result};

/// Longest subject, in characters: a header line may have 998 octets, and no reader shows 200 characters.
const LONGEST_SUBJECT: usize = 200;

/// Longest link to be left out by, in characters.
const LONGEST_LINK: usize = 502;

/// Longest file name of an attachment, in characters.
const LONGEST_FILE_NAME: usize = 64;

/// One mail to one person, in parts.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Sender, `Name <address>`.
    pub from: String,
    /// The one recipient, `Name <address>` or a bare address.
    pub to: String,
    /// Subject; cut at 200 characters.
    pub subject: String,
    /// The whole letter in plain text.
    pub text: String,
    /// The whole letter in HTML; shows its images by `cid:`.
    pub html: String,
    /// Pictures that the HTML shows.
    pub images: Vec<Image>,
    /// Files that travel along.
    pub attachments: Vec<Attachment>,
    /// Report id; with the next three it makes the Message-ID.
    pub report: String,
    /// Period id.
    pub period: String,
    /// 1 the first time, one more each time that it is sent again on purpose.
    pub revision: u32,
    /// What else tells it from another mail of the same report, period, revision and person; empty as a rule. It is in the
    /// Message-ID too.
    pub edition: String,
    /// Message-ID of the mail that this one replaces, with its angle brackets: it is a reply to it.
    pub replaces: Option<String>,
    /// What the `List-Unsubscribe` header says, if there is to be one.
    pub list_unsubscribe: Option<String>,
    /// The `Date` header; whole seconds, from 1970 to 9999.
    pub date: DateTime<Utc>,
}

/// A PNG that the HTML shows.
#[derive(Clone, Debug)]
pub struct Image {
    /// What stands after `cid:` in the HTML: letters, digits, `.`, `-`, `_`, `@`.
    pub cid: String,
    /// Its file name, for readers that list it.
    pub name: String,
    /// The picture.
    pub png: Arc<[u8]>,
}

/// A file that travels along.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// File name; what is not ASCII letters, digits, `.`, `-` or `_` becomes `-`.
    pub name: String,
    /// MIME type; `application/octet-stream` if it is none.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A message ready to travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who sends it to whom.
    pub envelope: Envelope,
    /// The recipient's address in lower case, as the ledger knows it.
    pub recipient: String,
    /// Message-ID with its angle brackets.
    pub id: String,
    /// The message: ASCII (but for addresses that are not), CRLF at every line's end, no line over 998 octets.
    pub bytes: Vec<u8>,
}

/// Writes a letter: `mixed { related { alternative { text, html }, images }, attachments }`.
///
/// # Errors
/// [`Exit::Config`] for an address that is none, [`Exit::Internal`] for an image id that HTML could not name.
pub fn compose(letter: &Letter) -> Result<Message> {
    let from = mailbox(&letter.from)?;
    let to = mailbox(&letter.to)?;
    let recipient = identity(&letter.to)?;
    let digest = digest(letter, &recipient);
    let id = format!("<{digest}@{}>", id_domain(from.email.domain()));
    let envelope = Envelope { from: from.email.clone(), to: to.email.clone() };

    let mut message = lettre::Message::builder()
        .from(from)
        .to(to)
        .subject(one_line(&letter.subject, LONGEST_SUBJECT))
        .date(SystemTime::from(letter.date))
        .message_id(Some(id.clone()))
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    if let Some(original) = &letter.replaces {
        message = message.in_reply_to(original.clone()).references(original.clone());
    }
    if let Some(link) = &letter.list_unsubscribe {
        let name = HeaderName::new_from_ascii_str("List-Unsubscribe");
        message = message.raw_header(HeaderValue::new(name, one_line(link, LONGEST_LINK)));
    }
    let message = message
        .multipart(body(letter, &digest)?)
        .map_err(|error| internal("mail-build", format!("the mail could not be built: {error}")))?;
    Ok(Message { envelope, recipient, id, bytes: message.formatted() })
}

/// What tells a mail from others of its report, period, revision and person: the ledger was put back from a copy, which may not
/// know them, or there were so many before it that were given up unsent.
pub fn edition(restored: Option<DateTime<Utc>>, given_up: usize) -> String {
    let restored = restored.map(|at| format!("restored {}", at.timestamp_micros()));
    let again = (given_up > 0).then(|| format!("form {}", given_up + 1));
    restored.into_iter().chain(again).collect::<Vec<_>>().join("|")
}

/// The stable part of the Message-ID: the same report of the same period to the same person in the same revision and edition has
/// the same.
fn digest(letter: &Letter, recipient: &str) -> String {
    let mut identity = format!("{}|{}|{recipient}|{}", letter.report, letter.period, letter.revision);
    if !letter.edition.is_empty() {
        identity = format!("{identity}|{}", letter.edition);
    }
    let mut digest = sha256(identity.as_bytes());
    digest.truncate(32);
    digest
}

/// A Message-ID is ASCII; a sender's domain that is not cannot stand in it.
fn id_domain(domain: &str) -> &str {
    if domain.is_ascii() { domain } else { "farol.invalid" }
}

/// The MIME tree.
fn body(letter: &Letter, digest: &str) -> Result<MultiPart> {
    let words = multipart("alternative", "", digest)?
        .singlepart(text_part(ContentType::TEXT_PLAIN, &letter.text)?)
        .singlepart(text_part(ContentType::TEXT_HTML, &letter.html)?);
    let mut shown = multipart("related", "; type=\"multipart/alternative\"", digest)?.multipart(words);
    for image in &letter.images {
        shown = shown.singlepart(image_part(image)?);
    }
    let mut whole = multipart("mixed", "", digest)?.multipart(shown);
    for attachment in &letter.attachments {
        whole = whole.singlepart(attachment_part(attachment)?);
    }
    Ok(whole)
}

/// An empty multipart. Its boundary holds `=_`, which neither base64 nor quoted-printable can produce, so no part can end it.
fn multipart(kind: &str, parameters: &str, digest: &str) -> Result<MultiPart> {
    let content_type = format!("multipart/{kind}; boundary=\"=_{kind}_{digest}\"{parameters}");
    Ok(MultiPart::builder().header(content_type_of(&content_type)?).build())
}

/// Text in quoted-printable, with CRLF whatever its own line ends were.
fn text_part(content_type: ContentType, text: &str) -> Result<SinglePart> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
    Ok(SinglePart::builder()
        .header(content_type)
        .body(encoded(MaybeString::String(text), ContentTransferEncoding::QuotedPrintable)?))
}

/// A picture for the HTML.
fn image_part(image: &Image) -> Result<SinglePart> {
    let nameable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '@');
    if image.cid.is_empty() || !image.cid.chars().all(nameable) {
        return Err(internal("mail-image-id", format!("`{}` cannot be an image's id", one_line(&image.cid, 80))));
    }
    Ok(Part::new_inline_with_name(image.cid.clone(), file_name(&image.name, "image.png"))
        .body(base64(&image.png)?, content_type_of("image/png")?))
}

/// A file.
fn attachment_part(attachment: &Attachment) -> Result<SinglePart> {
    let content_type = match ContentType::parse(&one_line(&attachment.content_type, 100)) {
        Ok(known) => known,
        Err(_) => content_type_of("application/octet-stream")?,
    };
    Ok(Part::new(file_name(&attachment.name, "attachment")).body(base64(&attachment.bytes)?, content_type))
}

/// A file name that every system and every mail reader takes.
fn file_name(name: &str, otherwise: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' };
    let name: String = name.chars().map(plain).collect();
    // A long name keeps its end, where its extension is.
    let name: String = name.chars().skip(name.chars().count().saturating_sub(LONGEST_FILE_NAME)).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { otherwise.to_owned() } else { name.to_owned() }
}

/// Bytes in base64.
fn base64(bytes: &[u8]) -> Result<Body> {
    encoded(MaybeString::Binary(bytes.to_vec()), ContentTransferEncoding::Base64)
}

/// A body in a given encoding.
fn encoded(body: MaybeString, encoding: ContentTransferEncoding) -> Result<Body> {
    Body::new_with_encoding(body, encoding)
        .map_err(|_| internal("mail-build", "a part of the mail could not be encoded".to_owned()))
}

/// A MIME type that this file wrote.
fn content_type_of(text: &str) -> Result<ContentType> {
    ContentType::parse(text).map_err(|error| internal("mail-build", format!("`{text}` is no content type: {error}")))
}

/// A fault of ours.
fn internal(code: &'static str, message: String) -> Failure {
    Failure::new(Exit::Internal, Diagnostic::error(code, message).help("report this as a bug"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            from: "Farol <farol@aurora.example>".into(),
            to: "Ana <Ana@aurora.example>".into(),
            subject: "October".into(),
            text: "NPS 52\n".into(),
            html: "<p>NPS 52</p>".into(),
            images: Vec::new(),
            attachments: Vec::new(),
            report: "executive".into(),
            period: "2026-10".into(),
            revision: 1,
            edition: String::new(),
            replaces: None,
            list_unsubscribe: None,
            date: DateTime::from_timestamp(1_793_875_200, 0).unwrap(),
        }
    }

    /// `printf 'executive|2026-10|ana@aurora.example|1' | sha256sum`, its first 32 digits.
    #[test]
    fn the_message_id_is_a_digest_of_report_period_person_and_revision() {
        assert_eq!(compose(&letter()).unwrap().id, "<02edeedf3ab35f5ee23aa8f80257b8db@aurora.example>");
    }

    #[test]
    fn the_same_letter_is_the_same_bytes_and_a_new_revision_has_a_new_id() {
        let (one, two) = (compose(&letter()).unwrap(), compose(&letter()).unwrap());
        assert_eq!(one, two);
        assert_ne!(compose(&Letter { revision: 2, ..letter() }).unwrap().id, one.id);
        assert_ne!(compose(&Letter { edition: "form 2".into(), ..letter() }).unwrap().id, one.id);
        assert_ne!(compose(&Letter { to: "eva@aurora.example".into(), ..letter() }).unwrap().id, one.id);
        assert_eq!(compose(&Letter { to: "ana@aurora.example".into(), ..letter() }).unwrap().id, one.id);
    }

    #[test]
    fn file_names_are_plain_and_keep_their_extension() {
        assert_eq!(file_name("relatório de outubro.csv", "x"), "relat-rio-de-outubro.csv");
        assert_eq!(file_name("../../etc/passwd", "x"), "etc-passwd");
        assert_eq!(file_name("..", "x"), "x");
        assert_eq!(file_name(&format!("{}.csv", "a".repeat(200)), "x").len(), LONGEST_FILE_NAME);
        assert!(file_name(&format!("{}.csv", "a".repeat(200)), "x").ends_with("a.csv"));
    }

    #[test]
    fn an_image_id_that_html_cannot_name_is_refused() {
        let image = Image { cid: "a\r\nb".into(), name: "a.png".into(), png: Arc::from([1]) };
        assert_eq!(compose(&Letter { images: vec![image], ..letter() }).unwrap_err().exit, Exit::Internal);
    }
}
