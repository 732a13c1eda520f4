//! The authorities that are trusted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::{CertificateDer, TrustAnchor};

use crate::model::{Blob, Digest};

/// Whether a chain leads to a trusted authority, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// It leads to a trusted authority.
    Trusted,
    /// The leaf is signed by its own key.
    SelfSigned,
    /// It stops below an authority that is neither sent nor trusted.
    MissingIntermediate,
    /// It ends in a root that is not trusted.
    UnknownRoot,
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
        let mut anchors = webpki_roots::TLS_SERVER_ROOTS.to_vec();
        for (index, der) in extra_ca.iter().enumerate() {
            let der = CertificateDer::from(der.as_slice());
            let anchor = webpki::anchor_from_trusted_cert(&der).map_err(|_| index)?;
            anchors.push(anchor.to_owned());
        }
        Ok(Self { anchors: anchors.into(), paths: Arc::default() })
    }

    /// The anchors.
    pub fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
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
