//! What the user wrote, checked: four YAML files in, typed and trustworthy values out.
//!
//! Runs nothing and reads no data. What is wrong in any of the files is found in one go, each fault with its place and
//! its remedy.

mod address;
mod bands;
mod benchmarks;
mod choices;
mod codes;
mod company;
mod currency;
mod dates;
mod delivery;
mod farol;
mod kpis;
mod locate;
mod page;
mod reports;
mod schedule;
mod scores;
mod secrets;
mod sources;
mod surroundings;
mod usual;
mod words;
mod yaml;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

pub use bands::{Band, Status};
pub use benchmarks::{Alerts, Benchmark, Target};
pub use choices::{
    CesChoices, Choices, CsatChoices, FcrChoices, FcrDenominator, LifetimeChoices, LifetimeMethod, NpsChoices, Theme,
    TurnoverMethod, ValueChoices, ValueSource, written,
};
pub use codes::codes;
pub use company::{Company, Translated};
pub use delivery::{Delivery, Dkim, Login, OnUnknown, Proof, Smtp, Tls, Transport};
pub use farol::{Dimension, Privacy, Watchers};
pub use reports::{Recipient, ReportPlan};
pub use schedule::{Misfire, Schedule};
pub use scores::{
    ChiChoices, Component, HealthChoices, Missing, RENEWAL_HORIZON_DAYS, Signal, Window, is_ready_to_expand,
    usage_growth,
};
pub use secrets::{Secret, is_unknown_secret};
pub use sources::{ColumnSource, Dialect, Source};
pub use words::nearest;

use page::Page;
use surroundings::Surroundings;

use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::error::{Exit, Failure, Result};

/// The names that a configuration may use; the pipeline fills it from the catalogue and the schema, so that this module
/// knows neither.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// Every KPI.
    pub kpis: Vec<KpiName>,
    /// Every table with its canonical columns: (table, columns, whether other columns pass through as attributes).
    pub tables: Vec<(&'static str, Vec<&'static str>, bool)>,
    /// The canonical columns of `customers` that hold text: a part of the customers may go by them as by an attribute.
    pub texts_of_customers: Vec<&'static str>,
}

/// What benchmarks need to know of a KPI.
#[derive(Clone, Copy, Debug)]
pub struct KpiName {
    /// Its id.
    pub id: &'static str,
    /// Smallest value.
    pub low: f64,
    /// Greatest value; may be infinite.
    pub high: f64,
}

/// The whole configuration; only `pipeline` and `cli` see all of it, every stage gets its slice.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder it was read from.
    pub folder: PathBuf,
    /// sha256 over the four files' names and bytes, hexadecimal; secrets are not resolved in it.
    pub hash: String,
    /// The same over `kpis.yaml` alone: how figures are defined.
    pub definitions: String,
    /// Name, language, currency, calendar.
    pub company: Company,
    /// Pinned "today", for fixed data.
    pub as_of: Option<NaiveDate>,
    /// Folder of ledger and caches, resolved against the configuration's folder.
    pub state: PathBuf,
    /// Folder of the reports.
    pub out: PathBuf,
    /// Folders that tell whether there has been a ledger: the first gets the sign of it, which is `out` as configured, for another
    /// `--out` needs the same ledger.
    pub witnessed: Vec<PathBuf>,
    /// Table name → where it comes from; only names of the vocabulary.
    pub sources: BTreeMap<String, Source>,
    /// Declared dimensions, in the order written; `total` is always there and not listed.
    pub dimensions: Vec<Dimension>,
    /// Columns that cut rows; unset: every canonical one that is there.
    pub row_segments: Option<Vec<String>>,
    /// Attributes that live in another table: attribute → table.column.
    pub attributes: BTreeMap<String, String>,
    /// Days after its end at which a period is closed.
    pub close_lag_days: i64,
    /// Small groups and quotes.
    pub privacy: Privacy,
    /// What runs when.
    pub schedule: Vec<Schedule>,
    /// How mail leaves.
    pub delivery: Delivery,
    /// Who watches farol from outside.
    pub watchers: Watchers,
    /// `kpis.yaml`.
    pub choices: Choices,
    /// `benchmarks.yaml`: KPI id → benchmark.
    pub benchmarks: BTreeMap<String, Benchmark>,
    /// `reports.yaml`: report id → report, in alphabetical order.
    pub reports: BTreeMap<String, ReportPlan>,
}

/// A configuration without faults.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// What somebody should look at, by place.
    pub warnings: Vec<Diagnostic>,
}

/// The four files, in the order in which they are hashed; only the first must exist.
const FILES: [&str; 4] = ["farol.yaml", "kpis.yaml", "benchmarks.yaml", "reports.yaml"];

/// Reads and checks the configuration of a folder.
///
/// `environment` gives the variables that `${NAME}` refers to.
///
/// # Errors
/// [`Exit::Config`] with every fault of all four files, and the warnings, in the order of their places.
pub fn load(folder: &Path, environment: &dyn Fn(&str) -> Option<String>, vocabulary: &Vocabulary) -> Result<Loaded> {
    let contents = FILES.map(|name| read_file(folder, name));
    let hashes = [hash(FILES.iter().zip(&contents)), hash(FILES.iter().zip(&contents).skip(1).take(1))];
    let mut diagnostics = Vec::new();
    let mut page = |name: &str, content: Content| match content {
        Ok(bytes) => Page::parse(folder.join(name), &bytes.unwrap_or_default()),
        Err(fault) => {
            diagnostics.push(*fault);
            Page::unopened(folder.join(name))
        }
    };
    let [farol, kpis, benchmarks, reports] = contents;
    let [farol, kpis, benchmarks, reports] =
        [page(FILES[0], farol), page(FILES[1], kpis), page(FILES[2], benchmarks), page(FILES[3], reports)];
    let surroundings = Surroundings { folder, environment };
    let config = read([&farol, &kpis, &benchmarks, &reports], &surroundings, vocabulary, hashes);
    for page in [farol, kpis, benchmarks, reports] {
        diagnostics.extend(page.into_diagnostics());
    }
    diagnostics.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(Failure::many(Exit::Config, diagnostics));
    }
    Ok(Loaded { config, warnings: diagnostics })
}

/// The folders of ledger and reports, in this order, for whoever only looks at what was sent while the configuration has faults.
/// `None` if these themselves cannot be told.
pub fn folders(folder: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Option<[PathBuf; 2]> {
    let bytes = read_file(folder, FILES[0]).ok().flatten()?;
    let page = Page::parse(folder.join(FILES[0]), &bytes);
    let folders = farol::folders(&page, &Surroundings { folder, environment });
    page.into_diagnostics().is_empty().then_some(folders)
}

/// Reads the four files, each after those that it refers to.
fn read(
    [farol_page, kpis_page, benchmarks_page, reports_page]: [&Page; 4],
    surroundings: &Surroundings<'_>,
    vocabulary: &Vocabulary,
    [hash, definitions]: [String; 2],
) -> Config {
    let farol = farol::read(farol_page, surroundings, vocabulary);
    let dimensions = farol_page.is_readable.then_some(farol.dimensions.as_slice());
    let benchmarks = benchmarks::read(benchmarks_page, vocabulary, dimensions);
    let company = reports::Company {
        dimensions,
        benchmarks: &benchmarks,
        named_attributes: &farol.named_attributes,
        allowed_domains: &farol.delivery.allowed_domains,
        locale: &farol.company.locale,
    };
    let choices = kpis::read(kpis_page, farol_page.is_readable.then_some(&farol.sources));
    let reports = reports::read(reports_page, surroundings, vocabulary, &company);
    if reports_page.is_readable {
        schedule::check(&farol.schedule, &reports);
    }
    Config {
        folder: surroundings.folder.to_path_buf(),
        hash,
        definitions,
        company: farol.company,
        as_of: farol.as_of,
        state: farol.state,
        witnessed: vec![farol.out.clone()],
        out: farol.out,
        sources: farol.sources,
        dimensions: farol.dimensions,
        row_segments: farol.row_segments,
        attributes: farol.attributes,
        close_lag_days: farol.close_lag_days,
        privacy: farol.privacy,
        schedule: farol.schedule.into_iter().map(|planned| planned.schedule).collect(),
        delivery: farol.delivery,
        watchers: farol.watchers,
        choices,
        benchmarks,
        reports,
    }
}

/// A file's bytes; none where it may be left out and is.
type Content = std::result::Result<Option<Vec<u8>>, Box<Diagnostic>>;

fn read_file(folder: &Path, name: &str) -> Content {
    let file = folder.join(name);
    let unreadable = |code, message: String, help: &str| {
        Err(Box::new(Diagnostic::error(code, message).help(help).at(Place::file(&file))))
    };
    match std::fs::metadata(&file) {
        // A pipe or a device would block, or never end.
        Ok(metadata) if !metadata.is_file() => {
            unreadable(codes::FILE_UNREADABLE, format!("`{name}` is not a file"), "put the file itself there")
        }
        Ok(metadata) if metadata.len() > yaml::MAX_BYTES as u64 => {
            let message = format!("the file has {} bytes, more than {}", metadata.len(), yaml::MAX_BYTES);
            unreadable(codes::FILE_TOO_LARGE, message, "a configuration is smaller than that; is this the right file?")
        }
        Err(error) if error.kind() == ErrorKind::NotFound && name != FILES[0] => Ok(None),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let help = "name the folder that holds the four YAML files; only this one must exist";
            unreadable(codes::FILE_MISSING, format!("there is no `{name}` in `{}`", folder.display()), help)
        }
        Ok(_) | Err(_) => std::fs::read(&file).map(Some).or_else(|error| {
            unreadable(
                codes::FILE_UNREADABLE,
                format!("cannot read `{name}`: {error}"),
                "let the user that runs farol read it",
            )
        }),
    }
}

/// Names and lengths go in too, so that no two configurations share a hash.
fn hash<'c>(files: impl Iterator<Item = (&'c &'static str, &'c Content)>) -> String {
    let mut digest = Sha256::new();
    for (name, content) in files {
        digest.update(name.as_bytes());
        match content {
            Ok(Some(bytes)) => {
                digest.update([1]);
                digest.update((bytes.len() as u64).to_le_bytes());
                digest.update(bytes);
            }
            _ => digest.update([0]),
        }
    }
    let mut hexadecimal = String::with_capacity(64);
    for byte in digest.finalize() {
        // Writing into a string cannot fail.
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    hexadecimal
}

#[cfg(test)]
mod tests;
