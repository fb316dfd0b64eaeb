//! Intervals against tables printed elsewhere: `tests/outside/ci_examples`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that fails shows what it met")]

mod published;

use farol::config::Choices;
use farol::kpi::{Context, catalogue};
use farol::stats::interval::{self, Interval};
use farol::stats::moments::Moments;
use farol::tally::Tallies;
use published::{Deviations, number, rows};

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

/// Answers as the numbers whose mean is the net score: 1, 0, −1.
fn signs((promoters, passives, detractors): (u64, u64, u64)) -> Moments {
    Moments::from_counts(&[(1, promoters), (0, passives), (-1, detractors)])
}

/// The net score that the program computes, −100…100.
fn net_promoter_score((promoters, passives, detractors): (u64, u64, u64)) -> Option<f64> {
    let mut tallies = Tallies::default();
    for (score, count) in [(9, promoters), (7, passives), (6, detractors)] {
        (0..count).for_each(|_| tallies.loyalty.nps.add_one(score));
    }
    let choices = Choices::default();
    let context = Context {
        choices: &choices,
        period_days: 30,
        period_months: 1.0,
        longest_follow_up: 0,
        has_subscriptions: false,
        buying: None,
    };
    (catalogue::definition("nps").unwrap().compute)(&tallies, &context).value.ok()
}

/// p + d − (p − d)², by the moments of a sample: their variance has n − 1 below it, this one n.
#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn net_variance(answers: (u64, u64, u64)) -> f64 {
    let moments = signs(answers);
    let n = moments.n as f64;
    moments.variance().map_or(0.0, |variance| variance * (n - 1.0) / n)
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn net_error(answers: (u64, u64, u64)) -> f64 {
    (net_variance(answers) / signs(answers).n as f64).sqrt()
}

/// Limits without the adjustment; where nothing varies they are the score itself.
fn wald(answers: (u64, u64, u64)) -> Interval {
    let score = signs(answers).mean().unwrap();
    let limits = interval::normal(score, net_error(answers), 0.95);
    limits.unwrap_or(Interval { low: score, high: score }).times(100.0)
}

/// Newcombe's method 10 from two of Wilson's intervals.
#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn newcombe(counts: &[u64]) -> Interval {
    let share = |at: usize| counts[at] as f64 / counts[at + 1] as f64;
    let wilson = |at: usize| interval::wilson(counts[at], counts[at + 1], 0.95).unwrap();
    let ((p, q), (a, b)) = ((share(0), share(2)), (wilson(0), wilson(2)));
    Interval { low: p - q - (p - a.low).hypot(b.high - q), high: p - q + (a.high - p).hypot(q - b.low) }
}

/// The answers a row is about; the mix 1/2, 1/3, 1/6 of 324 and the published case are told in words.
fn answers_of(segment: &str) -> (u64, u64, u64) {
    if segment.ends_with("n=324") {
        (162, 108, 54)
    } else if segment.starts_with("PrepBench") {
        (8, 9, 22)
    } else {
        answers(segment)
    }
}

/// The printed name, what is computed for it, and how often it is: one value a row, but for two that stand in one cell.
fn computed(metric: &str, segment: &str, is_90: bool) -> (&'static str, Vec<Option<f64>>) {
    let confidence = if is_90 { 0.90 } else { 0.95 };
    let is_low = metric.contains("_lo");
    let limit = |limits: Interval| if is_low { limits.low } else { limits.high };
    let half = |limits: Interval| (limits.high - limits.low) / 2.0;
    let one = |name, value: f64| (name, vec![Some(value)]);
    match metric {
        "nps (-1..1)" if segment.contains("alone") => {
            ("net score", [(0, 0, 1), (1, 0, 0)].map(|of| net_promoter_score(of).map(|score| score / 100.0)).to_vec())
        }
        "nps (-1..1)" => ("net score", vec![net_promoter_score(answers_of(segment)).map(|score| score / 100.0)]),
        "nps" | "nps published case" => ("net score", vec![net_promoter_score(answers_of(segment))]),
        "nps_variance" => one("variance of a net score", net_variance(answers_of(segment))),
        "nps_se" => one("error of a net score", net_error(answers_of(segment))),
        _ if metric.starts_with("wilson") => {
            let numbers = counts(segment);
            ("Wilson", vec![interval::wilson(numbers[0], numbers[1], confidence).map(limit)])
        }
        _ if metric.starts_with("newcombe") => {
            one("Newcombe's difference, of Wilson's", limit(newcombe(&counts(segment))))
        }
        _ if metric.starts_with("nps_adjwald") => {
            let (promoters, passives, detractors) = answers_of(segment);
            let score = interval::net_score(promoters, passives, detractors).unwrap();
            let limits = interval::normal(score.adjusted, score.standard_error, confidence).unwrap();
            one("adjusted Wald", 100.0 * if metric.ends_with("center") { score.adjusted } else { limit(limits) })
        }
        _ if metric.starts_with("nps_wald") || metric.starts_with("nps_ci95") => {
            one("Wald, not adjusted", limit(wald(answers_of(segment))))
        }
        _ if metric.starts_with("nps_sample_size") => {
            let (variance, error) = segment.trim_start_matches("variance=").split_once(",MoE=").unwrap();
            let (variance, error): (f64, f64) = (variance.parse().unwrap(), error.parse().unwrap());
            let z = interval::normal(0.0, 1.0, 0.95).unwrap().high;
            one("sample size", (z * z * variance / (error / 100.0).powi(2)).ceil())
        }
        // Five answers that sum to 15, their squares to 55.
        "csat mean 95% half width (Student t)" => {
            one("Student half width", half(interval::mean(&Moments { n: 5, sum: 15, squares: 55 }, 0.95).unwrap()))
        }
        "csat mean 95% half width (z)" => {
            let variance = Moments { n: 5, sum: 15, squares: 55 }.variance().unwrap();
            one("normal half width", half(interval::normal(3.0, (variance / 5.0).sqrt(), 0.95).unwrap()))
        }
        _ => panic!("no rule for the row {metric} of {segment}"),
    }
}

/// Every row, also those of methods that the program has no use for: they are made of the same pieces.
#[test]
fn every_printed_interval_is_met() {
    let mut seen = Deviations::default();
    let rows = rows("ci_examples/expected.csv");
    for row in &rows {
        let (metric, segment) = (row["metric"].as_str(), row["segment"].as_str());
        let is_90 = metric.contains("90") || row["period"] == "90";
        let tolerance = number(&row["tolerance"]).unwrap();
        let (name, values) = computed(metric, segment, is_90);
        let printed: Vec<&str> = row["value"].split(';').collect();
        assert_eq!(values.len(), printed.len(), "{metric} {segment}");
        for (got, printed) in values.into_iter().zip(printed) {
            seen.compare(name, &format!("{metric} {segment}"), got, number(printed), tolerance);
        }
    }
    assert_eq!(rows.len(), 144);
    seen.conclude(rows.len());
}
