//! A figure taken apart: the pipeline, stopped early and shown.
//!
//! Knows the order of the stages and what they hand on, not how any of them works. What it says is for the company's own
//! operators: nothing is withheld.

mod choices;
mod definitions;
mod explanation;
mod look;
mod numbers;
mod refusals;
mod rows;
mod segment;
mod sheet;
mod text;

use std::collections::BTreeSet;

use self::definitions::{TOLD, definitions};
use self::look::Look;
use self::numbers::Words;
use self::rows::rows;
use self::segment::Wanted;
use crate::calendar::{Moment, Period};
use crate::config::{Config, Dimension, ReportPlan};
use crate::error::Result;
use crate::judgement::{Figure, Key, Keys, Setting, Verdict, judge};
use crate::kpi::catalogue::definition;
use crate::kpi::retention::CHURN_REASONS;
use crate::kpi::{Definition, DrawsOn, Reading, Undefined, Unit};
use crate::locale::Locale;
use crate::pipeline::{self, Computed, Progress, Scope, Seen, Task};
use crate::tables::schema::Table;
use crate::tables::{FileRead, Intake};
use crate::tally::Tallies;

pub use definitions::Other;
pub use explanation::{Choice, Compared, Counted, Days, Explanation, File, Group, Judged, Range, Source};
pub use text::text;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// The KPI's id.
    pub kpi: String,
    /// The period.
    pub period: Period,
    /// `plan=Pro`; none: all customers.
    pub segment: Option<String>,
    /// Also under the field's other definitions.
    pub definitions: bool,
    /// Also the rows one by one.
    pub rows: bool,
    /// The run's now.
    pub today: Moment,
    /// What is stamped at or after it does not exist; not after `today`.
    pub as_of: Moment,
}

/// Takes one figure apart.
///
/// # Errors
/// A KPI or segment that is not known; columns that are missing; whatever the tables' contracts refuse.
pub fn explain(config: &Config, question: &Question, progress: &dyn Progress) -> Result<Explanation> {
    let definition = definition(&question.kpi).ok_or_else(|| refusals::unknown_kpi(&question.kpi))?;
    if definition.id == CHURN_REASONS.id {
        return Err(refusals::no_figure(
            definition,
            "explain `customers_lost` or `mrr_churned` with --segment cancel_reason=…",
        ));
    }
    let wanted = segment::wanted(question.segment.as_deref(), definition, config)?;
    if question.definitions && !TOLD.contains(&definition.id) {
        return Err(refusals::no_definitions(definition));
    }
    if definition.segments_only && wanted.dimension == segment::TOTAL {
        return Err(refusals::only_in_segments(definition, config));
    }
    let config = &with_dimension(config, &wanted.attributes);
    let report = report(config, definition, &question.period, &wanted);
    let calendar = config.company.calendar;
    let periods: Vec<Period> =
        [Some(question.period.clone()), calendar.previous(&question.period), calendar.year_before(&question.period)]
            .into_iter()
            .flatten()
            .collect();
    let mut kpis: BTreeSet<&'static str> = report.map(|(_, plan)| pipeline::kpis(plan, false)).unwrap_or_default();
    kpis.insert(definition.id);
    let scopes: Vec<Scope> = BTreeSet::from([Scope::new(), wanted.scope.clone()]).into_iter().collect();
    let task = Task {
        kept: None,
        config,
        today: question.today,
        as_of: question.as_of,
        periods: &periods,
        kpis: &kpis,
        scopes: &scopes,
        reported: &BTreeSet::new(),
        has_readers: false,
        told: &[],
        readers: None,
    };
    let mut taken = None;
    let computed = pipeline::inspect(&task, progress, &mut |seen| {
        taken = Some(take_apart(seen, config, question, definition, &wanted));
    })?;
    if let Some((_, missing)) = computed.not_configured.iter().find(|(id, _)| *id == definition.id) {
        return Err(refusals::not_configured(definition, missing, config));
    }
    let Some(taken) = taken else { return Err(refusals::internal("nothing was seen of the figure")) };
    let taken = taken?;
    same_figure(&computed, question, definition, &wanted, &taken.reading)?;
    let (verdict, report) = verdict(config, question, &computed, definition, &wanted, report, &taken.reading);
    progress.done();
    told(config, question, definition, wanted, report, taken, &verdict, &computed.intakes)
}

/// What was found out while rows and sums were there.
struct Taken {
    reading: Reading,
    in_numbers: Option<String>,
    shown: String,
    choices: Vec<(String, String)>,
    rows: Option<Counted>,
    definitions: Option<Vec<Other>>,
    csv: Option<String>,
}

fn take_apart(
    seen: &Seen<'_>,
    config: &Config,
    question: &Question,
    definition: &Definition,
    wanted: &Wanted,
) -> Result<Taken> {
    let cells = &seen.table.cells;
    let Some(period) = seen.panel.timeline.spans.iter().position(|span| span.period == question.period) else {
        return Err(refusals::internal("the period was not computed"));
    };
    let Some(cell) = wanted.cell(cells, definition) else { return Err(wanted.not_there(cells, &[])) };
    let nothing = Tallies::default();
    let context = seen.context(period);
    let tallies = seen.table.get(period, cell).unwrap_or(&nothing);
    let reading = if wanted.is_part {
        let parts = definition.parts.map(|parts| (parts.compute)(tallies, &context)).unwrap_or_default();
        let names: Vec<String> = parts.iter().map(|(segment, _)| segment.clone()).collect();
        let found = parts.into_iter().find(|(segment, _)| *segment == wanted.segment);
        found.ok_or_else(|| wanted.not_there(cells, &names))?.1
    } else {
        (definition.compute)(tallies, &context)
    };
    if reading.value == Err(Undefined::NotConfigured) {
        return Err(refusals::stands_elsewhere(definition, tallies, &context));
    }
    let has_subscriptions = context.has_subscriptions;
    let choices = choices::in_force(definition.id, &config.choices, context.value_source(), has_subscriptions);
    let span = &seen.panel.timeline.spans[period];
    let part = wanted.is_part.then_some(wanted.segment.as_str());
    let look = Look { seen, choices: &config.choices, period, span, cell, part, tallies, context };
    let book = rows(&look, definition)?;
    if question.rows && book.is_none() {
        return Err(refusals::no_rows(definition));
    }
    let locale = Locale::load("en", None)?;
    let words = Words { locale: &locale, currency: &config.company.currency };
    let csv = book.as_ref().filter(|_| question.rows).map(|book| sheet::csv(book, &look, config)).transpose()?;
    let other = if question.definitions { definitions(&look, definition, &reading)? } else { None };
    Ok(Taken {
        in_numbers: words.formula(&look, definition, &reading),
        shown: reading.value.map_or_else(|_| "n/a".to_owned(), |value| words.value(value, definition.unit)),
        choices,
        rows: book.map(|book| Counted::of(&book, &reading)),
        definitions: other,
        csv,
        reading,
    })
}

/// The configuration with a cross that it does not declare.
fn with_dimension(config: &Config, attributes: &Dimension) -> Config {
    let mut config = config.clone();
    if !attributes.0.is_empty() && !config.dimensions.contains(attributes) {
        config.dimensions.push(attributes.clone());
    }
    config
}

/// The report as whose reader the figure is judged: the first that shows it.
fn report<'a>(
    config: &'a Config,
    definition: &Definition,
    period: &Period,
    wanted: &Wanted,
) -> Option<(&'a str, &'a ReportPlan)> {
    let shows = |plan: &ReportPlan| {
        let is_shown = wanted.attributes.0.is_empty() || plan.segments.contains(&wanted.attributes);
        plan.grain == period.grain && is_shown && pipeline::kpis(plan, false).contains(definition.id)
    };
    config.reports.iter().find(|(_, plan)| wanted.scope.is_empty() && shows(plan)).map(|(id, plan)| (id.as_str(), plan))
}

/// What was taken apart is what a run would write.
fn same_figure(
    computed: &Computed,
    question: &Question,
    definition: &Definition,
    wanted: &Wanted,
    reading: &Reading,
) -> Result<()> {
    let is_it = |figure: &&Figure| {
        let key = &figure.key;
        key.kpi == definition.id
            && key.period == question.period
            && key.dimension == wanted.dimension
            && key.segment == wanted.segment
    };
    let figures = computed.figures.get(&wanted.scope).map_or(&[][..], Vec::as_slice);
    match figures.iter().find(is_it) {
        Some(figure) if figure.reading != *reading => {
            Err(refusals::internal("the figure taken apart is not the one of a run"))
        }
        _ => Ok(()),
    }
}

/// The figure as the report's reader sees it, and which report that is; else by itself.
fn verdict<'a>(
    config: &Config,
    question: &Question,
    computed: &Computed,
    definition: &'static Definition,
    wanted: &Wanted,
    report: Option<(&'a str, &ReportPlan)>,
    reading: &Reading,
) -> (Verdict, Option<&'a str>) {
    let key = Key {
        period: question.period.clone(),
        dimension: wanted.dimension.as_str().into(),
        segment: wanted.segment.as_str().into(),
        kpi: definition.id,
    };
    let figures = computed.figures.get(&wanted.scope).map_or(&[][..], Vec::as_slice);
    if let Some((id, plan)) = report {
        let together =
            pipeline::judged_period(config, question.as_of, plan, (figures, &computed.first_rows), &question.period);
        if let Some(found) = together.into_iter().find(|verdict| verdict.key == key) {
            return (found, Some(id));
        }
    }
    let is_same = |figure: &&Figure| Key { period: key.period.clone(), ..figure.key.clone() } == key;
    let end = |figure: &Figure| config.company.calendar.midnight(figure.key.period.end);
    let is_compared = |figure: &&Figure| {
        is_same(figure) && (figure.key == key || computed.first_rows.reach_before(end(figure), key.kpi))
    };
    let mut own: Vec<Figure> = figures.iter().filter(is_compared).cloned().collect();
    // A segment that nobody entered has no figure of its own.
    if !own.iter().any(|figure| figure.key == key) {
        own.push(Figure { key: key.clone(), reading: reading.clone() });
    }
    let calendar = &config.company.calendar;
    // Whoever asks sits at the data: nothing is withheld.
    let setting = Setting {
        calendar,
        as_of: question.as_of,
        close_lag_days: config.close_lag_days,
        choices: &config.choices,
        withheld: &Keys::default(),
        first_rows: None,
    };
    let mut judged = judge(&own, std::slice::from_ref(&question.period), &config.benchmarks, &setting);
    (judged.remove(0), None)
}

#[expect(clippy::too_many_arguments, reason = "the last step puts everything together")]
fn told(
    config: &Config,
    question: &Question,
    definition: &'static Definition,
    wanted: Wanted,
    report: Option<&str>,
    taken: Taken,
    verdict: &Verdict,
    intakes: &[Intake],
) -> Result<Explanation> {
    let calendar = config.company.calendar;
    let local = |at: Moment| calendar.local(at).unwrap_or_default();
    let reading = &taken.reading;
    let name = format!("kpi-{}", definition.id.replace('_', "-"));
    let last = question.period.end.pred_opt().unwrap_or(question.period.end);
    let locale = Locale::load("en", None)?;
    Ok(Explanation {
        kpi: definition.id,
        name: locale.text(&name),
        period: Days {
            id: question.period.id.to_string(),
            first: question.period.first.to_string(),
            last: last.to_string(),
            timezone: calendar.zone.name().to_owned(),
            as_of: local(question.as_of).to_string(),
        },
        dimension: wanted.dimension,
        segment: wanted.segment,
        within: wanted.scope,
        value: reading.value.ok(),
        shown: taken.shown,
        unit: definition.unit.id(),
        currency: if definition.unit == Unit::Money { config.company.currency.clone() } else { String::new() },
        note: reading.value.err().map(Undefined::code),
        remark: reading.remark.clone(),
        formula: definition.formula,
        in_numbers: taken.in_numbers,
        numerator: reading.numerator,
        denominator: reading.denominator,
        n: reading.n,
        interval: reading.interval.map(|of| Range {
            low: of.low,
            high: of.high,
            confidence: config.choices.confidence,
        }),
        source: definition.source,
        judgement: Judged::of(verdict, report),
        choices: taken.choices.into_iter().map(|(key, value)| Choice { key, value }).collect(),
        sources: sources(definition, taken.rows.as_ref(), intakes, config),
        rows: taken.rows,
        definitions: taken.definitions,
        csv: taken.csv,
    })
}

/// The tables whose rows were counted, and those that signals are measured from; where rows are not told, those that the
/// KPI names; customers always.
fn sources(definition: &Definition, rows: Option<&Counted>, intakes: &[Intake], config: &Config) -> Vec<Source> {
    let mut tables: BTreeSet<&str> = rows.iter().flat_map(|rows| &rows.groups).map(|group| group.table).collect();
    let parts = match definition.draws_on {
        DrawsOn::Health | DrawsOn::HealthAtStart => &config.choices.health.components[..],
        DrawsOn::Chi => &config.choices.chi.criteria[..],
        _ => &[],
    };
    tables.extend(parts.iter().map(|part| pipeline::table_of(part.signal).name()));
    if rows.is_none() {
        tables.extend(definition.needs.iter().flat_map(|way| way.iter()).map(|column| column.0.name()));
    }
    tables.insert(Table::Customers.name());
    let file = |file: &FileRead| File {
        path: pipeline::shown_path(config, &file.path),
        sha256: file.sha256.clone(),
        rows: file.rows,
    };
    let source = |intake: &Intake| Source {
        table: intake.table.name(),
        files: intake.files.iter().map(file).collect(),
        kept: intake.rows_kept,
        after_as_of: intake.rows_after_as_of,
        quarantined: intake.rows_quarantined,
        reasons: intake.reasons.iter().map(|(reason, n)| (reason.code(), *n)).collect(),
    };
    intakes.iter().filter(|intake| tables.contains(intake.table.name())).map(source).collect()
}
