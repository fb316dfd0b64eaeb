//! Every crate in the tree has a licence that `deny.toml` allows, held here too because `cargo deny` takes long to install.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

/// The list of `deny.toml`.
fn allowed() -> BTreeSet<String> {
    let text = fs::read_to_string("deny.toml").unwrap();
    let list = text.split("allow = [").nth(1).unwrap().split(']').next().unwrap();
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether an SPDX expression can be met; `/` is how older manifests write OR.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ").replace(" WITH ", "+WITH+");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = any(&words, allowed);
    assert!(rest.is_empty(), "{expression}");
    met
}

fn any<'w, 's>(words: &'w [&'s str], allowed: &BTreeSet<String>) -> (bool, &'w [&'s str]) {
    let (mut met, mut rest) = all(words, allowed);
    while let Some(("OR", after)) = rest.split_first().map(|(first, after)| (*first, after)) {
        let (next, after) = all(after, allowed);
        (met, rest) = (met | next, after);
    }
    (met, rest)
}

fn all<'w, 's>(words: &'w [&'s str], allowed: &BTreeSet<String>) -> (bool, &'w [&'s str]) {
    let (mut met, mut rest) = one(words, allowed);
    while let Some(("AND", after)) = rest.split_first().map(|(first, after)| (*first, after)) {
        let (next, after) = one(after, allowed);
        (met, rest) = (met & next, after);
    }
    (met, rest)
}

fn one<'w, 's>(words: &'w [&'s str], allowed: &BTreeSet<String>) -> (bool, &'w [&'s str]) {
    let (first, rest) = words.split_first().unwrap();
    if *first == "(" {
        let (met, rest) = any(rest, allowed);
        return (met, rest.strip_prefix(&[")"]).unwrap());
    }
    (allowed.contains(&first.replace("+WITH+", " WITH ")), rest)
}

#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let arguments = ["metadata", "--offline", "--format-version", "1", "--filter-platform", "x86_64-unknown-linux-gnu"];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 300, "{}", packages.len());
    let allowed = allowed();
    let is_refused =
        |package: &&serde_json::Value| !package["license"].as_str().is_some_and(|licence| is_met(licence, &allowed));
    let refused: Vec<String> = packages
        .iter()
        .filter(is_refused)
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn a_licence_is_read_as_it_is_meant() {
    let allowed = BTreeSet::from(["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned));
    for expression in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-2.0 OR MIT AND Zlib",
        "Zlib AND (MIT OR GPL-2.0)",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_met(expression, &allowed), "{expression}");
    }
    for expression in ["Apache-2.0", "MIT AND GPL-2.0", "(MIT OR Zlib) AND GPL-2.0"] {
        assert!(!is_met(expression, &allowed), "{expression}");
    }
}
