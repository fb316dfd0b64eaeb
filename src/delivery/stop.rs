//! Being told to end (SIGTERM, SIGINT): at once while nothing is on its way, else once the mail that is has come to its end.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the process was told to end. One that listens to nobody is never told.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    told: Arc<AtomicBool>,
    /// Nothing is on its way: the signal ends the process by itself.
    at_once: Arc<AtomicBool>,
}

impl Stop {
    /// Listens from now on, for the rest of the process.
    ///
    /// # Errors
    /// The operating system refuses.
    #[cfg(unix)]
    pub fn listen() -> io::Result<Self> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let stop = Self { told: Arc::default(), at_once: Arc::new(AtomicBool::new(true)) };
        for signal in [SIGTERM, SIGINT] {
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&stop.at_once))?;
            signal_hook::flag::register(signal, Arc::clone(&stop.told))?;
        }
        Ok(stop)
    }

    /// Where there are no such signals nobody is told.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn listen() -> io::Result<Self> {
        Ok(Self::default())
    }

    /// Told by a flag that somebody else keeps up, and never ended by a signal itself.
    pub fn by(told: Arc<AtomicBool>) -> Self {
        Self { told, at_once: Arc::default() }
    }

    /// Whether it was told.
    pub fn is_told(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }

    /// Does something while mail is on its way: the process is then asked to end and not ended.
    pub fn while_busy<T>(&self, work: impl FnOnce() -> T) -> T {
        self.at_once.store(false, Ordering::SeqCst);
        let done = work();
        self.at_once.store(true, Ordering::SeqCst);
        done
    }
}
