//! The lab's certification authorities and the certificates of its servers, good and bad.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    PKCS_ECDSA_P521_SHA512, PKCS_ED25519, PublicKeyData as _,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::extensions::{issuer_address, public_policy};
use super::site::hostile_texts::HOSTILE_TEXTS;
use super::site::listener::CertificateKind;
use super::staple::{self, Issuer};

/// The authorities.
pub(super) struct Authority {
    root: Issuer,
    intermediate: Issuer,
    stranger: Issuer,
    /// A host has one certificate of a kind, on whatever address.
    issued: Mutex<HashMap<(String, CertificateKind), Arc<ServerConfig>>>,
    /// The same for RSA keys: chain and key in PEM.
    issued_for_rsa: Mutex<HashMap<String, Arc<(String, String)>>>,
}

/// Why a certificate can't be made, or a server not started.
pub(super) type Error = Box<dyn std::error::Error + Send + Sync>;

/// Certificates that libraries no longer make; `certificates/README.md` says how they were made.
const WEAK_KEY: &[u8] = include_bytes!("certificates/weak-key.der");
const SHA1: &[u8] = include_bytes!("certificates/sha1.der");

const ROOT: &str = "v6ready lab root";
const INTERMEDIATE: &str = "v6ready lab intermediate";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Authority {
    pub(super) fn new() -> Result<Self, Error> {
        let root = CertifiedIssuer::self_signed(authority_params(ROOT), KeyPair::generate()?)?;
        let intermediate = CertifiedIssuer::signed_by(
            authority_params(INTERMEDIATE),
            KeyPair::generate()?,
            &root,
        )?;
        let stranger =
            CertifiedIssuer::self_signed(authority_params("nobody's root"), KeyPair::generate()?)?;
        let (issued, issued_for_rsa) = (Mutex::default(), Mutex::default());
        Ok(Self { root, intermediate, stranger, issued, issued_for_rsa })
    }

    /// The root that the lab's inventory declares.
    pub(super) fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The SHA-256 digest of the intermediate's key, as a TLSA record has it.
    pub(super) fn key_sha256(&self) -> [u8; 32] {
        crate::model::Digest::of(&self.intermediate.key().subject_public_key_info()).0
    }

    /// The certificate of the authority that issues the servers'.
    pub(super) fn intermediate_der(&self) -> Vec<u8> {
        self.intermediate.der().to_vec()
    }

    /// A server's TLS configuration for a host with this certificate.
    pub(super) fn tls_config(
        &self,
        host: &str,
        kind: CertificateKind,
    ) -> Result<Arc<ServerConfig>, Error> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = (host.to_owned(), kind);
        if let Some(known) = issued.get(&wanted) {
            return Ok(known.clone());
        }
        let config = self.issue_config(host, kind)?;
        issued.insert(wanted, config.clone());
        Ok(config)
    }

    /// A chain for an RSA key, and the key, in PEM: for a server that agrees on keys by it.
    pub(super) fn rsa_pem(&self, host: &str) -> Result<Arc<(String, String)>, Error> {
        let mut issued = self.issued_for_rsa.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = issued.get(host) {
            return Ok(Arc::clone(known));
        }
        let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)?;
        let mut params = CertificateParams::new(vec![host.to_owned()])?;
        let now = rcgen::date_time_ymd(1970, 1, 1) + since_epoch();
        params.not_before = now - 60 * DAY;
        params.not_after = now + 90 * DAY;
        let chain = params.signed_by(&key, &self.intermediate)?.pem() + &self.intermediate.pem();
        let pem = Arc::new((chain, key.serialize_pem()));
        issued.insert(host.to_owned(), Arc::clone(&pem));
        Ok(pem)
    }

    /// The root as whose clients a server takes those that show a certificate.
    pub(super) fn root_der(&self) -> CertificateDer<'static> {
        self.root.der().clone()
    }

    fn issue_config(&self, host: &str, kind: CertificateKind) -> Result<Arc<ServerConfig>, Error> {
        let key = match kind {
            CertificateKind::KeyP521 => KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512)?,
            CertificateKind::KeyEd25519 => KeyPair::generate_for(&PKCS_ED25519)?,
            _ => KeyPair::generate()?,
        };
        let name = if kind == CertificateKind::WrongName { "khac.vidu.example" } else { host };
        let mut names = vec![name.to_owned()];
        match kind {
            CertificateKind::Crowded(more) => {
                names.extend((0..more).map(|number| format!("m{number}.vidu.example")));
            }
            // Such a name is ASCII (RFC 5280 §4.2.1.6).
            CertificateKind::HostileTexts => {
                let ascii = HOSTILE_TEXTS.iter().filter(|text| text.is_ascii());
                names = ascii.map(|text| (*text).to_owned()).collect();
            }
            _ => {}
        }
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        let own_name = match kind {
            CertificateKind::HostileTexts => HOSTILE_TEXTS.concat(),
            _ => "v6ready lab server".to_owned(),
        };
        params.distinguished_name.push(DnType::CommonName, own_name);
        let now = rcgen::date_time_ymd(1970, 1, 1) + since_epoch();
        params.not_before = match kind {
            CertificateKind::NotYetValid => now + 30 * DAY,
            _ => now - 60 * DAY,
        };
        params.not_after = match kind {
            CertificateKind::Expired => now - 30 * DAY,
            CertificateKind::ExpiresSoon => now + 5 * DAY,
            _ => now + 90 * DAY,
        };
        params.custom_extensions = match kind {
            CertificateKind::MissingIntermediate => vec![public_policy()],
            CertificateKind::FetchedIntermediate(url)
            | CertificateKind::StaleIntermediate(Some(url)) => vec![issuer_address(url)],
            _ => Vec::new(),
        };
        let issuer = |issuer: &Issuer| params.signed_by(&key, issuer);
        let chain: Vec<CertificateDer<'static>> = match kind {
            CertificateKind::SelfSigned | CertificateKind::HostileTexts => {
                vec![params.self_signed(&key)?.der().clone()]
            }
            CertificateKind::UnknownRoot => {
                vec![issuer(&self.stranger)?.der().clone(), self.stranger.der().clone()]
            }
            CertificateKind::MissingIntermediate | CertificateKind::FetchedIntermediate(_) => {
                vec![issuer(&self.intermediate)?.der().clone()]
            }
            CertificateKind::StaleIntermediate(_) => {
                let stale = ended(INTERMEDIATE).signed_by(self.intermediate.key(), &self.root)?;
                vec![issuer(&self.intermediate)?.der().clone(), stale.der().clone()]
            }
            CertificateKind::ExpiredCrossSignature => {
                let crossed = ended(ROOT).signed_by(self.root.key(), &self.stranger)?;
                vec![
                    issuer(&self.intermediate)?.der().clone(),
                    self.intermediate.der().clone(),
                    crossed.der().clone(),
                ]
            }
            _ => {
                let old = match kind {
                    CertificateKind::WeakKey => Some(WEAK_KEY),
                    CertificateKind::Sha1 => Some(SHA1),
                    _ => None,
                };
                [issuer(&self.intermediate)?.der().clone(), self.intermediate.der().clone()]
                    .into_iter()
                    .chain(old.map(CertificateDer::from))
                    .collect()
            }
        };
        let staple = match kind {
            CertificateKind::Revoked => {
                staple::revoked(&chain[0], &self.intermediate, since_epoch())?
            }
            _ => Vec::new(),
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        // The certificate isn't parsed here: rustls wouldn't take some of them.
        let mut certified = CertifiedKey::new(chain, provider.key_provider.load_private_key(key)?);
        certified.ocsp = Some(staple).filter(|staple| !staple.is_empty());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        Ok(Arc::new(config))
    }
}

/// An authority's certificate that ended ten days ago.
fn ended(name: &str) -> CertificateParams {
    let mut params = authority_params(name);
    params.not_after = rcgen::date_time_ymd(1970, 1, 1) + since_epoch() - 10 * DAY;
    params
}

fn authority_params(name: &str) -> CertificateParams {
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
