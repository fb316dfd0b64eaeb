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
                "{}\n\nSince {}. Nothing about it has gone to the readers of the reports.\n\nWhat mends it:\n{}\n\n\
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
    Letter {
        from: config.delivery.from.clone(),
        to: to.to_owned(),
        subject,
        html: format!("<!doctype html><html lang=\"en\"><body><pre>{}</pre></body></html>", escaped(&text)),
        text,
        images: Vec::new(),
        attachments: Vec::new(),
        report: OPERATORS.to_owned(),
        period: incident.name(),
        revision: revision(incident),
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
