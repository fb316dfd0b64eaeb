//! Insight: which changes are real and who drives them, which customers to call, and what is no longer as it was told.
//!
//! Takes verdicts and customers as values; knows no ledger, no words and no format.

mod calls;
mod changes;
mod restatements;

pub use calls::{CallList, CustomerState, WhomToCall, whom_to_call};
pub use changes::{Baseline, Beside, ChangeFact, Driver, changes};
pub use restatements::{Now, Restated, Since, Told, ToldFigure, restated};
