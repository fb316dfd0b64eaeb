//! The arrows of the architecture: which module may use which, and where each outside library ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and the modules it may name as `crate::…`: its left neighbours, and what stands under everything.
const ARROWS: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("money", &[]),
    ("name", &[]),
    ("languages", &[]),
    ("digest", &[]),
    ("formula", &[]),
    ("cache", &["digest"]),
    ("error", &["diagnostic"]),
    ("calendar", &["name"]),
    ("config", &["calendar", "languages", "diagnostic", "error"]),
    ("stats", &[]),
    ("tables", &["calendar", "config", "money", "digest", "formula", "diagnostic", "error"]),
    ("panel", &["calendar", "config", "tables", "diagnostic", "error"]),
    ("tally", &["calendar", "config", "tables", "panel"]),
    ("kpi", &["config", "tables", "tally", "stats", "money"]),
    ("judgement", &["calendar", "config", "kpi", "stats", "name"]),
    ("insight", &["calendar", "config", "kpi", "judgement"]),
    ("locale", &["calendar", "kpi", "languages", "diagnostic", "error"]),
    (
        "report",
        &[
            "calendar",
            "config",
            "kpi",
            "judgement",
            "insight",
            "locale",
            "money",
            "formula",
            "digest",
            "diagnostic",
            "error",
        ],
    ),
    ("ledger", &["digest", "diagnostic", "error"]),
    ("delivery", &["config", "ledger", "digest", "diagnostic", "error"]),
    ("sample", &["calendar", "diagnostic", "error"]),
    ("daemon", &["calendar", "config", "diagnostic", "error"]),
    (
        "pipeline",
        &[
            "calendar",
            "config",
            "tables",
            "panel",
            "tally",
            "stats",
            "kpi",
            "judgement",
            "insight",
            "report",
            "delivery",
            "ledger",
            "locale",
            "money",
            "name",
            "cache",
            "digest",
            "diagnostic",
            "error",
        ],
    ),
    (
        "explain",
        &[
            "calendar",
            "config",
            "tables",
            "panel",
            "tally",
            "stats",
            "kpi",
            "judgement",
            "locale",
            "pipeline",
            "money",
            "formula",
            "diagnostic",
            "error",
        ],
    ),
    ("watch", &["calendar", "config", "daemon", "ledger", "delivery", "diagnostic", "error"]),
    (
        "cli",
        &[
            "calendar",
            "config",
            "pipeline",
            "explain",
            "daemon",
            "watch",
            "ledger",
            "delivery",
            "sample",
            "digest",
            "diagnostic",
            "error",
        ],
    ),
];

/// Outside libraries that end at a border: the library, and the files that may name it.
const BORDERS: &[(&str, &[&str])] = &[
    ("polars", &["src/tables/", "src/panel/", "src/pipeline/", "src/sample/"]),
    ("tera", &["src/report/render.rs", "src/report/render/"]),
    ("css_inline", &["src/report/render.rs", "src/report/render/"]),
    ("tiny_skia", &["src/report/chart/"]),
    ("harfrust", &["src/report/chart/"]),
    ("rust_xlsxwriter", &["src/report/workbook.rs"]),
    ("lettre", &["src/delivery/"]),
    ("rustls", &["src/delivery/"]),
    ("rusqlite", &["src/ledger/"]),
    ("ureq", &["src/watch/ping.rs"]),
    ("clap", &["src/cli/"]),
    ("indicatif", &["src/cli/"]),
    ("serde_yaml", &["src/config/"]),
    ("saphyr_parser", &["src/config/"]),
    ("cron", &["src/calendar/slots/", "src/calendar/slots.rs"]),
    ("fluent_bundle", &["src/locale/", "src/locale.rs"]),
    ("icu_decimal", &["src/locale/", "src/locale.rs"]),
    ("argmin", &["src/stats/maximum.rs"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The code of a file without its comments, its unit tests and its test files.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// `src/panel/frame.rs` is of `panel`, `src/error.rs` of `error`.
fn module_of(path: &Path) -> String {
    let first = path.strip_prefix("src").unwrap().components().next().unwrap();
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// Every `crate::name` in the code, `crate::{a, b::c}` included.
fn named_modules(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for tail in code.split("crate::").skip(1) {
        let group = tail.strip_prefix('{').and_then(|group| group.split('}').next());
        let parts: Vec<&str> = group.map_or_else(|| vec![tail], |group| group.split(',').collect());
        for part in parts {
            let name: String =
                part.trim().chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
            names.insert(name);
        }
    }
    names
}

#[test]
fn every_module_uses_only_its_left_neighbours() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut faults = Vec::new();
    for path in sources(Path::new("src")) {
        let module = module_of(&path);
        if module == "lib" || module == "main" || path.ends_with("tests.rs") {
            continue;
        }
        let Some(allowed) = arrows.get(module.as_str()) else {
            faults.push(format!("{}: module `{module}` has no row in ARROWS", path.display()));
            continue;
        };
        for name in named_modules(&code(&path)) {
            if name != module && !allowed.contains(&name.as_str()) {
                faults.push(format!("{}: `{module}` must not know `{name}`", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn outside_libraries_stay_behind_their_borders() {
    let mut faults = Vec::new();
    for path in sources(Path::new("src")) {
        let code = code(&path);
        let shown = path.to_string_lossy();
        for (library, allowed) in BORDERS {
            let names_it = code.contains(&format!("{library}::"));
            if names_it && !allowed.iter().any(|place| shown.starts_with(place)) {
                faults.push(format!("{shown}: must not name `{library}`"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The guard sees what it is meant to see.
#[test]
fn a_wrong_arrow_would_be_found() {
    let code = "use crate::{ledger, calendar::Grain};\nfn f() -> crate::kpi::Unit {}";
    let expected: BTreeSet<String> = ["ledger", "calendar", "kpi"].map(str::to_owned).into();
    assert_eq!(named_modules(code), expected);
}
