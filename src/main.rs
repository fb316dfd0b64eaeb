//! The `farol` command: hands the outside world to the library and ends with the code it gives back.

use std::io::IsTerminal;
use std::process::ExitCode;

use farol::calendar::Moment;
use farol::cli::{World, main as command};

#[expect(clippy::disallowed_methods, reason = "here, and only here, the clock and the environment are read")]
fn main() -> ExitCode {
    let world = World {
        now: Moment(chrono::Utc::now().timestamp_micros()),
        clock: Box::new(|| Moment(chrono::Utc::now().timestamp_micros())),
        environment: Box::new(|name| std::env::var(name).ok()),
        is_terminal: std::io::stderr().is_terminal(),
        program: std::env::current_exe().ok(),
    };
    ExitCode::from(command(std::env::args_os(), &world))
}
