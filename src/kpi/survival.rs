//! Survival: how long customers stay, with those who are still there counted for what they are, unfinished.
//!
//! Knows lifetimes in whole months; when they began and why they ended it does not.

use super::columns::ACTIVITY;
use super::reading::whole;
use super::{Better, Context, Definition, DrawsOn, Interval, Reading, Undefined, Unit};
use crate::stats::survival::Curve;
use crate::tally::{Histogram, Lifetimes, Tallies};

const KAPLAN_MEIER: &str = "Kaplan & Meier (1958); limits: Greenwood on the log(−log) scale";

/// The curve of some lifetimes; none of nobody.
pub(super) fn curve(of: &Lifetimes) -> Option<Curve> {
    Curve::new(of.ended.counts(), of.censored.counts())
}

/// How many lifetimes there are, ended or not.
pub(super) fn lifetimes(of: &Lifetimes) -> u64 {
    of.ended.total() + of.censored.total()
}

/// A survival curve, month by month.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Every whole month from 0 to the longest lifetime.
    pub months: Vec<CourseMonth>,
    /// The month by which half have left; none if that is not reached.
    pub median: Option<usize>,
}

/// One month of a survival curve.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CourseMonth {
    /// Lifetimes of at least so many months.
    pub at_risk: u64,
    /// Survival from then on, 0–1.
    pub survival: f64,
    /// Its limits; none while it is 1 or once it is 0.
    pub interval: Option<Interval>,
}

impl Course {
    /// The curve of some lifetimes; none of nobody.
    pub fn of(lifetimes: &Lifetimes, confidence: f64) -> Option<Self> {
        let curve = curve(lifetimes)?;
        let shorter = |histogram: &Histogram, month: i64| {
            histogram.counts().iter().take_while(|(at, _)| *at < month).map(|(_, count)| count).sum::<u64>()
        };
        let all = self::lifetimes(lifetimes);
        let month = |month: i64| {
            let at_risk = all - shorter(&lifetimes.ended, month) - shorter(&lifetimes.censored, month);
            let survival = curve.at(month, confidence)?;
            Some(CourseMonth { at_risk, survival: survival.value, interval: survival.limits })
        };
        let median = curve.median().and_then(|months| usize::try_from(months).ok());
        Some(Self { months: (0..=curve.longest()).map_while(month).collect(), median })
    }
}

/// The median of durations of which some have not ended, with Brookmeyer and Crowley's limits.
pub(super) fn median(ended: &Histogram, censored: &Histogram, context: &Context) -> Reading {
    let Some(curve) = Curve::new(ended.counts(), censored.counts()) else {
        return Reading::undefined(Undefined::NoDenominator);
    };
    let n = ended.total() + censored.total();
    let Some(median) = curve.median() else { return Reading { n, ..Reading::undefined(Undefined::NotReached) } };
    let limits = curve.median_limits(context.choices.confidence);
    let error = limits.map(|limits| limits.standard_error(context.choices.confidence));
    Reading { n, ..Reading::estimate(Some(whole(median)), error, limits) }
}

/// Survival to a month.
const fn survival_to(
    id: &'static str,
    formula: &'static str,
    compute: fn(&Tallies, &Context) -> Reading,
) -> Definition {
    Definition {
        id,
        unit: Unit::Percent,
        better: Better::Higher,
        formula,
        source: KAPLAN_MEIER,
        range: 0.0..=100.0,
        needs: ACTIVITY,
        segments_only: false,
        draws_on: DrawsOn::Lifetimes,
        rows_of: None,
        parts: None,
        compute,
    }
}

/// 100 × S(months); not reached where nobody has been followed for that long.
fn survival_at(months: i64, tallies: &Tallies, context: &Context) -> Reading {
    let of = &tallies.lifetimes;
    let Some(curve) = curve(of) else { return Reading::undefined(Undefined::NoDenominator) };
    let n = lifetimes(of);
    match curve.at(months, context.choices.confidence) {
        None => Reading { n, ..Reading::undefined(Undefined::NotReached) },
        Some(survival) => {
            let error = survival.standard_error.map(|error| 100.0 * error);
            let limits = survival.limits.map(|limits| limits.times(100.0));
            Reading { n, ..Reading::estimate(Some(100.0 * survival.value), error, limits) }
        }
    }
}

/// Share of customers who stay at least 6 months.
pub const SURVIVAL_6M: Definition =
    survival_to("survival_6m", "100 × Kaplan–Meier survival 6 months after first activity", |tallies, context| {
        survival_at(6, tallies, context)
    });

/// Share of customers who stay at least 12 months.
pub const SURVIVAL_12M: Definition =
    survival_to("survival_12m", "100 × Kaplan–Meier survival 12 months after first activity", |tallies, context| {
        survival_at(12, tallies, context)
    });

/// Share of customers who stay at least 24 months.
pub const SURVIVAL_24M: Definition =
    survival_to("survival_24m", "100 × Kaplan–Meier survival 24 months after first activity", |tallies, context| {
        survival_at(24, tallies, context)
    });

/// Months after which half of the customers have left.
pub const SURVIVAL_MEDIAN_MONTHS: Definition = Definition {
    id: "survival_median_months",
    unit: Unit::Months,
    better: Better::Higher,
    formula: "smallest whole number of months with Kaplan–Meier survival ≤ 50 %",
    source: "Kaplan & Meier (1958); limits: Brookmeyer & Crowley (1982)",
    range: 0.0..=f64::INFINITY,
    needs: ACTIVITY,
    segments_only: false,
    draws_on: DrawsOn::Lifetimes,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.lifetimes;
        median(&of.ended, &of.censored, context)
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, lifetimes as tally, read, value};
    use super::*;

    /// 10 customers: 2 leave in month 3, the others are still there after 8: S(6) = 80 %, S(12) nobody can know.
    #[test]
    fn survival_is_not_told_beyond_the_longest_follow_up() {
        let ten = tally(&[3, 3], &[8; 8]);
        let six = read(&SURVIVAL_6M, &ten, &choices());
        assert!((six.value.unwrap() - 80.0).abs() < 1e-12);
        assert_eq!(six.n, 10);
        // Greenwood on the log(−log) scale: .8^exp(±1.96 √(2/(10·8)) / ln .8), .8^4.010 to .8^0.2494.
        let interval = six.interval.unwrap();
        assert!((interval.low - 40.87).abs() < 0.01 && (interval.high - 94.59).abs() < 0.01, "{interval:?}");
        assert_eq!(value(&SURVIVAL_12M, &ten), Err(Undefined::NotReached));
        assert_eq!(value(&SURVIVAL_MEDIAN_MONTHS, &ten), Err(Undefined::NotReached));
        assert_eq!(value(&SURVIVAL_24M, &Tallies::default()), Err(Undefined::NoDenominator));
    }

    /// Ends at 1, 3 and 3, still there after 2 and 5: at least 0, 1, … months stayed 5, 5, 4, 3, 1, 1;
    /// S(1) = 4/5, S(3) = 4/5 · 1/3 = 4/15.
    #[test]
    fn a_course_has_every_month_and_who_is_left_of_the_watched() {
        let course = Course::of(&tally(&[1, 3, 3], &[2, 5]).lifetimes, 0.95).unwrap();
        let at_risk: Vec<u64> = course.months.iter().map(|month| month.at_risk).collect();
        assert_eq!(at_risk, [5, 5, 4, 3, 1, 1]);
        let expected = [1.0, 0.8, 0.8, 4.0 / 15.0, 4.0 / 15.0, 4.0 / 15.0];
        for (month, expected) in course.months.iter().zip(expected) {
            assert!((month.survival - expected).abs() < 1e-12, "{month:?}");
        }
        assert_eq!(course.median, Some(3));
        assert_eq!(Course::of(&Lifetimes::default(), 0.95), None);
    }

    /// Everybody left by month 4: after a year nobody is there, and that is known.
    #[test]
    fn survival_after_the_last_end_is_zero() {
        let gone = read(&SURVIVAL_12M, &tally(&[1, 2, 4], &[]), &choices());
        assert_eq!((gone.value, gone.interval), (Ok(0.0), None));
    }
}
