//! A figure taken apart: the pipeline, stopped early and shown.
//!
//! Knows the order of the stages and what they hand on, not how any of them works. What it says is for the company's own
//! operators: nothing is withheld.

mod choices;
mod definitions;
mod look;
mod numbers;
mod rows;
mod segment;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use self::definitions::{TOLD, definitions};
use self::look::Look;
use self::numbers::Words;
use self::rows::{Book, rows};
use self::segment::Wanted;
use crate::calendar::{Moment, Period};
use crate::config::{Config, Dimension, ReportPlan, nearest};
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};
use crate::formula::harmless;
use crate::judgement::{Change, Figure, Key, Maturity, Setting, TargetMet, Verdict, judge};
use crate::kpi::catalogue::{CATALOGUE, definition};
use crate::kpi::retention::CHURN_REASONS;
use crate::kpi::{Context, Definition, DrawsOn, Reading, Undefined, Unit};
use crate::locale::Locale;
use crate::pipeline::{self, Computed, Progress, Scope, Seen, Task};
use crate::tables::schema::Table;
use crate::tables::{FileRead, Intake};
use crate::tally::Tallies;

pub use definitions::Other;
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
}

/// Everything that is to be said of one figure.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The KPI's id.
    pub kpi: &'static str,
    /// Its name in English.
    pub name: String,
    /// The period and its days.
    pub period: Days,
    /// `total`, `plan`, `channel`.
    pub dimension: String,
    /// `total`, `Pro`, `email`.
    pub segment: String,
    /// The part of the customers that rows, or a dimension of the KPI's own, are cut within.
    pub within: Scope,
    /// The value, unrounded; none: [`Explanation::note`] says why.
    pub value: Option<f64>,
    /// As people read it.
    pub shown: String,
    /// Its unit.
    pub unit: &'static str,
    /// ISO 4217 code of money.
    pub currency: String,
    /// Why there is no value, or how far it may still move: a code.
    pub note: Option<&'static str>,
    /// What else is to be known of the value, as codes.
    pub remark: Option<String>,
    /// The formula in words.
    pub formula: &'static str,
    /// The formula with its numbers.
    pub in_numbers: Option<String>,
    /// Numerator, in its natural unit.
    pub numerator: Option<f64>,
    /// Denominator, in its natural unit.
    pub denominator: Option<f64>,
    /// Sampling units.
    pub n: u64,
    /// Confidence interval.
    pub interval: Option<Range>,
    /// Where formula and interval come from.
    pub source: &'static str,
    /// How it is judged.
    pub judgement: Judged,
    /// Choices of kpis.yaml that change it.
    pub choices: Vec<Choice>,
    /// Files behind it.
    pub sources: Vec<Source>,
    /// The rows that were counted; none for a KPI whose rows are not told.
    pub rows: Option<Counted>,
    /// Under other definitions, if that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definitions: Option<Vec<Other>>,
    /// `--rows` as CSV, if that was asked.
    #[serde(skip)]
    pub csv: Option<String>,
}

/// A period's civil days.
#[derive(Clone, Debug, Serialize)]
pub struct Days {
    /// Its name.
    pub id: String,
    /// First day.
    pub first: String,
    /// Last day.
    pub last: String,
    /// IANA zone of its midnights.
    pub timezone: String,
    /// What is stamped then or later does not exist.
    pub as_of: String,
}

/// An interval.
#[derive(Clone, Debug, Serialize)]
pub struct Range {
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// Confidence, 0–1.
    pub confidence: f64,
}

/// Band, target and change.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// The report as in which it is judged; none: alone.
    pub report: Option<String>,
    /// `final`, `provisional`, `immature`, `open_period`.
    pub maturity: &'static str,
    /// Id of the band.
    pub band: Option<String>,
    /// Its colour.
    pub status: Option<&'static str>,
    /// The target in force.
    pub target: Option<f64>,
    /// `yes`, `no`, `cannot_tell`.
    pub target_met: Option<&'static str>,
    /// Against the previous period, and a year before.
    pub changes: Vec<Compared>,
}

/// A change.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// `previous` or `year_before`.
    pub with: &'static str,
    /// The earlier period.
    pub against: String,
    /// Its value.
    pub value: f64,
    /// This value less that one.
    pub difference: f64,
    /// p-value of the test, if one was made.
    pub p_value: Option<f64>,
    /// Real after control of the false-discovery rate.
    pub significant: Option<bool>,
}

/// A choice in force.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    /// Key of kpis.yaml.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// A table behind a figure.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// The table.
    pub table: &'static str,
    /// Its files.
    pub files: Vec<File>,
    /// Rows that hold their contract.
    pub kept: u64,
    /// Rows that do not exist yet.
    pub after_as_of: u64,
    /// Rows in quarantine.
    pub quarantined: u64,
    /// Broken rules by reason.
    pub reasons: BTreeMap<&'static str, u64>,
}

/// A file that was read.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Its path.
    pub path: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Its rows.
    pub rows: u64,
}

/// How the rows were counted.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    /// Rows by table, use and reason, the most first.
    pub groups: Vec<Group>,
    /// What the counted rows add up to, exactly.
    pub numerator: String,
    /// The same for the denominator.
    pub denominator: String,
    /// Whether these are the figure's.
    pub adds_up: bool,
    /// What the sums are, where the figure is no quotient of sums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sums_of: Option<&'static str>,
    /// A table whose rows outside the period are not told.
    pub unlisted: Option<&'static str>,
}

/// Rows that met the same end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The table.
    pub table: &'static str,
    /// `numerator`, `denominator`, `not`.
    pub used: &'static str,
    /// Why.
    pub why: String,
    /// How many.
    pub rows: u64,
}

/// Takes one figure apart.
///
/// # Errors
/// A KPI or segment that is not known; columns that are missing; whatever the tables' contracts refuse.
pub fn explain(config: &Config, question: &Question, progress: &dyn Progress) -> Result<Explanation> {
    let definition = asked_kpi(&question.kpi)?;
    if definition.id == CHURN_REASONS.id {
        return Err(no_figure(definition, "explain `customers_lost` or `mrr_churned` with --segment cancel_reason=…"));
    }
    let wanted = segment::wanted(question.segment.as_deref(), definition, config)?;
    if question.definitions && !TOLD.contains(&definition.id) {
        return Err(no_definitions(definition));
    }
    if definition.segments_only && wanted.dimension == segment::TOTAL {
        return Err(only_in_segments(definition, config));
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
        as_of: question.today,
        periods: &periods,
        kpis: &kpis,
        scopes: &scopes,
    };
    let mut taken = None;
    let computed = pipeline::inspect(&task, progress, &mut |seen| {
        taken = Some(take_apart(seen, config, question, definition, &wanted));
    })?;
    if let Some((_, missing)) = computed.not_configured.iter().find(|(id, _)| *id == definition.id) {
        return Err(not_configured(definition, missing, config));
    }
    let Some(taken) = taken else { return Err(internal("nothing was seen of the figure")) };
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
        return Err(internal("the period was not computed"));
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
        return Err(stands_elsewhere(definition, tallies, &context));
    }
    let has_subscriptions = context.has_subscriptions;
    let choices = choices::in_force(definition.id, &config.choices, context.value_source(), has_subscriptions);
    let span = &seen.panel.timeline.spans[period];
    let part = wanted.is_part.then_some(wanted.segment.as_str());
    let look = Look { seen, choices: &config.choices, period, span, cell, part, tallies, context };
    let book = rows(&look, definition)?;
    if question.rows && book.is_none() {
        return Err(no_rows(definition));
    }
    let locale = Locale::load("en", None)?;
    let words = Words { locale: &locale, currency: &config.company.currency };
    let csv = book.as_ref().filter(|_| question.rows).map(|book| csv(book, &look, config)).transpose()?;
    let other = if question.definitions { definitions(&look, definition, &reading)? } else { None };
    Ok(Taken {
        in_numbers: words.formula(&look, definition, &reading),
        shown: reading.value.map_or_else(|_| "n/a".to_owned(), |value| words.value(value, definition.unit)),
        choices,
        rows: book.map(|book| counted(&book, &reading)),
        definitions: other,
        csv,
        reading,
    })
}

/// The rows in groups, and whether they add up.
fn counted(book: &Book, reading: &Reading) -> Counted {
    let mut groups: BTreeMap<(&'static str, &'static str, &str), u64> = BTreeMap::new();
    for line in &book.lines {
        *groups.entry((line.table.name(), line.used(), &line.why)).or_default() += 1;
    }
    let order = |used: &str| ["numerator", "denominator", "not"].iter().position(|of| *of == used);
    let mut groups: Vec<Group> =
        groups.into_iter().map(|((table, used, why), rows)| Group { table, used, why: why.to_owned(), rows }).collect();
    let place = |group: &Group| book.tables.iter().position(|table| table.name() == group.table);
    groups.sort_by_key(|group| (place(group), order(group.used), std::cmp::Reverse(group.rows)));
    let (numerator, denominator) = book.sums();
    Counted {
        groups,
        numerator: numbers::exact(numerator, book.parts.0),
        denominator: numbers::exact(denominator, book.parts.1),
        adds_up: book.adds_up_to(reading),
        sums_of: book.quotient.map(|quotient| quotient.of),
        unlisted: book.unlisted.map(Table::name),
    }
}

/// Every row as CSV.
fn csv(book: &Book, look: &Look<'_>, config: &Config) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fault = |error: &dyn std::fmt::Display| internal(&format!("the rows cannot be written: {error}"));
    let header = ["table", "file", "row", "customer_id", "used", "why", "value", "numerator", "denominator"];
    writer.write_record(header).map_err(|error| fault(&error))?;
    let file = |table, number: usize| {
        let intake = look.seen.intakes.iter().find(|intake| intake.table == table);
        let file = intake.and_then(|intake| intake.files.get(number));
        file.map_or_else(String::new, |file| pipeline::shown_path(config, &file.path))
    };
    let mut paths: BTreeMap<_, String> = BTreeMap::new();
    for line in &book.lines {
        let path = paths.entry((line.table, line.file)).or_insert_with(|| file(line.table, line.file));
        let adds = |sum: i128, parts: i128| if line.is_counted { numbers::exact(sum, parts) } else { String::new() };
        let record = [
            line.table.name(),
            &harmless(path),
            &line.row.to_string(),
            &harmless(line.customer.map_or("", |customer| look.seen.panel.id(customer))),
            line.used(),
            &line.why,
            line.value.as_deref().unwrap_or(""),
            &adds(line.numerator, book.parts.0),
            &adds(line.denominator, book.parts.1),
        ];
        writer.write_record(record).map_err(|error| fault(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| fault(&error))?;
    String::from_utf8(bytes).map_err(|error| fault(&error))
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
        Some(figure) if figure.reading != *reading => Err(internal("the figure taken apart is not the one of a run")),
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
        dimension: wanted.dimension.clone(),
        segment: wanted.segment.clone(),
        kpi: definition.id,
    };
    let figures = computed.figures.get(&wanted.scope).map_or(&[][..], Vec::as_slice);
    if let Some((id, plan)) = report {
        let together = pipeline::judged_period(config, question.today, plan, figures, &question.period);
        if let Some(found) = together.into_iter().find(|verdict| verdict.key == key) {
            return (found, Some(id));
        }
    }
    let is_same = |figure: &&Figure| Key { period: key.period.clone(), ..figure.key.clone() } == key;
    let mut own: Vec<Figure> = figures.iter().filter(is_same).cloned().collect();
    // A segment that nobody entered has no figure of its own.
    if !own.iter().any(|figure| figure.key == key) {
        own.push(Figure { key: key.clone(), reading: reading.clone() });
    }
    let calendar = &config.company.calendar;
    // Whoever asks sits at the data: nothing is withheld.
    let setting = Setting {
        calendar,
        as_of: question.today,
        close_lag_days: config.close_lag_days,
        choices: &config.choices,
        withheld: &BTreeSet::new(),
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
            id: question.period.id.clone(),
            first: question.period.first.to_string(),
            last: last.to_string(),
            timezone: calendar.zone.name().to_owned(),
            as_of: local(question.today).to_string(),
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
        judgement: judged(verdict, report),
        choices: taken.choices.into_iter().map(|(key, value)| Choice { key, value }).collect(),
        sources: sources(definition, taken.rows.as_ref(), intakes, config),
        rows: taken.rows,
        definitions: taken.definitions,
        csv: taken.csv,
    })
}

fn judged(verdict: &Verdict, report: Option<&str>) -> Judged {
    let compared = |with: &'static str, change: &Change| Compared {
        with,
        against: change.against.clone(),
        value: change.value,
        difference: change.difference,
        p_value: change.p_value,
        significant: change.significant,
    };
    let previous = verdict.previous.iter().map(|change| compared("previous", change));
    let year_before = verdict.year_before.iter().map(|change| compared("year_before", change));
    Judged {
        report: report.map(str::to_owned),
        maturity: match verdict.maturity {
            Maturity::Final => "final",
            Maturity::Provisional => "provisional",
            Maturity::Immature => "immature",
            Maturity::OpenPeriod => "open_period",
        },
        band: verdict.band.clone(),
        status: verdict.status.map(crate::config::Status::id),
        target: verdict.target,
        target_met: verdict.target_met.map(|met| match met {
            TargetMet::Yes => "yes",
            TargetMet::No => "no",
            TargetMet::CannotTell => "cannot_tell",
        }),
        changes: previous.chain(year_before).collect(),
    }
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

fn asked_kpi(id: &str) -> Result<&'static Definition> {
    definition(id).ok_or_else(|| {
        let ids: Vec<&str> = CATALOGUE.iter().map(|definition| definition.id).collect();
        let help = match nearest(id, &ids) {
            Some(meant) => format!("did you mean `{meant}`? `farol kpis` lists them all"),
            None => "`farol kpis` lists them all".to_owned(),
        };
        Failure::new(Exit::Usage, Diagnostic::error("unknown-kpi", format!("there is no KPI `{id}`")).help(help))
    })
}

fn no_definitions(definition: &Definition) -> Failure {
    let told: Vec<String> = TOLD.iter().map(|id| format!("`{id}`")).collect();
    let what = format!("no other definition of `{}` is told", definition.id);
    Failure::new(
        Exit::Usage,
        Diagnostic::error("no-definitions", what).help(format!("there are others of {}", told.join(", "))),
    )
}

fn no_rows(definition: &Definition) -> Failure {
    let what = format!("the rows behind `{}` are not told one by one", definition.id);
    Failure::new(
        Exit::Usage,
        Diagnostic::error("no-rows", what).help("leave `--rows` out; its sources are listed without it"),
    )
}

fn only_in_segments(definition: &Definition, config: &Config) -> Failure {
    let what = format!("`{}` stands only in segments: nobody enters or leaves the total", definition.id);
    let example = config.dimensions.first().and_then(|of| of.0.first()).map_or("plan", String::as_str);
    Failure::new(
        Exit::Usage,
        Diagnostic::error("only-in-segments", what).help(format!("name one: --segment {example}=…")),
    )
}

/// A KPI that has no value of its own here: one by a dimension of its own, or one whose choices are empty.
fn stands_elsewhere(definition: &Definition, tallies: &Tallies, context: &Context<'_>) -> Failure {
    let Some(parts) = definition.parts else { return no_figure(definition, "give it components in kpis.yaml") };
    let segments = (parts.compute)(tallies, context);
    let segments: Vec<String> = segments.iter().map(|(segment, _)| format!("`{segment}`")).take(MOST_LISTED).collect();
    let help = format!("name one: --segment {}=…; this period has {}", parts.dimension, segments.join(", "));
    no_figure(definition, &help)
}

/// The most segments that a remedy lists.
const MOST_LISTED: usize = 40;

fn no_figure(definition: &Definition, help: &str) -> Failure {
    let what = format!("`{}` has no figure for the total", definition.id);
    Failure::new(Exit::Usage, Diagnostic::error("no-figure", what).help(help))
}

fn not_configured(definition: &Definition, missing: &[String], config: &Config) -> Failure {
    let missing: Vec<String> = missing.iter().map(|column| format!("`{column}`")).collect();
    let what = format!("`{}` cannot be computed: {} missing", definition.id, missing.join(", "));
    let fault = Diagnostic::error("not-configured", what)
        .at(Place::file(config.folder.join("farol.yaml")))
        .help("map these columns under `data:`; `farol kpis` says what every KPI lacks");
    Failure::new(Exit::Config, fault)
}

fn internal(what: &str) -> Failure {
    Failure::new(Exit::Internal, Diagnostic::error("explain", what).help("this is a bug in farol"))
}

impl Explanation {
    /// The same as one JSON document.
    ///
    /// # Errors
    /// Never for what [`explain`] gives.
    pub fn json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|error| internal(&format!("no JSON: {error}")))
    }

    /// Whether the counted rows are the figure; what does not add up is a fault of farol's.
    ///
    /// # Errors
    /// They are not.
    pub fn check(&self) -> Result<()> {
        match &self.rows {
            Some(rows) if !rows.adds_up => {
                let what = format!("the rows counted for `{}` do not add up to the figure", self.kpi);
                let help = "one of the two is wrong: report this with the version and the table's configuration";
                Err(Failure::new(Exit::Internal, Diagnostic::error("does-not-add-up", what).help(help)))
            }
            _ => Ok(()),
        }
    }
}
