//! Tables printed elsewhere, read by column, and how far ours are from them.

use std::collections::BTreeMap;
use std::path::Path;

/// A row of an `expected.csv`, or of any table read by name.
pub(crate) type Row = BTreeMap<String, String>;

pub(crate) fn rows(file: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside").join(file);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let named = |record: csv::StringRecord| {
        header.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| named(record.unwrap())).collect()
}

/// Compares values, and keeps the largest deviation of each metric for the one who reads the test's output.
#[derive(Default)]
pub(crate) struct Deviations {
    largest: BTreeMap<String, (f64, usize)>,
    wrong: Vec<String>,
}

impl Deviations {
    pub(crate) fn compare(
        &mut self,
        metric: &str,
        what: &str,
        got: Option<f64>,
        expected: Option<f64>,
        tolerance: f64,
    ) {
        let deviation = match (got, expected) {
            (Some(got), Some(expected)) => (got - expected).abs(),
            (None, None) => 0.0,
            _ => f64::INFINITY,
        };
        let entry = self.largest.entry(metric.to_owned()).or_default();
        *entry = (entry.0.max(deviation), entry.1 + 1);
        // Printed numbers are rounded: half a unit of their last place lies within the tolerance, not beside it.
        if deviation > tolerance * (1.0 + 1e-9) + 1e-12 {
            self.wrong.push(format!("{metric} {what}: {got:?} is not {expected:?}"));
        }
    }

    pub(crate) fn conclude(self, at_least: usize) {
        for (metric, (deviation, compared)) in &self.largest {
            println!("{metric}: {compared} values, largest deviation {deviation:.2e}");
        }
        let compared: usize = self.largest.values().map(|(_, compared)| compared).sum();
        println!("compared in all: {compared}");
        assert!(self.wrong.is_empty(), "{:#?}", self.wrong);
        assert!(compared >= at_least, "only {compared} values compared");
    }
}

pub(crate) fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|value: &f64| value.is_finite())
}
