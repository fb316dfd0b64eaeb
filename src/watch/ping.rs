//! A call to a monitor outside: that a run starts, and how it ended. Silence is the alarm, so that a call that fails is no
//! fault of the run.

use std::time::Duration;

use crate::config::Config;
use crate::diagnostic::Diagnostic;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A run starts.
    Start,
    /// It went well.
    Success,
    /// It failed, with this exit code.
    Fail(u8),
}

/// No call takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Calls the address that the configuration names, if it names one, as healthchecks.io understands it: the address itself, or
/// `/start` or `/fail` below it. What went wrong never repeats the address.
pub fn ping(config: &Config, call: Call) -> Option<Diagnostic> {
    let address = config.watchers.ping.as_ref()?;
    let (below, body) = match call {
        Call::Start => ("/start", String::new()),
        Call::Success => ("", String::new()),
        Call::Fail(code) => ("/fail", format!("exit code {code}")),
    };
    let address = match address.reveal() {
        Ok(address) => address,
        Err(failure) => return failure.diagnostics.into_iter().next().map(|fault| uncalled(&fault.message)),
    };
    let url = below_path(address, below);
    let settings = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(3);
    let agent: ureq::Agent = settings.build().into();
    let why = match agent.post(&url).send(body.as_bytes()) {
        Ok(_) => return None,
        Err(ureq::Error::StatusCode(code)) => format!("it answered with {code}"),
        Err(ureq::Error::Timeout(_)) => format!("no answer within {} s", PATIENCE.as_secs()),
        Err(ureq::Error::Io(error)) => error.kind().to_string(),
        // Others may say the address.
        Err(_) => "no conversation is possible".to_owned(),
    };
    Some(uncalled(&why))
}

fn uncalled(why: &str) -> Diagnostic {
    let fault = Diagnostic::warning("ping", format!("`ping` could not be called: {why}"));
    fault.help("the run does not depend on it; check the address and the way out")
}

/// An address with something added to its path; what stands after `?` stays behind it.
fn below_path(url: &str, below: &str) -> String {
    match url.split_once('?') {
        Some((path, query)) => format!("{}{below}?{query}", path.trim_end_matches('/')),
        None => format!("{}{below}", url.trim_end_matches('/')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_goes_to_the_path() {
        assert_eq!(below_path("https://hc.example/abc", "/start"), "https://hc.example/abc/start");
        assert_eq!(below_path("https://hc.example/abc/?rid=1", "/fail"), "https://hc.example/abc/fail?rid=1");
        assert_eq!(below_path("https://hc.example/abc", ""), "https://hc.example/abc");
    }
}
