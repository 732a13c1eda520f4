//! Zones signed in memory, for tests.

use std::time::Duration;

use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, NSEC, NSEC3, RRSIG};
use hickory_proto::dnssec::{
    Algorithm, DigestType, DnssecSigner, Nsec3HashAlgorithm, SigningKey as _, TBS,
};
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::AAAA;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, SerialNumber};

/// 2027-01-15 08:00:00 UTC.
pub(crate) const NOW: i64 = 1_800_000_000;

/// A name.
pub(crate) fn n(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

/// A zone with its key.
pub(crate) struct Zone {
    signer: DnssecSigner,
    pub(crate) inception: u32,
    pub(crate) expiration: u32,
}

impl Zone {
    pub(crate) fn new(apex: &str) -> Self {
        let pkcs8 = EcdsaSigningKey::generate_pkcs8(Algorithm::ECDSAP256SHA256).unwrap();
        let key = EcdsaSigningKey::from_pkcs8(&pkcs8, Algorithm::ECDSAP256SHA256).unwrap();
        let dnskey = DNSKEY::from_key(&key.to_public_key().unwrap());
        let signer = DnssecSigner::new(dnskey, Box::new(key), n(apex), Duration::from_secs(1));
        Self { signer, inception: NOW as u32 - 100, expiration: NOW as u32 + 100 }
    }

    pub(crate) fn apex(&self) -> Name {
        self.signer.signer_name().clone()
    }

    pub(crate) fn ds(&self) -> Record {
        let key = self.signer.dnskey();
        let digest = key.to_digest(&self.apex(), DigestType::SHA256).unwrap().as_ref().to_vec();
        let tag = key.calculate_key_tag().unwrap();
        let ds = DS::new(tag, Algorithm::ECDSAP256SHA256, DigestType::SHA256, digest);
        record(self.apex(), RData::DNSSEC(DNSSECRData::DS(ds)))
    }

    pub(crate) fn anchor(&self) -> String {
        let record = self.ds();
        let RData::DNSSEC(DNSSECRData::DS(ds)) = &record.data else { panic!() };
        let digest: String = ds.digest().iter().map(|octet| format!("{octet:02x}")).collect();
        format!("{} DS {} 13 2 {digest}", self.apex(), ds.key_tag())
    }

    pub(crate) fn dnskey(&self) -> Vec<Record> {
        let key = RData::DNSSEC(DNSSECRData::DNSKEY(self.signer.to_dnskey()));
        self.signed(vec![record(self.apex(), key)])
    }

    /// An RRset with its signature.
    pub(crate) fn signed(&self, rrset: Vec<Record>) -> Vec<Record> {
        let owner = rrset[0].name.clone();
        self.signed_as(&owner, rrset)
    }

    /// An RRset that is expanded from the wildcard `owner`.
    pub(crate) fn signed_as(&self, owner: &Name, mut rrset: Vec<Record>) -> Vec<Record> {
        let input = SigInput {
            type_covered: rrset[0].record_type(),
            algorithm: Algorithm::ECDSAP256SHA256,
            num_labels: owner.num_labels(),
            original_ttl: 60,
            sig_expiration: SerialNumber::new(self.expiration),
            sig_inception: SerialNumber::new(self.inception),
            key_tag: self.signer.calculate_key_tag().unwrap(),
            signer_name: self.apex(),
        };
        let tbs = TBS::from_input(&rrset[0].name, DNSClass::IN, &input, rrset.iter()).unwrap();
        let sig = RRSIG::from_sig(input, self.signer.sign(&tbs).unwrap());
        rrset.push(record(rrset[0].name.clone(), RData::DNSSEC(DNSSECRData::RRSIG(sig))));
        rrset
    }

    pub(crate) fn nsec(&self, owner: &str, next: &str, types: &[RecordType]) -> Vec<Record> {
        let nsec = NSEC::new(n(next), types.iter().copied());
        self.signed(vec![record(n(owner), RData::DNSSEC(DNSSECRData::NSEC(nsec)))])
    }

    /// An NSEC3 that matches a name (`covers` false) or covers its hash.
    pub(crate) fn nsec3(
        &self,
        name: &str,
        covers: bool,
        opt_out: bool,
        types: &[RecordType],
    ) -> Vec<Record> {
        self.nsec3_iterated(name, covers, opt_out, types, 0)
    }

    pub(crate) fn nsec3_iterated(
        &self,
        name: &str,
        covers: bool,
        opt_out: bool,
        types: &[RecordType],
        iterations: u16,
    ) -> Vec<Record> {
        let hashed = Nsec3HashAlgorithm::SHA1.hash(b"", &n(name), iterations).unwrap();
        let mut first = hashed.as_ref().to_vec();
        let mut next = first.clone();
        *next.last_mut().unwrap() = next.last().unwrap().saturating_add(1);
        if covers {
            *first.last_mut().unwrap() = first.last().unwrap().saturating_sub(1);
        }
        let nsec3 = NSEC3::new(
            Nsec3HashAlgorithm::SHA1,
            opt_out,
            iterations,
            Vec::new(),
            next,
            types.iter().copied(),
        );
        let owner = self.apex().prepend_label(base32hex(&first).as_str()).unwrap();
        self.signed(vec![record(owner, RData::DNSSEC(DNSSECRData::NSEC3(nsec3)))])
    }
}

fn base32hex(octets: &[u8]) -> String {
    let bits: String = octets.iter().map(|octet| format!("{octet:08b}")).collect();
    bits.as_bytes()
        .chunks(5)
        .map(|five| {
            let text = format!("{:0<5}", std::str::from_utf8(five).unwrap());
            let at = usize::from_str_radix(&text, 2).unwrap();
            char::from(b"0123456789abcdefghijklmnopqrstuv"[at])
        })
        .collect()
}

/// A record that lives for a minute.
pub(crate) fn record(owner: Name, data: RData) -> Record {
    Record::from_rdata(owner, 60, data)
}

/// An address of this name.
pub(crate) fn aaaa(owner: &str) -> Record {
    record(n(owner), RData::AAAA(AAAA("2001:db8::1".parse().unwrap())))
}

/// A resolver's answer, as it stands on the wire.
pub(crate) fn wire(
    question: (&Name, RecordType),
    rcode: ResponseCode,
    (answers, denial): (Vec<Record>, Vec<Record>),
    authentic: bool,
) -> Vec<u8> {
    let mut wire = Message::new(1, MessageType::Response, OpCode::Query);
    wire.metadata.response_code = rcode;
    wire.metadata.authentic_data = authentic;
    wire.add_query(Query::query(question.0.clone(), question.1));
    wire.answers = answers;
    wire.authorities = denial;
    wire.to_vec().unwrap()
}
