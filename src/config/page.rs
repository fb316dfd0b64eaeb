//! One file of the configuration while it is read: its tree, and every fault found in it so far.
//!
//! Reads values one by one, so that one fault never hides another; knows no key by name.

use std::cell::RefCell;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::codes;
use super::locate::Mark;
pub(super) use super::words::shortened;
use super::words::suggestion;
use super::yaml::{self, Entry, Node, Value};
use crate::diagnostic::{Diagnostic, Place};

/// A file and what is wrong with it.
pub(super) struct Page {
    file: PathBuf,
    root: Option<Node>,
    /// Whether the file was YAML at all; if not, what it would have declared is unknown.
    pub(super) is_readable: bool,
    found: RefCell<Vec<Diagnostic>>,
}

impl Page {
    /// Parses a file's bytes; no bytes are an empty file.
    pub(super) fn parse(file: PathBuf, bytes: &[u8]) -> Self {
        let (root, findings) = yaml::parse(bytes);
        let is_readable = root.is_some() || findings.is_empty();
        let page = Self { file, root, is_readable, found: RefCell::new(Vec::new()) };
        for finding in findings {
            page.fault(finding.at, finding.code, finding.message, finding.help);
        }
        page
    }

    /// A file that could not be opened, which has been said.
    pub(super) fn unopened(file: PathBuf) -> Self {
        Self { file, root: None, is_readable: false, found: RefCell::new(Vec::new()) }
    }

    /// The top of the tree; none in an empty file.
    pub(super) fn root(&self) -> Option<Spot<'_>> {
        let name = self.file.file_name().and_then(|name| name.to_str()).unwrap_or("the file");
        self.root.as_ref().map(|node| Spot { page: self, node, name })
    }

    pub(super) fn fault(&self, at: Mark, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.push(Diagnostic::error(code, message).help(help).at(Place::at(&self.file, at.line, at.column)));
    }

    pub(super) fn warn(&self, at: Mark, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.push(Diagnostic::warning(code, message).help(help).at(Place::at(&self.file, at.line, at.column)));
    }

    pub(super) fn push(&self, diagnostic: Diagnostic) {
        self.found.borrow_mut().push(diagnostic);
    }

    /// Everything found.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.found.into_inner()
    }
}

/// A value in a file, and the name under which it stands there.
#[derive(Clone, Copy)]
pub(super) struct Spot<'a> {
    page: &'a Page,
    node: &'a Node,
    /// Its key; an item of a list has the list's.
    pub(super) name: &'a str,
}

impl<'a> Spot<'a> {
    /// Where it stands.
    pub(super) fn at(self) -> Mark {
        self.node.at
    }

    pub(super) fn file(self) -> &'a Path {
        &self.page.file
    }

    pub(super) fn fault(self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.page.fault(self.at(), code, message, help);
    }

    pub(super) fn warn(self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.page.warn(self.at(), code, message, help);
    }

    /// Faults a value of another type than the one that belongs there.
    pub(super) fn wrong_type(self, expected: &str, help: impl Into<String>) {
        if !matches!(self.node.value, Value::Faulty) {
            self.fault(codes::WRONG_TYPE, format!("`{}` must be {expected}, found {}", self.name, self.found()), help);
        }
    }

    /// Like [`Spot::wrong_type`], where the value itself must not be repeated.
    pub(super) fn wrong_secret_type(self, expected: &str, help: impl Into<String>) {
        if !matches!(self.node.value, Value::Faulty) {
            self.fault(codes::WRONG_TYPE, format!("`{}` must be {expected}, found {}", self.name, self.kind()), help);
        }
    }

    /// What kind of value it is.
    fn kind(self) -> &'static str {
        match self.node.value {
            Value::Empty => "nothing",
            Value::Flag(_) => "a yes-or-no",
            Value::Whole(_) | Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
            Value::Faulty => "a fault",
        }
    }

    fn found(self) -> String {
        match self.node.value {
            Value::Text(_) => format!("text `{}`", shortened(&self.node.written)),
            Value::Flag(_) => format!("`{}`", self.node.written),
            Value::Whole(_) | Value::Number(_) => format!("number `{}`", shortened(&self.node.written)),
            _ => self.kind().to_owned(),
        }
    }

    /// Whether nothing is written there.
    pub(super) fn is_empty(self) -> bool {
        matches!(self.node.value, Value::Empty)
    }

    pub(super) fn is_map(self) -> bool {
        matches!(self.node.value, Value::Map(_))
    }

    pub(super) fn is_list(self) -> bool {
        matches!(self.node.value, Value::List(_))
    }

    /// Text that is not empty.
    pub(super) fn text(self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => self.not_blank(text),
            Value::Whole(_) | Value::Number(_) | Value::Flag(_) => {
                self.wrong_type("text", format!("quote it: \"{}\"", self.node.written));
                None
            }
            _ => {
                self.wrong_type("text", format!("write `{}: \"…\"`", self.name));
                None
            }
        }
    }

    /// Text, blank or not.
    pub(super) fn raw_text(self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            _ => self.text(),
        }
    }

    /// Any scalar, as it is written.
    pub(super) fn scalar(self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => self.not_blank(text),
            Value::Whole(_) | Value::Number(_) | Value::Flag(_) => Some(&self.node.written),
            _ => {
                self.wrong_type("text", "write one value");
                None
            }
        }
    }

    /// As [`Self::scalar`], but empty text is a value too.
    pub(super) fn scalar_or_empty(self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            _ => self.scalar(),
        }
    }

    fn not_blank(self, text: &'a str) -> Option<&'a str> {
        if text.trim().is_empty() {
            self.fault(codes::EMPTY_TEXT, format!("`{}` is empty text", self.name), "write it, or leave its key out");
            return None;
        }
        Some(text)
    }

    /// Text, in a place where the text itself must not be repeated.
    pub(super) fn secret_text(self) -> Option<&'a str> {
        if let Value::Text(text) = &self.node.value {
            return self.not_blank(text);
        }
        self.wrong_secret_type("text", "quote it");
        None
    }

    /// A whole number within a range.
    pub(super) fn whole(self, range: RangeInclusive<i64>) -> Option<i64> {
        let Value::Whole(whole) = self.node.value else {
            self.wrong_type(
                "a whole number",
                format!("write a whole number from {} to {}", range.start(), range.end()),
            );
            return None;
        };
        if range.contains(&whole) {
            return Some(whole);
        }
        let message = format!("`{}` must lie from {} to {}, found {whole}", self.name, range.start(), range.end());
        self.fault(
            codes::OUT_OF_RANGE,
            message,
            format!("write a whole number from {} to {}", range.start(), range.end()),
        );
        None
    }

    /// A finite number.
    #[expect(clippy::cast_precision_loss, reason = "no number of the configuration needs more than 53 bits")]
    pub(super) fn number(self) -> Option<f64> {
        match self.node.value {
            Value::Whole(whole) => Some(whole as f64),
            Value::Number(number) => Some(number),
            _ => {
                self.wrong_type("a number", "write a number without unit, with a decimal point");
                None
            }
        }
    }

    /// A share above 0 (or from 0, if it may be none) and up to 1.
    pub(super) fn share(self, may_be_none: bool) -> Option<f64> {
        let share = self.number()?;
        if (share > 0.0 || may_be_none && share == 0.0) && share <= 1.0 {
            return Some(share);
        }
        let from = if may_be_none { "from 0" } else { "above 0" };
        self.fault(
            codes::OUT_OF_RANGE,
            format!("`{}` must lie {from} and up to 1, found {}", self.name, self.node.written),
            "write a share: 0.5 is one half",
        );
        None
    }

    /// A number above 0.
    pub(super) fn positive(self) -> Option<f64> {
        let number = self.number()?;
        if number > 0.0 {
            return Some(number);
        }
        let message = format!("`{}` must be above 0, found {}", self.name, self.node.written);
        self.fault(codes::OUT_OF_RANGE, message, "write a number above 0");
        None
    }

    /// Yes or no.
    pub(super) fn flag(self) -> Option<bool> {
        if let Value::Flag(flag) = self.node.value {
            return Some(flag);
        }
        self.wrong_type("true or false", "write `true` or `false`");
        None
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(self, words: &[(&str, T)]) -> Option<T> {
        self.choice_of(words, codes::UNKNOWN_VALUE, &format!("value of `{}`:", self.name))
    }

    /// One of a few words, with a code and a noun of its own for any other.
    pub(super) fn choice_of<T: Copy>(self, words: &[(&str, T)], code: &'static str, noun: &str) -> Option<T> {
        let text = self.text()?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.unknown(code, noun, text, &all);
        None
    }

    /// Faults a name that is not among the known ones.
    pub(super) fn unknown(self, code: &'static str, noun: &str, name: &str, names: &[&str]) {
        self.fault(code, format!("unknown {noun} `{}`", shortened(name)), suggestion(name, names));
    }

    /// A count with a unit: `30d` is 30 for the unit `d`.
    pub(super) fn counted(self, unit: char, meaning: &str, range: RangeInclusive<i64>) -> Option<i64> {
        let text = self.scalar()?;
        let count = text.strip_suffix(unit).filter(|count| count.bytes().all(|b| b.is_ascii_digit()));
        let count = count.and_then(|count| count.parse::<i64>().ok());
        match count {
            Some(count) if range.contains(&count) => Some(count),
            Some(count) => {
                let message = format!(
                    "`{}` must lie from {}{unit} to {}{unit}, found {count}{unit}",
                    self.name,
                    range.start(),
                    range.end()
                );
                self.fault(codes::OUT_OF_RANGE, message, format!("write {meaning} within that range"));
                None
            }
            None => {
                // What was written with another unit, or with none, may mean another length: no number is taken from it.
                let example = (*range.end()).min(30);
                let message = format!("`{}` must be {meaning}, found `{}`", self.name, shortened(text));
                self.fault(codes::BAD_DURATION, message, format!("write {meaning}: `{example}{unit}`"));
                None
            }
        }
    }

    /// Civil days: `30d`.
    pub(super) fn days(self, range: RangeInclusive<i64>) -> Option<i64> {
        self.counted('d', "a number of days", range)
    }

    /// The items of a list.
    pub(super) fn list(self) -> Vec<Spot<'a>> {
        let Value::List(items) = &self.node.value else {
            self.wrong_type("a list", format!("write `{}: [ … ]`", self.name));
            return Vec::new();
        };
        items.iter().map(|node| Spot { node, ..self }).collect()
    }

    /// A list that says something: at least one item.
    pub(super) fn nonempty_list(self) -> Vec<Spot<'a>> {
        let items = self.list();
        if self.is_list() && items.is_empty() {
            self.fault(
                codes::EMPTY_LIST,
                format!("`{}` is an empty list", self.name),
                "write an item, or leave its key out",
            );
        }
        items
    }

    /// A map whose keys are known; any other is a fault.
    pub(super) fn fields(self, keys: &[&str]) -> Fields<'a> {
        let Some(entries) = self.map("write its keys below it, indented") else {
            return Fields { page: self.page, at: self.at(), name: self.name, entries: &[], is_whole: false };
        };
        for entry in entries.iter().filter(|entry| !keys.contains(&entry.key.as_str())) {
            let message = format!("unknown key `{}` in `{}`", shortened(&entry.key), self.name);
            self.page.fault(entry.at, codes::UNKNOWN_KEY, message, suggestion(&entry.key, keys));
        }
        Fields { page: self.page, at: self.at(), name: self.name, entries, is_whole: true }
    }

    /// A map whose keys are the user's own.
    pub(super) fn entries(self) -> Vec<(Key<'a>, Spot<'a>)> {
        let entries = self.map("write `name: value` below it, indented").unwrap_or_default();
        entries.iter().map(|entry| (Key { page: self.page, entry }, self.below(entry))).collect()
    }

    fn map(self, help: &str) -> Option<&'a [Entry]> {
        match &self.node.value {
            Value::Map(entries) => Some(entries),
            // A key with nothing below it says that everything below it is at its default.
            Value::Empty => Some(&[]),
            _ => {
                self.wrong_secret_type("a map", help);
                None
            }
        }
    }

    fn below(self, entry: &'a Entry) -> Spot<'a> {
        Spot { page: self.page, node: &entry.value, name: &entry.key }
    }
}

/// A key of the user's own choosing.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    page: &'a Page,
    entry: &'a Entry,
}

impl<'a> Key<'a> {
    pub(super) fn text(self) -> &'a str {
        &self.entry.key
    }

    pub(super) fn fault(self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.page.fault(self.entry.at, code, message, help);
    }

    pub(super) fn warn(self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.page.warn(self.entry.at, code, message, help);
    }

    /// Whether the key is one of some names; if not, a fault.
    pub(super) fn is_one_of(self, names: &[&str], code: &'static str, noun: &str) -> bool {
        let is_known = names.contains(&self.text());
        if !is_known {
            self.fault(code, format!("unknown {noun} `{}`", shortened(self.text())), suggestion(self.text(), names));
        }
        is_known
    }
}

/// The values of a map whose keys are known.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    page: &'a Page,
    at: Mark,
    name: &'a str,
    entries: &'a [Entry],
    /// Whether it was a map; if not, that has been said.
    is_whole: bool,
}

impl<'a> Fields<'a> {
    /// The value of a key, if anything is written there.
    pub(super) fn get(self, key: &str) -> Option<Spot<'a>> {
        self.bound(key).filter(|spot| !spot.is_empty())
    }

    /// The value of a key that sets bounds, also if nothing is written there: that could mean that nothing is allowed, or
    /// everything.
    pub(super) fn bound(self, key: &str) -> Option<Spot<'a>> {
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        Some(Spot { page: self.page, node: &entry.value, name: &entry.key })
    }

    /// The value of a key that must be there.
    pub(super) fn required(self, key: &str, help: &str) -> Option<Spot<'a>> {
        let spot = self.get(key);
        if spot.is_none() && self.is_whole {
            self.page.fault(self.at, codes::MISSING_KEY, format!("`{}` has no `{key}`", self.name), help);
        }
        spot
    }
}
