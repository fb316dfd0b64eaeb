//! The mathematics behind the figures, from the papers: intervals, survival, comparisons, false discoveries, and models of
//! repeat buying.
//!
//! Plain numbers and slices in, plain numbers out; knows nothing of customers, KPIs or configuration.

pub mod btyd;
pub mod comparison;
pub mod disclosure;
pub mod discovery;
mod distribution;
pub mod interval;
pub mod log_odds;
mod maximum;
pub mod moments;
pub mod quantile;
pub mod survival;

#[cfg(test)]
mod coverage;
