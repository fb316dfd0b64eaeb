//! Which figures are judged together: those that one reader of a report sees of one period.

use std::collections::BTreeSet;

use crate::calendar::{Moment, Period};
use crate::config::{Config, Dimension, ReportPlan};
use crate::judgement::{Figure, Key, Setting, Verdict, judge};
use crate::pipeline::jobs;

/// The verdicts of a report's own KPIs for one period, sorted by key.
///
/// One call is one family of tests: the false-discovery rate holds over what the report shows of the period, whatever
/// else was computed in the same run, so that a backfill says what a single run says.
pub fn judged_period(
    config: &Config,
    as_of: Moment,
    plan: &ReportPlan,
    figures: &[Figure],
    period: &Period,
) -> Vec<Verdict> {
    let asked = Asked { config, as_of, plan, figures, withheld: &BTreeSet::new() };
    asked.judged(period, &jobs::kpis(plan, false))
}

/// The verdicts of a report's KPIs, and apart from them those that only its charts need, for every period of its trend;
/// nothing of what is `withheld` from its readers.
pub(super) fn judged_history(
    config: &Config,
    as_of: Moment,
    plan: &ReportPlan,
    figures: &[Figure],
    withheld: &BTreeSet<Key>,
    period: &Period,
) -> Vec<Verdict> {
    let asked = Asked { config, as_of, plan, figures, withheld };
    let own = jobs::kpis(plan, false);
    let companions: BTreeSet<&'static str> = jobs::kpis(plan, true).difference(&own).copied().collect();
    let mut verdicts = Vec::new();
    for past in jobs::trend(period, plan.history, config.company.calendar) {
        verdicts.extend(asked.judged(&past, &own));
        verdicts.extend(asked.judged(&past, &companions));
    }
    verdicts.sort_by(|a, b| a.key.cmp(&b.key));
    verdicts
}

/// What is judged, and for whom.
struct Asked<'a> {
    config: &'a Config,
    as_of: Moment,
    plan: &'a ReportPlan,
    figures: &'a [Figure],
    withheld: &'a BTreeSet<Key>,
}

impl Asked<'_> {
    fn judged(&self, period: &Period, kpis: &BTreeSet<&'static str>) -> Vec<Verdict> {
        let Self { config, plan, .. } = self;
        let calendar = &config.company.calendar;
        let mut together = BTreeSet::from([period.clone()]);
        together.extend(calendar.previous(period));
        together.extend(calendar.year_before(period));
        // Of the dimensions of customers those that the report shows; those of rows belong to their KPIs.
        let hidden: BTreeSet<String> = config
            .dimensions
            .iter()
            .filter(|dimension| !plan.segments.contains(dimension))
            .map(Dimension::name)
            .collect();
        let is_compared = |figure: &&Figure| {
            let key = &figure.key;
            kpis.contains(key.kpi) && !hidden.contains(&key.dimension) && together.contains(&key.period)
        };
        let compared: Vec<Figure> = self.figures.iter().filter(is_compared).cloned().collect();
        let setting = Setting {
            calendar,
            as_of: self.as_of,
            close_lag_days: config.close_lag_days,
            choices: &config.choices,
            withheld: self.withheld,
        };
        judge(&compared, std::slice::from_ref(period), &config.benchmarks, &setting)
    }
}
