//! A fault as a person reads it: one line that says where and what, then the remedy.
//!
//! Knows nothing of what went wrong; every stage fills these in.

use std::fmt;
use std::path::{Path, PathBuf};

/// So many of something: `1 entry`, `2 entries`.
pub fn counted(count: impl TryInto<u64>, one: &str, many: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Text in which control characters are spaces: what came out of a file neither moves a cursor nor begins a line of a log.
fn plain(text: String) -> String {
    if text.contains(char::is_control) { text.replace(char::is_control, " ") } else { text }
}

/// A remedy in one line, for where there is no room for more: what it says as it is, and commands in backticks, so that nobody copies
/// what is none.
pub fn in_a_line(remedy: &str) -> String {
    let mut line = String::new();
    let mut said_before = false;
    for part in remedy.lines().filter(|part| !part.is_empty()) {
        let words = part.strip_prefix("# ").map(|words| words.trim_end_matches(':'));
        if !line.is_empty() {
            line.push_str(if said_before && words.is_none() { ": " } else { "; " });
        }
        line.push_str(&words.map_or_else(|| format!("`{part}`"), str::to_owned));
        said_before = words.is_some();
    }
    line
}

/// Whether a finding stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run cannot go on.
    Error,
    /// The run goes on; somebody should look.
    Warning,
}

/// Where a fault is: a file, and a line and column (both from 1) where they are known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as the user named it.
    pub file: PathBuf,
    /// Line from 1 for text, row from 1 for tables.
    pub line: Option<usize>,
    /// Column from 1, counted in characters.
    pub column: Option<usize>,
}

impl Place {
    /// The whole file.
    pub fn file(file: impl AsRef<Path>) -> Self {
        Self { file: file.as_ref().to_path_buf(), line: None, column: None }
    }

    /// One spot of a text file.
    pub fn at(file: impl AsRef<Path>, line: usize, column: usize) -> Self {
        Self { file: file.as_ref().to_path_buf(), line: Some(line), column: Some(column) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(self.file.display().to_string()))?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        Ok(())
    }
}

/// One fault: a code that never changes, a place, what is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub severity: Severity,
    /// Short kebab-case name, unique and final: `band-gap`.
    pub code: &'static str,
    /// Where it is, if it is anywhere.
    pub place: Option<Place>,
    /// What is wrong: lower case, names in backticks, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A fault that stops the run.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, place: None, message: plain(message.into()), help: None }
    }

    /// A fault that is reported and survived.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(plain(help.into()));
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}[{}]: {}", self.code, self.message)?;
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_in_a_line_keeps_commands_apart_from_words() {
        for (remedy, expected) in [
            ("farol outbox retry 1", "`farol outbox retry 1`"),
            (
                "farol check\n# correct what it says, then\nfarol run",
                "`farol check`; correct what it says, then: `farol run`",
            ),
            ("# what has:\nfarol outbox discard 1\n# if not: wait", "what has: `farol outbox discard 1`; if not: wait"),
        ] {
            assert_eq!(in_a_line(remedy), expected);
        }
    }

    #[test]
    fn a_name_out_of_a_file_neither_moves_the_cursor_nor_forges_a_line() {
        let fault =
            Diagnostic::error("x", "no column `a\u{1b}[2J\nerror`").help("is it `\u{9b}31m`?").at(Place::file("a\nb"));
        assert_eq!(fault.to_string(), "a b: error[x]: no column `a [2J error`\n  help: is it ` 31m`?");
    }
}
