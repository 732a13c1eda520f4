//! A hierarchy signed in memory, with every fault that the validator tells apart.

use std::sync::Arc;
use std::time::Duration;

use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, NSEC, NSEC3, RRSIG};
use hickory_proto::dnssec::{
    Algorithm, DigestType, DnssecSigner, Nsec3HashAlgorithm, SigningKey as _, TBS,
};
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{AAAA, CNAME};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, SerialNumber};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::evidence::query::Gap;
use crate::evidence::query::View;
use crate::model;
use crate::model::{Blob, DnsMessage, Evidence, Networks, Observation, Question, Reply, Settings};

mod keytrap;

pub(crate) const NOW: i64 = 1_800_000_000;

pub(crate) fn n(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

#[derive(Clone)]
pub(crate) struct Zone {
    signer: Arc<DnssecSigner>,
    pub(crate) inception: u32,
    pub(crate) expiration: u32,
}

impl Zone {
    pub(crate) fn new(apex: &str) -> Self {
        let pkcs8 = EcdsaSigningKey::generate_pkcs8(Algorithm::ECDSAP256SHA256).unwrap();
        let key = EcdsaSigningKey::from_pkcs8(&pkcs8, Algorithm::ECDSAP256SHA256).unwrap();
        let dnskey = DNSKEY::from_key(&key.to_public_key().unwrap());
        let signer = DnssecSigner::new(dnskey, Box::new(key), n(apex), Duration::from_secs(1));
        Self { signer: Arc::new(signer), inception: NOW as u32 - 100, expiration: NOW as u32 + 100 }
    }

    fn apex(&self) -> Name {
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
    fn signed_as(&self, owner: &Name, mut rrset: Vec<Record>) -> Vec<Record> {
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
    fn nsec3(&self, name: &str, covers: bool, opt_out: bool, types: &[RecordType]) -> Vec<Record> {
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

pub(crate) fn record(owner: Name, data: RData) -> Record {
    Record::from_rdata(owner, 60, data)
}

pub(crate) fn aaaa(owner: &str) -> Record {
    record(n(owner), RData::AAAA(AAAA("2001:db8::1".parse().unwrap())))
}

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) evidence: Evidence,
    networks: Networks,
    pub(crate) root: Zone,
    pub(crate) leaf: Zone,
}

impl World {
    /// A signed root with a signed zone `z.` below it, whose names still have to be told.
    pub(crate) fn new() -> Self {
        let (root, leaf) = (Zone::new("."), Zone::new("z."));
        let settings = Settings {
            resolvers: vec!["192.0.2.53:53".parse().unwrap()],
            trust_anchors: Some(root.anchor()),
            attempts: 1,
            ..Settings::default()
        };
        let mut world =
            Self { settings, evidence: Evidence::new(), networks: Networks::default(), root, leaf };
        world.tell(".", RecordType::DNSKEY, world.root.dnskey(), vec![]);
        world
    }

    /// With the leaf zone's DS and keys.
    pub(crate) fn delegated() -> Self {
        let mut world = Self::new();
        world.tell("z.", RecordType::DS, world.root.signed(vec![world.leaf.ds()]), vec![]);
        world.tell("z.", RecordType::DNSKEY, world.leaf.dnskey(), vec![]);
        world
    }

    /// No zone cut at `www.z.`, by NSEC.
    fn no_cut(mut self) -> Self {
        let denial = self.leaf.nsec("www.z.", "z.", &[RecordType::AAAA]);
        self.tell("www.z.", RecordType::DS, vec![], denial);
        self
    }

    pub(crate) fn tell(
        &mut self,
        name: &str,
        kind: RecordType,
        answers: Vec<Record>,
        denial: Vec<Record>,
    ) {
        self.reply(name, kind, true, ResponseCode::NoError, answers, denial, false);
    }

    fn nxdomain(&mut self, name: &str, kind: RecordType, denial: Vec<Record>) {
        self.reply(name, kind, true, ResponseCode::NXDomain, vec![], denial, false);
    }

    #[allow(clippy::too_many_arguments)]
    pub(crate) fn reply(
        &mut self,
        name: &str,
        kind: RecordType,
        checking_disabled: bool,
        rcode: ResponseCode,
        answers: Vec<Record>,
        denial: Vec<Record>,
        authentic: bool,
    ) {
        let mut wire = Message::new(1, MessageType::Response, OpCode::Query);
        wire.metadata.response_code = rcode;
        wire.metadata.authentic_data = authentic;
        wire.add_query(Query::query(n(name), kind));
        wire.answers = answers;
        wire.authorities = denial;
        self.raw(name, kind, checking_disabled, wire.to_vec().unwrap());
    }

    fn raw(&mut self, name: &str, kind: RecordType, checking_disabled: bool, octets: Vec<u8>) {
        let name = model::Name::from_labels(n(name).iter());
        let view = self.view();
        let question =
            crate::evidence::dns::dns_question(&view, &name, model::RecordType(kind.into()), 1)
                .unwrap();
        let question = model::DnsQuestion { checking_disabled, dnssec_ok: true, ..question };
        let observation = Observation {
            request: model::Request::first(Question::Dns(question)),
            observed_at: Timestamp::from_second(NOW).unwrap(),
            elapsed_us: 1,
            reply: Reply::Dns(DnsMessage::new(Blob::new(octets))),
        };
        self.evidence.insert(observation.id(), Arc::new(observation));
    }

    pub(crate) fn view(&self) -> View<'_> {
        View::new(&self.evidence, &self.settings, &self.networks, &[])
    }

    fn read(&self, name: &str) -> Arc<Dnssec> {
        let name = model::Name::from_presentation(name);
        dnssec(&self.view(), &name, model::RecordType::AAAA)
    }

    fn says(&self, name: &str) -> Security {
        let found = self.read(name);
        assert!(!found.is_pending, "{name}");
        found.security().clone()
    }

    /// The usual question gets no AD.
    fn unvouched(mut self, name: &str) -> Self {
        self.reply(name, RecordType::AAAA, false, ResponseCode::ServFail, vec![], vec![], false);
        self
    }
}

#[test]
fn a_signed_answer_is_secure() {
    let mut world = World::delegated().no_cut();
    world.tell("www.z.", RecordType::AAAA, world.leaf.signed(vec![aaaa("www.z.")]), vec![]);
    assert_eq!(world.says("www.z"), Security::Secure);
    assert_eq!(world.read("www.z").records.len(), 1);
    assert_eq!(world.read("www.z").links[0].zone.as_str(), "z");
}

#[test]
fn each_fault_of_a_signature_has_its_name() {
    let at = |inception: i64, expiration: i64| {
        (Some(((NOW + inception) as u32, (NOW + expiration) as u32)), false)
    };
    for ((dates, tampered), expected) in [
        (at(-100, -1), Bogus::Expired),
        (at(1, 100), Bogus::NotYetValid),
        ((None, true), Bogus::BadSignature),
        ((None, false), Bogus::MissingSignature),
    ] {
        let mut world = World::delegated().no_cut();
        let mut answer = vec![aaaa("www.z.")];
        if let Some((inception, expiration)) = dates {
            (world.leaf.inception, world.leaf.expiration) = (inception, expiration);
            answer = world.leaf.signed(answer);
        } else if tampered {
            answer = world.leaf.signed(answer);
            answer[0].data = RData::AAAA(AAAA("2001:db8::2".parse().unwrap()));
        }
        world.tell("www.z.", RecordType::AAAA, answer, vec![]);
        assert_eq!(world.unvouched("www.z.").says("www.z"), Security::Bogus(expected));
    }
}

#[test]
fn a_resolver_that_vouches_for_what_is_bogus_is_noticed() {
    let mut world = World::delegated().no_cut();
    world.tell("www.z.", RecordType::AAAA, vec![aaaa("www.z.")], vec![]);
    // Before the last question is answered nothing is called bogus.
    let before = world.read("www.z");
    assert!(before.is_pending);
    assert_eq!(before.security(), &Security::Unknown(Unknown::Gap(Gap::NotObserved)));
    let answer = vec![aaaa("www.z.")];
    world.reply("www.z.", RecordType::AAAA, false, ResponseCode::NoError, answer, vec![], true);
    assert_eq!(world.says("www.z"), Security::Unknown(Unknown::ResolverDisagrees));
}

#[test]
fn a_resolver_that_strips_signatures_is_ours() {
    let mut world = World::new();
    let key = world.root.dnskey().remove(0);
    world.evidence = Evidence::new();
    world.tell(".", RecordType::DNSKEY, vec![key], vec![]);
    world.tell("www.z.", RecordType::AAAA, vec![aaaa("www.z.")], vec![]);
    assert_eq!(world.says("www.z"), Security::Unknown(Unknown::ResolverStrips));
}

#[test]
fn a_wrong_ds_and_an_unsupported_one() {
    let mut world = World::new();
    let mut ds = Zone::new("z.").ds();
    world.tell("z.", RecordType::DS, world.root.signed(vec![ds.clone()]), vec![]);
    world.tell("z.", RecordType::DNSKEY, world.leaf.dnskey(), vec![]);
    world.tell("www.z.", RecordType::AAAA, world.leaf.signed(vec![aaaa("www.z.")]), vec![]);
    let world = world.unvouched("www.z.");
    assert_eq!(world.says("www.z"), Security::Bogus(Bogus::NoMatchingKey));

    let mut world = World::new();
    let gost = DS::new(1, Algorithm::Unknown(12), DigestType::SHA256, vec![0; 32]);
    ds.data = RData::DNSSEC(DNSSECRData::DS(gost));
    world.tell("z.", RecordType::DS, world.root.signed(vec![ds]), vec![]);
    world.tell("z.", RecordType::DNSKEY, world.leaf.dnskey(), vec![]);
    world.tell("www.z.", RecordType::AAAA, vec![aaaa("www.z.")], vec![]);
    assert_eq!(world.says("www.z"), Security::Insecure(Insecure::UnsupportedAlgorithm));
}

#[test]
fn an_unsigned_delegation_has_to_be_proven() {
    let ns = [RecordType::NS];
    type Denial = fn(&Zone) -> Vec<Record>;
    let rows: [(Denial, Security); 7] = [
        (|r| r.nsec("z.", ".", &[RecordType::NS]), Security::Insecure(Insecure::NoDs)),
        (|r| r.nsec3("z.", false, false, &[RecordType::NS]), Security::Insecure(Insecure::NoDs)),
        (
            |r| [r.nsec3(".", false, false, &[]), r.nsec3("z.", true, true, &[])].concat(),
            Security::Insecure(Insecure::NoDs),
        ),
        (
            |r| r.nsec3_iterated("z.", false, false, &[RecordType::NS], 51),
            Security::Insecure(Insecure::Nsec3Iterations),
        ),
        (|_| vec![], Security::Bogus(Bogus::BadDenial)),
        // The child's own NSEC proves nothing of the parent's DS.
        (
            |r| r.nsec("z.", ".", &[RecordType::NS, RecordType::SOA]),
            Security::Bogus(Bogus::BadDenial),
        ),
        (|r| r.nsec("a.", "b.", &[RecordType::NS]), Security::Bogus(Bogus::BadDenial)),
    ];
    assert_eq!(ns.len(), 1);
    for (at, (denial, expected)) in rows.into_iter().enumerate() {
        let mut world = World::new();
        world.tell("z.", RecordType::DS, vec![], denial(&world.root));
        world.tell("www.z.", RecordType::AAAA, vec![aaaa("www.z.")], vec![]);
        assert_eq!(world.unvouched("www.z.").says("www.z"), expected, "row {at}");
    }
}

#[test]
fn negative_answers_need_their_proofs() {
    type Denial = fn(&Zone) -> Vec<Record>;
    let bad = Security::Bogus(Bogus::BadDenial);
    let rows: [(Denial, bool, Security); 7] = [
        (|z| z.nsec("www.z.", "z.", &[RecordType::A]), true, Security::Secure),
        (|z| z.nsec("www.z.", "z.", &[RecordType::AAAA]), true, bad.clone()),
        (|z| z.nsec("www.z.", "z.", &[RecordType::CNAME]), true, bad.clone()),
        (|z| z.nsec("z.", "zz.z.", &[RecordType::NS, RecordType::SOA]), false, Security::Secure),
        // The gap leaves the wildcard open.
        (|z| z.nsec("a.z.", "zz.z.", &[RecordType::A]), false, bad.clone()),
        (
            |z| {
                let keys = [z.nsec3("z.", false, false, &[RecordType::SOA])];
                let gaps = [z.nsec3("www.z.", true, false, &[]), z.nsec3("*.z.", true, false, &[])];
                [keys.concat(), gaps.concat()].concat()
            },
            false,
            Security::Secure,
        ),
        (|z| z.nsec3("www.z.", false, false, &[RecordType::A]), true, Security::Secure),
    ];
    for (at, (denial, exists, expected)) in rows.into_iter().enumerate() {
        let mut world = World::delegated().no_cut();
        if exists {
            world.tell("www.z.", RecordType::AAAA, vec![], denial(&world.leaf));
        } else {
            world.nxdomain("www.z.", RecordType::AAAA, denial(&world.leaf));
        }
        assert_eq!(world.unvouched("www.z.").says("www.z"), expected, "row {at}");
    }
}

#[test]
fn wildcards_and_aliases() {
    let mut world = World::delegated();
    let gap = world.leaf.nsec("*.z.", "z.", &[RecordType::AAAA]);
    world.nxdomain("www.z.", RecordType::DS, gap.clone());
    // Signed as `*.z.`, shown as `www.z.`.
    let expanded = world.leaf.signed_as(&n("*.z."), vec![aaaa("www.z.")]);
    world.tell("www.z.", RecordType::AAAA, expanded.clone(), gap);
    assert_eq!(world.says("www.z"), Security::Secure);

    let mut world = World::delegated().no_cut();
    world.tell("www.z.", RecordType::AAAA, expanded, vec![]);
    let world = world.unvouched("www.z.");
    assert!(matches!(world.says("www.z"), Security::Bogus(_)));

    let mut world = World::delegated().no_cut();
    let alias = record(n("www.z."), RData::CNAME(CNAME(n("a.z."))));
    world.tell("www.z.", RecordType::AAAA, world.leaf.signed(vec![alias]), vec![]);
    let denial = world.leaf.nsec("a.z.", "www.z.", &[RecordType::AAAA]);
    world.tell("a.z.", RecordType::DS, vec![], denial);
    world.tell("a.z.", RecordType::AAAA, world.leaf.signed(vec![aaaa("a.z.")]), vec![]);
    assert_eq!(world.says("www.z"), Security::Secure);
    assert_eq!(world.read("www.z").links.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_octets_are_survived(octets in proptest::collection::vec(any::<u8>(), 0..300), at in 0..4_usize) {
        let mut world = World::new();
        let (name, kind) = [
            (".", RecordType::DNSKEY),
            ("z.", RecordType::DS),
            ("z.", RecordType::DNSKEY),
            ("www.z.", RecordType::AAAA),
        ][at];
        world.raw(name, kind, true, octets);
        let found = world.read("www.z");
        prop_assert_ne!(found.security(), &Security::Secure);
    }

    #[test]
    fn a_changed_octet_is_never_secure_with_other_records(at in 12..400_usize, bit in 0..8_u8) {
        let mut world = World::delegated().no_cut();
        let mut wire = Message::new(1, MessageType::Response, OpCode::Query);
        wire.answers = world.leaf.signed(vec![aaaa("www.z.")]);
        let mut octets = wire.to_vec().unwrap();
        let at = at % octets.len();
        octets[at] ^= 1 << bit;
        world.raw("www.z.", RecordType::AAAA, true, octets);
        let found = world.read("www.z");
        if found.security() == &Security::Secure {
            prop_assert_eq!(&found.records[0].data, &aaaa("www.z.").data);
        }
    }
}
