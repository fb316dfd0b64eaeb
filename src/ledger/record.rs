//! The rows of the ledger as plain values, and the seals that tell whether a stored row is the one that was written.
//!
//! Neither reads nor writes the file.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

use super::incidents::{OPERATORS, TRIAL};
use super::told::Telling;
use crate::digest::hexadecimal;

/// A run of a report for a period, as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Report id.
    pub report: String,
    /// Period id.
    pub period: String,
    /// From 1; one more each time that the same report of the same period is sent again on purpose.
    pub revision: u32,
    /// When it began.
    pub started: DateTime<Utc>,
    /// When everything was computed and rendered.
    pub finished: DateTime<Utc>,
    /// The run's "today".
    pub as_of: DateTime<Utc>,
    /// sha256 of the configuration.
    pub configuration: String,
    /// The inputs with their digests and row counts, as JSON.
    pub inputs: String,
    /// The program's version.
    pub version: String,
    /// Whether it came to its end.
    pub complete: bool,
    /// What somebody should look at.
    pub warnings: Vec<String>,
}

/// A run as it is found in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// Its number.
    pub id: i64,
    /// What was recorded.
    pub run: Run,
}

/// A figure that a run came to; enough to tell later that it has been restated.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// `total`, `plan`, `plan×region`.
    pub dimension: String,
    /// `total`, `Pro`, `Pro×Sul`.
    pub segment: String,
    /// KPI id.
    pub kpi: String,
    /// Unit id.
    pub unit: String,
    /// The value; `None` where it is undefined, and `note` says why. Finite.
    pub value: Option<f64>,
    /// Observations.
    pub n: Option<u64>,
    /// Numerator, where there is one. Finite.
    pub numerator: Option<f64>,
    /// Denominator, where there is one. Finite.
    pub denominator: Option<f64>,
    /// Lower end of the interval. Finite.
    pub low: Option<f64>,
    /// Upper end. Finite.
    pub high: Option<f64>,
    /// Why there is no value, or what to mind; may be empty.
    pub note: String,
}

/// A message that waits for its delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    /// Bare address of the one recipient, in lower case.
    pub recipient: String,
    /// Language tag of what it says.
    pub locale: String,
    /// Whether it names customers.
    pub names: bool,
    /// Bare address that gets the bounces.
    pub sender: String,
    /// Message-ID with its angle brackets.
    pub message_id: String,
    /// The message.
    pub message: Vec<u8>,
    /// What it tells.
    pub told: Arc<Telling>,
    /// After this it is tried no more.
    pub deliver_by: DateTime<Utc>,
}

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Not tried yet.
    Pending,
    /// An attempt goes on, or was cut off by a crash.
    Sending,
    /// Taken over by the other side. Final.
    Sent,
    /// Nothing was taken over; another attempt may do.
    Deferred,
    /// Refused for good. Only a decision brings it back.
    Failed,
    /// It left, and nobody said whether it was taken over.
    Unknown,
    /// Not taken over within its time. Only a decision brings it back.
    Dead,
    /// Given up by a decision. Final.
    Discarded,
}

impl State {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Sending,
        Self::Sent,
        Self::Deferred,
        Self::Failed,
        Self::Unknown,
        Self::Dead,
        Self::Discarded,
    ];

    /// Whether nothing more comes of it by itself.
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Sent | Self::Failed | Self::Dead | Self::Discarded)
    }

    /// As the ledger writes it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Deferred => "deferred",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Dead => "dead",
            Self::Discarded => "discarded",
        }
    }

    /// Reads what [`State::id`] wrote.
    pub(super) fn read(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.id() == id)
    }
}

/// A delivery as it is found in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its number; deliveries are tried in this order.
    pub id: i64,
    /// The run that made it.
    pub run: i64,
    /// That run's report id.
    pub report: String,
    /// That run's period id.
    pub period: String,
    /// That run's revision.
    pub revision: u32,
    /// Bare address, in lower case.
    pub recipient: String,
    /// Language tag.
    pub locale: String,
    /// Bare address that gets the bounces.
    pub sender: String,
    /// Message-ID with its angle brackets.
    pub message_id: String,
    /// sha256 of the message.
    pub message: String,
    /// How far it has come.
    pub state: State,
    /// When the latest attempt was about to let the message go; `None` if it did not come so far.
    pub dot_intent: Option<DateTime<Utc>>,
    /// It is not tried again before this.
    pub not_before: Option<DateTime<Utc>>,
    /// After this it is tried no more; a ledger of version 2 set no such limit.
    pub deliver_by: Option<DateTime<Utc>>,
    /// What was said about the latest attempt that ended.
    pub reply: Option<String>,
    /// Attempts begun.
    pub attempts: u32,
    /// Attempts begun after an unknown end: 0 or 1.
    pub resends: u32,
    /// When its state was recorded.
    pub updated: DateTime<Utc>,
    /// When its run was recorded, and it with it.
    pub recorded: DateTime<Utc>,
}

/// What stands in the place of a server's words where somebody has said of a mail that it has not arrived.
pub(super) const NOT_ARRIVED: &str = "somebody has said that it has not arrived";

/// How an attempt ended, with what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Taken over.
    Sent(String),
    /// Not now.
    Deferred(String),
    /// Never.
    Failed(String),
    /// Nobody knows.
    Unknown(String),
    /// Not within its time.
    Dead(String),
}

/// That a person has got a report of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentRecord {
    /// When it was taken over.
    pub at: DateTime<Utc>,
    /// In which revision, the newest that was sent.
    pub revision: u32,
    /// Under which Message-ID.
    pub message_id: String,
    /// What the other side said.
    pub reply: String,
}

/// A time as the ledger writes it.
pub(super) fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A digest of cells in which no two different rows look alike.
#[derive(Default)]
pub(super) struct Seal(Sha256);

impl Seal {
    /// Adds a cell; its length goes first, so that cells cannot flow into each other.
    pub(super) fn text(mut self, cell: &str) -> Self {
        self.0.update((cell.len() as u64).to_le_bytes());
        self.0.update(cell.as_bytes());
        self
    }

    /// Adds a cell that may be empty.
    pub(super) fn optional(self, cell: Option<&str>) -> Self {
        match cell {
            Some(cell) => self.text("=").text(cell),
            None => self.text("-"),
        }
    }

    /// Adds a number that may be missing. `SQLite` keeps no negative zero.
    fn number(self, cell: Option<f64>) -> Self {
        let bits = cell.map(|number| format!("{:016x}", (number + 0.0).to_bits()));
        self.optional(bits.as_deref())
    }

    /// The digest.
    pub(super) fn close(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

impl RunRecord {
    /// What its row must carry, given the digest of its figures.
    pub(super) fn seal(&self, figures: &str) -> String {
        let run = &self.run;
        Seal::default()
            .text(&self.id.to_string())
            .text(&run.report)
            .text(&run.period)
            .text(&run.revision.to_string())
            .text(&written(run.started))
            .text(&written(run.finished))
            .text(&written(run.as_of))
            .text(&run.configuration)
            .text(&run.inputs)
            .text(&run.version)
            .text(if run.complete { "complete" } else { "failed" })
            .text(&run.warnings.join("\0"))
            .text(figures)
            .close()
    }
}

impl Delivery {
    /// Whether it may have arrived: how its latest attempt ended nobody knows, or how one ended before a later one that handed
    /// nothing over. Of what was given up the decisions tell ([`super::Ledger::may_have_arrived`]).
    pub fn may_have_arrived(&self) -> bool {
        match self.state {
            State::Unknown => true,
            State::Pending => self.resends > 0 && self.reply.as_deref() != Some(NOT_ARRIVED),
            State::Deferred | State::Failed | State::Dead => self.resends > 0,
            State::Sending | State::Sent | State::Discarded => false,
        }
    }

    /// Whether it may have arrived, and nobody has decided yet what becomes of it: what waits again was decided on.
    pub fn is_undecided(&self) -> bool {
        self.may_have_arrived() && self.state != State::Pending
    }

    /// Whether it is to a reader of reports, and neither to an operator nor a trial.
    pub fn is_to_a_reader(&self) -> bool {
        self.report != OPERATORS && !self.report.ends_with(TRIAL)
    }

    /// The command that makes its report of its period and sends it, of a trial to an address that is still to be named.
    pub fn made_by(&self) -> String {
        let (report, to) = match self.report.strip_suffix(TRIAL) {
            Some(report) => (report, " --to ADDRESS"),
            None => (self.report.as_str(), ""),
        };
        format!("farol run --report {report} --period {} --send{to}", self.period)
    }

    /// What was said about the latest attempt, or that there was none.
    pub fn said(&self) -> &str {
        match (self.state, &self.reply) {
            (State::Sending, _) => "an attempt goes on, or was cut off",
            (_, Some(reply)) => reply,
            (_, None) => "not tried yet",
        }
    }

    /// Whether a refusal was said of its recipient, and not of what the mail holds: it names the step at which it was said.
    pub fn is_refused_for_its_address(&self) -> bool {
        self.reply.as_deref().is_some_and(|reply| reply.starts_with("RCPT TO: ") || reply.starts_with("the address "))
    }

    /// What its row must carry. The run's name is in it too: by that a repeated delivery is recognised. Cells that version 3
    /// brought are in it only where there is something in them, so that older seals hold.
    pub(super) fn seal(&self) -> String {
        let intent = self.dot_intent.map(written);
        let newer = [("not_before", self.not_before), ("deliver_by", self.deliver_by)];
        let newer = newer.into_iter().filter_map(|(name, at)| Some((name, at?)));
        let seal = Seal::default()
            .text(&self.id.to_string())
            .text(&self.run.to_string())
            .text(&self.report)
            .text(&self.period)
            .text(&self.revision.to_string())
            .text(&self.recipient)
            .text(&self.locale)
            .text(&self.sender)
            .text(&self.message_id)
            .text(&self.message)
            .text(self.state.id())
            .optional(intent.as_deref())
            .optional(self.reply.as_deref())
            .text(&self.attempts.to_string())
            .text(&self.resends.to_string())
            .text(&written(self.updated));
        newer.fold(seal, |seal, (name, at)| seal.text(name).text(&written(at))).close()
    }
}

/// The digest of a run's figures, in their order.
pub(super) fn figures_digest(figures: &[Figure]) -> String {
    let cells = |seal: Seal, figure: &Figure| {
        seal.text(&figure.dimension)
            .text(&figure.segment)
            .text(&figure.kpi)
            .text(&figure.unit)
            .number(figure.value)
            .optional(figure.n.map(|n| n.to_string()).as_deref())
            .number(figure.numerator)
            .number(figure.denominator)
            .number(figure.low)
            .number(figure.high)
            .text(&figure.note)
    };
    figures.iter().fold(Seal::default(), cells).close()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_do_not_flow_into_each_other() {
        let seal = |cells: &[&str]| cells.iter().fold(Seal::default(), |seal, cell| seal.text(cell)).close();
        assert_ne!(seal(&["ab", "c"]), seal(&["a", "bc"]));
        assert_ne!(seal(&["a", ""]), seal(&["a"]));
        assert_ne!(Seal::default().optional(None).close(), Seal::default().optional(Some("-")).close());
    }

    #[test]
    fn states_read_back_as_they_were_written() {
        for state in State::ALL {
            assert_eq!(State::read(state.id()), Some(state));
        }
        assert_eq!(State::read("sens"), None);
    }
}
