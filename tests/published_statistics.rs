//! Survival and intervals against tables printed elsewhere: `tests/outside/km_examples`, `tests/outside/ci_examples`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that fails shows what it met")]

use std::collections::BTreeMap;
use std::path::Path;

use farol::stats::interval::{self, Interval};
use farol::stats::moments::Moments;
use farol::stats::survival::Curve;

/// A row of an `expected.csv`, or of any table read by name.
type Row = BTreeMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside").join(file);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let named = |record: csv::StringRecord| {
        header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| named(record.unwrap())).collect()
}

/// Compares values, and keeps the largest deviation of each metric for the one who reads the test's output.
#[derive(Default)]
struct Deviations {
    largest: BTreeMap<String, (f64, usize)>,
    wrong: Vec<String>,
}

impl Deviations {
    fn compare(&mut self, metric: &str, what: &str, got: Option<f64>, expected: Option<f64>, tolerance: f64) {
        let deviation = match (got, expected) {
            (Some(got), Some(expected)) => (got - expected).abs(),
            (None, None) => 0.0,
            _ => f64::INFINITY,
        };
        let entry = self.largest.entry(metric.to_owned()).or_default();
        *entry = (entry.0.max(deviation), entry.1 + 1);
        // Printed numbers are rounded: half a unit of their last place lies within the tolerance, not beside it.
        if deviation > tolerance * (1.0 + 1e-9) + 1e-12 {
            self.wrong.push(format!("{metric} {what}: {got:?} is not {expected:?}"));
        }
    }

    fn conclude(self, at_least: usize) {
        for (metric, (deviation, compared)) in &self.largest {
            println!("{metric}: {compared} values, largest deviation {deviation:.2e}");
        }
        let compared: usize = self.largest.values().map(|(_, compared)| compared).sum();
        println!("compared in all: {compared}");
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
        assert!(compared >= at_least, "only {compared} values compared");
    }
}

fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|value: &f64| value.is_finite())
}

#[expect(clippy::cast_possible_truncation, reason = "times of these sets are whole")]
fn time(cell: &str) -> i64 {
    let time: f64 = cell.parse().unwrap();
    assert!(time.fract().abs() < f64::EPSILON, "{cell}");
    time as i64
}

/// The curve of one group, or of all, and its longest time over all groups of the set.
fn curve(set: &str, group: &str) -> (Curve, i64) {
    let (mut ended, mut censored, mut longest) = (BTreeMap::new(), BTreeMap::new(), 0);
    for row in rows(&format!("km_examples/{set}.csv")) {
        let at = time(&row["time"]);
        longest = longest.max(at);
        if group == "all" || row["group"] == group {
            let histogram = if row["status"] == "1" { &mut ended } else { &mut censored };
            *histogram.entry(at).or_insert(0_u64) += 1;
        }
    }
    let pairs = |histogram: BTreeMap<i64, u64>| histogram.into_iter().collect::<Vec<_>>();
    (Curve::new(&pairs(ended), &pairs(censored)).unwrap(), longest)
}

#[test]
fn every_row_of_rs_survival_tables_is_met() {
    let mut seen = Deviations::default();
    for row in rows("km_examples/R_survfit_tables.csv") {
        let (curve, _) = curve(&row["data"], &row["group"]);
        let at = time(&row["time"]);
        let what = format!("{}/{} at {at}", row["data"], row["group"]);
        let survival = curve.at(at, 0.95).unwrap();
        seen.compare("S", &what, Some(survival.value), number(&row["surv"]), 1e-12);
        let error = survival.standard_error;
        // R gives NaN once nobody is left.
        seen.compare("Greenwood error", &what, error, number(&row["se"]), 1e-12);
        if let Some(step) = curve.steps().iter().find(|step| step.time == at) {
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let counts = (step.at_risk as f64, step.ended as f64);
            seen.compare("at risk", &what, Some(counts.0), number(&row["n.risk"]), 0.0);
            seen.compare("ended", &what, Some(counts.1), number(&row["n.event"]), 0.0);
        } else {
            seen.compare("ended", &what, Some(0.0), number(&row["n.event"]), 0.0);
        }
        if row["conf"] == "log-log" {
            seen.compare("lower limit", &what, survival.limits.map(|limits| limits.low), number(&row["lo"]), 1e-12);
            seen.compare("upper limit", &what, survival.limits.map(|limits| limits.high), number(&row["hi"]), 1e-12);
        }
    }
    seen.conclude(4000);
}

/// `km_S(12)_lo conf.type=log-log` → 12.
fn time_in(metric: &str) -> i64 {
    let (_, rest) = metric.split_once('(').unwrap();
    time(rest.split_once(')').unwrap().0)
}

fn is_left_out(metric: &str, segment: &str) -> bool {
    metric.ends_with("conf.type=log")
        || metric.ends_with("conf.type=plain")
        || metric.starts_with("logrank")
        || metric.contains("entry")
        || segment == "macs"
}

#[test]
fn printed_survival_values_are_met() {
    let mut seen = Deviations::default();
    for row in rows("km_examples/expected.csv") {
        let (metric, segment) = (row["metric"].as_str(), row["segment"].as_str());
        if is_left_out(metric, segment) {
            continue;
        }
        let (set, group) = segment.split_once('/').unwrap();
        let (curve, longest) = curve(set, group);
        let expected = number(&row["value"]);
        let tolerance = number(&row["tolerance"]).unwrap();
        let limit = |of: fn(Interval) -> f64| curve.at(time_in(metric), 0.95).and_then(|s| s.limits).map(of);
        let (name, got) = match metric {
            "km_median" => ("median", curve.median()),
            "km_median_lo conf.type=log-log" => ("median, lower", curve.median_lower_limit(0.95)),
            "km_median_hi conf.type=log-log" => ("median, upper", curve.median_upper_limit(0.95)),
            _ => ("", None),
        };
        #[expect(clippy::cast_precision_loss, reason = "times of these sets are small")]
        let got = got.map(|time| time as f64);
        if (metric, segment) == ("km_median", "veteran/trt2") {
            // R prints the midpoint of 52 and 53, between which S is exactly ½.
            seen.compare("median, where R prints a midpoint", segment, got, Some(52.0), 0.0);
        } else if !name.is_empty() {
            seen.compare(name, segment, got, expected, tolerance);
        } else if metric == "km_median_ci" {
            let limits = curve.median_limits(0.95).unwrap();
            assert_eq!(format!("{:.1};{:.1}", limits.low, limits.high), row["value"], "{segment}");
        } else if metric.starts_with("restricted_mean") {
            seen.compare("restricted mean", segment, Some(curve.restricted_mean(longest).value), expected, tolerance);
        } else if metric.starts_with("km_se") {
            let error = curve.at(time_in(metric), 0.95).and_then(|survival| survival.standard_error);
            seen.compare("Greenwood error", &format!("{segment} {metric}"), error, expected, tolerance);
        } else if metric.ends_with("_lo conf.type=log-log") {
            seen.compare("lower limit", &format!("{segment} {metric}"), limit(|l| l.low), expected, tolerance);
        } else if metric.ends_with("_hi conf.type=log-log") {
            seen.compare("upper limit", &format!("{segment} {metric}"), limit(|l| l.high), expected, tolerance);
        } else if metric.starts_with("km_S(") && metric.ends_with(')') {
            let survival = curve.at(time_in(metric), 0.95).map(|survival| survival.value);
            seen.compare("S", &format!("{segment} {metric}"), survival, expected, tolerance);
        } else {
            panic!("no rule for the row {metric} of {segment}");
        }
    }
    seen.conclude(240);
}

/// R's `print(survfit(Surv(time, status) ~ x, data = aml), print.rmean = TRUE)`: 52.6 (19.83) and 22.7 (4.18), to 161.
#[test]
fn the_error_of_a_restricted_mean_is_the_one_that_r_prints() {
    for (group, mean, error) in [("Maintained", 52.6, 19.83), ("Nonmaintained", 22.7, 4.18)] {
        let restricted = curve("aml", group).0.restricted_mean(161);
        assert!((restricted.value - mean).abs() < 0.05, "{group}: {}", restricted.value);
        assert!((restricted.variance.sqrt() - error).abs() < 0.005, "{group}: {}", restricted.variance.sqrt());
    }
}

fn counts(text: &str) -> Vec<u64> {
    text.split(['/', ',', ' ']).filter_map(|part| part.parse().ok()).collect()
}

/// (promoters, passives, detractors) of `scores=0 7 9`, `13/15/8`, `8 promoters,9 passives,22 detractors`.
fn answers(segment: &str) -> (u64, u64, u64) {
    if let Some(scores) = segment.strip_prefix("scores=") {
        let of = |range: std::ops::RangeInclusive<u64>| {
            counts(scores).iter().filter(|&score| range.contains(score)).count() as u64
        };
        return (of(9..=10), of(7..=8), of(0..=6));
    }
    let numbers = counts(segment);
    (numbers[0], numbers[1], numbers[2])
}

#[test]
fn printed_intervals_are_met() {
    let mut seen = Deviations::default();
    let mut left_out = BTreeMap::new();
    for row in rows("ci_examples/expected.csv") {
        let (metric, segment) = (row["metric"].as_str(), row["segment"].as_str());
        let expected = number(&row["value"]);
        let tolerance = number(&row["tolerance"]).unwrap();
        let confidence = if metric.contains("90") || row["period"] == "90" { 0.90 } else { 0.95 };
        if metric.starts_with("wilson") {
            let numbers = counts(segment);
            let limits = interval::wilson(numbers[0], numbers[1], confidence);
            let got = limits.map(|limits| if metric.ends_with("lo") { limits.low } else { limits.high });
            seen.compare("Wilson", &format!("{metric} {segment}"), got, expected, tolerance);
        } else if metric.starts_with("nps_adjwald") {
            let (promoters, passives, detractors) = answers(segment);
            let score = interval::net_score(promoters, passives, detractors).unwrap();
            let limits = interval::normal(score.adjusted, score.standard_error, confidence).unwrap();
            let got = match metric {
                "nps_adjwald_center" => score.adjusted,
                _ if metric.ends_with("lo") => limits.low,
                _ => limits.high,
            };
            seen.compare("adjusted Wald", &format!("{metric} {segment}"), Some(100.0 * got), expected, tolerance);
        } else if metric == "csat mean 95% half width (Student t)" {
            // Five answers that sum to 15, their squares to 55.
            let limits = interval::mean(&Moments { n: 5, sum: 15, squares: 55 }, 0.95).unwrap();
            let half = (limits.high - limits.low) / 2.0;
            seen.compare("Student half width", segment, Some(half), expected, tolerance);
        } else {
            *left_out.entry(metric.to_owned()).or_insert(0) += 1;
        }
    }
    println!("left out (see the README beside the data): {left_out:?}");
    seen.conclude(80);
}
