//! Operators are told without the ledger where it is the ledger that fails: nothing else can be recorded, and nothing is sent.

use std::fs::{self, OpenOptions};
use std::path::PathBuf;

use chrono::{DateTime, Duration, Utc};

use super::letter::without_ledger;
use crate::config::Config;
use crate::delivery::dkim::Signer;
use crate::delivery::message;
use crate::delivery::stop::Stop;
use crate::delivery::transport::{self, Outcome};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

/// Hours in which the same is not told again, however often farol is started.
const SILENCE_HOURS: i64 = 24;

/// Whether a failure is the ledger's own.
pub fn is_of_ledger(failure: &Failure) -> bool {
    let codes = |fault: &Diagnostic| fault.code.starts_with("ledger-") || fault.code == "state-unusable";
    matches!(failure.exit, Exit::Io | Exit::Permission) && failure.diagnostics.iter().any(codes)
}

/// Tells operators that the ledger cannot be used; returns how many were told, which are none if they were within a day.
///
/// # Errors
/// Secrets that are not known, addresses that are none, or what stands in the way of the mail.
pub fn alarm(config: &Config, failure: &Failure, now: DateTime<Utc>, stop: &Stop) -> Result<usize> {
    if config.delivery.operators.is_empty() || was_told(config, now) {
        return Ok(0);
    }
    config.delivery.transport.ready()?;
    let signer = config.delivery.dkim.as_ref().map(Signer::new).transpose()?;
    let mut way = transport::open_until(&config.delivery.transport, stop)?;
    let (mut told, mut why) = (0, None);
    for to in config.delivery.operators.iter().take_while(|_| !stop.is_told()) {
        let faults: Vec<String> = failure.diagnostics.iter().map(|fault| fault.message.clone()).collect();
        let places = failure.diagnostics.iter().filter_map(|fault| fault.place.as_ref());
        let places: Vec<String> = places.map(ToString::to_string).collect();
        let remedies: Vec<&str> = failure.diagnostics.iter().filter_map(|fault| fault.help.as_deref()).collect();
        let cause = format!("{}\n{}", faults.join("\n"), places.join("\n"));
        let mut message = message::compose(&without_ledger(config, (&cause, &remedies.join("\n")), to, now))?;
        if let Some(signer) = &signer {
            message.bytes = signer.sign(&message.bytes, now)?;
        }
        match stop.while_busy(|| way.deliver(&message.envelope, &message.bytes, &mut || Ok(())))? {
            Outcome::Sent(_) => told += 1,
            other => why = Some(other.reason().to_owned()),
        }
    }
    if told > 0 {
        note(config);
    }
    match why {
        Some(why) if told == 0 => {
            let fault = Diagnostic::error("operators-untold", format!("operators could not be told: {why}"));
            Err(Failure::new(Exit::TryAgain, fault.help("tell whoever looks after farol what stands above")))
        }
        _ => Ok(told),
    }
}

/// The ledger can be used: should it fail again, operators are told again.
pub fn end_alarm(config: &Config) {
    // Nothing there, as a rule.
    let _ = fs::remove_file(sign(config));
}

/// Its age says when operators were told. It is empty: a full disk has room for a name.
fn sign(config: &Config) -> PathBuf {
    config.out.join(".farol-told")
}

fn was_told(config: &Config, now: DateTime<Utc>) -> bool {
    let told = fs::symlink_metadata(sign(config)).and_then(|sign| sign.modified()).map(DateTime::<Utc>::from);
    told.is_ok_and(|told| (now - told).abs() < Duration::hours(SILENCE_HOURS))
}

/// Without the sign, operators are told once more than needed.
fn note(config: &Config) {
    end_alarm(config);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(sign(config));
}
