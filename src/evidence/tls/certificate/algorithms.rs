//! The signature algorithms that browsers accept in certificates.
//!
//! Chromium and Firefox take RSA from 1024 bits on and ECDSA with the three NIST curves, each with a hash
//! of the SHA-2 family; neither takes Ed25519, SHA-1 or MD5
//! (`docs/decisions/2026-12-yardstick-certificates.md`).

use std::sync::LazyLock;

use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RsaParameters, UnparsedPublicKey,
};
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// What certificates may be signed with.
pub(super) fn browsers_algorithms() -> &'static [&'static dyn SignatureVerificationAlgorithm] {
    static ALL: LazyLock<Vec<&'static dyn SignatureVerificationAlgorithm>> = LazyLock::new(|| {
        let own = OLD_RSA.iter().map(|rsa| rsa as &dyn SignatureVerificationAlgorithm);
        let librarys = webpki::ALL_VERIFICATION_ALGS.iter().copied().filter(|algorithm| {
            let id = algorithm.signature_alg_id();
            id != alg_id::ED25519 && OLD_RSA.iter().all(|rsa| rsa.id != id)
        });
        own.chain(librarys).collect()
    });
    &ALL
}

/// RSA with PKCS #1 v1.5, with keys smaller than our library takes by itself.
#[derive(Debug)]
struct OldRsa {
    id: AlgorithmIdentifier,
    parameters: &'static RsaParameters,
}

static OLD_RSA: [OldRsa; 2] = [
    OldRsa {
        id: alg_id::RSA_PKCS1_SHA256,
        parameters: &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    },
    OldRsa {
        id: alg_id::RSA_PKCS1_SHA512,
        parameters: &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    },
];

impl SignatureVerificationAlgorithm for OldRsa {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(self.parameters, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.id
    }
}
