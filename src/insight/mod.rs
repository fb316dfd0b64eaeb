//! Insight: which changes are real and who drives them, and which customers to call.
//!
//! Takes verdicts and customers as values; knows no ledger, no words and no format.

mod calls;
mod changes;

pub use calls::{CallList, CustomerState, WhomToCall, whom_to_call};
pub use changes::{Baseline, ChangeFact, Driver, changes};
