//! A look at every cell whose format must be found out; for CSV also the independent reader that counts the records.
//!
//! Concludes nothing; `evidence` does.

use std::path::Path;

use polars::prelude::{DataFrame, DataType};

use crate::tables::evidence::{Evidence, Needs, place};
use crate::tables::file::{self, Fault};
use crate::tables::mapping::{Origin, Slot};
use crate::tables::open::{Body, OpenFile, open_again, readers_disagree};
use crate::tables::scan::{self, Stop};

/// Shows the cells of a file to the evidence. This is the pass of the independent CSV reader: it must count as many records
/// as the structure has.
pub(super) fn look_at(
    file: &OpenFile,
    slots: &[Slot],
    needs: &[Needs],
    evidence: &mut [Evidence],
    currency: &str,
) -> Result<(), Fault> {
    let path = file.path.clone();
    let position = |slot: &Slot| match &slot.origin {
        Origin::Column(name) => file.header.iter().position(|have| have == name),
        Origin::Constant(_) => None,
    };
    let watched: Vec<(usize, usize)> = (0..slots.len())
        .filter(|slot| needs.get(*slot).is_some_and(|needs| *needs != Needs::Nothing))
        .filter_map(|slot| Some((slot, position(slots.get(slot)?)?)))
        .collect();
    let mut see = |slot: usize, text: &str, row: &dyn Fn() -> u64| {
        if let (Some(mapped), Some(needs), Some(evidence)) = (slots.get(slot), needs.get(slot), evidence.get_mut(slot))
        {
            evidence.see(*needs, mapped.mapped(text), Some(currency), || place(&path, row()));
        }
    };
    match &file.body {
        Body::Text { body, delimiter, numbers, .. } => {
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).delimiter(*delimiter).from_reader(body.as_bytes());
            let (mut record, mut count) = (csv::StringRecord::new(), 0_u64);
            loop {
                match reader.read_record(&mut record) {
                    Ok(false) => break,
                    Ok(true) => {
                        for (slot, at) in &watched {
                            see(*slot, record.get(*at).unwrap_or(""), &|| numbers.row(count));
                        }
                        count += 1;
                    }
                    Err(error) => return Err(readers_disagree(&path, &file::one_line(&error.to_string()))),
                }
            }
            if count == file.rows {
                Ok(())
            } else {
                Err(readers_disagree(&path, &format!("one counts {} rows, the other {count}", file.rows)))
            }
        }
        Body::Parquet { handle, kinds, .. } => {
            let is_text = |at: usize| matches!(kinds.get(at), Some(DataType::String | DataType::Categorical(..)));
            let watched: Vec<(usize, usize)> = watched.into_iter().filter(|(_, at)| is_text(*at)).collect();
            if watched.is_empty() {
                return Ok(());
            }
            let reads: Vec<scan::Read> = watched.iter().map(|(slot, at)| (*at, slot.to_string())).collect();
            let open = open_again(&path, handle.as_ref())?;
            let mut before = 0;
            parquet_batches(&path, open, &file.header, &reads, &mut |batch| {
                for (slot, _) in &watched {
                    let text = batch.column(&slot.to_string())?.cast(&DataType::String)?;
                    for (row, text) in (1 + before..).zip(text.str()?.iter()) {
                        see(*slot, text.unwrap_or(""), &|| row);
                    }
                }
                before += batch.height() as u64;
                Ok(())
            })
        }
    }
}

/// The batches of some columns of a Parquet file, for a look.
fn parquet_batches(
    path: &Path,
    open: std::fs::File,
    header: &[String],
    reads: &[scan::Read],
    each: &mut dyn FnMut(DataFrame) -> polars::error::PolarsResult<()>,
) -> Result<(), Fault> {
    let frame = scan::parquet(open, header, reads, None)
        .map_err(|error| file::not_parquet(path, &file::one_line(&error.to_string())))?;
    scan::batches(frame, each).map_err(|stop| match stop {
        Stop::Reader(message) => file::not_parquet(path, &file::one_line(&message)),
        Stop::Panic => file::not_parquet(path, "the reader broke off"),
        Stop::Consumer(error) => file::not_parquet(path, &file::one_line(&error.to_string())),
    })
}
