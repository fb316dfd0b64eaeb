//! The rows behind a figure: which were counted, for how much, and which were not and why.
//!
//! Reads each definition once more, row by row, beside the sums; what the two ways count must agree, and is checked.

mod contacts;
mod customers;
mod growth;
mod scores;
mod surveys;
mod usage;
mod value;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::look::{Look, Origins, Stays};
use crate::error::Result;
use crate::kpi::{Definition, Reading};
use crate::stats::moments::divide;
use crate::tables::Intake;
use crate::tables::schema::Table;

/// Micro-units, and millionths, in a whole.
const MILLION: i128 = 1_000_000;

/// Outside the set that the figure is of.
const OTHER_SEGMENT: &str = "other_segment";
/// Before the period or after it.
const OUTSIDE: &str = "outside_period";
/// Another row of this customer stands for it.
const CUSTOMER_COUNTED: &str = "customer_counted";

/// One row of the data and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) table: Table,
    /// Number of the file among its table's.
    pub(super) file: usize,
    /// Row of the file, as a spreadsheet shows it.
    pub(super) row: u64,
    pub(super) customer: Option<u32>,
    pub(super) is_counted: bool,
    /// Why it was counted as it was, or was not: a code.
    pub(super) why: Cow<'static, str>,
    /// What it says: a score, an amount.
    pub(super) value: Option<String>,
    /// What it adds to the numerator, in parts of [`Book::parts`].
    pub(super) numerator: i128,
    /// What it adds to the denominator.
    pub(super) denominator: i128,
}

impl Line {
    /// `numerator` (perhaps of the denominator too), `denominator` (of it alone) or `not`.
    pub(super) fn used(&self) -> &'static str {
        match self.is_counted {
            false => "not",
            true if self.numerator != 0 || self.denominator == 0 => "numerator",
            true => "denominator",
        }
    }
}

/// Every row that could have been counted.
#[derive(Clone, Debug)]
pub(super) struct Book {
    /// Sorted by table, file and row.
    pub(super) lines: Vec<Line>,
    /// Parts in a natural unit, of numerator and denominator.
    pub(super) parts: (i128, i128),
    /// Whose rows they are.
    pub(super) tables: Vec<Table>,
    /// The sums, in parts, of a quotient within a figure that has neither numerator nor denominator of its own.
    pub(super) quotient: Option<Quotient>,
    /// Whether the figure rounds what each customer adds to a millionth, so that the rows may differ by as much.
    pub(super) rounds_customers: bool,
    /// Rows outside the period that were too many to be listed.
    pub(super) unlisted: Option<Table>,
}

/// What the rows of a figure add up to that is itself no quotient of sums.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quotient {
    pub(super) numerator: i128,
    pub(super) denominator: i128,
    /// What these are, for people.
    pub(super) of: &'static str,
}

impl Book {
    fn new(tables: &[Table], parts: (i128, i128)) -> Self {
        Self {
            lines: Vec::new(),
            parts,
            tables: tables.to_vec(),
            quotient: None,
            rounds_customers: false,
            unlisted: None,
        }
    }

    /// Enters a row of a frame.
    fn enter(&mut self, of: (Table, &Origins), row: u32, customer: Option<u32>, entry: Entry) {
        let (file, number) = of.1.of(row);
        self.enter_at((of.0, file, number), customer, entry);
    }

    fn enter_at(&mut self, (table, file, row): (Table, usize, u64), customer: Option<u32>, entry: Entry) {
        let Entry { is_counted, why, value, numerator, denominator } = entry;
        self.lines.push(Line {
            table,
            file,
            row,
            customer,
            is_counted,
            why: why.into(),
            value,
            numerator,
            denominator,
        });
    }

    /// Adds the rows that never reached the figure: too late for `as of`, or in quarantine.
    fn enter_refused(&mut self, intakes: &[Intake]) {
        for intake in intakes.iter().filter(|intake| self.tables.contains(&intake.table)) {
            let late = intake.after_as_of.iter().map(|(file, row)| ((*file, *row), Cow::from("after_as_of")));
            let mut reasons: BTreeMap<(usize, u64), Vec<&str>> = BTreeMap::new();
            for bad in &intake.quarantined {
                let file = intake.files.iter().position(|file| file.path == bad.file).unwrap_or(0);
                reasons.entry((file, bad.row)).or_default().push(bad.reason.code());
            }
            let bad = reasons.into_iter().map(|(at, codes)| (at, format!("quarantined:{}", codes.join("+")).into()));
            for ((file, row), why) in late.chain(bad) {
                self.lines.push(Line {
                    table: intake.table,
                    file,
                    row,
                    customer: None,
                    is_counted: false,
                    why,
                    value: None,
                    numerator: 0,
                    denominator: 0,
                });
            }
        }
        self.lines.sort_by_key(|line| (line.table, line.file, line.row));
    }

    /// Sums of the counted rows, in parts.
    pub(super) fn sums(&self) -> (i128, i128) {
        let add = |sums: (i128, i128), line: &Line| (sums.0 + line.numerator, sums.1 + line.denominator);
        self.lines.iter().fold((0, 0), add)
    }

    /// Whether the counted rows add up to a figure's numerator and denominator; where it has neither, to its n.
    pub(super) fn adds_up_to(&self, reading: &Reading) -> bool {
        let (numerator, denominator) = self.sums();
        let counted = self.lines.iter().filter(|line| self.rounds_customers && line.is_counted);
        let rounding: f64 = counted.map(|_| 0.5e-6).sum();
        let is = |sum: i128, parts: i128, figure: f64| {
            // Both were divided once; a part in 10⁻⁹ is rounding.
            divide(sum, parts).is_some_and(|sum| (sum - figure).abs() <= 1e-9 * figure.abs().max(1.0) + rounding)
        };
        if let Some(of) = self.quotient {
            return (of.numerator, of.denominator) == (numerator, denominator);
        }
        match (reading.numerator, reading.denominator) {
            (None, None) => u64::try_from(denominator).is_ok_and(|rows| rows == reading.n),
            (top, bottom) => {
                top.is_none_or(|top| is(numerator, self.parts.0, top))
                    && bottom.is_none_or(|bottom| is(denominator, self.parts.1, bottom))
            }
        }
    }
}

/// What became of a row.
struct Entry {
    is_counted: bool,
    why: &'static str,
    value: Option<String>,
    numerator: i128,
    denominator: i128,
}

impl Entry {
    /// Not counted.
    fn not(why: &'static str) -> Self {
        Self { is_counted: false, why, value: None, numerator: 0, denominator: 0 }
    }

    /// Counted for so much.
    fn counted(why: &'static str, numerator: i128, denominator: i128) -> Self {
        Self { is_counted: true, why, value: None, numerator, denominator }
    }

    /// What the row says.
    fn saying(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// Enters each customer that is active at the start in the denominator, by the first row by which it is.
fn enter_active(look: &Look<'_>, stays: &Stays, book: &mut Book) -> Result<()> {
    let origins = look.origins(stays.table)?;
    let start = look.span.start;
    let first = stays.first_at(start, look.seen.panel.customer_count);
    for stay in &stays.rows {
        let entry = if stay.end <= start || stay.start > look.span.end {
            Entry::not(OUTSIDE)
        } else if stay.at(start) == 0 {
            Entry::not("not_active_at_start")
        } else if !look.has_flow(stay.customer) {
            Entry::not(OTHER_SEGMENT)
        } else if first[stay.customer as usize] == Some(stay.row) {
            Entry::counted("active_at_start", 0, 1)
        } else {
            Entry::not(CUSTOMER_COUNTED)
        };
        book.enter((stays.table, &origins), stay.row, Some(stay.customer), entry);
    }
    Ok(())
}

/// Micro-units or millionths as a plain number.
fn plain(millionths: i64) -> String {
    super::numbers::exact(millionths.into(), MILLION)
}

/// The rows behind a figure; `None` for a KPI whose rows are not told one by one.
pub(super) fn rows(look: &Look<'_>, definition: &Definition) -> Result<Option<Book>> {
    let families =
        [customers::rows, value::rows, surveys::rows, contacts::rows, usage::rows, scores::rows, growth::rows];
    for family in families {
        if let Some(mut book) = family(look, definition.id)? {
            book.enter_refused(look.seen.intakes);
            return Ok(Some(book));
        }
    }
    Ok(None)
}
