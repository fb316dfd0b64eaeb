//! Segments against KPIs: one table a dimension, each cell with its band in words.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, Seen, TOTAL, direction_of, status, tone};
use super::text::counted;
use super::{CellState, Direction, Order, SegmentCell, SegmentRow, SegmentTable, Tone, anchors};
use crate::config::{Dimension, Status};
use crate::judgement::{TargetMet, Verdict};
use crate::kpi::{Definition, Table};
use crate::locale::Locale;

/// Rows of one table, the total not counted: more than a company has, few enough for a page. The smaller segments stand in
/// the workbook and in `figures.csv`. Of those that a sentence names, or that have a figure in the red, as many again.
const MOST_SEGMENTS: usize = 200;
/// Withheld figures of a table that each say why.
const MOST_REASONS: usize = 3;
/// What makes a segment large, where it is known.
const REVENUE: &str = "mrr_closing";
const CUSTOMERS: &str = "customers_closing";

/// One table for each dimension of the plan that has segments, then one for each column that cuts rows.
pub(super) fn build(facts: &Facts<'_>) -> Vec<SegmentTable> {
    let tables = dimensions(facts).into_iter();
    tables.filter_map(|(name, dimension, kpis)| table(facts, name, &dimension, &kpis)).collect()
}

/// The dimensions of customers that the plan names, then the columns that cut rows, by name and id, each with its KPIs.
pub(super) fn dimensions(facts: &Facts<'_>) -> Vec<(String, String, Vec<&'static Definition>)> {
    let of_customers = facts.splits().map(|dimension| {
        let dimension = dimension.name();
        (dimension_name(facts, &dimension), dimension, facts.kpis.clone())
    });
    of_customers.chain(row_dimensions(facts)).collect()
}

/// The columns that cut rows, table by table, by name and id, each with the KPIs that count those rows.
fn row_dimensions(facts: &Facts<'_>) -> Vec<(String, String, Vec<&'static Definition>)> {
    let mut found: BTreeMap<(Table, &str), Vec<&'static Definition>> = BTreeMap::new();
    let of_customers: BTreeSet<String> = facts.input.plan.segments.iter().map(Dimension::name).collect();
    for definition in &facts.kpis {
        let Some(rows) = definition.rows_of else { continue };
        let own = definition.parts.map(|parts| parts.dimension);
        for dimension in facts.dimensions(definition.id) {
            if dimension != TOTAL && Some(dimension) != own && !of_customers.contains(dimension) {
                found.entry((rows, dimension)).or_default().push(definition);
            }
        }
    }
    found
        .into_iter()
        .map(|((table, dimension), kpis)| (row_dimension_name(facts, table, dimension), dimension.to_owned(), kpis))
        .collect()
}

/// A dimension's segments and the KPIs that any of them has.
pub(super) struct Shown<'a> {
    /// The largest first.
    pub(super) segments: Vec<&'a str>,
    order: Order,
    pub(super) kpis: Vec<&'static Definition>,
}

/// What there is to show of a dimension; none if nothing.
pub(super) fn shown<'a>(facts: &Facts<'a>, dimension: &str, of: &[&'static Definition]) -> Option<Shown<'a>> {
    let mut segments: Vec<&str> = facts.segments(dimension).into_iter().collect();
    segments.retain(|segment| !is_empty(facts, of, dimension, segment));
    let order = order(facts, dimension, &segments);
    let mut sized: Vec<(f64, &str)> =
        segments.into_iter().map(|segment| (size(facts, order, of, dimension, segment), segment)).collect();
    sized.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let segments: Vec<&str> = sized.into_iter().map(|(_, segment)| segment).collect();
    let is_shown = |definition: &&&'static Definition| {
        segments.iter().any(|segment| !matches!(facts.now(dimension, segment, definition.id), Seen::Absent))
    };
    let kpis: Vec<&'static Definition> = of.iter().filter(is_shown).copied().collect();
    let is_something = !segments.is_empty() && !kpis.is_empty();
    is_something.then_some(Shown { segments, order, kpis })
}

fn table(facts: &Facts<'_>, name: String, dimension: &str, of: &[&'static Definition]) -> Option<SegmentTable> {
    let Shown { segments, order, kpis } = shown(facts, dimension, of)?;
    let (kept, smaller) = segments.split_at(segments.len().min(MOST_SEGMENTS));
    let told: Vec<&str> = smaller.iter().copied().filter(|segment| is_told(facts, &kpis, dimension, segment)).collect();
    let kept: Vec<&str> = kept.iter().copied().chain(told.into_iter().take(MOST_SEGMENTS)).collect();
    let left_out = u64::try_from(segments.len() - kept.len()).unwrap_or(u64::MAX);
    let is_of_customers = facts.input.plan.segments.iter().any(|own| own.name() == dimension);
    let rows_of = kpis.first().and_then(|kpi| kpi.rows_of).filter(|_| !is_of_customers);
    let total = row(facts, &kpis, anchors::row(rows_of, dimension, None), TOTAL, TOTAL);
    let rows = kept
        .into_iter()
        .map(|segment| row(facts, &kpis, anchors::row(rows_of, dimension, Some(segment)), dimension, segment));
    let mut rows: Vec<SegmentRow> = std::iter::once(total).chain(rows).collect();
    let dash = dashed(&mut rows).then(|| facts.say("report-segments-withheld", &[("why", &facts.withheld())]));
    Some(SegmentTable {
        caption: facts.say("report-segments-by", &[("dimension", &name)]),
        dimension: name,
        columns: kpis.iter().map(|definition| facts.short(definition.id)).collect(),
        anchors: kpis.iter().map(|definition| anchors::kpi(definition.id)).collect(),
        rows,
        note: note(facts.locale, Some(order), left_out),
        dash,
        left_out,
        order,
    })
}

/// Puts a dash for each withheld figure where a table has many: the reason is the same for all, and is said once.
fn dashed(rows: &mut [SegmentRow]) -> bool {
    let cells = || rows.iter().flat_map(|row| &row.cells);
    let is_many = cells().filter(|cell| cell.state == CellState::Withheld).count() > MOST_REASONS;
    let cells = rows.iter_mut().flat_map(|row| &mut row.cells);
    for cell in cells.filter(|cell| is_many && cell.state == CellState::Withheld) {
        "–".clone_into(&mut cell.value);
        cell.note = None;
    }
    is_many
}

/// Whether a segment must not be left out: it has a figure in the red, or has really changed.
fn is_told(facts: &Facts<'_>, kpis: &[&'static Definition], dimension: &str, segment: &str) -> bool {
    let is_it = |verdict: &Verdict| verdict.key.dimension == dimension && verdict.key.segment == segment;
    let mut verdicts = kpis.iter().filter_map(|kpi| facts.now(dimension, segment, kpi.id).verdict());
    verdicts.any(|verdict| verdict.status == Some(Status::Red))
        || facts.changes.iter().any(|fact| is_it(fact.verdict) || fact.drivers.iter().any(|one| is_it(one.verdict)))
}

/// How many segments are left out, and that they are the smaller ones where they are.
pub(in crate::report) fn note(locale: &Locale, smaller_by: Option<Order>, left_out: u64) -> Option<String> {
    let id = match smaller_by {
        Some(Order::Revenue) => "report-segments-left-out-revenue",
        Some(Order::Customers) => "report-segments-left-out-customers",
        Some(Order::Cases) => "report-segments-left-out-cases",
        None => "report-segments-left-out",
    };
    (left_out > 0).then(|| counted(locale, id, left_out, &[]))
}

/// What segments are ordered by: revenue where it is known of any of them, else customers, else cases.
fn order(facts: &Facts<'_>, dimension: &str, segments: &[&str]) -> Order {
    let is_known = |kpi: &str| segments.iter().any(|segment| facts.now(dimension, segment, kpi).value().is_some());
    if is_known(REVENUE) {
        Order::Revenue
    } else if is_known(CUSTOMERS) {
        Order::Customers
    } else {
        Order::Cases
    }
}

/// How large a segment is; cases are the most that any figure has.
#[expect(clippy::cast_precision_loss, reason = "only ranks segments")]
fn size(facts: &Facts<'_>, order: Order, of: &[&'static Definition], dimension: &str, segment: &str) -> f64 {
    let value = |kpi: &str| facts.now(dimension, segment, kpi).value().unwrap_or_default();
    let n = |kpi: &str| facts.now(dimension, segment, kpi).verdict().map(|verdict| verdict.reading.n);
    match order {
        Order::Revenue => value(REVENUE),
        Order::Customers => value(CUSTOMERS),
        Order::Cases => of.iter().filter_map(|definition| n(definition.id)).max().unwrap_or(0) as f64,
    }
}

/// Whether nobody is in a segment: some figure may be seen, and none has any unit behind it.
fn is_empty(facts: &Facts<'_>, of: &[&'static Definition], dimension: &str, segment: &str) -> bool {
    let seen: Vec<Seen<'_>> = of.iter().map(|definition| facts.now(dimension, segment, definition.id)).collect();
    if seen.iter().all(|seen| matches!(seen, Seen::Absent)) {
        return true;
    }
    let is_known = seen.iter().any(|seen| matches!(seen, Seen::Value(..) | Seen::Undefined(_)));
    is_known && !seen.iter().any(|seen| seen.verdict().is_some_and(|verdict| verdict.reading.n > 0))
}

/// A dimension as the reader knows it: a word of ours if there is one, else the attribute's own name.
pub(crate) fn dimension_name(facts: &Facts<'_>, dimension: &str) -> String {
    let part = |attribute: &str| {
        let id = format!("dimension-{}", attribute.replace('_', "-"));
        if facts.locale.has(&id) { facts.text(&id) } else { super::clean(&attribute.replace('_', " ")) }
    };
    dimension.split('×').map(part).collect::<Vec<_>>().join(" × ")
}

/// A column that several tables have is named by its table: the kind of a survey is not the kind of a cost.
fn row_dimension_name(facts: &Facts<'_>, table: Table, dimension: &str) -> String {
    let id = format!("dimension-{}-{dimension}", table.name()).replace('_', "-");
    if facts.locale.has(&id) { facts.text(&id) } else { dimension_name(facts, dimension) }
}

fn row(facts: &Facts<'_>, kpis: &[&'static Definition], anchor: String, of: &str, segment: &str) -> SegmentRow {
    SegmentRow {
        anchor,
        name: facts.segment(segment),
        is_total: of == TOTAL,
        cells: kpis.iter().map(|definition| cell(facts, definition, facts.now(of, segment, definition.id))).collect(),
    }
}

/// Whether a figure stands in the red, or misses its target.
fn is_trouble(verdict: &Verdict) -> bool {
    verdict.status == Some(Status::Red) || verdict.target_met == Some(TargetMet::No)
}

fn cell(facts: &Facts<'_>, definition: &Definition, seen: Seen<'_>) -> SegmentCell {
    let absent = |note: String, state: CellState| SegmentCell {
        value: facts.text("not-available"),
        status: status(None),
        band: None,
        note: Some(note),
        moved: None,
        direction: Direction::Steady,
        tone: Tone::Neutral,
        state,
    };
    match seen {
        Seen::Value(verdict, value) => {
            let real = verdict.previous.as_ref().filter(|change| change.significant == Some(true));
            let words = |change| {
                let moved = facts.moved(definition, verdict, change);
                format!("{} {}", moved.word, moved.text)
            };
            SegmentCell {
                value: facts.compact(definition, value),
                status: status(verdict.status),
                band: facts.band(verdict),
                note: facts.maturity(verdict.maturity),
                moved: real.map(words),
                direction: real.map_or(Direction::Steady, |change| direction_of(change.difference)),
                tone: real.map_or(Tone::Neutral, |change| tone(facts.better(definition), change.difference)),
                state: if is_trouble(verdict) { CellState::Trouble } else { CellState::Known },
            }
        }
        Seen::Undefined(why) => absent(facts.why(definition, why), CellState::Absent),
        Seen::Withheld => absent(facts.withheld(), CellState::Withheld),
        Seen::Absent => absent(facts.text("undefined-no-figure"), CellState::Absent),
    }
}
