//! What was told before and is no longer so: earlier figures against those of now, largest difference first.
//!
//! Knows no ledger: what was told comes in as values. Says nothing of how a figure is written.

use std::collections::BTreeSet;

use chrono::NaiveDate;

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
/// latest period, then by place.
///
/// `now` gives the value of a figure of a period; none of the two where it may not be seen, or is not there.
pub fn restated<'a>(
    told: &'a [Told],
    now: impl Fn(&'a Told, &'a ToldFigure) -> Option<Option<f64>>,
) -> Vec<Restated<'a>> {
    let all = told.iter().flat_map(|told| told.figures.iter().map(move |figure| (told, figure)));
    let mut moved: Vec<Restated<'_>> = all
        .filter_map(|(told, figure)| {
            let now = now(told, figure)?;
            (now != Some(figure.value)).then_some(Restated { told, figure, now })
        })
        .collect();
    let place = |one: &Restated<'a>| (&one.figure.dimension, &one.figure.segment, &one.figure.kpi);
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
            "nps" => Some(Some(40.0)),
            "churn" => Some(Some(3.0)),
            "mrr" => Some(Some(1_000.0)),
            "ltv" => Some(None),
            _ => None,
        });
        let kpis: Vec<(&str, Option<f64>)> = found.iter().map(|one| (one.figure.kpi.as_str(), one.now)).collect();
        assert_eq!(kpis, [("ltv", None), ("churn", Some(3.0)), ("nps", Some(40.0))]);
    }

    #[test]
    fn of_equal_differences_the_latest_period_comes_first() {
        let all = [told("2026-08", vec![figure("a", 1.0)]), told("2026-09", vec![figure("b", 1.0), figure("a", 1.0)])];
        let found = restated(&all, |_, _| Some(Some(2.0)));
        let places: Vec<(&str, &str)> =
            found.iter().map(|one| (one.told.period.as_str(), one.figure.kpi.as_str())).collect();
        assert_eq!(places, [("2026-09", "a"), ("2026-09", "b"), ("2026-08", "a")]);
    }
}
