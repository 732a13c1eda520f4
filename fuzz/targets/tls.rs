//! TLS in clear, certificates and what comes with them.

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use v6ready::evidence::tls::TrustedRoots;
use v6ready::evidence::tls::certificate::{
    certificates_in, is_issuer_of, issuers_wanted, issuing_addresses, key_acceptance, leaf, needed,
    path, staple, strengths, subject, timestamps, validity,
};
use v6ready::model::{Blob, Host, Name};
use v6ready::probe::decoders;

/// The first flight of a server, also as the answer to a hello of an old version.
pub fn tls_handshake(octets: &[u8]) {
    let _ = decoders::handshake(octets);
    decoders::legacy_hello(octets);
}

/// The certificates of a chain, each after its length in three octets; or one certificate.
pub fn certificates(octets: &[u8]) {
    let chain = match chain_in(octets) {
        (chain, []) if !chain.is_empty() => chain,
        _ => vec![Blob::new(octets)],
    };
    let (trust, at) = (TrustedRoots::public(), now());
    let host = Host::Name(Name::from_presentation("www.example"));
    let _ = leaf(&chain).map(|leaf| leaf.is_for(&host));
    let _ = (validity(&chain), strengths(&chain), key_acceptance(&chain));
    let _ = (path(&chain, trust), needed(&chain, trust, at), issuers_wanted(&chain, trust, at));
    let _ = timestamps(&chain, None, at);
    for certificate in &chain {
        let _ = (subject(certificate), issuing_addresses(certificate));
        let _ = is_issuer_of(certificate, &chain[0]);
        let _ = decoders::weak_key(certificate.bytes());
    }
    // What a certificate's own address leads to.
    let _ = certificates_in(octets);
}

/// A chain as above, and then a stapled OCSP response.
pub fn ocsp(octets: &[u8]) {
    let (chain, response) = chain_in(octets);
    let _ = staple(response, &chain, now());
    let _ = timestamps(&chain, Some(&Blob::new(response)), now());
}

/// A file of authorities that an inventory names.
pub fn pem(octets: &[u8]) {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(octets).collect();
    let Ok(read) = read else { return };
    let ders: Vec<Vec<u8>> = read.iter().map(|der| der.to_vec()).collect();
    let _ = TrustedRoots::new(&ders);
}

/// The certificates at the beginning of an input, up to a length of zero, and what follows them.
fn chain_in(mut octets: &[u8]) -> (Vec<Blob>, &[u8]) {
    let mut chain = Vec::new();
    while let Some((&[high, middle, low], rest)) = octets.split_first_chunk::<3>() {
        let length = usize::try_from(u32::from_be_bytes([0, high, middle, low])).unwrap_or(0);
        let Some((certificate, rest)) = rest.split_at_checked(length) else { break };
        octets = rest;
        if certificate.is_empty() {
            break;
        }
        chain.push(Blob::new(certificate));
    }
    (chain, octets)
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap_or_default()
}
