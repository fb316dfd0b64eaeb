//! The templates: built in, and a user's folder over them.

use std::path::{Path, PathBuf};

use tera::Tera;

use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../templates/", $name)))),*]
    };
}

/// Every built-in template by its name.
const BUILT_IN: &[(&str, &str)] = built_in![
    "report.html",
    "parts/components.html",
    "parts/style.html",
    "parts/masthead.html",
    "parts/cards.html",
    "parts/changes.html",
    "parts/segments.html",
    "parts/calls.html",
    "parts/themes.html",
    "parts/charts.html",
    "parts/restated.html",
    "parts/quality.html",
    "parts/method.html",
    "parts/provenance.html",
    "email/subject.txt",
    "email/body.txt",
    "email/body.html",
    "email/components.html",
    "email/inline.html",
];

/// Folders of an override folder that hold no templates.
const OTHER_FOLDERS: [&str; 2] = ["locales", "fonts"];

/// All templates, a user's in place of those of the same name.
pub(super) fn load(overrides: Option<&Path>) -> Result<Tera> {
    let own = overrides.map(own).transpose()?.unwrap_or_default();
    let is_replaced = |name: &str| own.iter().any(|(own, _)| own == name);
    let built_in = BUILT_IN.iter().filter(|(name, _)| !is_replaced(name));
    let all: Vec<(String, String)> =
        built_in.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).chain(own.iter().cloned()).collect();
    let mut tera = Tera::new();
    tera.add_raw_templates(all).map_err(|fault| {
        let fault = Diagnostic::error("template-invalid", format!("templates do not parse: {fault}"));
        Failure::new(Exit::Config, fault.help("the place is in the message; built-in templates show the syntax"))
    })?;
    Ok(tera)
}

/// A user's templates: path below the folder and text, sorted.
fn own(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut faults = Vec::new();
    collect(folder, &mut files, &mut faults);
    files.sort();
    let mut templates = Vec::new();
    for file in files {
        let name = file.strip_prefix(folder).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        if OTHER_FOLDERS.iter().any(|other| name.starts_with(&format!("{other}/"))) {
            continue;
        }
        if !is_template_name(&name) {
            let fault = Diagnostic::error("template-name", format!("`{name}` would not be escaped"));
            faults.push(fault.at(Place::file(&file)).help("name templates `.html` or `.txt`, in lower case"));
            continue;
        }
        match std::fs::read_to_string(&file) {
            Ok(text) => templates.push((name, text)),
            Err(fault) => faults.push(unreadable(&file, &fault)),
        }
    }
    if faults.is_empty() { Ok(templates) } else { Err(Failure::many(Exit::Config, faults)) }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>, faults: &mut Vec<Diagnostic>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(fault) => return faults.push(unreadable(folder, &fault)),
    };
    for entry in entries {
        match entry.map(|entry| entry.path()) {
            Ok(path) if path.is_dir() => collect(&path, files, faults),
            Ok(path) => files.push(path),
            Err(fault) => faults.push(unreadable(folder, &fault)),
        }
    }
}

fn unreadable(path: &Path, fault: &std::io::Error) -> Diagnostic {
    Diagnostic::error("template-unreadable", format!("cannot be read: {fault}"))
        .at(Place::file(path))
        .help("check the path and its permissions")
}

/// Only these two endings are sure to be treated as what they are: `.html` is escaped, `.txt` is not markup.
#[expect(clippy::case_sensitive_file_extension_comparisons, reason = "tera escapes by the lower-case suffix only")]
fn is_template_name(name: &str) -> bool {
    name.ends_with(".html") || name.ends_with(".txt")
}
