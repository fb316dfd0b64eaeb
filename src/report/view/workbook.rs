//! The workbook's sheets as they are stored in `report.json`: typed cells, and how each is to be shown.
//!
//! Structures, and a cell's spelling; `report/workbook.rs` writes them into a file.

use serde::{Deserialize, Serialize};

use crate::config::Status;

/// A workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workbook {
    /// The report's title with its period.
    pub title: String,
    /// What part of the customers it covers; empty if all.
    pub scope: String,
    /// Whose it is.
    pub company: String,
    /// When it counts as created, `2026-11-05T00:00:00`: the run's as-of, so that the same run gives the same bytes.
    pub created: String,
    /// The sheets in their order.
    pub sheets: Vec<Sheet>,
}

/// A sheet: one header, then rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// What its tab says.
    pub name: String,
    /// The columns.
    pub columns: Vec<SheetColumn>,
    /// The rows, as wide as the columns.
    pub rows: Vec<Vec<SheetCell>>,
    /// How many of the first columns stay in sight.
    #[serde(default = "one")]
    pub frozen: u16,
}

/// The frozen columns of a workbook that does not say.
fn one() -> u16 {
    1
}

/// A column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetColumn {
    /// Its header.
    pub title: String,
    /// Its width in characters.
    pub width: u16,
}

/// A cell of a sheet. In `report.json` it is one short string, since there are thousands: `'text`, `#36.5 #,##0.0`,
/// `@2026-10-01 dd/mm/yyyy`, `green Good`, `?withheld (for groups < 5)`, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum SheetCell {
    /// Nothing.
    Empty,
    /// Text, never a formula or a link.
    Text(String),
    /// A number.
    Number {
        /// In full precision: the shortest decimal that reads back as the same `f64`.
        exact: String,
        /// Number format.
        format: String,
    },
    /// A day.
    Day {
        /// ISO 8601.
        day: String,
        /// Number format.
        format: String,
    },
    /// What a figure is worth, in words, and its colour.
    Band {
        /// The band's name.
        word: String,
        /// Its colour.
        status: Status,
    },
    /// Why there is no number.
    Missing(String),
}

impl From<SheetCell> for String {
    fn from(cell: SheetCell) -> Self {
        match cell {
            SheetCell::Empty => Self::new(),
            SheetCell::Text(text) => format!("'{text}"),
            SheetCell::Number { exact, format } => format!("#{exact} {format}"),
            SheetCell::Day { day, format } => format!("@{day} {format}"),
            SheetCell::Band { word, status } => format!("{} {word}", status.id()),
            SheetCell::Missing(why) => format!("?{why}"),
        }
    }
}

impl TryFrom<String> for SheetCell {
    type Error = String;

    fn try_from(stored: String) -> Result<Self, Self::Error> {
        let unknown = || format!("`{stored}` is no cell");
        let mut rest = stored.chars();
        let kind = rest.next();
        let in_two = || rest.as_str().split_once(' ').map(|(first, second)| (first.to_owned(), second.to_owned()));
        match kind {
            None => Ok(Self::Empty),
            Some('\'') => Ok(Self::Text(rest.as_str().to_owned())),
            Some('?') => Ok(Self::Missing(rest.as_str().to_owned())),
            Some('#') => in_two().map(|(exact, format)| Self::Number { exact, format }).ok_or_else(unknown),
            Some('@') => in_two().map(|(day, format)| Self::Day { day, format }).ok_or_else(unknown),
            Some(_) => {
                let (id, word) = stored.split_once(' ').ok_or_else(unknown)?;
                let known = [Status::Red, Status::Yellow, Status::Green].into_iter().find(|status| status.id() == id);
                known.map(|status| Self::Band { word: word.to_owned(), status }).ok_or_else(unknown)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_cell_is_read_back_as_it_was() {
        for (cell, stored) in [
            (SheetCell::Empty, ""),
            (SheetCell::Text("=1 'a'".to_owned()), "'=1 'a'"),
            (SheetCell::Number { exact: "-0.1".to_owned(), format: "#,##0.0\" %\"".to_owned() }, "#-0.1 #,##0.0\" %\""),
            (
                SheetCell::Day { day: "2026-10-01".to_owned(), format: "dd/mm/yyyy".to_owned() },
                "@2026-10-01 dd/mm/yyyy",
            ),
            (SheetCell::Band { word: "Muito bom".to_owned(), status: Status::Green }, "green Muito bom"),
            (SheetCell::Missing("n/a".to_owned()), "?n/a"),
        ] {
            assert_eq!(String::from(cell.clone()), stored);
            assert_eq!(SheetCell::try_from(stored.to_owned()), Ok(cell));
        }
        for broken in ["#1", "@2026-10-01", "blue Good", "green"] {
            assert!(SheetCell::try_from(broken.to_owned()).is_err(), "{broken}");
        }
    }
}
