//! Finds the languages of reports: one file each in `templates/locales`, so that adding one is adding a file.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders in the environment")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What a file says of its language before its messages: `-tags = …`, each on a line of its own.
const TERMS: [&str; 4] = ["tags", "short-dates", "money", "scales"];

fn main() -> io::Result<()> {
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("templates/locales");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "ftl"));
    files.sort();
    let mut list = "&[\n".to_owned();
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
        list += &language(file)?;
    }
    fs::write(Path::new(&variable("OUT_DIR")?).join("languages.rs"), list + "]\n")
}

/// One entry of the list, as Rust.
fn language(file: &Path) -> io::Result<String> {
    let text = fs::read_to_string(file)?;
    let id = file.file_stem().unwrap_or_default().to_string_lossy();
    let mut entry = format!("Language {{ id: {id:?}, words: include_str!({:?}), ", file.display().to_string());
    for term in TERMS {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("-{term} = ")));
        let missing = || io::Error::other(format!("{}: there is no line `-{term} = …`", file.display()));
        let values: Vec<&str> = line.ok_or_else(missing)?.split_whitespace().collect();
        // Writing into a string cannot fail.
        let _ = write!(entry, "{}: &{values:?}, ", term.replace('-', "_"));
    }
    Ok(entry + "},\n")
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}
