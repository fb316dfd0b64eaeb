//! farol reads a company's customer data, computes its customer-success KPIs, judges them and mails the report.
//!
//! The modules stand in the order in which data flows; each knows its left neighbours' types, never a right one's.

pub mod config;

pub mod calendar;
pub mod tables;

pub mod panel;

pub mod tally;

pub mod stats;

pub mod kpi;

pub mod judgement;

pub mod insight;

pub mod report;

pub mod delivery;
pub mod ledger;

pub mod daemon;
pub mod pipeline;
pub mod watch;

pub mod explain;

pub mod sample;

pub mod cli;

pub mod cache;
pub mod diagnostic;
pub mod digest;
pub mod error;
pub mod formula;
pub mod languages;
pub mod locale;
pub mod money;
pub mod name;
