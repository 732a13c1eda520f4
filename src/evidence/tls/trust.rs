//! The authorities that are trusted.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use rustls::pki_types::{CertificateDer, TrustAnchor};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::X509Name;

use crate::model::{Blob, Digest, Settings};

/// Whether a chain leads to a trusted authority, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// It leads to a trusted authority.
    Trusted,
    /// The leaf is signed by its own key.
    SelfSigned,
    /// It stops below an authority that was not sent, and that by all signs is a known one's.
    MissingIntermediate,
    /// It ends in a root that is not trusted, or stops below an authority that nobody knows.
    UnknownRoot,
    /// A certificate on the way up is signed with SHA-1, MD5 or another algorithm as weak.
    WeakSignature,
    /// A certificate breaks the rules of RFC 5280, such as a leaf that may not serve TLS.
    Invalid,
    /// It offers more paths than our library follows.
    TooIntricate,
    /// The leaf can't be read.
    Unreadable,
}

/// Trust anchors: the web PKI's roots (pinned with this program, so that verdicts can be
/// reproduced) and those that the inventory declares.
#[derive(Clone)]
pub struct TrustedRoots {
    anchors: Arc<[TrustAnchor<'static>]>,
    /// What the authorities call themselves.
    organisations: Arc<OnceLock<HashSet<String>>>,
    paths: Arc<Mutex<HashMap<Vec<Digest>, Path>>>,
}

/// Chains whose path is kept at hand: the same one is sent by many addresses and for many names, and
/// verifying its signatures takes long.
const CHAINS_MAX: usize = 4096;

impl TrustedRoots {
    /// The web PKI's roots and further authorities, given as DER.
    ///
    /// # Errors
    /// The index of the first certificate that is none.
    pub fn new(extra_ca: &[Vec<u8>]) -> Result<Self, usize> {
        /// The last ones, with the certificates that they were made of: whoever reads the same settings
        /// shares the paths that were verified.
        static LAST: Mutex<Option<(Vec<Vec<u8>>, TrustedRoots)>> = Mutex::new(None);
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((declared, roots)) if *declared == extra_ca => Ok(roots.clone()),
            _ => {
                let declared: Result<Vec<_>, usize> = extra_ca
                    .iter()
                    .enumerate()
                    .map(|(index, der)| anchor(der).ok_or(index))
                    .collect();
                let roots = Self::beside_public(declared?);
                *last = Some((extra_ca.to_vec(), roots.clone()));
                Ok(roots)
            }
        }
    }

    /// Those that these settings declare. What can't be read is left out: whoever loads an inventory
    /// says so.
    pub fn declared_in(settings: &Settings) -> Self {
        let readable = || settings.extra_ca.iter().filter_map(|der| anchor(der));
        Self::new(&settings.extra_ca).unwrap_or_else(|_| Self::beside_public(readable()))
    }

    /// The web PKI's roots and these.
    fn beside_public(declared: impl IntoIterator<Item = TrustAnchor<'static>>) -> Self {
        let anchors = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().chain(declared);
        Self { anchors: anchors.collect(), organisations: Arc::default(), paths: Arc::default() }
    }

    /// The web PKI's roots alone.
    pub fn public() -> &'static Self {
        static PUBLIC: LazyLock<TrustedRoots> = LazyLock::new(|| TrustedRoots::beside_public([]));
        &PUBLIC
    }

    /// The anchors.
    pub fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }

    /// Whether one of the authorities calls its organisation so.
    pub(super) fn has_organisation(&self, name: &str) -> bool {
        let all = self.organisations.get_or_init(|| {
            let subjects = self.anchors.iter().map(|anchor| sequence(&anchor.subject));
            subjects.flat_map(|subject| organisations_of(&subject)).collect()
        });
        all.contains(name)
    }

    /// The path from a chain to these anchors, verified when it is asked for first.
    pub(super) fn path_of(&self, chain: &[Blob], verify: impl FnOnce() -> Path) -> Path {
        let chain: Vec<_> = chain.iter().map(Blob::digest).collect();
        let known = || self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = known().get(&chain) {
            return *path;
        }
        let path = verify();
        let mut known = known();
        if known.len() >= CHAINS_MAX {
            known.clear();
        }
        known.insert(chain, path);
        path
    }
}

/// The anchor that a certificate is; `None` when it can't be read.
fn anchor(der: &[u8]) -> Option<TrustAnchor<'static>> {
    let der = CertificateDer::from(der);
    webpki::anchor_from_trusted_cert(&der).ok().map(|anchor| anchor.to_owned())
}

/// The organisations of a distinguished name.
fn organisations_of(name: &[u8]) -> Vec<String> {
    let Ok((_, name)) = X509Name::from_der(name) else { return Vec::new() };
    let texts = name.iter_organization().filter_map(|name| name.as_str().ok());
    texts.map(str::to_owned).collect()
}

/// A SEQUENCE with this content, in DER.
fn sequence(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or_default().to_be_bytes();
    let head = match length {
        [0, short @ ..0x80] => vec![0x30, short],
        [0, long] => vec![0x30, 0x81, long],
        [high, low] => vec![0x30, 0x82, high, low],
    };
    [&head, content].concat()
}
