//! What a person or a log collector sees: progress on a terminal, plain or JSON lines elsewhere.

use std::cell::OnceCell;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::calendar::Moment;
use crate::cli::{Color, Common, LogFormat};
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
    pub clock: Box<dyn Fn() -> Moment>,
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
        Self { is_quiet: common.quiet, is_json, has_color, bar: shows_bar.then(bar), fault: OnceCell::new() }
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

    /// A line of log, to standard error.
    pub fn log(&self, text: &str) {
        if !self.is_quiet {
            self.line("info", text, || text.to_owned());
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
        self.line(level, &text, painted);
    }

    /// Everything that made a command fail.
    pub fn failure(&self, failure: &Failure) {
        failure.diagnostics.iter().for_each(|diagnostic| self.diagnostic(diagnostic));
    }

    fn line(&self, level: &str, text: &str, painted: impl Fn() -> String) {
        self.suspended(|| {
            let line = if self.is_json {
                serde_json::json!({ "level": level, "message": text }).to_string()
            } else {
                painted()
            };
            let _ = writeln!(io::stderr(), "{line}");
        });
    }

    fn suspended(&self, write: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
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
