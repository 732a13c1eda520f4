//! Which servers are trusted that the daemon itself goes to: webhooks, mail servers, the log-in provider.
//!
//! The usual authorities are those of the system, or, where it has none, those of Mozilla that come with the
//! program. A file of the configuration adds others.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

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

/// Whom the configuration trusts at one place: the usual authorities, and those of a file. They are read when somebody is
/// first gone to, and kept for as long as the configuration is.
#[derive(Clone, Debug, Default)]
pub struct Trusted {
    beside: Option<PathBuf>,
    client: Arc<OnceLock<Arc<ClientConfig>>>,
}

impl Trusted {
    /// Authorities of this file are trusted beside the usual ones.
    pub fn beside(file: Option<PathBuf>) -> Self {
        Self { beside: file, client: Arc::default() }
    }

    /// A client that trusts them. A file that can't be read is read again the next time.
    ///
    /// # Errors
    /// When the file can't be read, or holds no certificate.
    pub fn client(&self) -> Result<Arc<ClientConfig>, String> {
        if let Some(client) = self.client.get() {
            return Ok(Arc::clone(client));
        }
        let more = self.beside.as_deref().map(of_file).transpose()?.unwrap_or_default();
        let made = client(&more).map_err(|error| error.to_string())?;
        Ok(Arc::clone(self.client.get_or_init(|| made)))
    }
}

/// By what the configuration says.
impl PartialEq for Trusted {
    fn eq(&self, other: &Self) -> bool {
        self.beside == other.beside
    }
}

impl Eq for Trusted {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let trusted = Trusted::beside(Some(file.clone()));
        assert!(trusted.client().unwrap_err().contains("ca.pem"));
        let key = rcgen::generate_simple_self_signed(["ca.example".to_owned()]).unwrap();
        std::fs::write(&file, key.cert.pem()).unwrap();
        let client = trusted.client().unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(Arc::ptr_eq(&client, &trusted.clone().client().unwrap()));
        assert!(Trusted::beside(Some(file)).client().is_err());
    }
}
