//! Delivery without a server: a maildir, one file per message, that every mail reader opens (`mutt -f out/maildir`).
//!
//! All recipients share the folder; the `To` header tells them apart.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::address::Envelope;
use super::transport::{Outcome, Transport};
use crate::diagnostic::{Diagnostic, Place};
use crate::digest::sha256;
use crate::error::{Exit, Failure, Result};

/// A maildir.
#[derive(Clone, Debug)]
pub struct Maildir {
    folder: PathBuf,
}

impl Maildir {
    /// A maildir at a folder, which is made when the first message arrives.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_path_buf() }
    }

    /// Makes `cur`, `new` and `tmp`, readable by their owner alone.
    fn prepare(&self) -> io::Result<()> {
        for part in ["cur", "new", "tmp"] {
            private_folders().create(self.folder.join(part))?;
        }
        Ok(())
    }

    /// Whether a message of this name is there, read or not: readers move it to `cur` and append flags after a `:`.
    fn holds(&self, name: &str) -> io::Result<bool> {
        if self.folder.join("new").join(name).try_exists()? {
            return Ok(true);
        }
        for entry in fs::read_dir(self.folder.join("cur"))? {
            let found = entry?.file_name();
            let found = found.to_string_lossy();
            if found.split(':').next() == Some(name) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes the message where no reader looks, whole and on disk.
    fn stage(&self, name: &str, message: &[u8]) -> io::Result<PathBuf> {
        self.prepare()?;
        let staged = self.folder.join("tmp").join(name);
        // What an attempt that was cut off has left, or somebody else has put there, is not written through.
        match fs::remove_file(&staged) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = private_file().create_new(true).write(true).open(&staged)?;
        file.write_all(&unix_lines(message))?;
        file.sync_all()?;
        Ok(staged)
    }

    /// Moves a staged message to where readers look.
    fn publish(&self, staged: &Path, name: &str) -> io::Result<()> {
        let new = self.folder.join("new");
        fs::rename(staged, new.join(name))?;
        File::open(new)?.sync_all()
    }
}

impl Transport for Maildir {
    fn deliver(
        &mut self,
        _envelope: &Envelope,
        message: &[u8],
        intent: &mut dyn FnMut() -> Result<()>,
    ) -> Result<Outcome> {
        // The name is the content's digest: an attempt that is repeated after a crash finds its own file, never makes a second.
        let name = format!("{}.farol", sha256(message));
        let unreachable = |error: &io::Error| {
            Outcome::Unreachable(format!("the maildir `{}` cannot be written: {error}", self.folder.display()))
        };
        let staged = match self.stage(&name, message) {
            Ok(staged) => staged,
            Err(error) => return Ok(unreachable(&error)),
        };
        intent()?;
        let published = match self.holds(&name) {
            Ok(true) => fs::remove_file(&staged),
            Ok(false) => self.publish(&staged, &name),
            Err(error) => Err(error),
        };
        Ok(match published {
            Ok(()) => Outcome::Sent(format!("new/{name}")),
            // The name decides: a rename that failed left nothing, one that succeeded left the file.
            Err(error) => match self.holds(&name) {
                Ok(false) => unreachable(&error),
                Ok(true) | Err(_) => Outcome::Unknown(format!("the maildir may not have it on disk: {error}")),
            },
        })
    }

    fn probe(&mut self) -> Result<()> {
        self.prepare().map_err(|error| {
            let exit = match error.kind() {
                io::ErrorKind::PermissionDenied => Exit::Permission,
                _ => Exit::Io,
            };
            Failure::new(
                exit,
                Diagnostic::error("maildir-unwritable", format!("the maildir cannot be made: {error}"))
                    .at(Place::file(&self.folder))
                    .help("give delivery.transport.maildir a folder that farol may write"),
            )
        })
    }
}

/// Mail travels with CRLF and is stored with LF, as delivery agents do.
fn unix_lines(message: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(message.len());
    for (at, byte) in message.iter().enumerate() {
        if *byte != b'\r' || message.get(at + 1) != Some(&b'\n') {
            lines.push(*byte);
        }
    }
    lines
}

/// A builder of folders that only their owner may enter.
fn private_folders() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Options for a file that only its owner may read.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path, part: &str) -> Vec<PathBuf> {
        fs::read_dir(folder.join(part)).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn envelope() -> Envelope {
        Envelope::new("farol@aurora.example", "ana@aurora.example").unwrap()
    }

    #[test]
    fn a_message_arrives_once_with_the_line_ends_of_files() {
        let folder = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::new(folder.path().join("out/maildir"));
        let mut intents = 0;
        for _ in 0..2 {
            let outcome = maildir.deliver(&envelope(), b"A: b\r\n\r\nc\rd\r\n", &mut || {
                intents += 1;
                Ok(())
            });
            assert!(matches!(outcome.unwrap(), Outcome::Sent(_)));
        }
        let new = files(&maildir.folder, "new");
        assert_eq!((new.len(), intents), (1, 2));
        assert_eq!(fs::read(&new[0]).unwrap(), b"A: b\n\nc\rd\n");
        assert!(files(&maildir.folder, "tmp").is_empty());
    }

    #[test]
    fn a_message_that_was_read_meanwhile_is_not_delivered_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::new(folder.path());
        let mut send = || maildir.deliver(&envelope(), b"x\r\n", &mut || Ok(())).unwrap();
        send();
        let new = files(folder.path(), "new").remove(0);
        let name = new.file_name().unwrap().to_str().unwrap().to_owned();
        fs::rename(&new, folder.path().join("cur").join(format!("{name}:2,S"))).unwrap();
        assert!(matches!(send(), Outcome::Sent(_)));
        assert!(files(folder.path(), "new").is_empty());
    }

    #[test]
    fn nothing_arrives_if_the_intent_cannot_be_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let mut maildir = Maildir::new(folder.path());
        let full = || Err(Failure::new(Exit::Io, Diagnostic::error("ledger-disk-full", "full")));
        assert_eq!(maildir.deliver(&envelope(), b"x\r\n", &mut { full }).unwrap_err().exit, Exit::Io);
        assert!(files(folder.path(), "new").is_empty());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_unreachable_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "in the way").unwrap();
        let mut maildir = Maildir::new(folder.path().join("file/maildir"));
        let outcome = maildir.deliver(&envelope(), b"x\r\n", &mut || Ok(())).unwrap();
        assert!(matches!(outcome, Outcome::Unreachable(_)), "{outcome}");
        assert!(maildir.probe().is_err());
    }
}
