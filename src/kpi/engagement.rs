//! Engagement: who uses the product, and how regularly.
//!
//! Knows customers and days; what they do there it does not.

use super::columns::{BUYER, MRR, ORDERED_AT, SUBSCRIBER, SUBSCRIPTION_END, SUBSCRIPTION_START, USED_ON, USER};
use super::reading::RatioOf;
use super::{Better, Definition, DrawsOn, Reading, Unit};
use crate::stats::moments::divide;

/// Share of the active customers that used the product in the period.
pub const ACTIVE_RATE: Definition = Definition {
    id: "active_rate",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × customers active at the start with usage in the period / customers active at the start",
    source: "interval: Wilson (1927)",
    range: 0.0..=100.0,
    needs: &[
        &[USER, USED_ON, SUBSCRIBER, SUBSCRIPTION_START, SUBSCRIPTION_END, MRR],
        &[USER, USED_ON, BUYER, ORDERED_AT],
    ],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let of = &tallies.engagement;
        Reading::share(of.active_with_usage, of.active, context)
    },
};

/// How many of the period's users come on a day, on average.
pub const STICKINESS: Definition = Definition {
    id: "stickiness",
    unit: Unit::Percent,
    better: Better::Higher,
    formula: "100 × mean number of customers with usage per day / customers with usage in the period",
    source: "interval: linearised ratio over customers, Cochran (1977), 6.4",
    range: 0.0..=100.0,
    needs: &[&[USER, USED_ON]],
    segments_only: false,
    draws_on: DrawsOn::Plain,
    rows_of: None,
    parts: None,
    compute: |tallies, context| {
        let days = i128::from(context.period_days);
        let sums = (&tallies.engagement.days_used).into();
        let of = RatioOf { sums, parts_of_y: 1, parts_of_x: 1, times: (100, days), range: STICKINESS.range };
        Reading { numerator: divide(of.sums.y, days), ..of.read(context) }
    },
};

#[cfg(test)]
mod tests {
    use super::super::testing::{choices, read};
    use super::*;
    use crate::tally::Tallies;

    /// In 30 days one customer came every day and one on half of them: 1.5 a day of 2, 75 %.
    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn stickiness_is_the_daily_share_of_the_periods_users() {
        let mut tallies = Tallies::default();
        tallies.engagement.days_used.push(1, 30);
        tallies.engagement.days_used.push(1, 15);
        let stickiness = read(&STICKINESS, &tallies, &choices());
        assert_eq!((stickiness.value, stickiness.n), (Ok(75.0), 2));
        assert_eq!((stickiness.numerator, stickiness.denominator), (Some(1.5), Some(2.0)));
        // The period has no 31st day of use: limits end at 100.
        assert_eq!(stickiness.interval.unwrap().high, 100.0);
    }

    #[test]
    fn the_active_rate_is_of_active_customers() {
        let mut tallies = Tallies::default();
        (tallies.engagement.active, tallies.engagement.active_with_usage) = (8, 6);
        assert_eq!(read(&ACTIVE_RATE, &tallies, &choices()).value, Ok(75.0));
    }
}
