//! Changes against earlier periods, and which of them are real.
//!
//! Tests what may be tested, each pair once, and holds the false discovery rate over all of it.

use std::collections::BTreeMap;

use super::{Change, Key, Maturity, Setting, Verdict, maturity};
use crate::calendar::Period;
use crate::kpi::{Reading, Sampling};
use crate::stats::comparison::{Sample, estimates, proportions, welch};
use crate::stats::discovery::benjamini_hochberg;

/// The false discovery rate over one reader's scope.
const FALSE_DISCOVERY_RATE: f64 = 0.05;

/// Fills in the changes of verdicts against the readings of earlier periods.
pub(super) fn compare(verdicts: &mut [Verdict], readings: &BTreeMap<&Key, &Reading>, setting: &Setting) {
    for verdict in &mut *verdicts {
        if verdict.maturity == Maturity::OpenPeriod {
            continue;
        }
        let previous = setting.calendar.previous(&verdict.key.period);
        // A window of more than a year shares days with the same window a year before: that is no comparison.
        let year_before =
            setting.calendar.year_before(&verdict.key.period).filter(|year| year.end <= verdict.key.period.first);
        verdict.year_before = year_before.and_then(|period| change(verdict, period, readings, setting));
        verdict.previous = previous.and_then(|period| change(verdict, period, readings, setting));
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
/// still open.
fn change(
    verdict: &Verdict,
    earlier: Period,
    readings: &BTreeMap<&Key, &Reading>,
    setting: &Setting,
) -> Option<Change> {
    let key = Key { period: earlier, ..verdict.key.clone() };
    if setting.withheld.contains(&key) || setting.withheld.contains(&verdict.key) {
        return None;
    }
    let before = readings.get(&key)?;
    let (value, now) = (before.value.ok()?, verdict.reading.value.ok()?);
    let maturity = maturity::of(&key, setting);
    if maturity == Maturity::OpenPeriod || !value.is_finite() || !now.is_finite() {
        return None;
    }
    let may_be_tested = maturity == Maturity::Final && verdict.maturity == Maturity::Final;
    let p_value = if may_be_tested { p_value(verdict.reading.sampling, before.sampling) } else { None };
    Some(Change { against: key.period.id, value, difference: now - value, p_value, significant: None })
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
