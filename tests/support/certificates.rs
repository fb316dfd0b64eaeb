//! A certificate authority of the tests' own, made once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};

/// What installs the programs that the tests call.
pub(crate) const INSTALL: &str = "tests/tools/install.sh";

/// Where the script has put its files; made once and kept with what else the tests build.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = built.join("certificates-of-six");
    if !folder.exists() {
        let new = tempfile::tempdir_in(built).unwrap();
        make(new.path());
        // If it fails, another process has been quicker.
        let _ = fs::rename(new.path(), &folder);
    }
    folder
});

/// Runs the script.
fn make(folder: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/certificates.sh");
    let made = Command::new("bash").arg(script).arg(folder).output();
    let made = made.unwrap_or_else(|error| panic!("bash cannot be started ({error}): run {INSTALL}"));
    assert!(
        made.status.success(),
        "the tests' certificates could not be made; openssl and faketime come with {INSTALL}\n{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

/// The authority's own certificate, for `tls_ca_file`.
pub(crate) fn authority() -> PathBuf {
    FOLDER.join("ca.pem")
}

/// The folder with `ca.pem`, and `.pem` and `.key` of each server.
pub(crate) fn folder() -> &'static Path {
    &FOLDER
}

/// A server's side of TLS with one of the certificates: `server`, `other`, `expired`, `weak` or `self`.
pub(crate) fn server(name: &str) -> Arc<ServerConfig> {
    let file = |extension: &str| FOLDER.join(name).with_extension(extension);
    let chain = CertificateDer::pem_file_iter(file("pem")).unwrap().collect::<Result<Vec<_>, _>>().unwrap();
    let key = PrivateKeyDer::from_pem_file(file("key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    Arc::new(config)
}

/// A client's side of TLS that trusts the authority and nobody else.
pub(crate) fn client() -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}
