//! Which servers are trusted that the daemon itself goes to: webhooks, mail servers, the log-in provider.
//!
//! The usual authorities are those of the system, or, where it has none, those of Mozilla that come with the
//! program. A file of the configuration adds others.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// The authorities of the system; none where it has none that can be used.
pub fn of_system() -> Vec<CertificateDer<'static>> {
    let mut usable = rustls_native_certs::load_native_certs().certs;
    usable.retain(|authority| RootCertStore::empty().add(authority.clone()).is_ok());
    usable
}

/// The authorities of a PEM file.
///
/// # Errors
/// When the file can't be read, or holds no certificate.
pub fn of_file(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<CertificateDer<'static>>, _>>)
        .map_err(|error| format!("{} can't be read: {error}", path.display()))?;
    match read.is_empty() {
        true => Err(format!("{} holds no certificate", path.display())),
        false => Ok(read),
    }
}

/// A client that trusts the usual authorities, and these.
///
/// # Errors
/// When one of these is no certificate.
pub fn client(more: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(of_system());
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for authority in more {
        roots.add(authority.clone())?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
