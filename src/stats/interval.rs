//! Confidence intervals of shares, means, ratios and net scores.
//!
//! Takes sums of a sample; says nothing where the sample is too small to tell its own spread.

use super::distribution::{normal_two_sided, t_two_sided, to_f64};
use super::moments::{Moments, RatioMoments};

/// A two-sided confidence interval in the unit of its value; both limits are finite and `low` ≤ `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
}

impl Interval {
    /// Whether it holds a value, limits included.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Cut to a range; the value that it belongs to must lie in that range.
    #[must_use]
    pub fn clamped(self, low: f64, high: f64) -> Self {
        Self { low: self.low.clamp(low, high), high: self.high.clamp(low, high) }
    }

    /// Stretched, if need be, to hold a value.
    #[must_use]
    pub fn widened_to(self, value: f64) -> Self {
        Self { low: self.low.min(value), high: self.high.max(value) }
    }

    /// The standard error of which it would be the normal interval: its length over 2z.
    ///
    /// Source: `McKean` & Schrader (1984), for the limits of a median by ranks.
    pub fn standard_error(&self, confidence: f64) -> f64 {
        (self.high - self.low) / (2.0 * normal_two_sided(confidence))
    }

    /// In another unit; `factor` > 0.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, high: self.high * factor }
    }
}

/// `estimate` ± z · `standard_error`; none unless the standard error is positive and finite.
pub fn normal(estimate: f64, standard_error: f64, confidence: f64) -> Option<Interval> {
    around(estimate, normal_two_sided(confidence) * standard_error)
}

/// A share's interval by Wilson (1927), without continuity correction, as a ratio 0–1.
///
/// None without trials, or with more successes than trials.
pub fn wilson(successes: u64, trials: u64, confidence: f64) -> Option<Interval> {
    if trials == 0 || successes > trials {
        return None;
    }
    let (n, z) = (to_f64(trials), normal_two_sided(confidence));
    let share = to_f64(successes) / n;
    let shrink = 1.0 + z * z / n;
    let centre = (share + z * z / (2.0 * n)) / shrink;
    let half = z / shrink * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    // At no or all successes the limit is the share itself; rounding would put it 10⁻¹⁷ beside.
    Some(Interval { low: centre - half, high: centre + half }.clamped(0.0, 1.0).widened_to(share))
}

/// A mean's interval by Student's t with n − 1 degrees of freedom.
///
/// None below two units or without variance.
pub fn mean(sample: &Moments, confidence: f64) -> Option<Interval> {
    let variance = sample.variance()?;
    around(sample.mean()?, t_two_sided(to_f64(sample.n) - 1.0, confidence) * (variance / to_f64(sample.n)).sqrt())
}

/// A ratio's interval from its linearised variance over units, by Student's t with n − 1 degrees of freedom.
///
/// None below two units, without variance, or where Σx is zero.
pub fn ratio(sample: &RatioMoments, confidence: f64) -> Option<Interval> {
    let variance = sample.variance()?;
    around(sample.ratio()?, t_two_sided(to_f64(sample.n) - 1.0, confidence) * variance.sqrt())
}

/// A net score after the adjustment of Rocks (2016): three answers more, three quarters of them promoters, three quarters
/// detractors. As a ratio −1…1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NetScore {
    /// (p' − d'), the centre of the interval.
    pub adjusted: f64,
    /// √((p' + d' − (p' − d')²) / n').
    pub standard_error: f64,
}

/// The adjusted net score of counted answers; none without answers.
///
/// Source: Rocks, B. (2016), "Interval Estimation for the Net Promoter Score", The American Statistician 70 (4).
pub fn net_score(promoters: u64, passives: u64, detractors: u64) -> Option<NetScore> {
    let answers = promoters + passives + detractors;
    if answers == 0 {
        return None;
    }
    let n = to_f64(answers) + 3.0;
    let (p, d) = ((to_f64(promoters) + 0.75) / n, (to_f64(detractors) + 0.75) / n);
    let variance = (p + d - (p - d) * (p - d)) / n;
    Some(NetScore { adjusted: p - d, standard_error: variance.sqrt() })
}

impl NetScore {
    /// Adjusted Wald limits, cut to −1…1.
    pub fn limits(&self, confidence: f64) -> Option<Interval> {
        normal(self.adjusted, self.standard_error, confidence).map(|limits| limits.clamped(-1.0, 1.0))
    }
}

fn around(centre: f64, half: f64) -> Option<Interval> {
    let is_known = half.is_finite() && half > 0.0 && centre.is_finite();
    is_known.then_some(Interval { low: centre - half, high: centre + half })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_has_no_interval() {
        assert_eq!(wilson(0, 0, 0.95), None);
        assert_eq!(wilson(2, 1, 0.95), None);
        assert_eq!(mean(&Moments::default(), 0.95), None);
        assert_eq!(mean(&Moments { n: 1, sum: 5, squares: 25 }, 0.95), None);
        assert_eq!(ratio(&RatioMoments::default(), 0.95), None);
        assert_eq!(net_score(0, 0, 0), None);
    }

    #[test]
    fn what_does_not_vary_has_no_interval() {
        assert_eq!(mean(&Moments { n: 3, sum: 24, squares: 192 }, 0.95), None);
        assert_eq!(ratio(&RatioMoments { n: 3, x: 6, y: 0, xx: 14, xy: 0, yy: 0 }, 0.95), None);
    }

    /// 15 customers at 1, 15 at 3: mean 2, variance 30/29, t(29) = 2.0452: 2 ± 2.0452 · √(30/29/30) = 2 ± 0.37979.
    #[test]
    fn the_interval_of_a_mean_uses_students_t() {
        let limits = mean(&Moments::from_counts(&[(1, 15), (3, 15)]), 0.95).unwrap();
        assert!((limits.low - 1.620_214).abs() < 1e-5 && (limits.high - 2.379_786).abs() < 1e-5, "{limits:?}");
    }

    fn samples() -> impl Strategy<Value = Vec<(i64, i64)>> {
        prop::collection::vec((1_i64..50, 0_i64..50), 2..40)
    }

    fn ratio_of(sample: &[(i64, i64)]) -> RatioMoments {
        sample.iter().fold(RatioMoments::default(), |sums, &(x, y)| {
            let (x, y) = (i128::from(x), i128::from(y));
            RatioMoments {
                n: sums.n + 1,
                x: sums.x + x,
                y: sums.y + y,
                xx: sums.xx + x * x,
                xy: sums.xy + x * y,
                yy: sums.yy + y * y,
            }
        })
    }

    fn holds_and_widens(value: f64, narrow: Option<Interval>, wide: Option<Interval>) -> bool {
        match (narrow, wide) {
            (Some(narrow), Some(wide)) => {
                narrow.holds(value) && wide.low <= narrow.low + 1e-12 && narrow.high <= wide.high + 1e-12
            }
            (None, None) => true,
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_share_lies_in_its_limits_which_lie_in_0_to_1(trials in 1_u64..100_000, successes in 0_u64..100_000) {
            let successes = successes % (trials + 1);
            let share = to_f64(successes) / to_f64(trials);
            let limits = wilson(successes, trials, 0.95).unwrap();
            prop_assert!(limits.low >= 0.0 && limits.high <= 1.0);
            prop_assert!(holds_and_widens(share, wilson(successes, trials, 0.90), Some(limits)));
        }

        #[test]
        fn a_ratio_lies_in_its_limits(sample in samples()) {
            let sums = ratio_of(&sample);
            let value = sums.ratio().unwrap();
            prop_assert!(holds_and_widens(value, ratio(&sums, 0.8), ratio(&sums, 0.95)));
        }

        #[test]
        fn a_mean_lies_in_its_limits(values in prop::collection::vec(-1000_i64..1000, 2..60)) {
            let counts: Vec<_> = values.iter().map(|&value| (value, 1)).collect();
            let sums = Moments::from_counts(&counts);
            prop_assert!(holds_and_widens(sums.mean().unwrap(), mean(&sums, 0.8), mean(&sums, 0.95)));
        }

        #[test]
        fn net_score_limits_widen_with_confidence(p in 0_u64..200, a in 0_u64..200, d in 1_u64..200) {
            let score = net_score(p, a, d).unwrap();
            let (narrow, wide) = (score.limits(0.8).unwrap(), score.limits(0.95).unwrap());
            prop_assert!(wide.low <= narrow.low && narrow.high <= wide.high);
            prop_assert!(wide.low >= -1.0 && wide.high <= 1.0);
        }
    }
}
