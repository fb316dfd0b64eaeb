//! What `docs/explain.md` shows is what the command prints.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::tables::hold;

const PAGE: &str = "docs/explain.md";

fn farol(arguments: &[&str], home: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_farol")).args(arguments).current_dir(home).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_figure_taken_apart_is_the_samples() {
    let page = fs::read_to_string(PAGE).unwrap();
    let line = page.lines().find(|line| line.starts_with("farol explain ")).unwrap();
    let arguments: Vec<&str> = line.split_whitespace().skip(1).collect();
    let printed = farol(&arguments, Path::new("."));
    hold(PAGE, "figure", &format!("\n```text\n{printed}```\n\n"));
}

/// Every definition that is told, of a company that has every table.
#[test]
fn the_other_definitions_are_listed_with_their_owners() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("sample-data");
    let sample = ["sample", "--customers", "30", "--months", "14", "--seed", "3", "--end", "2026-11-01", "--out"];
    farol(&[&sample[..], &[data.to_str().unwrap()]].concat(), Path::new("."));
    fs::create_dir(home.path().join("config")).unwrap();
    for name in ["farol.yaml", "kpis.yaml"] {
        fs::copy(Path::new("config").join(name), home.path().join("config").join(name)).unwrap();
    }
    let reports = "executive: { kpis: [nps] }\nboard: { grain: quarter, kpis: [nps] }\n";
    fs::write(home.path().join("config/reports.yaml"), reports).unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_farol"))
        .args(["explain", "mrr_new", "--period", "2026-10", "--definitions"])
        .current_dir(home.path())
        .output()
        .unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    let told = told.split("there are others of ").nth(1).unwrap().trim().replace(['`', ','], "");
    let mut table =
        "\n| figure | definition | who | formula | described at |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for kpi in told.split_whitespace() {
        let json = farol(&["explain", kpi, "--period", "2026-10", "--definitions", "--json"], home.path());
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        for other in json["definitions"].as_array().unwrap().iter().skip(1) {
            let text = |key: &str| other[key].as_str().unwrap_or_default().replace('|', "/");
            let source = if text("source").is_empty() { String::new() } else { format!("<{}>", text("source")) };
            writeln!(table, "| `{kpi}` | {} | {} | {} | {source} |", text("name"), text("used_by"), text("formula"))
                .unwrap();
        }
    }
    hold(PAGE, "definitions", &format!("{table}\n"));
}
