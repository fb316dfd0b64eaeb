//! How a mailing stands after it was worked, and what somebody should know of it.

use chrono::{DateTime, Utc};

use super::is_to_come;
use crate::config::OnUnknown;
use crate::delivery::address::masked;
use crate::diagnostic::Diagnostic;
use crate::error::Exit;
use crate::ledger::{Delivery, State};

/// How a mailing stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The newest delivery of each recipient that has one, in the recipients' order.
    pub deliveries: Vec<Delivery>,
    /// Numbers of the deliveries that were sent just now.
    pub sent_now: Vec<i64>,
    /// Deliveries to people whom the configuration no longer names; they are not tried.
    pub held: Vec<Delivery>,
    /// Why no conversation with the server was possible, if none was.
    pub unreachable: Option<String>,
    /// Whether that had been found out before this mailing.
    pub(super) is_known_unreachable: bool,
    /// When it was summed up.
    pub(super) at: DateTime<Utc>,
    on_unknown: OnUnknown,
}

impl Summary {
    /// Of nothing yet.
    pub(super) fn new(on_unknown: OnUnknown) -> Self {
        Self {
            deliveries: Vec::new(),
            sent_now: Vec::new(),
            held: Vec::new(),
            unreachable: None,
            is_known_unreachable: false,
            at: DateTime::UNIX_EPOCH,
            on_unknown,
        }
    }

    /// How many deliveries stand like this.
    pub fn count(&self, state: State) -> usize {
        self.deliveries.iter().filter(|delivery| delivery.state == state).count()
    }

    /// The exit code that the mailing adds up to, `None` if everybody has it or was given up on purpose: [`Exit::TryAgain`] as
    /// long as another attempt is to come for anybody, else [`Exit::Undeliverable`] if somebody never gets it or nobody knows.
    pub fn exit(&self) -> Option<Exit> {
        if self.deliveries.iter().any(|delivery| self.is_to_come(delivery)) {
            Some(Exit::TryAgain)
        } else if self.deliveries.iter().any(|delivery| !matches!(delivery.state, State::Sent | State::Discarded)) {
            Some(Exit::Undeliverable)
        } else {
            None
        }
    }

    /// What somebody should know, addresses masked: the unreachable server once, and each delivery that is not sent.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        if let Some(reason) = self.unreachable.as_ref().filter(|_| !self.is_known_unreachable) {
            all.push(
                Diagnostic::error("mail-server", format!("the mail could not be handed over: {reason}"))
                    .help("run again when the mail server is there, or check delivery.transport"),
            );
        }
        all.extend(self.deliveries.iter().filter_map(|delivery| self.told(delivery)));
        all.extend(self.held.iter().map(|delivery| {
            let who = masked(&delivery.recipient);
            Diagnostic::warning(
                "mail-held",
                format!("a mail to `{who}` waits, but the configuration no longer names them"),
            )
            .help(format!(
                "name them again in reports.yaml, or give it up: farol outbox discard {} --reason WHY",
                delivery.id
            ))
        }));
        all
    }

    fn is_to_come(&self, delivery: &Delivery) -> bool {
        is_to_come(delivery, self.on_unknown, self.at)
    }

    /// What is to be said about a delivery, if anything; with the server unreachable, deferral goes without saying.
    fn told(&self, delivery: &Delivery) -> Option<Diagnostic> {
        let who = masked(&delivery.recipient);
        let id = delivery.id;
        let reply = delivery.reply.as_deref().unwrap_or("not tried yet").replace(&delivery.recipient, &who);
        match delivery.state {
            State::Sent | State::Discarded => None,
            State::Pending | State::Deferred if self.unreachable.is_some() => None,
            State::Pending | State::Sending | State::Deferred => {
                let pause = delivery.not_before.filter(|start| *start > self.at).map_or(String::new(), |start| {
                    format!(", not before {}", start.format("%Y-%m-%d %H:%M:%S UTC"))
                });
                Some(
                    Diagnostic::warning("mail-deferred", format!("`{who}` has not got it yet: {reply}")).help(format!(
                        "run again: the same mail is tried again{pause}; farol outbox retry {id} tries it at once"
                    )),
                )
            }
            State::Failed => Some(
                Diagnostic::error("mail-refused", format!("`{who}` will not get it: {reply}")).help(format!(
                    "correct the address in reports.yaml, or have the mail server take it, then farol outbox retry {id}"
                )),
            ),
            State::Dead => Some(
                Diagnostic::error("mail-dead", format!("`{who}` has not got it in time: {reply}"))
                    .help(format!("see why, then farol outbox retry {id}, or discard it")),
            ),
            State::Unknown if self.is_to_come(delivery) => Some(
                Diagnostic::warning("mail-unknown", format!("`{who}` may have got it: {reply}"))
                    .help("run again: the same mail is tried once more, under the same Message-ID"),
            ),
            State::Unknown => Some(
                Diagnostic::error("mail-unknown", format!("`{who}` may have got it, and nobody can tell: {reply}"))
                    .help(format!(
                        "ask them, or look into the mail server's log for the Message-ID; then farol outbox retry {id}, or discard it"
                    )),
            ),
        }
    }
}
