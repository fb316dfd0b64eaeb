//! Who drives a change: the segment that explains most of it, unless withheld ones may explain more.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::{Baseline, Beside, against, goes_the_same_way, real_of_segment};
use crate::judgement::{Change, Verdict};

/// What shares may differ by and still be equal.
const ROUNDING: f64 = 1e-9;

/// A segment whose own change is real and goes the way of the whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Driver<'a> {
    /// The segment's figure.
    pub verdict: &'a Verdict,
    /// Its own change, on what the whole is compared with.
    pub change: &'a Change,
    /// The part of the whole's change that it explains, by its own change and by what it has come to weigh: of `P` of the
    /// whole before, its value times its weight less that before, each value taken from `P`: `(w1 (p1 - P) - w0 (p0 - P)) / D`.
    /// Weights are shares of the denominators of a dimension's segments, else of n; where some are withheld, shares of the
    /// whole's. The parts of a dimension whose segments make up the whole sum to 1; one is above 1 where others moved against
    /// it.
    pub explains: f64,
}

/// A change of all customers that is to be explained.
pub(super) struct Whole<'a> {
    pub(super) verdict: &'a Verdict,
    pub(super) change: &'a Change,
    pub(super) baseline: Baseline,
}

/// The best driver of each dimension, the one that explains most first; and whether none is named because of what is
/// withheld: what the shown segments of a dimension leave is that of the withheld ones, which a reader could work out
/// anyway, and whoever explains less than that is not the one who explains most.
pub(super) fn drivers<'a>(
    whole: &Whole<'a>,
    segments: &[&'a Verdict],
    beside: Beside<'_, 'a>,
) -> (Vec<Driver<'a>>, bool) {
    let key = &whole.verdict.key;
    let mut by_dimension: BTreeMap<&str, Vec<&'a Verdict>> = BTreeMap::new();
    for verdict in segments {
        by_dimension.entry(verdict.key.dimension.as_str()).or_default().push(verdict);
    }
    let periods = [key.period.id.as_str(), whole.change.against.as_str()];
    let withheld: BTreeSet<&str> = periods.iter().flat_map(|period| (beside.withheld)(key.kpi, period)).collect();
    for dimension in &withheld {
        by_dimension.entry(dimension).or_default();
    }
    let (mut drivers, mut most_shown, mut most_withheld) = (Vec::new(), f64::NEG_INFINITY, 0.0_f64);
    for (dimension, segments) in &by_dimension {
        let has_withheld = withheld.contains(dimension);
        let parts = parts(whole, segments, has_withheld, beside);
        if has_withheld {
            let sum = |parts: &Vec<Driver<'_>>| parts.iter().map(|part| part.explains).sum::<f64>();
            most_withheld = most_withheld.max(parts.as_ref().map_or(f64::INFINITY, |parts| (1.0 - sum(parts)).abs()));
        }
        let parts = parts.unwrap_or_default();
        most_shown = parts.iter().map(|part| part.explains).fold(most_shown, f64::max);
        let is_driver = |part: &Driver<'a>| {
            real_of_segment(part.verdict, whole.baseline, beside).is_some()
                && goes_the_same_way(part.change.difference, whole.change.difference)
        };
        drivers.extend(parts.into_iter().filter(is_driver).max_by(|a, b| by_part(b, a)));
    }
    drivers.retain(|driver| driver.explains + ROUNDING >= most_withheld);
    drivers.sort_by(by_part);
    let hides_driver = drivers.is_empty() && most_withheld > most_shown.max(ROUNDING);
    (drivers, hides_driver)
}

/// The one that explains most first, then by place.
fn by_part(a: &Driver<'_>, b: &Driver<'_>) -> Ordering {
    b.explains.total_cmp(&a.explains).then_with(|| a.verdict.key.cmp(&b.verdict.key))
}

/// What each segment of a dimension explains, of those that are known now and before; none if nobody can tell what they
/// weigh: some are withheld, and those that are shown are more than the whole, so that rows stand in several.
fn parts<'a>(
    whole: &Whole<'a>,
    segments: &[&'a Verdict],
    has_withheld: bool,
    beside: Beside<'_, 'a>,
) -> Option<Vec<Driver<'a>>> {
    let Whole { change, baseline, .. } = *whole;
    let earlier = |of: &Verdict| (beside.earlier)(&of.key, &change.against);
    let now: Vec<Option<&Verdict>> = segments.iter().copied().map(Some).collect();
    let before: Vec<Option<&Verdict>> = segments.iter().map(|verdict| earlier(verdict)).collect();
    let (weights, weights_before) = if has_withheld {
        let of_before = earlier(whole.verdict).and_then(|whole| shares(&before, Some(whole)));
        (shares(&now, Some(whole.verdict))?, of_before)
    } else {
        (shares(&now, None)?, shares(&before, None))
    };
    let weights_before = weights_before.unwrap_or_else(|| weights.clone());
    let is_too_much = |weights: &Vec<f64>| weights.iter().sum::<f64>() > 1.0 + ROUNDING;
    if [&weights, &weights_before].into_iter().any(is_too_much) {
        return None;
    }
    let part = |(verdict, (weight, weight_before)): (&&'a Verdict, (&f64, &f64))| {
        let (own, value) = (against(verdict, baseline)?, verdict.reading.value.ok()?);
        let part = weight * (value - change.value) - weight_before * (own.value - change.value);
        let explains = part / change.difference;
        explains.is_finite().then_some(Driver { verdict, change: own, explains })
    };
    Some(segments.iter().zip(weights.iter().zip(&weights_before)).filter_map(part).collect())
}

/// What each segment weighs, from 0 to 1, among all of them or in the whole that is given: by its denominator, or by its
/// units unless all have a positive denominator. One without a value weighs nothing; none if all of them have none.
#[expect(clippy::cast_precision_loss, reason = "only weighs segments")]
fn shares(segments: &[Option<&Verdict>], whole: Option<&Verdict>) -> Option<Vec<f64>> {
    let known = segments.iter().flatten().copied().chain(whole);
    let by_denominator = known
        .filter(|verdict| verdict.reading.value.is_ok())
        .all(|verdict| verdict.reading.denominator.is_some_and(|d| d.is_finite() && d > 0.0));
    let weight = |verdict: Option<&Verdict>| match verdict.map(|verdict| &verdict.reading) {
        Some(reading) if reading.value.is_ok() => {
            reading.denominator.filter(|_| by_denominator).unwrap_or(reading.n as f64)
        }
        _ => 0.0,
    };
    let weights: Vec<f64> = segments.iter().copied().map(weight).collect();
    let all: f64 = whole.map_or_else(|| weights.iter().sum(), |whole| weight(Some(whole)));
    (all > 0.0).then(|| weights.into_iter().map(|weight| weight / all).collect())
}
