//! What readers were told before, as sets: each of what some reader knows, or may know.

use std::collections::BTreeMap;

use crate::pipeline::ToldAnswers;

/// Some of what was told, by its place among all that was.
pub(super) type Known<'a> = BTreeMap<usize, &'a ToldAnswers>;

/// Bare address → what it was told, each with its place and whether that is certain.
pub(super) type ByReader<'a> = BTreeMap<&'a str, Vec<(usize, &'a ToldAnswers, bool)>>;

/// Sorts what was told by whom.
pub(super) fn by_reader(all: &[ToldAnswers]) -> ByReader<'_> {
    let mut by_reader = ByReader::new();
    for (at, told) in all.iter().enumerate() {
        for (reader, &is_certain) in told.readers.iter() {
            by_reader.entry(reader).or_default().push((at, told, is_certain));
        }
    }
    by_reader
}

/// What each of some readers knows, the same of several once; of mail that may have arrived, or still may, with it and without
/// it.
pub(super) fn of_readers<'a, 'r>(
    readers: impl Iterator<Item = &'r String>,
    by_reader: &ByReader<'a>,
) -> Vec<Known<'a>> {
    let mut known: Vec<Known<'a>> = Vec::new();
    for told in readers.map(|reader| by_reader.get(reader.as_str()).map_or(&[][..], Vec::as_slice)) {
        let all: Known<'a> = told.iter().map(|&(at, told, _)| (at, told)).collect();
        let certain: Known<'a> = told.iter().filter(|(.., is)| *is).map(|&(at, told, _)| (at, told)).collect();
        for one in [all, certain] {
            if !known.iter().any(|of| of.keys().eq(one.keys())) {
                known.push(one);
            }
        }
    }
    known
}
