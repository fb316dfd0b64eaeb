//! The cards: each KPI of the total with everything a reader needs to trust or doubt it.

use super::facts::{Facts, Seen, TOTAL, status};
use super::{Card, DataTable, Drawing, Fact, Pulse, PulsePart, TargetView, Tone, anchors};
use crate::config::Status;
use crate::judgement::{Maturity, TargetMet, Verdict};
use crate::kpi::{Definition, Sampling, Unit, catalogue};
use crate::report::chart::Sparkline;

/// More cards than this are no overview; the rest goes into a table.
const MOST_CARDS: usize = 15;

/// Cards of the plan's first KPIs, and a table of the others.
pub(super) fn build(facts: &Facts<'_>) -> (Vec<Card>, DataTable) {
    let mut cards: Vec<Card> = facts.with_a_total().map(|definition| card(facts, definition)).collect();
    let rest = cards.split_off(cards.len().min(MOST_CARDS));
    (cards, table(facts, &rest))
}

fn card(facts: &Facts<'_>, definition: &'static Definition) -> Card {
    let seen = facts.total(definition.id);
    let verdict = seen.verdict();
    let absent = facts.text("not-available");
    let (value, full, exact) = match seen.value() {
        Some(value) => (facts.compact(definition, value), full(facts, definition, value), (value + 0.0).to_string()),
        None => (absent.clone(), absent, String::new()),
    };
    let reading = verdict.map(|verdict| &verdict.reading);
    let interval = reading.and_then(|reading| reading.interval).map(|interval| {
        facts.locale.interval_compact(interval.low, interval.high, definition.unit, &facts.input.company.currency)
    });
    Card {
        anchor: anchors::kpi(definition.id),
        kpi: definition.id.to_owned(),
        name: facts.name(definition.id),
        short: facts.short(definition.id),
        known: seen.value().is_some(),
        value,
        full,
        exact,
        unit: seen.value().and_then(|_| unit(facts, definition.unit)),
        why: why(facts, definition, seen),
        maturity: verdict.and_then(|verdict| facts.maturity(verdict.maturity)),
        status: status(verdict.and_then(|verdict| verdict.status)),
        band: verdict.and_then(|verdict| facts.band(verdict)),
        interval,
        n: reading
            .filter(|reading| counts_units(reading.sampling, reading.n))
            .map(|reading| facts.locale.count(reading.n)),
        changes: verdict.map(|verdict| changes(facts, definition, verdict)).unwrap_or_default(),
        target: verdict.and_then(|verdict| target(facts, definition, verdict)),
        spark: spark(facts, definition),
    }
}

/// A value where there is room: amounts in full, the others as they are written everywhere else.
fn full(facts: &Facts<'_>, definition: &Definition, value: f64) -> String {
    if definition.unit == Unit::Money { facts.value(definition, value) } else { facts.compact(definition, value) }
}

/// Whether "n = …" says something that the value does not: a count is its own n.
fn counts_units(sampling: Sampling, n: u64) -> bool {
    n > 0 && sampling != Sampling::None
}

/// The unit where the figure does not carry it.
fn unit(facts: &Facts<'_>, unit: Unit) -> Option<String> {
    (unit == Unit::Points).then(|| facts.text("unit-points"))
}

/// Why there is no value.
fn why(facts: &Facts<'_>, definition: &Definition, seen: Seen<'_>) -> Option<String> {
    match seen {
        Seen::Value(..) => None,
        Seen::Undefined(why) => Some(facts.why(definition, why)),
        Seen::Withheld => Some(facts.withheld()),
        Seen::Absent => Some(facts.text("undefined-no-figure")),
    }
}

fn changes(facts: &Facts<'_>, definition: &Definition, verdict: &Verdict) -> Vec<super::Moved> {
    if verdict.maturity == Maturity::OpenPeriod {
        return Vec::new();
    }
    // For a year the previous period is the year before.
    let year_before = verdict
        .year_before
        .as_ref()
        .filter(|change| verdict.previous.as_ref().is_none_or(|previous| previous.against != change.against));
    [verdict.previous.as_ref(), year_before]
        .into_iter()
        .flatten()
        .map(|change| facts.moved(definition, verdict, change))
        .collect()
}

fn target(facts: &Facts<'_>, definition: &Definition, verdict: &Verdict) -> Option<TargetView> {
    let target = verdict.target?;
    let (tone, text) = target_met(facts, verdict);
    let value = facts.compact(definition, target);
    Some(TargetView { tone, label: facts.say("target-value", &[("value", &value)]), text })
}

/// Whether the target is met, as a tone and in words.
pub(super) fn target_met(facts: &Facts<'_>, verdict: &Verdict) -> (Tone, String) {
    let (tone, id) = match verdict.target_met {
        Some(TargetMet::Yes) => (Tone::Good, "target-met"),
        Some(TargetMet::No) => (Tone::Bad, "target-missed"),
        Some(TargetMet::CannotTell) => (Tone::Neutral, "target-cannot-tell"),
        None => (Tone::Neutral, "target-not-judged"),
    };
    // Of a sample without an interval nobody knows how far chance goes.
    let is_bare = verdict.reading.sampling == Sampling::Unknown && verdict.reading.interval.is_none();
    let text = facts.text(id);
    let is_said = tone != Tone::Neutral && is_bare;
    (tone, if is_said { facts.say("target-without-interval", &[("text", &text)]) } else { text })
}

/// The values over the history, where there are at least two.
fn spark(facts: &Facts<'_>, definition: &Definition) -> Option<Drawing> {
    let values: Vec<Option<f64>> =
        facts.periods.iter().map(|period| facts.at(&period.id, TOTAL, TOTAL, definition.id).value()).collect();
    let verdict = facts.total(definition.id).verdict();
    let (status, target) = (verdict.and_then(|verdict| verdict.status), verdict.and_then(|verdict| verdict.target));
    let known = values.iter().flatten().count();
    (known >= 2).then_some(Drawing::Spark(Sparkline { values, target, status }))
}

/// The figures that found no card.
fn table(facts: &Facts<'_>, cards: &[Card]) -> DataTable {
    let columns =
        ["report-kpi", "report-value", "report-band", "report-interval", "report-n", "report-change", "report-target"];
    let row = |card: &Card| {
        let changes: Vec<String> =
            card.changes.iter().map(|change| format!("{}: {}", change.word, change.text)).collect();
        let change = Some(changes.join("; "));
        let band = [&card.band, &card.maturity].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
        let target = card.target.as_ref().map(|target| format!("{}: {}", target.label, target.text));
        let cells = [Some(band), card.interval.clone(), card.n.clone(), change, target];
        let value = card.why.as_ref().map_or(card.full.clone(), |why| format!("{}, {why}", card.value));
        [card.name.clone(), value].into_iter().chain(cells.into_iter().map(Option::unwrap_or_default)).collect()
    };
    DataTable {
        caption: facts.text("report-more"),
        columns: columns.iter().map(|id| facts.text(id)).collect(),
        rows: cards.iter().map(row).collect(),
        anchors: cards.iter().map(|card| card.anchor.clone()).collect(),
    }
}

/// How many figures stand in each colour, and the sizes that put the rest in proportion.
pub(super) fn pulse(facts: &Facts<'_>) -> Pulse {
    let statuses: Vec<Option<Status>> = facts
        .with_a_total()
        .map(|definition| facts.total(definition.id).verdict().and_then(|verdict| verdict.status))
        .collect();
    let part = |wanted: Option<Status>| {
        let count = u64::try_from(statuses.iter().filter(|status| **status == wanted).count()).unwrap_or(u64::MAX);
        let id = status(wanted);
        PulsePart { label: facts.count(&format!("pulse-{id}"), count, &[]), status: id, count }
    };
    let parts = [Some(Status::Green), Some(Status::Yellow), Some(Status::Red), None].map(part);
    let judged = statuses.iter().any(Option::is_some);
    let sizes = ["customers_closing", "mrr_closing", "mrr_at_risk"].into_iter().filter_map(|kpi| {
        let definition = catalogue::definition(kpi)?;
        let value = facts.total(kpi).value()?;
        Some(Fact { label: facts.short(kpi), value: facts.compact(definition, value) })
    });
    Pulse {
        title: facts.count("pulse-title", u64::try_from(statuses.len()).unwrap_or(u64::MAX), &[]),
        parts: if judged { parts.into_iter().filter(|part| part.count > 0).collect() } else { Vec::new() },
        facts: sizes.collect(),
    }
}
