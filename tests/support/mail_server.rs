//! The real mail server of `mailserver.sh`, started for one test and stopped with it.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::certificates::{self, INSTALL};

/// The password of every mailbox.
pub(crate) const PASSWORD: &str = "segredo-de-teste";

/// Postfix and Dovecot on free ports of the loopback address.
pub(crate) struct MailServer {
    /// STARTTLS.
    pub(crate) submission: u16,
    /// TLS from the first byte.
    pub(crate) smtps: u16,
    /// TLS from the first byte.
    pub(crate) imaps: u16,
    folder: TempDir,
}

impl MailServer {
    /// Starts both.
    ///
    /// # Panics
    /// If they cannot be started: a test that needs them has failed, and says what installs them.
    pub(crate) fn start() -> Self {
        // The sockets' paths must be short, so not under whatever TMPDIR says.
        let folder = tempfile::Builder::new().prefix("fm").tempdir_in("/tmp").unwrap();
        for file in ["server.pem", "server.key"] {
            fs::copy(certificates::folder().join(file), folder.path().join(file)).unwrap();
        }
        let [submission, smtps, imaps] = free_ports();
        let server = Self { submission, smtps, imaps, folder };
        let ports = [submission, smtps, imaps].map(|port| port.to_string());
        let up = script().arg("up").arg(server.folder.path()).args(ports).output().unwrap();
        assert!(
            up.status.success(),
            "the mail server of this test could not be started; as root, {INSTALL} installs what it needs\n{}",
            String::from_utf8_lossy(&up.stderr)
        );
        server
    }

    /// Takes mail for later@ from now on.
    pub(crate) fn admit_later(&self) {
        fs::write(self.folder.path().join("access"), "nobody@example.test 550 5.1.1 no such mailbox\n").unwrap();
        let reload = Command::new("postfix").arg("-c").arg(self.folder.path().join("postfix")).arg("reload").output();
        assert!(reload.unwrap().status.success(), "{}", self.log());
    }

    /// What Postfix has noted, for the message of a test that fails.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("mail.log")).unwrap_or_default()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // In a panic the test's own message matters more than a server that would not stop.
        let _ = script().arg("down").arg(self.folder.path()).output();
    }
}

/// The script, about to be run.
fn script() -> Command {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/mailserver.sh");
    let mut command = Command::new("bash");
    command.arg(path);
    command
}

/// Three ports that nobody listens on, all held until all are known, so that they differ.
fn free_ports() -> [u16; 3] {
    let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
