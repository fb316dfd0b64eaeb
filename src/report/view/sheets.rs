//! The workbook's sheets, from the same facts as the page: what a reader may not see there is not here either.
//!
//! Chooses columns and number formats; writes no file.

use chrono::NaiveDate;

use super::calls::{advice, in_order, reason, renewal_day};
use super::cards::target_met;
use super::charts::cohort_name;
use super::facts::{Facts, Seen, TOTAL};
use super::input::{Call, CustomerRow};
use super::segments::{dimension_name, dimensions, shown};
use super::themes::{name as theme_name, term_name};
use super::{Method, Sheet, SheetCell, SheetColumn, Workbook, at_start, clean};
use crate::config::Status;
use crate::judgement::{Change, Maturity, Verdict};
use crate::kpi::retention::COHORT_RETENTION;
use crate::kpi::themes::TERM_LOG_ODDS;
use crate::kpi::{Definition, Unit};

/// Columns that say which figure or customer a row is about: figure, period and day; breakdown, segment and figure.
const FROZEN: usize = 3;
/// The kind of attachment that asks for a workbook.
const KIND: &str = "xlsx";

/// The columns of a figure, whatever stands before them: message and width.
const FIGURE: [(&str, u16); 15] = [
    ("report-value", 20),
    ("sheet-unit", 12),
    ("report-band", 16),
    ("report-n", 9),
    ("sheet-low", 16),
    ("sheet-high", 16),
    ("sheet-previous", 16),
    ("report-change", 16),
    ("sheet-change-word", 22),
    ("sheet-year-before", 16),
    ("sheet-year-change", 18),
    ("sheet-year-change-word", 22),
    ("report-target", 14),
    ("sheet-target-met", 20),
    ("sheet-note", 22),
];

/// The workbook, where the plan asks for one.
pub(super) fn build(facts: &Facts<'_>, title: &str, scope: Option<&str>, method: &[Method]) -> Option<Workbook> {
    if !facts.input.plan.attaches(KIND) {
        return None;
    }
    let sheets = [Some(figures(facts)), segments(facts), calls(facts), Some(definitions(facts, method))];
    Some(Workbook {
        title: title.to_owned(),
        scope: scope.unwrap_or_default().to_owned(),
        company: clean(&facts.input.company.name),
        created: facts.input.provenance.as_of.format("%Y-%m-%dT%H:%M:%S").to_string(),
        sheets: sheets.into_iter().flatten().collect(),
    })
}

/// Every KPI of the total in every period of the history, the newest period first.
fn figures(facts: &Facts<'_>) -> Sheet {
    let mut rows = Vec::new();
    for &period in facts.periods.iter().rev() {
        for definition in facts.with_a_total() {
            let seen = facts.at(&period.id, TOTAL, TOTAL, definition.id);
            // What earlier periods do not know is left out; of the shown one it is said.
            if matches!(seen, Seen::Absent) && period.id != facts.input.period.id {
                continue;
            }
            let mut row = vec![
                text(facts.name(definition.id)),
                text(at_start(&facts.period_short(period))),
                day(facts, period.first),
            ];
            row.extend(figure(facts, definition, TOTAL, TOTAL, seen));
            rows.push(row);
        }
    }
    let place = [("report-kpi", 36), ("sheet-period", 14), ("sheet-first-day", 13)];
    sheet(facts, "report-figures", place.into_iter().chain(FIGURE), rows)
}

/// Every segment's figures in the shown period; themes, terms and cohorts last.
fn segments(facts: &Facts<'_>) -> Option<Sheet> {
    let mut rows = Vec::new();
    let mut push = |definition: &'static Definition, (by, dimension): (&str, &str), segment: &str, name: String| {
        let seen = facts.now(dimension, segment, definition.id);
        if matches!(seen, Seen::Absent) {
            return;
        }
        let mut row = vec![text(at_start(by)), text(name), text(facts.name(definition.id))];
        row.extend(figure(facts, definition, dimension, segment, seen));
        rows.push(row);
    };
    for (by, dimension, kpis) in &dimensions(facts) {
        let Some(shown) = shown(facts, dimension, kpis) else { continue };
        for segment in &shown.segments {
            for definition in &shown.kpis {
                push(definition, (by, dimension), segment, facts.segment(segment));
            }
        }
    }
    for &definition in &facts.kpis {
        let Some(own) = definition.parts.map(|parts| parts.dimension) else { continue };
        let by = dimension_name(facts, own);
        for part in facts.segments(own) {
            push(definition, (&by, own), part, part_name(facts, definition, own, part));
        }
    }
    let place = [("sheet-dimension", 20), ("report-segment", 26), ("report-kpi", 36)];
    (!rows.is_empty()).then(|| sheet(facts, "report-segments", place.into_iter().chain(FIGURE), rows))
}

/// A cohort, a theme or a term as people write it.
fn part_name(facts: &Facts<'_>, definition: &Definition, dimension: &str, part: &str) -> String {
    let verdict = facts.now(dimension, part, definition.id).verdict();
    match (part.split_once('+'), verdict) {
        (Some((month, age)), _) if definition.id == COHORT_RETENTION.id => {
            let months = age.parse::<u16>().map_or_else(|_| age.to_owned(), |age| facts.locale.months_long(age.into()));
            format!("{} + {months}", cohort_name(facts, month))
        }
        (_, Some(verdict)) if definition.id == TERM_LOG_ODDS.id => term_name(facts, part, verdict),
        _ => theme_name(facts, part),
    }
}

/// Whom to call: each customer for those who may see names, how many there are for the others.
fn calls(facts: &Facts<'_>) -> Option<Sheet> {
    if facts.input.customers.is_empty() {
        return None;
    }
    if facts.input.names {
        let columns = [
            ("sheet-list", 26),
            ("calls-customer", 34),
            ("report-segment", 20),
            ("calls-mrr", 18),
            ("calls-health", 11),
            ("report-band", 16),
            ("calls-reasons", 40),
            ("calls-advice", 60),
            ("calls-renewal", 14),
        ];
        let rows = in_order(facts).into_iter().flatten().map(|of| customer(facts, of)).collect();
        return Some(sheet(facts, "report-calls", columns, rows));
    }
    let [at_risk, expansion] = in_order(facts);
    let count = |list: &[&CustomerRow]| whole(facts, u64::try_from(list.len()).unwrap_or(u64::MAX));
    let revenue = number(facts, at_risk.iter().map(|customer| customer.mrr).sum(), Unit::Money);
    let rows = vec![
        vec![text(list(facts, Call::AtRisk)), count(&at_risk), revenue],
        vec![text(list(facts, Call::Expansion)), count(&expansion), SheetCell::Empty],
    ];
    Some(sheet(facts, "report-calls", [("sheet-list", 30), ("sheet-customers", 14), ("calls-mrr", 20)], rows))
}

fn list(facts: &Facts<'_>, call: Call) -> String {
    facts.text(if call == Call::AtRisk { "sheet-at-risk" } else { "calls-list-expansion" })
}

fn customer(facts: &Facts<'_>, customer: &CustomerRow) -> Vec<SheetCell> {
    let reasons: Vec<String> = customer.reasons.iter().map(|id| reason(facts, id)).collect();
    vec![
        text(list(facts, customer.call)),
        text(clean(&customer.name)),
        customer.segment.as_deref().map_or(SheetCell::Empty, |segment| text(facts.segment(segment))),
        number(facts, customer.mrr, Unit::Money),
        customer.health.map_or(SheetCell::Empty, |score| number(facts, score, Unit::Points)),
        band(customer.status, || customer.status.map(|status| facts.text(&format!("status-{}", status.id())))),
        text(facts.locale.list(&reasons)),
        text(customer.reasons.first().and_then(|id| advice(facts, id)).unwrap_or_default()),
        customer
            .days_to_renewal
            .and_then(|days| renewal_day(facts, days))
            .map_or(SheetCell::Empty, |of| day(facts, of)),
    ]
}

/// What each figure is, and under which choices.
fn definitions(facts: &Facts<'_>, method: &[Method]) -> Sheet {
    let row = |(definition, entry): (&&'static Definition, &Method)| {
        vec![
            text(entry.name.clone()),
            text(entry.formula.clone()),
            text(entry.lines.join("\n")),
            text(definition.id.to_owned()),
        ]
    };
    let columns = [("report-kpi", 36), ("sheet-definition", 80), ("sheet-choices", 60), ("sheet-id", 26)];
    sheet(facts, "report-method", columns, facts.kpis.iter().zip(method).map(row).collect())
}

/// The cells of [`FIGURE`].
fn figure(
    facts: &Facts<'_>,
    definition: &Definition,
    dimension: &str,
    segment: &str,
    seen: Seen<'_>,
) -> Vec<SheetCell> {
    let Some((verdict, value)) = seen.verdict().zip(seen.value()) else {
        let mut cells = vec![SheetCell::Missing(missing(facts, definition, seen)), unit(facts, definition.unit)];
        cells.resize(FIGURE.len(), SheetCell::Empty);
        return cells;
    };
    let number = |value: f64| number(facts, value, definition.unit);
    let interval = verdict.reading.interval;
    let limit = |limit: Option<f64>| limit.map_or(SheetCell::Empty, number);
    let mut cells = vec![
        number(value),
        unit(facts, definition.unit),
        band(verdict.status, || facts.band(verdict)),
        whole(facts, verdict.reading.n),
        limit(interval.map(|interval| interval.low)),
        limit(interval.map(|interval| interval.high)),
    ];
    for change in [&verdict.previous, &verdict.year_before] {
        cells.extend(changed(facts, definition, (dimension, segment), verdict, change.as_ref()));
    }
    cells.push(limit(verdict.target));
    cells.push(verdict.target.map_or(SheetCell::Empty, |_| text(target_met(facts, verdict).1)));
    cells.push(facts.maturity(verdict.maturity).map_or(SheetCell::Empty, text));
    cells
}

/// The value of an earlier period, the difference and what it means; nothing of an open period, or of what is hidden.
fn changed(
    facts: &Facts<'_>,
    definition: &Definition,
    (dimension, segment): (&str, &str),
    verdict: &Verdict,
    change: Option<&Change>,
) -> [SheetCell; 3] {
    let before = |against: &str| facts.at(against, dimension, segment, definition.id);
    let change = change
        .filter(|_| verdict.maturity != Maturity::OpenPeriod)
        .filter(|change| !matches!(before(&change.against), Seen::Withheld));
    let Some(change) = change else { return [SheetCell::Empty, SheetCell::Empty, SheetCell::Empty] };
    let currency = &facts.input.company.currency;
    [
        number(facts, change.value, definition.unit),
        exact(change.difference, facts.locale.cell_difference_format(definition.unit, currency)),
        text(facts.moved(definition, verdict, change).word),
    ]
}

fn missing(facts: &Facts<'_>, definition: &Definition, seen: Seen<'_>) -> String {
    match seen {
        Seen::Withheld => facts.withheld(),
        Seen::Undefined(why) => format!("{} ({})", facts.text("not-available"), facts.why(definition, why)),
        Seen::Absent | Seen::Value(..) => {
            format!("{} ({})", facts.text("not-available"), facts.text("undefined-no-figure"))
        }
    }
}

fn unit(facts: &Facts<'_>, unit: Unit) -> SheetCell {
    text(match unit {
        Unit::Money => clean(&facts.input.company.currency),
        other => facts.text(&format!("unit-{}", other.id())),
    })
}

/// A band's word in its colour; the bare word where there is no colour.
fn band(status: Option<Status>, word: impl FnOnce() -> Option<String>) -> SheetCell {
    match (word(), status) {
        (Some(word), Some(status)) => SheetCell::Band { word, status },
        (Some(word), None) => text(word),
        (None, _) => SheetCell::Empty,
    }
}

fn text(text: String) -> SheetCell {
    if text.is_empty() { SheetCell::Empty } else { SheetCell::Text(text) }
}

fn number(facts: &Facts<'_>, value: f64, unit: Unit) -> SheetCell {
    exact(value, facts.locale.cell_format(unit, &facts.input.company.currency))
}

#[expect(clippy::cast_precision_loss, reason = "counts of people and rows, far below 2^52")]
fn whole(facts: &Facts<'_>, count: u64) -> SheetCell {
    number(facts, count as f64, Unit::Count)
}

/// A number in full precision; nothing for what is none. Negative zero is zero.
fn exact(value: f64, format: String) -> SheetCell {
    if value.is_finite() { SheetCell::Number { exact: (value + 0.0).to_string(), format } } else { SheetCell::Empty }
}

fn day(facts: &Facts<'_>, day: NaiveDate) -> SheetCell {
    SheetCell::Day { day: day.to_string(), format: facts.locale.cell_date_format().to_owned() }
}

fn sheet(
    facts: &Facts<'_>,
    name: &str,
    columns: impl IntoIterator<Item = (&'static str, u16)>,
    rows: Vec<Vec<SheetCell>>,
) -> Sheet {
    let column = |(id, width): (&str, u16)| SheetColumn { title: facts.text(id), width };
    // What says which figure it is stays in sight, unless there is nothing to scroll to.
    let columns: Vec<SheetColumn> = columns.into_iter().map(column).collect();
    let frozen = if columns.len() > FROZEN { FROZEN } else { 1 };
    Sheet { name: facts.text(name), columns, rows, frozen: u16::try_from(frozen).unwrap_or(1) }
}
