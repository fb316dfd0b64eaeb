//! What operators are written: one short mail in plain words, and the same in HTML.

use chrono::{DateTime, Utc};

use crate::config::Config;
use crate::delivery::message::Letter;
use crate::ledger::{Incident, OPERATORS};

/// The mail that an incident has begun, or that it is over.
pub(super) fn letter(config: &Config, incident: &Incident, to: &str, edition: &str, date: DateTime<Utc>) -> Letter {
    let local = |at: DateTime<Utc>| {
        let local = config.company.calendar.local(at.into()).unwrap_or_default();
        format!("{} {}", local.format("%Y-%m-%d %H:%M"), config.company.calendar.zone)
    };
    let name = &config.company.name;
    let first = incident.cause.lines().next().unwrap_or_default();
    let (subject, text) = match incident.closed {
        None => (
            format!("[farol] {name}: {first}"),
            format!(
                "{}\n\nSince {}. No reader of the reports is told of this.\n\nWhat mends it:\n{}\n\n\
                 You hear of this once, and again when it is over.\n",
                incident.cause,
                local(incident.opened),
                incident.remedy
            ),
        ),
        Some(closed) => (
            format!("[farol] {name}: over: {first}"),
            format!("Over since {}. It had begun {}:\n\n{}\n", local(closed), local(incident.opened), incident.cause),
        ),
    };
    written(config, to, (subject, text), (incident.name(), revision(incident), edition), date)
}

/// The mail that the ledger cannot be used, of which it cannot keep a record.
pub(super) fn without_ledger(config: &Config, (cause, remedy): (&str, &str), to: &str, date: DateTime<Utc>) -> Letter {
    let subject = format!("[farol] {}: the ledger cannot be used, and nothing is sent", config.company.name);
    let text = format!(
        "{cause}\n\nWithout its ledger farol does not know who has got what, and sends nothing. No reader of the reports is told of \
         this.\n\nWhat mends it:\n{remedy}\n\nYou hear of this once a day at most for as long as it lasts, and not when it is over.\n"
    );
    written(config, to, (subject, text), (format!("ledger-{}", date.timestamp_micros()), 1, ""), date)
}

fn written(
    config: &Config,
    to: &str,
    (subject, text): (String, String),
    (period, revision, edition): (String, u32, &str),
    date: DateTime<Utc>,
) -> Letter {
    Letter {
        from: config.delivery.from.clone(),
        to: to.to_owned(),
        subject,
        html: format!("<!doctype html><html lang=\"en\"><body><pre>{}</pre></body></html>", escaped(&text)),
        text,
        images: Vec::new(),
        attachments: Vec::new(),
        report: OPERATORS.to_owned(),
        period,
        revision,
        edition: edition.to_owned(),
        replaces: None,
        list_unsubscribe: None,
        date,
    }
}

/// 1 tells that it has begun, 2 that it is over.
pub(super) fn revision(incident: &Incident) -> u32 {
    if incident.closed.is_some() { 2 } else { 1 }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
