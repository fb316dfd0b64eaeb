//! A slot as a process of its own, and the signals that the daemon obeys.
//!
//! A panic, a hang or a lack of memory of one report never takes the daemon down.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::{Launcher, SlotKey};

/// Starts `farol run --report R --period P --send` for each slot.
#[derive(Clone, Debug)]
pub struct Child {
    /// The program, as a rule this one.
    pub program: PathBuf,
    /// Arguments that stand before `run`: `--config`, `--out`, `--state`.
    pub arguments: Vec<OsString>,
}

impl Launcher for Child {
    fn launch(&mut self, key: &SlotKey) -> io::Result<u8> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        command.args(["run", "--report", &key.report, "--period", &key.period, "--send"]);
        // A group of its own: Ctrl-C at the terminal ends the daemon, which waits for the child to finish.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let status = command.status()?;
        // Ended by a signal: killed for lack of memory, most likely, and as good as a bug.
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(crate::error::Exit::Internal as u8))
    }
}

/// Flags that signals set.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// SIGTERM or SIGINT came: finish the running child, then end.
    pub stop: Arc<AtomicBool>,
    /// SIGHUP came: read the configuration again.
    pub reload: Arc<AtomicBool>,
}

impl Signals {
    /// Listens from now on, for the rest of the process.
    ///
    /// # Errors
    /// The operating system refuses.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let signals = Self::default();
        signal_hook::flag::register(SIGTERM, Arc::clone(&signals.stop))?;
        signal_hook::flag::register(SIGINT, Arc::clone(&signals.stop))?;
        signal_hook::flag::register(SIGHUP, Arc::clone(&signals.reload))?;
        Ok(signals)
    }

    /// Where there are no such signals the flags stay down.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn listen() -> io::Result<Self> {
        Ok(Self::default())
    }
}
