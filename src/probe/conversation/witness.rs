//! The certificate verifier: it writes down what was sent and trusts nobody.

use std::sync::OnceLock;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

use super::signature::{self, TlsGeneration};
use crate::model::{Blob, TlsFailure};

/// Sees one handshake. Any chain is accepted: whether it is to be trusted is judged later, from
/// the chain itself. That the server holds the leaf's key is verified here, because it can't be
/// verified afterwards.
#[derive(Debug)]
pub(in crate::probe) struct Witness {
    algorithms: WebPkiSupportedAlgorithms,
    chain_octets_max: usize,
    sent: OnceLock<Sent>,
    objection: OnceLock<TlsFailure>,
}

/// What a server sent to prove who it is.
#[derive(Clone, Debug, Default)]
pub(in crate::probe) struct Sent {
    /// Its certificates, leaf first.
    pub chain: Vec<Blob>,
    /// The stapled OCSP response.
    pub ocsp: Option<Blob>,
}

impl Witness {
    /// A witness of one handshake, who writes down at most `chain_octets_max` octets.
    pub fn new(algorithms: WebPkiSupportedAlgorithms, chain_octets_max: usize) -> Self {
        Self { algorithms, chain_octets_max, sent: OnceLock::new(), objection: OnceLock::new() }
    }

    /// What the server had sent when the handshake ended.
    pub fn sent(&self) -> Sent {
        self.sent.get().cloned().unwrap_or_default()
    }

    /// Why the witness ended the handshake, if it did.
    pub fn objection(&self) -> Option<TlsFailure> {
        self.objection.get().cloned()
    }

    fn object(&self, failure: TlsFailure) -> Error {
        let _ = self.objection.set(failure);
        Error::General("the certificate verifier objects".to_owned())
    }

    fn verify(
        &self,
        generation: TlsGeneration,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        signature::verify(generation, message, leaf, signed, &self.algorithms)
            .map_err(|failure| self.object(failure))
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut left = self.chain_octets_max;
        let mut fits = |octets: &[u8]| match left.checked_sub(octets.len()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        };
        let sent_count = 1 + others.len();
        let chain: Vec<Blob> = std::iter::once(leaf)
            .chain(others)
            .take_while(|certificate| fits(certificate))
            .map(|certificate| Blob::new(certificate.as_ref()))
            .collect();
        let complete = chain.len() == sent_count;
        let ocsp = (!ocsp.is_empty() && fits(ocsp)).then(|| Blob::new(ocsp));
        let _ = self.sent.set(Sent { chain, ocsp });
        if complete {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(self.object(TlsFailure::ChainTooLarge))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(TlsGeneration::Tls12, message, leaf, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verify(TlsGeneration::Tls13, message, leaf, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
