//! What somebody has to know who does not read reports: how farol stands, whether a report is overdue, what is wrong and who
//! is told.
//!
//! Reads the ledger and the schedule, and works while no daemon does. Computes no figure.

mod health;
mod incidents;
mod letter;
mod metrics;
mod ping;
mod status;

pub use health::health;
pub use incidents::{Incidents, Trouble, of_run};
pub use metrics::{LastRun, write as write_metrics};
pub use ping::{Call, ping};
pub use status::status;

use chrono::{DateTime, Utc};

use crate::calendar::Moment;

/// An instant as the ledger has it.
fn utc(at: Moment) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(at.0).unwrap_or_default()
}

/// An instant as the calendar has it.
fn moment(at: DateTime<Utc>) -> Moment {
    Moment(at.timestamp_micros())
}
