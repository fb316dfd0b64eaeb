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

/// Where nothing is known of what segments weighed before, and nothing is withheld.
fn alone(verdicts: &[Verdict]) -> Vec<ChangeFact<'_>> {
    with_withheld(verdicts, &[], &[])
}

/// Beside figures of September and of the year before, and with dimensions that have withheld figures.
fn with_withheld<'a>(
    verdicts: &'a [Verdict],
    earlier: &'a [Verdict],
    withheld: &[&'static str],
) -> Vec<ChangeFact<'a>> {
    let found = |key: &Key, against: &str| {
        let is_it =
            |of: &&Verdict| (&of.key.dimension, &of.key.segment, of.key.kpi) == (&key.dimension, &key.segment, key.kpi);
        earlier.iter().find(is_it).filter(|_| matches!(against, "2026-09" | "2025-10"))
    };
    changes(verdicts, Beside { earlier: &found, withheld: &|_, _| withheld.iter().copied().collect() })
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
    assert_eq!(facts.iter().map(|fact| fact.verdict.key.kpi).collect::<Vec<_>>(), ["fcr", "customer_retention_rate"]);
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
    let alone: Vec<&str> =
        facts.iter().filter(|f| f.verdict.key.dimension == "plan").map(|f| f.verdict.key.segment.as_str()).collect();
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
    let cases = [(true, "North", 7.5 / 13.75), (false, "South", 6.25 / 13.75)].map(|(real, driver, part)| {
        let verdicts = [
            verdict("fcr", ("total", "total"), 400, 70.0, 56.25, true),
            verdict("fcr", ("region", "North"), 100, 80.0, 60.0, real),
            verdict("fcr", ("region", "South"), 300, 60.0, 55.0, true),
        ];
        (verdicts, driver, part)
    });
    for (verdicts, driver, part) in &cases {
        let facts = with_withheld(verdicts, &earlier, &[]);
        assert_eq!(segments(&facts[0]), [*driver]);
        assert!((facts[0].drivers[0].explains - part).abs() < 1e-12);
    }
}

/// CSAT of 1 000 falls from 8 to 7. Sul has 600: where it falls to 7.6333 it explains 0.6 × 0.3667 = 22 %, and the
/// withheld ones 78 %; where it falls to 7, 60 % against 40 %; to 7.1667, 50 % against as much.
#[test]
fn a_driver_explains_at_least_what_is_withheld() {
    for (to, named) in [(8.0 - 0.22 / 0.6, None), (7.0, Some(0.6)), (8.0 - 0.5 / 0.6, Some(0.5))] {
        let verdicts = [
            verdict("csat", ("total", "total"), 1000, 8.0, 7.0, true),
            verdict("csat", ("region", "Sul"), 600, 8.0, to, true),
        ];
        let facts = with_withheld(&verdicts, &[], &["region"]);
        assert_eq!(segments(&facts[0]), named.map(|_| "Sul").into_iter().collect::<Vec<_>>(), "{to}");
        assert_eq!(facts[0].hides_driver, named.is_none());
        if let Some(part) = named {
            assert!((facts[0].drivers[0].explains - part).abs() < 1e-9);
        }
        // With nothing withheld Sul would be all that there is.
        assert!((alone(&verdicts)[0].drivers[0].explains - (8.0 - to)).abs() < 1e-9);
    }
}

/// All plans are shown, Pro explains 0.6 × 1 of 1. Of the regions one is shown that explains 22 %: those withheld, with
/// 78 %, may have one that explains more than Pro. So may a dimension of which nothing is shown.
#[test]
fn what_is_withheld_of_one_dimension_counts_beside_the_drivers_of_another() {
    let mut verdicts = vec![
        verdict("csat", ("total", "total"), 1000, 8.0, 7.0, true),
        verdict("csat", ("plan", "Pro"), 600, 8.0, 7.0, true),
        verdict("csat", ("plan", "Free"), 400, 8.0, 7.0, false),
        verdict("csat", ("region", "Sul"), 600, 8.0, 8.0 - 0.22 / 0.6, false),
    ];
    assert_eq!(segments(&alone(&verdicts)[0]), ["Pro"]);
    assert!(with_withheld(&verdicts, &[], &["region"])[0].hides_driver);
    verdicts.truncate(3);
    assert!(with_withheld(&verdicts, &[], &["region"])[0].hides_driver);
}

/// Before: North 100 at 80, South 100 at 60, East, which is withheld, 200 at 70: 70 of 400. Now: 100 at 60, 300 at 55, 200
/// at 70: 60.8333 of 600, 9.1667 less. North 1/6 (60 − 70) − 1/4 (80 − 70) = −4.1667, five elevenths; South
/// 1/2 (55 − 70) − 1/4 (60 − 70) = −5, six elevenths; nothing is left for East.
#[test]
fn beside_withheld_segments_weights_are_of_the_whole_then_and_now() {
    let earlier = [
        verdict("fcr", ("total", "total"), 400, 70.0, 70.0, false),
        verdict("fcr", ("region", "North"), 100, 80.0, 80.0, false),
        verdict("fcr", ("region", "South"), 100, 60.0, 60.0, false),
    ];
    let verdicts = [
        verdict("fcr", ("total", "total"), 600, 70.0, 36_500.0 / 600.0, true),
        verdict("fcr", ("region", "North"), 100, 80.0, 60.0, true),
        verdict("fcr", ("region", "South"), 300, 60.0, 55.0, true),
    ];
    let facts = with_withheld(&verdicts, &earlier, &["region"]);
    assert_eq!(segments(&facts[0]), ["South"]);
    assert!((facts[0].drivers[0].explains - 6.0 / 11.0).abs() < 1e-12);
}

/// Rows that stand in two segments: 700 and 600 of 1 000. What is left for the withheld ones cannot be told.
#[test]
fn where_segments_are_more_than_the_whole_none_is_named_beside_withheld_ones() {
    let verdicts = [
        verdict("fcr", ("total", "total"), 1000, 50.0, 60.0, true),
        verdict("fcr", ("theme", "Price"), 700, 50.0, 60.0, true),
        verdict("fcr", ("theme", "Speed"), 600, 50.0, 60.0, true),
    ];
    assert_eq!(segments(&alone(&verdicts)[0]), ["Price"]);
    let facts = with_withheld(&verdicts, &[], &["theme"]);
    assert!(facts[0].drivers.is_empty() && facts[0].hides_driver);
}

/// On the year before Norte fell by 30 and weighs half: 15 of 12; Sul rose. On September neither moved in earnest.
#[test]
fn a_change_on_the_year_before_has_its_own_drivers() {
    let since = |segment: &str, place: &str, to: f64, before: f64, real: bool| {
        with(verdict("csat", (place, segment), if place == "total" { 400 } else { 200 }, to, to, false), |v| {
            v.year_before = Some(change("2025-10", before, to, Some(real)));
        })
    };
    let verdicts = [
        since("total", "total", 58.0, 70.0, true),
        since("Norte", "region", 40.0, 70.0, true),
        since("Sul", "region", 76.0, 70.0, true),
    ];
    let facts = alone(&verdicts);
    assert_eq!((facts.len(), facts[0].baseline), (1, Baseline::YearBefore));
    assert_eq!(segments(&facts[0]), ["Norte"]);
    assert!((facts[0].drivers[0].explains - 15.0 / 12.0).abs() < 1e-12);
    assert_eq!(facts[0].drivers[0].change.against.as_str(), "2025-10");
}

#[test]
fn a_segment_is_told_of_ten_units_now_and_before() {
    for (now, before, is_told) in [(10, 10, true), (9, 10, false), (10, 9, false)] {
        let earlier = [verdict("fcr", ("plan", "Pro"), before, 50.0, 50.0, false)];
        let alone = [verdict("fcr", ("plan", "Pro"), now, 50.0, 90.0, true)];
        assert_eq!(with_withheld(&alone, &earlier, &[]).len(), usize::from(is_told));
        let [pro] = alone;
        let driven = [verdict("fcr", ("total", "total"), 100, 50.0, 60.0, true), pro];
        assert_eq!(with_withheld(&driven, &earlier, &[])[0].drivers.len(), usize::from(is_told));
    }
}
