//! The authorities that are trusted.

use rustls::pki_types::{CertificateDer, TrustAnchor};

/// Trust anchors: the web PKI's roots (pinned with this program, so that verdicts can be
/// reproduced) and those that the inventory declares.
#[derive(Clone)]
pub struct Trust {
    anchors: Vec<TrustAnchor<'static>>,
}

impl Trust {
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
        Ok(Self { anchors })
    }

    /// The anchors.
    pub fn anchors(&self) -> &[TrustAnchor<'static>] {
        &self.anchors
    }
}
