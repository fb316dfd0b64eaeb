//! The closing table of docs/reliability.md: each row's test is there, and each figure that a test prints has its row.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::markdown::prose;

/// Ids of the rows, each with the files that it names.
fn rows(page: &str) -> BTreeMap<String, BTreeSet<PathBuf>> {
    let mut rows: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let (Some(ids), Some(place)) = (cells[0].strip_prefix("| "), cells.last()) else { continue };
        for id in ids.split(", ").filter(|id| is_id(id)) {
            rows.entry(id.to_owned()).or_default().extend(place.split('`').skip(1).step_by(2).map(PathBuf::from));
        }
    }
    rows
}

/// A capital and a number.
fn is_id(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text[1..].bytes().all(|b| b.is_ascii_digit())
}

/// Ids before ` | ` at the start of a literal: what a test prints.
fn printed(source: &str) -> BTreeSet<String> {
    let starts = source.split('"').filter_map(|literal| literal.split_once(" | "));
    let all_ids =
        starts.map(|(ids, _)| ids.split(", ").collect::<Vec<_>>()).filter(|ids| ids.iter().all(|id| is_id(id)));
    all_ids.flatten().map(str::to_owned).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("node_modules") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_figure_has_its_row_and_every_row_its_test() {
    let rows = rows(&prose(Path::new("docs/reliability.md")));
    assert!(rows.len() > 60, "{}", rows.len());
    let missing: Vec<&PathBuf> = rows.values().flatten().filter(|path| !path.is_file()).collect();
    assert_eq!(missing, Vec::<&PathBuf>::new());
    let mut paths = Vec::new();
    for folder in ["src", "tests"] {
        sources(Path::new(folder), &mut paths);
    }
    let mut unlisted = Vec::new();
    let mut seen = 0;
    for path in &paths {
        for id in printed(&fs::read_to_string(path).unwrap()) {
            seen += 1;
            if !rows.get(&id).is_some_and(|places| places.contains(path)) {
                unlisted.push(format!("{id} of {}", path.display()));
            }
        }
    }
    assert!(seen > 50, "{seen}");
    assert_eq!(unlisted, [""; 0]);
}

#[test]
fn a_row_and_a_figure_are_read_as_they_are_meant() {
    let row = rows("| row | what |\n| Z1, Z22 | a | b | `tests/a.rs`, `src/b.rs` |");
    assert_eq!(row.keys().collect::<Vec<_>>(), ["Z1", "Z22"]);
    assert_eq!(row["Z1"], BTreeSet::from(["tests/a.rs", "src/b.rs"].map(PathBuf::from)));
    let source = format!("x(\"{}\"); y(\"a | b\")", ["Z7, Z8", "{}"].join(" | "));
    assert_eq!(printed(&source), BTreeSet::from(["Z7", "Z8"].map(str::to_owned)));
}
