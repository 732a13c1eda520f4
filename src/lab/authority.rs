//! The lab's certification authorities and the certificates of its servers, good and bad.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    PublicKeyData as _,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::province::HOSTILE;
use super::staple;

/// What is wrong with a certificate, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certificate {
    /// Nothing.
    Good,
    /// It expired a month ago.
    Expired,
    /// It begins to be valid in a month.
    NotYetValid,
    /// It expires in five days.
    ExpiresSoon,
    /// It is for another name.
    WrongName,
    /// It is signed by its own key.
    SelfSigned,
    /// Its authority is one that nobody declares.
    UnknownRoot,
    /// The intermediate is not sent.
    MissingIntermediate,
    /// It is as good as [`Certificate::Good`], and another one.
    Twin,
    /// An old intermediate with an RSA key of 1024 bits is sent along.
    WeakKey,
    /// An old intermediate that is signed with SHA-1 is sent along.
    Sha1,
    /// A staple says that it was revoked.
    Revoked,
    /// It is for this many names beside the host's.
    Crowded(u16),
    /// It is self-signed, and every name in it is made to do harm: see [`HOSTILE`].
    Hostile,
}

pub(super) type Issuer = CertifiedIssuer<'static, KeyPair>;

/// The authorities.
pub(super) struct Authority {
    root: Issuer,
    intermediate: Issuer,
    stranger: Issuer,
    /// A host has one certificate of a kind, on whatever address.
    issued: Mutex<HashMap<(String, Certificate), Arc<ServerConfig>>>,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Certificates that no library makes any more; `certificates/README.md` says how they were made.
const WEAK_KEY: &[u8] = include_bytes!("certificates/weak-key.der");
const SHA1: &[u8] = include_bytes!("certificates/sha1.der");

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Authority {
    pub(super) fn new() -> Result<Self, Error> {
        let root = CertifiedIssuer::self_signed(ca("v6ready lab root"), KeyPair::generate()?)?;
        let intermediate = CertifiedIssuer::signed_by(
            ca("v6ready lab intermediate"),
            KeyPair::generate()?,
            &root,
        )?;
        let stranger = CertifiedIssuer::self_signed(ca("nobody's root"), KeyPair::generate()?)?;
        Ok(Self { root, intermediate, stranger, issued: Mutex::default() })
    }

    /// The root that the lab's inventory declares.
    pub(super) fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The SHA-256 digest of the intermediate's key, as a TLSA record has it.
    pub(super) fn key_sha256(&self) -> [u8; 32] {
        crate::model::Digest::of(&self.intermediate.key().subject_public_key_info()).0
    }

    /// A server's TLS configuration for a host with this certificate.
    pub(super) fn server(&self, host: &str, kind: Certificate) -> Result<Arc<ServerConfig>, Error> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = (host.to_owned(), kind);
        if let Some(known) = issued.get(&wanted) {
            return Ok(known.clone());
        }
        let config = self.issue(host, kind)?;
        issued.insert(wanted, config.clone());
        Ok(config)
    }

    fn issue(&self, host: &str, kind: Certificate) -> Result<Arc<ServerConfig>, Error> {
        let key = KeyPair::generate()?;
        let name = if kind == Certificate::WrongName { "khac.vidu.example" } else { host };
        let mut names = vec![name.to_owned()];
        match kind {
            Certificate::Crowded(more) => {
                names.extend((0..more).map(|number| format!("m{number}.vidu.example")));
            }
            // Such a name is ASCII (RFC 5280 §4.2.1.6).
            Certificate::Hostile => {
                let ascii = HOSTILE.iter().filter(|text| text.is_ascii());
                names = ascii.map(|text| (*text).to_owned()).collect();
            }
            _ => {}
        }
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        let own_name = match kind {
            Certificate::Hostile => HOSTILE.concat(),
            _ => "v6ready lab server".to_owned(),
        };
        params.distinguished_name.push(DnType::CommonName, own_name);
        let now = rcgen::date_time_ymd(1970, 1, 1) + since_epoch();
        params.not_before = match kind {
            Certificate::NotYetValid => now + 30 * DAY,
            _ => now - 60 * DAY,
        };
        params.not_after = match kind {
            Certificate::Expired => now - 30 * DAY,
            Certificate::ExpiresSoon => now + 5 * DAY,
            _ => now + 90 * DAY,
        };
        let issuer = |issuer: &Issuer| params.signed_by(&key, issuer);
        let chain: Vec<CertificateDer<'static>> = match kind {
            Certificate::SelfSigned | Certificate::Hostile => {
                vec![params.self_signed(&key)?.der().clone()]
            }
            Certificate::UnknownRoot => {
                vec![issuer(&self.stranger)?.der().clone(), self.stranger.der().clone()]
            }
            Certificate::MissingIntermediate => vec![issuer(&self.intermediate)?.der().clone()],
            _ => {
                let old = match kind {
                    Certificate::WeakKey => Some(WEAK_KEY),
                    Certificate::Sha1 => Some(SHA1),
                    _ => None,
                };
                [issuer(&self.intermediate)?.der().clone(), self.intermediate.der().clone()]
                    .into_iter()
                    .chain(old.map(CertificateDer::from))
                    .collect()
            }
        };
        let staple = match kind {
            Certificate::Revoked => staple::revoked(&chain[0], &self.intermediate, since_epoch())?,
            _ => Vec::new(),
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        // Nobody reads the certificate here: some are such as rustls wouldn't take.
        let mut certified = CertifiedKey::new(chain, provider.key_provider.load_private_key(key)?);
        certified.ocsp = Some(staple).filter(|staple| !staple.is_empty());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        Ok(Arc::new(config))
    }
}

fn ca(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let now = rcgen::date_time_ymd(1970, 1, 1) + since_epoch();
    params.not_before = now - 365 * DAY;
    params.not_after = now + 365 * DAY;
    params
}

/// The present as the servers' clocks have it; a clock before 1970 counts as 1970.
fn since_epoch() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}
