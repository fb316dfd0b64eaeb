//! Which figures are judged together: those that one reader of a report sees of one period.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Moment, Period};
use crate::config::{Benchmark, Config, Dimension, ReportPlan};
use crate::judgement::{Figure, Keys, Readings, Setting, Verdict};
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
    let own = readings(config, plan, figures, &jobs::kpis(plan, false));
    own.judge(std::slice::from_ref(period), &config.benchmarks, &setting(config, as_of, &Keys::default()))
}

/// The verdicts of a report's KPIs, and apart from them those that only its charts need, for every period of its trend;
/// nothing of what is `withheld` from its readers, and by the benchmarks of their part of the customers. Sorted by key.
pub(super) fn judged_history(
    config: &Config,
    as_of: Moment,
    plan: &ReportPlan,
    figures: &[Figure],
    benchmarks: &BTreeMap<String, Benchmark>,
    withheld: &Keys,
    period: &Period,
) -> Vec<Verdict> {
    let own = jobs::kpis(plan, false);
    let companions: BTreeSet<&'static str> = jobs::kpis(plan, true).difference(&own).copied().collect();
    let families = [own, companions].map(|kpis| readings(config, plan, figures, &kpis));
    let setting = setting(config, as_of, withheld);
    let mut verdicts = Vec::new();
    for past in jobs::trend(period, plan.history, config.company.calendar) {
        let mut of_period = Vec::new();
        for family in &families {
            of_period.extend(family.judge(std::slice::from_ref(&past), benchmarks, &setting));
        }
        of_period.sort_by(|a, b| a.key.cmp(&b.key));
        verdicts.append(&mut of_period);
    }
    verdicts
}

/// What is compared with each other: of the dimensions of customers those that the report shows; those of rows belong to
/// their KPIs.
fn readings<'a>(
    config: &Config,
    plan: &ReportPlan,
    figures: &'a [Figure],
    kpis: &BTreeSet<&'static str>,
) -> Readings<'a> {
    let hidden: BTreeSet<String> =
        config.dimensions.iter().filter(|dimension| !plan.segments.contains(dimension)).map(Dimension::name).collect();
    let is_compared =
        |figure: &&Figure| kpis.contains(figure.key.kpi) && !hidden.contains(figure.key.dimension.as_str());
    Readings::new(figures.iter().filter(is_compared))
}

fn setting<'a>(config: &'a Config, as_of: Moment, withheld: &'a Keys) -> Setting<'a> {
    Setting {
        calendar: &config.company.calendar,
        as_of,
        close_lag_days: config.close_lag_days,
        choices: &config.choices,
        withheld,
    }
}
