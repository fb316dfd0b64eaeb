//! What is built in: from where each crate comes. Licences are held in `tests/docs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Keys and values of one package.
fn fields(text: &str) -> BTreeMap<&str, &str> {
    text.lines().filter_map(|line| line.split_once(" = ")).map(|(key, value)| (key, value.trim_matches('"'))).collect()
}

/// Each `[[package]]` of a lock file.
fn packages(lock: &str) -> Vec<BTreeMap<&str, &str>> {
    lock.split("[[package]]").skip(1).map(fields).collect()
}

/// What is wrong with where crates come from.
fn faults(lock: &str, manifest: &str, denied: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages(lock) {
        let name = package["name"];
        match package.get("source") {
            Some(source) if *source != REGISTRY => faults.push(format!("{name} comes from {source}")),
            Some(_) if package.get("checksum").is_none_or(|sum| sum.len() != 64) => {
                faults.push(format!("{name} has no checksum"));
            }
            None if name != "farol" => faults.push(format!("{name} comes from this disk")),
            _ => {}
        }
        if denied.contains(&name) {
            faults.push(format!("{name} is denied"));
        }
    }
    for line in manifest.lines().filter(|line| !line.trim_start().starts_with('#')) {
        if ["git = ", "path = ", "= \"*\"", "registry = "].iter().any(|way| line.contains(way)) {
            faults.push(line.to_owned());
        }
    }
    faults
}

/// Crates that `deny.toml` names under `deny`.
fn denied(deny: &str) -> Vec<&str> {
    deny.split("crate = \"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Files of the program that say `unsafe`.
fn unsafe_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap_or_default();
                let is_unsafe = |line: &str| {
                    ["unsafe {", "unsafe fn", "unsafe impl", "unsafe_code"].iter().any(|word| line.contains(word))
                };
                found.extend(text.lines().any(is_unsafe).then_some(path));
            }
        }
    }
    found
}

#[test]
fn every_crate_comes_from_the_registry_under_its_digest() {
    let read = |name| fs::read_to_string(name).unwrap();
    let (lock, manifest, deny) = (read("Cargo.lock"), read("Cargo.toml"), read("deny.toml"));
    let denied = denied(&deny);
    assert_eq!(denied, ["openssl-sys", "native-tls"]);
    assert_eq!(faults(&lock, &manifest, &denied), [""; 0]);
    assert_eq!(unsafe_files(), Vec::<PathBuf>::new());
    assert!(manifest.contains("unsafe_code = \"deny\""));
    let packages = packages(&lock);
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for package in &packages {
        *versions.entry(package["name"]).or_default() += 1;
    }
    let twice: Vec<&&str> = versions.iter().filter(|(_, count)| **count > 1).map(|(name, _)| name).collect();
    println!(
        "X14 | crates, not from crates.io or without digest, denied, in two versions | {}, 0, 0, {}",
        packages.len(),
        twice.len()
    );
    println!("in two versions: {twice:?}");
}

#[test]
fn a_crate_from_elsewhere_would_be_found() {
    let package = |source: &str| format!("[[package]]\nname = \"x\"\nversion = \"1.0.0\"\n{source}");
    let found = |lock: &str, manifest: &str| faults(lock, manifest, &["y"]).len();
    let digest = format!("checksum = \"{}\"\n", "0".repeat(64));
    assert_eq!(found(&package(&format!("source = \"{REGISTRY}\"\n{digest}")), "x = \"1\""), 0);
    assert_eq!(found(&package(&format!("source = \"{REGISTRY}\"\n")), ""), 1);
    assert_eq!(found(&package(&format!("source = \"git+https://example.com/x\"\n{digest}")), ""), 1);
    assert_eq!(found(&package(""), "x = { git = \"https://example.com/x\" }\ny = \"*\"\nz = { path = \"../z\" }"), 4);
    let other = package(&format!("source = \"{REGISTRY}\"\n{digest}")).replace("\"x\"", "\"y\"");
    assert_eq!(found(&other, ""), 1);
}
