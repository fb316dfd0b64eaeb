//! The ledger's file: made once, checked each time, never made anew where one was.
//!
//! Knows nothing of what the tables mean.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::checked::Checked;
use super::record::written;
use super::schema;
use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

/// The ledger, in the state folder.
pub(super) const FILE: &str = "farol.db";

/// Stands beside the ledger from its first day: a ledger that is missing where this is has been lost, not never made.
const MARKER: &str = "farol.db.exists";

/// What the marker says to whoever finds it.
const MARKER_TEXT: &str = "\
A ledger, farol.db, belongs beside this file: it knows who has got which report. If it is missing, restore it from a backup;
without it farol would send again what it has sent. Delete this file only to begin anew on purpose.
";

/// Held by the process that runs.
const LOCK: &str = "farol.lock";

/// How long a writer waits for another.
const BUSY: Duration = Duration::from_secs(5);

/// The right to run, or to write to operators: held by one process at a time, given back when it ends, however it ends.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
    /// Whose mail nobody else is at.
    pub(super) mail: Mail,
}

/// Mail that one lock guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mail {
    /// To readers of reports.
    OfReports,
    /// To operators. It has a lock of its own, so that a server that hangs on it keeps no report from being made.
    ToOperators,
}

impl RunLock {
    /// Takes the lock of a state folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`Exit::TryAgain`] if another process holds it; the message says which and since when. [`Exit::Permission`] or
    /// [`Exit::Io`] if the folder cannot be used.
    pub fn acquire(state: &Path, now: DateTime<Utc>) -> Result<Self> {
        Self::take(state, Mail::OfReports, now)
    }

    /// Takes the right to write to operators.
    ///
    /// # Errors
    /// As [`RunLock::acquire`].
    pub fn for_operators(state: &Path, now: DateTime<Utc>) -> Result<Self> {
        make_folder(state)?;
        Self::take(&state.join("operators"), Mail::ToOperators, now)
    }

    fn take(state: &Path, mail: Mail, now: DateTime<Utc>) -> Result<Self> {
        make_folder(state)?;
        let path = state.join(LOCK);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        private(&mut options);
        let mut file = options.open(&path).map_err(|error| unusable(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(&path, &mut file)),
            Err(TryLockError::Error(error)) => return Err(unusable(&path, &error)),
        }
        let holder = format!("pid {} since {}\n", std::process::id(), written(now));
        file.set_len(0).and_then(|()| file.write_all(holder.as_bytes())).map_err(|error| unusable(&path, &error))?;
        Ok(Self { _file: file, mail })
    }

    /// Who holds the lock of a state folder: `pid 4711 since 2026-11-05T10:00:00Z`; `None` if nobody does.
    pub fn holder(state: &Path) -> Option<String> {
        holder(state)
    }
}

/// Who holds the lock of a state folder, as that process has written it down; `None` if nobody does.
pub(super) fn holder(state: &Path) -> Option<String> {
    let mut file = File::open(state.join(LOCK)).ok()?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Some(held_by(&mut file)),
        _ => None,
    }
}

/// What the holder of a lock has written into it.
fn held_by(file: &mut File) -> String {
    let mut holder = String::new();
    let read = file.rewind().and_then(|()| file.take(200).read_to_string(&mut holder));
    read.map_or(String::new(), |_| holder.trim().to_owned())
}

/// Somebody else runs.
fn held(path: &Path, file: &mut File) -> Failure {
    let holder = match held_by(file) {
        holder if holder.is_empty() => holder,
        holder => format!(" ({holder})"),
    };
    Failure::new(
        Exit::TryAgain,
        Diagnostic::error("run-locked", format!("another farol is running{holder}"))
            .at(Place::file(path))
            .help("wait until it has ended; the lock goes with its process"),
    )
}

/// A ledger's file that is open.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) path: PathBuf,
    pub(super) checked: Checked,
    /// Whether it has been checked just now; else it is the one that was checked not long ago.
    pub(super) is_new_to_us: bool,
}

/// Opens the ledger of a state folder; makes both where neither has ever been.
pub(super) fn open(state: &Path) -> Result<Opened> {
    make_folder(state)?;
    let path = state.join(FILE);
    let marker = state.join(MARKER);
    let exists = |path: &Path| path.try_exists().map_err(|error| unusable(path, &error));
    if !exists(&path)? {
        if exists(&marker)? {
            return Err(lost(&path, &marker));
        }
        create(state, &path)?;
    }
    if !exists(&marker)? {
        mark(&marker)?;
    }
    // Asked before it is open: an open ledger has its log beside it.
    let known = Checked::find(&path);
    let connection = connect(&path)?;
    let fault = |error: rusqlite::Error| storage(&path, &error);
    let now = seconds(&connection).map_err(fault)?;
    if let Some(checked) = known.filter(|known| known.holds(now))
        && schema::found(&connection).map_err(fault)? == schema::version()
    {
        check_rules(&connection, &path)?;
        return Ok(Opened { connection, path, checked, is_new_to_us: false });
    }
    let connection = check(connection, &path, true)?;
    let checked = Checked::new(&path, now);
    Ok(Opened { connection, path, checked, is_new_to_us: true })
}

/// The clock, in whole seconds, as the ledger's own library tells it; what is decided by it is only how often is checked.
pub(super) fn seconds(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT unixepoch()", [], |row| row.get(0))
}

/// Writes the marker.
fn mark(marker: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    private(&mut options);
    let write = || options.open(marker)?.write_all(MARKER_TEXT.as_bytes());
    write().map_err(|error| unusable(marker, &error))
}

/// Whether a state folder holds a ledger, or has ever held one.
pub(super) fn has_been(state: &Path) -> Result<bool> {
    for name in [FILE, MARKER] {
        let path = state.join(name);
        if path.try_exists().map_err(|error| unusable(&path, &error))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the ledger under another name, and gives it its own when it is whole.
fn create(state: &Path, path: &Path) -> Result<()> {
    let fault = |error: rusqlite::Error| storage(path, &error);
    let io = |error: &io::Error| unusable(path, error);
    let new = tempfile::Builder::new().prefix("farol.db.").suffix(".new").tempfile_in(state).map_err(|e| io(&e))?;
    let mut connection = Connection::open(new.path()).map_err(fault)?;
    // Without a write-ahead log: closing folds one into the file, but says nothing where that fails, and the file alone gets
    // the ledger's name.
    keep_promises(&connection).map_err(fault)?;
    schema::migrate(&mut connection).map_err(fault)?;
    connection.close().map_err(|(_, error)| storage(path, &error))?;
    new.as_file().sync_all().map_err(|e| io(&e))?;
    match new.persist_noclobber(path) {
        Ok(_) => {}
        // Another process was quicker, with the same result.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(io(&error.error)),
    }
    File::open(state).and_then(|folder| folder.sync_all()).map_err(|e| io(&e))
}

/// Believes nothing of a ledger that it has not checked. One of an older version is brought up, with a copy kept of it if wanted.
pub(super) fn check(mut connection: Connection, path: &Path, keeps_copy: bool) -> Result<Connection> {
    let fault = |error: rusqlite::Error| storage(path, &error);
    check_pages(&connection, path)?;
    let version = schema::found(&connection).map_err(fault)?;
    if keeps_copy && version < schema::version() {
        keep_copy(&connection, path, version)?;
    }
    schema::migrate(&mut connection).map_err(fault)?;
    check_tables(&connection, path)?;
    Ok(connection)
}

/// The same of a ledger of this version, of which nothing is changed.
pub(super) fn check_as_it_is(connection: Connection, path: &Path) -> Result<Connection> {
    check_pages(&connection, path)?;
    check_tables(&connection, path)?;
    Ok(connection)
}

fn check_pages(connection: &Connection, path: &Path) -> Result<()> {
    // quick_check would not compare tables with their indexes, and an index with a flipped byte hides a delivery.
    let verdict = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0));
    match verdict.map_err(|error| storage(path, &error))?.as_str() {
        "ok" => Ok(()),
        verdict => Err(damaged(path, &format!("the ledger is damaged: {verdict}"))),
    }
}

fn check_tables(connection: &Connection, path: &Path) -> Result<()> {
    let orphans = connection.prepare("PRAGMA foreign_key_check").and_then(|mut check| check.exists([]));
    if orphans.map_err(|error| storage(path, &error))? {
        return Err(not_as_laid(path));
    }
    check_rules(connection, path)
}

/// Refuses a ledger whose tables and rules are not those of this program.
fn check_rules(connection: &Connection, path: &Path) -> Result<()> {
    let fault = |error: rusqlite::Error| storage(path, &error);
    let is_as_laid = schema::laid(connection).map_err(fault)? == schema::expected().map_err(fault)?;
    if is_as_laid { Ok(()) } else { Err(not_as_laid(path)) }
}

fn not_as_laid(path: &Path) -> Failure {
    damaged(path, "the ledger's tables are not as farol laid them")
}

/// A connection to a file that says that it is a ledger, of this version or an older one.
pub(super) fn connect(path: &Path) -> Result<Connection> {
    let fault = |error: rusqlite::Error| storage(path, &error);
    let metadata = fs::metadata(path).map_err(|error| unusable(path, &error))?;
    // SQLite takes an empty file for a new database.
    if metadata.len() == 0 {
        return Err(damaged(path, "the ledger is empty"));
    }
    keep_private(path, &metadata);
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(fault)?;
    connection.busy_timeout(BUSY).map_err(fault)?;
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(fault);
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application != i64::from(schema::APPLICATION_ID) {
        return Err(damaged(path, "the file is not farol's ledger"));
    }
    if version > i64::from(schema::version()) {
        return Err(newer(path, version));
    }
    prepare(&connection).map_err(fault)?;
    Ok(connection)
}

/// Copies a ledger of an older version beside itself, as `farol.db.version-2`, before it is brought up.
fn keep_copy(connection: &Connection, path: &Path, version: u32) -> Result<()> {
    let mut copy = path.as_os_str().to_owned();
    copy.push(format!(".version-{version}"));
    copy_whole(connection, path, Path::new(&copy))
}

/// Writes the whole of a ledger, as of one moment, into a file that appears when it is whole. Others may write meanwhile.
pub(super) fn copy_whole(connection: &Connection, path: &Path, target: &Path) -> Result<()> {
    let io = |error: &io::Error| unwritable(target, error);
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let new = tempfile::Builder::new().prefix(".farol.db.").suffix(".copy").tempfile_in(folder).map_err(|e| io(&e))?;
    let name = new.path().to_str().ok_or_else(|| io(&io::Error::other("its name is not UTF-8")))?;
    connection.execute("VACUUM INTO ?1", [name]).map_err(|error| match error.sqlite_error_code() {
        // The disk without room is that of the copy.
        Some(ErrorCode::DiskFull) => io(&io::ErrorKind::StorageFull.into()),
        _ => storage(path, &error),
    })?;
    new.as_file().sync_all().map_err(|e| io(&e))?;
    new.persist(target).map_err(|error| io(&error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| io(&e))
}

/// A copy of a ledger under a name of its own in a folder, for its owner alone.
pub(super) fn stage(copy: &Path, folder: &Path) -> Result<tempfile::NamedTempFile> {
    let staged = tempfile::Builder::new().prefix(".farol.db.").suffix(".staged").tempfile_in(folder);
    let mut staged = staged.map_err(|error| unusable(folder, &error))?;
    let mut source = File::open(copy).map_err(|error| unreadable(copy, &error))?;
    io::copy(&mut source, &mut staged).map_err(|error| unreadable(copy, &error))?;
    staged.as_file().sync_all().map_err(|error| unusable(folder, &error))?;
    Ok(staged)
}

/// Gives a whole ledger its name, and what stood there another; returns whether anything did. Between the two there is none, and
/// the marker says so.
pub(super) fn replace(state: &Path, staged: tempfile::NamedTempFile, now: DateTime<Utc>) -> Result<bool> {
    let path = state.join(FILE);
    let old = format!("{FILE}.replaced-{}", now.format("%Y%m%dT%H%M%SZ"));
    let fault = |error: &io::Error| unusable(&path, error);
    mark(&state.join(MARKER))?;
    let mut is_kept = false;
    for side in ["", "-wal", "-shm"] {
        match fs::rename(state.join(format!("{FILE}{side}")), state.join(format!("{old}{side}"))) {
            Ok(()) => is_kept = true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(fault(&error)),
        }
    }
    staged.persist_noclobber(&path).map_err(|error| fault(&error.error))?;
    hand_over(state, &path).map_err(|error| fault(&error))?;
    File::open(state).and_then(|folder| folder.sync_all()).map_err(|error| fault(&error))?;
    Ok(is_kept)
}

/// Gives what root has put into a folder to the folder's owner, who is to write it.
#[cfg(unix)]
fn hand_over(folder: &Path, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let (owner, own) = (fs::metadata(folder)?, fs::metadata(path)?);
    if owner.uid() == own.uid() { Ok(()) } else { chown(path, Some(owner.uid()), Some(owner.gid())) }
}

/// Where files have no such owner there is nothing to give.
#[cfg(not(unix))]
fn hand_over(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// What holds for every connection to the ledger.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    keep_promises(connection)
}

/// What is committed is on the disk, and holds together.
fn keep_promises(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Each commit goes on into the file itself: whoever loses the write-ahead log after a crash loses nothing by it.
    connection.pragma_update(None, "wal_autocheckpoint", 1)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    connection.pragma_update(None, "cell_size_check", "ON")
}

/// Makes the state folder, for its owner alone.
fn make_folder(state: &Path) -> Result<()> {
    make_private_folder(state).map_err(|error| unusable(state, &error))
}

/// Makes a folder, for its owner alone.
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// A file for its owner alone.
pub(super) fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

/// Takes a ledger that others may read back from them; if it is not ours to take, so be it.
fn keep_private(path: &Path, metadata: &fs::Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if metadata.permissions().mode() & 0o077 != 0 {
            let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
        }
    }
}

/// A ledger that once was.
fn lost(path: &Path, marker: &Path) -> Failure {
    Failure::new(
        Exit::Io,
        Diagnostic::error("ledger-missing", "the ledger is gone; without it everything would be sent again")
            .at(Place::file(path))
            .help(format!(
                "restore it from a backup (farol ledger restore); to begin anew on purpose, delete `{}`",
                marker.display()
            )),
    )
}

/// A ledger that cannot be believed.
pub(super) fn damaged(path: &Path, what: &str) -> Failure {
    Failure::new(
        Exit::Io,
        Diagnostic::error("ledger-damaged", what)
            .at(Place::file(path))
            .help("restore it from a backup (farol ledger restore); a new one would send everything again"),
    )
}

/// A ledger of a newer program.
fn newer(path: &Path, version: i64) -> Failure {
    let ours = schema::version();
    Failure::new(
        Exit::Io,
        Diagnostic::error("ledger-newer", format!("the ledger has version {version}, this farol knows {ours}"))
            .at(Place::file(path))
            .help("use the newer farol that wrote it"),
    )
}

/// A copy that cannot be read.
fn unreadable(copy: &Path, error: &io::Error) -> Failure {
    let exit = if error.kind() == io::ErrorKind::PermissionDenied { Exit::Permission } else { Exit::InputMissing };
    let fault = Diagnostic::error("backup-unreadable", format!("the copy cannot be read: {error}"));
    Failure::new(exit, fault.at(Place::file(copy)).help("name a file that farol ledger backup has written"))
}

/// A file or folder that cannot be used.
pub(super) fn unusable(path: &Path, error: &io::Error) -> Failure {
    let exit = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Exit::Permission,
        _ => Exit::Io,
    };
    Failure::new(
        exit,
        Diagnostic::error("state-unusable", format!("the state folder cannot be used: {error}"))
            .at(Place::file(path))
            .help("give `state:` a folder on a local disk that farol may write"),
    )
}

/// A copy that cannot be written.
fn unwritable(target: &Path, error: &io::Error) -> Failure {
    let exit = match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Exit::Permission,
        _ => Exit::Io,
    };
    let fault = Diagnostic::error("ledger-copy", format!("a copy of the ledger cannot be written: {error}"));
    Failure::new(
        exit,
        fault.at(Place::file(target)).help("name a file in a folder that farol may write, with room for it"),
    )
}

/// Whether a database's header gives a version of the format for writing that `SQLite` does not know yet, by which it calls the file
/// read-only (<https://sqlite.org/fileformat2.html>, 1.3.3: 1 or 2, in the 19th byte).
fn is_of_the_future(path: &Path) -> bool {
    let mut header = [0; 19];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok_and(|()| header[18] > 2)
}

fn extended_code(error: &rusqlite::Error) -> Option<std::ffi::c_int> {
    error.sqlite_error().map(|error| error.extended_code)
}

/// What `SQLite` says, as what it means to the user.
pub(super) fn storage(path: &Path, error: &rusqlite::Error) -> Failure {
    use rusqlite::Error as Sql;
    if let Sql::FromSqlConversionFailure(..)
    | Sql::IntegralValueOutOfRange(..)
    | Sql::InvalidColumnType(..)
    | Sql::Utf8Error(..) = error
    {
        return damaged(path, &format!("the ledger is damaged: {error}"));
    }
    let (exit, code, help) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            return damaged(path, &format!("the ledger is damaged: {error}"));
        }
        Some(ErrorCode::ReadOnly) if is_of_the_future(path) => {
            return damaged(path, "the ledger is damaged: its header says that only a later SQLite may write it");
        }
        Some(ErrorCode::DiskFull) => (Exit::Io, "ledger-disk-full", "make room on the disk and run again"),
        // No room for the index of the write-ahead log, which SQLite calls a fault of the disk.
        Some(ErrorCode::SystemIoFailure) if extended_code(error) == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => {
            (Exit::Io, "ledger-disk-full", "make room on the disk and run again")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (Exit::TryAgain, "ledger-busy", "another process writes to it; run again when it has ended")
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => (
            Exit::Permission,
            "ledger-permission",
            "let farol write the ledger and its folder: they must be its own, and not on a file system that is mounted read-only",
        ),
        Some(ErrorCode::ConstraintViolation) => {
            (Exit::Internal, "ledger-contradiction", "nothing was recorded; report this as a bug")
        }
        _ => (Exit::Io, "ledger-io", "see whether the disk has room and is sound; nothing was recorded"),
    };
    Failure::new(
        exit,
        Diagnostic::error(code, format!("the ledger could not be used: {error}")).at(Place::file(path)).help(help),
    )
}
