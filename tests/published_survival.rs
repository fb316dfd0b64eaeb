//! Survival against tables printed elsewhere: `tests/outside/km_examples` and `tests/outside/telco`.
//!
//! farol gives limits on the log(−log) scale. Those on the two other scales follow from the same survival and the same
//! Greenwood error, and so do log-rank tests from the same numbers at risk; they are worked out here, to hold these
//! parts of the curve to more of what others have printed.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that fails shows what it met")]

mod published;

use std::collections::BTreeMap;

use farol::stats::interval;
use farol::stats::survival::Curve;
use published::{Deviations, Row, number, rows};
use statrs::distribution::{ContinuousCDF, Normal};

/// z of 95 %.
const Z: f64 = 1.959_963_984_540_054;

#[expect(clippy::cast_possible_truncation, reason = "times of these sets are whole")]
fn time(cell: &str) -> i64 {
    let time: f64 = cell.parse().unwrap();
    assert!(time.fract().abs() < f64::EPSILON, "{cell}");
    time as i64
}

#[expect(clippy::cast_precision_loss, reason = "small counts and times")]
fn real(whole: impl TryInto<i64>) -> f64 {
    whole.try_into().ok().unwrap() as f64
}

/// Times, and whether each is an end.
type Lives = Vec<(i64, bool)>;

fn curve(lives: &Lives) -> Curve {
    let count = |is_end: bool| {
        let mut histogram = BTreeMap::new();
        lives.iter().filter(|life| life.1 == is_end).for_each(|life| *histogram.entry(life.0).or_insert(0_u64) += 1);
        histogram.into_iter().collect::<Vec<_>>()
    };
    Curve::new(&count(true), &count(false)).unwrap()
}

/// The lives of each group of a set, and those of all.
fn groups(set: &str) -> BTreeMap<String, Lives> {
    let mut groups: BTreeMap<String, Lives> = BTreeMap::new();
    for row in rows(&format!("km_examples/{set}.csv")) {
        let life = (time(&row["time"]), row["status"] == "1");
        let group = row.get("group").cloned().unwrap_or_default();
        groups.entry(group).or_default().push(life);
        groups.entry("all".to_owned()).or_default().push(life);
    }
    groups
}

/// The limits of survival at a time on a scale; none where R and lifelines give none either.
fn limits(curve: &Curve, at: i64, scale: &str) -> Option<(f64, f64)> {
    let survival = curve.at(at, 0.95)?;
    let (s, error) = (survival.value, survival.standard_error);
    if scale == "log-log" {
        return survival.limits.map(|limits| (limits.low, limits.high));
    }
    let error = error.unwrap_or(0.0);
    if s <= 0.0 {
        return None;
    }
    let (low, high) = match scale {
        "plain" => (s - Z * error, s + Z * error),
        "log" => (s * (-Z * error / s).exp(), s * (Z * error / s).exp()),
        other => panic!("no scale {other}"),
    };
    Some((low.max(0.0), high.min(1.0)))
}

/// The first time at which one of the limits is at most ½: R's limits of a median.
fn median_limit(curve: &Curve, scale: &str, is_lower: bool) -> Option<i64> {
    curve.steps().iter().map(|step| step.time).find(|&at| {
        let found = limits(curve, at, scale).map(|(low, high)| if is_lower { low } else { high });
        // Where nobody is left the limits are not known, but they are below ½ by the last known one.
        found.is_some_and(|limit| limit <= 0.5 + 1e-12)
    })
}

/// χ² of the log-rank test of several groups: (observed − expected)² through the inverse of their covariance, of which
/// one group is left out (Mantel 1966; Peto & Peto 1972).
fn log_rank(groups: &[&Lives]) -> f64 {
    let times: std::collections::BTreeSet<i64> =
        groups.iter().flat_map(|lives| lives.iter()).filter(|life| life.1).map(|life| life.0).collect();
    let size = groups.len() - 1;
    let mut difference = vec![0.0; size];
    let mut covariance = vec![vec![0.0; size]; size];
    for at in times {
        let risk: Vec<f64> = groups.iter().map(|g| real(g.iter().filter(|life| life.0 >= at).count())).collect();
        let ends: Vec<f64> =
            groups.iter().map(|g| real(g.iter().filter(|life| **life == (at, true)).count())).collect();
        let (n, d): (f64, f64) = (risk.iter().sum(), ends.iter().sum());
        let spread = if n > 1.0 { d * (n - d) / (n - 1.0) } else { 0.0 };
        for i in 0..size {
            difference[i] += ends[i] - d * risk[i] / n;
            for j in 0..size {
                let same = if i == j { risk[i] / n } else { 0.0 };
                covariance[i][j] += spread * (same - risk[i] * risk[j] / n / n);
            }
        }
    }
    solve(covariance, &difference).iter().zip(&difference).map(|(x, y)| x * y).sum()
}

/// Gauss–Jordan elimination; the matrices are tiny and well behaved.
fn solve(mut matrix: Vec<Vec<f64>>, right: &[f64]) -> Vec<f64> {
    let mut right = right.to_vec();
    for pivot in 0..right.len() {
        let by = matrix[pivot][pivot];
        for row in (0..right.len()).filter(|row| *row != pivot) {
            let factor = matrix[row][pivot] / by;
            let of_pivot = matrix[pivot].clone();
            matrix[row].iter_mut().zip(of_pivot).for_each(|(cell, above)| *cell -= factor * above);
            right[row] -= factor * right[pivot];
        }
    }
    (0..right.len()).map(|row| right[row] / matrix[row][row]).collect()
}

#[test]
fn every_row_of_rs_survival_tables_is_met() {
    let mut seen = Deviations::default();
    let sets: BTreeMap<&str, BTreeMap<String, Lives>> =
        ["gehan_6mp", "aml", "lung", "veteran"].map(|set| (set, groups(set))).into();
    for row in rows("km_examples/R_survfit_tables.csv") {
        let curve = curve(&sets[row["data"].as_str()][&row["group"]]);
        let at = time(&row["time"]);
        let what = format!("{}/{} at {at}", row["data"], row["group"]);
        let survival = curve.at(at, 0.95).unwrap();
        seen.compare("S", &what, Some(survival.value), number(&row["surv"]), 1e-12);
        // R gives NaN once nobody is left.
        seen.compare("Greenwood error", &what, survival.standard_error, number(&row["se"]), 1e-12);
        let step = curve.steps().iter().find(|step| step.time == at);
        if let Some(step) = step {
            seen.compare("at risk", &what, Some(real(step.at_risk)), number(&row["n.risk"]), 0.0);
        }
        seen.compare("ended", &what, Some(step.map_or(0.0, |step| real(step.ended))), number(&row["n.event"]), 0.0);
        let found = limits(&curve, at, &row["conf"]);
        let name = |limit: &str| format!("{limit} limit, {}", row["conf"]);
        seen.compare(&name("lower"), &what, found.map(|limits| limits.0), number(&row["lo"]), 1e-12);
        seen.compare(&name("upper"), &what, found.map(|limits| limits.1), number(&row["hi"]), 1e-12);
    }
    seen.conclude(5000);
}

/// `km_S(12)_lo conf.type=log-log` → 12.
fn time_in(metric: &str) -> i64 {
    let (_, rest) = metric.split_once('(').unwrap();
    time(rest.split_once(')').unwrap().0)
}

/// Log-rank tests whose lives stand in the row itself: three times two, all ended or as it says.
fn lives_in_words(segment: &str) -> Vec<Lives> {
    let times = [10, 20, 30, 10, 20, 50];
    let ended = if segment.contains("all events") { [1; 6] } else { [1, 0, 1, 1, 0, 1] };
    let lives: Lives = times.into_iter().zip(ended).map(|(at, status)| (at, status == 1)).collect();
    vec![lives[..3].to_vec(), lives[3..].to_vec()]
}

/// What R or lifelines say of a set, by a metric of theirs; none where there is no such value.
fn computed(metric: &str, set: &BTreeMap<String, Lives>, group: &str) -> Option<f64> {
    let lives = &set[group];
    let curve = curve(lives);
    let scale = metric.rsplit_once("conf.type=").map_or("log-log", |(_, scale)| scale);
    let is_lower = metric.contains("_lo");
    if metric == "km_median" {
        return curve.median().map(real);
    }
    if metric.starts_with("km_median") {
        return match (scale, is_lower) {
            ("log-log", true) => curve.median_lower_limit(0.95).map(real),
            ("log-log", false) => curve.median_upper_limit(0.95).map(real),
            _ => median_limit(&curve, scale, is_lower).map(real),
        };
    }
    if metric.starts_with("restricted_mean") {
        let longest = set["all"].iter().map(|life| life.0).max().unwrap();
        return Some(curve.restricted_mean(longest).value);
    }
    let at = time_in(metric);
    if metric.starts_with("km_se") || metric.ends_with("_se") {
        return curve.at(at, 0.95).and_then(|survival| survival.standard_error);
    }
    if metric.contains("_lo") || metric.contains("_hi") {
        return limits(&curve, at, scale).map(|(low, high)| if is_lower { low } else { high });
    }
    curve.at(at, 0.95).map(|survival| survival.value)
}

/// What is not compared, and why: farol observes every customer from the first day on, so that nobody enters late.
fn is_of_late_entry(row: &Row) -> bool {
    row["metric"].contains("entry") || row["segment"] == "macs"
}

#[test]
fn printed_survival_values_are_met() {
    let mut seen = Deviations::default();
    let mut left_out = 0;
    for row in rows("km_examples/expected.csv") {
        let (metric, segment) = (row["metric"].as_str(), row["segment"].as_str());
        let (expected, tolerance) = (number(&row["value"]), number(&row["tolerance"]));
        if is_of_late_entry(&row) {
            left_out += 1;
            continue;
        }
        let tolerance = tolerance.unwrap();
        if metric.starts_with("logrank") {
            let named = segment.split(' ').next().unwrap();
            let groups: Vec<Lives> = if segment.contains('=') || segment.contains("status") {
                lives_in_words(segment)
            } else {
                groups(named).into_iter().filter(|(name, _)| name != "all").map(|(_, lives)| lives).collect()
            };
            let chi_squared = log_rank(&groups.iter().collect::<Vec<_>>());
            // With one degree of freedom χ² is the square of a normal variable.
            let p = 2.0 * Normal::standard().sf(chi_squared.sqrt());
            let got = if metric == "logrank_p" { p } else { chi_squared };
            seen.compare(metric, segment, Some(got), expected, tolerance);
            continue;
        }
        let (set, group) = segment.split_once('/').unwrap();
        let set = groups(set);
        if metric == "km_median_ci" {
            let limits = curve(&set[group]).median_limits(0.95).unwrap();
            assert_eq!(format!("{:.1};{:.1}", limits.low, limits.high), row["value"], "{segment}");
        } else if (metric, segment) == ("km_median", "veteran/trt2") {
            // R prints the midpoint of 52 and 53, between which S is exactly ½.
            seen.compare("median, where R prints a midpoint", segment, computed(metric, &set, group), Some(52.0), 0.0);
        } else {
            let kind: String = metric.chars().filter(|letter| !letter.is_ascii_digit()).collect();
            let what = format!("{segment} {metric}");
            seen.compare(&kind, &what, computed(metric, &set, group), expected, tolerance);
        }
    }
    println!("left out, since nobody enters late: {left_out} rows");
    seen.conclude(420);
}

/// R's `print(survfit(Surv(time, status) ~ x, data = aml), print.rmean = TRUE)`: 52.6 (19.83) and 22.7 (4.18), to 161.
#[test]
fn the_error_of_a_restricted_mean_is_the_one_that_r_prints() {
    let aml = groups("aml");
    for (group, mean, error) in [("Maintained", 52.6, 19.83), ("Nonmaintained", 22.7, 4.18)] {
        let restricted = curve(&aml[group]).restricted_mean(161);
        assert!((restricted.value - mean).abs() < 0.05, "{group}: {}", restricted.value);
        assert!((restricted.variance.sqrt() - error).abs() < 0.005, "{group}: {}", restricted.variance.sqrt());
    }
}

/// A customer of the set as IBM published it: tenure in months, whether it left, and its attributes.
struct Subscriber {
    life: (i64, bool),
    monthly: f64,
    attributes: BTreeMap<&'static str, String>,
}

fn telco() -> Vec<Subscriber> {
    let yes = |cell: &str, yes: &str, no: &str| if cell == "1" { yes.to_owned() } else { no.to_owned() };
    let of = |row: &Row| Subscriber {
        life: (time(&row["tenure"]), row["churn"] == "Yes"),
        monthly: row["monthly_charges"].parse().unwrap(),
        attributes: [
            ("Contract", row["contract"].clone()),
            ("InternetService", row["internet_service"].clone()),
            ("PaymentMethod", row["payment_method"].clone()),
            ("SeniorCitizen", row["senior_citizen"].clone()),
            ("Partner", yes(&row["partner"], "Yes", "No")),
            ("gender", yes(&row["female"], "Female", "Male")),
        ]
        .into(),
    };
    rows("telco/wa_churn.csv").iter().map(of).collect()
}

/// Whether a subscriber is in `Contract=One year;InternetService=DSL`.
fn is_in(of: &Subscriber, segment: &str) -> bool {
    segment == "all"
        || segment.split(';').all(|part| {
            let (name, value) = part.split_once('=').unwrap();
            of.attributes[name] == value
        })
}

/// All 650 figures of the whole set, by contract, service, payment and person: pandas, statsmodels, lifelines and R.
#[test]
fn every_figure_of_the_whole_telco_set_is_met() {
    let subscribers = telco();
    assert_eq!(subscribers.len(), 7043);
    let mut seen = Deviations::default();
    for row in rows("telco/expected.csv") {
        let (metric, segment) = (row["metric"].as_str(), row["segment"].as_str());
        let (expected, tolerance) = (number(&row["value"]), number(&row["tolerance"]).unwrap() + 1e-9);
        let what = format!("{segment} {metric}");
        if metric == "logrank_chi2" {
            let contracts = ["Month-to-month", "One year", "Two year"].map(|contract| {
                let has = |of: &&Subscriber| of.attributes["Contract"] == contract;
                subscribers.iter().filter(has).map(|of| of.life).collect::<Lives>()
            });
            let chi_squared = log_rank(&contracts.iter().collect::<Vec<_>>());
            seen.compare(metric, segment, Some(chi_squared), expected, tolerance);
            continue;
        }
        let within: Vec<&Subscriber> = subscribers.iter().filter(|of| is_in(of, segment)).collect();
        let left: Vec<&&Subscriber> = within.iter().filter(|of| of.life.1).collect();
        let (n, lost) = (real(within.len()), real(left.len()));
        let monthly: f64 = within.iter().map(|of| of.monthly).sum();
        let churned: f64 = left.iter().map(|of| of.monthly).sum();
        let mean_tenure = |of: &mut dyn Iterator<Item = i64>, n: f64| real(of.sum::<i64>()) / n;
        let wilson = interval::wilson(left.len() as u64, within.len() as u64, 0.95);
        let lives: Lives = within.iter().map(|of| of.life).collect();
        let got = match metric {
            "customers" => Some(n),
            "customers_churned" => Some(lost),
            "customer_churn_rate" => Some(lost / n),
            "customer_churn_rate_wilson95_lo" => wilson.map(|limits| limits.low),
            "customer_churn_rate_wilson95_hi" => wilson.map(|limits| limits.high),
            "mrr_total" => Some(monthly),
            "mrr_churned" => Some(churned),
            "revenue_churn_rate" => Some(churned / monthly),
            "arpu_monthly" => Some(monthly / n),
            "tenure_mean_months" => Some(mean_tenure(&mut within.iter().map(|of| of.life.0), n)),
            "tenure_mean_months_churned_only" => Some(mean_tenure(&mut left.iter().map(|of| of.life.0), lost)),
            "ltv_mean_ticket_x_mean_tenure" => {
                Some(monthly / n * mean_tenure(&mut within.iter().map(|of| of.life.0), n))
            }
            "ltv_arpu_over_churn_rate" => Some(monthly / n / (lost / n)),
            "total_charges_blank_rows" | "tenure_zero_rows" => Some(real(lives.iter().filter(|l| l.0 == 0).count())),
            "km_rmst_72" => Some(curve(&lives).restricted_mean(72).value),
            "km_median_tenure" => curve(&lives).median().map(real),
            "km_median_tenure_ci_lo" => curve(&lives).median_lower_limit(0.95).map(real),
            "km_median_tenure_ci_hi" => curve(&lives).median_upper_limit(0.95).map(real),
            _ => {
                let metric = metric.replace("_conf.type", " conf.type");
                let set = BTreeMap::from([(String::new(), lives)]);
                let point = computed(&format!("km_S({})", time_in(&metric)), &set, "");
                // Where nobody has left yet there is no error: lifelines and R give the point itself, or zero.
                let nothing = if metric.ends_with("_se") { Some(0.0) } else { point };
                computed(&metric, &set, "").or(nothing)
            }
        };
        let kind: String = metric.chars().filter(|letter| !letter.is_ascii_digit()).collect();
        seen.compare(&kind, &what, got, expected, tolerance);
    }
    seen.conclude(650);
}
