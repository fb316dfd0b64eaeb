//! Sums of a sample, as whole numbers, and the means and variances that follow from them.
//!
//! Exact until the last division: a sample that does not vary has a variance of exactly zero.

use super::distribution::to_f64;

/// Sums of a sample of one quantity, in whole units of its smallest part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    /// How many.
    pub n: u64,
    /// Σ y.
    pub sum: i128,
    /// Σ y².
    pub squares: i128,
}

impl Moments {
    /// From counts per distinct value.
    pub fn from_counts(counts: &[(i64, u64)]) -> Self {
        counts.iter().fold(Self::default(), |mut moments, &(value, count)| {
            let (value, times) = (i128::from(value), i128::from(count));
            moments.n += count;
            moments.sum += value * times;
            moments.squares += value * value * times;
            moments
        })
    }

    /// Mean; none of nothing.
    pub fn mean(&self) -> Option<f64> {
        divide(self.sum, i128::from(self.n))
    }

    /// Sample variance with n − 1; none below two units.
    pub fn variance(&self) -> Option<f64> {
        if self.n < 2 {
            return None;
        }
        let n = i128::from(self.n);
        let exact = n
            .checked_mul(self.squares)
            .zip(self.sum.checked_mul(self.sum))
            .and_then(|(left, right)| left.checked_sub(right));
        let spread = match exact {
            Some(spread) => float(spread),
            None => steady_difference(to_f64(self.n) * float(self.squares), float(self.sum) * float(self.sum)),
        };
        Some((spread / to_f64(self.n) / (to_f64(self.n) - 1.0)).max(0.0))
    }
}

/// Sums over units of a numerator y and a denominator x: for the ratio Σy/Σx.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RatioMoments {
    /// Units behind the ratio.
    pub n: u64,
    /// Σ x.
    pub x: i128,
    /// Σ y.
    pub y: i128,
    /// Σ x².
    pub xx: i128,
    /// Σ x·y.
    pub xy: i128,
    /// Σ y².
    pub yy: i128,
}

impl RatioMoments {
    /// Σy/Σx; none where Σx is zero.
    pub fn ratio(&self) -> Option<f64> {
        divide(self.y, self.x)
    }

    /// Linearised variance of the ratio, n/(n−1) · Σ(y − Rx)² / (Σx)²; none below two units or where Σx is zero.
    ///
    /// Source: Cochran, Sampling Techniques (1977), 6.4.
    pub fn variance(&self) -> Option<f64> {
        let ratio = self.ratio()?;
        if self.n < 2 {
            return None;
        }
        let (n, x) = (to_f64(self.n), float(self.x));
        let residual = self.exact_residual().unwrap_or_else(|| {
            let (squares, mixed) = (float(self.yy) + ratio * ratio * float(self.xx), 2.0 * ratio * float(self.xy));
            steady_difference(squares, mixed)
        });
        Some((n / (n - 1.0) * residual / x / x).max(0.0))
    }

    /// The same sums for the part of x that y leaves: y' = x − y.
    #[must_use]
    pub fn complement(&self) -> Self {
        let xy = self.xx.saturating_sub(self.xy);
        let yy = xy.saturating_sub(self.xy).saturating_add(self.yy);
        Self { y: self.x - self.y, xy, yy, ..*self }
    }

    /// Σ(y − Rx)² with R = b/a in lowest terms: (a²Σy² − 2abΣxy + b²Σx²) / a², if the products fit.
    fn exact_residual(&self) -> Option<f64> {
        let divisor = greatest_common_divisor(self.x, self.y)?;
        let (a, b) = (self.x / divisor, self.y / divisor);
        let square = a.checked_mul(a)?;
        let yy = square.checked_mul(self.yy)?;
        let xy = a.checked_mul(b)?.checked_mul(2)?.checked_mul(self.xy)?;
        let xx = b.checked_mul(b)?.checked_mul(self.xx)?;
        Some(float(yy.checked_sub(xy)?.checked_add(xx)?) / float(square))
    }
}

/// One division of whole numbers, in lowest terms, so that a whole result is exact; none by zero.
pub fn divide(numerator: i128, denominator: i128) -> Option<f64> {
    let divisor = greatest_common_divisor(numerator, denominator)?;
    (denominator != 0).then(|| float(numerator / divisor) / float(denominator / divisor))
}

/// Euclid's; positive, none of two zeros.
fn greatest_common_divisor(a: i128, b: i128) -> Option<i128> {
    let (mut a, mut b) = (a.checked_abs()?, b.checked_abs()?);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (a != 0).then_some(a)
}

/// A difference of two nearly equal sums: what lies within their rounding is nothing.
fn steady_difference(left: f64, right: f64) -> f64 {
    let difference = left - right;
    if difference.abs() <= 1e-13 * (left.abs() + right.abs()) { 0.0 } else { difference }
}

/// A whole number as a float.
#[expect(clippy::cast_precision_loss, reason = "the one rounding after sums that were exact")]
fn float(whole: i128) -> f64 {
    whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squared deviations 9+1+1+1+0+0+4+16 = 32, variance 32/7.
    #[test]
    fn mean_and_variance_of_a_sample() {
        let sample = Moments::from_counts(&[(2, 1), (4, 3), (5, 2), (7, 1), (9, 1)]);
        assert_eq!(sample.mean(), Some(5.0));
        assert_eq!(sample.variance(), Some(32.0 / 7.0));
        assert_eq!(Moments::default().mean(), None);
        assert_eq!(Moments { n: 1, sum: 3, squares: 9 }.variance(), None);
    }

    /// Customers (x, y) = (1, 2), (2, 2), (3, 5): R = 9/6 = 1.5; residuals ½, −1, ½; Σ = 1.5; 3/2 · 1.5 / 36 = 1/16.
    #[test]
    fn the_variance_of_a_ratio_is_that_of_its_residuals() {
        let sums = RatioMoments { n: 3, x: 6, y: 9, xx: 14, xy: 2 + 4 + 15, yy: 4 + 4 + 25 };
        assert_eq!(sums.ratio(), Some(1.5));
        assert_eq!(sums.variance(), Some(1.0 / 16.0));
        assert_eq!(RatioMoments::default().ratio(), None);
    }

    /// Customers (4, 1), (6, 2): the complement is (4, 3), (6, 4).
    #[test]
    fn a_complement_has_the_sums_of_what_is_left() {
        let sums = RatioMoments { n: 2, x: 10, y: 3, xx: 52, xy: 16, yy: 5 };
        assert_eq!(sums.complement(), RatioMoments { n: 2, x: 10, y: 7, xx: 52, xy: 36, yy: 25 });
        assert_eq!(sums.complement().variance(), sums.variance());
    }

    /// A million customers at the same 99.99: the squares need 43 digits of micro-units, the variance is still zero.
    #[test]
    fn what_does_not_vary_has_no_variance_however_large_the_sums() {
        let (n, y) = (1_000_000_u64, 99_990_000_i128);
        let n_wide = i128::from(n);
        let mean = Moments { n, sum: n_wide * y, squares: n_wide * y * y };
        assert_eq!(mean.variance(), Some(0.0));
        let huge = 10_i128.pow(13) + 7;
        let ratio = RatioMoments {
            n,
            x: n_wide * huge,
            y: n_wide * (huge - 3),
            xx: n_wide * huge * huge,
            xy: n_wide * huge * (huge - 3),
            yy: n_wide * (huge - 3) * (huge - 3),
        };
        assert_eq!(ratio.variance(), Some(0.0));
    }

    #[test]
    fn a_whole_result_is_exact() {
        assert_eq!(divide(700, 100), Some(7.0));
        assert_eq!(divide(0, 5), Some(0.0));
        assert_eq!(divide(-9, 6), Some(-1.5));
        assert_eq!(divide(1, 0), None);
        assert_eq!(divide(0, 0), None);
    }
}
