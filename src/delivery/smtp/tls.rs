//! What TLS trusts: the public authorities, and the one that the configuration names.
//!
//! Nothing here can be told to trust everybody.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::diagnostic::{Diagnostic, Place};
use crate::error::{Exit, Failure, Result};

/// TLS 1.2 or newer with Mozilla's authorities, and those of a PEM file besides.
///
/// # Errors
/// [`Exit::Config`] if the file cannot be read or holds no certificate that can be trusted.
pub(super) fn client(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(file) = ca_file {
        add_authorities(&mut roots, file)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| {
            Failure::new(Exit::Internal, Diagnostic::error("tls-setup", format!("TLS could not be set up: {error}")))
        })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Adds every certificate of a PEM file.
fn add_authorities(roots: &mut RootCertStore, file: &Path) -> Result<()> {
    let refuse = |what: String| {
        let diagnostic = Diagnostic::error("tls-ca-file", what)
            .at(Place::file(file))
            .help("tls_ca_file is a PEM file with the certificate of the authority that signed the server's");
        Failure::new(Exit::Config, diagnostic)
    };
    let certificates = CertificateDer::pem_file_iter(file)
        .map_err(|error| refuse(format!("the authority's certificate cannot be read: {error}")))?;
    let mut added = 0;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| refuse(format!("a certificate cannot be read: {error}")))?;
        roots.add(certificate).map_err(|error| refuse(format!("a certificate cannot be trusted: {error}")))?;
        added += 1;
    }
    if added == 0 {
        return Err(refuse("no certificate in the file".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ca_file_that_is_missing_or_holds_no_certificate_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        assert_eq!(client(Some(&file)).unwrap_err().exit, Exit::Config);
        for content in ["", "not a certificate", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&file, content).unwrap();
            let failure = client(Some(&file)).unwrap_err();
            assert_eq!(failure.exit, Exit::Config);
            assert!(failure.to_string().contains("ca.pem: error[tls-ca-file]"), "{failure}");
        }
        assert!(client(None).is_ok());
    }
}
