//! What changed: the real changes of one period, largest effect first, each with the segments that drive it.
//!
//! Tests nothing: judgement has said what is real. Says nothing of what a change means or how it is worded.

mod drivers;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use drivers::Driver;
use drivers::{Whole, drivers};

use crate::judgement::{Change, Key, Verdict};
use crate::kpi::Sampling;

/// The dimension of all customers.
const TOTAL: &str = "total";
/// Units behind a segment's change before it is told: of fewer a test says little.
const FEWEST_UNITS: u64 = 10;

/// What a figure is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Baseline {
    /// The period before.
    Previous,
    /// The same period a year before.
    YearBefore,
}

/// A change that is real.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeFact<'a> {
    /// The figure: of all customers, or of a segment that moved while the whole did not follow.
    pub verdict: &'a Verdict,
    /// Its change.
    pub change: &'a Change,
    /// What it is compared with.
    pub baseline: Baseline,
    /// Size in standard deviations of one unit, so that unlike KPIs can be ranked: Cohen's h for shares, d for means and
    /// estimates (Cohen 1988, chapters 2 and 6). Never negative; 0 where it cannot be told.
    pub effect: f64,
    /// The segment of each dimension that drives it, the one that explains most first. Only for all customers; empty if no
    /// segment's own change is real, or if those whose figures are withheld may explain more.
    pub drivers: Vec<Driver<'a>>,
    /// Whether none is named because withheld figures may explain more than any that is shown.
    pub hides_driver: bool,
}

/// What is known besides the figures of the period that a reader may see.
#[derive(Clone, Copy)]
pub struct Beside<'f, 'a> {
    /// Finds the figure of an earlier period, by the key of that of now and the earlier period's id.
    pub earlier: &'f dyn Fn(&Key, &str) -> Option<&'a Verdict>,
    /// The dimensions of which a KPI has withheld figures in a period, by the ids of both.
    pub withheld: &'f dyn Fn(&str, &str) -> BTreeSet<&'a str>,
}

/// The real changes among the figures of **one period**: of all customers on the previous period and on the year before,
/// and of segments that moved against the whole or without it. Largest effect first, then by place.
///
/// An earlier figure that is not found is taken to weigh what it weighs now. Figures that a reader may not see must not be
/// among `verdicts`. A figure counts as changed only if its change was tested and found real: provisional and open figures,
/// counts and sums never are; and that of a segment only of 10 units now and before.
pub fn changes<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>, beside: Beside<'_, 'a>) -> Vec<ChangeFact<'a>> {
    let mut by_kpi: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
    for verdict in verdicts {
        by_kpi.entry(verdict.key.kpi).or_default().push(verdict);
    }
    let mut facts: Vec<ChangeFact<'_>> = by_kpi.values().flat_map(|figures| of_kpi(figures, beside)).collect();
    facts.sort_by(|a, b| b.effect.total_cmp(&a.effect).then_with(|| place(a).cmp(&place(b))));
    facts
}

fn place<'a>(fact: &ChangeFact<'a>) -> (&'a Key, Baseline) {
    (&fact.verdict.key, fact.baseline)
}

/// The facts of one KPI, given its figures in all dimensions.
fn of_kpi<'a>(figures: &[&'a Verdict], beside: Beside<'_, 'a>) -> Vec<ChangeFact<'a>> {
    let (totals, segments): (Vec<&Verdict>, Vec<&Verdict>) =
        figures.iter().partition(|verdict| verdict.key.dimension == TOTAL);
    let mut facts = Vec::new();
    let mut whole = None;
    for verdict in totals {
        if let Some(change) = real(verdict.previous.as_ref()) {
            whole = Some(change.difference);
            facts.push(of_whole(verdict, change, Baseline::Previous, &segments, beside));
        }
        // For a year the previous period is the year before: one fact, not two.
        let is_another =
            |change: &&Change| verdict.previous.as_ref().is_none_or(|previous| previous.against != change.against);
        if let Some(change) = real(verdict.year_before.as_ref()).filter(is_another) {
            facts.push(of_whole(verdict, change, Baseline::YearBefore, &segments, beside));
        }
    }
    for verdict in segments {
        if let Some(change) = real_of_segment(verdict, Baseline::Previous, beside)
            && !whole.is_some_and(|whole| goes_the_same_way(whole, change.difference))
        {
            facts.push(fact(verdict, change, Baseline::Previous));
        }
    }
    facts
}

fn of_whole<'a>(
    verdict: &'a Verdict,
    change: &'a Change,
    baseline: Baseline,
    segments: &[&'a Verdict],
    beside: Beside<'_, 'a>,
) -> ChangeFact<'a> {
    let whole = Whole { verdict, change, baseline };
    let (drivers, hides_driver) = drivers(&whole, segments, beside);
    ChangeFact { drivers, hides_driver, ..fact(verdict, change, baseline) }
}

fn fact<'a>(verdict: &'a Verdict, change: &'a Change, baseline: Baseline) -> ChangeFact<'a> {
    let effect = effect(verdict, change);
    ChangeFact { verdict, change, baseline, effect, drivers: Vec::new(), hides_driver: false }
}

/// A change that was tested and found real.
fn real(change: Option<&Change>) -> Option<&Change> {
    change.filter(|change| change.significant == Some(true) && change.difference != 0.0)
}

/// The real change of a segment that had enough units then and has now.
fn real_of_segment<'a>(verdict: &'a Verdict, baseline: Baseline, beside: Beside<'_, 'a>) -> Option<&'a Change> {
    let change = real(against(verdict, baseline))?;
    let before = (beside.earlier)(&verdict.key, &change.against).unwrap_or(verdict);
    [verdict, before].iter().all(|of| of.reading.n >= FEWEST_UNITS).then_some(change)
}

fn against(verdict: &Verdict, baseline: Baseline) -> Option<&Change> {
    match baseline {
        Baseline::Previous => verdict.previous.as_ref(),
        Baseline::YearBefore => verdict.year_before.as_ref(),
    }
}

fn goes_the_same_way(a: f64, b: f64) -> bool {
    (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0)
}

/// The standardised size of a change.
#[expect(clippy::cast_precision_loss, reason = "only ranks changes")]
fn effect(verdict: &Verdict, change: &Change) -> f64 {
    let reading = &verdict.reading;
    let Ok(value) = reading.value else { return 0.0 };
    let size = match reading.sampling {
        // From the values and not from the successes: those may be the complement's.
        Sampling::Proportion { .. } => (angle(value / 100.0) - angle(change.value / 100.0)).abs(),
        Sampling::Mean { variance, .. } => change.difference.abs() / variance.sqrt(),
        Sampling::Normal { standard_error, .. } => {
            change.difference.abs() / (standard_error * (reading.n as f64).sqrt())
        }
        Sampling::None | Sampling::Unknown => 0.0,
    };
    if size.is_finite() { size } else { 0.0 }
}

/// Cohen's arcsine of a share, on which equal distances are equally easy to detect.
fn angle(share: f64) -> f64 {
    2.0 * share.clamp(0.0, 1.0).sqrt().asin()
}
