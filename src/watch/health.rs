//! Whether a report that was due has reached its readers: a dead man's check, for a monitor that is not farol.

use std::collections::BTreeSet;

use chrono::Duration;

use super::early::early_faults;
use super::incidents::Incidents;
use crate::calendar::{Moment, Period};
use crate::config::{Config, OnUnknown, ReportPlan};
use crate::daemon::{self, CLOCK_SLACK_MINUTES, Entry, SlotKey};
use crate::delivery::address::{masked, without_addresses};
use crate::delivery::outbox::{self, Mailing, Obstacle, is_to_come};
use crate::diagnostic::{Diagnostic, in_a_line};
use crate::error::{Exit, Failure, Result};
use crate::ledger::{Delivery, Ledger, State};

/// Everything that is overdue. Without `expected`, the newest slot of each schedule entry whose grace is over; with it, that
/// period of every report of its grain that has readers.
///
/// # Errors
/// [`Exit::TryAgain`] for a clock that shows a time before farol existed; [`Exit::Usage`] for a period that no report is made for;
/// the ledger's faults.
pub fn health(config: &Config, now: Moment, expected: Option<&Period>) -> Result<Vec<Diagnostic>> {
    daemon::check_clock(now)?;
    let ledger = Ledger::look(&config.state, &config.witnessed)?;
    let mut faults = Vec::new();
    if let Some(ledger) = &ledger {
        faults.extend(clock(ledger, now)?);
        faults.extend(standstill(ledger)?);
        faults.extend(early_faults(config, ledger, now.utc())?);
    }
    if let Some(period) = expected {
        let is_expected = |plan: &ReportPlan| plan.grain == period.grain && !plan.recipients.is_empty();
        let expected: Vec<_> = config.reports.iter().filter(|(_, plan)| is_expected(plan)).collect();
        if expected.is_empty() {
            let fault =
                Diagnostic::error("no-report", format!("no report that is made by {} has recipients", period.grain));
            let help = "expect a period of a grain that a report in reports.yaml has, or give the report recipients";
            return Err(Failure::new(Exit::Usage, fault.help(help)));
        }
        if !config.company.calendar.has_ended(&period.id, now) {
            let what = format!("{} ends {}, and no report of it is expected before", period.id, period.end);
            let help = "expect a period that has ended";
            return Ok(vec![Diagnostic::error("period-ahead", what).help(help)]);
        }
        for (report, plan) in expected {
            let what = (report.as_str(), period.id.as_str(), "was expected");
            faults.extend(undelivered(config, ledger.as_ref(), plan, what, now)?);
        }
        return Ok(faults);
    }
    for entry in daemon::entries(config)? {
        faults.extend(overdue(config, ledger.as_ref(), &entry, now)?);
    }
    Ok(faults)
}

/// What is wrong and is no reason for a monitor's alarm, for operators are told of it: the first line of each cause, addresses masked.
///
/// # Errors
/// The ledger's.
pub fn wrong_besides(config: &Config, now: Moment) -> Result<Vec<String>> {
    let Some(mut ledger) = Ledger::look(&config.state, &config.witnessed)? else { return Ok(Vec::new()) };
    let causes = Incidents::new(config, &mut ledger, &|| now.utc()).causes()?;
    Ok(causes.iter().map(|cause| without_addresses(cause.lines().next().unwrap_or_default())).collect())
}

/// A clock that shows less than what was recorded by it.
fn clock(ledger: &Ledger, now: Moment) -> Result<Option<Diagnostic>> {
    let Some(latest) = ledger.latest_time()? else { return Ok(None) };
    let is_behind = latest - now.utc() > Duration::minutes(CLOCK_SLACK_MINUTES);
    Ok(is_behind.then(|| {
        let (now, latest) = (now.utc().format("%Y-%m-%d %H:%M"), latest.format("%Y-%m-%d %H:%M"));
        Diagnostic::error(
            "clock-behind",
            format!("the clock shows {now} UTC, and something was recorded at {latest} UTC"),
        )
        .help(
            "set the machine's clock; the daemon runs nothing until it has caught up, or is started anew. If it is this clock that \
             is right, a trial says so: farol run --send --to YOU",
        )
    }))
}

/// A daemon that runs nothing because of its clock.
fn standstill(ledger: &Ledger) -> Result<Option<Diagnostic>> {
    let incident = ledger.open_incidents()?.into_iter().find(|incident| incident.kind == "clock");
    Ok(incident.map(|incident| Diagnostic::error("clock-incident", incident.cause).help(in_a_line(&incident.remedy))))
}

/// What is wrong with the newest slot of an entry whose grace is over.
fn overdue(config: &Config, ledger: Option<&Ledger>, entry: &Entry, now: Moment) -> Result<Option<Diagnostic>> {
    let until = Moment(now.0 - entry.grace_hours * 3_600_000_000);
    let since = match ledger {
        Some(ledger) => ledger.known_since(&entry.report)?.map_or(Moment(i64::MIN), Moment::from),
        None => Moment(i64::MIN),
    };
    let Some(plan) = config.reports.get(&entry.report) else { return Ok(None) };
    let Some(slot) = daemon::newest(entry, since, until, config.company.calendar) else { return Ok(None) };
    let due = format!("was due {}", slot.civil.format("%Y-%m-%d %H:%M"));
    if plan.recipients.is_empty() {
        return match ledger {
            Some(ledger) => not_made(ledger, &slot, &due),
            None => Ok(None),
        };
    }
    undelivered(config, ledger, plan, (&entry.report, &slot.period, &due), now)
}

/// A report without readers is done when its child says so; without a daemon nobody can tell.
fn not_made(ledger: &Ledger, slot: &SlotKey, due: &str) -> Result<Option<Diagnostic>> {
    if ledger.known_since(&slot.report)?.is_none() {
        return Ok(None);
    }
    let newest = ledger.newest_made()?;
    let is_made = newest.get(&slot.report).is_some_and(|made| Moment::from(made.at) >= slot.at);
    let remedy = || Mends { run: true, ..Mends::default() }.in_words(&slot.report, &slot.period);
    Ok((!is_made).then(|| overdue_fault(&slot.report, &slot.period, due, "has not been made").help(remedy())))
}

/// What is wrong with the delivery of a period to the readers of today.
fn undelivered(
    config: &Config,
    ledger: Option<&Ledger>,
    plan: &ReportPlan,
    (report, period, due): (&str, &str, &str),
    now: Moment,
) -> Result<Option<Diagnostic>> {
    let (calendar, on_unknown) = (config.company.calendar, config.delivery.on_unknown);
    let mailing = Mailing::of(report, period, &plan.recipients)?;
    let readers: BTreeSet<&String> = mailing.recipients.iter().collect();
    let (mut sent, mut waiting, mut doubtful, mut outdated, mut last, mut blocked) = (0, 0, 0, 0, None, None);
    let mut mends = Mends::default();
    if let Some(ledger) = ledger {
        for reader in &readers {
            let standing = ledger.standing(report, period, reader)?;
            let is_outdated = mends.add(ledger, &mailing, standing.as_ref(), on_unknown, now)?;
            match standing {
                Some(delivery) if delivery.state == State::Sent => {
                    let run = ledger.run(delivery.run)?;
                    // What was sent before the period had ended is not what was due.
                    sent += usize::from(run.is_some_and(|run| calendar.has_ended(period, run.run.as_of.into())));
                }
                Some(delivery) if delivery.state.has_ended() => {}
                Some(_) if is_outdated => outdated += 1,
                Some(delivery) => {
                    if delivery.may_have_arrived() {
                        doubtful += 1;
                    } else {
                        waiting += 1;
                    }
                    blocked = outbox::blocked(&delivery).or(blocked);
                    last = delivery.reply.map(|reply| reply.replace(&delivery.recipient, &masked(&delivery.recipient)));
                }
                None => {}
            }
        }
    }
    let of = readers.len();
    let reply = last.map_or(String::new(), |reply| format!(": {reply}"));
    let what = match (sent, waiting, doubtful, outdated) {
        (_, 1.., 1.., _) => {
            format!("{waiting} of {of} readers still wait for it, and {doubtful} may or may not have it{reply}")
        }
        (_, 1.., ..) => format!("{waiting} of {of} readers still wait for it{reply}"),
        (_, _, 1.., _) => format!("{doubtful} of {of} readers may or may not have it{reply}"),
        (.., 1..) => format!(
            "the mail to {outdated} of {of} readers is not tried: it was written for another part, language or right to names than they \
             have now"
        ),
        (0, ..) if mends.is_doubtful => "nobody is known to have it".to_owned(),
        (0, ..) => "nobody has it".to_owned(),
        _ => return Ok(None),
    };
    let remedy = blocked.map_or_else(|| mends.in_words(report, period), |remedy| in_a_line(&remedy));
    Ok(Some(overdue_fault(report, period, due, &what).help(remedy)))
}

/// What mends it that readers have not got a report of a period: each mail by what has become of it.
#[derive(Default)]
struct Mends {
    /// Numbers of mails that have to be decided on, for they are tried no more by themselves.
    decide: BTreeSet<i64>,
    /// Whether one of them may have arrived.
    is_doubtful: bool,
    /// Whether there is something for a run to write, or to try.
    run: bool,
}

impl Mends {
    /// Takes in the newest mail to a reader; whether it was written for other rights than they have now.
    fn add(
        &mut self,
        ledger: &Ledger,
        mailing: &Mailing,
        standing: Option<&Delivery>,
        on_unknown: OnUnknown,
        now: Moment,
    ) -> Result<bool> {
        let Some(mail) = standing else {
            self.run = true;
            return Ok(false);
        };
        let is_outdated = mailing.obstacle(ledger, mail)? == Some(Obstacle::Outdated);
        let is_decided_on = match mail.state {
            State::Sent | State::Discarded => return Ok(false),
            State::Failed | State::Dead => !is_outdated || mail.may_have_arrived(),
            State::Unknown => is_outdated || !is_to_come(mail, on_unknown, now.utc()),
            State::Deferred => is_outdated && mail.may_have_arrived(),
            State::Pending | State::Sending => false,
        };
        if is_decided_on {
            self.decide.insert(mail.id);
            self.is_doubtful |= mail.may_have_arrived();
        }
        self.run |= is_outdated || !is_decided_on;
        Ok(is_outdated)
    }

    fn in_words(&self, report: &str, period: &str) -> String {
        let run = format!("farol run --report {report} --period {period} --send");
        let ids = self.decide.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let asked = if self.is_doubtful { "ask whether it has arrived; if not, " } else { "" };
        match (self.decide.is_empty(), self.run) {
            (true, _) => format!("see `farol status`; `{run}` makes up for it"),
            (false, false) => format!("see `farol status`; {asked}`farol outbox retry {ids}` tries it again"),
            (false, true) => {
                format!("see `farol status`; {asked}`farol outbox retry {ids}`, then `{run}`, make up for it")
            }
        }
    }
}

fn overdue_fault(report: &str, period: &str, due: &str, what: &str) -> Diagnostic {
    Diagnostic::error("overdue", format!("`{report}` {period} {due}, and {what}"))
}
