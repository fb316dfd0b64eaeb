//! The one place where polars reads: text cells of a CSV body, typed columns of a Parquet file, batch by batch and in order.
//!
//! Knows positions and names of a file's columns; judges nothing.

use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use polars::io::HiveOptions;
use polars::prelude::{
    DataFrame, Engine, Expr, LazyCsvReader, LazyFileListReader, LazyFrame, PlanCallback, PolarsResult, ScanArgsParquet,
    ScanSources, col,
};

/// A column to be read: its position in the file, from 0, and the name that it gets in the batches.
pub(crate) type Read = (usize, String);

/// Batches that may wait for their reader: enough that neither side stands still, few enough to stay small.
const BATCHES_AHEAD: usize = 2;

/// Why a scan stopped.
pub(crate) enum Stop<E> {
    /// polars says why.
    Reader(String),
    /// polars panicked.
    Panic,
    /// The consumer of the batches failed.
    Consumer(E),
}

/// Text cells of a CSV body without header, of `delimiter`; nothing is inferred, no schema is given (polars would apply it
/// by position).
pub(crate) fn csv(body: String, delimiter: u8, columns: &[Read]) -> PolarsResult<LazyFrame> {
    let sources = ScanSources::Buffers(Arc::from([body.into_bytes().into()]));
    let frame = LazyCsvReader::new_with_sources(sources)
        .with_has_header(false)
        .with_infer_schema_length(Some(0))
        .with_separator(delimiter)
        .with_glob(false)
        .with_cache(false)
        .finish()?;
    let named = columns.iter().map(|(at, name)| col(format!("column_{}", at + 1)).alias(name.as_str()));
    Ok(frame.select(named.collect::<Vec<Expr>>()))
}

/// Columns of an open Parquet file; of its rows those in `rows` alone, if some are named.
pub(crate) fn parquet(
    file: File,
    names: &[String],
    columns: &[Read],
    rows: Option<&Range<u64>>,
) -> PolarsResult<LazyFrame> {
    let sources = ScanSources::Files(Arc::from([file]));
    // A handle has no path that a partition could be read from.
    let hive_options = HiveOptions::new_disabled();
    let args = ScanArgsParquet { glob: false, cache: false, hive_options, ..ScanArgsParquet::default() };
    let frame = LazyFrame::scan_parquet_sources(sources, args)?;
    let picked = columns.iter().filter_map(|(at, name)| Some(col(names.get(*at)?.as_str()).alias(name.as_str())));
    let frame = frame.select(picked.collect::<Vec<Expr>>());
    Ok(match rows {
        None => frame,
        // A row group outside of the slice is not touched.
        Some(rows) => {
            let length =
                polars::prelude::IdxSize::try_from(rows.end - rows.start).unwrap_or(polars::prelude::IdxSize::MAX);
            frame.slice(rows.start.cast_signed(), length)
        }
    })
}

/// Runs a scan and hands its batches on, in the order of their rows, on the caller's thread.
pub(crate) fn batches<E>(frame: LazyFrame, each: &mut dyn FnMut(DataFrame) -> Result<(), E>) -> Result<(), Stop<E>> {
    let (send, receive) = sync_channel::<DataFrame>(BATCHES_AHEAD);
    std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            catch_unwind(AssertUnwindSafe(|| {
                let hand_on = PlanCallback::new(move |batch: DataFrame| Ok(send.send(batch).is_err()));
                frame.sink_batches(hand_on, true, None)?.collect_with_engine(Engine::Streaming).map(|_| ())
            }))
        });
        let mut consumed = Ok(());
        while let Ok(batch) = receive.recv() {
            consumed = each(batch);
            if consumed.is_err() {
                break;
            }
        }
        drop(receive);
        let read = reader.join();
        consumed.map_err(Stop::Consumer)?;
        match read {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(error))) => Err(Stop::Reader(error.to_string())),
            Ok(Err(_)) | Err(_) => Err(Stop::Panic),
        }
    })
}
