//! Survival from whole-time histograms: Kaplan–Meier, Greenwood's variance, medians and restricted means.
//!
//! At equal times ends come before censorings. Independent censoring is assumed, as by every reader of such a curve.

use super::distribution::{normal_two_sided, to_f64};
use super::interval::Interval;

/// Rounding of a product of fractions: a curve that is ½ on paper must not miss it by a last bit.
const ROUNDING: f64 = 1e-12;

/// One step of the curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub time: i64,
    /// Still there just before.
    pub at_risk: u64,
    /// Ended then.
    pub ended: u64,
    /// S from then on.
    pub survival: f64,
    /// Greenwood's Σ dᵢ/(nᵢ(nᵢ − dᵢ)) so far; infinite once S is 0.
    pub greenwood: f64,
}

/// A Kaplan–Meier curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    steps: Vec<Step>,
    longest: i64,
}

/// S at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Survival {
    /// S(t), 0–1.
    pub value: f64,
    /// Greenwood's standard error; none once S is 0.
    pub standard_error: Option<f64>,
    /// Limits on the log(−log) scale; none while S is 1 or once it is 0.
    pub limits: Option<Interval>,
}

/// A restricted mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RestrictedMean {
    /// Area under S from 0 to τ.
    pub value: f64,
    /// Its variance.
    pub variance: f64,
}

impl Curve {
    /// From counts per duration, each ascending; none of nothing.
    ///
    /// Source: Kaplan & Meier (1958), Journal of the American Statistical Association 53, 457–481.
    pub fn new(ended: &[(i64, u64)], censored: &[(i64, u64)]) -> Option<Self> {
        let count = |histogram: &[(i64, u64)]| histogram.iter().map(|(_, count)| count).sum::<u64>();
        let longest = ended.iter().chain(censored).map(|&(time, _)| time).max()?;
        let mut at_risk = count(ended) + count(censored);
        let (mut survival, mut greenwood) = (1.0, 0.0);
        let mut leaving = censored.iter().peekable();
        let mut steps = Vec::with_capacity(ended.len());
        for &(time, ends) in ended {
            while let Some((_, censorings)) = leaving.next_if(|&&(at, _)| at < time) {
                at_risk -= censorings;
            }
            let staying = at_risk - ends;
            survival *= to_f64(staying) / to_f64(at_risk);
            greenwood += to_f64(ends) / (to_f64(at_risk) * to_f64(staying));
            steps.push(Step { time, at_risk, ended: ends, survival, greenwood });
            at_risk = staying;
        }
        Some(Self { steps, longest })
    }

    /// Its steps, by time.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The longest duration seen, ended or not.
    pub fn longest(&self) -> i64 {
        self.longest
    }

    /// S at a time; none beyond the longest duration, unless S is 0 by then.
    ///
    /// Source: Greenwood (1926); limits: Kalbfleisch & Prentice, The Statistical Analysis of Failure Time Data (1980).
    pub fn at(&self, time: i64, confidence: f64) -> Option<Survival> {
        let (survival, greenwood) = match self.steps.iter().rev().find(|step| step.time <= time) {
            Some(step) => (step.survival, step.greenwood),
            None => (1.0, 0.0),
        };
        if time > self.longest && survival > 0.0 {
            return None;
        }
        let standard_error = (survival > 0.0).then(|| survival * greenwood.sqrt());
        Some(Survival { value: survival, standard_error, limits: log_log(survival, greenwood, confidence) })
    }

    /// The smallest time with S ≤ ½; none if the curve does not get there.
    pub fn median(&self) -> Option<i64> {
        self.first(|step| Some(step.survival))
    }

    /// Limits of the median: where the limits of the curve get to ½; none unless both do.
    ///
    /// Source: Brookmeyer & Crowley (1982), Biometrics 38, 29–41, on the log(−log) scale.
    pub fn median_limits(&self, confidence: f64) -> Option<Interval> {
        let (low, high) = (self.median_lower_limit(confidence)?, self.median_upper_limit(confidence)?);
        Some(Interval { low: number(low), high: number(high) })
    }

    /// The smallest time at which the lower limit of S is at most ½, or S is 0.
    pub fn median_lower_limit(&self, confidence: f64) -> Option<i64> {
        self.first(|step| match log_log(step.survival, step.greenwood, confidence) {
            Some(limits) => Some(limits.low),
            None => (step.survival <= 0.0).then_some(0.0),
        })
    }

    /// The smallest time at which the upper limit of S is at most ½.
    pub fn median_upper_limit(&self, confidence: f64) -> Option<i64> {
        self.first(|step| log_log(step.survival, step.greenwood, confidence).map(|limits| limits.high))
    }

    /// First time at which something of a step is at most ½.
    fn first(&self, of: impl Fn(&Step) -> Option<f64>) -> Option<i64> {
        self.steps.iter().find(|step| of(step).is_some_and(|value| value <= 0.5 + ROUNDING)).map(|step| step.time)
    }

    /// The mean lifetime up to `tau` ≥ 0, beyond the longest duration with the last S carried on, and its variance
    /// Σ (area from tᵢ to τ)² dᵢ / (nᵢ(nᵢ − dᵢ)).
    ///
    /// Source: Klein & Moeschberger, Survival Analysis (2003), 4.5.
    pub fn restricted_mean(&self, tau: i64) -> RestrictedMean {
        let (mut area, mut variance, mut right) = (0.0, 0.0, tau);
        for step in self.steps.iter().rev().filter(|step| step.time < tau) {
            area += step.survival * number(right - step.time);
            right = step.time;
            let (n, d) = (to_f64(step.at_risk), to_f64(step.ended));
            // Where all end, nothing lies to the right: no area, no variance.
            if step.at_risk > step.ended {
                variance += area * area * d / (n * (n - d));
            }
        }
        RestrictedMean { value: area + number(right), variance }
    }
}

/// Whether two survivals strictly between 0 and 1 at the same time, each with its limits on the log(−log) scale, differ by
/// more than chance; `pairs` are compared at once, by Bonferroni.
///
/// Source: Klein, Logan, Harhoff & Andersen (2007), Analyzing survival curves at a fixed point in time, Statistics in
/// Medicine 26, 4505–4519.
pub fn differ(a: (f64, Interval), b: (f64, Interval), pairs: f64, confidence: f64) -> bool {
    let scaled = |survival: f64| (-survival.ln()).ln();
    // As many standard errors as the limits' confidence asks for.
    let half = |limits: Interval| (scaled(limits.low) - scaled(limits.high)) / 2.0;
    let stricter = normal_two_sided(1.0 - (1.0 - confidence) / pairs.max(1.0)) / normal_two_sided(confidence);
    (scaled(a.0) - scaled(b.0)).abs() > stricter * half(a.1).hypot(half(b.1))
}

/// S^exp(±z √greenwood / ln S).
fn log_log(survival: f64, greenwood: f64, confidence: f64) -> Option<Interval> {
    if survival <= 0.0 || survival >= 1.0 {
        return None;
    }
    let spread = normal_two_sided(confidence) * greenwood.sqrt() / survival.ln();
    Some(Interval { low: survival.powf((-spread).exp()), high: survival.powf(spread.exp()) })
}

#[expect(clippy::cast_precision_loss, reason = "months and days are far below 2^53")]
fn number(time: i64) -> f64 {
    time as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Durations 2, 3+, 4, 4+, 5 (+ still there): at risk 5, 3, 1; S(4) = 4/5 · 2/3.
    fn five() -> Curve {
        Curve::new(&[(2, 1), (4, 1), (5, 1)], &[(3, 1), (4, 1)]).unwrap()
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "exact by construction")]
    fn ends_come_before_censorings_at_the_same_time() {
        let curve = five();
        let at_risk: Vec<u64> = curve.steps().iter().map(|step| step.at_risk).collect();
        assert_eq!(at_risk, [5, 3, 1]);
        let s = |time| curve.at(time, 0.95).unwrap().value;
        assert_eq!((s(1), s(2), s(3), s(5)), (1.0, 0.8, 0.8, 0.0));
        assert!((s(4) - 8.0 / 15.0).abs() < 1e-15);
        assert_eq!(s(6), 0.0);
    }

    /// S(4) · √(1/20 + 1/6) = 0.2483.
    #[test]
    fn greenwoods_error_of_five_customers() {
        let error = five().at(4, 0.95).unwrap().standard_error.unwrap();
        assert!((error - 8.0 / 15.0 * (1.0 / 20.0 + 1.0 / 6.0_f64).sqrt()).abs() < 1e-12);
    }

    /// 2 · 1 + 2 · 0.8 + 1 · 8/15; areas to 5 from 2: 1.6 + 8/15, from 4: 8/15.
    #[test]
    fn the_restricted_mean_is_the_area_under_the_curve() {
        let mean = five().restricted_mean(5);
        assert!((mean.value - 4.133_333_333_3).abs() < 1e-9);
        let (long, short) = (1.6 + 8.0 / 15.0, 8.0 / 15.0);
        assert!((mean.variance - (long * long / 20.0 + short * short / 6.0)).abs() < 1e-12);
        assert_eq!(five().restricted_mean(0), RestrictedMean { value: 0.0, variance: 0.0 });
        assert!((five().restricted_mean(1).value - 1.0).abs() < 1e-15);
    }

    /// Greenwood's errors .05 of .8 and .06 of .6 are .05/(.8 · .2231) = .2801 and .06/(.6 · .5108) = .1958 on the scale,
    /// where the two lie ln .5108 − ln .2231 = .8283 apart: 2.424 errors of √(.2801² + .1958²) = .3417. That is beyond
    /// 1.960 of one pair, and beyond 2.394 of three pairs, but not beyond 2.638 of six.
    #[test]
    fn survivals_differ_beyond_the_errors_of_both() {
        let with = |survival: f64, error: f64| (survival, log_log(survival, (error / survival).powi(2), 0.95).unwrap());
        let (high, low) = (with(0.8, 0.05), with(0.6, 0.06));
        assert_eq!([1.0, 3.0, 6.0].map(|pairs| differ(high, low, pairs, 0.95)), [true, true, false]);
        assert!(!differ(high, high, 1.0, 0.95));
    }

    #[test]
    fn a_curve_that_nobody_left_has_no_median_and_no_limits() {
        let curve = Curve::new(&[], &[(3, 1), (6, 1), (9, 1)]).unwrap();
        assert_eq!(curve.median(), None);
        assert_eq!(curve.at(9, 0.95), Some(Survival { value: 1.0, standard_error: Some(0.0), limits: None }));
        assert_eq!(curve.at(10, 0.95), None);
        assert_eq!(Curve::new(&[], &[]), None);
    }

    /// 1, 2, 3, 4 all ended: S(2) is exactly ½, the median is 2 and not 2.5.
    #[test]
    fn the_median_is_the_first_time_at_which_half_are_left() {
        let curve = Curve::new(&[(1, 1), (2, 1), (3, 1), (4, 1)], &[]).unwrap();
        assert_eq!(curve.median(), Some(2));
        // One of 50 leaves each month: the rounding of 25 factors must not hide the half.
        let ends: Vec<(i64, u64)> = (1..=50).map(|month| (month, 1)).collect();
        assert_eq!(Curve::new(&ends, &[]).unwrap().median(), Some(25));
    }
}
