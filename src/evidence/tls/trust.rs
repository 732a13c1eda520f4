//! The authorities that are trusted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::pki_types::{CertificateDer, TrustAnchor};

use super::certificate::Path;
use crate::model::{Blob, Digest};

/// Trust anchors: the web PKI's roots (pinned with this program, so that verdicts can be
/// reproduced) and those that the inventory declares.
#[derive(Clone)]
pub struct TrustedRoots {
    anchors: Arc<[TrustAnchor<'static>]>,
    judged: Arc<Mutex<HashMap<Vec<Digest>, Path>>>,
}

/// Chains whose judgement is kept at hand: the same one is sent by many addresses and for many
/// names, and each of its signatures is dear.
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
        Ok(Self { anchors: anchors.into(), judged: Arc::default() })
    }

    /// The anchors.
    pub fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }

    /// How a chain was judged against these anchors, which is found out when it is asked for first.
    pub(super) fn judged(&self, chain: &[Blob], judge: impl FnOnce() -> Path) -> Path {
        let chain: Vec<_> = chain.iter().map(Blob::digest).collect();
        let known = || self.judged.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = known().get(&chain) {
            return *path;
        }
        let path = judge();
        let mut known = known();
        if known.len() >= CHAINS_MAX {
            known.clear();
        }
        known.insert(chain, path);
        path
    }
}
