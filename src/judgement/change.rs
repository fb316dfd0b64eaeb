//! Changes against earlier periods, and which of them are real.
//!
//! Tests what may be tested, each pair once, and holds the false discovery rate over all of it.

use std::iter::Peekable;

use super::maturity::Age;
use super::{Change, Figure, Maturity, Place, Readings, Setting, Verdict};
use crate::calendar::Period;
use crate::kpi::Sampling;
use crate::stats::comparison::{Sample, estimates, proportions, welch};
use crate::stats::discovery::benjamini_hochberg;

/// The false discovery rate over one reader's scope.
const FALSE_DISCOVERY_RATE: f64 = 0.05;

/// A period that is compared with.
struct Earlier<'a> {
    period: &'a Period,
    age: Age<'a>,
    /// Those that were not asked for yet, in the order of their places.
    figures: Peekable<std::slice::Iter<'a, &'a Figure>>,
}

impl<'a> Earlier<'a> {
    fn of(period: &'a Period, readings: &'a Readings<'_>, setting: &'a Setting<'a>) -> Self {
        Self { period, age: Age::of(period, setting), figures: readings.of_period(period).iter().peekable() }
    }

    /// The figure at a place; places are to be asked for in their order.
    fn at(&mut self, place: Place<'_>) -> Option<&'a Figure> {
        while self.figures.next_if(|figure| figure.key.place() < place).is_some() {}
        self.figures.peek().copied().copied().filter(|figure| figure.key.place() == place)
    }
}

/// Fills in the changes of verdicts, sorted by key, against the readings of earlier periods.
pub(super) fn compare(verdicts: &mut [Verdict], readings: &Readings<'_>, setting: &Setting) {
    for of_period in verdicts.chunk_by_mut(|a, b| a.key.period == b.key.period) {
        let Some(period) = of_period.first().map(|verdict| verdict.key.period.clone()) else { continue };
        let previous = setting.calendar.previous(&period);
        // A window of more than a year shares days with the same window a year before: that is no comparison.
        let year_before = setting.calendar.year_before(&period).filter(|year| year.end <= period.first);
        let [mut previous, mut year_before] = [&previous, &year_before]
            .map(|earlier| earlier.as_ref().map(|earlier| Earlier::of(earlier, readings, setting)));
        for verdict in of_period.iter_mut().filter(|verdict| verdict.maturity != Maturity::OpenPeriod) {
            let since = |earlier: &mut Earlier<'_>| change(verdict, earlier, setting);
            let (year_before, previous) = (year_before.as_mut().and_then(since), previous.as_mut().and_then(since));
            verdict.year_before = year_before;
            verdict.previous = previous;
        }
    }
    let p_values: Vec<f64> = verdicts.iter().flat_map(tested).filter_map(|change| change.p_value).collect();
    let mut real = benjamini_hochberg(&p_values, FALSE_DISCOVERY_RATE).into_iter();
    for verdict in verdicts {
        let is_same = is_same_comparison(verdict);
        if let Some(change) = &mut verdict.previous {
            change.significant = change.p_value.and_then(|_| real.next());
        }
        if is_same {
            verdict.year_before.clone_from(&verdict.previous);
        } else if let Some(change) = &mut verdict.year_before {
            change.significant = change.p_value.and_then(|_| real.next());
        }
    }
}

/// The comparisons of a verdict, in order, each once.
fn tested(verdict: &Verdict) -> impl Iterator<Item = &Change> {
    let year_before = verdict.year_before.as_ref().filter(|_| !is_same_comparison(verdict));
    verdict.previous.iter().chain(year_before)
}

/// The year before a year is the previous one: one comparison, not two.
fn is_same_comparison(verdict: &Verdict) -> bool {
    match (&verdict.previous, &verdict.year_before) {
        (Some(previous), Some(year_before)) => previous.against == year_before.against,
        _ => false,
    }
}

/// The change of a figure since an earlier period; none if either has no value or is withheld, or the earlier one is
/// still open or ended before anything was written down.
fn change(verdict: &Verdict, earlier: &mut Earlier<'_>, setting: &Setting) -> Option<Change> {
    // A verdict that is withheld has no value.
    let now = verdict.reading.value.ok()?;
    let before = earlier.at(verdict.key.place())?;
    let value = before.reading.value.ok().filter(|_| !setting.withheld.contains(&before.key))?;
    let before = &before.reading;
    let maturity = earlier.age.maturity(verdict.key.kpi);
    let is_whole = maturity != Maturity::OpenPeriod && earlier.age.is_recorded(verdict.key.kpi);
    if !is_whole || !value.is_finite() || !now.is_finite() {
        return None;
    }
    let may_be_tested = maturity == Maturity::Final && verdict.maturity == Maturity::Final;
    let p_value = if may_be_tested { p_value(verdict.reading.sampling, before.sampling) } else { None };
    Some(Change { against: earlier.period.id.clone(), value, difference: now - value, p_value, significant: None })
}

/// How surprising a difference of two figures is, if both are samples of the same kind.
fn p_value(now: Sampling, before: Sampling) -> Option<f64> {
    let p = match (now, before) {
        (Sampling::Proportion { successes: a, trials: n }, Sampling::Proportion { successes: b, trials: m }) => {
            proportions((a, n), (b, m))
        }
        (Sampling::Mean { .. }, Sampling::Mean { .. }) => welch(sample(now)?, sample(before)?),
        (Sampling::Normal { estimate: a, standard_error: u }, Sampling::Normal { estimate: b, standard_error: v }) => {
            estimates((a, u), (b, v))
        }
        _ => None,
    };
    p.filter(|p| p.is_finite())
}

/// The sample behind a mean.
fn sample(of: Sampling) -> Option<Sample> {
    match of {
        Sampling::Mean { mean, variance, n } => Some(Sample { mean, variance, n }),
        _ => None,
    }
}
