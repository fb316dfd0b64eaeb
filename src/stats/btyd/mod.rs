//! Buy till you die: how often customers who need no contract will buy again, and for how much.
//!
//! Two models that do not know of each other: [`Purchases`] (BG/NBD) says how often, [`Spend`] (Gamma–Gamma) how much each
//! time. Both are fitted by maximum likelihood to customers counted by their history, so that like ones are computed once.

mod purchases;
#[cfg(test)]
mod recovery;
mod spend;

pub use self::purchases::{History, Purchases};
pub use self::spend::{Spend, Spending};
