//! Whom a run would reach, before anything is made: what a dry run says, and whether there is anything to send.

use crate::calendar::{Moment, Period};
use crate::config::Config;
use crate::delivery::outbox::Mailing;
use crate::diagnostic::Diagnostic;
use crate::error::Result;
use crate::ledger::{Ledger, RunRecord};
use crate::pipeline::jobs::Job;
use crate::pipeline::mail::{Sending, ledger_name, recipients};
use crate::pipeline::run::{Material, Request};
use crate::report::Again;

/// Whom a report of a period would reach.
#[derive(Default)]
struct Reach {
    /// Those who are to get it.
    fresh: usize,
    /// Those whose mail waits.
    waiting: usize,
    /// Those whose mail has come to its end.
    ended: usize,
}

fn reach(
    (config, as_of): (&Config, Moment),
    ledger: Option<&Ledger>,
    (job, period): (&Job, &Period),
    sending: &Sending,
) -> Result<Reach> {
    let who = recipients(&job.plan(config)?.recipients, sending, config);
    let mailing = Mailing::of(&ledger_name(&job.report, sending), &period.id, &who)?;
    let mut reach = Reach::default();
    let is_again = again(config, as_of, ledger, sending, (&mailing, period))?.is_some();
    for recipient in &mailing.recipients {
        let standing = match ledger {
            Some(ledger) if !is_again => ledger.standing(&mailing.report, &mailing.period, recipient)?,
            _ => None,
        };
        match standing {
            None => reach.fresh += 1,
            Some(mail) if mail.state.has_ended() => reach.ended += 1,
            Some(_) => reach.waiting += 1,
        }
    }
    Ok(reach)
}

/// Why a report is sent to those who have it: somebody wants it, or what they have was sent before its period had ended.
pub(super) fn again<'a>(
    config: &Config,
    as_of: Moment,
    ledger: Option<&Ledger>,
    sending: &'a Sending,
    (mailing, period): (&Mailing, &Period),
) -> Result<Option<Again<'a>>> {
    if let Some(reason) = &sending.resend {
        return Ok(Some(Again::For(reason)));
    }
    let calendar = config.company.calendar;
    let Some(ledger) = ledger.filter(|_| calendar.is_closed(period, as_of, 0)) else { return Ok(None) };
    let newest = ledger.runs(&mailing.report, &mailing.period)?.pop();
    let is_unfinished = |record: &RunRecord| !calendar.is_closed(period, Moment::from(record.run.as_of), 0);
    Ok(newest.filter(is_unfinished).map(|_| Again::Ended))
}

/// A report that is sent although its period goes on.
pub(super) fn unfinished(material: Material<'_>, job: &Job, period: &Period) -> Option<Diagnostic> {
    let calendar = material.config.company.calendar;
    let as_of = material.request.as_of;
    (!calendar.is_closed(period, as_of, 0)).then(|| {
        let today = calendar.local(as_of).unwrap_or_default().date();
        let what = format!("`{}` {} has not ended as of {today}: what is sent is not final", job.report, period.id);
        let help = "when it has ended, its slot of the schedule, or the next run that sends it, sends the final figures as a revision";
        Diagnostic::warning("period-open", what).help(help)
    })
}

/// Whether anybody is to get anything, or waits for it.
pub(super) fn is_anything_to_send(config: &Config, request: &Request, sending: &Sending) -> Result<bool> {
    let ledger = Ledger::find_witnessed(&config.state, &config.witnessed)?;
    for job in &request.jobs {
        for period in &job.periods {
            let reach = reach((config, request.as_of), ledger.as_ref(), (job, period), sending)?;
            if reach.fresh + reach.waiting > 0 {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// What a dry run says.
pub(super) fn plan_in_words(config: &Config, request: &Request) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    let ledger = match &request.sending {
        Some(_) => Ledger::find_witnessed(&config.state, &config.witnessed)?,
        None => None,
    };
    for job in &request.jobs {
        for period in &job.periods {
            let folder = config.out.join(&job.report).join(&period.id);
            lines.push(format!("would write {}", folder.display()));
            let Some(sending) = &request.sending else { continue };
            let name = format!("`{}` {}", job.report, period.id);
            let Reach { fresh, waiting, ended } =
                reach((config, request.as_of), ledger.as_ref(), (job, period), sending)?;
            if fresh > 0 {
                lines.push(format!("would send {name} to {}", people(fresh)));
            }
            if waiting > 0 {
                lines.push(format!("would try {name} again, which waits for {}", people(waiting)));
            }
            if ended > 0 {
                lines.push(format!("{name} has come to its end for {}; nothing would be sent to them", people(ended)));
            }
            if fresh + waiting + ended == 0 {
                lines.push(format!("{name} has no recipients"));
            }
        }
    }
    Ok(lines)
}

/// So many recipients.
pub(super) fn people(count: usize) -> String {
    if count == 1 { "1 recipient".to_owned() } else { format!("{count} recipients") }
}
