//! Writing a report's folder: everything under a temporary name first, then one rename.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

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

/// Writes one file for the user alone; it is not yet on the disk for good.
fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let write = || options.open(path)?.write_all(bytes);
    write().map_err(|error| io_fault(path, "write this file", &error))
}

/// What is being written bears this before its name.
const WRITING: &str = ".writing-";
/// A report that is being replaced bears this before its period.
const REPLACED: &str = ".replaced-";

/// Clears away what a run that was killed left in a report's folder; a report that it had moved away comes back. Only
/// for whoever holds the run's lock.
pub(super) fn sweep(folder: &Path) -> Result<()> {
    for path in entries(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let cleared = if let Some(period) = name.strip_prefix(REPLACED) {
            let target = folder.join(period);
            if is_there(&target) { remove(&path) } else { fs::rename(&path, target) }
        } else if name.starts_with(WRITING) {
            remove(&path)
        } else {
            Ok(())
        };
        cleared.map_err(|error| io_fault(&path, "clear away what an interrupted run left here", &error))?;
    }
    for period in entries(folder)?.into_iter().filter(|path| path.is_dir() && !path.is_symlink()) {
        for path in entries(&period)? {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(WRITING)) {
                fs::remove_file(&path)
                    .map_err(|error| io_fault(&path, "clear away what an interrupted run left here", &error))?;
            }
        }
    }
    Ok(())
}

/// Whether something has this name, be it a link that leads nowhere.
fn is_there(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Removes whatever has this name: a folder with all that it holds, a link but not what it leads to.
fn remove(path: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// What stands in a folder; nothing if it is not there.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = || fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<_>>();
    match read() {
        Ok(paths) => Ok(paths),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(io_fault(folder, "read this folder", &error)),
    }
}

/// A folder being written: it appears under its name when [`Folder::publish`] is called, whole or not at all.
pub(super) struct Folder {
    target: PathBuf,
    temporary: tempfile::TempDir,
    written: Mutex<Vec<PathBuf>>,
}

/// Files brought to the disk at the same time: each waits for it most of the time.
const SYNCED_TOGETHER: usize = 8;

impl Folder {
    /// Begins a folder next to where it will stand.
    pub(super) fn begin(target: &Path) -> Result<Self> {
        let parent = target.parent().unwrap_or(Path::new("."));
        make_folder(parent)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(WRITING);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let temporary =
            builder.tempdir_in(parent).map_err(|error| io_fault(parent, "make a folder in here", &error))?;
        Ok(Self { target: target.to_owned(), temporary, written: Mutex::default() })
    }

    /// Writes one file of it; `name` may stand in a folder of its own (`images/nps.png`).
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path(name);
        if let Some((folder, _)) = name.rsplit_once('/') {
            make_folder(&self.path(folder))?;
        }
        write_file(&path, bytes)?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).push(path);
        Ok(())
    }

    /// Has everything that was written on the disk.
    fn sync(&self) -> Result<()> {
        let files = std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner));
        let sync = |file: &PathBuf| {
            let synced = fs::File::open(file).and_then(|file| file.sync_all());
            synced.map_err(|error| io_fault(file, "write this file", &error))
        };
        std::thread::scope(|scope| {
            let parts = files.chunks(files.len().div_ceil(SYNCED_TOGETHER).max(1));
            let threads: Vec<_> = parts.map(|part| scope.spawn(move || part.iter().try_for_each(sync))).collect();
            let join = |thread: ScopedJoinHandle<'_, Result<()>>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            threads.into_iter().try_for_each(join)
        })
    }

    /// Where a file of it stands for now.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    /// Puts it in the place of what stood there before, once every byte of it is on the disk.
    pub(super) fn publish(self) -> Result<()> {
        self.sync()?;
        let target = &self.target;
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let old = target.with_file_name(format!("{REPLACED}{name}"));
        let has_old = is_there(target);
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
            remove(&old).map_err(|error| io_fault(&old, "remove the older report", &error))?;
        }
        Ok(())
    }
}

/// Writes one file under a temporary name, then gives it its own.
///
/// # Errors
/// The folder cannot be written to, or the disk is full.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    make_folder(parent)?;
    let write = || {
        let mut file = tempfile::Builder::new().prefix(WRITING).tempfile_in(parent)?;
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

    /// Killed while writing, between the two renames, and while a single file was written.
    #[test]
    fn what_a_killed_run_left_is_cleared_away_and_what_it_moved_comes_back() {
        let home = tempfile::tempdir().unwrap();
        let folder = |name: &str| home.path().join(name);
        for name in [".writing-a1", ".replaced-2026-09", ".replaced-2026-10", "2026-10"] {
            fs::create_dir(folder(name)).unwrap();
            fs::write(folder(name).join("report.html"), name).unwrap();
        }
        fs::write(folder("2026-10").join(".writing-b2"), b"half").unwrap();
        fs::write(folder(".writing-c3"), b"half").unwrap();
        sweep(home.path()).unwrap();
        let mut left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["2026-09", "2026-10"]);
        assert_eq!(fs::read_to_string(folder("2026-09").join("report.html")).unwrap(), ".replaced-2026-09");
        assert_eq!(fs::read_dir(folder("2026-10")).unwrap().count(), 1);
        sweep(&folder("never made")).unwrap();
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
