//! Troubles, and who is told: one mail to the operators when one begins, one when it is over, never to a reader of reports.
//!
//! Both go through the ledger's outbox like every other mail, so that a trouble that lasts is told once however often it is
//! met, by whatever process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use super::early::{SENT_EARLY, sent_early};
use super::letter::{letter, revision};
use super::losses::{by_cause, by_period, held_mails, is_about, lost_mails, outdated_mails, unknown_mails};
use crate::calendar::Calendar;
use crate::config::Config;
use crate::daemon::{self, Missed, signal_of};
use crate::delivery::address::identity;
use crate::delivery::dkim::Signer;
use crate::delivery::outbox::{Mailing, Obstacle, Postman, blocked, is_to_come, is_written_anew, obstacle};
use crate::delivery::stop::Stop;
use crate::delivery::{message, transport};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Result};
use crate::ledger::{
    Delivery, Incident, Ledger, NewDelivery, OPERATORS, Run, RunLock, Slot, SlotState, State, Telling,
};

/// Minutes that a mail may wait before somebody is told; a server that is away for less comes back by itself.
const PATIENCE_MINUTES: i64 = 30;

/// So many failed deliveries are looked at.
const LOOKED_AT: u32 = 200;

/// Lines of a cause that are told; a table may have many faults.
const LONGEST_CAUSE: usize = 12;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// A short name that never changes.
    pub kind: &'static str,
    /// What it is about.
    pub subject: String,
    /// What happened.
    pub cause: String,
    /// What mends it.
    pub remedy: String,
}

/// Kinds that the ledger itself shows; the others are met by whoever runs something.
const SHOWN_BY_LEDGER: [&str; 7] =
    ["missed-slot", "undeliverable", "unknown", "held", "outdated", "mail-server", SENT_EARLY];

/// The kind of a report that was not made, or not for all of its readers.
const RUN_FAILED: &str = "run-failed";

/// What a trouble is about that is a report's of one period: another period, made well, does not end it.
pub fn of_period(report: &str, period: &str) -> String {
    format!("{report} {period}")
}

/// What a run's end says of a report: that it failed and why, or that it did not.
pub fn of_run(report: &str, period: &str, exit: u8, faults: &[Diagnostic]) -> Option<Trouble> {
    let again = format!("farol run --report {report} --period {period} --send");
    let remedy = match exit {
        // Its command line is the daemon's: what is wrong is the configuration, an `as_of:` that has been left in it as a rule.
        code if code == Exit::Usage as u8 => {
            format!("farol check\n# correct what it says, then\n{again}\n# which also says what else it may be")
        }
        code if signal_of(code).is_some() => {
            format!("# see what ended it: a lack of memory (the kernel's log says so), or somebody; then\n{again}")
        }
        code if code == Exit::DataRefused as u8 => {
            format!("farol check --data\n# correct the rows at their source, then\n{again}")
        }
        code if code == Exit::InputMissing as u8 => format!("# see why the export is not there, then\n{again}"),
        code if code == Exit::Internal as u8 => format!("# report it with the lines above; then\n{again}"),
        code if code == Exit::Io as u8 => format!("# make room, or restore the ledger from a backup, then\n{again}"),
        code if code == Exit::Permission as u8 => {
            format!("# let farol read the data and write `out` and `state`, then\n{again}")
        }
        code if code == Exit::Config as u8 => format!("farol check\n# correct what it says, then\n{again}"),
        // Done, to be tried again, or told of each recipient.
        _ => return None,
    };
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let said = said.join("\n");
    let shown: Vec<&str> = said.lines().take(LONGEST_CAUSE).collect();
    let cause = format!("`{report}` {period} was not made: {}\n{}", daemon::in_words(exit), shown.join("\n"));
    Some(Trouble { kind: RUN_FAILED, subject: of_period(report, period), cause: cause.trim_end().to_owned(), remedy })
}

/// A report that was made, but not for some of its readers.
pub fn of_unserved(report: &str, period: &str, faults: &[Diagnostic]) -> Trouble {
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    Trouble {
        kind: RUN_FAILED,
        subject: of_period(report, period),
        cause: format!("`{report}` {period} was not made for all of its readers\n{}", said.join("\n")),
        remedy: format!(
            "# correct `only:` of these readers in reports.yaml, then\nfarol check --data\n\
             farol run --report {report} --period {period} --send"
        ),
    }
}

/// The book of incidents of one ledger.
pub struct Incidents<'a> {
    config: &'a Config,
    ledger: &'a mut Ledger,
    clock: &'a dyn Fn() -> DateTime<Utc>,
}

impl<'a> Incidents<'a> {
    /// Opens the book.
    pub fn new(config: &'a Config, ledger: &'a mut Ledger, clock: &'a dyn Fn() -> DateTime<Utc>) -> Self {
        Self { config, ledger, clock }
    }

    /// A trouble was met, perhaps not for the first time.
    ///
    /// # Errors
    /// The ledger's.
    pub fn met(&mut self, trouble: &Trouble) -> Result<()> {
        let Trouble { kind, subject, cause, remedy } = trouble;
        if *kind == RUN_FAILED && self.is_made(subject)? {
            return Ok(());
        }
        self.ledger.open_incident((kind, subject), (cause, remedy), (self.clock)()).map(|_| ())
    }

    /// A trouble of a kind and a subject is over, if there was one.
    ///
    /// # Errors
    /// The ledger's.
    pub fn over(&mut self, kind: &str, subject: &str) -> Result<()> {
        let is_meant = |incident: &Incident| incident.kind == kind && incident.subject == subject;
        for incident in self.ledger.open_incidents()?.into_iter().filter(is_meant) {
            self.ledger.close_incident(&incident, (self.clock)())?;
        }
        Ok(())
    }

    /// Whether a report of a period has nobody who is still to be written to: each reader of today has a mail of its final figures,
    /// whatever has become of it, or there is no such report any more.
    fn is_made(&self, subject: &str) -> Result<bool> {
        let Some((report, period)) = subject.rsplit_once(' ') else { return Ok(false) };
        let Some(plan) = self.config.reports.get(report) else { return Ok(true) };
        for reader in &plan.recipients {
            let Some(mail) = self.ledger.standing(report, period, &identity(&reader.to)?)? else { return Ok(false) };
            let run = self.ledger.run(mail.run)?;
            if !run.is_some_and(|run| self.config.company.calendar.has_ended(period, run.run.as_of.into())) {
                return Ok(false);
            }
        }
        Ok(!plan.recipients.is_empty())
    }

    /// Looks for the troubles that the ledger shows, and closes those that it no longer shows.
    ///
    /// # Errors
    /// The ledger's.
    pub fn review(&mut self) -> Result<()> {
        let lost = self.lost()?;
        let shown = self.shown(&lost)?;
        for trouble in &shown {
            self.met(trouble)?;
        }
        let doubtful = self.doubtful(lost)?;
        let lasts = |incident: &Incident| {
            let is_same = |trouble: &Trouble| trouble.kind == incident.kind && trouble.subject == incident.subject;
            // However it stands by now: whether it has arrived nobody knows yet.
            let is_in_doubt = |mail: &Delivery| is_about(incident, mail);
            !SHOWN_BY_LEDGER.contains(&incident.kind.as_str())
                || shown.iter().any(is_same)
                || doubtful.iter().any(is_in_doubt)
        };
        for incident in self.ledger.open_incidents()? {
            if !lasts(&incident) || (incident.kind == RUN_FAILED && self.is_made(&incident.subject)?) {
                self.ledger.close_incident(&incident, (self.clock)())?;
            }
        }
        Ok(())
    }

    /// The causes of all that is wrong now: what the ledger shows, and troubles of other kinds that are not over.
    ///
    /// # Errors
    /// The ledger's.
    pub fn causes(&self) -> Result<Vec<String>> {
        let is_met = |incident: &Incident| !SHOWN_BY_LEDGER.contains(&incident.kind.as_str());
        let met = self.ledger.open_incidents()?.into_iter().filter(is_met).map(|incident| incident.cause);
        Ok(self.shown(&self.lost()?)?.into_iter().map(|trouble| trouble.cause).chain(met).collect())
    }

    /// What is wrong by the ledger's own showing, mails that were lost among it.
    fn shown(&self, lost: &[Delivery]) -> Result<Vec<Trouble>> {
        let mut found = self.missed()?;
        found.extend(self.undeliverable(lost)?);
        found.extend(self.waiting()?);
        found.extend(sent_early(self.config, self.ledger, (self.clock)())?);
        Ok(found)
    }

    /// Slots that nobody made up for: missed, no mail of them written, and no later one made. What becomes of mail that is written is a
    /// trouble of its own.
    fn missed(&self) -> Result<Vec<Trouble>> {
        let missed = self.ledger.newest_slots(&[SlotState::Missed])?;
        let made = self.ledger.newest_made()?;
        let is_loss = |slot: &Slot| Missed::ALL.iter().any(|why| why.is_a_loss() && why.words() == slot.reason);
        let mut found = Vec::new();
        for (report, slot) in missed.into_iter().filter(|(_, slot)| is_loss(slot)) {
            let is_made_up = made.get(&report).is_some_and(|made| made.at > slot.at)
                || is_written(self.ledger, self.config.company.calendar, &report, &slot.period)?;
            if !is_made_up && self.config.reports.contains_key(&report) {
                let due = slot.civil.format("%Y-%m-%d %H:%M");
                found.push(Trouble {
                    kind: "missed-slot",
                    cause: format!("`{report}` {} was due {due} and has not been made: {}", slot.period, slot.reason),
                    remedy: format!("farol run --report {report} --period {} --send", slot.period),
                    subject: report,
                });
            }
        }
        Ok(found)
    }

    /// Readers of today whom the newest mail of a report will not reach.
    fn undeliverable(&self, lost: &[Delivery]) -> Result<Vec<Trouble>> {
        let (mut unreached, mut outdated) = (Vec::new(), Vec::new());
        for mail in lost.iter().cloned() {
            if is_written_anew(self.ledger, &self.mailing(&mail)?, &mail)? {
                outdated.push(mail);
            } else {
                unreached.push(mail);
            }
        }
        let mut found: Vec<Trouble> = by_cause(unreached).iter().map(|mails| lost_mails(mails)).collect();
        found.extend(by_period(outdated).iter().map(|mails| outdated_mails(mails)));
        Ok(found)
    }

    /// Mails to readers of today that were refused or are dead, and nothing newer has taken their place.
    fn lost(&self) -> Result<Vec<Delivery>> {
        let mut lost = Vec::new();
        for mail in self.ledger.failed(LOOKED_AT)? {
            // What a reader never got of a period, no later period makes up for.
            let is_lost = if mail.state == State::Dead {
                self.is_newest(&mail)?
            } else {
                self.ledger.last_to(&mail.report, &mail.recipient)?.is_none_or(|newest| newest.id == mail.id)
            };
            if is_lost && self.mailing(&mail)?.recipients.contains(&mail.recipient) {
                lost.push(mail);
            }
        }
        Ok(lost)
    }

    /// Mails to readers of today that may have arrived, however their latest attempt has ended; the lost ones among them are given.
    fn doubtful(&self, lost: Vec<Delivery>) -> Result<Vec<Delivery>> {
        let mut doubtful = lost;
        for mail in self.ledger.undelivered()?.into_iter().filter(Delivery::is_to_a_reader) {
            if self.is_newest(&mail)? && obstacle(self.ledger, self.config, &mail)? != Some(Obstacle::Unnamed) {
                doubtful.push(mail);
            }
        }
        doubtful.retain(Delivery::may_have_arrived);
        Ok(doubtful)
    }

    /// Whether its reader has no newer mail of its report and period.
    fn is_newest(&self, mail: &Delivery) -> Result<bool> {
        let newest = self.ledger.standing(&mail.report, &mail.period, &mail.recipient)?;
        Ok(newest.is_none_or(|newest| newest.id == mail.id))
    }

    /// Mail to readers that has not come to its end: what nobody tries as it is, and what has waited for long. Mail to operators would
    /// be told by itself.
    fn waiting(&self) -> Result<Vec<Trouble>> {
        let now = (self.clock)();
        let (mut held, mut outdated, mut unknown, mut doubtful, mut late) = (vec![], vec![], vec![], vec![], vec![]);
        for mail in self.ledger.undelivered()?.into_iter().filter(Delivery::is_to_a_reader) {
            let is_late = now - mail.recorded > Duration::minutes(PATIENCE_MINUTES);
            let is_unknown = mail.state == State::Unknown;
            let is_undecided = mail.is_undecided();
            let is_newest = self.is_newest(&mail)?;
            match obstacle(self.ledger, self.config, &mail)? {
                Some(Obstacle::Outdated) if is_undecided && is_newest => doubtful.push(mail),
                None if is_unknown && is_newest && !is_to_come(&mail, self.config.delivery.on_unknown, now) => {
                    unknown.push(mail);
                }
                Some(Obstacle::Unnamed) if is_late => held.push(mail),
                Some(Obstacle::Outdated) if is_late => outdated.push(mail),
                None if is_late => late.push(mail),
                _ => {}
            }
        }
        let mut found: Vec<Trouble> = by_cause(unknown).iter().map(|mails| unknown_mails(mails, false)).collect();
        found.extend(by_cause(doubtful).iter().map(|mails| unknown_mails(mails, true)));
        found.extend(by_period(held).iter().map(|mails| held_mails(mails)));
        found.extend(by_period(outdated).iter().map(|mails| outdated_mails(mails)));
        found.extend(stuck(&late));
        Ok(found)
    }

    /// The report of a mail and its readers of today, which are none if the configuration no longer has it.
    fn mailing(&self, mail: &Delivery) -> Result<Mailing> {
        let readers = self.config.reports.get(&mail.report).map_or(&[][..], |plan| &plan.recipients);
        Mailing::of(&mail.report, &mail.period, readers)
    }

    /// Writes and sends what operators have not been told; once the process was told to end, no conversation begins. Mail waits if another process is at theirs, or if the server is away.
    /// Returns what is to be said of it.
    ///
    /// # Errors
    /// The ledger's, and addresses or certificates that are none.
    pub fn tell(&mut self, stop: &Stop) -> Result<Vec<Diagnostic>> {
        let operators = &self.config.delivery.operators;
        if operators.is_empty() {
            return Ok(Vec::new());
        }
        let untold = self.ledger.untold_incidents()?;
        let waits = |mail: &Delivery| mail.report == OPERATORS;
        let mut names: BTreeSet<String> =
            self.ledger.undelivered()?.into_iter().filter(waits).map(|mail| mail.period).collect();
        if untold.is_empty() && names.is_empty() {
            return Ok(Vec::new());
        }
        // Whoever holds it is at it, and whoever has something new to tell looks here again when it happens.
        let Ok(lock) = RunLock::for_operators(&self.config.state, (self.clock)()) else { return Ok(Vec::new()) };
        // Read again: what the holder before has written is told.
        let untold = self.ledger.untold_incidents()?;
        for incident in &untold {
            self.record(incident)?;
            names.insert(incident.name());
        }
        let recipients: Vec<String> = operators.iter().map(|to| identity(to)).collect::<Result<_>>()?;
        self.config.delivery.transport.ready()?;
        let mut way = transport::open_until(&self.config.delivery.transport, stop)?;
        let mut postman = Postman::new(way.as_mut(), self.config.delivery.on_unknown, self.clock).until(stop);
        let mut said = Vec::new();
        for period in names {
            let mailing = Mailing {
                report: OPERATORS.to_owned(),
                period,
                recipients: recipients.clone(),
                rights: BTreeMap::new(),
            };
            let summary = postman.work(self.ledger, &lock, &mailing)?;
            said.extend(summary.diagnostics());
            if summary.unreachable.is_some() {
                break;
            }
        }
        Ok(said)
    }

    /// Puts the mails of an incident into the outbox.
    fn record(&mut self, incident: &Incident) -> Result<()> {
        let now = (self.clock)();
        let told = Arc::new(Telling { scope: "{}".to_owned(), ..Telling::default() });
        let signer = self.config.delivery.dkim.as_ref().map(Signer::new).transpose()?;
        let edition = message::edition(self.ledger.restored()?, 0);
        let mut deliveries: Vec<NewDelivery> = Vec::new();
        for to in &self.config.delivery.operators {
            let mut message = message::compose(&letter(self.config, incident, to, &edition, now))?;
            if let Some(signer) = &signer {
                message.bytes = signer.sign(&message.bytes, now)?;
            }
            if deliveries.iter().any(|other| other.recipient == message.recipient) {
                continue;
            }
            deliveries.push(NewDelivery {
                recipient: message.recipient,
                locale: "en".to_owned(),
                names: true,
                sender: message.envelope.from.to_string(),
                message_id: message.id,
                message: message.bytes,
                told: Arc::clone(&told),
                deliver_by: now + Duration::hours(self.config.delivery.deliver_by_hours),
            });
        }
        let run = Run {
            report: OPERATORS.to_owned(),
            period: incident.name(),
            revision: revision(incident),
            started: now,
            finished: now,
            as_of: now,
            configuration: self.config.hash.clone(),
            inputs: "[]".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            complete: true,
            warnings: Vec::new(),
        };
        self.ledger.record(&run, &[], &deliveries).map(|_| ())
    }
}

/// Whether mail of a period's final figures has been written, whatever has become of it.
///
/// # Errors
/// The ledger's.
pub fn is_written(ledger: &Ledger, calendar: Calendar, report: &str, period: &str) -> Result<bool> {
    let newest = ledger.runs(report, period)?.pop();
    Ok(newest.is_some_and(|record| calendar.has_ended(period, record.run.as_of.into())))
}

/// What a server has not taken over for long.
fn stuck(late: &[Delivery]) -> Option<Trouble> {
    let reply = late.iter().rev().find_map(|mail| Some(mail.reply.as_ref()?.replace(&mail.recipient, "the reader")));
    let reply = reply.map_or(String::new(), |reply| format!(": {reply}"));
    (!late.is_empty()).then(|| Trouble {
        kind: "mail-server",
        subject: String::new(),
        cause: format!("mails have waited for more than {PATIENCE_MINUTES} minutes{reply}"),
        remedy: late.iter().rev().find_map(blocked).unwrap_or_else(|| {
            "farol check --smtp\n# when the way is open, what waits goes out with the next\nfarol outbox deliver"
                .to_owned()
        }),
    })
}
