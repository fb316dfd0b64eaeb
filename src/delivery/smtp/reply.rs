//! A server's reply: its code and its text, from bytes in whatever encoding.
//!
//! Judges no code; that depends on the step (see [`super`]).

use super::super::address::one_line;

/// Longest text of a reply that is kept, in characters.
const LONGEST_TEXT: usize = 300;

/// A whole reply, of one line or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// Three digits.
    pub(super) code: u16,
    /// The text of each line, without code and line end.
    pub(super) lines: Vec<String>,
}

/// One line of a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReplyLine {
    /// Three digits.
    pub(super) code: u16,
    /// Whether it is the reply's last line.
    pub(super) last: bool,
    /// What follows the code.
    pub(super) text: String,
}

impl ReplyLine {
    /// Reads a line with or without its line end; `None` if it does not start with three digits and then a space, a `-` or nothing.
    pub(super) fn parse(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (digits, rest) = line.split_at_checked(3)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        let (last, text) = match rest.split_first() {
            None => (true, rest),
            Some((b' ', text)) => (true, text),
            Some((b'-', text)) => (false, text),
            Some(_) => return None,
        };
        Some(Self { code, last, text: decode(text) })
    }
}

impl Reply {
    /// Code and text on one line, fit for a log.
    pub(super) fn summary(&self) -> String {
        one_line(&format!("{:03} {}", self.code, self.lines.join(" ")), LONGEST_TEXT)
    }

    /// The code and, if there is one, the enhanced status code, without the text: a text may repeat what was sent.
    pub(super) fn codes(&self) -> String {
        let first = self.lines.first().and_then(|line| line.split_whitespace().next()).unwrap_or("");
        let mut parts = first.split('.');
        let digits = |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && p.chars().all(|c| c.is_ascii_digit()));
        let enhanced = digits(parts.next()) && digits(parts.next()) && digits(parts.next()) && parts.next().is_none();
        if enhanced { format!("{:03} {first}", self.code) } else { format!("{:03}", self.code) }
    }
}

/// UTF-8, or else Latin-1, in which every byte is a character: a reply's text never decides anything, so it never fails.
fn decode(text: &[u8]) -> String {
    match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => text.iter().map(|byte| char::from(*byte)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &[u8]) -> Option<(u16, bool, String)> {
        ReplyLine::parse(line).map(|line| (line.code, line.last, line.text))
    }

    #[test]
    fn lines_are_three_digits_and_a_separator() {
        assert_eq!(parse(b"250 ok\r\n"), Some((250, true, "ok".into())));
        assert_eq!(parse(b"250-SIZE 10\n"), Some((250, false, "SIZE 10".into())));
        assert_eq!(parse(b"354\r\n"), Some((354, true, String::new())));
        assert_eq!(parse(b"999 x"), Some((999, true, "x".into())));
        for garbage in [&b"25 ok"[..], b"2500 ok", b"abc", b"", b"\r\n", b"250_ok", b"HTTP/1.1 400", b"\xff\xfe2"] {
            assert_eq!(parse(garbage), None, "{garbage:?}");
        }
    }

    #[test]
    fn a_latin_1_text_is_read_as_latin_1() {
        assert_eq!(parse(b"250 aceptado, se\xf1or").unwrap().2, "aceptado, señor");
        assert_eq!(parse("250 señor".as_bytes()).unwrap().2, "señor");
    }

    #[test]
    fn codes_leave_the_text_out() {
        let reply = |text: &str| Reply { code: 535, lines: vec![text.into()] };
        assert_eq!(reply("5.7.8 bad: AGFuYQBzZWNyZXQ=").codes(), "535 5.7.8");
        assert_eq!(reply("AGFuYQBzZWNyZXQ= refused").codes(), "535");
        assert_eq!(reply("5.7.8.9 x").codes(), "535");
        assert_eq!(Reply { code: 421, lines: vec!["a\u{1b}[2J".into(), "b".into()] }.summary(), "421 a [2J b");
    }
}
