//! Which figures are judged together: those that one reader of a report sees of one period.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Moment, Period};
use crate::config::{Benchmark, Config, Dimension, ReportPlan};
use crate::judgement::{Begin, Figure, FirstRows, Key, Keys, Readings, Setting, Verdict};
use crate::kpi::catalogue::definition;
use crate::pipeline::jobs;
use crate::pipeline::scope::TOTAL_NAME;
use crate::tables::Intake;
use crate::tables::schema::{Event, Table};

/// The verdicts of a report's own KPIs for one period, sorted by key.
///
/// One call is one family of tests: the false-discovery rate holds over what the report shows of the period, whatever
/// else was computed in the same run, so that a backfill says what a single run says.
///
/// Its own figures stand as they were computed, and are compared with none of a period that ended before there was a row
/// to count.
pub fn judged_period(
    config: &Config,
    as_of: Moment,
    plan: &ReportPlan,
    (figures, first_rows): (&[Figure], &FirstRows),
    period: &Period,
) -> Vec<Verdict> {
    let calendar = &config.company.calendar;
    let is_comparable = |figure: &&Figure| {
        let Key { period: of, kpi, .. } = &figure.key;
        of == period || first_rows.reach_before(calendar.midnight(of.end), kpi)
    };
    let kpis = jobs::kpis(plan, false);
    let own = Readings::new(compared(config, plan, figures, &kpis).filter(is_comparable));
    own.judge(std::slice::from_ref(period), &config.benchmarks, &setting(config, as_of, &Keys::default(), None))
}

/// The verdicts of a report's KPIs, and apart from them those that only its charts need, for every period of its trend;
/// nothing of what is `withheld` from its readers, and by the benchmarks of their part of the customers. Sorted by key. Of periods
/// that the one shown is not compared with, there are totals and the parts that KPIs have of their own, which is what charts
/// draw; all of them only for the `whole` history.
pub(super) fn judged_history(
    config: &Config,
    as_of: Moment,
    plan: &ReportPlan,
    (figures, first_rows): (&[Figure], &FirstRows),
    benchmarks: &BTreeMap<String, Benchmark>,
    withheld: &Keys,
    (period, whole): (&Period, bool),
) -> Vec<Verdict> {
    let calendar = config.company.calendar;
    let own = jobs::kpis(plan, false);
    let companions: BTreeSet<&'static str> = jobs::kpis(plan, true).difference(&own).copied().collect();
    let compared_with = [calendar.previous(period), calendar.year_before(period)];
    let drawn: BTreeSet<&str> =
        own.iter().filter_map(|kpi| definition(kpi)?.parts).map(|parts| parts.dimension).collect();
    let is_needed = |figure: &&Figure| {
        let Key { period: of, dimension, .. } = &figure.key;
        let is_near = of == period || compared_with.iter().flatten().any(|near| near == of);
        whole || is_near || dimension.as_str() == TOTAL_NAME || drawn.contains(dimension.as_str())
    };
    let families =
        [own, companions].map(|kpis| Readings::new(compared(config, plan, figures, &kpis).filter(is_needed)));
    let setting = setting(config, as_of, withheld, Some(first_rows));
    let mut verdicts = Vec::new();
    for past in jobs::trend(period, plan.history, calendar) {
        let mut of_period = Vec::new();
        for family in &families {
            of_period.extend(family.judge(std::slice::from_ref(&past), benchmarks, &setting));
        }
        of_period.sort_by(|a, b| a.key.cmp(&b.key));
        verdicts.append(&mut of_period);
    }
    verdicts
}

/// When each table begins; customers are no events, whatever their history says.
pub(super) fn first_rows(intakes: &[Intake]) -> FirstRows {
    FirstRows::new(intakes.iter().map(|intake| {
        let is_of_events = intake.table.spec().columns.iter().any(|column| column.event == Event::Row);
        let begin = match intake.oldest {
            _ if !is_of_events || intake.table == Table::Customers => Begin::Undated,
            Some(first) => Begin::At(first),
            None if intake.rows_kept == 0 => Begin::Never,
            None => Begin::Undated,
        };
        (intake.table, begin)
    }))
}

/// What is compared with each other: of the dimensions of customers those that the report shows; those of rows belong to
/// their KPIs.
fn compared<'a>(
    config: &Config,
    plan: &ReportPlan,
    figures: &'a [Figure],
    kpis: &BTreeSet<&'static str>,
) -> impl Iterator<Item = &'a Figure> {
    let hidden: BTreeSet<String> =
        config.dimensions.iter().filter(|dimension| !plan.segments.contains(dimension)).map(Dimension::name).collect();
    figures
        .iter()
        .filter(move |figure| kpis.contains(figure.key.kpi) && !hidden.contains(figure.key.dimension.as_str()))
}

fn setting<'a>(
    config: &'a Config,
    as_of: Moment,
    withheld: &'a Keys,
    first_rows: Option<&'a FirstRows>,
) -> Setting<'a> {
    Setting {
        calendar: &config.company.calendar,
        as_of,
        close_lag_days: config.close_lag_days,
        choices: &config.choices,
        withheld,
        first_rows,
    }
}
