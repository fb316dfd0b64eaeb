//! What a configuration refers to outside itself: the folder it stands in, and the environment.
//!
//! Both are given; nothing is asked of the process. Secrets have a module of their own.

use std::path::{Component, Path, PathBuf};

use super::codes;
use super::page::Spot;

/// The folder that paths are relative to, and the variables that `${NAME}` refers to.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) folder: &'a Path,
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Surroundings<'_> {
    /// Text with every `${NAME}` replaced. What it becomes is never shown in a fault: it may be private.
    pub(super) fn text(&self, spot: Spot<'_>) -> Option<String> {
        let text = spot.text()?;
        let mut expanded = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}').filter(|(name, _)| is_variable(name)) else {
                let help = "write `${NAME}`, with letters, digits and `_`";
                spot.fault(codes::BAD_REFERENCE, format!("`{}` has a `${{` that names no variable", spot.name), help);
                return None;
            };
            let Some(value) = (self.environment)(name).filter(|value| !value.is_empty()) else {
                let message = format!("`{}` needs the environment variable `{name}`, which is not set", spot.name);
                spot.fault(
                    codes::VARIABLE_UNSET,
                    message,
                    "set it for the process that runs farol, or write the value out",
                );
                return None;
            };
            expanded.push_str(before);
            expanded.push_str(&value);
            rest = after;
        }
        expanded.push_str(rest);
        Some(expanded)
    }

    /// A path, resolved against the configuration's folder.
    pub(super) fn path(&self, spot: Spot<'_>) -> Option<PathBuf> {
        self.text(spot).map(|path| resolve(self.folder, Path::new(&path)))
    }
}

/// Whether a name can be a variable's.
pub(super) fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Joins a path to a folder; `config/../out` becomes `out`, unless `config` is a link and so stands elsewhere.
pub(super) fn resolve(folder: &Path, path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in folder.join(path).components() {
        let folds = component == Component::ParentDir
            && matches!(resolved.components().next_back(), Some(Component::Normal(_)))
            && !resolved.is_symlink();
        if folds {
            resolved.pop();
        } else if component != Component::CurDir {
            resolved.push(component);
        }
    }
    if resolved.as_os_str().is_empty() { PathBuf::from(".") } else { resolved }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_to_the_folder_and_short() {
        for (folder, path, expected) in [
            ("config", "../out/", "out"),
            ("config", "../usage/*.parquet", "usage/*.parquet"),
            ("/etc/farol", "../state", "/etc/state"),
            ("config", "/srv/out", "/srv/out"),
            ("..", "../out", "../../out"),
            (".", "a.csv", "a.csv"),
            ("config", "..", "."),
        ] {
            assert_eq!(resolve(Path::new(folder), Path::new(path)), Path::new(expected), "{folder} {path}");
        }
    }

    #[test]
    fn a_linked_folder_keeps_its_parent() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real/config"), dir.path().join("link"));
        std::fs::create_dir_all(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        assert_eq!(resolve(&link, Path::new("../out")), link.join("../out"));
    }
}
