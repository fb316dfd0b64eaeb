//! Units: the parts of a great table's files that are recognised by what stands in them, whatever file they lie in now: a
//! row group of a Parquet file, so many records of a CSV text.
//!
//! Knows bytes, no rows.

use std::collections::VecDeque;
use std::ops::Range;

use blake3::Hasher;
use polars::io::parquet::read::FileMetadata;

use crate::digest::Key;

/// Records of a CSV text that make a unit: some megabytes.
pub(crate) const RECORDS: u64 = 100_000;

/// A row group of a Parquet file.
#[derive(Debug)]
pub(crate) struct RowGroup {
    rows: u64,
    chunks: Vec<Chunk>,
}

/// Where the cells of one column of a row group lie, and what it takes besides their bytes to read them.
#[derive(Debug)]
struct Chunk {
    column: String,
    bytes: Range<u64>,
    shape: String,
}

/// The row groups of a file.
pub(crate) fn row_groups(metadata: &FileMetadata) -> Vec<RowGroup> {
    let groups = metadata.row_groups.iter().map(|group| {
        let chunks = group.parquet_columns().iter().map(|chunk| {
            let (descriptor, bytes) = (chunk.descriptor(), chunk.byte_range());
            let pages = chunk.data_page_offset().wrapping_sub(bytes.start.cast_signed());
            let (values, codec) = (chunk.num_values(), chunk.compression());
            let column = descriptor.path_in_schema.first().map(ToString::to_string).unwrap_or_default();
            Chunk { column, bytes, shape: format!("{descriptor:?} {codec:?} {values} {pages}") }
        });
        RowGroup { rows: group.num_rows() as u64, chunks: chunks.collect() }
    });
    groups.collect()
}

/// A part of a file.
#[derive(Debug)]
pub(crate) struct Unit {
    /// How many records.
    pub(crate) rows: u64,
    /// Where its bytes lie, ascending.
    pub(crate) bytes: Vec<Range<u64>>,
    shape: String,
}

impl Unit {
    /// Records of a text.
    pub(crate) fn of_text(rows: u64, bytes: Range<u64>) -> Self {
        Self { rows, bytes: vec![bytes], shape: String::new() }
    }

    /// Lengthens the unit of a text by its next record.
    pub(crate) fn add_record(&mut self, bytes: usize) {
        self.rows += 1;
        if let Some(range) = self.bytes.last_mut() {
            range.end += bytes as u64;
        }
    }

    /// Where its last byte ends.
    pub(crate) fn end(&self) -> u64 {
        self.bytes.last().map_or(0, |range| range.end)
    }

    /// The units of a Parquet file of which some columns are read; none if its parts do not lie one after the other.
    pub(crate) fn of_parquet(groups: &[RowGroup], columns: &[&str]) -> Option<Vec<Self>> {
        let unit = |group: &RowGroup| {
            let mut chunks: Vec<&Chunk> =
                group.chunks.iter().filter(|chunk| columns.contains(&chunk.column.as_str())).collect();
            chunks.sort_by_key(|chunk| chunk.bytes.start);
            let lines: Vec<String> =
                chunks.iter().map(|chunk| format!("{}: {}\n", chunk.column, chunk.shape)).collect();
            let shape = lines.concat();
            Self { rows: group.rows, bytes: chunks.iter().map(|chunk| chunk.bytes.clone()).collect(), shape }
        };
        let units: Vec<Self> = groups.iter().filter(|group| group.rows > 0).map(unit).collect();
        let ranges = || units.iter().flat_map(|unit| &unit.bytes);
        let is_in_order = ranges().zip(ranges().skip(1)).all(|(one, next)| one.end <= next.start);
        (is_in_order && units.iter().all(|unit| !unit.bytes.is_empty())).then_some(units)
    }

    /// The beginning of its key.
    fn key(&self, ways: &str) -> Hasher {
        let lengths = self.bytes.iter().map(|range| range.end - range.start);
        let head = format!("{ways}\0{}\0{:?}\0{}\0", self.rows, lengths.collect::<Vec<_>>(), self.shape);
        let mut key = Hasher::new();
        key.update(head.as_bytes());
        key
    }

    /// The key of a unit of a text that is read in these ways.
    pub(crate) fn key_in(&self, ways: &str, body: &str) -> Key {
        let pieces = self.bytes.iter().filter_map(|range| body.as_bytes().get(within(range)));
        let mut key = self.key(ways);
        for piece in pieces {
            key.update(piece);
        }
        key.finalize().into()
    }
}

/// A range of bytes in memory.
pub(crate) fn within(range: &Range<u64>) -> Range<usize> {
    let at = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
    at(range.start)..at(range.end)
}

/// Makes the keys of a file's units while its bytes pass by, once, from the first to the last.
#[derive(Debug)]
pub(crate) struct Watch {
    /// Bytes that have passed.
    passed: u64,
    /// What is still to come of each unit.
    ahead: VecDeque<(VecDeque<Range<u64>>, Hasher)>,
}

impl Watch {
    /// Before the first byte.
    pub(crate) fn new(units: &[Unit], ways: &str) -> Self {
        let ahead = units.iter().map(|unit| (unit.bytes.iter().cloned().collect(), unit.key(ways))).collect();
        Self { passed: 0, ahead }
    }

    /// Takes the next bytes; `done` gets each unit's key in turn.
    pub(crate) fn pass(&mut self, bytes: &[u8], done: &mut dyn FnMut(Key)) {
        let end = self.passed + bytes.len() as u64;
        while let Some((ranges, key)) = self.ahead.front_mut() {
            while let Some(range) = ranges.front().filter(|range| range.start < end) {
                let here = range.start.max(self.passed) - self.passed..range.end.min(end) - self.passed;
                key.update(bytes.get(within(&here)).unwrap_or(&[]));
                if range.end > end {
                    break;
                }
                ranges.pop_front();
            }
            if !ranges.is_empty() {
                break;
            }
            if let Some((_, key)) = self.ahead.pop_front() {
                done(key.finalize().into());
            }
        }
        self.passed = end;
    }
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "a unit may be of one piece")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(bytes: &[Range<u64>]) -> Unit {
        Unit { rows: 1, bytes: bytes.to_vec(), shape: String::new() }
    }

    proptest! {
        /// Whatever pieces the bytes come in, a key is that of the unit's own bytes.
        #[test]
        fn a_key_depends_on_the_units_bytes_alone(lengths in prop::collection::vec(1..9_usize, 1..12)) {
            let text = "The quick brown fox jumps over the lazy dog, twice.";
            let units = [unit(&[3..9, 12..13]), unit(&[13..14]), unit(&[20..51])];
            let expected: Vec<Key> = units.iter().map(|unit| unit.key_in("ways", text)).collect();
            let (mut watch, mut keys, mut at) = (Watch::new(&units, "ways"), Vec::new(), 0);
            for length in lengths.iter().cycle() {
                let end = (at + length).min(text.len());
                watch.pass(&text.as_bytes()[at..end], &mut |key| keys.push(key));
                at = end;
                if at == text.len() {
                    break;
                }
            }
            prop_assert_eq!(keys, expected);
        }
    }

    #[test]
    fn another_byte_another_way_and_another_cut_are_other_keys() {
        let key = |ways: &str, bytes: &[Range<u64>], text: &str| unit(bytes).key_in(ways, text);
        let keys = [
            key("ways", &[0..4, 4..8], "abcdefgh"),
            key("ways", &[0..4, 4..8], "abcdefgx"),
            key("other", &[0..4, 4..8], "abcdefgh"),
            key("ways", &[0..5, 5..8], "abcdefgh"),
            key("ways", &[0..8], "abcdefgh"),
        ];
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
        assert_eq!(key("ways", &[2..6], "..abcd.."), key("ways", &[0..4], "abcd"), "wherever it lies");
    }
}
