//! Bytes that a later run may want again, each in a file of its own under the digest of what they were made from.
//!
//! Knows nothing of what it keeps, and is never needed: a file that is damaged, cut off or another's is as good as none
//! and is removed, and so is what nobody has asked for in a long time. For whoever holds the run's lock.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::digest::{Key, digest, hexadecimal};

/// What every file begins with, and ends its key with: a file of another form is another's.
const MAGIC: &[u8; 16] = b"farol cache 2\n\0\0";
/// Bytes before and after what is kept: magic and key, and the digest of all before it.
const BEFORE: usize = 16 + 32;
const AFTER: usize = 32;
/// What is being written bears this before its name.
const WRITING: &str = ".writing-";
/// What nobody asked for this long is removed: a report by the quarter asks every quarter.
const LONGEST_UNUSED: Duration = Duration::from_hours(4800);
/// The greatest that everything may get; beyond it what was asked for longest ago goes first.
const MOST_BYTES: u64 = 4 << 30;
/// A file's time is that of its last use, to within a day: most runs need not write it anew.
const DAY: Duration = Duration::from_hours(24);

/// A folder of kept bytes.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    now: SystemTime,
    /// Name → length and last use, of every file that is there.
    files: BTreeMap<String, Kept>,
    /// What this run has put here.
    new: Vec<String>,
    /// Why something could not be kept; from then on nothing is.
    trouble: Option<String>,
}

#[derive(Clone, Copy, Debug)]
struct Kept {
    bytes: u64,
    used: SystemTime,
}

impl Cache {
    /// The cache in a folder, which need not be there yet. What a killed run left half-written is cleared away.
    pub fn open(folder: &Path, now: SystemTime) -> Self {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with(WRITING) {
                let _ = fs::remove_file(entry.path());
            } else if let Ok(metadata) = entry.metadata()
                && metadata.is_file()
            {
                let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                files.insert(name, Kept { bytes: metadata.len(), used });
            }
        }
        Self { folder: folder.to_path_buf(), now, files, new: Vec::new(), trouble: None }
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// What was kept under a key, if it is there and whole.
    pub fn get(&mut self, key: &Key) -> Option<Vec<u8>> {
        let name = hexadecimal(key);
        let kept = *self.files.get(&name)?;
        let path = self.folder.join(&name);
        let Some((payload, file)) = whole(&path, key) else {
            self.remove(&name);
            return None;
        };
        if self.now.duration_since(kept.used).is_ok_and(|unused| unused > DAY) {
            let _ = file.set_modified(self.now);
        }
        self.files.insert(name, Kept { used: self.now, ..kept });
        Some(payload)
    }

    /// Keeps bytes under a key. Where one thing cannot be written nothing more is, and what this run has written is
    /// removed: a disk that is full is needed for more than this.
    pub fn put(&mut self, key: &Key, payload: &[u8]) {
        if self.trouble.is_some() {
            return;
        }
        let name = hexadecimal(key);
        match self.write(&name, key, payload) {
            Ok(bytes) => {
                self.files.insert(name.clone(), Kept { bytes, used: self.now });
                self.new.push(name);
            }
            Err(error) => {
                self.trouble = Some(error.to_string());
                for name in std::mem::take(&mut self.new) {
                    self.remove(&name);
                }
            }
        }
    }

    /// Removes what is old or too much; returns why something could not be kept, if so.
    pub fn close(mut self) -> Option<String> {
        let mut by_use: Vec<(SystemTime, String, u64)> =
            self.files.iter().map(|(name, kept)| (kept.used, name.clone(), kept.bytes)).collect();
        by_use.sort();
        let mut total: u64 = by_use.iter().map(|(.., bytes)| bytes).sum();
        for (used, name, bytes) in by_use {
            let is_old = self.now.duration_since(used).is_ok_and(|unused| unused > LONGEST_UNUSED);
            if is_old || total > MOST_BYTES {
                total -= bytes;
                self.remove(&name);
            }
        }
        self.trouble
    }

    fn remove(&mut self, name: &str) {
        self.files.remove(name);
        let _ = fs::remove_file(self.folder.join(name));
    }

    /// Writes a file under another name first. It is not waited for until it is on the disk: what a loss of power leaves
    /// of it, its digest tells.
    fn write(&self, name: &str, key: &Key, payload: &[u8]) -> std::io::Result<u64> {
        if self.files.is_empty() {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&self.folder)?;
        }
        let mut bytes = Vec::with_capacity(BEFORE + payload.len() + AFTER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(key);
        bytes.extend_from_slice(payload);
        bytes.extend_from_slice(&digest(&[&bytes]));
        // Such files are the user's alone (0600).
        let mut file = tempfile::Builder::new().prefix(WRITING).tempfile_in(&self.folder)?;
        file.write_all(&bytes)?;
        file.as_file().set_modified(self.now)?;
        file.persist(self.folder.join(name)).map_err(|error| error.error)?;
        Ok(bytes.len() as u64)
    }
}

/// What a file keeps, if it is whole and of this key.
fn whole(path: &Path, key: &Key) -> Option<(Vec<u8>, fs::File)> {
    let mut file = fs::File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let end = bytes.len().checked_sub(AFTER).filter(|end| *end >= BEFORE)?;
    let (before, after) = bytes.split_at(end);
    if !before.starts_with(MAGIC) || before.get(MAGIC.len()..BEFORE)? != key || digest(&[before]) != after {
        return None;
    }
    bytes.truncate(end);
    bytes.drain(..BEFORE);
    Some((bytes, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon(day: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(20_000 * 86_400 + day * 86_400)
    }

    fn names(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_was_kept_comes_back_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/cache");
        let (one, two) = (digest(&[b"one"]), digest(&[b"two"]));
        let mut cache = Cache::open(&folder, noon(0));
        assert!(cache.is_empty());
        cache.put(&one, b"first");
        cache.put(&two, b"");
        assert_eq!(cache.close(), None);
        let mut again = Cache::open(&folder, noon(0));
        assert_eq!((again.get(&one), again.get(&two)), (Some(b"first".to_vec()), Some(Vec::new())));
        assert_eq!(again.get(&digest(&[b"three"])), None);
        assert_eq!(names(&folder), 2);
    }

    /// Each byte turned, each length cut, another file under its name: none is believed, and all are removed.
    #[test]
    fn a_file_that_is_not_whole_is_removed() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("cache");
        let (key, other) = (digest(&[b"key"]), digest(&[b"other"]));
        let path = folder.join(hexadecimal(&key));
        let mut cache = Cache::open(&folder, noon(0));
        cache.put(&other, b"payload");
        let foreign = fs::read(folder.join(hexadecimal(&other))).unwrap();
        cache.put(&key, b"payload");
        let good = fs::read(&path).unwrap();
        assert_eq!(good.len(), 48 + 7 + 32);
        let turned = (0..good.len()).map(|at| {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            bytes
        });
        let cut = (0..good.len()).map(|length| good[..length].to_vec());
        for bytes in turned.chain(cut).chain([foreign, [&good[..], b"x"].concat()]) {
            fs::write(&path, &bytes).unwrap();
            let mut cache = Cache::open(&folder, noon(0));
            assert_eq!(cache.get(&key), None);
            assert!(!path.exists());
        }
    }

    /// Half-written files of a killed run; files that were last used 201 days ago.
    #[test]
    fn what_is_half_written_or_old_is_cleared_away() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path();
        let (old, used) = (digest(&[b"old"]), digest(&[b"used"]));
        let mut cache = Cache::open(folder, noon(0));
        cache.put(&old, b"o");
        cache.put(&used, b"u");
        fs::write(folder.join(".writing-abc"), b"half").unwrap();
        let mut cache = Cache::open(folder, noon(2));
        assert_eq!(names(folder), 2);
        assert!(cache.get(&used).is_some());
        let mut cache = Cache::open(folder, noon(201));
        assert!(cache.files.len() == 2 && cache.get(&used).is_some());
        cache.close();
        let mut cache = Cache::open(folder, noon(201));
        assert_eq!((cache.get(&old), names(folder)), (None, 1));
    }

    #[cfg(unix)]
    #[test]
    fn it_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("cache");
        let key = digest(&[b"key"]);
        Cache::open(&folder, noon(0)).put(&key, b"payload");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(&folder), mode(&folder.join(hexadecimal(&key)))), (0o700, 0o600));
    }

    /// A file where the folder should be.
    #[test]
    fn what_cannot_be_kept_is_said_and_no_harm() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("cache");
        fs::write(&folder, b"in the way").unwrap();
        let mut cache = Cache::open(&folder, noon(0));
        cache.put(&digest(&[b"key"]), b"payload");
        assert!(cache.get(&digest(&[b"key"])).is_none() && cache.close().is_some());
    }
}
