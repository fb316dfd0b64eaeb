//! A figure, and the intervals of the written law.

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal, StudentsT};

/// What is around a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Limits {
    /// A figure that has none.
    Never,
    /// One that would have some, were there more units.
    TooFew,
    Are(f64, f64),
}

/// A row of figures.csv.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) value: Option<f64>,
    pub(crate) n: usize,
    pub(crate) numerator: Option<f64>,
    pub(crate) denominator: Option<f64>,
    pub(crate) limits: Limits,
    /// Why there is no value.
    pub(crate) reason: &'static str,
    /// Remarks and states beside it.
    pub(crate) notes: Vec<String>,
}

impl Figure {
    fn of(value: Option<f64>, n: usize) -> Self {
        let limits = Limits::Never;
        let reason = if value.is_none() { "no_denominator" } else { "" };
        Self { value, n, numerator: None, denominator: None, limits, reason, notes: Vec::new() }
    }

    /// A value, or none, that is no quotient.
    pub(crate) fn plain(value: Option<f64>, n: usize) -> Self {
        Self::of(value, n)
    }

    /// How many.
    pub(crate) fn count(count: usize) -> Self {
        Self { numerator: Some(count as f64), ..Self::of(Some(count as f64), count) }
    }

    /// An amount in millionths, and the customers behind it.
    pub(crate) fn amount(micro: i128, n: usize) -> Self {
        let amount = money(micro);
        Self { numerator: Some(amount), ..Self::of(Some(amount), n) }
    }

    /// 100 × numerator / denominator, with Wilson's limits.
    pub(crate) fn share(numerator: usize, denominator: usize, z: f64) -> Self {
        let (x, n) = (numerator as f64, denominator as f64);
        let mut figure = Self::quotient(x, n, 100.0, denominator);
        if denominator > 0 {
            let p = x / n;
            let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
            let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
            figure.limits = Limits::Are((100.0 * (centre - half)).max(0.0), (100.0 * (centre + half)).min(100.0));
        }
        figure
    }

    /// A quotient without an interval.
    pub(crate) fn quotient(numerator: f64, denominator: f64, times: f64, n: usize) -> Self {
        let value = (denominator != 0.0).then(|| times * numerator / denominator);
        Self { numerator: Some(numerator), denominator: Some(denominator), ..Self::of(value, n) }
    }

    /// A mean with Student's limits, within a range.
    pub(crate) fn mean(values: &[f64], confidence: f64, range: (f64, f64)) -> Self {
        let n = values.len();
        let sum: f64 = values.iter().sum();
        let mut figure = Self::quotient(sum, n as f64, 1.0, n);
        let Some(mean) = figure.value else { return figure };
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        if n < 2 || squares < 1e-18 {
            figure.limits = Limits::TooFew;
        } else {
            let half = t(confidence, n - 1) * (squares / (n - 1) as f64 / n as f64).sqrt();
            figure.limits = Limits::Are((mean - half).max(range.0), (mean + half).min(range.1));
        }
        figure
    }

    /// times × Σy / Σx over customers, with the linearised ratio's limits; `n` counts them.
    pub(crate) fn ratio(pairs: &[(f64, f64)], times: f64, confidence: f64, range: (f64, f64)) -> Self {
        let n = pairs.len();
        let (y, x) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        let mut figure = Self::quotient(y, x, times, n);
        if figure.value.is_none() {
            return figure;
        }
        match ratio_variance(pairs) {
            Some(variance) => {
                let half = t(confidence, n - 1) * variance.sqrt();
                let ratio = y / x;
                figure.limits =
                    Limits::Are((times * (ratio - half)).max(range.0), (times * (ratio + half)).min(range.1));
            }
            None => figure.limits = Limits::TooFew,
        }
        figure
    }
}

/// What a mean of amounts can be: none of them below 0, and neither is their mean. Sums of cents in floats are a hair off.
pub(crate) fn amounts(of: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let is_any_negative = of.into_iter().any(|amount| amount < -1e-9);
    (if is_any_negative { f64::NEG_INFINITY } else { 0.0 }, f64::INFINITY)
}

/// The variance of Σy / Σx over units, unless there are fewer than two or they do not vary.
pub(crate) fn ratio_variance(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let (y, x) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    let ratio = y / x;
    // Σ (y − R x)² is Σy² − 2 R Σxy + R² Σx², without its cancellation.
    let residuals: f64 = pairs.iter().map(|(y, x)| (y - ratio * x) * (y - ratio * x)).sum();
    let scale: f64 = pairs.iter().map(|(y, x)| y * y + ratio * ratio * x * x).sum();
    (n >= 2.0 && residuals > scale * 1e-20).then(|| n / (n - 1.0) * residuals / (x * x))
}

/// Millionths as an amount.
pub(crate) fn money(micro: i128) -> f64 {
    micro as f64 / 1e6
}

/// Rounded to a millionth.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The normal quantile of a two-sided level.
pub(crate) fn z(confidence: f64) -> f64 {
    Normal::new(0.0, 1.0).unwrap().inverse_cdf(0.5 + confidence / 2.0)
}

/// Student's quantile of a two-sided level.
pub(crate) fn t(confidence: f64, freedom: usize) -> f64 {
    StudentsT::new(0.0, 1.0, freedom as f64).unwrap().inverse_cdf(0.5 + confidence / 2.0)
}

/// A quantile of type 7 (Hyndman & Fan), and limits by binomial ranks: both tails at most half of what is left.
pub(crate) fn quantile(sorted: &[f64], p: f64, confidence: f64) -> Figure {
    let n = sorted.len();
    if n == 0 {
        return Figure::plain(None, 0);
    }
    let at = (n - 1) as f64 * p;
    let below = at.floor() as usize;
    let above = (below + 1).min(n - 1);
    let value = sorted[below] + (at - below as f64) * (sorted[above] - sorted[below]);
    let tail = (1.0 - confidence) / 2.0;
    let binomial = Binomial::new(p, n as u64).unwrap();
    let mut figure = Figure::plain(Some(value), n);
    // The lower rank is the greatest r with P(B < r) ≤ tail, the upper the least s with P(B ≥ s) ≤ tail.
    let lower = (1..=n).rev().find(|rank| binomial.cdf(*rank as u64 - 1) <= tail);
    let upper = (1..=n).find(|rank| 1.0 - binomial.cdf(*rank as u64 - 1) <= tail);
    figure.limits = match (lower, upper) {
        (Some(lower), Some(upper)) => Limits::Are(sorted[lower - 1], sorted[upper - 1]),
        _ => Limits::TooFew,
    };
    figure
}
