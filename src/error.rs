//! How a command ends when it does not end well: a sysexits code and the diagnostics that explain it.

use std::fmt;

use crate::diagnostic::Diagnostic;

/// Why a command stopped, as its exit code says it (sysexits.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The command line is wrong.
    Usage = 2,
    /// The data break their contract.
    DataRefused = 65,
    /// An input file is missing.
    InputMissing = 66,
    /// A recipient can never be reached.
    Undeliverable = 69,
    /// A bug in farol.
    Internal = 70,
    /// Disk or ledger.
    Io = 74,
    /// Something temporary: a lock, a mail server.
    TryAgain = 75,
    /// Not allowed by the operating system.
    Permission = 77,
    /// The configuration is wrong.
    Config = 78,
}

/// A stage's failure: every fault it found, and the exit code they add up to.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// All faults, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// A failure with one diagnostic.
    pub fn new(exit: Exit, diagnostic: Diagnostic) -> Self {
        Self { exit, diagnostics: vec![diagnostic] }
    }

    /// A failure with many.
    pub fn many(exit: Exit, diagnostics: Vec<Diagnostic>) -> Self {
        Self { exit, diagnostics }
    }

    /// The faults of both; the exit code is the first one's.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.diagnostics.extend(other.diagnostics);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.diagnostics.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// What every fallible stage returns.
pub type Result<T> = std::result::Result<T, Failure>;
