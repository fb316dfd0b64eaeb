//! Scales, linear or logarithmic: domain, cut, and ticks at 1, 2 or 5 times a power of ten.
//!
//! Knows no locale: tick labels come from the caller's formatter, and a step that it cannot tell apart is widened.

/// How a chart's value axis is drawn.
#[derive(Clone)]
pub struct Axis<'a> {
    /// Writes a tick's value; gets 1, 2 or 5 times a power of ten.
    pub format: &'a dyn Fn(f64) -> String,
    /// Where the axis starts, unless data lie below it or so far above that their course would vanish: 0 for most
    /// KPIs, NPS too; none lets the axis follow the data without a break mark.
    pub floor: Option<f64>,
    /// The greatest value that the KPI can take; the axis does not go beyond.
    pub ceiling: Option<f64>,
    /// What to say where the axis starts above the floor ("axis does not start at 0 %"); empty says nothing but keeps
    /// the break mark.
    pub cut_note: String,
}

impl std::fmt::Debug for Axis<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Axis").field("floor", &self.floor).field("ceiling", &self.ceiling).finish_non_exhaustive()
    }
}

/// Where charts stop believing a number; also keeps every sum and span finite.
const LARGEST: f64 = 1e15;

/// The value, or a gap: NaN, infinities and absurd magnitudes never reach a coordinate.
pub(super) fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|v| v.is_finite() && v.abs() <= LARGEST)
}

/// An interval with both ends finite, lower end first.
pub(super) fn finite_interval(interval: Option<(f64, f64)>) -> Option<(f64, f64)> {
    let (a, b) = interval?;
    let (a, b) = (finite(Some(a))?, finite(Some(b))?);
    Some((a.min(b), a.max(b)))
}

/// A step of 1, 2 or 5 times a power of ten.
#[derive(Clone, Copy, Debug)]
struct Step {
    digit: f64,
    exponent: i32,
}

impl Step {
    fn at_least(raw: f64) -> Self {
        let exponent = raw.log10().floor();
        #[expect(clippy::cast_possible_truncation, reason = "log10 of a finite positive f64 lies within ±324")]
        let exponent = exponent as i32;
        let lead = raw / 10f64.powi(exponent);
        let tolerance = 1.0 + 1e-9;
        for digit in [1.0, 2.0, 5.0] {
            if lead <= digit * tolerance {
                return Self { digit, exponent };
            }
        }
        Self { digit: 1.0, exponent: exponent + 1 }
    }

    fn next(self) -> Self {
        if self.digit < 2.0 {
            Self { digit: 2.0, ..self }
        } else if self.digit < 5.0 {
            Self { digit: 5.0, ..self }
        } else {
            Self { digit: 1.0, exponent: self.exponent + 1 }
        }
    }

    fn size(self) -> f64 {
        self.times(1.0)
    }

    /// Divides where it can, so that 0.3 is 0.3 and not 0.30000000000000004.
    fn times(self, k: f64) -> f64 {
        let n = k * self.digit;
        (if self.exponent < 0 { n / 10f64.powi(-self.exponent) } else { n * 10f64.powi(self.exponent) }) + 0.0
    }
}

/// How closely a domain fits its data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// About how many steps between ticks.
    pub(super) intervals: f64,
    /// Room beyond the data at either end, in the data's span.
    pub(super) room: f64,
    /// How far below the data, in their span, the floor may lie and still start the axis.
    pub(super) reach: f64,
}

impl Fit {
    /// For values read by their height.
    pub(super) const CALM: Self = Self { intervals: 4.0, room: 0.06, reach: 2.0 };
}

/// A value axis laid out: from data to view-box units.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    pub(super) lo: f64,
    pub(super) hi: f64,
    /// Coordinates of `lo` and `hi`; either may be the greater.
    from: f64,
    to: f64,
    /// Ticks inside the domain with their labels.
    pub(super) ticks: Vec<(f64, String)>,
    /// Whether the axis starts above the KPI's floor.
    pub(super) cut: bool,
    /// Whether equal ways are equal ratios.
    pub(super) logarithmic: bool,
}

/// From this ratio of the greatest to the least value on, a linear axis would press most of them together.
const LOGARITHMIC_FROM: f64 = 10.0;
/// Ticks beyond which a logarithmic axis labels powers of ten alone.
const MOST_LOGARITHMIC_TICKS: usize = 8;

impl Scale {
    /// A domain that holds `values` as `fit` says.
    pub(super) fn of(values: impl Iterator<Item = f64>, axis: &Axis, fit: Fit) -> Self {
        let Fit { intervals, room, reach } = fit;
        let (mut lo, mut hi) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let floor = finite(axis.floor);
        let ceiling = finite(axis.ceiling).filter(|c| floor.is_none_or(|f| *c > f));
        if lo > hi {
            (lo, hi) = (floor.unwrap_or(0.0), ceiling.unwrap_or(floor.unwrap_or(0.0) + 1.0));
        }
        let least = (hi.abs().max(lo.abs()) * 1e-3).max(1e-9);
        if hi - lo < least {
            let around = (hi.abs().max(lo.abs()) * 0.05).max(least);
            (lo, hi) = (lo - around, hi + around);
        }
        let (data_lo, data_hi) = (lo, hi);
        let span = hi - lo;
        (lo, hi) = (lo - span * room, hi + span * room);
        if let Some(floor) = floor.filter(|floor| data_lo >= *floor && data_lo - floor <= span * reach) {
            lo = floor;
        }
        let step = Step::at_least((hi - lo) / intervals.max(1.0));
        let size = step.size();
        lo = (lo / size).floor() * size;
        hi = (hi / size).ceil() * size;
        if let Some(floor) = floor.filter(|f| data_lo >= *f) {
            lo = lo.max(floor);
        }
        if let Some(ceiling) = ceiling.filter(|c| data_hi <= *c) {
            hi = hi.min(ceiling);
            // What can lie below zero lies at most as far below as above.
            lo = if data_lo >= -ceiling { lo.max(-ceiling) } else { lo };
        }
        let cut = floor.is_some_and(|f| lo > f);
        Self { lo, hi, from: 0.0, to: 1.0, ticks: ticks(lo, hi, step, axis.format), cut, logarithmic: false }
    }

    /// A domain given outright, ticks as near as possible to `intervals` steps.
    pub(super) fn fixed(lo: f64, hi: f64, format: &dyn Fn(f64) -> String, intervals: f64) -> Self {
        let hi = if hi > lo { hi } else { lo + 1.0 };
        let step = Step::at_least((hi - lo) / intervals.max(1.0));
        Self { lo, hi, from: 0.0, to: 1.0, ticks: ticks(lo, hi, step, format), cut: false, logarithmic: false }
    }

    /// A logarithmic domain that holds `values`; none unless all are positive and of very different sizes.
    pub(super) fn logarithmic(values: impl Iterator<Item = f64>, format: &dyn Fn(f64) -> String) -> Option<Self> {
        let (least, most) = values.fold((f64::INFINITY, 0.0), |(lo, hi), v| (v.min(lo), v.max(hi)));
        if !(least > 0.0 && most / least >= LOGARITHMIC_FROM) {
            return None;
        }
        let (lo, hi) = (least / 1.1, most * 1.1);
        let steps: Vec<Step> = std::iter::successors(Some(Step::at_least(lo)), |step| Some(step.next()))
            .take_while(|step| step.size() <= hi)
            .collect();
        let is_labelled = |step: &&Step| steps.len() <= MOST_LOGARITHMIC_TICKS || step.digit < 2.0;
        let mut ticks: Vec<(f64, String)> = steps
            .iter()
            .filter(is_labelled)
            .map(|step| (step.size(), super::font::clean(&format(step.size()))))
            .collect();
        ticks.dedup_by(|a, b| a.1 == b.1);
        Some(Self { lo, hi, from: 0.0, to: 1.0, ticks, cut: false, logarithmic: true })
    }

    /// The same scale between two coordinates.
    pub(super) fn between(mut self, from: f64, to: f64) -> Self {
        (self.from, self.to) = (from, to);
        self
    }

    /// Coordinate of a value; one outside the domain stands at its edge.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = if self.logarithmic {
            (value.max(self.lo) / self.lo).ln() / (self.hi / self.lo).ln()
        } else {
            (value - self.lo) / (self.hi - self.lo)
        };
        let share = share.clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }
}

/// Ticks of a step inside the domain, widened until neighbours read differently.
fn ticks(lo: f64, hi: f64, mut step: Step, format: &dyn Fn(f64) -> String) -> Vec<(f64, String)> {
    loop {
        let size = step.size();
        let tolerance = 1e-6;
        let (first, last) = ((lo / size - tolerance).ceil(), (hi / size + tolerance).floor());
        let mut found: Vec<(f64, String)> = Vec::new();
        let mut k = first;
        while k <= last && found.len() < 40 {
            let value = step.times(k);
            found.push((value, super::font::clean(&format(value))));
            k += 1.0;
        }
        let distinct = found.windows(2).all(|pair| !matches!(pair, [(_, a), (_, b)] if a == b));
        if distinct || found.len() < 2 {
            return found;
        }
        step = step.next();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(format: &dyn Fn(f64) -> String, floor: Option<f64>, ceiling: Option<f64>) -> Axis<'_> {
        Axis { format, floor, ceiling, cut_note: String::new() }
    }

    #[test]
    fn ticks_are_round_and_read_exactly() {
        let format = |v: f64| v.to_string();
        let scale = Scale::of([0.02, 0.29].into_iter(), &axis(&format, Some(0.0), Some(1.0)), Fit::CALM);
        let labels: Vec<&str> = scale.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["0", "0.1", "0.2", "0.3", "0.4"]);
        assert!(!scale.cut);
    }

    #[test]
    fn an_axis_far_from_its_floor_is_cut_and_one_near_it_is_not() {
        let format = |v: f64| v.to_string();
        let far = Scale::of([91.0, 94.0].into_iter(), &axis(&format, Some(0.0), Some(100.0)), Fit::CALM);
        assert!(far.cut && far.lo > 80.0 && far.hi <= 100.0);
        let near = Scale::of([3.0, 5.0].into_iter(), &axis(&format, Some(0.0), Some(100.0)), Fit::CALM);
        assert!(!near.cut && near.lo == 0.0);
    }

    /// Intervals of NPS reach down to −97; steps of 50 would begin at −150, where no NPS can be.
    #[test]
    fn an_axis_below_zero_ends_where_the_figure_does() {
        let format = |v: f64| v.to_string();
        let scale = Scale::of([-97.0, 60.0].into_iter(), &axis(&format, Some(0.0), Some(100.0)), Fit::CALM);
        assert!((scale.lo + 100.0).abs() < 1e-9 && scale.hi <= 100.0, "{scale:?}");
    }

    #[test]
    fn a_formatter_without_decimals_never_repeats_a_label() {
        let format = |v: f64| format!("{v:.0}");
        let scale = Scale::of([1.0, 2.0].into_iter(), &axis(&format, None, None), Fit { intervals: 5.0, ..Fit::CALM });
        let mut labels: Vec<&String> = scale.ticks.iter().map(|(_, label)| label).collect();
        let all = labels.len();
        labels.dedup();
        assert_eq!(labels.len(), all);
    }

    #[test]
    fn nothing_one_value_and_nine_digits_give_finite_domains() {
        let format = |v: f64| format!("{v:.0}");
        for values in [vec![], vec![0.0], vec![123_456_789.0], vec![-1e15, 1e15], vec![1e-300]] {
            let scale = Scale::of(values.iter().copied(), &axis(&format, None, None), Fit::CALM).between(0.0, 100.0);
            assert!(scale.lo.is_finite() && scale.hi.is_finite() && scale.lo < scale.hi, "{values:?}");
            assert!(values.iter().all(|v| (0.0..=100.0).contains(&scale.at(*v))));
        }
    }

    /// The middle of 300 and 42,000 is √(300 · 42,000) = 3550, whatever room there is at the ends.
    #[test]
    fn values_of_very_different_sizes_have_a_logarithmic_axis() {
        let format = |v: f64| v.to_string();
        let scale = Scale::logarithmic([300.0, 42_000.0].into_iter(), &format).unwrap().between(0.0, 1.0);
        let labels: Vec<&str> = scale.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["500", "1000", "2000", "5000", "10000", "20000"]);
        assert!((scale.at(12_600_000_f64.sqrt()) - 0.5).abs() < 1e-9 && scale.at(-1.0) <= 0.0 && scale.at(1e9) >= 1.0);
        let wide = Scale::logarithmic([1.0, 1e6].into_iter(), &format).unwrap();
        assert_eq!(wide.ticks.len(), 7);
        for alike in [vec![], vec![0.0, 1e6], vec![-1.0, 1e6], vec![100.0, 900.0], vec![5.0]] {
            assert!(Scale::logarithmic(alike.iter().copied(), &format).is_none(), "{alike:?}");
        }
    }

    #[test]
    fn what_is_not_a_number_is_a_gap() {
        assert_eq!(finite(Some(f64::NAN)), None);
        assert_eq!(finite(Some(f64::INFINITY)), None);
        assert_eq!(finite(Some(1e16)), None);
        assert_eq!(finite_interval(Some((2.0, 1.0))), Some((1.0, 2.0)));
        assert_eq!(finite_interval(Some((2.0, f64::NAN))), None);
    }
}
