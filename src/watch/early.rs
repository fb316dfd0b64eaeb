//! Reports that left under a clock that was ahead, before their period had ended. By that clock all was well; it shows afterwards,
//! by a clock that stands earlier than what it wrote.
//!
//! A report that somebody sends before its period's end under a clock that is right is none: its run says that the period goes on,
//! and the first run after the end sends the final figures.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::incidents::{Trouble, of_period};
use crate::calendar::{Calendar, Moment, Period};
use crate::config::Config;
use crate::daemon::CLOCK_SLACK_MINUTES;
use crate::diagnostic::{Diagnostic, in_a_line};
use crate::error::Result;
use crate::ledger::{DatedAhead, Delivery, Ledger, Run, RunRecord, State};

/// The kind of such a trouble.
pub(super) const SENT_EARLY: &str = "sent-early";

/// Reports that were sent too early and that no later one has made up for. What has become an incident stays one, also once the
/// clock has caught up with what was written; as long as a daemon doubts the clock of now, no other is looked for.
///
/// # Errors
/// The ledger's.
pub(super) fn sent_early(config: &Config, ledger: &Ledger, now: DateTime<Utc>) -> Result<Vec<Trouble>> {
    let mut found = Vec::new();
    let incidents = ledger.open_incidents()?;
    let is_in_doubt = incidents.iter().any(|incident| incident.kind == "clock");
    for incident in incidents.into_iter().filter(|incident| incident.kind == SENT_EARLY) {
        let run = incident.subject.rsplit(' ').next().and_then(|run| ledger.run(run.parse().ok()?).transpose());
        if let Some(record) = run.transpose()?
            && needs_mending(config, ledger, &record, now)?
        {
            found.push(Trouble {
                kind: SENT_EARLY,
                subject: incident.subject,
                cause: incident.cause,
                remedy: incident.remedy,
            });
        }
    }
    if is_in_doubt {
        return Ok(found);
    }
    let known: BTreeSet<String> = found.iter().map(|trouble| trouble.subject.clone()).collect();
    for ahead in ledger.dated_ahead(now)? {
        let record = &ahead.record;
        let Some(period) = config.company.calendar.parse(&record.run.period) else { continue };
        let is_news = !known.contains(&subject(record)) && is_early(&ahead, &period, config.company.calendar);
        if is_news
            && needs_mending(config, ledger, record, now)?
            && let Some(left) = left(ledger, record)?
        {
            found.push(trouble(config.company.calendar, &ahead, &period, left));
        }
    }
    Ok(found)
}

/// The same as faults, for whoever asks.
///
/// # Errors
/// The ledger's.
pub fn early_faults(config: &Config, ledger: &Ledger, now: DateTime<Utc>) -> Result<Vec<Diagnostic>> {
    let troubles = sent_early(config, ledger, now)?.into_iter();
    Ok(troubles
        .map(|trouble| {
            Diagnostic::error(SENT_EARLY, trouble.cause.replace('\n', "; ")).help(in_a_line(&trouble.remedy))
        })
        .collect())
}

/// Whether a run that counts as one after its period's end was before it, or may have been.
fn is_early(ahead: &DatedAhead, period: &Period, calendar: Calendar) -> bool {
    let end = calendar.midnight(period.end).utc();
    if !counts_as_closed(&ahead.record.run, period, calendar) {
        return false;
    }
    let is_surely = ahead.seen < end;
    let is_far_ahead = ahead.record.run.finished - ahead.seen > Duration::minutes(CLOCK_SLACK_MINUTES);
    // What was recorded before it shows that the end had passed.
    let had_ended = ahead.before.is_some_and(|before| before >= end);
    is_surely || (is_far_ahead && !had_ended)
}

/// Whether a run took its period for ended, by its data's day and by its clock: a day that stands in the configuration is no clock.
fn counts_as_closed(run: &Run, period: &Period, calendar: Calendar) -> bool {
    [run.as_of, run.finished].into_iter().all(|at| calendar.is_closed(period, Moment::from(at), 0))
}

/// Whether the report is still made, and no later run of it has told its readers better: of the same period or a later one, after
/// its end, by a clock that was not ahead of this one.
fn needs_mending(config: &Config, ledger: &Ledger, record: &RunRecord, now: DateTime<Utc>) -> Result<bool> {
    let calendar = config.company.calendar;
    let report = record.run.report.as_str();
    let Some(period) = calendar.parse(&record.run.period) else { return Ok(false) };
    if !config.reports.contains_key(report) {
        return Ok(false);
    }
    for later in ledger.runs_after(report, record.id)? {
        let Some(told) = calendar.parse(&later.run.period) else { continue };
        let is_whole = told.end >= period.end && counts_as_closed(&later.run, &told, calendar);
        let is_right = later.run.finished - now <= Duration::minutes(CLOCK_SLACK_MINUTES);
        if is_whole && is_right && left(ledger, &later)?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// When the first mail of a run was taken over, if one was.
fn left(ledger: &Ledger, record: &RunRecord) -> Result<Option<DateTime<Utc>>> {
    let of_run = |mail: &Delivery| mail.run == record.id && mail.state == State::Sent;
    let mails = ledger.deliveries(&record.run.report, &record.run.period)?;
    Ok(mails.into_iter().filter(of_run).map(|mail| mail.updated).min())
}

fn subject(record: &RunRecord) -> String {
    format!("{} {}", of_period(&record.run.report, &record.run.period), record.id)
}

fn trouble(calendar: Calendar, ahead: &DatedAhead, period: &Period, left: DateTime<Utc>) -> Trouble {
    let Run { report, .. } = &ahead.record.run;
    let local = |at: DateTime<Utc>| calendar.local(at.into()).unwrap_or_default().format("%Y-%m-%d %H:%M").to_string();
    let end = calendar.midnight(period.end).utc();
    let (id, left, ended, seen) = (&period.id, local(left), local(end), local(ahead.seen));
    let (when, ends, from) = if ahead.seen < end {
        ("before its period has ended", "ends", format!("from {ended} on, when the period has ended, "))
    } else {
        ("perhaps before its period had ended", "ended", String::new())
    };
    Trouble {
        kind: SENT_EARLY,
        subject: subject(&ahead.record),
        cause: format!(
            "`{report}` {id} left {left} by a clock that was ahead, {when}\nthe period {ends} {ended}, and after that mail the clock \
             showed {seen}"
        ),
        remedy: format!(
            "# if the clock of now is right: {from}a numbered revision\nfarol run --report {report} --period {id} --send --resend \
             --reason \"sent before the period had ended\"\n# if it is wrong: set the machine's clock"
        ),
    }
}
