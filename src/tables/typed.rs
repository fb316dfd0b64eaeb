//! One column of a batch as the type that the schema asks for; cells that do not fit are named, never emptied in silence.
//!
//! Knows cells and types; knows no other column of the row.

use polars::prelude::{
    BooleanChunked, ChunkFilter, Column, DataType, Float64Chunked, Int32Chunked, Int64Chunked, NamedFrom, Series,
    StringChunked, TimeUnit,
};

use crate::money::MICROS;
use crate::tables::clock::LocalClock;
use crate::tables::date::{Stamp, believable, believable_micros};
use crate::tables::evidence::Format;
use crate::tables::mapping::Slot;
use crate::tables::quarantine::Reason;
use crate::tables::schema::CellType;
use crate::tables::{flag, number};

/// An empty cell among whole numbers; no cell holds it otherwise.
pub(crate) const NO_INT: i64 = i64::MIN;
/// An empty cell among days.
pub(crate) const NO_DAY: i32 = i32::MIN;
/// An empty cell among flags.
pub(crate) const NO_FLAG: u8 = 2;

/// A column's cells. Empty ones are [`NO_INT`], [`NO_DAY`], NaN, [`NO_FLAG`], null.
#[derive(Clone, Debug)]
pub(crate) enum Typed {
    Int(Vec<i64>),
    Day(Vec<i32>),
    Float(Vec<f64>),
    Flag(Vec<u8>),
    Text(StringChunked),
}

/// A cell that does not fit: row of the batch, why.
pub(crate) type Misfit = (usize, Reason);

/// Whether a type of a Parquet column can hold a type of cell at all.
pub(crate) fn fits(kind: &DataType, cell: Option<CellType>) -> bool {
    let is_text = matches!(kind, DataType::String | DataType::Categorical(..) | DataType::Enum(..));
    let is_whole = kind.is_integer();
    let is_number = is_whole || kind.is_float() || matches!(kind, DataType::Decimal(..));
    let is_date = matches!(kind, DataType::Date | DataType::Datetime(..));
    let is_flag = *kind == DataType::Boolean;
    // A column without any value has no type of its own.
    if *kind == DataType::Null || is_text {
        return true;
    }
    match cell {
        None => is_number || is_date || is_flag,
        Some(CellType::Text) => is_whole || is_flag || *kind == DataType::Date,
        Some(CellType::OneOf(_)) => is_whole,
        Some(CellType::Moment | CellType::Day) => is_date,
        Some(CellType::Flag) => is_flag || is_whole,
        Some(_) => is_number,
    }
}

/// What a column is converted under.
pub(crate) struct Ways<'a> {
    pub(crate) format: &'a Format,
    pub(crate) clock: &'a mut LocalClock,
    pub(crate) currency: &'a str,
}

/// Converts a column. Misfits, and empty cells where none may be (but for references, which are counted apart), are added
/// to `misfits` and left empty.
///
/// # Errors
/// polars cannot convert the column's type, which [`fits`] should have refused.
pub(crate) fn convert(
    raw: &Column,
    slot: &Slot,
    ways: &mut Ways<'_>,
    misfits: &mut Vec<Misfit>,
) -> polars::error::PolarsResult<Typed> {
    let raw = raw.as_materialized_series();
    let cell = slot.spec.map_or(CellType::Text, |spec| spec.cell);
    let is_text_cell = matches!(cell, CellType::Text | CellType::OneOf(_));
    let may_be_empty = slot.spec.is_none_or(|spec| spec.may_be_empty || spec.name == "customer_id");
    let is_text = *raw.dtype() == DataType::String;
    let is_decimal = matches!(raw.dtype(), DataType::Decimal(..));
    let must_be_text = matches!(raw.dtype(), DataType::Categorical(..) | DataType::Enum(..) | DataType::Null);
    let mut typed = if is_text || is_text_cell || is_decimal || must_be_text || !slot.values.is_empty() {
        let text = raw.cast(&DataType::String)?;
        // A decimal's text is polars' own, whatever mark the file's other columns use.
        let plain = Format { decimal: b'.', ..ways.format.clone() };
        let format = if is_text { ways.format } else { &plain };
        from_text(text.str()?, cell, slot, format, ways.clock, ways.currency, misfits)
    } else {
        from_typed(raw, cell, ways.clock, misfits)?
    };
    check_range(&mut typed, cell, misfits);
    if !may_be_empty {
        note_empty(&typed, misfits);
    }
    Ok(typed)
}

/// Cells out of text.
fn from_text(
    text: &StringChunked,
    cell: CellType,
    slot: &Slot,
    format: &Format,
    clock: &mut LocalClock,
    currency: &str,
    misfits: &mut Vec<Misfit>,
) -> Typed {
    let decimal = format.decimal;
    match cell {
        CellType::Text => Typed::Text(tidy(text, slot)),
        CellType::OneOf(words) => {
            let text = tidy(text, slot);
            for (row, word) in text.iter().enumerate() {
                if word.is_some_and(|word| !words.contains(&word)) {
                    misfits.push((row, Reason::UnknownWord));
                }
            }
            Typed::Text(text)
        }
        CellType::Flag => Typed::Flag(each(text, slot, NO_FLAG, misfits, |text| flag::parse(text).map(u8::from))),
        CellType::Moment => Typed::Int(each(text, slot, NO_INT, misfits, |text| {
            format.date.parse(text).and_then(|stamp| believable_micros(clock.stamp(stamp)))
        })),
        CellType::Day => Typed::Day(each(text, slot, NO_DAY, misfits, |text| {
            format
                .date
                .parse(text)
                .and_then(|stamp| clock.day(stamp).ok_or(Reason::DateOutOfRange))
                .and_then(believable)
        })),
        CellType::Money | CellType::MoneyNotNegative => Typed::Int(each(text, slot, NO_INT, misfits, |text| {
            number::parse(text, decimal, Some(currency)).and_then(number::Exact::micros)
        })),
        CellType::Count | CellType::Whole => Typed::Int(each(text, slot, NO_INT, misfits, |text| {
            number::parse(text, decimal, None).and_then(number::Exact::whole)
        })),
        CellType::Number | CellType::NumberNotNegative | CellType::Rating => {
            Typed::Float(each(text, slot, f64::NAN, misfits, |text| {
                number::parse(text, decimal, None).map(number::Exact::float)
            }))
        }
    }
}

/// Each cell through a parser.
fn each<T: Copy>(
    text: &StringChunked,
    slot: &Slot,
    empty: T,
    misfits: &mut Vec<Misfit>,
    mut parse: impl FnMut(&str) -> Result<T, Reason>,
) -> Vec<T> {
    let mut cells = Vec::with_capacity(text.len());
    for (row, text) in text.iter().enumerate() {
        let text = text.map_or("", |text| slot.mapped(text));
        cells.push(if text.trim().is_empty() {
            empty
        } else {
            parse(text).unwrap_or_else(|reason| {
                misfits.push((row, reason));
                empty
            })
        });
    }
    cells
}

/// Text after value mapping, its blank cells null; the same buffers where nothing changes.
fn tidy(text: &StringChunked, slot: &Slot) -> StringChunked {
    // Almost every cell begins with a letter or a digit, which its view holds: most columns are judged without a look at
    // their text. Empty and null cells have no length.
    let is_visible = |length: u32, prefix: u32| length > 0 && prefix.to_le_bytes()[0].is_ascii_graphic();
    let is_tidy =
        || text.downcast_iter().all(|cells| cells.views().iter().all(|view| is_visible(view.length, view.prefix)));
    if slot.values.is_empty() && is_tidy() {
        return text.clone();
    }
    let is_blank = |text: &str| text.bytes().next().is_none_or(|b| !b.is_ascii_graphic()) && text.trim().is_empty();
    if slot.values.is_empty() && !text.iter().flatten().any(is_blank) {
        return text.clone();
    }
    text.iter().map(|text| text.map(|text| slot.mapped(text)).filter(|text| !is_blank(text))).collect()
}

/// Cells out of a column that has a type already.
fn from_typed(
    raw: &Series,
    cell: CellType,
    clock: &mut LocalClock,
    misfits: &mut Vec<Misfit>,
) -> polars::error::PolarsResult<Typed> {
    Ok(match (cell, raw.dtype()) {
        (CellType::Flag, DataType::Boolean) => {
            Typed::Flag(raw.bool()?.iter().map(|flag| flag.map_or(NO_FLAG, u8::from)).collect())
        }
        (CellType::Flag, _) => Typed::Flag(try_each(&whole(raw)?, NO_FLAG, misfits, |value| match value {
            0 => Ok(0),
            1 => Ok(1),
            _ => Err(Reason::NotAFlag),
        })),
        (CellType::Moment, DataType::Date) => Typed::Int(try_each(&whole(raw)?, NO_INT, misfits, |day| {
            i32::try_from(day).map_err(|_| Reason::DateOutOfRange).and_then(believable).map(|day| clock.midnight(day))
        })),
        (CellType::Day, DataType::Date) if let Some(days) = plain_days(raw) => Typed::Day(days),
        (CellType::Day, DataType::Date) => Typed::Day(try_each(&whole(raw)?, NO_DAY, misfits, |day| {
            i32::try_from(day).map_err(|_| Reason::DateOutOfRange).and_then(believable)
        })),
        (CellType::Moment, DataType::Datetime(unit, zone)) => {
            let (unit, has_zone) = (*unit, zone.is_some());
            Typed::Int(try_each(&whole(raw)?, NO_INT, misfits, |at| {
                moment(at, unit, has_zone).map(|stamp| clock.stamp(stamp)).and_then(believable_micros)
            }))
        }
        (CellType::Day, DataType::Datetime(unit, zone)) => {
            let (unit, has_zone) = (*unit, zone.is_some());
            Typed::Day(try_each(&whole(raw)?, NO_DAY, misfits, |at| {
                moment(at, unit, has_zone).and_then(|stamp| clock.day(stamp).ok_or(Reason::DateOutOfRange))
            }))
        }
        (CellType::Money | CellType::MoneyNotNegative, kind) if kind.is_float() => {
            Typed::Int(try_each_float(raw, NO_INT, misfits, number::micros_of_float)?)
        }
        (CellType::Money | CellType::MoneyNotNegative, _) => {
            Typed::Int(try_each(&whole(raw)?, NO_INT, misfits, number::micros_of_whole))
        }
        (CellType::Count | CellType::Whole, kind) if kind.is_float() => {
            Typed::Int(try_each_float(raw, NO_INT, misfits, number::whole_of_float)?)
        }
        (CellType::Count | CellType::Whole, DataType::Int32) if let Some(cells) = plain_ints(raw) => Typed::Int(cells),
        (CellType::Count | CellType::Whole, _) => Typed::Int(try_each(&whole(raw)?, NO_INT, misfits, |value| {
            if value == NO_INT { Err(Reason::TooGreat) } else { Ok(value) }
        })),
        _ => Typed::Float(try_each_float(raw, f64::NAN, misfits, |value| {
            if value.is_finite() { Ok(value) } else { Err(Reason::NotANumber) }
        })?),
    })
}

/// The integers behind a column of integers, days or instants.
fn whole(raw: &Series) -> polars::error::PolarsResult<Int64Chunked> {
    raw.to_physical_repr().strict_cast(&DataType::Int64)?.i64().cloned()
}

/// Days without a gap or a doubt: the buffer as it is. Most of a great table comes this way.
fn plain_days(raw: &Series) -> Option<Vec<i32>> {
    let days = raw.to_physical_repr();
    let days = days.i32().ok()?.cont_slice().ok()?;
    days.iter().all(|day| believable(*day).is_ok()).then(|| days.to_vec())
}

/// Integers of 32 bits without a gap: none of them is too great.
fn plain_ints(raw: &Series) -> Option<Vec<i64>> {
    let cells = raw.i32().ok()?.cont_slice().ok()?;
    Some(cells.iter().map(|cell| i64::from(*cell)).collect())
}

/// Each integer through a check.
fn try_each<T: Copy>(
    cells: &Int64Chunked,
    empty: T,
    misfits: &mut Vec<Misfit>,
    mut check: impl FnMut(i64) -> Result<T, Reason>,
) -> Vec<T> {
    let mut checked = Vec::with_capacity(cells.len());
    for (row, value) in cells.iter().enumerate() {
        checked.push(value.map_or(empty, |value| {
            check(value).unwrap_or_else(|reason| {
                misfits.push((row, reason));
                empty
            })
        }));
    }
    checked
}

/// Each float through a check. Integers and floats of 32 bits become floats exactly or nearly so.
fn try_each_float<T: Copy>(
    raw: &Series,
    empty: T,
    misfits: &mut Vec<Misfit>,
    mut check: impl FnMut(f64) -> Result<T, Reason>,
) -> polars::error::PolarsResult<Vec<T>> {
    let cells = raw.cast(&DataType::Float64)?;
    let mut checked = Vec::with_capacity(cells.len());
    for (row, value) in cells.f64()?.iter().enumerate() {
        checked.push(value.map_or(empty, |value| {
            check(value).unwrap_or_else(|reason| {
                misfits.push((row, reason));
                empty
            })
        }));
    }
    Ok(checked)
}

/// A stored instant: with a zone it is UTC, without one a local time.
fn moment(at: i64, unit: TimeUnit, has_zone: bool) -> Result<Stamp, Reason> {
    let micros = match unit {
        TimeUnit::Milliseconds => at.checked_mul(1000).ok_or(Reason::DateOutOfRange)?,
        TimeUnit::Microseconds => at,
        TimeUnit::Nanoseconds => at.div_euclid(1000),
    };
    let micros = believable_micros(micros)?;
    if has_zone {
        return Ok(Stamp::Instant(micros));
    }
    let day = micros.div_euclid(crate::tables::date::DAY_MICROS);
    let day = i32::try_from(day).map_err(|_| Reason::DateOutOfRange)?;
    Ok(Stamp::Local(day, micros.rem_euclid(crate::tables::date::DAY_MICROS)))
}

/// The most that one cell of money may say, either way: 100 billion of the currency, in millionths. Beyond it a column is
/// another one's, and sums of it would end where their numbers end.
const MOST_MONEY: i64 = 100_000_000_000 * MICROS;
/// The most that one cell may count.
const MOST_COUNTED: i64 = 1_000_000_000_000;
/// The most that a weight may weigh.
const MOST_WEIGHT: f64 = 1e6;

/// Empties and names cells outside their type's range.
fn check_range(typed: &mut Typed, cell: CellType, misfits: &mut Vec<Misfit>) {
    match (typed, cell) {
        (Typed::Int(cells), CellType::Count | CellType::Money | CellType::MoneyNotNegative) => {
            let (least, most) = match cell {
                CellType::Money => (-MOST_MONEY, MOST_MONEY),
                CellType::MoneyNotNegative => (0, MOST_MONEY),
                _ => (0, MOST_COUNTED),
            };
            let is_out = |value: &i64| *value != NO_INT && !(least..=most).contains(value);
            for (row, value) in cells.iter_mut().enumerate().filter(|(_, value)| is_out(value)) {
                let is_negative = *value < 0 && least == 0;
                misfits.push((row, if is_negative { Reason::Negative } else { Reason::TooGreat }));
                *value = NO_INT;
            }
        }
        (Typed::Float(cells), CellType::NumberNotNegative) => {
            let is_out = |value: &f64| *value < 0.0 || *value > MOST_WEIGHT;
            for (row, value) in cells.iter_mut().enumerate().filter(|(_, value)| is_out(value)) {
                misfits.push((row, if *value < 0.0 { Reason::Negative } else { Reason::TooGreat }));
                *value = f64::NAN;
            }
        }
        (Typed::Float(cells), CellType::Rating) => {
            for (row, value) in cells.iter_mut().enumerate().filter(|(_, value)| **value < 0.0 || **value > 100.0) {
                misfits.push((row, Reason::OutOfRange));
                *value = f64::NAN;
            }
        }
        _ => {}
    }
}

/// Names cells that are empty and were not named before.
fn note_empty(typed: &Typed, misfits: &mut Vec<Misfit>) {
    let named: std::collections::HashSet<usize> = misfits.iter().map(|(row, _)| *row).collect();
    let mut note = |rows: &mut dyn Iterator<Item = usize>| {
        misfits.extend(rows.filter(|row| !named.contains(row)).map(|row| (row, Reason::Empty)));
    };
    match typed {
        Typed::Int(cells) => note(&mut (0..cells.len()).filter(|row| cells.get(*row) == Some(&NO_INT))),
        Typed::Day(cells) => note(&mut (0..cells.len()).filter(|row| cells.get(*row) == Some(&NO_DAY))),
        Typed::Float(cells) => note(&mut (0..cells.len()).filter(|row| cells.get(*row).is_some_and(|v| v.is_nan()))),
        Typed::Flag(cells) => note(&mut (0..cells.len()).filter(|row| cells.get(*row) == Some(&NO_FLAG))),
        Typed::Text(cells) if cells.null_count() == 0 => {}
        Typed::Text(cells) => {
            note(&mut cells.iter().enumerate().filter(|(_, text)| text.is_none()).map(|(row, _)| row));
        }
    }
}

impl Typed {
    /// Takes the cells of the kept rows (all, if `keep` is `None`) as a polars column.
    pub(crate) fn into_column(self, name: &str, keep: Option<&[bool]>) -> polars::error::PolarsResult<Column> {
        let column = match self {
            Self::Int(cells) => ints(name, kept(cells, keep)),
            Self::Day(cells) => days(name, kept(cells, keep)),
            Self::Float(cells) => {
                let cells = kept(cells, keep);
                let column: Float64Chunked = if cells.iter().any(|value| value.is_nan()) {
                    cells.into_iter().map(|value| Some(value).filter(|value| !value.is_nan())).collect()
                } else {
                    Float64Chunked::from_vec(name.into(), cells)
                };
                column.with_name(name.into()).into_series_column()
            }
            Self::Flag(cells) => {
                let cells: BooleanChunked =
                    kept(cells, keep).into_iter().map(|flag| (flag != NO_FLAG).then_some(flag == 1)).collect();
                cells.with_name(name.into()).into_series_column()
            }
            Self::Text(cells) => {
                let cells = match keep {
                    None => cells,
                    Some(keep) => {
                        let keep: BooleanChunked = keep.iter().map(|keep| Some(*keep)).collect();
                        cells.filter(&keep)?
                    }
                };
                cells.with_name(name.into()).into_series_column()
            }
        };
        Ok(column)
    }
}

/// The kept cells.
fn kept<T: Copy>(cells: Vec<T>, keep: Option<&[bool]>) -> Vec<T> {
    match keep {
        None => cells,
        Some(keep) => cells.iter().zip(keep).filter_map(|(cell, keep)| keep.then_some(*cell)).collect(),
    }
}

fn ints(name: &str, cells: Vec<i64>) -> Column {
    if cells.contains(&NO_INT) {
        let cells: Int64Chunked = cells.into_iter().map(|value| (value != NO_INT).then_some(value)).collect();
        return cells.with_name(name.into()).into_series_column();
    }
    Int64Chunked::from_vec(name.into(), cells).into_series_column()
}

fn days(name: &str, cells: Vec<i32>) -> Column {
    if cells.contains(&NO_DAY) {
        let cells: Int32Chunked = cells.into_iter().map(|value| (value != NO_DAY).then_some(value)).collect();
        return cells.with_name(name.into()).into_series_column();
    }
    Int32Chunked::from_vec(name.into(), cells).into_series_column()
}

/// A column out of an array, whatever its type.
trait IntoSeriesColumn {
    fn into_series_column(self) -> Column;
}

impl<T: polars::prelude::IntoSeries> IntoSeriesColumn for T {
    fn into_series_column(self) -> Column {
        Column::from(self.into_series())
    }
}

/// A column of one text, for constants.
pub(crate) fn constant(name: &str, text: &str, rows: usize) -> Column {
    Column::from(Series::new(name.into(), [text]).new_from_index(0, rows))
}
