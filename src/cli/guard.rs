//! Whether a command that sends and ends may believe the clock: it is held against how long the machine has been up since the last one,
//! as a daemon holds it from look to look. A clock that is days ahead would end mail that waits, and make reports of the future.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;

use crate::cli::World;
use crate::config::Config;
use crate::daemon::{CLOCK_SLACK_MINUTES, DOUBT_MINUTES};
use crate::diagnostic::Diagnostic;
use crate::error::{Exit, Failure, Result};
use crate::pipeline::write_whole;

/// What the last command saw, beside the ledger.
const FILE: &str = "farol.clock";

/// Where Linux tells for how long it has been up, its sleep included.
const UPTIME: &str = "/proc/uptime";

/// Names another file that tells it.
const UPTIME_VARIABLE: &str = "FAROL_UPTIME";

/// Where Linux tells one start of the machine from another.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// One part in so many of what passes between two commands may be the clock's being set right, little by little.
const DRIFT: i64 = 100;

/// The file that tells for how long the machine has been up.
pub(super) fn uptime_file(world: &World) -> PathBuf {
    (world.environment)(UPTIME_VARIABLE).map_or_else(|| UPTIME.into(), PathBuf::from)
}

/// For how long the machine has been up, its sleep included; `None` where it does not tell.
pub(super) fn since_boot(uptime: &Path) -> Option<Duration> {
    let text = fs::read_to_string(uptime).ok()?;
    Duration::try_from_secs_f64(text.split_whitespace().next()?.parse().ok()?).ok()
}

/// A look at the clock, all in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    /// The machine's start.
    boot: String,
    /// For how long it has been up.
    up: i64,
    /// What the clock shows.
    at: i64,
    /// For how long the machine had been up when the clock was first doubted.
    doubted: Option<i64>,
}

impl Look {
    fn now(world: &World) -> Option<Self> {
        let boot = fs::read_to_string(BOOT).ok()?.trim().to_owned();
        let up = i64::try_from(since_boot(&uptime_file(world))?.as_secs()).ok()?;
        Some(Self { boot, up, at: (world.clock)().utc().timestamp(), doubted: None })
    }

    fn read(state: &Path) -> Option<Self> {
        let text = fs::read_to_string(state.join(FILE)).ok()?;
        let mut words = text.split_whitespace();
        let boot = words.next()?.to_owned();
        let mut number = || words.next()?.parse().ok();
        Some(Self { boot, up: number()?, at: number()?, doubted: number() })
    }

    /// By how much this look's clock is ahead of what has passed since an earlier one, if that is too much.
    fn is_ahead_of(&self, earlier: &Self) -> Option<i64> {
        let passed = self.up - earlier.up;
        let ahead = self.at - earlier.at - passed;
        let is_same_start = self.boot == earlier.boot && passed >= 0;
        (is_same_start && ahead > CLOCK_SLACK_MINUTES * 60 + passed / DRIFT).then_some(ahead)
    }
}

/// Looks at the clock before something is sent; `None` where the machine does not tell enough. A trial reaches no reader: whoever makes
/// one says that the clock is right.
///
/// # Errors
/// [`Exit::TryAgain`] for a clock that has gone ahead, unless it has done so for an hour.
pub(super) fn look(config: &Config, world: &World, is_trial: bool) -> Result<Option<Look>> {
    let Some(look) = Look::now(world) else { return Ok(None) };
    let Some(earlier) = Look::read(&config.state).filter(|_| !is_trial) else { return Ok(Some(look)) };
    let Some(ahead) = look.is_ahead_of(&earlier) else { return Ok(Some(look)) };
    let since = earlier.doubted.unwrap_or(look.up);
    if look.up - since >= DOUBT_MINUTES * 60 {
        return Ok(Some(look));
    }
    leave(Some(&Look { doubted: Some(since), ..earlier }), &config.state);
    let local = |at: i64| {
        let at = DateTime::from_timestamp(at, 0).unwrap_or_default();
        config.company.calendar.local(at.into()).unwrap_or_default().format("%Y-%m-%d %H:%M").to_string()
    };
    let what = format!(
        "the clock shows {}, and by how long this machine has been up it should be {}; nothing is sent by such a clock",
        local(look.at),
        local(look.at - ahead)
    );
    let help = "set the machine's clock; if it is right, a trial says so: farol run --send --to YOU; or wait an hour, after which it is believed";
    Err(Failure::new(Exit::TryAgain, Diagnostic::error("clock-went-ahead", what).help(help)))
}

/// Leaves a look for the next command, which cannot tell without it; where there is no folder, nothing was sent.
pub(super) fn leave(look: Option<&Look>, state: &Path) {
    if let Some(Look { boot, up, at, doubted }) = look.filter(|_| state.is_dir()) {
        let doubted = doubted.map_or(String::new(), |doubted| format!(" {doubted}"));
        let _ = write_whole(&state.join(FILE), format!("{boot} {up} {at}{doubted}\n").as_bytes());
    }
}

/// Believes the clock of now: a daemon does, which looks at it by itself.
pub(super) fn believe(state: &Path) {
    // Nothing there, as a rule.
    let _ = fs::remove_file(state.join(FILE));
}
