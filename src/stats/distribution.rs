//! Quantiles and tails of the normal, t and binomial distributions.
//!
//! Good for the sample sizes of a business, one to billions; where the incomplete beta function of `statrs` would run out
//! of iterations, series that are exact to better than 10⁻⁹ there take its place.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};
use statrs::function::erf::erfc;
use statrs::function::factorial::ln_binomial;

/// Degrees of freedom from which the series for t are exact to better than 10⁻⁹.
const MANY_DEGREES: f64 = 10_000.0;

/// z such that a standard normal lies within ±z with probability `confidence` (0–1, exclusive).
pub(super) fn normal_two_sided(confidence: f64) -> f64 {
    Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence))
}

/// P(|Z| ≥ |z|).
pub(super) fn normal_two_sided_tail(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2).clamp(0.0, 1.0)
}

/// t such that Student's t with `degrees` > 0 of freedom lies within ±t with probability `confidence`.
pub(super) fn t_two_sided(degrees: f64, confidence: f64) -> f64 {
    if degrees < MANY_DEGREES
        && let Ok(t) = StudentsT::new(0.0, 1.0, degrees)
    {
        return t.inverse_cdf(f64::midpoint(1.0, confidence));
    }
    // Abramowitz & Stegun 26.7.5.
    let z = normal_two_sided(confidence);
    let (z3, z5) = (z.powi(3), z.powi(5));
    z + (z3 + z) / (4.0 * degrees) + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * degrees * degrees)
}

/// P(|T| ≥ |t|) for Student's t with `degrees` > 0 of freedom.
pub(super) fn t_two_sided_tail(t: f64, degrees: f64) -> f64 {
    if degrees < MANY_DEGREES
        && let Ok(distribution) = StudentsT::new(0.0, 1.0, degrees)
    {
        return (2.0 * distribution.cdf(-t.abs())).clamp(0.0, 1.0);
    }
    // Abramowitz & Stegun 26.7.8.
    normal_two_sided_tail(t * (1.0 - 1.0 / (4.0 * degrees)) / (1.0 + t * t / (2.0 * degrees)).sqrt())
}

/// Smallest k with P(B ≤ k) ≥ `probability`, for a binomial B of `n` trials and chance `p`.
///
/// Walks outwards from the mean, so that it takes some ten standard deviations of steps whatever `n`.
pub(super) fn binomial_quantile(probability: f64, n: u64, p: f64) -> u64 {
    if p <= 0.0 || n == 0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    let odds = p / (1.0 - p);
    let mut k = mean_floor(n, p);
    let mut mass = (ln_binomial(n, k) + to_f64(k) * p.ln() + to_f64(n - k) * (-p).ln_1p()).exp();
    while k > 0 && mass > 1e-18 {
        mass *= to_f64(k) / (to_f64(n - k + 1) * odds);
        k -= 1;
    }
    let mut below = mass;
    while below < probability && k < n {
        mass *= to_f64(n - k) * odds / to_f64(k + 1);
        k += 1;
        below += mass;
    }
    k
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a starting point within 0..=n; any other one would do"
)]
fn mean_floor(n: u64, p: f64) -> u64 {
    ((n as f64 * p) as u64).min(n)
}

/// A count as a number; counts are far below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(super) fn to_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The usual printed tables: z(95 %) = 1.959964, t(1) = 12.7062, t(4) = 2.77645, t(29) = 2.04523, t(299) = 1.96793.
    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        assert!((normal_two_sided(0.95) - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((normal_two_sided(0.90) - 1.644_853_626_951_472).abs() < 1e-12);
        for (degrees, t) in [
            (1.0, 12.706_204_736_432_1),
            (2.0, 4.302_652_729_696_14),
            (4.0, 2.776_445_105_197_79),
            (10.0, 2.228_138_851_964_94),
            (30.0, 2.042_272_456_301_24),
            (100.0, 1.983_971_518_449_63),
        ] {
            assert!((t_two_sided(degrees, 0.95) - t).abs() < 1e-9, "{degrees}: {}", t_two_sided(degrees, 0.95));
        }
    }

    #[test]
    fn the_series_meets_the_exact_t_where_it_takes_over() {
        let exact = StudentsT::new(0.0, 1.0, MANY_DEGREES).unwrap();
        for confidence in [0.5, 0.9, 0.95, 0.999] {
            let limit = t_two_sided(MANY_DEGREES, confidence);
            assert!((limit - exact.inverse_cdf(f64::midpoint(1.0, confidence))).abs() < 1e-9);
            assert!((t_two_sided_tail(limit, MANY_DEGREES) - (1.0 - confidence)).abs() < 1e-8);
            assert!((t_two_sided_tail(limit, MANY_DEGREES * 0.999_999) - (1.0 - confidence)).abs() < 1e-8);
        }
    }

    /// B(10, ½): P(B ≤ 1) = 11/1024 = 0.0107, P(B ≤ 2) = 56/1024 = 0.0547: the 2.5 % quantile is 2.
    #[test]
    fn a_binomial_quantile_is_the_first_count_that_reaches_the_probability() {
        assert_eq!(binomial_quantile(0.025, 10, 0.5), 2);
        assert_eq!(binomial_quantile(0.0107, 10, 0.5), 1);
        assert_eq!(binomial_quantile(0.0108, 10, 0.5), 2);
        // R: qbinom(.025, 1e6, .5) is 499020.
        assert_eq!(binomial_quantile(0.025, 1_000_000, 0.5), 499_020);
        assert_eq!(binomial_quantile(0.025, 5, 0.5), 0);
        assert_eq!(binomial_quantile(0.025, 0, 0.5), 0);
    }
}
