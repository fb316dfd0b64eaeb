//! The examples are configurations that farol takes, and the README's own company comes out as the README says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use farol::config::load;
use farol::pipeline::vocabulary;

use super::markdown::{Block, blocks, pages, section};

/// What a fragment of `farol.yaml` stands in.
const COMPANY: &str = "company: { name: Example, currency: EUR, timezone: Europe/Madrid }\n";
const CUSTOMERS: &str = "data: { customers: { path: customers.csv } }\n";

/// Everything that the examples refer to.
fn environment(name: &str) -> Option<String> {
    let value = if name == "PING_URL" { "https://monitor.example/1" } else { "value" };
    ["SMTP_USER", "SMTP_PASSWORD", "EXPORTS", "PING_URL"].contains(&name).then(|| value.to_owned())
}

fn yaml_blocks() -> Vec<Block> {
    pages().iter().flat_map(|page| blocks(page)).filter(|block| block.language == "yaml").collect()
}

/// Each example in the place of the file that it is named after, among the shipped ones.
#[test]
fn every_yaml_example_is_valid() {
    let mut faults = Vec::new();
    let fragments: Vec<Block> = yaml_blocks().into_iter().filter(|block| !block.file.contains('/')).collect();
    assert!(fragments.len() >= 7, "{}", fragments.len());
    for block in fragments {
        let folder = tempfile::tempdir().unwrap();
        for name in ["farol.yaml", "kpis.yaml", "benchmarks.yaml", "reports.yaml"] {
            let shipped = fs::read_to_string(Path::new("config").join(name)).unwrap();
            let text = if name != block.file {
                shipped
            } else if name == "farol.yaml" {
                completed(&block.text)
            } else if name == "reports.yaml" {
                format!("{}{}", block.text, scheduled_reports(name))
            } else {
                block.text.clone()
            };
            // A farol.yaml of its own has other segments and domains than the shipped files that refer to them.
            let is_apart = block.file == "farol.yaml" && ["benchmarks.yaml", "reports.yaml"].contains(&name);
            let text = if is_apart { scheduled_reports(name) } else { text };
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert!(folder.path().join(&block.file).exists(), "{} names no file of a configuration", block.place());
        if let Err(failure) = load(folder.path(), &environment, &vocabulary()) {
            faults.push(format!("{}\n{failure}", block.place()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The reports that schedules name, shipped and shown.
fn scheduled_reports(name: &str) -> String {
    let reports = "executive: { grain: month }\nboard: { grain: quarter }\n";
    if name == "reports.yaml" { reports.to_owned() } else { String::new() }
}

fn completed(fragment: &str) -> String {
    let has = |key: &str| fragment.lines().any(|line| line.starts_with(key));
    let missing = [("company:", COMPANY), ("data:", CUSTOMERS)].map(|(key, text)| if has(key) { "" } else { text });
    format!("{}{fragment}", missing.concat())
}

/// Two promoters and one detractor among three answers: NPS 33⅓. One of four customers lost: 25 %. MRR of the four at the
/// start 120 + 2400 + 150 + 130, at the end without the third.
#[test]
fn the_company_of_the_readme_comes_out_as_the_readme_says() {
    let home = tempfile::tempdir().unwrap();
    let files = blocks(Path::new("README.md")).into_iter().filter(|block| block.file.contains('/'));
    let mut written = 0;
    for block in files {
        let path = home.path().join(&block.file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, block.text).unwrap();
        written += 1;
    }
    assert_eq!(written, 6);
    for arguments in [&["check", "--data"][..], &["kpis"], &["run"]] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_farol")).args(arguments).current_dir(home.path()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let folder = home.path().join("out/monthly/2026-06");
    let mut figures = csv::Reader::from_path(folder.join("figures.csv")).unwrap();
    let figures: BTreeMap<String, (f64, String)> = figures
        .records()
        .map(Result::unwrap)
        .filter(|row| &row[2] == "total")
        .map(|row| (row[4].to_owned(), (row[5].parse().unwrap(), row[15].to_owned())))
        .collect();
    let value = |kpi: &str| figures[kpi].0;
    assert!((value("nps") - 100.0 / 3.0).abs() < 1e-9);
    assert!((value("customer_churn_rate") - 25.0).abs() < 1e-9);
    assert_eq!(figures["customer_churn_rate"].1, "2", "the target");
    assert!((value("mrr_closing") - 2650.0).abs() < 1e-9);
    assert!((value("nrr") - 100.0 * 2650.0 / 2800.0).abs() < 1e-9);
    let mail = fs::read_to_string(folder.join("email.txt")).unwrap().replace('\u{a0}', " ");
    assert!(mail.contains("withheld (for groups < 5)"), "{mail}");
}

/// Keys whose names are the user's own; what stands below them is looked at, they are not.
fn is_own_name(parents: &[String]) -> bool {
    let parents: Vec<&str> = parents.iter().map(String::as_str).collect();
    match parents.as_slice() {
        // Tables, benchmarks and reports by id; the documentation has a list of each.
        ["farol.yaml", "data"] | ["benchmarks.yaml" | "reports.yaml"] => true,
        _ => parents.last().is_some_and(|last| {
            ["columns", "values", "attributes", "themes", "scale", "playbook", "label", "title", "only"].contains(last)
        }),
    }
}

/// Keys below which everything is the user's own.
const OWN_VALUES: &[&str] =
    &["columns", "values", "attributes", "themes", "scale", "playbook", "label", "title", "source", "only", "targets"];

fn keys(value: &serde_yaml::Value, parents: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        serde_yaml::Value::Mapping(entries) => {
            for (key, value) in entries {
                let Some(key) = key.as_str() else { continue };
                let own = is_own_name(parents);
                parents.push(key.to_owned());
                if !own {
                    found.push(parents.clone());
                }
                if !OWN_VALUES.contains(&key) {
                    keys(value, parents, found);
                }
                parents.pop();
            }
        }
        serde_yaml::Value::Sequence(items) => items.iter().for_each(|item| keys(item, parents, found)),
        _ => {}
    }
}

/// The shipped files have every key; so must the page that explains them, under the file's heading.
#[test]
fn every_key_of_the_shipped_files_is_explained() {
    let page = Path::new("docs/configuration.md");
    let mut missing = Vec::new();
    let mut seen = 0;
    for name in ["farol.yaml", "kpis.yaml", "benchmarks.yaml", "reports.yaml"] {
        let explained = section(page, &format!("## {name}"));
        let shipped: serde_yaml::Value =
            serde_yaml::from_str(&fs::read_to_string(Path::new("config").join(name)).unwrap()).unwrap();
        let mut found = Vec::new();
        keys(&shipped, &mut vec![name.to_owned()], &mut found);
        seen += found.len();
        for path in found {
            let key = path.last().unwrap();
            let words = explained.split(|c: char| !c.is_alphanumeric() && c != '_');
            if !words.into_iter().any(|word| word == key) {
                missing.push(path.join("."));
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert!(seen > 100, "{seen}");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
