//! Quantiles of a sample given as counts per distinct value, and their limits by binomial ranks.
//!
//! Knows values and their order only; no distribution is assumed.

use super::distribution::{binomial_quantile, to_f64};
use super::interval::Interval;

/// The quantile of type 7 (Hyndman & Fan 1996), the one of R, `NumPy` and spreadsheets: linear between order statistics.
///
/// `counts` ascend by value; `p` lies in 0–1. None of nothing.
pub fn quantile(counts: &[(i64, u64)], p: f64) -> Option<f64> {
    let n = total(counts);
    let place = to_f64(n.checked_sub(1)?) * p.clamp(0.0, 1.0);
    let below = whole(place);
    let low = order_statistic(counts, below + 1)?;
    let high = order_statistic(counts, (below + 2).min(n))?;
    Some(low + (place - to_f64(below)) * (high - low))
}

/// Limits of the `p` quantile: the order statistics whose ranks a binomial count stays between with the confidence wanted.
///
/// None where the sample is too small to have such ranks (below 6 for a median at 95 %, 36 for the 90th percentile).
/// Source: Conover, Practical Nonparametric Statistics (1999), 3.2.
pub fn rank_limits(counts: &[(i64, u64)], p: f64, confidence: f64) -> Option<Interval> {
    let n = total(counts);
    let tail = (1.0 - confidence) / 2.0;
    let lower = binomial_quantile(tail, n, p);
    let upper = binomial_quantile(tail, n, 1.0 - p);
    if lower == 0 || upper == 0 {
        return None;
    }
    let (low, high) = (order_statistic(counts, lower)?, order_statistic(counts, n + 1 - upper)?);
    Some(Interval { low, high }.widened_to(quantile(counts, p)?))
}

/// The value with a rank from 1.
fn order_statistic(counts: &[(i64, u64)], rank: u64) -> Option<f64> {
    let mut seen = 0;
    for &(value, count) in counts {
        seen += count;
        if seen >= rank {
            return Some(number(value));
        }
    }
    None
}

fn total(counts: &[(i64, u64)]) -> u64 {
    counts.iter().map(|(_, count)| count).sum()
}

#[expect(clippy::cast_precision_loss, reason = "seconds and scores are far below 2^53")]
fn number(value: i64) -> f64 {
    value as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ place ≤ n − 1")]
fn whole(place: f64) -> u64 {
    place.floor() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_to(n: i64) -> Vec<(i64, u64)> {
        (1..=n).map(|value| (value, 1)).collect()
    }

    /// R: quantile(c(1, 2, 3, 4), c(.5, .9)) is 2.5 and 3.7; quantile(c(1, 1, 1, 10), .9) is 7.3.
    #[test]
    fn quantiles_are_those_of_type_seven() {
        assert_eq!(quantile(&one_to(4), 0.5), Some(2.5));
        assert!((quantile(&one_to(4), 0.9).unwrap() - 3.7).abs() < 1e-12);
        assert!((quantile(&[(1, 3), (10, 1)], 0.9).unwrap() - 7.3).abs() < 1e-12);
        assert_eq!(quantile(&[(5, 1)], 0.9), Some(5.0));
        assert_eq!(quantile(&one_to(3), 1.0), Some(3.0));
        assert_eq!(quantile(&[], 0.5), None);
    }

    /// The printed ranks of the median at 95 %: 2nd and 9th of 10, 6th and 15th of 20, 10th and 21st of 30, 40th and 61st of 100.
    #[test]
    fn ranks_of_the_median_are_the_tabled_ones() {
        for (n, low, high) in [(6, 1.0, 6.0), (10, 2.0, 9.0), (20, 6.0, 15.0), (30, 10.0, 21.0), (100, 40.0, 61.0)] {
            assert_eq!(rank_limits(&one_to(n), 0.5, 0.95), Some(Interval { low, high }), "{n}");
        }
    }

    /// ½⁵ = 0.031 > 0.025 on either side; 0.9³⁵ = 0.02503, 0.9³⁶ = 0.0225.
    #[test]
    fn a_small_sample_has_no_limits() {
        assert_eq!(rank_limits(&one_to(5), 0.5, 0.95), None);
        assert_eq!(rank_limits(&one_to(35), 0.9, 0.95), None);
        assert!(rank_limits(&one_to(36), 0.9, 0.95).is_some());
    }
}
