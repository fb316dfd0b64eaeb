//! How a mailing stands after it was worked, and what somebody should know of it.

use chrono::{DateTime, Utc};

use super::{Obstacle, blocked, is_to_come};
use crate::config::OnUnknown;
use crate::delivery::address::masked;
use crate::diagnostic::{Diagnostic, in_a_line};
use crate::error::Exit;
use crate::ledger::{Delivery, OPERATORS, State};

/// How a mailing stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The newest delivery of each recipient that has one, in the recipients' order.
    pub deliveries: Vec<Delivery>,
    /// Numbers of the deliveries that were sent just now.
    pub sent_now: Vec<i64>,
    /// Deliveries to people whom the configuration no longer names; they are not tried.
    pub held: Vec<Delivery>,
    /// Deliveries that were written for other rights than their readers have now; they are not tried.
    pub outdated: Vec<Delivery>,
    /// Deliveries that left just now, and may have arrived before.
    pub tried_twice: Vec<Delivery>,
    /// Why no conversation with the server was possible, if none was.
    pub unreachable: Option<String>,
    /// Whether that had been found out before this mailing.
    pub(super) is_known_unreachable: bool,
    /// Whether the process was told to end before everybody was tried.
    pub(super) is_stopped: bool,
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
            outdated: Vec::new(),
            tried_twice: Vec::new(),
            unreachable: None,
            is_known_unreachable: false,
            is_stopped: false,
            at: DateTime::UNIX_EPOCH,
            on_unknown,
        }
    }

    /// Takes in what an earlier round of the same run has done.
    pub fn follow(&mut self, mut earlier: Self) {
        earlier.sent_now.append(&mut self.sent_now);
        self.sent_now = earlier.sent_now;
        earlier.tried_twice.append(&mut self.tried_twice);
        self.tried_twice = earlier.tried_twice;
        // Only one of the two rounds is told.
        if earlier.unreachable.is_some() {
            self.is_known_unreachable = earlier.is_known_unreachable;
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
            let remedy = self.deliveries.iter().find_map(blocked).map_or_else(
                || "run again when the mail server is there, or check delivery.transport".to_owned(),
                |remedy| in_a_line(&remedy),
            );
            let what = format!("the mail could not be handed over: {reason}");
            all.push(Diagnostic::error("mail-server", what).help(remedy));
        }
        all.extend(self.tried_twice.iter().map(|delivery| {
            let Delivery { message_id, recipient, .. } = delivery;
            let what = format!(
                "`{}` may have it more than once: how an earlier attempt ended is unknown, and it has left again",
                masked(recipient)
            );
            Diagnostic::warning("mail-tried-twice", what).help(format!(
                "all copies have the same bytes and the Message-ID {message_id}; the mail server's log tells them"
            ))
        }));
        all.extend(self.deliveries.iter().filter_map(|delivery| self.told(delivery)));
        all.extend(self.held.iter().map(|delivery| {
            let Delivery { report, period, recipient, state, .. } = delivery;
            let what = if *state == State::Dead { "has waited for too long" } else { "is held" };
            let (who, why) = (masked(recipient), Obstacle::Unnamed.why(delivery));
            Diagnostic::warning("mail-held", format!("the mail of `{report}` {period} to `{who}` {what}: {why}"))
                .help(Obstacle::Unnamed.remedy(delivery))
        }));
        all.extend(self.outdated.iter().map(|delivery| {
            let (who, why) = (masked(&delivery.recipient), Obstacle::Outdated.why(delivery));
            Diagnostic::warning("mail-outdated", format!("a mail to `{who}` is not tried: {why}"))
                .help(Obstacle::Outdated.remedy(delivery))
        }));
        all
    }

    fn is_to_come(&self, delivery: &Delivery) -> bool {
        is_to_come(delivery, self.on_unknown, self.at) && self.outdated.iter().all(|other| other.id != delivery.id)
    }

    /// What is to be said about a delivery, if anything; with the server unreachable, deferral goes without saying.
    fn told(&self, delivery: &Delivery) -> Option<Diagnostic> {
        let who = masked(&delivery.recipient);
        let id = delivery.id;
        let reply = delivery.said().replace(&delivery.recipient, &who);
        // The end of an earlier attempt is unknown.
        let got =
            |what: &'static str| if delivery.may_have_arrived() { "may have got it, and not again" } else { what };
        match delivery.state {
            State::Sent | State::Discarded => None,
            _ if self.outdated.iter().any(|other| other.id == delivery.id) => None,
            State::Pending | State::Deferred if self.unreachable.is_some() || self.is_stopped => None,
            State::Pending | State::Sending | State::Deferred => {
                let pause = delivery.not_before.filter(|start| *start > self.at).map_or(String::new(), |start| {
                    format!(", not before {}", start.format("%Y-%m-%d %H:%M:%S UTC"))
                });
                Some(
                    Diagnostic::warning("mail-deferred", format!("`{who}` {} yet: {reply}", got("has not got it"))).help(format!(
                        "run again: the same mail is tried again{pause}; farol outbox retry {id} tries it at once"
                    )),
                )
            }
            State::Failed => Some(
                Diagnostic::error("mail-refused", format!("`{who}` {}: {reply}", got("will not get it")))
                    .help(unless_it_is_there(delivery, &remedy(delivery))),
            ),
            State::Dead => {
                let retry =
                    format!("see whether that clock was right, and why it was not taken before; then farol outbox retry {id}, or discard it");
                Some(
                    Diagnostic::error("mail-dead", format!("`{who}` {} in time: {reply}", got("has not got it")))
                        .help(unless_it_is_there(delivery, &retry)),
                )
            }
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

/// A remedy for a mail; of one that may have arrived, what to do if it has stands before it.
fn unless_it_is_there(delivery: &Delivery, remedy: &str) -> String {
    if delivery.may_have_arrived() {
        format!(
            "ask whether they have it; if so, farol outbox discard {} --reason \"it has arrived\"; if not: {remedy}",
            delivery.id
        )
    } else {
        remedy.to_owned()
    }
}

/// What mends a refusal, by what was refused.
fn remedy(delivery: &Delivery) -> String {
    let id = delivery.id;
    if delivery.report == OPERATORS {
        return format!(
            "if the address is wrong, correct it in `delivery.operators`, then farol outbox discard {id} --reason corrected; \
             if it is right, have the mail server take it, then farol outbox retry {id}"
        );
    }
    let again = delivery.made_by();
    if !delivery.is_to_a_reader() {
        return format!(
            "if the address is wrong, {again}; if it is right, have the mail server take it, then farol outbox retry {id}"
        );
    }
    if delivery.is_refused_for_its_address() {
        format!(
            "if the address is wrong, correct it in reports.yaml, then {again}, and farol outbox discard {id} --reason corrected; \
             if it is right, have the mail server take it, then farol outbox retry {id}"
        )
    } else {
        format!(
            "it is the mail that is refused and not the address: have the mail server take it, then farol outbox retry {id}; \
             or send less of it (`attach`) with {again} --resend --reason WHY, by which whoever has the report already gets a revision too"
        )
    }
}
