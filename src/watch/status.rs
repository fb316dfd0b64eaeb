//! How farol stands, for a person: what fires next, what ran, what waits, what failed, what is wrong.

use chrono::{DateTime, Utc};

use super::early::sent_early;
use super::incidents::Trouble;
use crate::calendar::Moment;
use crate::config::Config;
use crate::daemon;
use crate::delivery::address::{masked, without_addresses};
use crate::delivery::outbox::{self, Obstacle, stands};
use crate::diagnostic::counted;
use crate::error::Result;
use crate::ledger::{Delivery, LEFT_TO_THE_OUTBOX, Ledger, MADE_FOR_SOME, OPERATORS, RunLock, Slot, SlotState};

/// So many of each are shown.
const SHOWN: u32 = 10;

/// The lines of `farol status`. To look changes nothing: where no ledger is, none is made.
///
/// # Errors
/// The ledger's faults.
pub fn status(config: &Config, now: Moment) -> Result<Vec<String>> {
    let mut lines = vec![daemon_line(config)];
    let calendar = config.company.calendar;
    let next = daemon::upcoming(&daemon::entries(config)?, now, 5, calendar);
    list(
        &mut lines,
        &format!("next ({})", calendar.zone),
        next.iter().map(|(at, report, period)| {
            format!("{} `{report}` {period}", calendar.local(*at).unwrap_or_default().format("%a %Y-%m-%d %H:%M"))
        }),
    );
    let Some(ledger) = Ledger::look(&config.state, &config.witnessed)? else {
        lines.push("no ledger yet: nothing has been sent or scheduled".to_owned());
        return Ok(lines);
    };
    let zone = calendar.zone;
    let (slots, waiting) = (ledger.last_slots(SHOWN)?, ledger.undelivered()?);
    list(&mut lines, &format!("last slots ({zone})"), slots.iter().map(|slot| slot_line(slot, &waiting, config)));
    list(
        &mut lines,
        &format!("last runs that sent ({zone})"),
        ledger.last_runs(SHOWN)?.iter().map(|record| {
            let run = &record.run;
            let revision = if run.revision > 1 { format!(", revision {}", run.revision) } else { String::new() };
            format!("{} `{}` {}{revision}", local(run.finished, config), run.report, run.period)
        }),
    );
    let (own, reports): (Vec<&Delivery>, Vec<&Delivery>) = waiting.iter().partition(|mail| mail.report == OPERATORS);
    let waits =
        |mail: &&Delivery| -> Result<String> { Ok(delivery_line(mail, outbox::obstacle(&ledger, config, mail)?)) };
    list(&mut lines, "outbox", reports.iter().map(waits).collect::<Result<Vec<_>>>()?.into_iter());
    list(&mut lines, "outbox, to operators", own.iter().map(waits).collect::<Result<Vec<_>>>()?.into_iter());
    let failed = |mail: &Delivery| delivery_line(mail, None);
    list(&mut lines, "failed", ledger.failed(SHOWN)?.iter().map(failed));
    list(&mut lines, "failed, to operators", ledger.failed_to_operators(SHOWN)?.iter().map(failed));
    let missed = ledger.count_slots(SlotState::Missed)?;
    list(&mut lines, "slots missed in all", missed.iter().map(|(report, count)| format!("`{report}` {count}")));
    let incidents = ledger.open_incidents()?;
    list(
        &mut lines,
        &format!("open incidents ({zone})"),
        incidents.iter().map(|incident| {
            format!("since {}: {}\n{}", local(incident.opened, config), incident.cause, incident.remedy)
        }),
    );
    // Found by this very look, which records nothing.
    let is_open = |trouble: &Trouble| {
        incidents.iter().any(|open| (open.kind.as_str(), &open.subject) == (trouble.kind, &trouble.subject))
    };
    let early = sent_early(config, &ledger, now.utc())?;
    list(
        &mut lines,
        "sent by a clock that was ahead",
        early
            .iter()
            .filter(|trouble| !is_open(trouble))
            .map(|Trouble { cause, remedy, .. }| format!("{cause}\n{remedy}")),
    );
    Ok(lines)
}

/// A heading and what stands under it; nothing if there is nothing.
fn list(lines: &mut Vec<String>, heading: &str, items: impl Iterator<Item = String>) {
    let before = lines.len();
    // What mail servers say, and causes of incidents, may have several lines.
    lines.extend(items.map(|item| format!("  {}", without_addresses(&item).replace('\n', "\n    "))));
    if lines.len() > before {
        lines.insert(before, format!("{heading}:"));
    }
}

fn daemon_line(config: &Config) -> String {
    match RunLock::holder(&config.state.join("schedule")) {
        Some(holder) => format!("the daemon runs: {holder}"),
        None => "the daemon does not run".to_owned(),
    }
}

fn slot_line(slot: &Slot, waiting: &[Delivery], config: &Config) -> String {
    let waits = |mail: &Delivery| (&mail.report, &mail.period) == (&slot.report, &slot.period);
    let name = format!("{} `{}` {}", slot.civil.format("%a %Y-%m-%d %H:%M"), slot.report, slot.period);
    let fate = match slot.state {
        SlotState::Done if slot.exit == Some(0) && slot.attempts == 0 => "delivered before".to_owned(),
        SlotState::Done if slot.exit == Some(0) => "done".to_owned(),
        SlotState::Done if slot.reason == MADE_FOR_SOME => slot.reason.clone(),
        SlotState::Done if slot.exit == Some(LEFT_TO_THE_OUTBOX) => {
            let mail = if waiting.iter().any(waits) { "its mail still waits" } else { "its mail has come to its end" };
            format!("not run again: {}; {mail}", slot.reason)
        }
        SlotState::Done => format!("ended: {}", daemon::in_words(slot.exit.unwrap_or_default())),
        SlotState::Started => "has started".to_owned(),
        SlotState::Waiting => {
            let when = slot.not_before.map_or(String::new(), |at| local(at, config));
            format!("failed {}, is tried again at {when}", counted(slot.attempts, "time", "times"))
        }
        SlotState::Missed => format!("missed: {}", slot.reason),
        SlotState::SkippedOverlap => format!("skipped: {}", slot.reason),
    };
    format!("{name}: {fate}")
}

fn delivery_line(mail: &Delivery, obstacle: Option<Obstacle>) -> String {
    let who = masked(&mail.recipient);
    let reply =
        mail.reply.as_deref().map_or(String::new(), |reply| format!(": {}", reply.replace(&mail.recipient, &who)));
    let attempts = counted(mail.attempts, "attempt", "attempts");
    let why = obstacle.map_or(String::new(), |obstacle| format!("; {}: {}", obstacle.why(mail), obstacle.remedy(mail)));
    format!(
        "`{}` {} to {who}: {} after {attempts}{reply}{why}",
        mail.report,
        mail.period,
        stands(obstacle, mail, mail.may_have_arrived())
    )
}

fn local(at: DateTime<Utc>, config: &Config) -> String {
    config.company.calendar.local(Moment::from(at)).unwrap_or_default().format("%Y-%m-%d %H:%M").to_string()
}
