//! The certificate verifier: it records the chain that was sent and passes no judgement on it.

mod signature;

use std::sync::OnceLock;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

use self::signature::{Proof, TlsGeneration};
use crate::model::{Blob, TlsFailure};

/// What the first of these certificates has for a key, where every client refuses it for its size.
pub(super) fn weak_key(chain: &[Blob]) -> Option<String> {
    signature::weak_key(chain.first()?.bytes())
}

/// Sees one handshake. Any chain is accepted: whether it is to be trusted is judged later, from
/// the chain itself. That the server holds the leaf's key is verified here, because it can't be
/// verified afterwards.
#[derive(Debug)]
pub(super) struct RecordingVerifier {
    algorithms: WebPkiSupportedAlgorithms,
    chain_octets_max: usize,
    sent: OnceLock<Sent>,
    refusal: OnceLock<TlsFailure>,
    unproven_key: OnceLock<String>,
}

/// What a server sent to prove who it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Sent {
    /// Its certificates, leaf first.
    pub chain: Vec<Blob>,
    /// The stapled OCSP response.
    pub ocsp: Option<Blob>,
}

impl RecordingVerifier {
    /// A verifier of one handshake that records at most `chain_octets_max` octets.
    pub fn new(algorithms: WebPkiSupportedAlgorithms, chain_octets_max: usize) -> Self {
        Self {
            algorithms,
            chain_octets_max,
            sent: OnceLock::new(),
            refusal: OnceLock::new(),
            unproven_key: OnceLock::new(),
        }
    }

    /// What the server had sent when the handshake ended.
    pub fn sent(&self) -> Sent {
        self.sent.get().cloned().unwrap_or_default()
    }

    /// Why the verifier ended the handshake, if it did.
    pub fn refusal(&self) -> Option<TlsFailure> {
        self.refusal.get().cloned()
    }

    /// Why it is not proven that the server holds the leaf's key, where our library can't tell.
    pub fn unproven_key(&self) -> Option<String> {
        self.unproven_key.get().cloned()
    }

    fn refuse(&self, failure: TlsFailure) -> Error {
        let _ = self.refusal.set(failure);
        Error::General("the certificate verifier refuses".to_owned())
    }

    fn verify(
        &self,
        generation: TlsGeneration,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match signature::verify(generation, message, leaf, signed, &self.algorithms) {
            Ok(Proof::Given) => {}
            Ok(Proof::NotVerified(why)) => {
                let _ = self.unproven_key.set(why);
            }
            Err(failure) => return Err(self.refuse(failure)),
        }
        Ok(HandshakeSignatureValid::assertion())
    }
}

impl ServerCertVerifier for RecordingVerifier {
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
            Err(self.refuse(TlsFailure::ChainTooLarge))
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
