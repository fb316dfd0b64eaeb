//! One YAML file as bytes in, a tree of values with their places out.
//!
//! The only module that calls `serde_yaml`; it knows no key of the configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde::de::{Deserialize, Deserializer, EnumAccess, MapAccess, SeqAccess, Visitor};

use super::codes;
use super::locate::{Mark, Outline, Shape, outline};
use super::words::shortened;

/// Largest file that is read.
pub(super) const MAX_BYTES: usize = 256 * 1024;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: Mark,
    pub(super) value: Value,
    /// A scalar as it is written, without quotes.
    pub(super) written: String,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum Value {
    /// Nothing, or `null`.
    Empty,
    Flag(bool),
    Whole(i64),
    /// Always finite.
    Number(f64),
    Text(String),
    List(Vec<Node>),
    /// In the order written, each key once.
    Map(Vec<Entry>),
    /// Already reported; whoever reads it says nothing.
    Faulty,
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry {
    /// A scalar, as written.
    pub(super) key: String,
    pub(super) at: Mark,
    pub(super) value: Node,
}

/// A fault of the text itself.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) at: Mark,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) help: String,
}

impl Finding {
    fn new(at: Mark, code: &'static str, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, code, message: message.into(), help: help.into() }
    }
}

/// Reads a file: its tree, if it is one (`None` also for an empty file), and what is wrong with it.
pub(super) fn parse(bytes: &[u8]) -> (Option<Node>, Vec<Finding>) {
    match read(bytes) {
        Ok(tree) => tree,
        Err(finding) => (None, vec![*finding]),
    }
}

fn read(bytes: &[u8]) -> Result<(Option<Node>, Vec<Finding>), Box<Finding>> {
    let text = decode(bytes)?;
    let Some(outline) = outline(text).map_err(|e| Finding::new(e.at, e.code, e.why, e.help))? else {
        return Ok((None, Vec::new()));
    };
    let plain: Plain = serde_yaml::from_str(text).map_err(|error| {
        let at = error.location().map_or(Mark::START, |at| Mark { line: at.line(), column: at.column() });
        Finding::new(
            at,
            codes::YAML_SYNTAX,
            format!("not valid YAML: {error}"),
            "look at this line and the one before it",
        )
    })?;
    let mut findings = comments_in_values(text, &outline);
    let node = Joiner { findings: &mut findings }.join(plain, Some(&outline), outline.at);
    let is_empty = matches!(node.value, Value::Empty);
    Ok(((!is_empty).then_some(node), findings))
}

/// Checks what must hold before any parser sees the bytes.
fn decode(bytes: &[u8]) -> Result<&str, Box<Finding>> {
    if bytes.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, more than {MAX_BYTES}", bytes.len());
        let help = "a configuration is smaller than that; is this the right file?";
        return Err(Box::new(Finding::new(Mark::START, codes::FILE_TOO_LARGE, message, help)));
    }
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        let message = "the file starts with a byte order mark";
        let help = "save it as UTF-8 without a byte order mark";
        return Err(Box::new(Finding::new(Mark::START, codes::BYTE_ORDER_MARK, message, help)));
    }
    std::str::from_utf8(bytes).map_err(|error| Box::new(not_utf8(bytes, error.valid_up_to())))
}

/// Names the first byte that is not UTF-8, and the character that it probably was.
fn not_utf8(bytes: &[u8], valid_up_to: usize) -> Finding {
    let (before, rest) = bytes.split_at(valid_up_to);
    let before = String::from_utf8_lossy(before);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let byte = rest.first().copied().unwrap_or_default();
    let byte = [byte];
    let (was, _, _) = encoding_rs::WINDOWS_1252.decode(&byte);
    let message = format!("not UTF-8: byte 0x{:02X}", byte[0]);
    let help = format!("save the file as UTF-8; in windows-1252 this byte is `{was}`");
    Finding::new(Mark { line, column }, codes::NOT_UTF8, message, help)
}

/// Finds unquoted values that a `#` cuts short: `Plan #1` is read as `Plan`.
fn comments_in_values(text: &str, outline: &Outline) -> Vec<Finding> {
    let mut findings = Vec::new();
    if text.contains(" #") || text.contains("\t#") {
        let characters: Vec<char> = text.chars().collect();
        find_comments(&characters, outline, &mut findings);
    }
    findings
}

fn find_comments(characters: &[char], outline: &Outline, findings: &mut Vec<Finding>) {
    match &outline.shape {
        Shape::Scalar { text, plain_end: Some(end) } => {
            let rest = characters.get(*end..).unwrap_or_default();
            let mut rest = rest.iter().copied().skip_while(|c| matches!(c, ' ' | '\t')).peekable();
            let is_comment = rest.next_if_eq(&'#').is_some();
            // A comment proper has a space after its `#`.
            if text.starts_with(char::is_alphabetic) && is_comment && rest.peek().is_some_and(|c| c.is_alphanumeric()) {
                let cut: String = rest.take_while(|c| *c != '\n').take(40).collect();
                let cut = format!("#{}", cut.trim_end());
                let message = format!("`{text} {cut}` is read as `{text}`: ` #` starts a comment");
                let help = format!("quote the value, `\"{text} {cut}\"`, or write a space after the `#`");
                findings.push(Finding::new(outline.at, codes::COMMENT_IN_VALUE, message, help));
            }
        }
        Shape::Scalar { .. } => {}
        Shape::List(items) => items.iter().for_each(|item| find_comments(characters, item, findings)),
        Shape::Map(entries) => entries.iter().for_each(|(_, value)| find_comments(characters, value, findings)),
    }
}

/// Joins `serde_yaml`'s values with the outline's places.
struct Joiner<'a> {
    findings: &'a mut Vec<Finding>,
}

impl Joiner<'_> {
    /// `near` is the closest known place, for a value that the outline does not have.
    fn join(&mut self, plain: Plain, outline: Option<&Outline>, near: Mark) -> Node {
        let at = outline.map_or(near, |outline| outline.at);
        let written = match outline.map(|outline| &outline.shape) {
            Some(Shape::Scalar { text, .. }) => text.clone(),
            _ => plain.written(),
        };
        let value = match plain {
            Plain::Empty => Value::Empty,
            Plain::Flag(flag) => Value::Flag(flag),
            Plain::Whole(whole) => Value::Whole(whole),
            Plain::Number(number) if number.is_finite() => Value::Number(number),
            Plain::Number(_) => {
                let help = "write a number; to leave a limit open, leave its key out";
                self.find(at, codes::NOT_FINITE, format!("`{written}` is not a finite number"), help);
                Value::Faulty
            }
            Plain::Text(text) => Value::Text(text),
            Plain::Tagged(tag) => {
                self.find(at, codes::YAML_TAG, format!("tags such as `!{tag}` mean nothing here"), "delete the tag");
                Value::Faulty
            }
            Plain::List(items) => Value::List(self.list(items, outline, at)),
            Plain::Map(entries) => Value::Map(self.map(entries, outline, at)),
        };
        Node { at, value, written }
    }

    fn list(&mut self, items: Vec<Plain>, outline: Option<&Outline>, near: Mark) -> Vec<Node> {
        let outlines: &[Rc<Outline>] = match outline.map(|outline| &outline.shape) {
            Some(Shape::List(outlines)) => outlines,
            _ => &[],
        };
        let joined = items.into_iter().enumerate();
        joined.map(|(i, item)| self.join(item, outlines.get(i).map(AsRef::as_ref), near)).collect()
    }

    fn map(&mut self, entries: Vec<(Plain, Plain)>, outline: Option<&Outline>, near: Mark) -> Vec<Entry> {
        let outlines: &[(Rc<Outline>, Rc<Outline>)] = match outline.map(|outline| &outline.shape) {
            Some(Shape::Map(outlines)) => outlines,
            _ => &[],
        };
        let mut joined: Vec<Entry> = Vec::with_capacity(entries.len());
        let mut lines: BTreeMap<String, usize> = BTreeMap::new();
        for (i, (key, value)) in entries.into_iter().enumerate() {
            let (key_outline, value_outline) = outlines.get(i).map(|(key, value)| (&**key, &**value)).unzip();
            let key = self.join(key, key_outline, near);
            // An empty value stands nowhere; its key does.
            let value_outline = if matches!(value, Plain::Empty) { None } else { value_outline };
            let value = self.join(value, value_outline, key.at);
            if matches!(key.value, Value::List(_) | Value::Map(_) | Value::Empty) {
                self.find(key.at, codes::WRONG_TYPE, "a key must be a word or a number", "write `key: value`");
            } else if let Some(line) = lines.get(&key.written) {
                let message = format!("`{}` is already on line {line}", shortened(&key.written));
                self.find(key.at, codes::DUPLICATE_KEY, message, "keep one of the two");
            } else {
                lines.insert(key.written.clone(), key.at.line);
                joined.push(Entry { key: key.written, at: key.at, value });
            }
        }
        joined
    }

    fn find(&mut self, at: Mark, code: &'static str, message: impl Into<String>, help: &str) {
        self.findings.push(Finding::new(at, code, message, help));
    }
}

/// A value as `serde_yaml` reads it, with maps as they are written: in order, keys repeated where they are.
enum Plain {
    Empty,
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
    List(Vec<Plain>),
    Map(Vec<(Plain, Plain)>),
    Tagged(String),
}

impl Plain {
    /// The text of a scalar whose place is not known.
    fn written(&self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Whole(whole) => whole.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Empty | Self::List(_) | Self::Map(_) | Self::Tagged(_) => String::new(),
        }
    }
}

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlainVisitor)
    }
}

struct PlainVisitor;

#[expect(clippy::cast_precision_loss, reason = "no number of the configuration needs more than 53 bits")]
impl<'de> Visitor<'de> for PlainVisitor {
    type Value = Plain;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Plain, E> {
        Ok(Plain::Empty)
    }

    fn visit_none<E>(self) -> Result<Plain, E> {
        Ok(Plain::Empty)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Plain, E> {
        Ok(Plain::Flag(flag))
    }

    fn visit_i64<E>(self, whole: i64) -> Result<Plain, E> {
        Ok(Plain::Whole(whole))
    }

    fn visit_u64<E>(self, whole: u64) -> Result<Plain, E> {
        Ok(i64::try_from(whole).map_or(Plain::Number(whole as f64), Plain::Whole))
    }

    fn visit_i128<E>(self, whole: i128) -> Result<Plain, E> {
        Ok(Plain::Number(whole as f64))
    }

    fn visit_u128<E>(self, whole: u128) -> Result<Plain, E> {
        Ok(Plain::Number(whole as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Plain, E> {
        Ok(Plain::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Plain, E> {
        Ok(Plain::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Plain, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Plain::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Plain, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Plain::Map(map))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, tagged: A) -> Result<Plain, A::Error> {
        use serde::de::VariantAccess;
        let (tag, content) = tagged.variant::<String>()?;
        content.newtype_variant::<Plain>()?;
        Ok(Plain::Tagged(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only_finding(bytes: &[u8]) -> (usize, usize, &'static str, String) {
        let (_, findings) = parse(bytes);
        assert_eq!(findings.len(), 1, "{findings:?}");
        let finding = findings.into_iter().next().unwrap();
        (finding.at.line, finding.at.column, finding.code, finding.message)
    }

    #[test]
    fn words_that_other_yaml_readers_bend_stay_as_they_are() {
        let (node, findings) = parse(b"a: no\nb: on\nc: 08:30\nd: 2026-01\ne: 017\nf: yes\n");
        assert!(findings.is_empty());
        let Value::Map(entries) = node.unwrap().value else { panic!("a map") };
        let texts: Vec<_> = entries.iter().map(|entry| &entry.value.value).collect();
        for (value, expected) in texts.iter().zip(["no", "on", "08:30", "2026-01", "017", "yes"]) {
            assert!(matches!(value, Value::Text(text) if text == expected), "{value:?}");
        }
    }

    #[test]
    fn what_is_not_utf8_is_named_by_line_and_column() {
        assert_eq!(only_finding(b"a: 1\nb: Pre\xE7o\n"), (2, 7, codes::NOT_UTF8, "not UTF-8: byte 0xE7".to_owned()));
        assert_eq!(only_finding(b"\xEF\xBB\xBFa: 1\n").2, codes::BYTE_ORDER_MARK);
        assert_eq!(only_finding(&vec![b'#'; MAX_BYTES + 1]).2, codes::FILE_TOO_LARGE);
    }

    #[test]
    fn repeated_keys_are_found_at_every_level() {
        let (_, findings) = parse(b"a: {b: 1, b: 2}\nc:\n  - {d: 1, e: 2, d: 3}\na: 2\n");
        let found: Vec<_> = findings.iter().map(|f| (f.at.line, f.at.column, f.code)).collect();
        let expected = [(1, 11, codes::DUPLICATE_KEY), (3, 18, codes::DUPLICATE_KEY), (4, 1, codes::DUPLICATE_KEY)];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_value_cut_short_by_a_comment_is_found_and_a_comment_is_not() {
        let (line, column, code, _) = only_finding(b"a: Plan #1\nb: Plan # the first\nc: 'x #1' #y\n");
        assert_eq!((line, column, code), (1, 4, codes::COMMENT_IN_VALUE));
    }

    #[test]
    fn tags_and_infinities_are_found_and_the_rest_is_read() {
        let (node, findings) = parse(b"a: !x 1\nb: .inf\nc: -.NaN\nd: 1e999\ne: 1\nf: !!str 5\n");
        let found: Vec<_> = findings.iter().map(|f| (f.at.line, f.code)).collect();
        assert_eq!(found[..2], [(1, codes::YAML_TAG), (2, codes::NOT_FINITE)]);
        assert!(node.is_some());
    }
}
