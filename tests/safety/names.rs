//! Names that would lead out of their folder, or into each other's file.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use crate::home::Home;

/// What customers call their regions.
fn regions() -> Vec<String> {
    let long = "x".repeat(300);
    let twin = format!("{}y", &long[..299]);
    [
        "../../x",
        "/abs",
        "a/b",
        "a\\b",
        "CON",
        "nul.html",
        ".",
        "..",
        "-rf",
        "~root",
        "😀",
        "caf\u{e9}",
        "cafe\u{301}",
        "A B",
        "a-b",
        "AB",
        "ab",
        "report.html",
        "$(id)",
        "`id`",
        "%2e%2e%2fx",
        "a\tb",
        &long,
        &twin,
    ]
    .map(str::to_owned)
    .into()
}

/// Ids of reports, which name a folder.
const IDS: [&str; 14] =
    ["../../x", "/abs", "a/b", "a\\b", "CON", ".", "..", "", "a b", "é", "😀", "a\0b", "-rf", "REPORT"];

/// Text as YAML has it between double quotes.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\0', "\\0").replace('\t', "\\t");
    format!("\"{escaped}\"")
}

#[test]
fn whatever_parts_are_called_files_stay_in_their_folder_and_apart() {
    let home = Home::empty();
    let regions = regions();
    let mut customers = "customer_id,name,signup_date,region\n".to_owned();
    let mut recipients = String::new();
    for (at, region) in regions.iter().enumerate() {
        writeln!(customers, "C{at},Case,2025-01-10,\"{region}\"").unwrap();
        writeln!(recipients, "    - {{ to: r{at}@case.example, only: {{ region: {} }} }}", quoted(region)).unwrap();
    }
    home.write("data/customers.csv", customers);
    home.write(
        "config/farol.yaml",
        "company: { name: Case, locale: en, currency: USD, timezone: UTC }\nas_of: 2026-11-05\n\
         out: ../deep/er/out\nstate: ../deep/er/state\n\
         data: { customers: { path: ../data/customers.csv, columns: { region: region } } }\nsegments: [region]\n\
         delivery: { allowed_domains: [case.example], transport: { maildir: ../mail } }\n",
    );
    let report = format!("monthly:\n  kpis: [customers_closing]\n  history: 1\n  recipients:\n{recipients}");
    home.write("config/reports.yaml", report);
    home.does(&["run", "--send", "--quiet"]);

    let letters = fs::read_dir(home.path("mail/new")).unwrap().count();
    assert_eq!(letters, regions.len());
    let within = |folder: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(home.path(folder)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let only = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let top = ["config", "data", "deep", "mail"];
    assert_eq!(within("."), only(&top));
    assert_eq!(within("deep"), only(&["er"]));
    assert_eq!(within("deep/er"), only(&["out", "state"]));
    assert_eq!(within("deep/er/out"), only(&[".farol-ledger", "monthly"]));
    let files = within("deep/er/out/monthly/2026-10");
    let pages = files.iter().filter(|name| name.starts_with("email") && name.ends_with(".html")).count();
    assert_eq!(pages, regions.len() + 1, "one for each part, and the operators' own");
    let small: BTreeSet<String> = files.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(small.len(), files.len(), "apart where capitals do not count, too");
    for name in &files {
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
        assert!(is_plain && name.len() < 120 && !name.starts_with(['.', '-']), "{name}");
    }

    for id in IDS {
        home.write("config/reports.yaml", format!("{}: {{ kpis: [customers_closing] }}\n", quoted(id)));
        let ended = home.farol(&["run", "--report", id.trim_end_matches('\0').split('\0').next().unwrap()]);
        assert!(matches!(ended.code, Some(78 | 2)), "{id:?}: {:?} {}", ended.code, ended.stderr);
        let checked = home.farol(&["check"]);
        assert!(checked.code == Some(78) && checked.stderr.contains("bad-name"), "{id:?}: {}", checked.stderr);
    }
    let id = "x".repeat(300);
    home.write("config/reports.yaml", format!("{id}: {{ kpis: [customers_closing] }}\n"));
    assert_eq!(home.farol(&["check"]).code, Some(78));
    assert_eq!(within("."), only(&top));
    println!(
        "X5 | names of parts and of reports, files outside, collisions | {} + {}, 0, 0",
        regions.len(),
        IDS.len() + 1
    );
}
