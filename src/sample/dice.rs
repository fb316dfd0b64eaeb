//! Chance that is the same everywhere: every draw is made of random bits by additions, products and square roots alone.
//!
//! No logarithms and no exponentials, which differ between platforms; hence no exact normal or Poisson variates.

use chrono::{Duration, NaiveDate, NaiveDateTime};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of draws; streams of one seed do not overlap.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream with this number.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// Uniform in [0, 1), on a grid of 2⁻⁵³.
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
    pub(super) fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / 9_007_199_254_740_992.0
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// A whole number in `low..=high`; `low` if they are in the wrong order.
    pub(super) fn whole(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high.saturating_sub(low)).unwrap_or(0).saturating_add(1);
        // The upper half of a 128-bit product: biased by less than width / 2⁶⁴.
        let offset = (u128::from(self.0.next_u64()) * u128::from(width)) >> 64;
        low.saturating_add(i64::try_from(offset).unwrap_or(0))
    }

    /// Uniform between two numbers.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.share()
    }

    /// Mean 0, variance 1, nearly normal within ±3.5: the sum of four uniforms, each of variance 1/12.
    pub(super) fn bell(&mut self) -> f64 {
        let sum: f64 = (0..4).map(|_| self.share()).sum();
        (sum - 2.0) * 3.0_f64.sqrt()
    }

    /// Positive with median 1 and a heavy tail (log-logistic of shape 2), at most 40.
    pub(super) fn skewed(&mut self) -> f64 {
        let share = self.share();
        (share / (1.0 - share)).sqrt().min(40.0)
    }

    /// A geometric count with this mean: more spread than Poisson, as real counts are.
    pub(super) fn count(&mut self, mean: f64) -> u32 {
        let again = mean / (1.0 + mean);
        let mut count = 0;
        while count < 500 && self.chance(again) {
            count += 1;
        }
        count
    }

    /// One of a list.
    pub(super) fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        let greatest = i64::try_from(list.len()).unwrap_or(1) - 1;
        usize::try_from(self.whole(0, greatest)).ok().and_then(|index| list.get(index)).copied().unwrap_or_default()
    }

    /// An index with probability proportional to its weight; the last one if the weights do not add up.
    pub(super) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.share() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// A second within office hours of a day, 08:00 to 18:59:59.
    pub(super) fn office_time(&mut self, day: NaiveDate) -> NaiveDateTime {
        day.and_time(chrono::NaiveTime::MIN) + Duration::seconds(self.whole(8 * 3600, 19 * 3600 - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Standard errors of 20 000 draws: 0.002 for a share, 0.007 for a bell, 0.014 for a count of mean 1 (variance 2).
    #[test]
    fn draws_have_the_moments_they_promise() {
        let mut dice = Dice::new(7, 0);
        let mean = |draws: Vec<f64>| draws.iter().sum::<f64>() / 20_000.0;
        let mut many =
            |draw: &mut dyn FnMut(&mut Dice) -> f64| (0..20_000).map(|_| draw(&mut dice)).collect::<Vec<_>>();
        assert!((mean(many(&mut Dice::share)) - 0.5).abs() < 0.01);
        let bells = many(&mut Dice::bell);
        assert!(mean(bells.clone()).abs() < 0.03);
        assert!((mean(bells.iter().map(|x| x * x).collect()) - 1.0).abs() < 0.05);
        assert!((mean(many(&mut |dice| f64::from(dice.count(1.0)))) - 1.0).abs() < 0.06);
        let mut skewed = many(&mut Dice::skewed);
        skewed.sort_by(f64::total_cmp);
        assert!((skewed[10_000] - 1.0).abs() < 0.05);
    }

    #[test]
    fn bounds_are_inclusive_and_streams_differ() {
        let mut dice = Dice::new(7, 1);
        let draws: Vec<i64> = (0..1000).map(|_| dice.whole(3, 5)).collect();
        assert!([3, 4, 5].iter().all(|n| draws.contains(n)) && draws.iter().all(|n| (3..=5).contains(n)));
        assert_ne!(Dice::new(7, 1).whole(0, i64::MAX), Dice::new(7, 2).whole(0, i64::MAX));
        assert_eq!(Dice::new(7, 1).whole(0, i64::MAX), Dice::new(7, 1).whole(0, i64::MAX));
    }
}
