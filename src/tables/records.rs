//! The structure of a CSV text: where its records end, how wide they are, what is broken; looked at before any library
//! that forgives is let near it.
//!
//! Knows no column's meaning and no type.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Place};
use crate::tables::quarantine::Reason;
use crate::tables::unit::{self, Unit};

/// Longest cell that is read.
const LONGEST_CELL_BYTES: usize = 1 << 20;

/// A record that is left out of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Row as a spreadsheet shows it.
    pub(crate) row: u64,
    /// Cell from 0, if it is one cell's fault.
    pub(crate) cell: Option<usize>,
    /// The offending text, cut.
    pub(crate) value: String,
    /// Why.
    pub(crate) reason: Reason,
}

/// Which row of the file a record of the body is.
#[derive(Clone, Debug, Default)]
pub(crate) struct RowNumbers {
    /// The row of the first record below the header.
    first: u64,
    /// Rows below the header that are not in the body, ascending.
    left_out: Vec<u64>,
}

impl RowNumbers {
    /// Rows that count from 1 and leave nothing out.
    pub(crate) fn from_one() -> Self {
        Self { first: 1, left_out: Vec::new() }
    }

    /// The file's row of the body's record `index` (from 0).
    pub(crate) fn row(&self, index: u64) -> u64 {
        let mut row = self.first + index;
        loop {
            let skipped = self.left_out.partition_point(|left_out| *left_out <= row);
            let better = self.first + index + skipped as u64;
            if better == row {
                return row;
            }
            row = better;
        }
    }
}

/// A CSV text taken apart.
#[derive(Debug)]
pub(crate) struct Records {
    /// The cells of the first record.
    pub(crate) header: Vec<String>,
    /// Everything below the header that can be read: no blank line, every record as wide as the header.
    pub(crate) body: String,
    /// How many records the body has.
    pub(crate) count: u64,
    /// The same in parts of the body, each of so many records as make a unit; the last may have fewer.
    pub(crate) units: Vec<Unit>,
    /// Which rows they are.
    pub(crate) rows: RowNumbers,
    /// Records that were left out.
    pub(crate) broken: Vec<Broken>,
    /// Blank lines between records; those at the end are what editors and exports leave there.
    pub(crate) blank_lines: u64,
}

/// What ended a record.
enum End {
    Text,
    Line,
}

/// One record's extent and what was seen in it.
struct Record {
    width: usize,
    next: usize,
    lines: usize,
    stray_quote: Option<usize>,
    too_long: Option<usize>,
    is_blank: bool,
    end: End,
}

/// Takes a CSV text apart.
///
/// # Errors
/// What makes record boundaries doubtful: an unclosed quotation mark, text after a closing one, NUL, a carriage return
/// alone; no header.
pub(crate) fn records(text: String, delimiter: u8, path: &Path) -> Result<Records, Diagnostic> {
    let bytes = text.as_bytes();
    let (mut at, mut line, mut row) = (0, 1, 1);
    let header = loop {
        let record = record(bytes, at, line, delimiter, path)?;
        if !record.is_blank {
            break record;
        }
        if matches!(record.end, End::Text) {
            return Err(empty(path));
        }
        (at, line, row) = (record.next, line + 1, row + 1);
    };
    let names = cells(text.get(at..header.next).unwrap_or(""), delimiter);
    (at, line, row) = (header.next, line + header.lines, row + 1);
    let body_start = at;
    let mut found = Records {
        header: names,
        body: String::new(),
        count: 0,
        units: Vec::new(),
        rows: RowNumbers { first: row, left_out: Vec::new() },
        broken: Vec::new(),
        blank_lines: 0,
    };
    // Spans of the text that are kept; one span as long as nothing was left out.
    let mut kept: Vec<(usize, usize)> = Vec::new();
    let mut unit = Unit::of_text(0, 0..0);
    let mut blank_lines = 0;
    while at < bytes.len() {
        let record = record(bytes, at, line, delimiter, path)?;
        let is_kept = !record.is_blank && judge(&record, &mut found, row, &text, at, delimiter);
        if is_kept {
            found.count += 1;
            unit.add_record(record.next - at);
            if unit.rows == unit::RECORDS {
                let next = Unit::of_text(0, unit.end()..unit.end());
                found.units.push(std::mem::replace(&mut unit, next));
            }
            match kept.last_mut() {
                Some((_, end)) if *end == at => *end = record.next,
                _ => kept.push((at, record.next)),
            }
        } else {
            found.rows.left_out.push(row);
        }
        if record.is_blank {
            blank_lines += 1;
        } else {
            found.blank_lines += std::mem::take(&mut blank_lines);
        }
        (at, line, row) = (record.next, line + record.lines, row + 1);
    }
    if unit.rows > 0 {
        found.units.push(unit);
    }
    found.body = match kept.as_slice() {
        [] => String::new(),
        [(start, end)] if *start == body_start && *end == bytes.len() => {
            let mut text = text;
            text.drain(..body_start);
            text
        }
        spans => spans.iter().filter_map(|(start, end)| text.get(*start..*end)).collect(),
    };
    Ok(found)
}

/// Whether a record can stay; if not, why is noted.
fn judge(record: &Record, found: &mut Records, row: u64, text: &str, at: usize, delimiter: u8) -> bool {
    let mut note = |cell: Option<usize>, value: String, reason| {
        found.broken.push(Broken { row, cell, value, reason });
    };
    if record.width != found.header.len() {
        note(None, format!("{} cells instead of {}", record.width, found.header.len()), Reason::Width);
        return false;
    }
    let (cell, reason) = match (record.stray_quote, record.too_long) {
        (None, None) => return true,
        (Some(cell), _) => (cell, Reason::StrayQuote),
        (None, Some(cell)) => (cell, Reason::TooLong),
    };
    let value = cells(text.get(at..record.next).unwrap_or(""), delimiter).into_iter().nth(cell).unwrap_or_default();
    note(Some(cell), value.chars().take(200).collect(), reason);
    false
}

/// The record that starts at `at`, which is before the end of `bytes` or at the end of an empty text.
fn record(bytes: &[u8], at: usize, line: usize, delimiter: u8, path: &Path) -> Result<Record, Diagnostic> {
    let mut seen =
        Record { width: 0, next: at, lines: 1, stray_quote: None, too_long: None, is_blank: false, end: End::Text };
    let byte = |at: usize| bytes.get(at).copied();
    let fault = |code, message: &str, help: &str, lines: usize| {
        let place = Place { file: path.to_path_buf(), line: Some(line + lines), column: None };
        Err(Diagnostic::error(code, message).at(place).help(help))
    };
    let mut here = at;
    loop {
        let cell_start = here;
        if byte(here) == Some(b'"') {
            let opened = seen.lines - 1;
            here += 1;
            loop {
                match byte(here) {
                    Some(b'"') if byte(here + 1) == Some(b'"') => here += 2,
                    Some(b'"') => break,
                    Some(0) => return fault("nul-byte", "a NUL byte stands in the text", NUL_HELP, seen.lines - 1),
                    Some(b) => {
                        seen.lines += usize::from(b == b'\n');
                        here += 1;
                    }
                    None => {
                        let message = "a quotation mark that opens here is never closed";
                        return fault("unclosed-quote", message, QUOTE_HELP, opened);
                    }
                }
            }
            here += 1;
            let ends = match byte(here) {
                None | Some(b'\n') => true,
                Some(b'\r') => byte(here + 1) == Some(b'\n'),
                Some(b) => b == delimiter,
            };
            if !ends {
                let message = "text follows a closing quotation mark";
                return fault("text-after-quote", message, QUOTE_HELP, seen.lines - 1);
            }
        } else {
            while let Some(b) = byte(here) {
                if b == delimiter || b == b'\n' || b == b'\r' {
                    break;
                }
                if b == 0 {
                    return fault("nul-byte", "a NUL byte stands in the text", NUL_HELP, seen.lines - 1);
                }
                if b == b'"' {
                    seen.stray_quote.get_or_insert(seen.width);
                }
                here += 1;
            }
        }
        if here - cell_start > LONGEST_CELL_BYTES {
            seen.too_long.get_or_insert(seen.width);
        }
        seen.width += 1;
        match byte(here) {
            Some(b) if b == delimiter => here += 1,
            Some(b'\r') if byte(here + 1) != Some(b'\n') => {
                let message = "a carriage return stands alone, as old Macintosh files end their lines";
                return fault("lone-cr", message, "export the file with line ends LF or CR LF", seen.lines - 1);
            }
            end => {
                // Spreadsheets leave lines of spaces behind as well.
                let is_space = |text: &[u8]| text.iter().all(u8::is_ascii_whitespace);
                seen.is_blank = seen.width == 1 && bytes.get(at..here).is_some_and(is_space);
                seen.end = if end.is_none() { End::Text } else { End::Line };
                seen.next = here + usize::from(end == Some(b'\r')) + usize::from(end.is_some());
                return Ok(seen);
            }
        }
    }
}

const QUOTE_HELP: &str = "a quotation mark inside a quoted cell is written twice; export the file again";
const NUL_HELP: &str = "the file is not text, or is UTF-16: pin `csv: { encoding: utf-16le }`, or export it as UTF-8";

/// The cells of one record without faults.
pub(crate) fn cells(record: &str, delimiter: u8) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(record.as_bytes());
    let mut cells = csv::StringRecord::new();
    match reader.read_record(&mut cells) {
        Ok(true) => cells.iter().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The cells of the first line that is not blank, however broken the rest is.
pub(crate) fn first_line(text: &str, delimiter: u8) -> Vec<String> {
    let start = text.len() - text.trim_start_matches(['\r', '\n']).len();
    match record(text.as_bytes(), start, 1, delimiter, Path::new("")) {
        Ok(record) => cells(text.get(start..record.next).unwrap_or(""), delimiter),
        Err(_) => Vec::new(),
    }
}

/// The fault of a file without anything in it.
pub(crate) fn empty(path: &Path) -> Diagnostic {
    Diagnostic::error("empty-file", "the file is empty")
        .at(Place::file(path))
        .help("a table has at least a header and one row; look at the export, or leave the table out of `data:`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Records, String> {
        records(text.to_owned(), b',', Path::new("f.csv"))
            .map_err(|fault| fault.to_string().lines().next().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_clean_text_stays_as_it_is() {
        let found = parsed("id,\"na\"\"me\"\r\n1,\"a\nb, \"\"c\"\"\"\r\n2,\n3,x").unwrap();
        assert_eq!(found.header, ["id", "na\"me"]);
        assert_eq!((found.body.as_str(), found.count), ("1,\"a\nb, \"\"c\"\"\"\r\n2,\n3,x", 3));
        assert_eq!([found.rows.row(0), found.rows.row(2)], [2, 4]);
        assert!(found.broken.is_empty());
    }

    #[test]
    fn blank_lines_and_broken_records_are_left_out_and_the_others_keep_their_rows() {
        let found = parsed("\na,b\n1,2\n  \n3\n4,5,6\n7,8\"9\n10,11\n\n\n").unwrap();
        assert_eq!((found.body.as_str(), found.count), ("1,2\n10,11\n", 2));
        assert_eq!([found.rows.row(0), found.rows.row(1)], [3, 8]);
        assert_eq!(found.blank_lines, 1, "neither the one before the header nor those at the end");
        let broken: Vec<_> = found.broken.iter().map(|b| (b.row, b.cell, b.value.as_str(), b.reason)).collect();
        assert_eq!(
            broken,
            [
                (5, None, "1 cells instead of 2", Reason::Width),
                (6, None, "3 cells instead of 2", Reason::Width),
                (7, Some(1), "8\"9", Reason::StrayQuote),
            ]
        );
    }

    #[test]
    fn what_makes_records_doubtful_is_a_fault_with_its_line() {
        let fault = |text: &str| parsed(text).unwrap_err();
        assert!(fault("a,b\n1,2\n3,\"4\n5,6\n").starts_with("f.csv:3: error[unclosed-quote]"));
        assert!(fault("a,b\n1,\"2\n\"3\n").starts_with("f.csv:3: error[text-after-quote]"));
        assert!(fault("a,b\r1,2\r").starts_with("f.csv:1: error[lone-cr]"));
        assert!(fault("a,b\n1,\0\n").starts_with("f.csv:2: error[nul-byte]"));
        assert!(fault("").starts_with("f.csv: error[empty-file]"));
        assert!(fault("\n\n").starts_with("f.csv: error[empty-file]"));
    }

    #[test]
    fn a_cell_of_more_than_a_mebibyte_is_left_out() {
        let found = parsed(&format!("a,b\n1,{}\n2,3\n", "x".repeat(LONGEST_CELL_BYTES + 1))).unwrap();
        assert_eq!((found.count, found.broken[0].reason, found.broken[0].cell), (1, Reason::TooLong, Some(1)));
    }
}
