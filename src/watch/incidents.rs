//! Troubles, and who is told: one mail to the operators when one begins, one when it is over, never to a reader of reports.
//!
//! Both go through the ledger's outbox like every other mail, so that a trouble that lasts is told once however often it is
//! met, by whatever process.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};

use super::letter::{letter, revision};
use crate::config::Config;
use crate::daemon::Missed;
use crate::delivery::address::identity;
use crate::delivery::dkim::Signer;
use crate::delivery::outbox::{Mailing, Postman};
use crate::delivery::{message, transport};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Result};
use crate::ledger::{Incident, Ledger, NewDelivery, OPERATORS, Run, RunLock, Slot, SlotState, State, Telling};

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
const SHOWN_BY_LEDGER: [&str; 3] = ["missed-slot", "undeliverable", "mail-server"];

/// What a run's end says of a report: that it failed and why, or that it did not.
pub fn of_run(report: &str, period: &str, exit: u8, faults: &[Diagnostic]) -> Option<Trouble> {
    let again = format!("farol run --report {report} --period {period} --send");
    let remedy = match exit {
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
    let cause = format!("`{report}` {period} was not made: exit code {exit}\n{}", shown.join("\n"));
    Some(Trouble { kind: "run-failed", subject: report.to_owned(), cause: cause.trim_end().to_owned(), remedy })
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

    /// Looks for the troubles that the ledger shows, and closes those that it no longer shows.
    ///
    /// # Errors
    /// The ledger's.
    pub fn review(&mut self) -> Result<()> {
        let shown = self.shown()?;
        for trouble in &shown {
            self.met(trouble)?;
        }
        let lasts = |incident: &Incident| {
            let is_same = |trouble: &Trouble| trouble.kind == incident.kind && trouble.subject == incident.subject;
            !SHOWN_BY_LEDGER.contains(&incident.kind.as_str()) || shown.iter().any(is_same)
        };
        for incident in self.ledger.open_incidents()?.into_iter().filter(|incident| !lasts(incident)) {
            self.ledger.close_incident(&incident, (self.clock)())?;
        }
        Ok(())
    }

    /// What is wrong by the ledger's own showing.
    fn shown(&self) -> Result<Vec<Trouble>> {
        let mut found = self.missed()?;
        found.extend(self.undeliverable()?);
        found.extend(self.stuck()?);
        Ok(found)
    }

    /// Slots that nobody made up for: missed, and no later one went well.
    fn missed(&self) -> Result<Vec<Trouble>> {
        let missed = self.ledger.newest_slots(&[SlotState::Missed])?;
        let done = self.ledger.newest_slots(&[SlotState::Done])?;
        let is_loss = |slot: &Slot| Missed::ALL.iter().any(|why| why.is_a_loss() && why.words() == slot.reason);
        let mut found = Vec::new();
        for (report, slot) in missed.into_iter().filter(|(_, slot)| is_loss(slot)) {
            let is_made_up = done.get(&report).is_some_and(|done| done.at > slot.at && done.exit == Some(0));
            let is_sent = self.ledger.deliveries(&report, &slot.period)?.iter().any(|mail| mail.state == State::Sent);
            if !is_made_up && !is_sent && self.config.reports.contains_key(&report) {
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
    fn undeliverable(&self) -> Result<Vec<Trouble>> {
        let mut found = Vec::new();
        for mail in self.ledger.failed(LOOKED_AT)? {
            let Some(plan) = self.config.reports.get(&mail.report) else { continue };
            let is_reader =
                plan.recipients.iter().any(|reader| identity(&reader.to).is_ok_and(|who| who == mail.recipient));
            let newer = self.ledger.last_to(&mail.report, &mail.recipient)?;
            if is_reader && newer.is_none_or(|newest| newest.id == mail.id) {
                let (report, period, who) = (&mail.report, &mail.period, &mail.recipient);
                let reply = mail.reply.as_deref().unwrap_or_default();
                found.push(Trouble {
                    kind: "undeliverable",
                    subject: format!("{report} {who}"),
                    cause: format!("`{report}` {period} did not reach {who}: {reply}"),
                    remedy: format!(
                        "# correct the address in reports.yaml, then\nfarol run --report {report} --period {period} --send"
                    ),
                });
            }
        }
        Ok(found)
    }

    /// Mail that has waited for long, to readers; that to operators would be told by itself.
    fn stuck(&self) -> Result<Option<Trouble>> {
        let patience = Duration::minutes(PATIENCE_MINUTES);
        let (mut count, mut reply) = (0_usize, None);
        for mail in self.ledger.undelivered()?.into_iter().filter(|mail| mail.report != OPERATORS) {
            if (self.clock)() - mail.recorded > patience {
                count += 1;
                reply = mail.reply.map(|reply| reply.replace(&mail.recipient, "the reader")).or(reply);
            }
        }
        let reply = reply.map_or(String::new(), |reply| format!(": {reply}"));
        Ok((count > 0).then(|| Trouble {
            kind: "mail-server",
            subject: String::new(),
            cause: format!("mails have waited for more than {PATIENCE_MINUTES} minutes{reply}"),
            remedy: "farol check --smtp\n# when the way is open, what waits goes out with the next\nfarol run --send"
                .to_owned(),
        }))
    }

    /// Writes and sends what operators have not been told. Mail waits if another process is at theirs, or if the server is away.
    /// Returns what is to be said of it.
    ///
    /// # Errors
    /// The ledger's, and addresses or certificates that are none.
    pub fn tell(&mut self) -> Result<Vec<Diagnostic>> {
        let operators = &self.config.delivery.operators;
        if operators.is_empty() {
            return Ok(Vec::new());
        }
        let untold = self.ledger.untold_incidents()?;
        let waits = |mail: &crate::ledger::Delivery| mail.report == OPERATORS;
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
        let mut way = transport::open(&self.config.delivery.transport)?;
        let mut postman = Postman::new(way.as_mut(), self.config.delivery.on_unknown, self.clock);
        let mut said = Vec::new();
        for period in names {
            let mailing = Mailing { report: OPERATORS.to_owned(), period, recipients: recipients.clone() };
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
        let mut deliveries: Vec<NewDelivery> = Vec::new();
        for to in &self.config.delivery.operators {
            let mut message = message::compose(&letter(self.config, incident, to, now))?;
            if let Some(signer) = &signer {
                message.bytes = signer.sign(&message.bytes, now)?;
            }
            if deliveries.iter().any(|other| other.recipient == message.recipient) {
                continue;
            }
            deliveries.push(NewDelivery {
                recipient: message.recipient,
                locale: "en".to_owned(),
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
