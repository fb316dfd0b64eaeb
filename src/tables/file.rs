//! Files: found, opened once, recognised by their first bytes, and hashed.
//!
//! Each file is opened once and its bytes are read once. A CSV text is read into memory, because it is looked at three
//! times (hash, structure, cells) and polars takes the same buffer. A Parquet file stays on disk: its handle is kept, the
//! footer is read from it at opening, the hash is streamed from it, and polars maps that same handle, so that gigabytes
//! cost no memory of their own. Beyond [`MOST_HANDLES`] files a handle is closed and opened again, for want of descriptors.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use polars::prelude::{DataType, ParquetReader, Schema, SchemaExt, SerReader};
use sha2::{Digest, Sha256};

use crate::diagnostic::{Diagnostic, Place};
use crate::digest::hexadecimal;
use crate::error::Exit;
use crate::tables::unit::{RowGroup, row_groups};

/// Handles that one table may hold open at a time; systems commonly allow 1024 to a process.
pub(crate) const MOST_HANDLES: usize = 128;

/// A fault and how it ends the run.
pub(crate) type Fault = (Exit, Diagnostic);

/// A Parquet file, its footer understood.
#[derive(Debug)]
pub(crate) struct ParquetFile {
    /// The open file, if it is one of the first [`MOST_HANDLES`].
    pub(crate) handle: Option<File>,
    /// Rows, as the footer says.
    pub(crate) rows: u64,
    /// Its length and time of change when its footer was read.
    pub(crate) stamp: FileStamp,
    /// Columns and their types.
    pub(crate) columns: Vec<(String, DataType)>,
    /// Its row groups, in their order.
    pub(crate) groups: Vec<RowGroup>,
}

/// A file's length and time of change: two reads of one file must see the same.
pub(crate) type FileStamp = (u64, Option<std::time::SystemTime>);

/// The stamp of an open file.
pub(crate) fn stamp(file: &File) -> std::io::Result<FileStamp> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

/// What a file is.
#[derive(Debug)]
pub(crate) enum Content {
    /// Bytes of a text.
    Text(Vec<u8>),
    /// A Parquet file.
    Parquet(ParquetFile),
}

/// Every file of a list of paths and globs: distinct, each path's matches in their order.
pub(crate) fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Vec<Fault>> {
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for path in paths {
        let pattern = path.to_string_lossy();
        let is_pattern = pattern.contains(['*', '?', '[']) && !path.exists();
        let matches = if is_pattern { matches(&pattern, path) } else { Ok(vec![path.clone()]) };
        match matches {
            Ok(matches) => found.extend(matches),
            Err(fault) => faults.push(fault),
        }
    }
    // A file that two patterns match is one file, not twice the rows.
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.clone()));
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// The files of a glob, sorted.
fn matches(pattern: &str, path: &Path) -> Result<Vec<PathBuf>, Fault> {
    let none = |message: String| {
        let help = "look at `path:`; a glob is relative to the folder of the configuration";
        (Exit::InputMissing, Diagnostic::error("no-such-file", message).at(Place::file(path)).help(help))
    };
    let paths = glob::glob(pattern).map_err(|error| none(format!("this is no glob: {error}")))?;
    let mut files: Vec<PathBuf> = paths.filter_map(Result::ok).filter(|path| path.is_file()).collect();
    files.sort();
    if files.is_empty() { Err(none("no file matches".to_owned())) } else { Ok(files) }
}

/// Opens a file, says what it is, and for Parquet reads its footer.
pub(crate) fn open(path: &Path, keep_handle: bool) -> Result<Content, Fault> {
    let mut file = regular(path)?;
    let mut magic = [0_u8; 6];
    let length = fill(&mut file, &mut magic).map_err(|error| unreadable(path, &error))?;
    let magic = magic.get(..length).unwrap_or(&[]);
    let is_named_parquet = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("parquet"));
    if magic.starts_with(b"PAR1") || is_named_parquet {
        if !magic.starts_with(b"PAR1") {
            return Err(not_parquet(path, "it does not begin as one"));
        }
        return parquet(path, file, keep_handle).map(Content::Parquet);
    }
    if let Some(what) = other_format(magic) {
        let help = "export the table as CSV or Parquet";
        let message = format!("this is {what}, neither CSV nor Parquet");
        return Err((Exit::DataRefused, Diagnostic::error("not-a-table", message).at(Place::file(path)).help(help)));
    }
    let mut bytes = magic.to_vec();
    file.read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    Ok(Content::Text(bytes))
}

/// Opens a regular file; pipes and devices could be read only once, or for ever.
pub(crate) fn regular(path: &Path) -> Result<File, Fault> {
    let kind = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !kind.is_file() {
        let what = if kind.is_dir() { "a folder" } else { "no regular file" };
        let fault = Diagnostic::error("not-a-file", format!("this is {what}")).at(Place::file(path));
        return Err((Exit::DataRefused, fault.help("name a file, or a glob such as `folder/*.parquet`")));
    }
    File::open(path).map_err(|error| unreadable(path, &error))
}

/// Formats that people take for CSV, by their first bytes.
fn other_format(magic: &[u8]) -> Option<&'static str> {
    match magic {
        [b'P', b'K', 3 | 5, ..] => Some("a zip archive or an Excel workbook"),
        [0x1f, 0x8b, ..] => Some("gzip-compressed"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd-compressed"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some("an old Excel workbook"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF document"),
        [b'A', b'R', b'R', b'O', b'W', ..] => Some("an Arrow file"),
        _ => None,
    }
}

/// Reads the footer.
fn parquet(path: &Path, file: File, keep_handle: bool) -> Result<ParquetFile, Fault> {
    let stamp = stamp(&file).map_err(|error| unreadable(path, &error))?;
    let length = stamp.0;
    let clone = file.try_clone().map_err(|error| unreadable(path, &error))?;
    let footer = catch_unwind(AssertUnwindSafe(|| {
        let mut reader = ParquetReader::new(clone);
        let rows = reader.num_rows()?;
        let schema = reader.schema()?;
        let groups: Vec<RowGroup> = row_groups(reader.get_metadata()?);
        polars::error::PolarsResult::Ok((rows, schema, groups))
    }));
    let (rows, schema, groups) = match footer {
        Ok(Ok(footer)) => footer,
        Ok(Err(error)) => {
            return Err(not_parquet(path, &format!("of {length} bytes: {}", one_line(&error.to_string()))));
        }
        Err(_) => return Err(not_parquet(path, "its footer cannot be understood")),
    };
    let schema = catch_unwind(AssertUnwindSafe(|| Schema::from_arrow_schema(schema.as_ref())))
        .map_err(|_| not_parquet(path, "it has a column of a type that is not read"))?;
    let columns = schema.iter().map(|(name, kind)| (name.to_string(), kind.clone())).collect();
    Ok(ParquetFile { handle: keep_handle.then_some(file), rows: rows as u64, stamp, columns, groups })
}

/// Bytes of a file that are read at a time.
const BUFFER: usize = 1 << 19;

/// sha256 of a file's bytes, hexadecimal, and how many there are. `seen` gets the bytes too, piece by piece, while another
/// thread makes the digest: they come from the disk once. The handle is left at its start.
pub(crate) fn hash_file(file: &mut File, seen: &mut dyn FnMut(&[u8])) -> std::io::Result<(String, u64)> {
    file.seek(SeekFrom::Start(0))?;
    let (send, receive) = sync_channel::<Arc<Vec<u8>>>(4);
    std::thread::scope(|scope| {
        let digest = scope.spawn(move || {
            receive.iter().fold(Sha256::new(), |digest, bytes| digest.chain_update(bytes.as_slice())).finalize()
        });
        let mut length = 0;
        loop {
            let mut buffer = vec![0_u8; BUFFER];
            let read = fill(file, &mut buffer)?;
            buffer.truncate(read);
            length += read as u64;
            let buffer = Arc::new(buffer);
            // The other side goes on until this one ends.
            let _ = send.send(Arc::clone(&buffer));
            seen(&buffer);
            if read < BUFFER {
                break;
            }
        }
        drop(send);
        file.seek(SeekFrom::Start(0))?;
        let digest = digest.join().map_err(|_| std::io::Error::other("its digest could not be made"))?;
        Ok((hexadecimal(&digest), length))
    })
}

/// Reads until the buffer is full or the file ends.
fn fill(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The fault of a file that the system does not hand out.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    let (exit, code, message, help) = match error.kind() {
        std::io::ErrorKind::NotFound => (
            Exit::InputMissing,
            "no-such-file",
            "there is no such file".to_owned(),
            "look at `path:`; it is relative to the folder of the configuration",
        ),
        std::io::ErrorKind::PermissionDenied => (
            Exit::Permission,
            "not-permitted",
            "this file may not be read".to_owned(),
            "let the user that runs farol read it",
        ),
        _ => (Exit::DataRefused, "unreadable-file", format!("this file cannot be read: {error}"), "look at the disk"),
    };
    (exit, Diagnostic::error(code, message).at(Place::file(path)).help(help))
}

/// The fault of a Parquet file that is broken.
pub(crate) fn not_parquet(path: &Path, why: &str) -> Fault {
    let fault =
        Diagnostic::error("broken-parquet", format!("this is no whole Parquet file: {why}")).at(Place::file(path));
    (Exit::DataRefused, fault.help("it was cut off or damaged on its way: export or copy it again"))
}

/// The fault of a file that was written to while it was read.
pub(crate) fn changed(path: &Path) -> Fault {
    let fault = Diagnostic::error("file-changed", "this file changed while it was read").at(Place::file(path));
    (Exit::DataRefused, fault.help("write exports under another name and rename them when they are whole"))
}

/// A library's message on one line.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}
