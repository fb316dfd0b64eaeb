//! On-boarding: whether those who sign up arrive, and how long it takes until they have something of it.
//!
//! Knows the sign-ups of a period; what they do later it knows up to the run's day.

use super::columns::{COMPLETED_AT, FIRST_VALUE_AT, ONBOARDED, SIGNED_UP_AT};
use super::survival::median;
use super::{Better, Definition, DrawsOn, Reading, Unit};

/// Share of the period's sign-ups that complete on-boarding within the window; immature while that runs.
pub const ONBOARDING_COMPLETION: Definition = Definition {
    id: "onboarding_completion",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × sign-ups of the period whose on-boarding was complete within the window / sign-ups of the period",
    source: "interval: Wilson (1927)",
    range: 0.0..=100.0,
    needs: &[&[SIGNED_UP_AT, ONBOARDED, COMPLETED_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| Reading::share(tallies.onboarding.completed, tallies.onboarding.signups, context),
};

/// Days after which half of the period's sign-ups have had first value; those still waiting count for as long as they
/// have waited.
pub const TIME_TO_VALUE_DAYS: Definition = Definition {
    id: "time_to_value_days",
    unit: Unit::Days,
    better: Better::Lower,
    formula: "smallest number of days from sign-up with a Kaplan–Meier share of ≤ 50 % still without first value",
    source: "Kaplan & Meier (1958); limits: Brookmeyer & Crowley (1982)",
    range: 0.0..=f64::INFINITY,
    needs: &[&[SIGNED_UP_AT, ONBOARDED, FIRST_VALUE_AT]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.onboarding;
        median(&of.days_to_value, &of.days_without_value, context)
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, read, value};
    use super::*;
    use crate::kpi::{Sampling, Undefined};
    use crate::tally::{Histogram, Tallies};

    /// 12 of 40: Wilson's limits (.3 + 1.9207/40 ± 1.96 √(.21/40 + .9604/1600)) / (1 + 3.8415/40), 18.07 to 45.43.
    #[test]
    fn completion_is_of_all_sign_ups() {
        let mut tallies = Tallies::default();
        (tallies.onboarding.signups, tallies.onboarding.completed) = (40, 12);
        let share = read(&ONBOARDING_COMPLETION, &tallies, &choices());
        assert_eq!((share.value, share.n, share.numerator, share.denominator), (Ok(30.0), 40, Some(12.0), Some(40.0)));
        let limits = share.interval.unwrap();
        assert!((limits.low - 18.07).abs() < 0.01 && (limits.high - 45.43).abs() < 0.01, "{limits:?}");
        assert_eq!(share.sampling, Sampling::Proportion { successes: 12, trials: 40 });
        assert_eq!(value(&ONBOARDING_COMPLETION, &Tallies::default()), Err(Undefined::NoDenominator));
    }

    fn waits(ended: &[i64], censored: &[i64]) -> Tallies {
        let mut tallies = Tallies::default();
        tallies.onboarding.days_to_value = Histogram::from_values(ended.to_vec());
        tallies.onboarding.days_without_value = Histogram::from_values(censored.to_vec());
        tallies
    }

    /// Days 2, 4, 9 and 10 of five sign-ups, and one still waiting after 6: S falls to .8, .6, then 2 at risk: .3 at 9.
    /// Were the one who waits left out, half of four would be there on day 4.
    #[test]
    fn who_still_waits_counts_for_as_long_as_it_has_waited() {
        let reading = read(&TIME_TO_VALUE_DAYS, &waits(&[2, 4, 9, 10], &[6]), &choices());
        assert_eq!((reading.value, reading.n), (Ok(9.0), 5));
        assert_eq!(value(&TIME_TO_VALUE_DAYS, &waits(&[2, 4, 9, 10], &[])), Ok(4.0));
    }

    #[test]
    fn a_median_that_is_not_reached_is_none() {
        let reading = read(&TIME_TO_VALUE_DAYS, &waits(&[2], &[6, 6, 6]), &choices());
        assert_eq!((reading.value, reading.n), (Err(Undefined::NotReached), 4));
        assert_eq!(value(&TIME_TO_VALUE_DAYS, &Tallies::default()), Err(Undefined::NoDenominator));
        // All had value on the day they signed up.
        assert_eq!(value(&TIME_TO_VALUE_DAYS, &waits(&[0, 0, 0], &[])), Ok(0.0));
    }
}
