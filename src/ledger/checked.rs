//! Which file was checked whole, so that one that nobody has touched since is not checked again.
//!
//! Checking the whole takes as long as reading it, and with years of mail that is seconds; the daemon opens the ledger twice a
//! minute. A note beside the ledger names the file that was checked by what no program can set: its device and inode, its length,
//! and the time of its last change of any kind (ctime), which the system sets at each write, each truncation and each new name.
//! A file that was put in its place, cut off, edited, or changed by another program is not that file any more, and is checked.
//!
//! What changes no file is a disk that gives back other bytes than were written. For that a check holds for a day at most, and
//! not beyond a start of the machine; every row that is read is held to its seal, always; and before anybody is sent a report,
//! the index by which it is known who has it is held against the table itself ([`super::Ledger::check_mailing`]).

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A check holds for so many seconds.
const HOLDS: i64 = 24 * 60 * 60;

/// The clock of a file system moves in ticks; no longer than this is waited for the next one.
const TICK: Duration = Duration::from_millis(100);

/// The file that was checked when a ledger was opened, and when it was. When it is closed, and nobody else has it open, the note is
/// brought up to date: what was written meanwhile went through the ledger itself.
#[derive(Debug)]
pub(super) struct Checked {
    path: PathBuf,
    at: i64,
    is_noted: bool,
}

/// Has a ledger be checked by the next one who opens it, because something in it is not as it was recorded.
pub(super) fn forget(path: &Path) {
    let _ = fs::remove_file(note(path));
}

impl Checked {
    /// Now, by the clock `now` in seconds.
    pub(super) fn new(path: &Path, now: i64) -> Self {
        Self { path: path.to_owned(), at: now, is_noted: false }
    }

    /// What the note says of a file, if the file is the one that it names.
    pub(super) fn find(path: &Path) -> Option<Self> {
        let note = fs::read_to_string(note(path)).ok()?;
        let (named, at) = note.strip_suffix('\n')?.rsplit_once(" at ")?;
        let at = at.parse().ok()?;
        (!has_log(path) && named == name(path)?).then(|| Self { path: path.to_owned(), at, is_noted: true })
    }

    /// Whether a check is not too old, nor of a time that has not come.
    pub(super) fn holds(&self, now: i64) -> bool {
        self.at <= now && now - self.at < HOLDS
    }
}

impl Drop for Checked {
    /// Leaves the note. Without it, or with an old one, the next one to open the ledger checks it: what fails here is no fault.
    fn drop(&mut self) {
        let leave = || {
            // Open elsewhere, or not folded in: what is in the file is not all that there is.
            let name = (!has_log(&self.path)).then(|| name(&self.path)).flatten()?;
            let text = format!("{name} at {}\n", self.at);
            let note = note(&self.path);
            let there = fs::read_to_string(&note).ok();
            if there.as_ref() == Some(&text) {
                return Some(());
            }
            if self.is_noted && there.is_none() {
                return None;
            }
            let begun = Instant::now();
            loop {
                let mut options = OpenOptions::new();
                options.write(true).create(true).truncate(true);
                super::file::private(&mut options);
                options.open(&note).and_then(|mut file| file.write_all(text.as_bytes())).ok()?;
                // Within one tick a file may change and keep its time. Once the note is younger than the file, whatever happens
                // to the file will be seen.
                if changed(&note)? > changed(&self.path)? {
                    break;
                }
                if begun.elapsed() > TICK {
                    return None;
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            (self::name(&self.path)? == name).then_some(())
        };
        if leave().is_none() {
            forget(&self.path);
        }
    }
}

/// Where the note of a ledger lies.
fn note(path: &Path) -> PathBuf {
    let mut note = path.as_os_str().to_owned();
    note.push(".checked");
    PathBuf::from(note)
}

/// Whether a write-ahead log lies beside a ledger: it is open, or was not closed.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    !matches!(Path::new(&log).try_exists(), Ok(false))
}

/// What names a file as it is at this moment, in this life of the machine; nothing where the system does not tell.
#[cfg(target_os = "linux")]
fn name(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt;
    let life = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let file = fs::symlink_metadata(path).ok()?;
    let (seconds, nanoseconds) = changed(path)?;
    let numbers = format!("{} {} {} {seconds}.{nanoseconds:09}", file.dev(), file.ino(), file.len());
    Some(format!("version {} of {numbers} since {}", super::schema::version(), life.trim()))
}

#[cfg(not(target_os = "linux"))]
fn name(_path: &Path) -> Option<String> {
    None
}

/// When a file was last changed in any way.
#[cfg(unix)]
fn changed(path: &Path) -> Option<(i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    let file = fs::symlink_metadata(path).ok()?;
    Some((file.ctime(), file.ctime_nsec()))
}

#[cfg(not(unix))]
fn changed(_path: &Path) -> Option<(i64, i64)> {
    None
}
