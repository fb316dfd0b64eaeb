//! Finds the languages of reports: one file each in `templates/locales`, so that adding one is adding a file. And numbers
//! the code, so that what another farol has kept is not taken for this one's.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script its folders in the environment")]

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Where words of a region lie that differ from its language's.
const REGIONS: &str = "regions";

/// What a file says of its language before its messages: `-tags = …`, each on a line of its own.
const TERMS: [&str; 4] = ["tags", "short-dates", "money", "scales"];

/// What decides how bytes are read and rows are added up: the code, and the versions of the libraries.
const MAKING: [&str; 4] = ["src", "build.rs", "Cargo.toml", "Cargo.lock"];

fn main() -> io::Result<()> {
    let home = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let mut making = DefaultHasher::new();
    for name in MAKING {
        println!("cargo::rerun-if-changed={name}");
        hash(&home.join(name), &mut making)?;
    }
    println!("cargo::rustc-env=FAROL_MAKING={:016x}", making.finish());
    let folder = home.join("templates/locales");
    println!("cargo::rerun-if-changed={}", folder.display());
    let files = catalogues(&folder)?;
    let regions = catalogues(&folder.join(REGIONS))?;
    let mut list = "&[\n".to_owned();
    for file in files.iter().chain(&regions) {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    for file in &files {
        list += &language(file, &regions)?;
    }
    fs::write(Path::new(&variable("OUT_DIR")?).join("languages.rs"), list + "]\n")
}

/// Hashes a file, or every file below a folder in the order of their names.
fn hash(path: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    if !path.is_dir() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let mut paths: Vec<PathBuf> = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    for path in paths {
        path.file_name().hash(hasher);
        hash(&path, hasher)?;
    }
    Ok(())
}

/// The Fluent files of a folder, by name.
fn catalogues(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "ftl"));
    files.sort();
    Ok(files)
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// One entry of the list, as Rust.
fn language(file: &Path, regions: &[PathBuf]) -> io::Result<String> {
    let text = fs::read_to_string(file)?;
    let id = stem(file);
    let mut entry = format!("Language {{ id: {id:?}, words: include_str!({:?}), ", file.display().to_string());
    for term in TERMS {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("-{term} = ")));
        let missing = || io::Error::other(format!("{}: there is no line `-{term} = …`", file.display()));
        let values: Vec<&str> = line.ok_or_else(missing)?.split_whitespace().collect();
        // Writing into a string cannot fail.
        let _ = write!(entry, "{}: &{values:?}, ", term.replace('-', "_"));
    }
    let tags = text.lines().find_map(|line| line.strip_prefix("-tags = ")).unwrap_or_default();
    entry += "regions: &[";
    for region in regions.iter().filter(|region| tags.split_whitespace().any(|tag| tag == stem(region))) {
        let _ = write!(entry, "({:?}, include_str!({:?})), ", stem(region), region.display().to_string());
    }
    Ok(entry + "] },\n")
}

fn variable(name: &str) -> io::Result<String> {
    env::var(name).map_err(io::Error::other)
}
