//! What a `figures.csv` says, by place.

use std::collections::HashMap;

/// Figures by period, dimension, segment and KPI.
#[derive(Default)]
pub(crate) struct Figures {
    columns: Vec<String>,
    rows: HashMap<[String; 4], Vec<String>>,
}

impl Figures {
    /// Adds the figures of a `figures.csv`.
    pub(crate) fn read(&mut self, file: impl std::io::Read) {
        let mut reader = csv::Reader::from_reader(file);
        self.columns = reader.headers().unwrap().iter().map(str::to_owned).collect();
        for row in reader.records().map(Result::unwrap) {
            let key = [0, 2, 3, 4].map(|column| row[column].to_owned());
            self.rows.insert(key, row.iter().map(str::to_owned).collect());
        }
    }

    /// One figure; it must be there.
    pub(crate) fn row(&self, period: &str, dimension: &str, segment: &str, kpi: &str) -> Row<'_> {
        let place = [period, dimension, segment, kpi];
        self.find(place).unwrap_or_else(|| panic!("no figure {place:?}"))
    }

    /// The figure of a period, dimension, segment and KPI, if it is there.
    pub(crate) fn find(&self, place: [&str; 4]) -> Option<Row<'_>> {
        let cells = self.rows.get(&place.map(str::to_owned))?;
        Some(Row { columns: &self.columns, cells })
    }
}

/// One figure's row.
pub(crate) struct Row<'a> {
    columns: &'a [String],
    cells: &'a [String],
}

impl<'a> Row<'a> {
    /// A cell as it stands.
    pub(crate) fn text(&self, column: &str) -> &'a str {
        let index = self.columns.iter().position(|name| name == column).unwrap();
        &self.cells[index]
    }

    /// A cell as a number; it must be one.
    pub(crate) fn number(&self, column: &str) -> f64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("{column} of {:?} is no number: {text:?}", self.cells))
    }
}
