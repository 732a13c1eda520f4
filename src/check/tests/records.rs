//! Records beside the addresses: who may issue certificates, and HTTPS records.

use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
use hickory_proto::rr::rdata::svcb::SVCB;
use hickory_proto::rr::rdata::{CAA, HTTPS};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

use super::builders::*;
use super::*;

const SIX: &str = "2001:db8::1";
const WWW: &str = "www.example.vn";

type Issuer = CertifiedIssuer<'static, KeyPair>;

/// An authority that calls itself so.
fn authority(name: &str) -> Issuer {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Issuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A page that comes with a certificate for this name.
fn shown(by: &Issuer, name: &str) -> Conversation {
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let leaf = params.signed_by(&KeyPair::generate().unwrap(), by).unwrap();
    let mut seen = page();
    if let Some(Ok(session)) = &mut seen.tls {
        session.chain = vec![Blob::new(leaf.der().to_vec())];
    }
    seen
}

/// A property of a CAA record.
fn property(critical: bool, tag: &str, value: &str) -> RData {
    let mut caa = CAA::new_issue(critical, None, Vec::new());
    caa.tag = tag.to_owned();
    caa.value = value.as_bytes().to_vec();
    RData::CAA(caa)
}

#[test]
pub(super) fn authorities_that_may_issue() {
    let (known, stranger) = (authority("Let's Encrypt"), authority("Nobody"));
    let world = |trusted: &Issuer, seen: &Conversation, records: &[RData]| {
        let records: Vec<_> =
            records.iter().map(|data| ("www.example.vn.", data.clone())).collect();
        let mut world =
            World::new("active").published().dns(WWW, RecordType::CAA, &answer(&records));
        world.trust = TrustedRoots::new(&[trusted.der().to_vec()]).unwrap();
        world.visit(URL, SIX, seen)
    };
    let issue = |value: &str| property(false, "issue", value);
    for (by, records, expected) in [
        (&known, vec![issue("letsencrypt.org")], (Pass, "allowed")),
        (&known, vec![issue("pki.goog")], (Fail, "forbidden")),
        (&known, vec![issue(";")], (Fail, "forbidden")),
        (&known, vec![property(false, "iodef", "mailto:a@b.example")], (Fail, "unrestricted")),
        (&known, vec![property(true, "tbs", "x")], (Fail, "critical-unknown")),
        (&stranger, vec![issue("pki.goog")], (Inconclusive, "unknown-authority")),
    ] {
        let world = world(by, &shown(by, WWW), &records);
        assert_eq!(world.says("dns-caa"), expected, "{records:?}");
    }
    // What nobody trusts, or is for another name, proves nothing of its issuer.
    let lower = (Inconclusive, common::LOWER_LAYER);
    let records = [issue("pki.goog")];
    assert_eq!(world(&stranger, &shown(&known, WWW), &records).says("dns-caa"), lower);
    assert_eq!(world(&known, &shown(&known, "other.example"), &records).says("dns-caa"), lower);
    let ours = down(NetFailure::NoRoute);
    let unseen = (Inconclusive, common::OUR_FAULT);
    assert_eq!(world(&known, &ours, &records).says("dns-caa"), unseen);
    // A wildcard is asked for at the name below which it stands.
    let wildcard = |record: &RData, above: &Reply| {
        world(&known, &shown(&known, "*.example.vn"), std::slice::from_ref(record))
            .dns("example.vn", RecordType::CAA, above)
            .says("dns-caa")
    };
    let above = |value: &str| answer(&[("example.vn.", property(false, "issuewild", value))]);
    let allows = issue("letsencrypt.org");
    assert_eq!(wildcard(&allows, &above("letsencrypt.org")), (Pass, "allowed"));
    assert_eq!(wildcard(&allows, &above(";")), (Fail, "forbidden"));
    assert_eq!(wildcard(&allows, &servfail()), (Inconclusive, common::UNRESOLVED));
}

#[test]
pub(super) fn services_without_a_caa_question() {
    let ssh = World::of("ssh: www.example.vn").published();
    assert_eq!(ssh.says("dns-caa"), (NotApplicable, "no-tls"));
    let zone = World::of("zone: example.vn");
    assert_eq!(zone.says("dns-caa"), (NotApplicable, common::OTHER_KIND));
    let literal = World::of("web: \"https://[2001:db8::1]/\"");
    assert_eq!(literal.says("dns-caa"), (NotApplicable, "address-literal"));
    assert_eq!(literal.says("dns-https-record"), (NotApplicable, "address-literal"));
    let plain = World::of("zone: example.vn");
    assert_eq!(plain.says("dns-https-record"), (NotApplicable, common::OTHER_KIND));
    for id in ["dns-caa", "dns-https-record"] {
        assert_eq!(World::new("retired").says(id), (NotApplicable, common::RETIRED), "{id}");
    }
}

#[test]
pub(super) fn https_records_that_are_not_known() {
    let alias = |from: usize| {
        let target = WireName::from_ascii(format!("a{}.example.", from + 1)).unwrap();
        RData::HTTPS(HTTPS(SVCB::new(0, target, Vec::new())))
    };
    let start = |reply: &Reply| World::new("active").published().dns(WWW, RecordType::HTTPS, reply);
    let first = answer(&[("www.example.vn.", alias(0))]);
    let endless = (1..20).fold(start(&first), |world, at| {
        let name = format!("a{at}.example");
        let reply = answer(&[(format!("{name}.").as_str(), alias(at))]);
        world.dns(&name, RecordType::HTTPS, &reply)
    });
    assert_eq!(endless.says("dns-https-record"), (Fail, "alias-too-long"));
    assert_eq!(start(&servfail()).says("dns-https-record"), (Inconclusive, common::UNRESOLVED));
    assert_eq!(start(&first).says("dns-https-record"), (Inconclusive, common::NOT_OBSERVED));
}
