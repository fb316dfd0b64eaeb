//! A company to run farol for: a configuration, an output folder of its own, and the figures that come out.
//!
//! Runs the binary as a user would; knows nothing of the library.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A configuration and a private place for its output.
pub(crate) struct Company {
    config: PathBuf,
    home: tempfile::TempDir,
}

impl Company {
    /// A configuration that stands in the repository.
    pub(crate) fn at(config: &Path) -> Self {
        Self { config: config.to_owned(), home: tempfile::tempdir().unwrap() }
    }

    /// A configuration written for a folder with canonical tables, in a time zone, with one dimension `segment`.
    pub(crate) fn made_for(data: &Path, zone: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config");
        fs::create_dir(&config).unwrap();
        let data = fs::canonicalize(data).unwrap();
        let mut sources = String::new();
        for table in ["customers", "subscriptions", "surveys"] {
            let file = data.join(format!("{table}.csv"));
            if file.exists() {
                sources = format!("{sources}  {table}: {{ path: {} }}\n", file.display());
            }
        }
        let farol = format!(
            "company: {{ name: Case, locale: en, currency: BRL, timezone: {zone} }}\nas_of: 2024-12-31\n\
             data:\n{sources}segments: [segment]\n"
        );
        fs::write(config.join("farol.yaml"), farol).unwrap();
        let report = "cases: { title: { en: Cases }, grain: month, kpis: all, segments: [segment], history: 1 }\n";
        fs::write(config.join("reports.yaml"), report).unwrap();
        Self { config, home }
    }

    /// Files written as they stand: `config/farol.yaml`, `data/customers.csv` and the like.
    pub(crate) fn written<'a>(files: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        let home = tempfile::tempdir().unwrap();
        let company = Self { config: home.path().join("config"), home };
        for (file, text) in files {
            company.write(file, &text);
        }
        company
    }

    /// Writes one file of it, or writes it anew.
    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.home.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Where its reports are written.
    pub(crate) fn out(&self) -> PathBuf {
        self.home.path().join("out")
    }

    /// Runs a command for it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_farol"))
            .args(arguments)
            .arg("--config")
            .arg(&self.config)
            .arg("--out")
            .arg(self.out())
            .arg("--state")
            .arg(self.home.path().join("state"))
            .output()
            .unwrap()
    }

    /// Reads the report of a period in a language, as it is before it becomes HTML; the operators' own has none in its
    /// name. It must have been made.
    pub(crate) fn report(&self, period: &str, locale: &str) -> serde_json::Value {
        let report = fs::read_dir(self.out()).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir());
        let folder = report.unwrap().join(period);
        let start = if locale.is_empty() { "report.json".to_owned() } else { format!("report.{locale}.") };
        let is_wanted = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(&start) && name.ends_with(".json")
        };
        let file = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(is_wanted);
        let file = file.unwrap_or_else(|| panic!("no report of {period} in {locale:?}"));
        serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
    }

    /// Runs a command that must do well, and reads every figure that it wrote.
    pub(crate) fn figures(&self, arguments: &[&str]) -> Figures {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut figures = Figures::default();
        for report in fs::read_dir(self.out()).unwrap() {
            for period in fs::read_dir(report.unwrap().path()).unwrap() {
                let file = period.unwrap().path().join("figures.csv");
                if file.exists() {
                    figures.read(&file);
                }
            }
        }
        figures
    }
}

/// Figures by period, dimension, segment and KPI.
#[derive(Default)]
pub(crate) struct Figures {
    columns: Vec<String>,
    rows: HashMap<[String; 4], Vec<String>>,
}

impl Figures {
    fn read(&mut self, file: &Path) {
        let mut reader = csv::Reader::from_path(file).unwrap();
        self.columns = reader.headers().unwrap().iter().map(str::to_owned).collect();
        for row in reader.records().map(Result::unwrap) {
            let key = [0, 2, 3, 4].map(|column| row[column].to_owned());
            self.rows.insert(key, row.iter().map(str::to_owned).collect());
        }
    }

    /// One figure; it must be there.
    pub(crate) fn row(&self, period: &str, dimension: &str, segment: &str, kpi: &str) -> Row<'_> {
        let key = [period, dimension, segment, kpi].map(str::to_owned);
        let cells = self.rows.get(&key).unwrap_or_else(|| panic!("no figure {key:?}"));
        Row { columns: &self.columns, cells }
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
