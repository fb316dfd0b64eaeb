//! How the data arrived, and where the figures come from.

use super::facts::Facts;
use super::{DataTable, Fact, ProvenanceView, Quality, clean};
use crate::judgement::Maturity;

/// Digits of a hash that are shown; enough to compare by eye, the whole stands in `run.json`.
const HASH_DIGITS: usize = 12;

/// So many missed reports are named one by one.
const MOST_MISSED: usize = 6;

/// Rows, freshness and quarantine of each source, and what is not final.
pub(super) fn build(facts: &Facts<'_>) -> Quality {
    let sources = facts.input.data_quality;
    let rows: u64 = sources.iter().map(|source| source.rows).sum();
    let bad: u64 = sources.iter().flat_map(|source| source.quarantined.values()).sum();
    let shown_rows = facts.count("quality-rows-read", rows, &[]);
    let note = if sources.is_empty() { "quality-none" } else { "quality-note" };
    let missed = missed(facts);
    let remarks = missed.iter().cloned().chain(remarks(facts)).collect();
    Quality { note: facts.count(note, bad, &[("rows", &shown_rows)]), missed, sources: table(facts), remarks }
}

/// Which earlier reports readers have not had, a sentence for each reason.
fn missed(facts: &Facts<'_>) -> Vec<String> {
    let sentence = |was_tried: bool, id: &str| {
        let of: Vec<_> = facts.input.missed.iter().filter(|one| one.was_tried == was_tried).collect();
        let name = |one: &super::Missed| facts.locale.period(&one.period);
        let names = match of.as_slice() {
            [] => return None,
            [first, .., last] if of.len() > MOST_MISSED => format!("{} – {}", name(first), name(last)),
            few => facts.locale.list(&few.iter().map(|one| name(one)).collect::<Vec<_>>()),
        };
        Some(facts.count(id, u64::try_from(of.len()).unwrap_or(u64::MAX), &[("periods", &names)]))
    };
    [sentence(false, "quality-missed-away"), sentence(true, "quality-missed-tried")].into_iter().flatten().collect()
}

fn table(facts: &Facts<'_>) -> DataTable {
    let columns = ["quality-source", "quality-rows", "quality-newest", "quality-quarantined"];
    let row = |source: &super::SourceQuality| {
        let newest = source.newest.map(|day| facts.locale.date_short(day));
        let newest = match (newest, source.is_stale) {
            (Some(day), true) => facts.say("quality-stale", &[("date", &day)]),
            (Some(day), false) => day,
            (None, _) => "–".to_owned(),
        };
        let bad: u64 = source.quarantined.values().sum();
        vec![table_name(facts, &source.table), facts.locale.count(source.rows), newest, facts.locale.count(bad)]
    };
    DataTable {
        caption: facts.text("report-quality"),
        columns: columns.iter().map(|id| facts.text(id)).collect(),
        rows: facts.input.data_quality.iter().map(row).collect(),
        ..DataTable::default()
    }
}

/// From when on a table has rows, where it has none in the first of the periods shown.
fn begin(facts: &Facts<'_>, source: &super::SourceQuality) -> Option<String> {
    let oldest = source.oldest.filter(|oldest| facts.periods.first().is_some_and(|first| first.end <= *oldest))?;
    let texts = [("source", table_name(facts, &source.table)), ("date", facts.locale.date_short(oldest))];
    Some(facts.say("quality-begins", &texts.each_ref().map(|(name, text)| (*name, text.as_str()))))
}

/// A table by our word for it, else by its own name.
fn table_name(facts: &Facts<'_>, table: &str) -> String {
    let id = format!("table-{}", table.replace('_', "-"));
    if facts.locale.has(&id) { facts.text(&id) } else { clean(table) }
}

fn remarks(facts: &Facts<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    for source in facts.input.data_quality {
        remarks.extend(begin(facts, source));
        for (reason, rows) in source.quarantined.iter().filter(|(_, rows)| **rows > 0) {
            let id = format!("reason-{}", reason.replace('_', "-"));
            let reason = if facts.locale.has(&id) { facts.text(&id) } else { clean(&reason.replace(['_', '-'], " ")) };
            let source = table_name(facts, &source.table);
            remarks.push(facts.count("quality-reason", *rows, &[("source", &source), ("reason", &reason)]));
        }
    }
    for (maturity, id) in [(Maturity::Provisional, "quality-provisional"), (Maturity::Immature, "quality-immature")] {
        let of = |definition: &&&'static crate::kpi::Definition| {
            facts.total(definition.id).verdict().is_some_and(|verdict| verdict.maturity == maturity)
        };
        let names: Vec<String> = facts.kpis.iter().filter(of).map(|definition| facts.short(definition.id)).collect();
        if !names.is_empty() {
            remarks.push(facts.say(id, &[("names", &facts.locale.list(&names))]));
        }
    }
    remarks
}

/// Run, period, time zone, configuration and inputs.
pub(super) fn provenance(facts: &Facts<'_>) -> ProvenanceView {
    let input = facts.input;
    let given = input.provenance;
    let fact = |id: &str, value: String| Fact { label: facts.text(id), value };
    let short = |hash: &str| clean(&hash.chars().take(HASH_DIGITS).collect::<String>());
    let file = |(file, hash, rows): &(String, String, u64)| vec![clean(file), facts.locale.count(*rows), short(hash)];
    ProvenanceView {
        facts: vec![
            fact("provenance-period", super::text::span(facts)),
            fact("provenance-as-of", facts.locale.date_time(given.as_of)),
            fact("provenance-zone", input.company.calendar.zone.name().to_owned()),
            fact("provenance-run", clean(&given.run)),
            fact("provenance-configuration", short(&given.config_hash)),
            fact("provenance-version", format!("farol {}", clean(&given.version))),
        ],
        inputs: DataTable {
            caption: facts.count("provenance-inputs", u64::try_from(given.inputs.len()).unwrap_or(u64::MAX), &[]),
            columns: ["provenance-file", "quality-rows", "provenance-hash"].iter().map(|id| facts.text(id)).collect(),
            rows: given.inputs.iter().map(file).collect(),
            ..DataTable::default()
        },
    }
}
