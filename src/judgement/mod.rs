//! Judgement: a reading against its band, its target and what it was before.
//!
//! Knows numbers and benchmarks; not how a verdict looks.

mod benchmark;
mod change;
mod courses;
mod maturity;
mod recording;
mod withholding;

pub use benchmark::for_part;
pub use courses::{Courses, differ, shown_courses};
pub use recording::{Begin, FirstRows};
pub use withholding::small_by_themselves;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use self::maturity::Age;
use crate::calendar::{Calendar, Moment, Period};
pub use crate::config::Status;
use crate::config::{Benchmark, Choices};
use crate::kpi::{Better, Reading, Undefined, catalogue};
use crate::name::Name;

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

impl TargetMet {
    /// As `figures.csv` writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::CannotTell => "cannot_tell",
        }
    }
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

impl Maturity {
    /// The code in the `note` column of `figures.csv`, which does not say `final`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Provisional => "provisional",
            Self::Immature => "immature",
            Self::OpenPeriod => "open_period",
        }
    }
}

/// A change against an earlier period.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The period compared with.
    pub against: Name,
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
    pub dimension: Name,
    /// `total`, `Pro`, `Pro×Sul`.
    pub segment: Name,
    /// The KPI's id.
    pub kpi: &'static str,
}

/// Figures by their keys, in no order.
pub type Keys = HashSet<Key, foldhash::fast::FixedState>;

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
    /// Whether it is met; none of a figure that may still change.
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

/// One computed figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Which.
    pub key: Key,
    /// What it is.
    pub reading: Reading,
}

/// What judging needs besides figures and benchmarks.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The company's calendar: which period is the previous one.
    pub calendar: &'a Calendar,
    /// Today: what has not ended by now is not judged.
    pub as_of: Moment,
    /// Days after its end at which a period is closed.
    pub close_lag_days: i64,
    /// The windows in which a figure may still change, and which way is good.
    pub choices: &'a Choices,
    /// Figures that the reader may not see: nothing is said of them, and nothing is compared with them.
    pub withheld: &'a Keys,
    /// From when on what is counted was written down: of earlier periods nothing is said, and nothing is compared with
    /// them. None where every period is to be judged as it is.
    pub first_rows: Option<&'a FirstRows>,
}

/// Judges every figure of the periods shown, and gives the verdicts in the order of their keys.
///
/// - **Takes** `figures` of more periods than those `shown`: the earlier ones to compare with. One key stands once (of
///   several the last counts).
/// - **Compares** with the previous period (a trailing window with the one before it that shares no day) and with the
///   same period a year before. Both must be final for a test; then the false discovery rate is held at 5 % over all
///   tests of this call, so that one call is one reader's scope.
/// - **Leaves alone** open periods: no band, no target met or missed, no change, no alert. What may still change is held
///   to no target. Bands, targets and alerts hold for the benchmark's grain only.
/// - **Empties** what is withheld, and what ended before there was a row to count: no value, no n, nothing judged, and no
///   change of another figure since it.
/// - **Assumes** that samples of the same customers are independent, which is conservative.
pub fn judge(
    figures: &[Figure],
    shown: &[Period],
    benchmarks: &BTreeMap<String, Benchmark>,
    setting: &Setting,
) -> Vec<Verdict> {
    Readings::new(figures).judge(shown, benchmarks, setting)
}

/// Where a reading stands in its period: dimension, segment, KPI.
type Place<'a> = (&'a Name, &'a Name, &'a str);

impl Key {
    fn place(&self) -> Place<'_> {
        (&self.dimension, &self.segment, self.kpi)
    }
}

/// Readings by period and place, from which one period after the other can be judged.
#[derive(Clone, Debug)]
pub struct Readings<'a>(BTreeMap<&'a Period, Vec<&'a Figure>>);

impl<'a> Readings<'a> {
    /// Of several figures with one key the last counts.
    pub fn new(figures: impl IntoIterator<Item = &'a Figure>) -> Self {
        let figures: Vec<&Figure> = figures.into_iter().collect();
        let mut by_period: BTreeMap<&Period, Vec<&Figure>> = BTreeMap::new();
        for of_period in figures.chunk_by(|a, b| a.key.period == b.key.period) {
            if let Some(first) = of_period.first() {
                by_period.entry(&first.key.period).or_default().extend(of_period);
            }
        }
        for figures in by_period.values_mut() {
            figures.sort_by(|a, b| a.key.place().cmp(&b.key.place()));
            figures.dedup_by(|later, kept| {
                let is_same = later.key.place() == kept.key.place();
                if is_same {
                    *kept = later;
                }
                is_same
            });
        }
        Self(by_period)
    }

    /// As [`judge`], of these readings.
    pub fn judge(&self, shown: &[Period], benchmarks: &BTreeMap<String, Benchmark>, setting: &Setting) -> Vec<Verdict> {
        let shown: BTreeSet<&Period> = shown.iter().collect();
        let mut verdicts = Vec::new();
        for period in shown {
            let age = Age::of(period, setting);
            let figures = self.of_period(period).iter();
            verdicts.extend(figures.map(|figure| without_changes(figure, &age, benchmarks, setting)));
        }
        change::compare(&mut verdicts, self, setting);
        alert(&mut verdicts, benchmarks);
        verdicts
    }

    /// The figures of a period in the order of their places.
    fn of_period(&self, period: &Period) -> &[&'a Figure] {
        self.0.get(period).map_or(&[], Vec::as_slice)
    }
}

/// Sets off the alerts of verdicts that know their changes.
fn alert(verdicts: &mut [Verdict], benchmarks: &BTreeMap<String, Benchmark>) {
    for verdict in verdicts {
        if let Some(benchmark) = benchmark_in_force(verdict, benchmarks) {
            verdict.alerts = benchmark::alerts(verdict, &benchmark.alert);
        }
    }
}

/// The benchmark of a figure's KPI, if it holds for the figure's grain.
fn benchmark_in_force<'a>(verdict: &Verdict, benchmarks: &'a BTreeMap<String, Benchmark>) -> Option<&'a Benchmark> {
    let grain = verdict.key.period.grain;
    benchmarks.get(verdict.key.kpi).filter(|benchmark| benchmark.per == Some(grain))
}

/// What can be said of a figure by itself.
fn without_changes(
    Figure { key, reading }: &Figure,
    age: &Age<'_>,
    benchmarks: &BTreeMap<String, Benchmark>,
    setting: &Setting,
) -> Verdict {
    let hidden = if setting.withheld.contains(key) {
        Some(Undefined::TooFew)
    } else {
        (!age.is_recorded(key.kpi)).then_some(Undefined::NotRecorded)
    };
    let mut verdict = Verdict {
        key: key.clone(),
        reading: hidden.map_or_else(|| reading.clone(), Reading::undefined),
        maturity: age.maturity(key.kpi),
        band: None,
        status: None,
        target: None,
        target_met: None,
        previous: None,
        year_before: None,
        alerts: Vec::new(),
    };
    let Some(benchmark) = benchmark_in_force(&verdict, benchmarks).filter(|_| hidden.is_none()) else { return verdict };
    verdict.target = benchmark::target(&benchmark.targets, key);
    if verdict.maturity == Maturity::OpenPeriod {
        return verdict;
    }
    if let Ok(value) = reading.value {
        let band = benchmark::band(&benchmark.bands, value);
        verdict.band = band.map(|band| band.id.clone());
        verdict.status = band.map(|band| band.status);
        let better = catalogue::definition(key.kpi)
            .map_or(Better::Neutral, |definition| definition.better_under(setting.choices));
        let target = verdict.target.filter(|_| verdict.maturity == Maturity::Final);
        verdict.target_met = target.and_then(|target| benchmark::target_met(value, reading.interval, target, better));
    }
    verdict
}
