//! Readings: a value with its n, its interval and its sampling, or the reason why there is none.
//!
//! Turns sums into numbers, divided once; knows no KPI.

use std::ops::RangeInclusive;

use super::{Context, Interval};
use crate::money;
use crate::stats::interval;
use crate::stats::moments::{Moments, RatioMoments, divide};
use crate::tally::{Histogram, MeanSums, RatioSums};

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undefined {
    /// Nothing to divide by.
    NoDenominator,
    /// Nothing to divide by either: there are customers, but too little is known of each for a score.
    Unscored,
    /// A table or column is not configured.
    NotConfigured,
    /// The data cannot tell (zero churn has no lifetime).
    NotIdentifiable,
    /// The curve never gets there (a median).
    NotReached,
    /// Too few units.
    TooFew,
    /// The period ended before the first row of a table that is counted: nothing there is no 0.
    NotRecorded,
}

impl Undefined {
    /// The code in the `note` column of `figures.csv`.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoDenominator | Self::Unscored => "no_denominator",
            Self::NotConfigured => "not_configured",
            Self::NotIdentifiable => "not_identifiable",
            Self::NotReached => "not_reached",
            Self::TooFew => "too_few",
            Self::NotRecorded => "not_recorded",
        }
    }
}

/// How a value varies from sample to sample: what a test of its change needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sampling {
    /// Not a sample (a count, a sum): a change is a fact, untested.
    None,
    /// In a way that is not known (too small a sample, an estimate without an error): its change cannot be tested, and is
    /// no fact either.
    Unknown,
    /// Successes of trials: two proportions are compared by score test, or Fisher's where counts are small.
    Proportion {
        /// Successes.
        successes: u64,
        /// Trials.
        trials: u64,
    },
    /// A mean with its variance over n units: Welch's test.
    Mean {
        /// Mean, in the KPI's unit.
        mean: f64,
        /// Sample variance of a unit (n − 1).
        variance: f64,
        /// Units.
        n: u64,
    },
    /// An estimate with a standard error, in the KPI's unit: z test. For NPS both are the adjusted ones.
    Normal {
        /// Estimate.
        estimate: f64,
        /// Its standard error.
        standard_error: f64,
    },
}

/// One computed figure, not yet judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The value in the KPI's unit, or why there is none. Always finite.
    pub value: Result<f64, Undefined>,
    /// Sampling units behind it.
    pub n: u64,
    /// Numerator, in its natural unit: customers, currency units, points; never a percentage.
    pub numerator: Option<f64>,
    /// Denominator, in its natural unit; none for counts and amounts.
    pub denominator: Option<f64>,
    /// Confidence interval; contains the value.
    pub interval: Option<Interval>,
    /// How it varies.
    pub sampling: Sampling,
    /// Facts that belong beside the value, as codes joined by `;`: `tau=60` (a horizon in months), `too_few` (units, so
    /// that the interval that was due is missing).
    pub remark: Option<String>,
}

/// The remark of a value whose interval was due and could not be given.
const TOO_FEW: &str = "too_few";

/// Millionths in a whole: how tallies hold scores and money.
pub(super) const MILLION: i128 = 1_000_000;

/// A ratio of sums over customers, and how to read it.
pub(super) struct RatioOf {
    /// The sums.
    pub(super) sums: RatioMoments,
    /// Parts of y in its natural unit: 1, or [`MILLION`].
    pub(super) parts_of_y: i128,
    /// Parts of x in its natural unit.
    pub(super) parts_of_x: i128,
    /// What the ratio is multiplied by, as a fraction: (100, 1) for a percentage.
    pub(super) times: (i128, i128),
    /// What the value and its limits stay within.
    pub(super) range: RangeInclusive<f64>,
}

impl RatioOf {
    /// A percentage of sums in the same parts.
    pub(super) fn percent(sums: RatioMoments, parts: i128, range: RangeInclusive<f64>) -> Self {
        Self { sums, parts_of_y: parts, parts_of_x: parts, times: (100, 1), range }
    }

    /// Money, in micro-units, per counted thing.
    pub(super) fn money_per_unit(sums: &RatioSums) -> Self {
        let range = amounts(sums.has_negative);
        Self { sums: sums.into(), parts_of_y: MILLION, parts_of_x: 1, times: (1, 1), range }
    }

    /// What a quotient of raw parts is multiplied by to be a value.
    fn factor(&self) -> f64 {
        wide(self.times.0 * self.parts_of_x) / wide(self.times.1 * self.parts_of_y)
    }

    /// The value, the variance of the value if it is known, and its reading.
    pub(super) fn read(&self, context: &Context) -> Reading {
        let sums = &self.sums;
        let value = divide(sums.y * self.times.0 * self.parts_of_x, sums.x * self.times.1 * self.parts_of_y);
        let limits = interval::ratio(sums, context.choices.confidence)
            .map(|limits| limits.times(self.factor()).clamped(*self.range.start(), *self.range.end()));
        Reading {
            n: sums.n,
            numerator: divide(sums.y, self.parts_of_y),
            denominator: divide(sums.x, self.parts_of_x),
            ..Reading::estimate(value, self.standard_error(), limits)
        }
    }

    /// Standard error of the value, where there are enough customers to know it.
    pub(super) fn standard_error(&self) -> Option<f64> {
        self.sums.variance().filter(|&variance| variance > 0.0).map(|variance| variance.sqrt() * self.factor())
    }
}

impl From<&RatioSums> for RatioMoments {
    fn from(sums: &RatioSums) -> Self {
        Self { n: sums.n, x: sums.x, y: sums.y, xx: sums.xx, xy: sums.xy, yy: sums.yy }
    }
}

impl From<&MeanSums> for Moments {
    fn from(sums: &MeanSums) -> Self {
        Self { n: sums.n, sum: sums.sum, squares: sums.squares }
    }
}

impl Reading {
    /// No value.
    pub fn undefined(why: Undefined) -> Self {
        Self {
            value: Err(why),
            n: 0,
            numerator: None,
            denominator: None,
            interval: None,
            sampling: Sampling::None,
            remark: None,
        }
    }

    /// A value without interval or n; one that is not finite is none, and nothing to divide by is none either.
    pub(super) fn plain(value: Option<f64>) -> Self {
        let value = match value {
            Some(value) if value.is_finite() => Ok(value),
            Some(_) => Err(Undefined::NotIdentifiable),
            None => Err(Undefined::NoDenominator),
        };
        Self { value, ..Self::undefined(Undefined::NoDenominator) }
    }

    /// A plain value that rests on what customers happened to do: its change is no fact, and cannot be tested.
    pub(super) fn untested(value: Option<f64>) -> Self {
        let plain = Self::plain(value);
        let sampling = if plain.value.is_ok() { Sampling::Unknown } else { Sampling::None };
        Self { sampling, ..plain }
    }

    /// How many.
    pub(super) fn count(count: u64) -> Self {
        let value = wide(i128::from(count));
        Self { n: count, numerator: Some(value), ..Self::plain(Some(value)) }
    }

    /// How much money, and how many customers are behind it.
    pub(super) fn amount(micros: i128, customers: u64) -> Self {
        let value = money::to_units(micros);
        Self { n: customers, numerator: Some(value), ..Self::plain(Some(value)) }
    }

    /// 100 × successes / trials, with Wilson's interval.
    pub(super) fn share(successes: u64, trials: u64, context: &Context) -> Self {
        let value = divide(100 * i128::from(successes), i128::from(trials));
        let limits = interval::wilson(successes, trials, context.choices.confidence);
        Self {
            n: trials,
            numerator: Some(wide(i128::from(successes))),
            denominator: Some(wide(i128::from(trials))),
            interval: limits.zip(value).map(|(limits, value)| limits.times(100.0).widened_to(value)),
            sampling: if trials == 0 { Sampling::None } else { Sampling::Proportion { successes, trials } },
            ..Self::plain(value)
        }
    }

    /// The mean of a sample held in parts of its natural unit, with Student's interval.
    pub(super) fn mean(sample: &Moments, parts: i128, range: &RangeInclusive<f64>, context: &Context) -> Self {
        let value = divide(sample.sum, i128::from(sample.n) * parts);
        let limits = interval::mean(sample, context.choices.confidence)
            .map(|limits| limits.times(1.0 / wide(parts)).clamped(*range.start(), *range.end()));
        let sampling = match (value, sample.variance()) {
            (None, _) => Sampling::None,
            (Some(mean), Some(variance)) if variance > 0.0 => {
                Sampling::Mean { mean, variance: variance / wide(parts) / wide(parts), n: sample.n }
            }
            _ => Sampling::Unknown,
        };
        Self {
            n: sample.n,
            numerator: divide(sample.sum, parts),
            denominator: Some(wide(i128::from(sample.n))),
            sampling,
            ..Self::estimate(value, None, limits)
        }
    }

    /// The mean of a score that is counted per whole value, of what lies on its scale.
    pub(super) fn score(scores: &Histogram, scale: (i64, i64), context: &Context) -> Self {
        let on_scale: Vec<_> = scores.counts().iter().copied().filter(|&(score, _)| within(score, scale)).collect();
        Self::mean(&Moments::from_counts(&on_scale), 1, &(whole(scale.0)..=whole(scale.1)), context)
    }

    /// An estimate with its standard error and limits, as far as they are known; remarks where they are not.
    pub(super) fn estimate(value: Option<f64>, standard_error: Option<f64>, limits: Option<Interval>) -> Self {
        let reading = Self::plain(value);
        let Ok(estimate) = reading.value else { return reading };
        let interval = limits.map(|limits| limits.widened_to(estimate));
        let sampling = match standard_error {
            Some(standard_error) if standard_error > 0.0 && standard_error.is_finite() => {
                Sampling::Normal { estimate, standard_error }
            }
            _ => Sampling::Unknown,
        };
        let remark = interval.is_none().then(|| TOO_FEW.to_owned());
        Self { interval, sampling, remark, ..reading }
    }

    /// The remark of the fewest people whom a figure tells something of, where these are not its n.
    pub(super) const SMALLEST_GROUP: &str = "smallest_group=";

    /// The fewest people whom the figure tells something of: as remarked, else its n.
    pub fn smallest_group(&self) -> u64 {
        let mut remarks = self.remark.iter().flat_map(|remarks| remarks.split(';'));
        let remarked = remarks.find_map(|remark| remark.strip_prefix(Self::SMALLEST_GROUP)?.parse().ok());
        remarked.unwrap_or(self.n)
    }

    /// Puts a remark before those already there.
    #[must_use]
    pub(super) fn remarking(mut self, remark: String) -> Self {
        self.remark = Some(match self.remark {
            Some(others) => format!("{remark};{others}"),
            None => remark,
        });
        self
    }
}

/// Whether a score lies on its scale, ends included.
pub(super) fn within(score: i64, (low, high): (i64, i64)) -> bool {
    low <= score && score <= high
}

/// What a mean of amounts stays within: where nobody's amount is negative, neither is their mean.
pub(super) fn amounts(has_negative: bool) -> RangeInclusive<f64> {
    (if has_negative { f64::NEG_INFINITY } else { 0.0 })..=f64::INFINITY
}

/// A whole number of sums as a float.
#[expect(clippy::cast_precision_loss, reason = "the rounding of a result; sums are exact until here")]
pub(super) fn wide(whole: i128) -> f64 {
    whole as f64
}

/// A score or a number of months as a float.
#[expect(clippy::cast_precision_loss, reason = "scores and months are far below 2^53")]
pub(super) fn whole(number: i64) -> f64 {
    number as f64
}
