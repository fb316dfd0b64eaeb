//! A company written file by file, configuration and all, and what farol makes of it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::figures::Figures;

/// A company in a folder of its own.
pub(crate) struct Written(tempfile::TempDir);

impl Written {
    /// Files as they stand: `config/farol.yaml`, `data/customers.csv` and the like.
    pub(crate) fn new(files: &[(String, String)]) -> Self {
        let written = Self(tempfile::tempdir().unwrap());
        for (file, text) in files {
            let path = written.0.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        written
    }

    /// Runs farol, which must do well, and reads every figure that it has written here.
    pub(crate) fn figures(&self, arguments: &[&str]) -> Figures {
        let output =
            Command::new(env!("CARGO_BIN_EXE_farol")).args(arguments).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut figures = Figures::default();
        for report in self.reports() {
            for period in fs::read_dir(report).unwrap() {
                let file = period.unwrap().path().join("figures.csv");
                if file.exists() {
                    figures.read(fs::File::open(file).unwrap());
                }
            }
        }
        figures
    }

    fn reports(&self) -> impl Iterator<Item = PathBuf> {
        let entries = fs::read_dir(self.0.path().join("out")).unwrap();
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    }

    /// Reads the report `monthly` of a period in a language, as it is before it becomes HTML; the operators' own has no
    /// language in its name. It must have been made.
    pub(crate) fn report(&self, period: &str, locale: &str) -> serde_json::Value {
        let folder = self.0.path().join("out/monthly").join(period);
        let start = if locale.is_empty() { "report.json".to_owned() } else { format!("report.{locale}.") };
        let is_wanted = |path: &PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(&start) && name.ends_with(".json")
        };
        let file = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(is_wanted);
        let file = file.unwrap_or_else(|| panic!("no report of {period} in {locale:?}"));
        serde_json::from_slice(&fs::read(file).unwrap()).unwrap()
    }
}
