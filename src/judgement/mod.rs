//! Judgement: a reading against its band, its target and what it was before.
//!
//! Knows numbers and benchmarks; not how a verdict looks.

use crate::calendar::Period;
pub use crate::config::Status;
use crate::kpi::Reading;

/// Whether a target is met, as far as the data can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetMet {
    /// Met.
    Yes,
    /// Missed.
    No,
    /// The interval holds the target.
    CannotTell,
}

/// How finished a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maturity {
    /// Will not change by time alone.
    Final,
    /// The period is closed, but answers or reopenings may still come.
    Provisional,
    /// A window of the period's own units still runs.
    Immature,
    /// The period itself still runs, or its lag does.
    OpenPeriod,
}

/// A change against an earlier period.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The period compared with.
    pub against: String,
    /// Its value.
    pub value: f64,
    /// This value minus that one, in the KPI's unit.
    pub difference: f64,
    /// p-value of the test; none for KPIs that are not samples, or where no test applies.
    pub p_value: Option<f64>,
    /// Real after false-discovery control; none where nothing was tested.
    pub significant: Option<bool>,
}

/// Where a figure stands: period, dimension, segment and KPI.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The period.
    pub period: Period,
    /// `total`, `plan`, `plan×region`.
    pub dimension: String,
    /// `total`, `Pro`, `Pro×Sul`.
    pub segment: String,
    /// The KPI's id.
    pub kpi: &'static str,
}

/// A reading and everything that is to be said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Which figure.
    pub key: Key,
    /// The figure.
    pub reading: Reading,
    /// Whether it may still change.
    pub maturity: Maturity,
    /// Id of the band that holds the unrounded value.
    pub band: Option<String>,
    /// That band's colour.
    pub status: Option<Status>,
    /// The target in force in that period for that segment.
    pub target: Option<f64>,
    /// Whether it is met.
    pub target_met: Option<TargetMet>,
    /// Against the previous period.
    pub previous: Option<Change>,
    /// Against the same period a year before.
    pub year_before: Option<Change>,
    /// Alerts of `benchmarks.yaml` that this figure sets off.
    pub alerts: Vec<Alert>,
}

/// An alert that went off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Alert {
    /// The value is below this.
    Below(f64),
    /// The value is above this.
    Above(f64),
    /// It fell by at least this, and the fall is real.
    Drop(f64),
    /// It rose by at least this, and the rise is real.
    Rise(f64),
}
