//! What TLS must be before anything is said under it.

use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use farol::config::Tls;
use farol::delivery::transport::Outcome;

use super::faults::{attempt, server, with_login};
use crate::support::certificates;
use crate::support::fault_server::{Answer, FaultServer, Phase, Protection};

/// What a server heard that must have heard nothing that tells.
fn leaks(fault_server: &FaultServer) -> usize {
    let said: Vec<String> = fault_server.heard().into_iter().flat_map(|heard| heard.commands).collect();
    said.iter().filter(|command| ["AUTH", "MAIL", "RCPT", "DATA"].iter().any(|word| command.starts_with(word))).count()
}

/// `openssl s_server` with nothing newer than TLS 1.0; it prints what it is told.
struct OldServer(Child, u16);

impl OldServer {
    fn start(version: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = certificates::folder();
        let child = Command::new("openssl")
            .args([
                "s_server",
                "-quiet",
                version,
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-accept",
                &format!("127.0.0.1:{port}"),
            ])
            .arg("-cert")
            .arg(folder.join("server.pem"))
            .arg("-key")
            .arg(folder.join("server.key"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It is there when it can be connected to.
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Self(child, port)
    }

    /// Ends it; how many bytes it was told.
    fn end(mut self) -> usize {
        self.0.kill().unwrap();
        let mut told = Vec::new();
        self.0.stdout.take().unwrap().read_to_end(&mut told).unwrap();
        self.0.wait().unwrap();
        told.len()
    }
}

#[test]
fn a_way_that_is_not_safe_ends_before_anything_is_said() {
    let mut cases = 0;
    let mut leaked = 0;
    for tls in [Tls::Starttls, Tls::Implicit] {
        for (name, trusted) in [("other", true), ("server", false), ("expired", true), ("self", true), ("weak", true)] {
            let certificate = certificates::server(name);
            let protection = match tls {
                Tls::Starttls => Protection::Starttls(certificate),
                _ => Protection::Implicit(certificate),
            };
            let fault_server = FaultServer::start(protection, |_, _| Answer::Good);
            let mut described = with_login(server("localhost", fault_server.port, tls));
            if !trusted {
                described.tls_ca_file = None;
            }
            let (outcome, intents) = attempt(&described);
            assert!(
                matches!(&outcome, Outcome::Unreachable(reason) if reason.contains("certificate")),
                "{name}: {outcome}"
            );
            leaked += leaks(&fault_server) + intents + fault_server.body().len();
            cases += 1;
        }
    }
    // STARTTLS taken out of the offer, and words slipped in before TLS begins.
    let stripped = FaultServer::start(Protection::None, |phase, _| match phase {
        Phase::Hello => Answer::say("250-fault.example\r\n250 AUTH PLAIN\r\n"),
        _ => Answer::Good,
    });
    let injected = FaultServer::start(Protection::Starttls(certificates::server("server")), |phase, _| match phase {
        Phase::StartTls => Answer::say("220 go on\r\n250-injected\r\n250 AUTH PLAIN\r\n"),
        _ => Answer::Good,
    });
    for fault_server in [stripped, injected] {
        let (outcome, intents) = attempt(&with_login(server("localhost", fault_server.port, Tls::Starttls)));
        assert!(matches!(outcome, Outcome::Unreachable(_)), "{outcome}");
        leaked += leaks(&fault_server) + intents + fault_server.body().len();
        cases += 1;
    }
    for version in ["-tls1", "-tls1_1"] {
        let old = OldServer::start(version);
        let (outcome, intents) = attempt(&with_login(server("localhost", old.1, Tls::Implicit)));
        assert!(
            matches!(&outcome, Outcome::Unreachable(reason) if reason.starts_with("the TLS handshake")),
            "{version}: {outcome}"
        );
        leaked += old.end() + intents;
        cases += 1;
    }
    println!("D3 | leaks | {leaked} in {cases} cases");
    assert_eq!(leaked, 0);
}

/// The same server that speaks TLS 1.2 is heard, so that it was the version that was refused.
#[test]
fn a_server_of_today_is_talked_to() {
    let today = OldServer::start("-tls1_2");
    let (outcome, _) = attempt(&server("localhost", today.1, Tls::Implicit));
    assert!(matches!(&outcome, Outcome::Unreachable(reason) if reason.starts_with("the greeting")), "{outcome}");
    today.end();
}
