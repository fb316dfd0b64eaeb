//! What changed: the real changes of one period, largest effect first, each with the segments that drive it.
//!
//! Tests nothing: judgement has said what is real. Says nothing of what a change means or how it is worded.

use std::collections::BTreeMap;

use crate::judgement::{Change, Key, Verdict};
use crate::kpi::Sampling;

/// The dimension of all customers.
const TOTAL: &str = "total";

/// What a figure is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Baseline {
    /// The period before.
    Previous,
    /// The same period a year before.
    YearBefore,
}

/// A change that is real.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeFact<'a> {
    /// The figure: of all customers, or of a segment that moved while the whole did not follow.
    pub verdict: &'a Verdict,
    /// Its change.
    pub change: &'a Change,
    /// What it is compared with.
    pub baseline: Baseline,
    /// Size in standard deviations of one unit, so that unlike KPIs can be ranked: Cohen's h for shares, d for means and
    /// estimates (Cohen 1988, chapters 2 and 6). Never negative; 0 where it cannot be told.
    pub effect: f64,
    /// The segment of each dimension that drives it, the one that explains most first. Only for all customers against the
    /// previous period; empty if no segment's own change is real.
    pub drivers: Vec<Driver<'a>>,
}

/// A segment whose own change is real and goes the way of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Driver<'a> {
    /// The segment's figure.
    pub verdict: &'a Verdict,
    /// The part of the whole's change that it explains, by its own change and by what it has come to weigh: of `P` of the
    /// whole before, its value times its weight less that before, each value taken from `P`: `(w1 (p1 - P) - w0 (p0 - P)) / D`.
    /// Weights are shares of the denominators of a dimension's segments, else of n. The parts of a dimension whose segments
    /// make up the whole sum to 1; one is above 1 where others moved against it.
    pub explains: f64,
}

/// Finds the figure of an earlier period, by that of now and the earlier period's id.
pub type Earlier<'f, 'a> = &'f dyn Fn(&Key, &str) -> Option<&'a Verdict>;

/// The real changes among the figures of **one period**: of all customers on the previous period and on the year before,
/// and of segments that moved against the whole or without it. Largest effect first, then by place.
///
/// `before` finds a figure of the period that one is compared with, by what it is now and by that period's id; what is not
/// found is taken to weigh what it weighs now. Figures that a reader may not see must not be among `verdicts`. A figure
/// counts as changed only if its change was tested and found real: provisional and open figures, counts and sums never are.
pub fn changes<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>, before: Earlier<'_, 'a>) -> Vec<ChangeFact<'a>> {
    let mut by_kpi: BTreeMap<&str, Vec<&Verdict>> = BTreeMap::new();
    for verdict in verdicts {
        by_kpi.entry(verdict.key.kpi).or_default().push(verdict);
    }
    let mut facts: Vec<ChangeFact<'_>> = by_kpi.values().flat_map(|figures| of_kpi(figures, before)).collect();
    facts.sort_by(|a, b| b.effect.total_cmp(&a.effect).then_with(|| place(a).cmp(&place(b))));
    facts
}

fn place<'a>(fact: &ChangeFact<'a>) -> (&'a Key, Baseline) {
    (&fact.verdict.key, fact.baseline)
}

/// The facts of one KPI, given its figures in all dimensions.
fn of_kpi<'a>(figures: &[&'a Verdict], before: Earlier<'_, 'a>) -> Vec<ChangeFact<'a>> {
    let (totals, segments): (Vec<&Verdict>, Vec<&Verdict>) =
        figures.iter().partition(|verdict| verdict.key.dimension == TOTAL);
    let mut facts = Vec::new();
    let mut whole = None;
    for verdict in totals {
        if let Some(change) = real(verdict.previous.as_ref()) {
            whole = Some(change.difference);
            let drivers = drivers(change, &segments, before);
            facts.push(fact(verdict, change, Baseline::Previous, drivers));
        }
        // For a year the previous period is the year before: one fact, not two.
        let is_another =
            |change: &&Change| verdict.previous.as_ref().is_none_or(|previous| previous.against != change.against);
        if let Some(change) = real(verdict.year_before.as_ref()).filter(is_another) {
            facts.push(fact(verdict, change, Baseline::YearBefore, Vec::new()));
        }
    }
    for verdict in segments {
        if let Some(change) = real(verdict.previous.as_ref())
            && !whole.is_some_and(|whole| goes_the_same_way(whole, change.difference))
        {
            facts.push(fact(verdict, change, Baseline::Previous, Vec::new()));
        }
    }
    facts
}

fn fact<'a>(verdict: &'a Verdict, change: &'a Change, baseline: Baseline, drivers: Vec<Driver<'a>>) -> ChangeFact<'a> {
    ChangeFact { verdict, change, baseline, effect: effect(verdict, change), drivers }
}

/// A change that was tested and found real.
fn real(change: Option<&Change>) -> Option<&Change> {
    change.filter(|change| change.significant == Some(true) && change.difference != 0.0)
}

fn goes_the_same_way(a: f64, b: f64) -> bool {
    (a > 0.0 && b > 0.0) || (a < 0.0 && b < 0.0)
}

/// The best driver of each dimension, the one that explains most first.
fn drivers<'a>(whole: &Change, segments: &[&'a Verdict], before: Earlier<'_, 'a>) -> Vec<Driver<'a>> {
    let mut by_dimension: BTreeMap<&str, Vec<&'a Verdict>> = BTreeMap::new();
    for verdict in segments {
        by_dimension.entry(verdict.key.dimension.as_str()).or_default().push(verdict);
    }
    let mut drivers: Vec<Driver<'a>> =
        by_dimension.values().filter_map(|segments| driver(whole, segments, before)).collect();
    drivers.sort_by(|a, b| b.explains.total_cmp(&a.explains).then_with(|| a.verdict.key.cmp(&b.verdict.key)));
    drivers
}

/// The segment of one dimension that explains most, if any moved in earnest.
fn driver<'a>(whole: &Change, segments: &[&'a Verdict], before: Earlier<'_, 'a>) -> Option<Driver<'a>> {
    let now: Vec<Option<&Verdict>> = segments.iter().copied().map(Some).collect();
    let earlier: Vec<Option<&Verdict>> = segments.iter().map(|verdict| before(&verdict.key, &whole.against)).collect();
    let weights = shares(&now)?;
    let weights_before = shares(&earlier).unwrap_or_else(|| weights.clone());
    let mut drivers: Vec<Driver<'a>> = Vec::new();
    for (verdict, (weight, weight_before)) in segments.iter().zip(weights.iter().zip(weights_before)) {
        let (Some(own), Ok(value)) = (real(verdict.previous.as_ref()), &verdict.reading.value) else { continue };
        let part = weight * (value - whole.value) - weight_before * (own.value - whole.value);
        let explains = part / whole.difference;
        if goes_the_same_way(own.difference, whole.difference) && explains.is_finite() {
            drivers.push(Driver { verdict, explains });
        }
    }
    drivers.into_iter().max_by(|a, b| a.explains.total_cmp(&b.explains).then_with(|| b.verdict.key.cmp(&a.verdict.key)))
}

/// What each segment weighs among all, from 0 to 1: by its denominator, or by its units unless every segment has a positive
/// denominator. One without a value weighs nothing; none if all of them have none.
#[expect(clippy::cast_precision_loss, reason = "only weighs segments")]
fn shares(segments: &[Option<&Verdict>]) -> Option<Vec<f64>> {
    let mut known = segments.iter().flatten().filter(|verdict| verdict.reading.value.is_ok());
    let by_denominator = known.all(|verdict| verdict.reading.denominator.is_some_and(|d| d.is_finite() && d > 0.0));
    let weight = |verdict: Option<&Verdict>| match verdict.map(|verdict| &verdict.reading) {
        Some(reading) if reading.value.is_ok() => {
            reading.denominator.filter(|_| by_denominator).unwrap_or(reading.n as f64)
        }
        _ => 0.0,
    };
    let weights: Vec<f64> = segments.iter().copied().map(weight).collect();
    let all: f64 = weights.iter().sum();
    (all > 0.0).then(|| weights.into_iter().map(|weight| weight / all).collect())
}

/// The standardised size of a change.
#[expect(clippy::cast_precision_loss, reason = "only ranks changes")]
fn effect(verdict: &Verdict, change: &Change) -> f64 {
    let reading = &verdict.reading;
    let Ok(value) = reading.value else { return 0.0 };
    let size = match reading.sampling {
        // From the values and not from the successes: those may be the complement's.
        Sampling::Proportion { .. } => (angle(value / 100.0) - angle(change.value / 100.0)).abs(),
        Sampling::Mean { variance, .. } => change.difference.abs() / variance.sqrt(),
        Sampling::Normal { standard_error, .. } => {
            change.difference.abs() / (standard_error * (reading.n as f64).sqrt())
        }
        Sampling::None | Sampling::Unknown => 0.0,
    };
    if size.is_finite() { size } else { 0.0 }
}

/// Cohen's arcsine of a share, on which equal distances are equally easy to detect.
fn angle(share: f64) -> f64 {
    2.0 * share.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use crate::judgement::Maturity;
    use crate::kpi::{Reading, Undefined};

    fn change(against: &str, from: f64, to: f64, significant: Option<bool>) -> Change {
        Change { against: against.into(), value: from, difference: to - from, p_value: Some(0.01), significant }
    }

    fn verdict(kpi: &'static str, place: (&str, &str), n: u64, from: f64, to: f64, real: bool) -> Verdict {
        let calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };
        #[expect(clippy::cast_precision_loss, reason = "small test numbers")]
        let denominator = n as f64;
        Verdict {
            key: Key {
                period: calendar.parse("2026-10").unwrap(),
                dimension: place.0.into(),
                segment: place.1.into(),
                kpi,
            },
            reading: Reading {
                value: Ok(to),
                n,
                numerator: None,
                denominator: Some(denominator),
                interval: None,
                sampling: Sampling::Proportion { successes: 0, trials: n },
                remark: None,
            },
            maturity: Maturity::Final,
            band: None,
            status: None,
            target: None,
            target_met: None,
            previous: Some(change("2026-09", from, to, Some(real))),
            year_before: None,
            alerts: Vec::new(),
        }
    }

    fn with(mut verdict: Verdict, edit: impl FnOnce(&mut Verdict)) -> Verdict {
        edit(&mut verdict);
        verdict
    }

    /// Where nothing is known of what segments weighed before.
    fn alone(verdicts: &[Verdict]) -> Vec<ChangeFact<'_>> {
        changes(verdicts, &|_, _| None)
    }

    fn segments<'a>(fact: &ChangeFact<'a>) -> Vec<&'a str> {
        fact.drivers.iter().map(|driver| driver.verdict.key.segment.as_str()).collect()
    }

    /// Cohen's h of 50 % against 25 %: 2 asin √.5 − 2 asin √.25 = π/2 − π/3 = 0.5236; of 95 % against 90 %: 0.1925
    /// (Cohen 1988, table 6.2.2: φ(.95) = 2.691, φ(.90) = 2.498).
    #[test]
    fn shares_are_ranked_by_their_arcsine_distance() {
        let verdicts = [
            verdict("customer_retention_rate", ("total", "total"), 400, 90.0, 95.0, true),
            verdict("fcr", ("total", "total"), 400, 25.0, 50.0, true),
        ];
        let facts = alone(&verdicts);
        assert_eq!(
            facts.iter().map(|fact| fact.verdict.key.kpi).collect::<Vec<_>>(),
            ["fcr", "customer_retention_rate"]
        );
        assert!((facts[0].effect - std::f64::consts::FRAC_PI_6).abs() < 1e-12);
        assert!((facts[1].effect - 0.193).abs() < 0.001);
    }

    /// A mean that moves by 6 at a variance of 16: d = 6 / 4. An estimate that moves by 10 with a standard error of 2 over
    /// 100 units: d = 10 / (2 × 10).
    #[test]
    fn means_and_estimates_are_ranked_by_their_standard_deviation() {
        let mean = with(verdict("csat", ("total", "total"), 100, 2.0, 8.0, true), |v| {
            v.reading.sampling = Sampling::Mean { mean: 8.0, variance: 16.0, n: 100 };
        });
        let estimate = with(verdict("nps", ("total", "total"), 100, 40.0, 50.0, true), |v| {
            v.reading.sampling = Sampling::Normal { estimate: 50.0, standard_error: 2.0 };
        });
        let constant = with(verdict("chi", ("total", "total"), 100, 2.0, 8.0, true), |v| {
            v.reading.sampling = Sampling::Mean { mean: 8.0, variance: 0.0, n: 100 };
        });
        let verdicts = [constant, estimate, mean];
        let found: Vec<(&str, f64)> = alone(&verdicts).iter().map(|f| (f.verdict.key.kpi, f.effect)).collect();
        assert_eq!(found, [("csat", 1.5), ("nps", 0.5), ("chi", 0.0)]);
    }

    /// Churn 2 → 4 over 1 000 customers. Small: 100 of them, +10 → 10 × 0.1 = 1.0 point, half of 2. Large: 800, +1.5 →
    /// 1.2 points, 60 %. Other: 100, −2, the other way.
    #[test]
    fn the_driver_is_the_segment_that_explains_most_and_not_the_one_that_moved_most() {
        let verdicts = [
            verdict("customer_churn_rate", ("total", "total"), 1000, 2.0, 4.0, true),
            verdict("customer_churn_rate", ("plan", "Small"), 100, 2.0, 12.0, true),
            verdict("customer_churn_rate", ("plan", "Large"), 800, 2.0, 3.5, true),
            verdict("customer_churn_rate", ("plan", "Other"), 100, 4.0, 2.0, true),
        ];
        let facts = alone(&verdicts);
        let whole = facts.iter().find(|fact| fact.verdict.key.dimension == "total").unwrap();
        assert_eq!(segments(whole), ["Large"]);
        assert!((whole.drivers[0].explains - 0.6).abs() < 1e-12);
        // "Other" moved against the whole: a fact of its own.
        let alone: Vec<&str> = facts
            .iter()
            .filter(|f| f.verdict.key.dimension == "plan")
            .map(|f| f.verdict.key.segment.as_str())
            .collect();
        assert_eq!(alone, ["Other"]);
    }

    /// Large moved most, but by chance; Small is the only one whose change is real.
    #[test]
    fn only_a_segment_whose_own_change_is_real_drives() {
        let verdicts = [
            verdict("fcr", ("total", "total"), 1000, 50.0, 60.0, true),
            verdict("fcr", ("plan", "Large"), 900, 50.0, 60.0, false),
            verdict("fcr", ("plan", "Small"), 100, 50.0, 60.0, true),
            verdict("fcr", ("region", "Sul"), 1000, 50.0, 60.0, false),
        ];
        assert_eq!(segments(&alone(&verdicts)[0]), ["Small"]);
        assert!((alone(&verdicts)[0].drivers[0].explains - 0.1).abs() < 1e-12);
    }

    /// Each dimension has its own: Norte explains 10 × 600 / 1000 of 6, Pro 8 × 500 / 1000 of 6.
    #[test]
    fn each_dimension_has_its_driver_the_strongest_first() {
        let verdicts = [
            verdict("fcr", ("total", "total"), 1000, 50.0, 56.0, true),
            verdict("fcr", ("plan", "Pro"), 500, 50.0, 58.0, true),
            verdict("fcr", ("plan", "Free"), 500, 50.0, 54.0, true),
            verdict("fcr", ("region", "Norte"), 600, 50.0, 60.0, true),
            verdict("fcr", ("region", "Sul"), 400, 50.0, 50.0, false),
        ];
        let facts = alone(&verdicts);
        assert_eq!(segments(&facts[0]), ["Norte", "Pro"]);
        assert!((facts[0].drivers[0].explains - 1.0).abs() < 1e-12);
        assert!((facts[0].drivers[1].explains - 4.0 / 6.0).abs() < 1e-12);
        assert_eq!(facts.len(), 1);
    }

    /// Ten customers of Enterprise hold 900 of 1 000 in revenue: by revenue they explain 0.9 × 5 of 5, by heads a tenth.
    #[test]
    fn a_ratio_weighs_segments_by_its_denominator() {
        let of = |segment: &str, n: u64, opening: f64, to: f64| {
            with(verdict("nrr", ("plan", segment), n, 100.0, to, true), |v| v.reading.denominator = Some(opening))
        };
        let verdicts = [
            verdict("nrr", ("total", "total"), 100, 100.0, 105.0, true),
            of("Enterprise", 10, 900.0, 105.0),
            of("Starter", 90, 100.0, 106.0),
        ];
        let facts = alone(&verdicts);
        let whole = facts.iter().find(|fact| fact.verdict.key.dimension == "total").unwrap();
        assert_eq!(segments(whole), ["Enterprise"]);
        assert!((whole.drivers[0].explains - 0.9).abs() < 1e-12);
    }

    #[test]
    fn what_was_not_tested_or_not_found_real_is_no_change() {
        let untested = with(verdict("mrr_closing", ("total", "total"), 10, 1.0, 2.0, true), |v| {
            v.previous = Some(change("2026-09", 1.0, 2.0, None));
        });
        let none = with(verdict("fcr", ("total", "total"), 10, 1.0, 2.0, true), |v| v.previous = None);
        let verdicts = [untested, none, verdict("csat", ("total", "total"), 10, 1.0, 2.0, false)];
        assert_eq!(alone(&verdicts), []);
    }

    #[test]
    fn the_year_before_is_a_fact_of_its_own_unless_it_is_the_previous_period() {
        let both = |against: &str| {
            with(verdict("fcr", ("total", "total"), 100, 50.0, 60.0, true), |v| {
                v.year_before = Some(change(against, 40.0, 60.0, Some(true)));
            })
        };
        let verdicts = [both("2025-10")];
        let baselines = |facts: &[ChangeFact<'_>]| facts.iter().map(|fact| fact.baseline).collect::<Vec<_>>();
        assert_eq!(baselines(&alone(&verdicts)), [Baseline::YearBefore, Baseline::Previous]);
        let verdicts = [both("2026-09")];
        assert_eq!(baselines(&alone(&verdicts)), [Baseline::Previous]);
    }

    #[test]
    fn a_segment_without_a_value_weighs_nothing() {
        let empty = with(verdict("fcr", ("plan", "Free"), 500, 50.0, 50.0, false), |v| {
            v.reading.value = Err(Undefined::NoDenominator);
            v.reading.denominator = Some(0.0);
        });
        let verdicts = [
            verdict("fcr", ("total", "total"), 500, 50.0, 60.0, true),
            verdict("fcr", ("plan", "Pro"), 500, 50.0, 60.0, true),
            empty,
        ];
        assert!((alone(&verdicts)[0].drivers[0].explains - 1.0).abs() < 1e-12);
    }

    /// Tickets solved at once. Before: 80 of 100 of North, 60 of 100 of South, 70 % of all. Now 60 of 100 and 165 of 300,
    /// 56.25 % of all: 13.75 points less. North: 25 % (60 − 70) − 50 % (80 − 70) = −7.5; South, which fell by less, has come
    /// to weigh three times as much: 75 % (55 − 70) − 50 % (60 − 70) = −6.25. Together they are the whole.
    #[test]
    fn a_driver_explains_by_what_it_has_come_to_weigh_too() {
        let earlier = [
            verdict("fcr", ("region", "North"), 100, 80.0, 80.0, false),
            verdict("fcr", ("region", "South"), 100, 60.0, 60.0, false),
        ];
        let before =
            |key: &Key, against: &str| earlier.iter().find(|of| of.key.segment == key.segment && against == "2026-09");
        let cases = [(true, "North", 7.5 / 13.75), (false, "South", 6.25 / 13.75)].map(|(real, driver, part)| {
            let verdicts = [
                verdict("fcr", ("total", "total"), 400, 70.0, 56.25, true),
                verdict("fcr", ("region", "North"), 100, 80.0, 60.0, real),
                verdict("fcr", ("region", "South"), 300, 60.0, 55.0, true),
            ];
            (verdicts, driver, part)
        });
        for (verdicts, driver, part) in &cases {
            let facts = changes(verdicts, &before);
            assert_eq!(segments(&facts[0]), [*driver]);
            assert!((facts[0].drivers[0].explains - part).abs() < 1e-12);
        }
    }
}
