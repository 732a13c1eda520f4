//! Signs the lab's zones with keys that are made at each start (RFC 4034, 4035 §2).

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, NSEC, RRSIG};
use hickory_proto::dnssec::{Algorithm, DigestType, DnssecSigner, SigningKey as _, TBS};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, SerialNumber};

use super::published::{PublishedZone, TTL_S};
use super::zone::Signing;

const ALGORITHM: Algorithm = Algorithm::ECDSAP256SHA256;
const DAY_S: u32 = 24 * 60 * 60;

type Error = Box<dyn std::error::Error>;

/// Signs a zone; returns the DS record for its parent.
pub(super) fn sign_zone(zone: &mut PublishedZone, how: Signing) -> Result<Option<RData>, Error> {
    if how == Signing::Unsigned {
        return Ok(None);
    }
    let signer = new_signer(&zone.apex)?;
    zone.add(zone.apex.clone(), RData::DNSSEC(DNSSECRData::DNSKEY(signer.to_dnskey())));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs() as u32;
    let (inception, expiration) = match how {
        Signing::Expired => (now - 30 * DAY_S, now - DAY_S),
        _ => (now - DAY_S, now + 30 * DAY_S),
    };
    let signature = |records: &[Record]| signature(&signer, records, inception, expiration);
    let denials = nsec_chain(zone);
    for (owner, node) in &mut zone.nodes {
        let mut signatures = Vec::new();
        for (kind, records) in node.iter() {
            if !(how == Signing::Incomplete && *kind == RecordType::AAAA) {
                signatures.push(signature(records)?);
            }
        }
        for record in &mut signatures {
            record.name = owner.clone();
        }
        node.insert(RecordType::RRSIG, signatures);
    }
    for cut in zone.cuts.values_mut().filter(|cut| !cut.ds.is_empty()) {
        let signature = signature(&cut.ds)?;
        cut.ds.push(signature);
    }
    for (owner, nsec) in denials {
        let signature = signature(std::slice::from_ref(&nsec))?;
        zone.denials.insert(owner, vec![nsec, signature]);
    }
    let key = match how {
        Signing::WrongDs => new_signer(&zone.apex)?.to_dnskey(),
        _ => signer.to_dnskey(),
    };
    let digest = key.to_digest(&zone.apex, DigestType::SHA256)?.as_ref().to_vec();
    let ds = DS::new(key.calculate_key_tag()?, ALGORITHM, DigestType::SHA256, digest);
    Ok(Some(RData::DNSSEC(DNSSECRData::DS(ds))))
}

/// A DS record as a trust anchor in master-file format.
pub(super) fn trust_anchor(apex: &Name, ds: &RData) -> String {
    format!("{apex} IN DS {ds}\n")
}

fn new_signer(apex: &Name) -> Result<DnssecSigner, Error> {
    let pkcs8 = EcdsaSigningKey::generate_pkcs8(ALGORITHM)?;
    let key = EcdsaSigningKey::from_pkcs8(&pkcs8, ALGORITHM)?;
    let dnskey = DNSKEY::from_key(&key.to_public_key()?);
    Ok(DnssecSigner::new(dnskey, Box::new(key), apex.clone(), Duration::from_secs(1)))
}

/// The signature over a set of records.
fn signature(
    signer: &DnssecSigner,
    records: &[Record],
    inception: u32,
    expiration: u32,
) -> Result<Record, Error> {
    let first = records.first().ok_or("an empty set of records")?;
    let input = SigInput {
        type_covered: first.record_type(),
        algorithm: ALGORITHM,
        num_labels: first.name.num_labels(),
        original_ttl: TTL_S,
        sig_expiration: SerialNumber::new(expiration),
        sig_inception: SerialNumber::new(inception),
        key_tag: signer.calculate_key_tag()?,
        signer_name: signer.signer_name().clone(),
    };
    let tbs = TBS::from_input(&first.name, DNSClass::IN, &input, records.iter())?;
    let sig = RRSIG::from_sig(input, signer.sign(&tbs)?);
    Ok(Record::from_rdata(first.name.clone(), TTL_S, RData::DNSSEC(DNSSECRData::RRSIG(sig))))
}

/// The chain of NSEC records over every name of the zone (RFC 4035 §2.3).
fn nsec_chain(zone: &PublishedZone) -> BTreeMap<Name, Record> {
    let mut types: BTreeMap<Name, Vec<RecordType>> = BTreeMap::new();
    for (owner, node) in &zone.nodes {
        types.entry(owner.clone()).or_default().extend(node.keys());
    }
    for (owner, cut) in &zone.cuts {
        let types = types.entry(owner.clone()).or_default();
        types.push(RecordType::NS);
        types.extend(cut.ds.first().map(|_| RecordType::DS));
    }
    let owners: Vec<Name> = types.keys().cloned().collect();
    let next = |at: usize| owners.get(at + 1).unwrap_or(&zone.apex).clone();
    types
        .into_iter()
        .enumerate()
        .map(|(at, (owner, mut types))| {
            types.extend([RecordType::NSEC, RecordType::RRSIG]);
            let nsec = RData::DNSSEC(DNSSECRData::NSEC(NSEC::new(next(at), types)));
            (owner.clone(), Record::from_rdata(owner, TTL_S, nsec))
        })
        .collect()
}
