//! Invents a company: all twelve tables of any size, reproducible to the byte, with the true figures beside them.
//!
//! Knows nothing of how farol reads or computes; what it counts, it counts by itself.

mod activity;
mod comments;
mod company;
mod dice;
mod files;
mod life;
mod model;
mod names;
mod readme;
mod troubles;
mod truth;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use crate::calendar::Calendar;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

use self::activity::Scene;
use self::dice::Dice;
use self::files::Files;
use self::model::{Model, Span};
use self::troubles::Troubles;
use self::truth::Truth;

pub use self::troubles::Trouble;

/// Stream of the draws that belong to no customer; customers have the streams from 0 on.
const COMPANY: u64 = u64::MAX;

/// What to invent.
#[derive(Clone, Debug)]
pub struct Request {
    /// Customers in all, those who left included.
    pub customers: u32,
    /// Months of data before `end`; subscriptions reach back three years more.
    pub months: u32,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Folder to write into; created if it is missing, and files of the same names are replaced.
    pub out: PathBuf,
    /// First day after the data, the first of a month.
    pub end: NaiveDate,
    /// Whether to put in one of every trouble of real exports.
    pub troubles: bool,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Files in the folder, and rows where they are tables.
    pub files: Vec<(String, Option<usize>)>,
    /// Where the troubles are.
    pub troubles: Vec<Trouble>,
}

/// One line: tables, rows, troubles.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: usize = self.files.iter().filter_map(|(_, rows)| *rows).sum();
        write!(f, "{} files, {rows} rows, {} troubles", self.files.len(), self.troubles.len())
    }
}

/// Writes a company's twelve tables, `truth.csv`, `truth.yaml` and `README.md`; nothing appears in the folder before all
/// of it is whole.
///
/// # Errors
/// A request that cannot be met (2), a folder that may not be written (77), a disk that fails (74).
pub fn write(request: &Request) -> Result<Summary> {
    let span = checked(request)?;
    let broken = |error: io::Error| on_disk(&request.out, &error);
    std::fs::create_dir_all(&request.out).map_err(broken)?;
    let draft = tempfile::Builder::new().prefix(".farol-sample-").tempdir_in(&request.out).map_err(broken)?;
    let summary = invent(request, span, draft.path()).map_err(broken)?;
    std::fs::create_dir_all(request.out.join("usage")).map_err(broken)?;
    for (name, _) in &summary.files {
        std::fs::rename(draft.path().join(name), request.out.join(name)).map_err(broken)?;
    }
    Ok(summary)
}

/// The months of a request that can be met.
fn checked(request: &Request) -> Result<Span> {
    let refused = |message: &str, help: &str| {
        Err(Failure::new(Exit::Usage, Diagnostic::error("sample-request", message).help(help)))
    };
    if request.customers == 0 || request.months == 0 {
        return refused("a company without customers or months has no data", "ask for at least one of each");
    }
    if request.troubles && request.customers < troubles::FEWEST_CUSTOMERS {
        let help = format!("ask for {} customers or more, or for clean data", troubles::FEWEST_CUSTOMERS);
        return refused("too few customers to hold one of every trouble within 1 % of the rows", &help);
    }
    if request.end.day() != 1 {
        return refused("the data end within a month", "let them end on the first day of a month");
    }
    match Span::new(request.end, request.months).filter(|span| span.start(0).year() >= 1970) {
        Some(span) => Ok(span),
        None => refused("the data reach back before 1970", "ask for fewer months"),
    }
}

/// Writes everything into an empty folder.
fn invent(request: &Request, span: Span, folder: &Path) -> io::Result<Summary> {
    let model = Model::new(span);
    let calendar = Calendar { zone: Tz::America__Sao_Paulo, fiscal_year_start: 1 };
    let mut scene = Scene {
        model: &model,
        span,
        files: Files::create(folder, calendar)?,
        truth: Truth::new(span),
        troubles: request.troubles.then(Troubles::default),
        ids: activity::Ids::default(),
    };
    let mut active = String::new();
    for number in 0..request.customers {
        let mut dice = Dice::new(request.seed, u64::from(number));
        let life = life::live(&model, span, &mut dice, number, request.customers);
        scene.play(&life, &mut dice)?;
        if life.cents_on(span.end()) > 0 {
            active = life.id;
        }
    }
    scene.play_company(&mut Dice::new(request.seed, COMPANY), request.customers)?;
    scene.play_troubles(&active)?;
    let Scene { files, truth, troubles, .. } = scene;
    let mut written: Vec<_> = files.finish()?.into_iter().map(|(name, rows)| (name, Some(rows))).collect();
    let troubles = troubles.map(|troubles| troubles.found).unwrap_or_default();
    std::fs::write(folder.join("truth.csv"), truth.to_csv())?;
    std::fs::write(folder.join("truth.yaml"), readme::parameters(request, &model))?;
    std::fs::write(folder.join("README.md"), readme::text(request, &written, &troubles))?;
    written.extend(["truth.csv", "truth.yaml", "README.md"].map(|name| (name.to_owned(), None)));
    Ok(Summary { files: written, troubles })
}

/// A failure of the disk, with its exit code.
fn on_disk(folder: &Path, error: &io::Error) -> Failure {
    let (exit, help) = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            (Exit::Permission, "choose a folder that you may write to")
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            (Exit::Io, "free some space, or ask for fewer customers")
        }
        _ => (Exit::Io, "check the folder and the disk"),
    };
    let diagnostic = Diagnostic::error("sample-not-written", format!("the sample cannot be written: {error}"));
    Failure::new(exit, diagnostic.at(Place::file(folder)).help(help))
}

#[cfg(test)]
mod tests;
