//! The rows of a table that fits in memory, as they are once they hold their contract.

use std::io::Cursor;

use polars::prelude::{
    Column, DataFrame, ParquetCompression, ParquetReader, ParquetWriter, SerReader, StatisticsOptions, UInt32Chunked,
};

use crate::digest::{Key, digest};
use crate::pipeline::kept::{Memory, Shelf};
use crate::tables::schema::Table;
use crate::tables::{Findings, Intake, Keeper};

/// The customers' column of a typed frame.
const CUSTOMER: &str = "customer";

/// Keeps a table's rows, customers by their number in the register.
pub(in crate::pipeline) struct KeptRows<'a> {
    memory: Memory<'a>,
    /// The columns that are wanted: others are other rows.
    columns: String,
}

impl<'a> KeptRows<'a> {
    /// What was kept of a table of which some columns are wanted.
    pub(in crate::pipeline) fn open(shelf: &'a Shelf, table: Table, wanted: &[&str]) -> Self {
        Self { memory: Memory::open(shelf, table), columns: wanted.join("\0") }
    }

    /// Ends the keeping.
    pub(in crate::pipeline) fn close(self, intake: &mut Intake) {
        self.memory.close(intake);
    }

    fn key(&self, part: &Key) -> Key {
        digest(&[b"rows 1 ", self.columns.as_bytes(), b"\0", part])
    }
}

impl Keeper for KeptRows<'_> {
    fn knows_any(&self) -> bool {
        self.memory.knows_any()
    }

    fn get(&mut self, part: &Key, holds: &dyn Fn(&Findings) -> bool) -> Option<(Findings, DataFrame)> {
        let (findings, bytes) = self.memory.get(&self.key(part), holds)?;
        let rows = ParquetReader::new(Cursor::new(bytes)).finish().ok()?;
        let register = self.memory.register;
        // A number that is nobody's today: the part is to be read again, which makes orphans of its rows.
        renumbered(rows, |number| register.customer(number)).map(|rows| (findings, rows))
    }

    fn put(&mut self, part: &Key, findings: &Findings, rows: DataFrame) {
        let register = self.memory.register;
        let Some(mut rows) = renumbered(rows, |customer| Some(register.number(customer))) else { return };
        let mut bytes = Vec::new();
        let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Zstd(None));
        if writer.with_statistics(StatisticsOptions::empty()).finish(&mut rows).is_ok() {
            self.memory.put(&self.key(part), findings, &bytes);
        }
    }
}

/// The rows with other numbers for their customers, if each has one; a table without customers stays as it is.
fn renumbered(mut rows: DataFrame, number: impl Fn(u32) -> Option<u32>) -> Option<DataFrame> {
    let Some(at) = rows.get_column_index(CUSTOMER) else { return Some(rows) };
    let customers = rows.column(CUSTOMER).ok()?.u32().ok()?;
    let numbers = customers.iter().map(|customer| customer.map_or(Some(None), |customer| number(customer).map(Some)));
    let numbers: UInt32Chunked = numbers.collect::<Option<Vec<Option<u32>>>>()?.into_iter().collect();
    rows.replace_column(at, Column::new(CUSTOMER.into(), numbers)).ok()?;
    Some(rows)
}
