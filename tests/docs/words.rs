//! The messages of the report: each is asked for somewhere, and nothing is asked for that is not there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use farol::languages::LANGUAGES;
use farol::locale::Locale;

/// Families of messages whose last part comes from the configuration or is a number, not from a word in the code.
const OPEN_FAMILIES: [&str; 2] = ["dimension-", "quarter-"];

/// The files of the program.
fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// A file without its tests.
fn own_code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned()
}

/// Text literals of the program's own code.
fn literals() -> Vec<String> {
    sources().iter().flat_map(|file| literals_of(&own_code(file))).collect()
}

/// The literals of a source text: what stands between quotes on one line, comments left out.
fn literals_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let quoted = line.replace("\\\"", "").replace("'\"'", "");
        found.extend(quoted.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    found
}

/// What stands in a literal in place of `{…}`, if the rest of it is as the literal has it.
fn filled<'i>(id: &'i str, literal: &str) -> Option<&'i str> {
    let (before, rest) = literal.split_once('{')?;
    let (_, after) = rest.split_once('}')?;
    let is_plain = before.len() > 3 && before.ends_with('-') && !after.contains('{');
    id.strip_prefix(before).filter(|_| is_plain)?.strip_suffix(after)
}

/// A message is used if its id stands in the code, or if a literal with `{…}` makes it of a word that stands in the code.
fn is_used(id: &str, literals: &BTreeSet<&str>) -> bool {
    let is_word = |part: &str| literals.contains(part) || literals.contains(part.replace('-', "_").as_str());
    literals.contains(id)
        || OPEN_FAMILIES.iter().any(|family| id.starts_with(family))
        || literals.iter().any(|literal| filled(id, literal).is_some_and(is_word))
}

#[test]
fn every_message_is_used() {
    let literals = literals();
    let literals: BTreeSet<&str> = literals.iter().map(String::as_str).collect();
    let ids = Locale::load("en", None).unwrap().message_ids();
    let unused: Vec<&String> = ids.iter().filter(|id| !is_used(id, &literals)).collect();
    assert_eq!(unused, Vec::<&String>::new());
    assert!(!is_used("report-nothing-like-it", &literals) && !is_used("kpi-npss", &literals), "the test can fail");
}

/// What the methods that look messages up are given as their first argument.
fn asked_for() -> BTreeSet<String> {
    let mut asked = BTreeSet::new();
    // What a chart writes into its SVG are attributes.
    let is_wordy = |file: &PathBuf| {
        let is_in = |folder| file.starts_with(folder);
        (is_in("src/report") && !is_in("src/report/chart")) || is_in("src/locale")
    };
    for file in sources().into_iter().filter(is_wordy) {
        let text = own_code(&file);
        for method in [".text(", ".say(", ".count(", ".text_with("] {
            let arguments = text.split(method).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            asked.extend(arguments.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
    asked
}

/// What is asked for is there, and so is every literal that begins like the messages of one family.
#[test]
fn no_message_is_misspelt() {
    let ids: BTreeSet<String> = Locale::load("en", None).unwrap().message_ids().into_iter().collect();
    let asked = asked_for();
    assert!(asked.len() > 100, "{}", asked.len());
    let families = [
        "narrative-",
        "headline-",
        "clause-",
        "alert-",
        "themes-",
        "restated-",
        "calls-",
        "maturity-",
        "quality-",
        "provenance-",
        "row-",
        "span-",
        "change-",
    ];
    let is_id = |literal: &String| {
        literal.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && families.iter().any(|family| literal.starts_with(family))
    };
    let all: BTreeSet<String> = literals().into_iter().filter(is_id).chain(asked).collect();
    assert_eq!(all.difference(&ids).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// The templates place words under keys of their own; a key that the view does not have would be an error of the renderer,
/// and one that no template places is not needed.
#[test]
fn every_word_of_the_templates_is_placed() {
    let mut text = String::new();
    let mut folders = vec![Path::new("templates").to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let is_template = path.extension().is_some_and(|extension| extension == "html" || extension == "txt");
            if path.is_dir() {
                folders.push(path);
            } else if is_template && !path.ends_with("OFL.txt") {
                text += &fs::read_to_string(&path).unwrap();
            }
        }
    }
    let source = fs::read_to_string("src/report/view/text.rs").unwrap();
    let list = source.split("const WORDS").nth(1).unwrap().split("];").next().unwrap();
    let keys: Vec<&str> = list.lines().filter_map(|line| line.trim().strip_prefix("(\"")?.split('"').next()).collect();
    assert!(keys.len() > 30);
    let unplaced: Vec<&&str> = keys.iter().filter(|key| !text.contains(&format!("words.{key}"))).collect();
    assert_eq!(unplaced, Vec::<&&str>::new());
}

/// Adding a language is adding a file, which this test then covers; words of a region, one in the folder of regions.
#[test]
fn every_file_of_words_is_a_language() {
    let files = |folder: &str| {
        let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        let mut names: Vec<String> =
            paths.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(LANGUAGES.iter().map(|language| language.id).collect::<Vec<_>>(), files("templates/locales"));
    let regions = LANGUAGES.iter().flat_map(|language| language.regions).map(|(tag, _)| *tag);
    assert_eq!(regions.collect::<Vec<_>>(), files("templates/locales/regions"));
}
