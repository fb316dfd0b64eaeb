//! report

pub mod chart;
