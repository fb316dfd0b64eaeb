//! `figures.csv`: every figure as one tidy row, the stable interface for other programs.
//!
//! Writes numbers in full precision and codes, never words for people; decides nothing about what may be seen, it is told.

use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::formula::harmless;
use crate::judgement::{Key, Keys, Maturity, TargetMet, Verdict};
use crate::kpi::{Undefined, catalogue};

/// The columns, in their order; they never change.
pub const COLUMNS: [&str; 20] = [
    "period",
    "grain",
    "dimension",
    "segment",
    "kpi",
    "value",
    "unit",
    "n",
    "numerator",
    "denominator",
    "ci_low",
    "ci_high",
    "previous",
    "change",
    "change_significant",
    "target",
    "target_met",
    "band",
    "status",
    "note",
];

/// Writes one row per verdict, sorted by period, dimension, segment and KPI, with a header and `\n` line ends.
///
/// - `withheld`: figures of groups too small to show; their value, n, parts, interval, change and judgement stay empty and
///   the note says `withheld`. Empty for the operators' own file.
/// - Numbers are the shortest decimals that read back as the same `f64`; an empty cell is no value, and `note` says why:
///   a code, then whatever the reading remarks, separated by `;`.
/// - Names that a spreadsheet would run as a formula have an apostrophe in front; numbers never have one.
///
/// # Errors
///
/// Only if the CSV writer fails, which it does for no input.
pub fn write(rows: &[Verdict], withheld: &Keys) -> Result<String> {
    let mut sorted: Vec<&Verdict> = rows.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|fault| unwritable(&fault))?;
    for verdict in sorted {
        let record = if withheld.contains(&verdict.key) { withheld_row(&verdict.key) } else { row(verdict) };
        writer.write_record(&record).map_err(|fault| unwritable(&fault))?;
    }
    let bytes = writer.into_inner().map_err(|fault| unwritable(&fault))?;
    String::from_utf8(bytes).map_err(|fault| unwritable(&fault))
}

fn unwritable(fault: &dyn std::fmt::Display) -> Failure {
    Failure::new(Exit::Internal, Diagnostic::error("figures-unwritable", format!("cannot write figures: {fault}")))
}

/// The cells of a figure that may be seen.
fn row(verdict: &Verdict) -> [String; 20] {
    let reading = &verdict.reading;
    let interval = reading.interval.filter(|_| has_value(verdict));
    let previous = verdict.previous.as_ref();
    let mut cells = place(&verdict.key);
    let [
        ..,
        value,
        _,
        n,
        numerator,
        denominator,
        low,
        high,
        before,
        change,
        significant,
        target,
        met,
        band,
        status,
        note,
    ] = &mut cells;
    *value = optional(reading.value.ok());
    *n = reading.n.to_string();
    *numerator = optional(reading.numerator);
    *denominator = optional(reading.denominator);
    *low = optional(interval.map(|interval| interval.low));
    *high = optional(interval.map(|interval| interval.high));
    *before = optional(previous.map(|change| change.value));
    *change = optional(previous.map(|change| change.difference));
    *significant = previous.and_then(|change| change.significant).map(|real| real.to_string()).unwrap_or_default();
    *target = optional(verdict.target);
    verdict.target_met.map(TargetMet::code).unwrap_or_default().clone_into(met);
    *band = harmless(verdict.band.as_deref().unwrap_or_default());
    *status = verdict.status.map(|status| status.id().to_owned()).unwrap_or_default();
    *note = harmless(&note_of(verdict));
    cells
}

/// The cells of a figure that may not be seen: where it would stand, and nothing of it.
fn withheld_row(key: &Key) -> [String; 20] {
    let mut cells = place(key);
    let [.., note] = &mut cells;
    "withheld".clone_into(note);
    cells
}

/// A row with only its place and unit filled in.
fn place(key: &Key) -> [String; 20] {
    let mut cells: [String; 20] = Default::default();
    let [period, grain, dimension, segment, kpi, _, unit, ..] = &mut cells;
    key.period.id.as_str().clone_into(period);
    *grain = key.period.grain.to_string();
    *dimension = harmless(&key.dimension);
    *segment = harmless(&key.segment);
    key.kpi.clone_into(kpi);
    catalogue::definition(key.kpi).map(|definition| definition.unit.id()).unwrap_or_default().clone_into(unit);
    cells
}

/// Readings promise finite values; a file that others compute with does not rely on it.
fn has_value(verdict: &Verdict) -> bool {
    verdict.reading.value.is_ok_and(f64::is_finite)
}

/// Why there is no value or why it is not final, then the reading's remark.
fn note_of(verdict: &Verdict) -> String {
    let mut notes: Vec<&str> = Vec::new();
    match verdict.reading.value {
        Ok(_) if has_value(verdict) => {}
        Ok(_) => notes.push(Undefined::NotIdentifiable.code()),
        Err(why) => notes.push(why.code()),
    }
    if verdict.maturity != Maturity::Final {
        notes.push(verdict.maturity.code());
    }
    notes.extend(verdict.reading.remark.as_deref());
    notes.join(";")
}

/// A finite number in its shortest exact form; nothing for none. Negative zero is zero.
fn optional(value: Option<f64>) -> String {
    value.filter(|value| value.is_finite()).map(|value| (value + 0.0).to_string()).unwrap_or_default()
}
