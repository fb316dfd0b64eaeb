//! A company's books: its tables as text, a configuration, and the figures that farol makes of them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use mail_parser::{MessageParser, MimeHeaders};

use crate::figures::Figures;

/// A company in a folder of its own, where midnight is that of São Paulo.
pub(crate) struct Books(tempfile::TempDir);

impl Books {
    /// Tables by name, as CSV; `settings` are further lines of farol.yaml, `reports` is all of reports.yaml.
    pub(crate) fn new(tables: &[(&str, &str)], settings: &str, reports: &str) -> Self {
        let books = Self(tempfile::tempdir().unwrap());
        fs::create_dir(books.path("config")).unwrap();
        let mut sources = String::new();
        for (table, rows) in tables {
            fs::write(books.path(&format!("{table}.csv")), rows.trim_start()).unwrap();
            sources = format!("{sources}  {table}: {{ path: ../{table}.csv }}\n");
        }
        let company = "company: { name: Case, locale: en, currency: BRL, timezone: America/Sao_Paulo }";
        let farol = format!("{company}\nas_of: 2027-01-10\nprivacy: {{ min_group: 1 }}\ndata:\n{sources}{settings}\n");
        fs::write(books.path("config/farol.yaml"), farol).unwrap();
        fs::write(books.path("config/reports.yaml"), reports).unwrap();
        books
    }

    /// A report of every grain with the same figures, named by the grain.
    pub(crate) fn every_grain(kpis: &str, segments: &str) -> String {
        let report = |grain: &str| {
            format!("\"of-{grain}\": {{ grain: {grain}, kpis: [{kpis}], segments: [{segments}], history: 4 }}\n")
        };
        ["month", "week", "quarter", "year", "2m"].map(report).concat()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs farol here.
    pub(crate) fn farol(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_farol")).args(arguments).current_dir(self.0.path()).output().unwrap()
    }

    fn does(&self, arguments: &[&str]) {
        let output = self.farol(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The figures of one period, by every report of its grain.
    pub(crate) fn figures(&self, period: &str) -> Figures {
        self.does(&["run", "--only", "figures", "--period", period]);
        let mut figures = Figures::default();
        for file in self.files(period) {
            figures.read(fs::File::open(file).unwrap());
        }
        figures
    }

    /// How many rows a KPI has among the figures that were made of a period.
    pub(crate) fn rows(&self, period: &str, kpi: &str) -> usize {
        let rows =
            |file| fs::read_to_string(file).unwrap().lines().filter(|row| row.contains(&format!(",{kpi},"))).count();
        self.files(period).into_iter().map(rows).sum()
    }

    fn files(&self, period: &str) -> Vec<PathBuf> {
        let reports = fs::read_dir(self.path("out")).unwrap();
        let files = reports.map(|report| report.unwrap().path().join(period).join("figures.csv"));
        files.filter(|file| file.exists()).collect()
    }

    /// The figures that one recipient's mail of a period brings.
    pub(crate) fn mailed(&self, period: &str, to: &str) -> Figures {
        self.does(&["run", "--send", "--period", period]);
        let mut figures = Figures::default();
        for letter in fs::read_dir(self.path("out/maildir/new")).unwrap() {
            let bytes = fs::read(letter.unwrap().path()).unwrap();
            let letter = MessageParser::default().parse(&bytes).unwrap();
            let is_theirs = letter.to().and_then(|to| to.first()?.address().map(str::to_owned)).as_deref() == Some(to);
            for part in letter.parts.iter().filter(|_| is_theirs) {
                if part.attachment_name().is_some_and(|name| name.starts_with("figures-")) {
                    figures.read(part.contents());
                }
            }
        }
        figures
    }
}

/// Asserts value, n, numerator and denominator of a figure of one period.
pub(crate) fn assert_share(figures: &Figures, place: [&str; 4], numerator: f64, denominator: f64) {
    let row = figures.row(place[0], place[1], place[2], place[3]);
    let found = ["value", "numerator", "denominator"].map(|column| row.number(column));
    let wanted = [100.0 * numerator / denominator, numerator, denominator];
    assert!(found.iter().zip(wanted).all(|(found, wanted)| (found - wanted).abs() < 1e-9), "{place:?}: {found:?}");
}

/// Asserts value and n of a figure.
pub(crate) fn assert_value(figures: &Figures, place: [&str; 4], value: f64, n: f64) {
    let row = figures.row(place[0], place[1], place[2], place[3]);
    let found = (row.number("value"), row.number("n"));
    // A customer's own score is rounded to a millionth of a point.
    assert!((found.0 - value).abs() < 1e-6 && (found.1 - n).abs() < 1e-9, "{place:?}: {found:?}, not {:?}", (value, n));
}

/// Asserts that a figure is there and has no value, for want of a denominator.
pub(crate) fn assert_nothing_to_divide_by(figures: &Figures, place: [&str; 4]) {
    let row = figures.row(place[0], place[1], place[2], place[3]);
    assert_eq!((row.text("value"), row.text("note")), ("", "no_denominator"), "{place:?}");
}
