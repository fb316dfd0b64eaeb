//! A company to run farol for: a configuration, an output folder of its own, and the figures that come out.
//!
//! Runs the binary as a user would; knows nothing of the library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

mod figures;

pub(crate) use figures::Figures;

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

    /// Runs a command that must do well, and reads every figure that it wrote.
    pub(crate) fn figures(&self, arguments: &[&str]) -> Figures {
        let output = self.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut figures = Figures::default();
        for report in fs::read_dir(self.out()).unwrap() {
            for period in fs::read_dir(report.unwrap().path()).unwrap() {
                let file = period.unwrap().path().join("figures.csv");
                if file.exists() {
                    figures.read(fs::File::open(file).unwrap());
                }
            }
        }
        figures
    }
}
