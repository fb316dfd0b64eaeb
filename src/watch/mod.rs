//! What somebody has to know who does not read reports: how farol stands, whether a report is overdue, what is wrong and who
//! is told.
//!
//! Reads the ledger and the schedule, and works while no daemon does. Computes no figure.

mod alarm;
mod early;
mod health;
mod incidents;
mod letter;
mod losses;
mod metrics;
mod ping;
mod status;

pub use alarm::{alarm, end_alarm, is_of_ledger};
pub use early::early_faults;
pub use health::{health, wrong_besides};
pub use incidents::{Incidents, Trouble, is_written, of_period, of_run, of_unserved};
pub use metrics::{LastRun, folder as metrics_folder, write as write_metrics};
pub use ping::{Call, ping};
pub use status::status;
