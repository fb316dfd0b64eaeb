//! A slot as a process of its own, and the signals that the daemon obeys.
//!
//! A panic, a hang or a lack of memory of one report never takes the daemon down.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Launcher, SlotKey};
use crate::error::Exit;

/// How long after the daemon was told to stop a child may go on before it is told, too: a report that is nearly done goes out.
const UNTOLD: Duration = Duration::from_secs(4);

/// How long after the daemon was told to stop a child may go on at all. One that was told needs 15 seconds at most for the mail that
/// is on its way (`delivery/stop.rs`).
const PATIENCE: Duration = Duration::from_secs(20);

/// How often a child is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// Above it stand the codes of processes that a signal has ended, as a shell has them.
const SIGNAL_BASE: u8 = 128;

/// The signal that has ended a child, by the code that stands for it; farol's own codes stand for none.
pub fn signal_of(code: u8) -> Option<u8> {
    code.checked_sub(SIGNAL_BASE).filter(|signal| *signal > 0)
}

/// How a child ended.
pub fn in_words(code: u8) -> String {
    match signal_of(code) {
        Some(signal) => format!("killed by signal {signal}"),
        None => format!("exit code {code}"),
    }
}

/// The code that stands for the end of a process.
fn code_of(status: ExitStatus) -> Option<u8> {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return u8::try_from(signal).ok()?.checked_add(SIGNAL_BASE);
    }
    u8::try_from(status.code()?).ok()
}

/// Tells a child the number of its daemon.
const PARENT_VARIABLE: &str = "FAROL_DAEMON";

/// Has a daemon's child be told to end as soon as the daemon is no more, however that died: nobody waits for what it does, and it
/// would keep the lock from the next one for as long as a mail server hangs.
#[cfg(target_os = "linux")]
pub fn end_with_parent(environment: &dyn Fn(&str) -> Option<String>) {
    use nix::sys::signal::{Signal, raise};
    let Some(parent) = environment(PARENT_VARIABLE).and_then(|id| id.parse::<i32>().ok()) else { return };
    // Where it is refused, the child goes on to its own end.
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGTERM);
    // Before that was asked for, nobody would have said so.
    if nix::unistd::getppid().as_raw() != parent {
        let _ = raise(Signal::SIGTERM);
    }
}

/// Where the system does not tell, a child goes on to its own end.
#[cfg(not(target_os = "linux"))]
pub fn end_with_parent(_: &dyn Fn(&str) -> Option<String>) {}

/// Starts `farol run --report R --period P --send` for each slot, and `farol outbox deliver` for what waits.
#[derive(Clone, Debug)]
pub struct Child {
    /// The program, as a rule this one.
    pub program: PathBuf,
    /// Arguments that stand before `run`: `--config`, `--out`, `--state`.
    pub arguments: Vec<OsString>,
    /// The daemon was told to stop.
    pub stop: Arc<AtomicBool>,
}

impl Launcher for Child {
    fn launch(&mut self, key: &SlotKey) -> io::Result<u8> {
        self.run(&["run", "--report", &key.report, "--period", &key.period, "--send"])
    }

    fn deliver(&mut self) -> io::Result<u8> {
        self.run(&["outbox", "deliver"])
    }
}

impl Child {
    /// Runs a command to its end.
    fn run(&self, arguments: &[&str]) -> io::Result<u8> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).args(arguments).env(PARENT_VARIABLE, std::process::id().to_string());
        // A group of its own: Ctrl-C at the terminal ends the daemon, which gives the child time to finish.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let status = self.wait(command.spawn()?)?;
        let code = code_of(status).unwrap_or(Exit::Internal as u8);
        // Cut short for the daemon's sake: what it did not finish is tried again by the next daemon.
        let is_cut_short = signal_of(code).is_some() && self.stop.load(Ordering::Relaxed);
        Ok(if is_cut_short { Exit::TryAgain as u8 } else { code })
    }

    /// Waits for a child to end. After the daemon was told to stop the child is told to end, and at last killed; the ledger then
    /// knows whether its mail may have left.
    fn wait(&self, mut child: std::process::Child) -> io::Result<ExitStatus> {
        let mut stopped = None;
        let mut told = false;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if self.stop.load(Ordering::Relaxed) {
                let since = stopped.get_or_insert_with(Instant::now).elapsed();
                if since >= PATIENCE {
                    child.kill()?;
                    return child.wait();
                }
                if since >= UNTOLD && !told {
                    tell_to_end(&child)?;
                    told = true;
                }
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// SIGTERM for a child that has not been waited for, whose number is therefore still its own.
#[cfg(unix)]
fn tell_to_end(child: &std::process::Child) -> io::Result<()> {
    use nix::sys::signal::{Signal, kill};
    let id = i32::try_from(child.id()).map_err(io::Error::other)?;
    Ok(kill(nix::unistd::Pid::from_raw(id), Signal::SIGTERM)?)
}

/// Where there is no such signal a child is killed in the end.
#[cfg(not(unix))]
fn tell_to_end(_: &std::process::Child) -> io::Result<()> {
    Ok(())
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
