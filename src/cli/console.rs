//! What a person or a log collector sees: progress on a terminal, plain or JSON lines elsewhere.

use std::cell::OnceCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::calendar::Moment;
use crate::cli::{Color, Common, LogFormat};
use crate::delivery::address::masked;
use crate::diagnostic::{Diagnostic, Severity};
use crate::error::{Exit, Failure};
use crate::pipeline::Progress;

/// Looks a variable up.
pub type Environment = Box<dyn Fn(&str) -> Option<String>>;

/// The outside world, handed in by `main` (or by a test).
pub struct World {
    /// When the command started.
    pub now: Moment,
    /// The time now.
    pub clock: Arc<dyn Fn() -> Moment + Send + Sync>,
    /// The environment.
    pub environment: Environment,
    /// Whether standard error is a terminal.
    pub is_terminal: bool,
    /// This program's file, for child processes.
    pub program: Option<PathBuf>,
}

/// Standard output and standard error.
pub struct Console {
    is_quiet: bool,
    is_json: bool,
    has_color: bool,
    bar: Option<ProgressBar>,
    fault: OnceCell<io::Error>,
    clock: Arc<dyn Fn() -> Moment + Send + Sync>,
    /// Tells the lines of one command from those of another in one log.
    run_id: String,
}

impl Console {
    pub(super) fn new(world: &World, common: &Common) -> Self {
        let is_json = common.log_format == LogFormat::Json;
        let no_color = (world.environment)("NO_COLOR").is_some_and(|value| !value.is_empty());
        let has_color = match common.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => world.is_terminal && !no_color && !is_json,
        };
        let shows_bar = world.is_terminal && !common.quiet && !is_json;
        Self { is_quiet: common.quiet, is_json, has_color, bar: shows_bar.then(bar), ..Self::plain_json(world) }
    }

    /// A console that writes JSON, for a command line that could not be read.
    pub(super) fn plain_json(world: &World) -> Self {
        let began = format!("{} {}", world.now.0, std::process::id());
        Self {
            is_quiet: false,
            is_json: true,
            has_color: false,
            bar: None,
            fault: OnceCell::new(),
            clock: Arc::clone(&world.clock),
            run_id: crate::digest::sha256(began.as_bytes()).chars().take(12).collect(),
        }
    }

    /// A result, to standard output. A reader who has gone away (`| head`) is no fault.
    pub fn print(&self, text: &str) {
        self.suspended(|| match writeln!(io::stdout(), "{text}") {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let _ = self.fault.set(error);
            }
            _ => {}
        });
    }

    /// Bytes as they are, to standard output.
    pub fn bytes(&self, bytes: &[u8]) {
        self.suspended(|| match io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let _ = self.fault.set(error);
            }
            _ => {}
        });
    }

    /// Why a result could not be written, if one could not.
    ///
    /// # Errors
    /// [`Exit::Io`]: what stands in the file that standard output goes to is not whole.
    pub(super) fn written(&self) -> Result<(), Failure> {
        let Some(error) = self.fault.get() else { return Ok(()) };
        let fault = Diagnostic::error("output", format!("cannot write to standard output: {error}"))
            .help("make room where standard output goes, then run again");
        Err(Failure::new(Exit::Io, fault))
    }

    /// A line of log, to standard error; `event` names what happened for whoever filters.
    pub fn log(&self, event: &str, text: &str) {
        if !self.is_quiet {
            self.line(&Line { level: "info", event, text, fields: serde_json::Map::new() }, || text.to_owned());
        }
    }

    /// How the command ended; for a collector of JSON lines, which does not see the exit code.
    pub(super) fn end(&self, code: u8) {
        if self.is_json && (code != 0 || !self.is_quiet) {
            let level = if code == 0 { "info" } else { "error" };
            let fields = serde_json::Map::from_iter([("exit".to_owned(), code.into())]);
            let text = format!("ended with exit code {code}");
            self.line(&Line { level, event: "end", text: &text, fields }, String::new);
        }
    }

    /// A fault or a warning.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        let (level, color) = match diagnostic.severity {
            Severity::Error => ("error", "\u{1b}[1;31m"),
            Severity::Warning => ("warning", "\u{1b}[1;33m"),
        };
        let text = diagnostic.to_string();
        let painted = || {
            if !self.has_color {
                return text.clone();
            }
            let tag = format!("{level}[{}]", diagnostic.code);
            text.replacen(&tag, &format!("{color}{tag}\u{1b}[0m"), 1)
        };
        self.line(&Line { level, event: diagnostic.code, text: &text, fields: serde_json::Map::new() }, painted);
    }

    /// Everything that made a command fail.
    pub fn failure(&self, failure: &Failure) {
        failure.diagnostics.iter().for_each(|diagnostic| self.diagnostic(diagnostic));
    }

    fn line(&self, line: &Line<'_>, painted: impl Fn() -> String) {
        self.suspended(|| {
            let text = if self.is_json { self.json(line) } else { painted() };
            let _ = writeln!(io::stderr(), "{text}");
        });
    }

    /// One object on one line, without anybody's address.
    fn json(&self, line: &Line<'_>) -> String {
        let now = (self.clock)().utc();
        let mut object = line.fields.clone();
        object.insert("time".to_owned(), now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true).into());
        object.insert("level".to_owned(), line.level.into());
        object.insert("run_id".to_owned(), self.run_id.clone().into());
        object.insert("event".to_owned(), line.event.into());
        object.insert("message".to_owned(), without_addresses(line.text).into());
        serde_json::Value::Object(object).to_string()
    }

    fn suspended(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

/// What a line of log says.
struct Line<'a> {
    level: &'a str,
    event: &'a str,
    text: &'a str,
    fields: serde_json::Map<String, serde_json::Value>,
}

/// Text in which each mail address shows its first letter and its domain alone.
fn without_addresses(text: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || ".!#$%&'*+-/=?^_{|}~@".contains(c);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        match word.split_once('@') {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() => shown.push_str(&masked(word)),
            _ => shown.push_str(word),
        }
        let other = tail.find(is_part).unwrap_or(tail.len());
        shown.push_str(&tail[..other]);
        rest = &tail[other..];
    }
    shown
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

impl Progress for Console {
    fn stage(&self, name: &str, steps: u64) {
        if let Some(bar) = &self.bar {
            bar.set_message(name.to_owned());
            bar.set_length(steps);
            bar.set_position(0);
        }
    }

    fn step(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    fn done(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_masked_wherever_they_stand() {
        for (text, shown) in [
            ("`ana.b@x.example` has not got it", "`a…@x.example` has not got it"),
            ("Ana <ana@x.example>, eva+1@y.example.", "Ana <a…@x.example>, e…@y.example."),
            ("açaí@x.example:25", "a…@x.example:25"),
            ("an @ alone, a@, @b and a×b", "an @ alone, a@, @b and a×b"),
        ] {
            assert_eq!(without_addresses(text), shown);
        }
    }
}
