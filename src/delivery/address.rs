//! Who writes to whom: mailboxes as people write them, envelopes as servers need them.
//!
//! Knows no policy: allowed domains are the configuration's business.

use lettre::Address;
use lettre::message::Mailbox;

use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

/// Longest display name, in characters.
const LONGEST_NAME: usize = 100;

/// The two addresses that a server is told: one sender, one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Who gets the bounces.
    pub from: Address,
    /// Who gets the message.
    pub to: Address,
}

impl Envelope {
    /// An envelope from two bare addresses, `user@domain`.
    ///
    /// # Errors
    /// [`Exit::Config`] if one is not an address.
    pub fn new(from: &str, to: &str) -> Result<Self> {
        Ok(Self { from: parse(from)?, to: parse(to)? })
    }
}

/// A mailbox from `Name <user@domain>`, `"Name" <user@domain>` or `user@domain`. The name may hold anything: what would break
/// a header is taken out of it. A name of nothing is no name.
///
/// # Errors
/// [`Exit::Config`] if the address is not one.
pub fn mailbox(text: &str) -> Result<Mailbox> {
    let text = text.trim();
    let Some((name, address)) = text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) else {
        return Ok(Mailbox::new(None, parse(text)?));
    };
    let name = name.trim();
    let name = name.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(name);
    let name = one_line(&name.replace("\\\"", "\"").replace("\\\\", "\\"), LONGEST_NAME);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), parse(address.trim())?))
}

/// The bare address in lower case: by it a recipient is told from another.
///
/// # Errors
/// As [`mailbox`].
pub fn identity(text: &str) -> Result<String> {
    Ok(mailbox(text)?.email.to_string().to_lowercase())
}

/// An address for a log: `d…@aurora.example`. What is no address is hidden whole.
pub fn masked(address: &str) -> String {
    match (address.chars().next(), address.rsplit_once('@')) {
        (Some(first), Some((local, domain))) if !local.is_empty() => format!("{first}…@{domain}"),
        _ => "…".to_owned(),
    }
}

/// Text in which each mail address shows its first letter and its domain alone.
pub fn without_addresses(text: &str) -> String {
    let text = without_quoted(text);
    let is_mark = |c: char| ".!#$%&'*+-/=?^_`{|}~@".contains(c);
    let is_foreign = |c: char| !(c.is_ascii() || c.is_whitespace() || c.is_control() || c == '…');
    let is_part = |c: char| c.is_alphanumeric() || is_mark(c) || is_foreign(c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        // Messages stand their quotations between backticks, which an address may hold too.
        let start = word.find(|c| c != '`').map_or(0, |at| if word[at..].starts_with('@') { 0 } else { at });
        let (before, word) = word.split_at(start);
        let (word, after) = word.split_at(word.trim_end_matches('`').len());
        shown.push_str(before);
        match word.split_once('@') {
            Some((local, domain)) if !local.is_empty() && (!domain.is_empty() || tail.starts_with('[')) => {
                shown.push_str(&masked(word));
            }
            _ => shown.push_str(word),
        }
        shown.push_str(after);
        let other = tail.find(is_part).unwrap_or(tail.len());
        shown.push_str(&tail[..other]);
        rest = &tail[other..];
    }
    shown
}

/// Text in which an address such as `"odd name"@x.example` shows its domain alone.
fn without_quoted(text: &str) -> String {
    let is_escaped = |before: &str| !(before.len() - before.trim_end_matches('\\').len()).is_multiple_of(2);
    let mut shown = String::with_capacity(text.len());
    let mut done = 0;
    for (close, _) in text.match_indices("\"@") {
        let before = &text[done..close];
        let open = before.rmatch_indices('"').find(|(at, _)| !is_escaped(&before[..*at]));
        let begins_domain = |c: char| !(c.is_whitespace() || c.is_control() || c == '"');
        let is_address = text[close + 2..].starts_with(begins_domain) && !is_escaped(before);
        if let (Some((open, _)), true) = (open, is_address) {
            shown.push_str(&before[..open]);
            shown.push('…');
            done = close + 1;
        }
    }
    shown.push_str(&text[done..]);
    shown
}

/// Text that fits in a header: control characters and line breaks become spaces, characters that turn the reading direction
/// go, runs of spaces shrink to one, and what exceeds `longest` characters is cut with an ellipsis.
pub fn one_line(text: &str, longest: usize) -> String {
    let turns = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let spaced: String = text
        .chars()
        .filter(|c| !turns(*c))
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return line;
    }
    line.chars().take(longest.saturating_sub(1)).chain(std::iter::once('…')).collect()
}

/// A bare address.
fn parse(address: &str) -> Result<Address> {
    address.parse().map_err(|_| {
        let shown = one_line(address, LONGEST_NAME);
        Failure::new(
            Exit::Config,
            Diagnostic::error("mail-address", format!("`{shown}` is not a mail address"))
                .help("write user@domain, or Name <user@domain>"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_would_break_a_header_or_mislead_a_reader() {
        assert_eq!(one_line("Ana\r\nBcc: x@y.example", 50), "Ana Bcc: x@y.example");
        assert_eq!(one_line("invoice\u{202e}fdp.exe", 50), "invoicefdp.exe");
        assert_eq!(one_line("  a \t\0 b\u{2028}c  ", 50), "a b c");
        assert_eq!(one_line("abcdef", 4), "abc…");
        assert_eq!(one_line("ação", 4), "ação");
    }

    #[test]
    fn mailboxes_are_read_as_people_write_them() {
        let read = |text: &str| {
            let mailbox = mailbox(text).unwrap();
            (mailbox.name, mailbox.email.to_string())
        };
        let address = || "ana@aurora.example".to_owned();
        assert_eq!(read("ana@aurora.example"), (None, address()));
        assert_eq!(read("<ana@aurora.example>"), (None, address()));
        assert_eq!(read("Ana Gómez <ana@aurora.example>"), (Some("Ana Gómez".into()), address()));
        assert_eq!(read("\"Gómez, Ana\" <ana@aurora.example>"), (Some("Gómez, Ana".into()), address()));
        assert_eq!(read("Ana <sales> <ana@aurora.example>"), (Some("Ana <sales>".into()), address()));
        for wrong in ["", "ana", "ana@", "@aurora.example", "Ana <>", "a@b@c", "Ana <ana@aurora.example> x"] {
            assert_eq!(mailbox(wrong).unwrap_err().exit, Exit::Config, "{wrong}");
        }
    }

    #[test]
    fn an_address_cannot_carry_a_second_command() {
        assert!(mailbox("ana@aurora.example>\r\nRCPT TO:<eve@evil.example").is_err());
        assert!(Envelope::new("a@b.example", "ana@aurora.example\r\nDATA").is_err());
    }

    #[test]
    fn the_same_person_is_recognised_in_any_case() {
        assert_eq!(identity("Ana <Ana@Aurora.Example>").unwrap(), identity("ana@aurora.example").unwrap());
    }

    #[test]
    fn masked_addresses_keep_their_domain_only() {
        assert_eq!(masked("diretoria@aurora.example"), "d…@aurora.example");
        assert_eq!(masked("nonsense"), "…");
        assert_eq!(masked(""), "…");
    }

    #[test]
    fn addresses_are_masked_wherever_they_stand() {
        for (text, shown) in [
            ("`ana.b@x.example` has not got it", "`a…@x.example` has not got it"),
            ("Ana <ana@x.example>, eva+1@y.example.", "Ana <a…@x.example>, e…@y.example."),
            ("açaí@x.example:25", "a…@x.example:25"),
            ("an @ alone, a@, @b and a×b", "an @ alone, a@, @b and a×b"),
            ("`an`@x.example` and `@y.example", "`a…@x.example` and `…@y.example"),
            ("to \"odd \\\"name\"@x.example: no", "to …@x.example: no"),
            ("a \"word\" and \"@", "a \"word\" and \"@"),
            (r#"to "odd \"@=name"@x.example: no"#, "to …@x.example: no"),
            (r#"to "odd\\"@x.example: no"#, "to …@x.example: no"),
            ("to \"odd\"@-x.example: no", "to …@-x.example: no"),
            ("ana@[192.0.2.1], 😀b@x.example", "a…@[192.0.2.1], 😀…@x.example"),
        ] {
            assert_eq!(without_addresses(text), shown);
        }
    }
}
