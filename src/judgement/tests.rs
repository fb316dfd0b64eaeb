//! Judging, on numbers that can be checked by hand.

use std::path::Path;

use chrono::NaiveDate;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};

use super::*;
use crate::calendar::Grain;
use crate::config::{Alerts, Band, Target};
use crate::kpi::catalogue::definition;
use crate::kpi::testing::{choices, customers, mrr, nps_counts, read};
use crate::kpi::{Interval, Sampling};
use crate::tally::Tallies;

const CALENDAR: Calendar = Calendar { zone: chrono_tz::UTC, fiscal_year_start: 1 };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn period(id: &str) -> Period {
    CALENDAR.parse(id).unwrap()
}

/// A figure of the total.
fn figure(period_id: &str, kpi: &str, reading: Reading) -> Figure {
    segment_figure(period_id, kpi, ("total", "total"), reading)
}

fn segment_figure(period_id: &str, kpi: &str, (dimension, segment): (&str, &str), reading: Reading) -> Figure {
    let kpi = definition(kpi).unwrap().id;
    let (dimension, segment) = (dimension.to_owned(), segment.to_owned());
    Figure {
        key: Key { period: period(period_id), dimension: dimension.into(), segment: segment.into(), kpi },
        reading,
    }
}

/// A value without interval or sampling.
fn plain(value: f64) -> Reading {
    Reading {
        value: Ok(value),
        n: 1,
        numerator: None,
        denominator: None,
        interval: None,
        sampling: Sampling::None,
        remark: None,
    }
}

fn churn(lost: u64, opening: u64) -> Reading {
    read(definition("customer_churn_rate").unwrap(), &customers(opening, lost), &choices())
}

/// Judges on 5 November 2026, two days of lag.
fn judged(figures: &[Figure], shown: &[&str], benchmarks: &BTreeMap<String, Benchmark>) -> Vec<Verdict> {
    judged_on("2026-11-05", figures, shown, benchmarks)
}

fn judged_on(
    today: &str,
    figures: &[Figure],
    shown: &[&str],
    benchmarks: &BTreeMap<String, Benchmark>,
) -> Vec<Verdict> {
    judged_without(&Keys::default(), today, figures, shown, benchmarks)
}

/// Judges for a reader who may not see some figures.
fn judged_without(
    withheld: &Keys,
    today: &str,
    figures: &[Figure],
    shown: &[&str],
    benchmarks: &BTreeMap<String, Benchmark>,
) -> Vec<Verdict> {
    let choices = choices();
    let as_of = CALENDAR.midnight(day(today));
    let setting =
        Setting { calendar: &CALENDAR, as_of, close_lag_days: 2, choices: &choices, withheld, first_rows: None };
    let shown: Vec<Period> = shown.iter().map(|id| period(id)).collect();
    judge(figures, &shown, benchmarks, &setting)
}

fn nps_bands() -> Vec<Band> {
    let band = |from, to, id: &str, status| Band { from, to, id: id.to_owned(), status, label: BTreeMap::new() };
    vec![
        band(-100.0, 0.0, "poor", Status::Red),
        band(0.0, 50.0, "fair", Status::Yellow),
        band(50.0, 75.0, "very_good", Status::Green),
        band(75.0, 100.0, "excellent", Status::Green),
    ]
}

fn benchmarks(kpi: &str, benchmark: Benchmark) -> BTreeMap<String, Benchmark> {
    BTreeMap::from([(kpi.to_owned(), benchmark)])
}

fn monthly() -> Benchmark {
    Benchmark { per: Some(Grain::Month), ..Benchmark::default() }
}

fn band_of(value: f64) -> Option<String> {
    let benchmarks = benchmarks("nps", Benchmark { bands: nps_bands(), ..monthly() });
    judged(&[figure("2026-10", "nps", plain(value))], &["2026-10"], &benchmarks)[0].band.clone()
}

#[test]
fn bands_judge_the_unrounded_value() {
    for (value, id) in [
        (-100.0, "poor"),
        (-3.0, "poor"),
        (-0.000_001, "poor"),
        (0.0, "fair"),
        (49.999, "fair"),
        (50.0, "very_good"),
        (74.5, "very_good"),
        (74.96, "very_good"),
        (75.0, "excellent"),
        (100.0, "excellent"),
    ] {
        assert_eq!(band_of(value).as_deref(), Some(id), "{value}");
    }
}

#[test]
fn what_is_outside_or_not_a_number_has_no_band() {
    for value in [-100.1, 100.1, f64::NAN, f64::INFINITY] {
        assert_eq!(band_of(value), None, "{value}");
    }
}

/// The cases NB-… of `tests/outside/hand_cases/worked_numbers.csv`, with the names that the file gives the bands.
#[test]
fn every_worked_band_comes_out() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/hand_cases/worked_numbers.csv");
    let mut cases = 0;
    for record in csv::Reader::from_path(path).unwrap().records().map(Result::unwrap) {
        if &record[0] != "nps_band" {
            continue;
        }
        let value = record[2].strip_prefix("nps=").unwrap();
        let band = value.parse().ok().and_then(band_of);
        let name = match band.as_deref() {
            Some("excellent") => "Excelente",
            Some("very_good") => "Muito bom",
            Some("fair") => "Razoavel",
            Some("poor") => "(negative band)",
            _ => "sem dados",
        };
        assert_eq!(name, &record[4], "{}", &record[1]);
        cases += 1;
    }
    assert_eq!(cases, 8);
}

#[test]
fn a_benchmark_holds_for_its_grain_alone() {
    let target = Target { from: day("2026-01-01"), total: Some(55.0), segments: BTreeMap::new() };
    let benchmark = Benchmark {
        bands: nps_bands(),
        targets: vec![target],
        alert: Alerts { below: Some(90.0), ..Alerts::default() },
        ..monthly()
    };
    let figures = [figure("2026-10", "nps", plain(60.0)), figure("2026-Q3", "nps", plain(60.0))];
    let verdicts = judged(&figures, &["2026-10", "2026-Q3"], &benchmarks("nps", benchmark));
    let of = |id: &str| verdicts.iter().find(|verdict| verdict.key.period.id == id).unwrap();
    let (month, quarter) = (of("2026-10"), of("2026-Q3"));
    assert_eq!((month.status, month.target, month.target_met), (Some(Status::Green), Some(55.0), Some(TargetMet::Yes)));
    assert_eq!(month.alerts, [Alert::Below(90.0)]);
    assert_eq!((quarter.status, quarter.target, quarter.target_met), (None, None, None));
    assert!(quarter.alerts.is_empty());
}

#[test]
fn a_backfill_is_judged_by_the_target_of_its_own_time_and_segment() {
    let plan =
        |segment: &str, target| BTreeMap::from([("plan".to_owned(), BTreeMap::from([(segment.to_owned(), target)]))]);
    let targets = vec![
        Target { from: day("2026-07-01"), total: Some(60.0), segments: BTreeMap::new() },
        Target { from: day("2026-01-01"), total: Some(55.0), segments: plan("Enterprise", 65.0) },
    ];
    let target = |id: &str, dimension: &str, segment: &str| {
        let key = segment_figure(id, "nps", (dimension, segment), plain(0.0)).key;
        benchmark::target(&targets, &key)
    };
    assert_eq!(target("2025-12", "total", "total"), None);
    assert_eq!(target("2026-01", "total", "total"), Some(55.0));
    assert_eq!(target("2026-06", "total", "total"), Some(55.0));
    assert_eq!(target("2026-07", "total", "total"), Some(60.0));
    assert_eq!(target("2026-03", "plan", "Enterprise"), Some(65.0));
    // July's target of the total says nothing of Enterprise: its own still holds.
    assert_eq!(target("2026-08", "plan", "Enterprise"), Some(65.0));
    assert_eq!(target("2026-03", "plan", "Basic"), None);
    assert_eq!(target("2026-03", "region", "Enterprise"), None);
}

/// A sum of a part is judged by the part's own target or not at all; a rate falls back on the company's.
#[test]
fn a_part_of_the_customers_is_judged_by_its_own_target() {
    let targets = || {
        let of = |dimension: &str, segment: &str, target| {
            (dimension.to_owned(), BTreeMap::from([(segment.to_owned(), target)]))
        };
        let segments = BTreeMap::from([of("sector", "S01", 1.0), of("plan×sector", "Pro×S01", 2.0)]);
        vec![Target { from: day("2026-01-01"), total: Some(500.0), segments }]
    };
    let benchmark = || Benchmark { bands: nps_bands(), targets: targets(), ..monthly() };
    let all = BTreeMap::from([("mrr_closing".to_owned(), benchmark()), ("nrr".to_owned(), benchmark())]);
    let part = |pairs: &[(&str, &str)]| {
        let part = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let own = for_part(&all, &part);
        ["mrr_closing", "nrr"].map(|kpi| (own[kpi].targets[0].total, own[kpi].bands.len()))
    };
    assert_eq!(part(&[]), [(Some(500.0), 4), (Some(500.0), 4)]);
    assert_eq!(part(&[("sector", "S01")]), [(Some(1.0), 0), (Some(1.0), 4)]);
    assert_eq!(part(&[("sector", "S02")]), [(None, 0), (Some(500.0), 4)]);
    assert_eq!(part(&[("sector", "S01"), ("plan", "Pro")]), [(Some(2.0), 0), (Some(2.0), 4)]);
    // Less than the whole sector: the sector's target is not its own.
    assert_eq!(part(&[("sector", "S01"), ("plan", "Basic")]), [(None, 0), (Some(500.0), 4)]);
}

#[test]
fn a_target_is_met_exactly_at_it_unless_the_interval_holds_it() {
    let met = |value, interval: Option<(f64, f64)>, better| {
        let interval = interval.map(|(low, high)| Interval { low, high });
        benchmark::target_met(value, interval, 50.0, better)
    };
    assert_eq!(met(50.0, None, Better::Higher), Some(TargetMet::Yes));
    assert_eq!(met(49.999_999, None, Better::Higher), Some(TargetMet::No));
    assert_eq!(met(50.0, None, Better::Lower), Some(TargetMet::Yes));
    assert_eq!(met(50.000_001, None, Better::Lower), Some(TargetMet::No));
    assert_eq!(met(60.0, Some((51.0, 69.0)), Better::Higher), Some(TargetMet::Yes));
    assert_eq!(met(60.0, Some((51.0, 69.0)), Better::Lower), Some(TargetMet::No));
    assert_eq!(met(60.0, Some((49.0, 69.0)), Better::Higher), Some(TargetMet::CannotTell));
    assert_eq!(met(50.0, Some((40.0, 60.0)), Better::Higher), Some(TargetMet::CannotTell));
    assert_eq!(met(60.0, None, Better::Neutral), None);
}

/// 60 against 70: a provisional figure is held to no target until its window has passed; its band shows where it stands.
#[test]
fn what_may_still_change_is_held_to_no_target() {
    let aim = Target { from: day("2026-01-01"), total: Some(70.0), segments: BTreeMap::new() };
    let bands =
        vec![Band { from: 0.0, to: 100.0, id: "any".to_owned(), status: Status::Yellow, label: BTreeMap::new() }];
    let benchmarks = benchmarks("fcr", Benchmark { bands, targets: vec![aim], ..monthly() });
    let on = |today| judged_on(today, &[figure("2026-10", "fcr", plain(60.0))], &["2026-10"], &benchmarks).remove(0);
    let (provisional, settled) = (on("2026-11-07"), on("2026-11-08"));
    assert_eq!((provisional.target, provisional.target_met), (Some(70.0), None));
    assert_eq!(provisional.status, Some(Status::Yellow));
    assert_eq!(settled.target_met, Some(TargetMet::No));
}

#[test]
fn a_figure_is_final_when_what_it_waits_for_has_passed() {
    let maturity = |today: &str, kpi: &str| {
        judged_on(today, &[figure("2026-10", kpi, plain(1.0))], &["2026-10"], &BTreeMap::new())[0].maturity
    };
    assert_eq!(maturity("2026-11-02", "nps"), Maturity::OpenPeriod);
    assert_eq!(maturity("2026-11-03", "nps"), Maturity::Final);
    assert_eq!(maturity("2026-11-14", "nps_response_rate"), Maturity::Provisional);
    assert_eq!(maturity("2026-11-15", "nps_response_rate"), Maturity::Final);
    assert_eq!(maturity("2026-11-07", "fcr"), Maturity::Provisional);
    assert_eq!(maturity("2026-11-08", "fcr"), Maturity::Final);
    assert_eq!(maturity("2026-11-30", "conversion_rate"), Maturity::Immature);
    assert_eq!(maturity("2026-12-01", "conversion_rate"), Maturity::Final);
    assert_eq!(maturity("2026-11-30", "onboarding_completion"), Maturity::Immature);
    assert_eq!(maturity("2026-12-01", "onboarding_completion"), Maturity::Final);
}

#[test]
fn an_open_period_is_labelled_and_not_judged() {
    let benchmark = Benchmark {
        bands: nps_bands(),
        targets: vec![Target { from: day("2026-01-01"), total: Some(55.0), segments: BTreeMap::new() }],
        alert: Alerts { below: Some(100.0), drop_of: Some(1.0), ..Alerts::default() },
        ..monthly()
    };
    let figures = [figure("2026-10", "nps", plain(80.0)), figure("2026-11", "nps", plain(20.0))];
    let verdict = judged(&figures, &["2026-11"], &benchmarks("nps", benchmark)).remove(0);
    assert_eq!(verdict.maturity, Maturity::OpenPeriod);
    assert_eq!((verdict.band, verdict.status, verdict.target_met), (None, None, None));
    assert_eq!((verdict.previous, verdict.year_before, verdict.alerts), (None, None, vec![]));
}

/// 60 of 200 after 20 of 200: z = 0.2 / √(0.2 · 0.8 · 2/200) = 5. 22 of 200: z = 0.01 / √(0.105 · 0.895 / 100) = 0.33.
#[test]
fn a_change_is_real_if_a_test_says_so() {
    let after = |lost| {
        let figures = [
            figure("2026-09", "customer_churn_rate", churn(20, 200)),
            figure("2026-10", "customer_churn_rate", churn(lost, 200)),
        ];
        judged(&figures, &["2026-10"], &BTreeMap::new()).remove(0).previous.unwrap()
    };
    let jump = after(60);
    assert_eq!((jump.against.as_str(), jump.value, jump.difference), ("2026-09", 10.0, 20.0));
    assert!((jump.p_value.unwrap() - 5.733e-7).abs() < 1e-9, "{jump:?}");
    assert_eq!(jump.significant, Some(true));
    assert_eq!(after(22).significant, Some(false));
}

/// z = 2.1, p = 0.036: real by itself, and one of twenty such comparisons by chance.
#[test]
fn many_comparisons_ask_for_more() {
    let with_error = |estimate| Reading {
        sampling: Sampling::Normal { estimate, standard_error: 0.5_f64.sqrt() },
        ..plain(estimate)
    };
    let changed = |quiet_segments: usize| {
        let mut figures =
            vec![figure("2026-09", "nrr", with_error(100.0)), figure("2026-10", "nrr", with_error(102.1))];
        for segment in 0..quiet_segments {
            let name = format!("segment {segment}");
            figures.push(segment_figure("2026-09", "nrr", ("plan", &name), with_error(100.0)));
            figures.push(segment_figure("2026-10", "nrr", ("plan", &name), with_error(100.0)));
        }
        let verdicts = judged(&figures, &["2026-10"], &BTreeMap::new());
        let total = verdicts.iter().find(|verdict| verdict.key.dimension == "total").unwrap();
        total.previous.clone().unwrap().significant
    };
    assert_eq!(changed(0), Some(true));
    assert_eq!(changed(19), Some(false));
}

/// As above, but the reader sees none of the nineteen segments: what it does not see does not count against what it does.
#[test]
fn a_reader_is_told_by_what_it_sees() {
    let with_error = |estimate| Reading {
        sampling: Sampling::Normal { estimate, standard_error: 0.5_f64.sqrt() },
        ..plain(estimate)
    };
    let mut figures = vec![figure("2026-09", "nps", with_error(10.0)), figure("2026-10", "nps", with_error(12.1))];
    let mut withheld = Keys::default();
    for segment in 0..19 {
        let name = format!("segment {segment}");
        figures.push(segment_figure("2026-09", "nps", ("plan", &name), with_error(10.0)));
        figures.push(segment_figure("2026-10", "nps", ("plan", &name), with_error(10.0)));
        withheld.extend(figures.last().map(|figure| figure.key.clone()));
    }
    let significant = |withheld: &Keys| {
        let verdicts = judged_without(withheld, "2026-11-05", &figures, &["2026-10"], &BTreeMap::new());
        let total = verdicts.iter().find(|verdict| verdict.key.dimension == "total").unwrap();
        total.previous.clone().unwrap().significant
    };
    assert_eq!(significant(&Keys::default()), Some(false));
    assert_eq!(significant(&withheld), Some(true));
}

#[test]
fn of_what_is_withheld_nothing_is_left() {
    let benchmark = Benchmark {
        bands: nps_bands(),
        targets: vec![Target { from: day("2026-01-01"), total: Some(55.0), segments: BTreeMap::new() }],
        alert: Alerts { below: Some(100.0), drop_of: Some(1.0), ..Alerts::default() },
        ..monthly()
    };
    let reading =
        |promoters, detractors| read(definition("nps").unwrap(), &nps_counts(promoters, 0, detractors), &choices());
    let figures = [figure("2026-09", "nps", reading(1, 3)), figure("2026-10", "nps", reading(900, 100))];
    let benchmarks = benchmarks("nps", benchmark);
    let judged = |withheld: &str, shown: &str| {
        let withheld = Keys::from_iter([figure(withheld, "nps", plain(0.0)).key]);
        judged_without(&withheld, "2026-11-05", &figures, &[shown], &benchmarks).remove(0)
    };
    let hidden = judged("2026-10", "2026-10");
    assert!(hidden.reading.value.is_err());
    assert_eq!((hidden.reading.n, hidden.reading.numerator, hidden.reading.denominator), (0, None, None));
    assert_eq!((hidden.reading.interval, hidden.reading.sampling), (None, Sampling::None));
    assert_eq!((hidden.band, hidden.status, hidden.target, hidden.target_met), (None, None, None, None));
    assert_eq!((hidden.previous, hidden.year_before, hidden.alerts), (None, None, vec![]));
    // September is withheld: October is shown, and not as a change since September.
    let shown = judged("2026-09", "2026-10");
    assert_eq!((shown.reading.value, shown.previous), (Ok(80.0), None));
    assert_eq!(shown.target_met, Some(TargetMet::Yes));
}

/// Draws one month of a segment in which nothing ever changes: one reading of each of six kinds.
fn quiet_month(random: &mut ChaCha8Rng, choices: &Choices) -> [(&'static str, Reading); 6] {
    let count = |random: &mut ChaCha8Rng, n: u64, share: f64| Binomial::new(n, share).unwrap().sample(random);
    let size = |count: u64| usize::try_from(count).unwrap();
    let of = |kpi: &str, tallies: &Tallies| {
        let definition = definition(kpi).unwrap();
        (definition.id, read(definition, tallies, choices))
    };
    // Churn of 4 % of 250 by the score test, leads of 3 % of 60 by Fisher's.
    let lost = count(random, 250, 0.04);
    let mut leads = Tallies::default();
    (leads.leads.created, leads.leads.converted) = (60, count(random, 60, 0.03));
    let promoters = count(random, 80, 0.45);
    let passives = count(random, 80 - promoters, 0.5);
    let mut satisfaction = Tallies::default();
    let mut left = 40;
    for (score, share) in [(10, 0.2), (9, 0.3), (8, 0.4), (6, 0.5), (3, 1.0)] {
        let of_score = count(random, left, share);
        (0..of_score).for_each(|_| satisfaction.loyalty.csat.add_one(score));
        left -= of_score;
    }
    // 100 customers of 48, 100 or 400 a month; a tenth of each leaves, a fifth of the others pays a quarter more.
    let mut revenue = Vec::new();
    for (customers, mrr) in [(50, 48), (35, 100), (15, 400)] {
        let gone = count(random, customers, 0.1);
        let grown = count(random, customers - gone, 0.2);
        revenue.extend(std::iter::repeat_n((mrr, 0), size(gone)));
        revenue.extend(std::iter::repeat_n((mrr, mrr / 4 * 5), size(grown)));
        revenue.extend(std::iter::repeat_n((mrr, mrr), size(customers - gone - grown)));
    }
    let mut asked = Tallies::default();
    (asked.loyalty.nps_sent, asked.loyalty.nps_answered) = (200, count(random, 200, 0.4));
    [
        of("customer_churn_rate", &customers(250, lost)),
        of("conversion_rate", &leads),
        of("nps", &nps_counts(size(promoters), size(passives), size(80 - promoters - passives))),
        of("csat", &satisfaction),
        of("nrr", &mrr(&revenue)),
        of("nps_response_rate", &asked),
    ]
}

/// A thousand reports of 40 segments and six figures each, judged when nothing waits any more: where nothing changes,
/// every finding is false, and the share of reports that have one is the false discovery rate.
#[test]
fn where_nothing_changes_one_report_in_twenty_at_most_says_so() {
    let mut random = ChaCha8Rng::seed_from_u64(20_261_105);
    let choices = choices();
    // Each report draws its months from these.
    let months: Vec<_> = (0..4000).map(|_| quiet_month(&mut random, &choices)).collect();
    let kpis = months[0].each_ref().map(|(kpi, _)| *kpi);
    let mut figures = Vec::new();
    for segment in 0..40 {
        for (month, kpi) in ["2026-06", "2026-07"].into_iter().flat_map(|month| kpis.map(|kpi| (month, kpi))) {
            figures.push(segment_figure(month, kpi, ("plan", &format!("segment {segment}")), plain(0.0)));
        }
    }
    let (mut tested, mut with_a_finding) = (0, 0);
    for _ in 0..REPORTS {
        for month in figures.chunks_mut(6) {
            let drawn = &months[random.random_range(0..months.len())];
            for (figure, (_, reading)) in month.iter_mut().zip(drawn) {
                figure.reading.clone_from(reading);
            }
        }
        let verdicts = judged(&figures, &["2026-07"], &BTreeMap::new());
        let found: Vec<bool> = verdicts.iter().filter_map(|verdict| verdict.previous.as_ref()?.significant).collect();
        tested += found.len();
        with_a_finding += u32::from(found.contains(&true));
    }
    println!("{tested} comparisons in {REPORTS} reports, {with_a_finding} with a false finding");
    assert_eq!(tested, 240 * REPORTS);
    assert!(f64::from(with_a_finding) <= 0.05 * 1000.0, "{with_a_finding}");
}

const REPORTS: usize = 1000;

#[test]
fn a_change_of_a_count_is_a_fact_and_can_alarm() {
    let benchmark =
        Benchmark { alert: Alerts { drop_of: Some(5.0), rise_of: Some(5.0), ..Alerts::default() }, ..monthly() };
    let verdict = |now| {
        let figures =
            [figure("2026-09", "customers_closing", plain(100.0)), figure("2026-10", "customers_closing", plain(now))];
        judged(&figures, &["2026-10"], &benchmarks("customers_closing", benchmark.clone())).remove(0)
    };
    assert_eq!(
        verdict(95.0).previous.as_ref().map(|change| (change.difference, change.significant)),
        Some((-5.0, None))
    );
    assert_eq!(verdict(95.0).alerts, [Alert::Drop(5.0)]);
    assert_eq!(verdict(96.0).alerts, []);
    assert_eq!(verdict(105.0).alerts, [Alert::Rise(5.0)]);
}

/// 10 points down on 20 answers is noise; on 2 000 it is not.
#[test]
fn an_alarm_for_a_fall_wants_a_real_fall() {
    let benchmark = Benchmark { alert: Alerts { drop_of: Some(10.0), ..Alerts::default() }, ..monthly() };
    let alerts = |times: usize| {
        let nps = |promoters, detractors| {
            let answers = nps_counts(promoters * times, 0, detractors * times);
            read(definition("nps").unwrap(), &answers, &choices())
        };
        let figures = [figure("2026-09", "nps", nps(12, 8)), figure("2026-10", "nps", nps(11, 9))];
        judged(&figures, &["2026-10"], &benchmarks("nps", benchmark.clone())).remove(0).alerts
    };
    assert_eq!(alerts(1), []);
    assert_eq!(alerts(100), [Alert::Drop(10.0)]);
}

#[test]
fn what_may_still_change_enters_no_test_and_sets_off_no_alarm_for_a_change() {
    let share = |kpi: &str, successes, trials| {
        let reading = Reading { sampling: Sampling::Proportion { successes, trials }, ..plain(100.0) };
        figure("2026-10", kpi, Reading { value: Ok(30.0), ..reading })
    };
    let before = |kpi: &str| {
        let sampling = Sampling::Proportion { successes: 800, trials: 1000 };
        figure("2026-09", kpi, Reading { sampling, ..plain(80.0) })
    };
    for (kpi, value_alert) in [("fcr", true), ("nps_response_rate", true), ("conversion_rate", false)] {
        let alert = Alerts { below: Some(40.0), drop_of: Some(5.0), ..Alerts::default() };
        let benchmarks = benchmarks(kpi, Benchmark { alert, ..monthly() });
        let figures = [before(kpi), share(kpi, 300, 1000)];
        let verdict = judged(&figures, &["2026-10"], &benchmarks).remove(0);
        let change = verdict.previous.unwrap();
        assert_eq!((change.difference, change.p_value, change.significant), (-50.0, None, None), "{kpi}");
        assert_eq!(verdict.alerts, if value_alert { vec![Alert::Below(40.0)] } else { vec![] }, "{kpi}");
    }
}

#[test]
fn a_sample_too_small_to_test_sets_off_no_alarm_for_a_change() {
    let few = |value| Reading { sampling: Sampling::Unknown, ..plain(value) };
    let benchmark = Benchmark { alert: Alerts { drop_of: Some(5.0), ..Alerts::default() }, ..monthly() };
    let figures = [figure("2026-09", "csat", few(9.0)), figure("2026-10", "csat", few(2.0))];
    let verdict = judged(&figures, &["2026-10"], &benchmarks("csat", benchmark)).remove(0);
    assert_eq!(verdict.previous.map(|change| (change.difference, change.significant)), Some((-7.0, None)));
    assert!(verdict.alerts.is_empty());
}

#[test]
fn a_year_is_compared_with_the_year_before_once() {
    let figures =
        [figure("2024", "customer_churn_rate", churn(20, 200)), figure("2025", "customer_churn_rate", churn(60, 200))];
    let verdict = judged(&figures, &["2025"], &BTreeMap::new()).remove(0);
    assert_eq!(verdict.previous, verdict.year_before);
    assert_eq!(verdict.previous.unwrap().significant, Some(true));
}

#[test]
fn windows_that_share_days_are_not_compared() {
    let figures: Vec<Figure> = ["2026-10.24m", "2025-10.24m", "2024-10.24m", "2026-10.3m", "2026-07.3m", "2025-10.3m"]
        .map(|id| figure(id, "customer_churn_rate", churn(20, 200)))
        .to_vec();
    let verdicts = judged(&figures, &["2026-10.24m", "2026-10.3m"], &BTreeMap::new());
    let against = |change: &Option<Change>| change.as_ref().map(|change| change.against.clone());
    assert_eq!(against(&verdicts[0].previous).as_deref(), Some("2024-10.24m"));
    assert_eq!(against(&verdicts[0].year_before), None);
    assert_eq!(against(&verdicts[1].previous).as_deref(), Some("2026-07.3m"));
    assert_eq!(against(&verdicts[1].year_before).as_deref(), Some("2025-10.3m"));
}

#[test]
fn every_figure_shown_has_a_verdict_in_the_order_of_keys() {
    let none = Reading { value: Err(crate::kpi::Undefined::NoDenominator), ..plain(0.0) };
    let figures = [
        segment_figure("2026-10", "nps", ("plan", "Pro"), plain(1.0)),
        figure("2026-10", "nps", none),
        figure("2026-09", "nps", plain(3.0)),
        figure("2026-08", "nps", plain(3.0)),
    ];
    let benchmarks = benchmarks("nps", Benchmark { bands: nps_bands(), ..monthly() });
    let verdicts = judged(&figures, &["2026-10", "2026-09"], &benchmarks);
    let keys: Vec<_> = verdicts.iter().map(|verdict| &verdict.key).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.is_sorted());
    let undefined = verdicts.iter().find(|verdict| verdict.reading.value.is_err()).unwrap();
    assert_eq!((&undefined.band, &undefined.target_met, &undefined.previous), (&None, &None, &None));
}
