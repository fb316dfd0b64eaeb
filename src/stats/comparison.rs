//! Tests of a difference between two independent samples: two-sided p-values.
//!
//! Says how surprising a difference is; whether that is enough is decided elsewhere.

use statrs::function::factorial::ln_binomial;

use super::distribution::{normal_two_sided_tail, t_two_sided_tail, to_f64};

/// Below this expected count the normal approximation of a proportion is not trusted.
const LEAST_EXPECTED: f64 = 5.0;

/// Two proportions, (successes, trials) each: the score test, or Fisher's exact test where an expected count is below 5.
///
/// None if either has no trials, or more successes than trials.
pub fn proportions(a: (u64, u64), b: (u64, u64)) -> Option<f64> {
    if a.1 == 0 || b.1 == 0 || a.0 > a.1 || b.0 > b.1 {
        return None;
    }
    let pooled = to_f64(a.0 + b.0) / to_f64(a.1 + b.1);
    let least = to_f64(a.1.min(b.1)) * pooled.min(1.0 - pooled);
    Some(if least < LEAST_EXPECTED { fisher(a, b) } else { score(a, b) })
}

/// The score test: z from the pooled proportion, without continuity correction (Pearson's χ² with one degree).
fn score(a: (u64, u64), b: (u64, u64)) -> f64 {
    let (n, m) = (to_f64(a.1), to_f64(b.1));
    let pooled = to_f64(a.0 + b.0) / (n + m);
    let variance = pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m);
    normal_two_sided_tail((to_f64(a.0) / n - to_f64(b.0) / m) / variance.sqrt())
}

/// Fisher's exact test, two-sided: the chance of every table that is no likelier than the one seen.
fn fisher(a: (u64, u64), b: (u64, u64)) -> f64 {
    let (successes, trials) = (a.0 + b.0, a.1 + b.1);
    let everything = ln_binomial(trials, successes);
    let chance = |k: u64| (ln_binomial(a.1, k) + ln_binomial(b.1, successes - k) - everything).exp();
    // Tables of equal chance differ in the last bits; R allows as much.
    let seen = chance(a.0) * (1.0 + 1e-7);
    let all = successes.saturating_sub(b.1)..=successes.min(a.1);
    all.map(chance).filter(|&chance| chance <= seen).sum::<f64>().min(1.0)
}

/// A sample's mean, its variance (n − 1) and its size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// Mean.
    pub mean: f64,
    /// Variance of a unit.
    pub variance: f64,
    /// Units.
    pub n: u64,
}

/// Two means by Welch's t with Satterthwaite's degrees of freedom.
///
/// None if either has fewer than two units, or neither varies.
pub fn welch(first: Sample, second: Sample) -> Option<f64> {
    if first.n < 2 || second.n < 2 {
        return None;
    }
    let (n, m) = (to_f64(first.n), to_f64(second.n));
    let (of_first, of_second) = (first.variance / n, second.variance / m);
    let variance = of_first + of_second;
    if !(variance > 0.0 && variance.is_finite()) {
        return None;
    }
    let degrees = variance * variance / (of_first * of_first / (n - 1.0) + of_second * of_second / (m - 1.0));
    Some(t_two_sided_tail((first.mean - second.mean) / variance.sqrt(), degrees))
}

/// Two estimates with their standard errors by z; none if neither varies.
pub fn estimates(a: (f64, f64), b: (f64, f64)) -> Option<f64> {
    let spread = a.1.hypot(b.1);
    (spread > 0.0 && spread.is_finite()).then(|| normal_two_sided_tail((a.0 - b.0) / spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(p: Option<f64>, expected: f64, tolerance: f64) {
        let p = p.unwrap();
        assert!((p - expected).abs() < tolerance, "{p} is not {expected}");
    }

    /// Newcombe's 56/70 against 48/80: pooled 104/150; z = 0.2 / √(0.6933 · 0.3067 · (1/70 + 1/80)) = 2.65 → 0.0080.
    #[test]
    fn large_counts_are_compared_by_the_score_test() {
        // χ² = 150 · (56·32 − 14·48)² / (70 · 80 · 104 · 46) = 7.0234; its tail is 0.00804.
        close(proportions((56, 70), (48, 80)), 0.008_044, 5e-6);
    }

    /// Fisher's lady tasting tea: 3 of 4 against 1 of 4 gives 0.4857 (R: `fisher.test`).
    #[test]
    fn small_counts_are_compared_by_fishers_test() {
        close(proportions((3, 4), (1, 4)), 34.0 / 70.0, 1e-12);
        // R's help page of fisher.test, convicted twins: 10 of 13 against 2 of 17; two-sided p 0.0005367.
        close(Some(fisher((10, 13), (2, 17))), 0.000_536_7, 1e-7);
        close(proportions((0, 10), (0, 20)), 1.0, 1e-12);
        assert_eq!(proportions((0, 0), (1, 2)), None);
    }

    /// Student's sleep data: means 0.75 and 2.33, variances 3.200556 and 4.009 of 10 each; R's Welch p is 0.07939.
    #[test]
    fn means_are_compared_by_welchs_test() {
        let first = Sample { mean: 0.75, variance: 3.200_555_6, n: 10 };
        let second = Sample { mean: 2.33, variance: 4.009, n: 10 };
        close(welch(first, second), 0.079_394, 1e-5);
        assert_eq!(welch(Sample { n: 1, ..first }, second), None);
        assert_eq!(welch(Sample { variance: 0.0, ..first }, Sample { variance: 0.0, ..second }), None);
    }

    /// A difference of 1.96 standard errors √(3² + 4²) = 5.
    #[test]
    fn estimates_are_compared_by_z() {
        close(estimates((9.799_819_922_7, 3.0), (0.0, 4.0)), 0.05, 1e-9);
        assert_eq!(estimates((1.0, 0.0), (2.0, 0.0)), None);
    }
}
