//! Intervals against tables printed elsewhere: `tests/outside/ci_examples`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that fails shows what it met")]

mod published;

use std::collections::BTreeMap;

use farol::stats::interval;
use farol::stats::moments::Moments;
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
