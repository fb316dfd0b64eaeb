//! Tables: files as people have them in, typed rows that hold their contract out.
//!
//! The only place that knows source column names; knows nothing of segments, periods or KPIs.

pub mod cell;
pub mod findings;
pub mod index;
pub mod intake;
pub mod open;
pub mod quarantine;
pub mod schema;

pub use findings::Findings;
pub use index::CustomerIndex;
pub use intake::{DialectFound, FILE, FileRead, Intake, PartRead, ROW, Reading, Rows};
pub use open::{Columns, Keeper, OpenTable, Taker, open, read, stream};
pub use quarantine::{BadRow, Reason, write_quarantine};

mod clock;
mod contract;
mod date;
mod encoding;
mod evidence;
mod file;
mod flag;
mod mapping;
mod number;
mod records;
mod scan;
mod typed;
mod unit;
