//! Scores: health (0–100) and the Customer Happiness Index (0–10) of each active customer at each period's end.
//!
//! Missing data never lift a score in silence: below the least coverage there is no score.

use crate::config::{Band, ChiChoices, Component, HealthChoices, Missing, Status};
use crate::panel::Span;
use crate::panel::records::millionths;
use crate::panel::signals::Measure;

/// A score from weighted components.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'a> {
    /// The parts.
    pub components: &'a [Component],
    /// Least share of the weight that must be known, 0–1.
    pub min_coverage: f64,
    /// What a part scores at best: 100 for health, 1 for CHI.
    pub part_best: f64,
    /// What the score is at best: 100 for health, 10 for CHI.
    pub best: f64,
}

impl<'a> Recipe<'a> {
    /// Health.
    pub fn health(choices: &'a HealthChoices) -> Self {
        Self { components: &choices.components, min_coverage: choices.min_coverage, part_best: 100.0, best: 100.0 }
    }

    /// CHI.
    pub fn chi(choices: &'a ChiChoices) -> Self {
        Self { components: &choices.criteria, min_coverage: choices.min_coverage, part_best: 1.0, best: 10.0 }
    }

    /// Each part's score from 0 to 1 for a customer at a period's end; `None` where its signal is unknown.
    pub fn parts(&self, measure: &Measure<'_>, customer: u32, span: &Span) -> Vec<Option<f64>> {
        self.components
            .iter()
            .map(|part| {
                measure.signal(part, customer, span).map(|signal| on_scale(&part.scale, signal) / self.part_best)
            })
            .collect()
    }

    /// The score in millionths from its parts; `None` where too little is known.
    pub fn score(&self, parts: &[Option<f64>]) -> Option<i64> {
        let (mut observed, mut all, mut weight, mut sum) = (0.0, 0.0, 0.0, 0.0);
        for (component, part) in self.components.iter().zip(parts) {
            all += component.weight;
            let value = match (part, component.missing) {
                (Some(value), _) => {
                    observed += component.weight;
                    *value
                }
                (None, Missing::Skip) => continue,
                (None, Missing::Neutral) => 0.5,
                (None, Missing::Zero) => 0.0,
            };
            weight += component.weight;
            sum += component.weight * value;
        }
        let is_covered = all > 0.0 && observed >= self.min_coverage * all;
        (is_covered && weight > 0.0).then(|| millionths(self.best * sum / weight))
    }
}

/// Piecewise linear interpolation, clamped at its ends.
fn on_scale(scale: &[(f64, f64)], signal: f64) -> f64 {
    let after = scale.partition_point(|(at, _)| *at <= signal);
    match (after.checked_sub(1).and_then(|before| scale.get(before)), scale.get(after)) {
        (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (signal - x0) / (x1 - x0),
        (Some((_, y)), None) | (None, Some((_, y))) => *y,
        (None, None) => 0.0,
    }
}

/// The colour of a score in millionths.
#[expect(clippy::cast_precision_loss, reason = "a score is at most 10^8 millionths")]
pub fn status(bands: &[Band], score: i64) -> Option<Status> {
    let score = score as f64 / 1e6;
    let last = bands.len().checked_sub(1)?;
    let holds = |(index, band): (usize, &Band)| {
        let is_inside = band.from <= score && (score < band.to || (index == last && score <= band.to));
        is_inside.then_some(band.status)
    };
    bands.iter().enumerate().find_map(holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Signal, Window};

    fn part(weight: f64, missing: Missing) -> Component {
        let scale = vec![(0.0, 0.0), (1.0, 1.0)];
        let window = Window::Days(30);
        Component { id: String::new(), signal: Signal::Events, kind: None, window, weight, scale, missing }
    }

    fn chi(components: &[Component]) -> Recipe<'_> {
        Recipe { components, min_coverage: 0.5, part_best: 1.0, best: 10.0 }
    }

    /// Ten criteria of weight 1: all 1 gives 10, all 0 gives 0; eight known that sum to 6 give 6 / 8 × 10 = 7.5.
    #[test]
    fn happiness_is_rescaled_over_what_is_known() {
        let parts = vec![part(1.0, Missing::Skip); 10];
        assert_eq!(chi(&parts).score(&[Some(1.0); 10]), Some(10_000_000));
        assert_eq!(chi(&parts).score(&[Some(0.0); 10]), Some(0));
        let known: Vec<Option<f64>> = (0..10).map(|i| (i < 8).then_some(0.75)).collect();
        assert_eq!(chi(&parts).score(&known), Some(7_500_000));
    }

    /// Weight 6 of 10 known at 1: the unknown 4 leave, or count half, or nothing. With 4 of 10 known there is no score.
    #[test]
    fn missing_parts_leave_count_half_or_count_nothing() {
        let score = |missing, known: bool| {
            let parts = [part(6.0, Missing::Skip), part(4.0, missing)];
            let given = if known { [Some(1.0), None] } else { [None, Some(1.0)] };
            chi(&parts).score(&given)
        };
        assert_eq!(score(Missing::Skip, true), Some(10_000_000));
        assert_eq!(score(Missing::Neutral, true), Some(8_000_000));
        assert_eq!(score(Missing::Zero, true), Some(6_000_000));
        assert_eq!(score(Missing::Zero, false), None);
    }

    #[test]
    fn a_scale_is_linear_between_its_points_and_clamped_beyond_them() {
        let scale = [(0.0, 0.0), (5.0, 40.0), (20.0, 100.0)];
        for (signal, expected) in
            [(-1.0, 0.0), (0.0, 0.0), (2.5, 20.0), (5.0, 40.0), (12.5, 70.0), (20.0, 100.0), (99.0, 100.0)]
        {
            assert!((on_scale(&scale, signal) - expected).abs() < 1e-12, "{signal}");
        }
    }
}
