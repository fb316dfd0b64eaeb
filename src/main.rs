//! The `farol` command: hands the outside world to the library and ends with the code it gives back.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use farol::calendar::Moment;
use farol::cli::{World, main as command};

#[expect(clippy::disallowed_methods, reason = "here, and only here, the clock and the environment are read")]
fn main() -> ExitCode {
    // Unhandled, a file that grows over a limit (`ulimit -f`) ends the process; handled, the write fails and is told.
    let is_over_limit = Arc::new(AtomicBool::new(false));
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, is_over_limit);
    let world = World {
        now: Moment(chrono::Utc::now().timestamp_micros()),
        clock: Arc::new(|| Moment(chrono::Utc::now().timestamp_micros())),
        environment: Box::new(|name| std::env::var(name).ok()),
        is_terminal: std::io::stderr().is_terminal(),
        program: std::env::current_exe().ok(),
    };
    ExitCode::from(command(std::env::args_os(), &world))
}
