//! A pattern of dates, and a cell, on two lines: what is read says the same when it is written out plainly and read again.

use chrono::{DateTime, NaiveDate, TimeDelta};
use farol::tables::cell::{Stamp, flag, money, number, stamp};

use super::texts;

/// Money as a program would write it.
fn plain(micros: i64, decimal: char) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let size = micros.unsigned_abs();
    format!("{sign}{}{decimal}{:06}", size / 1_000_000, size % 1_000_000)
}

/// The same with the thousands apart, a currency and brackets for the sign.
fn dressed(micros: i64, decimal: char) -> String {
    let grouping = if decimal == ',' { '.' } else { ',' };
    let size = micros.unsigned_abs();
    let units = (size / 1_000_000).to_string();
    let mut grouped = String::new();
    for (at, digit) in units.chars().enumerate() {
        if at > 0 && (units.len() - at).is_multiple_of(3) {
            grouped.push(grouping);
        }
        grouped.push(digit);
    }
    let text = format!("R$ {grouped}{decimal}{:06}", size % 1_000_000);
    if micros < 0 { format!("({text})") } else { text }
}

fn date(days: i32) -> NaiveDate {
    NaiveDate::default() + TimeDelta::days(i64::from(days))
}

/// A stamp in the one way of writing it that says the same everywhere.
fn iso(read: Stamp) -> String {
    match read {
        Stamp::Day(day) => date(day).to_string(),
        Stamp::Local(day, micros) => {
            let at = date(day).and_hms_opt(0, 0, 0).unwrap() + TimeDelta::microseconds(micros);
            at.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
        }
        Stamp::Instant(micros) => {
            DateTime::from_timestamp_micros(micros).unwrap().format("%Y-%m-%d %H:%M:%S%.6fZ").to_string()
        }
    }
}

pub(super) fn run(bytes: &[u8]) {
    let [pattern, cell] = texts(bytes, '\n');
    let _ = flag(&cell);
    for decimal in ['.', ','] {
        if let Ok(micros) = money(&cell, decimal, "BRL") {
            for written in [plain(micros, decimal), dressed(micros, decimal)] {
                assert_eq!(money(&written, decimal, "BRL"), Ok(micros), "{cell:?} as {written:?}");
            }
        }
        if let Ok(value) = number(&cell, decimal) {
            assert!(value.is_finite());
            // More digits than any cell may have are refused, and nothing else.
            let exact = value.to_string().replace('.', &decimal.to_string());
            assert!(
                number(&exact, decimal).is_ok_and(|again| again.to_bits() == value.to_bits()) || exact.len() > 34,
                "{cell:?}: {exact}"
            );
        }
    }
    for pattern in [pattern.as_str(), "%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d"] {
        if let Some(Ok(read)) = stamp(&cell, pattern) {
            let again = stamp(&iso(read), "%d/%m/%Y");
            // An offset may carry an instant over the edge of the years that are read.
            let is_at_edge = matches!(read, Stamp::Instant(_)) && again.is_some_and(|again| again.is_err());
            assert!(again == Some(Ok(read)) || is_at_edge, "{cell:?} by {pattern:?}: {read:?}, then {again:?}");
        }
    }
}
