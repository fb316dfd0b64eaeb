//! What was told before and is no longer so: earlier figures against those of now, largest difference first.
//!
//! Knows no ledger: what was told comes in as values. Says nothing of how a figure is written.

use std::collections::BTreeSet;

use chrono::NaiveDate;

/// The dimension of all customers.
const TOTAL: &str = "total";

/// A figure as it was told.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldFigure {
    /// `total`, `plan`.
    pub dimension: String,
    /// `total`, `Pro`.
    pub segment: String,
    /// KPI id.
    pub kpi: String,
    /// The value. Finite.
    pub value: f64,
    /// Whether it was said to be able to change by time alone.
    pub may_change: bool,
}

/// What was told of a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The period's id.
    pub period: String,
    /// The day on which it was sent.
    pub sent: NaiveDate,
    /// The figures.
    pub figures: Vec<ToldFigure>,
    /// What has changed since.
    pub since: Since,
}

/// What has changed since figures were told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// Tables whose files are others now.
    pub tables: BTreeSet<String>,
    /// Whether the definitions of figures are others.
    pub definitions: bool,
    /// Whether another version of the program told them.
    pub program: bool,
}

/// A figure as it is now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Now {
    /// It has this value.
    Value(f64),
    /// It has none any more.
    Gone,
    /// It may not be seen, or is not there.
    Unseen,
}

/// A figure that is not as it was told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restated<'a> {
    /// What was told of its period.
    pub told: &'a Told,
    /// The figure then.
    pub figure: &'a ToldFigure,
    /// Its value now; none where it has none any more.
    pub now: Option<f64>,
}

/// The figures that have moved, largest difference in proportion first, those without a value now before all; then the
/// latest period, the total before its segments, then by place.
///
/// `now` gives a figure of a period as it is now; of what is unseen nothing is said.
pub fn restated<'a>(told: &'a [Told], now: impl Fn(&'a Told, &'a ToldFigure) -> Now) -> Vec<Restated<'a>> {
    let all = told.iter().flat_map(|told| told.figures.iter().map(move |figure| (told, figure)));
    let mut moved: Vec<Restated<'_>> = all
        .filter_map(|(told, figure)| {
            let now = match now(told, figure) {
                Now::Value(value) if value.to_bits() != figure.value.to_bits() => Some(value),
                Now::Gone => None,
                Now::Value(_) | Now::Unseen => return None,
            };
            Some(Restated { told, figure, now })
        })
        .collect();
    let place = |one: &Restated<'a>| {
        let figure = one.figure;
        (figure.dimension != TOTAL, &figure.dimension, &figure.segment, &figure.kpi)
    };
    moved.sort_by(|a, b| {
        let by_size = size(b).total_cmp(&size(a));
        by_size.then_with(|| b.told.period.cmp(&a.told.period)).then_with(|| place(a).cmp(&place(b)))
    });
    moved
}

/// The difference as a share of the larger of the two values: at most 2, for a change of sign.
fn size(restated: &Restated<'_>) -> f64 {
    let Some(now) = restated.now else { return f64::INFINITY };
    let before = restated.figure.value;
    let size = (now - before).abs() / now.abs().max(before.abs());
    if size.is_finite() { size } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(kpi: &str, value: f64) -> ToldFigure {
        ToldFigure {
            dimension: "total".to_owned(),
            segment: "total".to_owned(),
            kpi: kpi.to_owned(),
            value,
            may_change: false,
        }
    }

    fn told(period: &str, figures: Vec<ToldFigure>) -> Told {
        let sent = NaiveDate::from_ymd_opt(2026, 10, 5).unwrap_or_default();
        Told { period: period.to_owned(), sent, figures, since: Since::default() }
    }

    /// 50 → 40 is a fifth, 2 → 3 a third, 1 000 → 1 000 nothing; what is gone comes first, what is hidden not at all.
    #[test]
    fn the_largest_difference_in_proportion_comes_first() {
        let earlier = told(
            "2026-09",
            vec![
                figure("nps", 50.0),
                figure("churn", 2.0),
                figure("mrr", 1_000.0),
                figure("ltv", 5.0),
                figure("csat", 8.0),
            ],
        );
        let all = [earlier];
        let found = restated(&all, |_, figure| match figure.kpi.as_str() {
            "nps" => Now::Value(40.0),
            "churn" => Now::Value(3.0),
            "mrr" => Now::Value(1_000.0),
            "ltv" => Now::Gone,
            _ => Now::Unseen,
        });
        let kpis: Vec<(&str, Option<f64>)> = found.iter().map(|one| (one.figure.kpi.as_str(), one.now)).collect();
        assert_eq!(kpis, [("ltv", None), ("churn", Some(3.0)), ("nps", Some(40.0))]);
    }

    #[test]
    fn of_equal_differences_the_latest_period_comes_first() {
        let all = [told("2026-08", vec![figure("a", 1.0)]), told("2026-09", vec![figure("b", 1.0), figure("a", 1.0)])];
        let found = restated(&all, |_, _| Now::Value(2.0));
        let places: Vec<(&str, &str)> =
            found.iter().map(|one| (one.told.period.as_str(), one.figure.kpi.as_str())).collect();
        assert_eq!(places, [("2026-09", "a"), ("2026-09", "b"), ("2026-08", "a")]);
    }
}
