//! TLSA records of a signed host against what it shows.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use hickory_proto::rr::rdata::TLSA;
use hickory_proto::rr::rdata::tlsa::{CertUsage, Matching, Selector};
use hickory_proto::rr::{Record, RecordType as Kind};

use super::builders::{down, session};
use super::chains::{leaf_params, root, signed};
use super::tls::{SIX, shakes};
use super::*;
use crate::evidence::dns::dnssec::tests as dnssec;
use crate::evidence::dns::dnssec::tests::{Zone, aaaa, n, record};
use crate::model::{ConversationQuestion, Host, TlsSession};

const OWNER: &str = "_636._tcp.z.";

/// The host `z`, whose zone answers so for its TLSA records.
fn published(answers: impl FnOnce(&Zone) -> Vec<Record>, usual: ResponseCode) -> World {
    let mut signer = dnssec::World::delegated();
    let answers = answers(&signer.leaf);
    let six = signer.leaf.signed(vec![aaaa("z.")]);
    let gap = signer.leaf.nsec("z.", "z.", &[Kind::AAAA, Kind::NS, Kind::SOA]);
    let kinds = if answers.is_empty() { vec![Kind::A] } else { vec![Kind::TLSA] };
    let none = signer.leaf.nsec(OWNER, "z.", &kinds);
    signer.tell("z.", Kind::AAAA, six, vec![]);
    signer.tell("_tcp.z.", Kind::DS, vec![], [none.clone(), gap].concat());
    signer.tell(OWNER, Kind::DS, vec![], none.clone());
    signer.tell(OWNER, Kind::TLSA, answers.clone(), none.clone());
    signer.reply(OWNER, Kind::TLSA, false, usual, answers, none, false);
    over(signer)
}

fn over(signer: dnssec::World) -> World {
    let mut world = World::of("tls: \"z:636\"").host("z", &["2001:db8::1"]);
    world.inventory.settings.trust_anchors = signer.settings.trust_anchors.clone();
    world.inventory.settings.attempts = 1;
    for (observation, id) in signer.evidence.all() {
        world.evidence.insert(id, Arc::clone(observation));
    }
    world
}

fn shown(mut world: World, seen: &Conversation) -> World {
    let host = Some(Host::Name(Name::from_presentation("z")));
    let address = SIX.parse().unwrap();
    let question = ConversationQuestion { address, tls: host, http: None, mss: None };
    let reply = Reply::Conversation(Box::new(seen.clone()));
    world.seen(Question::Conversation(question), 1, reply);
    world
}

fn tlsa(usage: CertUsage, matching: Matching, data: &[u8]) -> Record {
    let tlsa = TLSA::new(usage, Selector::Full, matching, data.to_vec());
    record(n(OWNER), RData::TLSA(tlsa))
}

#[test]
pub(super) fn associations() {
    let id = "tls-dane";
    let good = root("good");
    let chain = vec![signed(&leaf_params(&["z"]), &good)];
    let seen = &shakes(TlsSession { chain: chain.clone(), ..session() });
    let leaf = chain[0].bytes();
    let of = |records: Vec<Record>, is_trusted: bool, seen: &Conversation| {
        let world = published(|zone| zone.signed(records), ResponseCode::NoError);
        let mut world = shown(world, seen);
        if is_trusted {
            world.trust = TrustedRoots::new(&[good.der().to_vec()]).unwrap();
        }
        world.says(id)
    };
    let right = || tlsa(CertUsage::DaneEe, Matching::Raw, leaf);
    let wrong = |octet: u8| tlsa(CertUsage::DaneEe, Matching::Raw, &[octet]);
    let many: Vec<Record> = (0..17).map(wrong).collect();
    for (records, is_trusted, expected) in [
        (vec![right()], false, (Pass, "matches")),
        (vec![wrong(1), right()], false, (Pass, "matches")),
        (vec![wrong(1)], true, (Fail, "mismatch")),
        (vec![tlsa(CertUsage::PkixEe, Matching::Raw, leaf)], false, (Fail, "untrusted")),
        (vec![tlsa(CertUsage::PkixTa, Matching::Raw, &[1])], true, (Inconclusive, "root-not-seen")),
        (vec![tlsa(CertUsage::DaneEe, Matching::Unassigned(9), leaf)], true, (Fail, "unusable")),
        (many, true, (Inconclusive, common::LIMIT)),
    ] {
        assert_eq!(of(records.clone(), is_trusted, seen), expected, "{records:?}");
    }
    let ours = &down(NetFailure::NoRoute);
    assert_eq!(of(vec![right()], true, ours), (Inconclusive, common::OUR_FAULT));
    let unsigned = published(|_| vec![right()], ResponseCode::ServFail);
    assert_eq!(shown(unsigned, seen).says(id), (Fail, "bogus"));
    let none = published(|_| vec![], ResponseCode::NoError);
    assert_eq!(shown(none, seen).says(id), (NotApplicable, "no-tlsa"));
    let mut insecure = dnssec::World::new();
    let unsigned = insecure.root.nsec("z.", ".", &[Kind::NS]);
    insecure.tell("z.", Kind::DS, vec![], unsigned);
    insecure.tell("z.", Kind::AAAA, vec![aaaa("z.")], vec![]);
    insecure.tell(OWNER, Kind::TLSA, vec![right()], vec![]);
    assert_eq!(shown(over(insecure), seen).says(id), (NotApplicable, "not-signed"));
    let mut unanchored = published(|zone| zone.signed(vec![right()]), ResponseCode::NoError);
    unanchored.inventory.settings.trust_anchors = Some(Zone::new("other.").anchor());
    assert_eq!(shown(unanchored, seen).says(id), (Inconclusive, "not-validated"));
    let literal = World::of("tls: \"[2001:db8::1]:636\"");
    assert_eq!(literal.says(id), (NotApplicable, "address-literal"));
    let plain = World::of("tcp: \"z:389\"").host("z", &["2001:db8::1"]);
    assert_eq!(plain.says(id), (NotApplicable, "no-tls"));
}

#[test]
pub(super) fn an_alias_whose_end_is_unknown() {
    // `z` is an alias, and at its own name stand no records; those of the name that it leads to
    // would come first.
    for (limit, expected) in
        [(8, (Inconclusive, common::UNRESOLVED)), (0, (Inconclusive, common::LIMIT))]
    {
        let mut signer = dnssec::World::delegated();
        let alias = record(n("www.z."), RData::CNAME(CNAME(n("a.z."))));
        let alias = signer.leaf.signed(vec![alias]);
        let none = signer.leaf.nsec("www.z.", "z.", &[Kind::A]);
        signer.tell("www.z.", Kind::DS, vec![], none.clone());
        signer.tell("www.z.", Kind::AAAA, alias, vec![]);
        let broken = ResponseCode::ServFail;
        signer.reply("a.z.", Kind::DS, true, broken, vec![], vec![], false);
        signer.reply("a.z.", Kind::AAAA, true, broken, vec![], vec![], false);
        let owner = "_636._tcp.www.z.";
        let none = signer.leaf.nsec(owner, "z.", &[Kind::A]);
        for name in ["_tcp.www.z.", owner] {
            let gap = signer.leaf.nsec(name, "z.", &[Kind::A]);
            signer.tell(name, Kind::DS, vec![], gap);
        }
        signer.tell(owner, Kind::TLSA, vec![], none);
        let mut world = World::of("tls: \"www.z:636\"").host("www.z", &["2001:db8::1"]);
        world.inventory.settings.trust_anchors = signer.settings.trust_anchors.clone();
        world.inventory.settings.attempts = 1;
        world.inventory.settings.limits.cname_links = limit;
        for (observation, id) in signer.evidence.all() {
            world.evidence.insert(id, Arc::clone(observation));
        }
        assert_eq!(world.says("tls-dane"), expected, "{limit}");
    }
}
