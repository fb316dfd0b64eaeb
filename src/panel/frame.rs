//! Columns of typed frames as plain vectors.
//!
//! The one place of the panel and the tallies that touches polars' column types.

use polars::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};

/// A column that is not of the type its contract says: a fault of farol's, not of the data.
fn mismatch(name: &str, error: &PolarsError) -> Failure {
    Failure::new(
        Exit::Internal,
        Diagnostic::error("frame-type", format!("column `{name}` is not of its contract's type: {error}"))
            .help("this is a bug in farol; report it with the version and the table's configuration"),
    )
}

/// Whether the frame has a column.
pub(crate) fn has(frame: &DataFrame, name: &str) -> bool {
    frame.get_column_index(name).is_some()
}

/// Moments, money, counts: `Int64`. An absent column is all `None`.
pub(crate) fn integers(frame: &DataFrame, name: &str) -> Result<Vec<Option<i64>>> {
    if !has(frame, name) {
        return Ok(vec![None; frame.height()]);
    }
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    Ok(column.i64().map_err(|e| mismatch(name, &e))?.iter().collect())
}

/// [`integers`] by row, without a copy: for the great tables.
pub(crate) fn integer_at<'a>(frame: &'a DataFrame, name: &str) -> Result<impl Fn(usize) -> Option<i64> + use<'a>> {
    let column = if has(frame, name) { Some(frame.column(name).map_err(|e| mismatch(name, &e))?) } else { None };
    let cells = column.map(|column| column.i64()).transpose().map_err(|e| mismatch(name, &e))?;
    Ok(move |row| cells?.get(row))
}

/// [`texts`] by row, without a copy.
pub(crate) fn text_at<'a>(frame: &'a DataFrame, name: &str) -> Result<impl Fn(usize) -> Option<&'a str> + use<'a>> {
    let column = if has(frame, name) { Some(frame.column(name).map_err(|e| mismatch(name, &e))?) } else { None };
    let cells = column.map(|column| column.str()).transpose().map_err(|e| mismatch(name, &e))?;
    Ok(move |row| cells?.get(row))
}

/// Flags, `Boolean`, by row.
pub(crate) fn flag_at<'a>(frame: &'a DataFrame, name: &str) -> Result<impl Fn(usize) -> Option<bool> + use<'a>> {
    let column = if has(frame, name) { Some(frame.column(name).map_err(|e| mismatch(name, &e))?) } else { None };
    let cells = column.map(|column| column.bool()).transpose().map_err(|e| mismatch(name, &e))?;
    Ok(move |row| cells?.get(row))
}

/// [`customers`] by row, without a copy.
pub(crate) fn customer_at(frame: &DataFrame) -> Result<impl Fn(usize) -> Option<u32> + use<'_>> {
    let name = "customer";
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    let cells = column.u32().map_err(|e| mismatch(name, &e))?;
    Ok(move |row| cells.get(row))
}

/// The whole numbers of a column without gaps, as they lie in memory; `None` if it has gaps or several pieces.
pub(crate) fn plain_integers<'a>(frame: &'a DataFrame, name: &str) -> Result<Option<&'a [i64]>> {
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    Ok(column.i64().map_err(|e| mismatch(name, &e))?.cont_slice().ok())
}

/// The same for the customers' indexes.
pub(crate) fn plain_customers(frame: &DataFrame) -> Result<Option<&[u32]>> {
    let name = "customer";
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    Ok(column.u32().map_err(|e| mismatch(name, &e))?.cont_slice().ok())
}

/// The same for civil days.
pub(crate) fn plain_days<'a>(frame: &'a DataFrame, name: &str) -> Result<Option<&'a [i32]>> {
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    Ok(column.i32().map_err(|e| mismatch(name, &e))?.cont_slice().ok())
}

/// Numbers: `Float64`. An absent column is all `None`.
pub(crate) fn numbers(frame: &DataFrame, name: &str) -> Result<Vec<Option<f64>>> {
    if !has(frame, name) {
        return Ok(vec![None; frame.height()]);
    }
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    Ok(column.f64().map_err(|e| mismatch(name, &e))?.iter().collect())
}

/// Customer indexes: `UInt32`, `None` where the row names no customer.
pub(crate) fn customers(frame: &DataFrame) -> Result<Vec<Option<u32>>> {
    let name = "customer";
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    Ok(column.u32().map_err(|e| mismatch(name, &e))?.iter().collect())
}

/// Text: `String`. An absent column is all `None`.
pub(crate) fn texts<'a>(frame: &'a DataFrame, name: &str) -> Result<Vec<Option<&'a str>>> {
    if !has(frame, name) {
        return Ok(vec![None; frame.height()]);
    }
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    Ok(column.str().map_err(|e| mismatch(name, &e))?.iter().collect())
}

/// Text as dense codes: equal text, equal code; the codes carry no order. `None` stays `None`.
pub(crate) fn codes(frame: &DataFrame, name: &str) -> Result<Vec<Option<u32>>> {
    Ok(coded(frame, name)?.0)
}

/// The [`codes`], and the text of each.
pub(crate) fn coded<'a>(frame: &'a DataFrame, name: &str) -> Result<(Vec<Option<u32>>, Vec<&'a str>)> {
    let mut seen = std::collections::HashMap::<&str, u32, foldhash::fast::RandomState>::default();
    let mut words = Vec::new();
    // Neighbouring rows often say the same.
    let (mut last, mut last_code) = (None, None);
    let cells = texts(frame, name)?.into_iter().map(|text| {
        if text != last {
            last = text;
            last_code = text.map(|text| {
                *seen.entry(text).or_insert_with(|| {
                    words.push(text);
                    u32::try_from(words.len() - 1).unwrap_or(u32::MAX)
                })
            });
        }
        last_code
    });
    let cells = cells.collect();
    Ok((cells, words))
}

/// Appends the next cell of a column to some bytes, so that other cells are other bytes.
type NextCell<'a> = Box<dyn FnMut(&mut Vec<u8>) + 'a>;

/// Appends the next row's cells of some columns, from the first row on; a customer is the number that stands for it in
/// `customers`.
pub(crate) fn next_row<'a>(
    frame: &'a DataFrame,
    names: &[&'a str],
    customers: &'a [u128],
) -> Result<impl FnMut(&mut Vec<u8>) + use<'a>> {
    let of = |name: &&'a str| -> Result<NextCell<'a>> {
        let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
        Ok(match column.dtype() {
            DataType::String => {
                let mut cells = column.str().map_err(|e| mismatch(name, &e))?.iter();
                Box::new(move |bytes| {
                    let text = cells.next().flatten();
                    bytes.extend(text.map_or(u64::MAX, |text| text.len() as u64).to_le_bytes());
                    bytes.extend_from_slice(text.unwrap_or_default().as_bytes());
                })
            }
            DataType::Int64 => plain(column.i64().map_err(|e| mismatch(name, &e))?.iter(), i64::to_le_bytes),
            DataType::Float64 => plain(column.f64().map_err(|e| mismatch(name, &e))?.iter(), f64::to_le_bytes),
            DataType::Boolean => plain(column.bool().map_err(|e| mismatch(name, &e))?.iter(), |is| [u8::from(is)]),
            _ => {
                let number = |customer| customers.get(customer as usize).copied().unwrap_or_default().to_le_bytes();
                plain(column.u32().map_err(|e| mismatch(name, &e))?.iter(), number)
            }
        })
    };
    let mut cells: Vec<NextCell<'a>> = names.iter().map(of).collect::<Result<_>>()?;
    Ok(move |bytes: &mut Vec<u8>| cells.iter_mut().for_each(|next| next(bytes)))
}

/// Cells of one length.
fn plain<'a, T, const N: usize>(
    mut cells: impl Iterator<Item = Option<T>> + 'a,
    to_bytes: impl Fn(T) -> [u8; N] + 'a,
) -> NextCell<'a> {
    Box::new(move |bytes| {
        let cell = cells.next().flatten();
        bytes.push(u8::from(cell.is_some()));
        bytes.extend(cell.map_or([0; N], &to_bytes));
    })
}

/// Civil days since 1970: `Int32`.
pub(crate) fn days(frame: &DataFrame, name: &str) -> Result<Vec<Option<i32>>> {
    let column = frame.column(name).map_err(|e| mismatch(name, &e))?;
    Ok(column.i32().map_err(|e| mismatch(name, &e))?.iter().collect())
}
