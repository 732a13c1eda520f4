//! The daemon's own certificate: read from its files, read again when they change, and known to expire.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Octets of a file.
const OCTETS_MAX: u64 = 1 << 20;

/// How long before its end a certificate is warned of.
pub const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(21 * 24);

/// The files of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, in PEM.
    pub certificate: PathBuf,
    /// The key, in PEM.
    pub key: PathBuf,
}

/// One of the two files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFile {
    /// The chain.
    Certificate,
    /// The key.
    Key,
}

/// Why a certificate can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} ({help})")]
pub struct TlsFault {
    /// The file that is to be mended.
    pub file: TlsFile,
    /// What is wrong.
    pub message: String,
    /// What would mend it.
    pub help: String,
}

/// A certificate with its key, ready to be used.
#[derive(Debug)]
pub struct Identity {
    /// What TLS needs.
    pub server: Arc<ServerConfig>,
    /// When the certificate begins to be valid.
    pub not_before: Timestamp,
    /// When it ends to be.
    pub not_after: Timestamp,
}

/// What others may know of the daemon's own certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCertificate {
    /// When it ends to be valid.
    pub not_after: Timestamp,
    /// What is wrong with the files that lie there now, when they could not be taken.
    pub fault: Option<String>,
}

impl OwnCertificate {
    /// Whether it has ended, or ends within weeks.
    pub fn expires_soon(&self, now: Timestamp) -> bool {
        self.not_after.duration_since(now) < EXPIRES_SOON
    }
}

/// Reads a certificate with its key.
///
/// # Errors
/// When a file can't be read, is none, or the two don't belong together.
pub fn load(files: &TlsFiles) -> Result<Identity, TlsFault> {
    let TlsFiles { certificate, key } = files;
    let chain = read_chain(certificate)?;
    let of_certificate = |message: String, help: &str| TlsFault {
        file: TlsFile::Certificate,
        message: format!("{}: {message}", certificate.display()),
        help: help.to_owned(),
    };
    let own = chain.first().and_then(|own| X509Certificate::from_der(own).ok());
    let Some((_, own)) = own else {
        return Err(of_certificate(
            "its first certificate can't be read".to_owned(),
            "the server's certificate goes first, then those that lead to its authority",
        ));
    };
    let moment = |at: x509_parser::time::ASN1Time, otherwise| {
        Timestamp::from_second(at.timestamp()).unwrap_or(otherwise)
    };
    let not_before = moment(own.validity().not_before, Timestamp::MIN);
    let not_after = moment(own.validity().not_after, Timestamp::MAX);
    let of_key = |message: String, help: &str| TlsFault {
        file: TlsFile::Key,
        message: format!("{}: {message}", key.display()),
        help: help.to_owned(),
    };
    let key_der = PrivateKeyDer::from_pem_slice(&read(TlsFile::Key, key)?)
        .map_err(|_| of_key("it holds no key in PEM".to_owned(), NO_KEY))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let certified =
        CertifiedKey::from_der(chain, key_der, &provider).map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => of_key(
                format!("the key is not that of {}", certificate.display()),
                "name the key with which the certificate was asked for",
            ),
            other => of_key(format!("the key can't be used: {other}"), NO_KEY),
        })?;
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| of_certificate(error.to_string(), "this is a fault of the program"))?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Identity { server: Arc::new(server), not_before, not_after })
}

const NO_KEY: &str = "an RSA, ECDSA or Ed25519 key without a password is wanted";

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    let octets = read(TlsFile::Certificate, path)?;
    let fault = |message: String| TlsFault {
        file: TlsFile::Certificate,
        message: format!("{}: {message}", path.display()),
        help: "a PEM file with `-----BEGIN CERTIFICATE-----` is wanted".to_owned(),
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&octets)
        .collect::<Result<_, _>>()
        .map_err(|error| fault(format!("it is no PEM file: {error}")))?;
    match chain.is_empty() {
        true => Err(fault("it holds no certificate".to_owned())),
        false => Ok(chain),
    }
}

fn read(file: TlsFile, path: &Path) -> Result<Vec<u8>, TlsFault> {
    use std::io::Read as _;
    let mut octets = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|opened| opened.take(OCTETS_MAX).read_to_end(&mut octets));
    match read {
        Ok(_) => Ok(octets),
        Err(error) => Err(TlsFault {
            file,
            message: format!("{} can't be read: {error}", path.display()),
            help: "the daemon's user must be able to read it".to_owned(),
        }),
    }
}

/// What tells that a file has changed: its length, when it was written, and which one it is.
type Mark = Option<(u64, Option<SystemTime>, u64)>;

fn mark(path: &Path) -> Mark {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok(), metadata.ino()))
}

/// The identity in force, and what is known of its files.
#[derive(Default)]
pub struct Tls {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    files: Option<TlsFiles>,
    marks: [Mark; 2],
    identity: Option<Arc<Identity>>,
    fault: Option<String>,
}

/// What looking at the files again has brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Nothing new.
    Unchanged,
    /// A new certificate is in force, until then.
    Renewed(Timestamp),
    /// The files have changed and can't be used; the certificate in force stays.
    Faulty(TlsFault),
}

impl Tls {
    /// The identity in force; `None` when connections are plain.
    pub fn identity(&self) -> Option<Arc<Identity>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).identity.clone()
    }

    /// What others may know of the certificate in force.
    pub fn own_certificate(&self) -> Option<OwnCertificate> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let not_after = state.identity.as_ref()?.not_after;
        Some(OwnCertificate { not_after, fault: state.fault.clone() })
    }

    /// Puts another identity into force, read from these files.
    pub fn replace(&self, with: Option<(TlsFiles, Identity)>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = match with {
            None => State::default(),
            Some((files, identity)) => State {
                marks: [mark(&files.certificate), mark(&files.key)],
                files: Some(files),
                identity: Some(Arc::new(identity)),
                fault: None,
            },
        };
    }

    /// Looks whether the files have changed, and takes what they hold. What can't be used is tried again at
    /// each look: certificate and key are seldom written in one moment.
    pub fn look(&self) -> Looked {
        let (files, known, was_faulty) = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            let Some(files) = state.files.clone() else { return Looked::Unchanged };
            (files, state.marks, state.fault.clone())
        };
        let marks = [mark(&files.certificate), mark(&files.key)];
        if marks == known && was_faulty.is_none() {
            return Looked::Unchanged;
        }
        let loaded = load(&files);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.marks = marks;
        match loaded {
            Ok(identity) => {
                let not_after = identity.not_after;
                state.identity = Some(Arc::new(identity));
                state.fault = None;
                Looked::Renewed(not_after)
            }
            Err(fault) => {
                let text = fault.to_string();
                let is_known = was_faulty.as_ref() == Some(&text);
                state.fault = Some(text);
                if is_known { Looked::Unchanged } else { Looked::Faulty(fault) }
            }
        }
    }
}
