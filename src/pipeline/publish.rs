//! Writing a report's folder: everything under a temporary name first, then one rename.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

/// A file that failed, as a fault with its path.
pub(super) fn io_fault(path: &Path, doing: &str, error: &std::io::Error) -> Failure {
    let exit = match error.kind() {
        std::io::ErrorKind::PermissionDenied => Exit::Permission,
        _ => Exit::Io,
    };
    let help = match error.kind() {
        std::io::ErrorKind::StorageFull => "make room on that disk and run again; nothing was sent",
        std::io::ErrorKind::PermissionDenied => {
            "let the user that runs farol write there, or name another folder with --out"
        }
        _ => "look at that path, then run again; nothing was sent",
    };
    let fault = Diagnostic::error("write", format!("cannot {doing}: {error}")).at(Place::file(path)).help(help);
    Failure::new(exit, fault)
}

/// Makes a folder and those above it, for the user alone.
pub(super) fn make_folder(path: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|error| io_fault(path, "make this folder", &error))
}

/// Writes one file for the user alone, and has it on the disk before it goes on.
fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || {
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| io_fault(path, "write this file", &error))
}

/// A folder being written: it appears under its name when [`Folder::publish`] is called, whole or not at all.
pub(super) struct Folder {
    target: PathBuf,
    temporary: tempfile::TempDir,
}

impl Folder {
    /// Begins a folder next to where it will stand.
    pub(super) fn begin(target: &Path) -> Result<Self> {
        let parent = target.parent().unwrap_or(Path::new("."));
        make_folder(parent)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".writing-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let temporary = builder
            .tempdir_in(parent)
            .map_err(|error| io_fault(parent, "make a folder in here", &error))?;
        Ok(Self { target: target.to_owned(), temporary })
    }

    /// Writes one file of it; `name` may stand in a folder of its own (`images/nps.png`).
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            make_folder(parent)?;
        }
        write_file(&path, bytes)
    }

    /// Where a file of it stands for now.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    /// Puts it in the place of what stood there before.
    pub(super) fn publish(self) -> Result<()> {
        let old = self.temporary.path().with_extension("old");
        let target = &self.target;
        let has_old = target.exists();
        if has_old {
            fs::rename(target, &old).map_err(|error| io_fault(target, "move the older report away", &error))?;
        }
        let new = self.temporary.keep();
        if let Err(error) = fs::rename(&new, target) {
            // What stood there before stands there again.
            if has_old {
                let _ = fs::rename(&old, target);
            }
            let _ = fs::remove_dir_all(&new);
            return Err(io_fault(target, "put the new report here", &error));
        }
        if has_old {
            fs::remove_dir_all(&old).map_err(|error| io_fault(&old, "remove the older report", &error))?;
        }
        Ok(())
    }
}

/// Writes one file under a temporary name, then gives it its own.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    make_folder(parent)?;
    let write = || {
        let mut file = tempfile::Builder::new().prefix(".writing-").tempfile_in(parent)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)
    };
    write().map(|_| ()).map_err(|error| io_fault(path, "write this file", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_appears_whole_and_replaces_the_older_one() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("out/report");
        for text in ["first", "second"] {
            let folder = Folder::begin(&target).unwrap();
            folder.write("a.txt", text.as_bytes()).unwrap();
            folder.write("images/b.png", b"x").unwrap();
            folder.publish().unwrap();
            assert_eq!(fs::read_to_string(target.join("a.txt")).unwrap(), text);
        }
        let left: Vec<_> = fs::read_dir(home.path().join("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["report"], "nothing temporary stays behind");
    }

    #[test]
    fn an_abandoned_folder_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let target = home.path().join("report");
        let folder = Folder::begin(&target).unwrap();
        folder.write("a.txt", b"x").unwrap();
        drop(folder);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
