//! The daemon's mails to operators, beside its work: a mail server that hangs holds neither the schedule nor the daemon's end.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use crate::calendar::Moment;
use crate::cli::Console;
use crate::cli::book::{News, keep_watch};
use crate::cli::run::warn;
use crate::config::Config;
use crate::delivery::stop::Stop;
use crate::diagnostic::Diagnostic;

/// A thread that tells operators what the ledger says that they have not been told.
pub(super) struct Teller {
    orders: Sender<Config>,
    said: Receiver<Vec<Diagnostic>>,
}

impl Teller {
    /// Begins to listen for orders; once told to stop, it lets the mail that is on its way come to its end, and begins no other.
    pub(super) fn start(clock: Arc<dyn Fn() -> Moment + Send + Sync>, stop: Stop) -> Self {
        let (orders, ordered) = mpsc::channel::<Config>();
        let (say, said) = mpsc::channel();
        std::thread::spawn(move || {
            while let Ok(mut config) = ordered.recv() {
                // Of several orders the last one does what all of them ask for.
                while let Ok(newer) = ordered.try_recv() {
                    config = newer;
                }
                let now = || clock().utc();
                let faults =
                    keep_watch(&config, &News::default(), &now, &stop).unwrap_or_else(|failure| failure.diagnostics);
                if say.send(faults).is_err() {
                    return;
                }
            }
        });
        Self { orders, said }
    }

    /// Has operators be told soon.
    pub(super) fn tell(&self, config: &Config) {
        // Without a thread, which only a panic ends, they are told by the next run.
        let _ = self.orders.send(config.clone());
    }

    /// Says what could not be told, as far as it is known by now.
    pub(super) fn report(&self, console: &Console) {
        self.said.try_iter().for_each(|faults| warn(faults, console));
    }

    /// Lets a mail that is on its way come to its end, for so long; what is cut off after that, the ledger knows.
    pub(super) fn end(self, patience: Duration, console: &Console) {
        let Self { orders, said } = self;
        drop(orders);
        let begun = std::time::Instant::now();
        loop {
            match said.recv_timeout(patience.saturating_sub(begun.elapsed())) {
                Ok(faults) => warn(faults, console),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}
