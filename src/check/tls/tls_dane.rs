//! Where TLSA records are published: do they name the certificates that the addresses show?

use super::helpers::subject_of_worst_session;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{contacts, socket};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::dnssec::{Security, Unknown};
use crate::evidence::service::{self, EndpointContact};
use crate::evidence::tls::certificate::Association;
use crate::evidence::tls::{self, TlsaRecords, certificate, tlsa_records};
use crate::model::{
    Family, Host, Name, ObservationId, Outcome, Severity, Subject, Target, TlsSession, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "tls-dane",
    sources: &["RFC 6698 §2.1", "RFC 7671 §4, §5", "RFC 7672 §2.2, §3.1"],
    severity: Severity::Warning,
    revision: 4,
    reasons: &[
        Reason::pass("matches"),
        Reason::fail("mismatch"),
        Reason::fail("untrusted"),
        Reason::fail("unusable"),
        Reason::fail("bogus"),
        Reason::inconclusive("root-not-seen"),
        Reason::inconclusive("not-validated"),
        Reason::not_applicable("no-tlsa"),
        Reason::not_applicable("not-signed"),
        Reason::not_applicable("no-tls"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("tls_dane.en.md"), include_str!("tls_dane.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let is_mail = matches!(context.service.target, Target::Mail(_));
    match service::declared_ports(&context.view, context.service).first() {
        None if !is_mail => return Err(Verdict::not_applicable(common::OTHER_KIND)),
        Some(port) if !port.has_tls() => return Err(Verdict::not_applicable("no-tls")),
        _ => {}
    }
    let contacts = contacts(context, Family::Ipv6)?;
    let mut cite = Vec::new();
    let subjects: Vec<Subject> =
        contacts.iter().map(|contact| subject(context, contact, &mut cite)).collect();
    let nothing = subjects.first().map_or(common::NO_IPV6, |subject| subject.reason);
    Ok(Verdict::worst_of(subjects, "matches", nothing)
        .citing(contacts.iter().flat_map(|contact| contact.conversation.observations()))
        .citing(cite))
}

fn subject(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    cite: &mut Vec<ObservationId>,
) -> Subject {
    let plain = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    let Some(host) = tls::tlsa_host(context.service, contact) else {
        return plain(Outcome::NotApplicable, "address-literal");
    };
    let published = tlsa_records(&context.view, &host, contact.address.port());
    cite.extend(&published.observations);
    if let Some((outcome, reason)) = outcome_without_records(&published) {
        return plain(outcome, reason);
    }
    subject_of_worst_session(contact, CHECK.reasons, |session, _| {
        subject_of_session(context, contact, host.clone(), &published, session)
    })
}

/// Whether the certificates of a session are those that the records name.
fn subject_of_session(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    host: Name,
    published: &TlsaRecords,
    session: &TlsSession,
) -> Subject {
    let pkix = !matches!(context.service.target, Target::Mail(_));
    let host = Host::Name(host);
    let (outcome, reason) = match certificate::association(
        &session.chain,
        &published.records,
        &host,
        pkix,
        context.trust,
    ) {
        Association::Matches => (Outcome::Pass, "matches"),
        // One that is not looked at may be the one that matches.
        _ if published.is_cut => (Outcome::Inconclusive, common::LIMIT),
        Association::RootNotSeen => (Outcome::Inconclusive, "root-not-seen"),
        Association::Untrusted => (Outcome::Fail, "untrusted"),
        Association::Mismatch => (Outcome::Fail, "mismatch"),
        Association::Unusable => (Outcome::Fail, "unusable"),
    };
    let detail = vec![("host", host.to_string()), ("tlsa-at", published.owner.to_string())];
    socket(contact.address, outcome, reason, detail)
}

/// The outcome where there is nothing to compare with.
fn outcome_without_records(tlsa: &TlsaRecords) -> Option<(Outcome, &'static str)> {
    use Outcome::{Fail, Inconclusive, NotApplicable};
    match &tlsa.security {
        _ if tlsa.is_pending => Some((Inconclusive, common::NOT_OBSERVED)),
        Security::Secure if tlsa.records.is_empty() => Some((NotApplicable, "no-tlsa")),
        Security::Secure => None,
        // Without authentic records no client uses DANE, whatever is published.
        Security::Insecure(_) => Some((NotApplicable, "not-signed")),
        // That nothing verifies is dns-dnssec's failure.
        Security::Bogus(_) if tlsa.records.is_empty() => Some((Inconclusive, common::LOWER_LAYER)),
        Security::Bogus(_) => Some((Fail, "bogus")),
        Security::Unknown(Unknown::Gap(gap)) => Some((Inconclusive, common::reason_of(*gap))),
        Security::Unknown(_) => Some((Inconclusive, "not-validated")),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use std::sync::Arc;

    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::rdata::tlsa::{CertUsage, Matching, Selector};
    use hickory_proto::rr::rdata::{CNAME, TLSA};
    use hickory_proto::rr::{RData, Record, RecordType as Kind};

    use crate::check::common;
    use crate::check::testing::certificates::{leaf_params, root_authority, signed_certificate};
    use crate::check::testing::tls::{TLS_SIX, handshake};
    use crate::check::testing::web::{down, session};
    use crate::check::testing::world::World;
    use crate::evidence::dns::dnssec::tests as dnssec;
    use crate::evidence::dns::dnssec::tests::{Zone, aaaa, n, record};
    use crate::evidence::tls::TrustedRoots;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{
        Conversation, ConversationQuestion, Host, Name, NetFailure, Question, Reply, TlsSession,
    };

    pub(in crate::check) const CASES: &[fn()] = &[associations, an_alias_whose_end_is_unknown];

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
        let mut world = World::with_service("tls: \"z:636\"").host("z", &["2001:db8::1"]);
        world.inventory.settings.trust_anchors = signer.settings.trust_anchors.clone();
        world.inventory.settings.attempts = 1;
        for (observation, id) in signer.evidence.all() {
            world.evidence.insert(id, Arc::clone(observation));
        }
        world
    }

    fn shown(mut world: World, seen: &Conversation) -> World {
        let host = Some(Host::Name(Name::from_presentation("z")));
        let address = TLS_SIX.parse().unwrap();
        let question = ConversationQuestion { address, tls: host, http: None, mss: None };
        let reply = Reply::Conversation(Box::new(seen.clone()));
        world.observe(Question::Conversation(question), 1, reply);
        world
    }

    fn tlsa(usage: CertUsage, matching: Matching, data: &[u8]) -> Record {
        let tlsa = TLSA::new(usage, Selector::Full, matching, data.to_vec());
        record(n(OWNER), RData::TLSA(tlsa))
    }

    #[test]
    fn associations() {
        let id = "tls-dane";
        let good = root_authority("good");
        let chain = vec![signed_certificate(&leaf_params(&["z"]), &good)];
        let seen = &handshake(TlsSession { chain: chain.clone(), ..session() });
        let leaf = chain[0].bytes();
        let of = |records: Vec<Record>, is_trusted: bool, seen: &Conversation| {
            let world = published(|zone| zone.signed(records), ResponseCode::NoError);
            let mut world = shown(world, seen);
            if is_trusted {
                world.trust = TrustedRoots::new(&[good.der().to_vec()]).unwrap();
            }
            world.outcome_of(id)
        };
        let right = || tlsa(CertUsage::DaneEe, Matching::Raw, leaf);
        let wrong = |octet: u8| tlsa(CertUsage::DaneEe, Matching::Raw, &[octet]);
        let many: Vec<Record> = (0..17).map(wrong).collect();
        for (records, is_trusted, expected) in [
            (vec![right()], false, (Pass, "matches")),
            (vec![wrong(1), right()], false, (Pass, "matches")),
            (vec![wrong(1)], true, (Fail, "mismatch")),
            (vec![tlsa(CertUsage::PkixEe, Matching::Raw, leaf)], false, (Fail, "untrusted")),
            (
                vec![tlsa(CertUsage::PkixTa, Matching::Raw, &[1])],
                true,
                (Inconclusive, "root-not-seen"),
            ),
            (
                vec![tlsa(CertUsage::DaneEe, Matching::Unassigned(9), leaf)],
                true,
                (Fail, "unusable"),
            ),
            (many, true, (Inconclusive, common::LIMIT)),
        ] {
            assert_eq!(of(records.clone(), is_trusted, seen), expected, "{records:?}");
        }
        let ours = &down(NetFailure::NoRoute);
        assert_eq!(of(vec![right()], true, ours), (Inconclusive, common::OUR_FAULT));
        let unsigned = published(|_| vec![right()], ResponseCode::ServFail);
        assert_eq!(shown(unsigned, seen).outcome_of(id), (Fail, "bogus"));
        let none = published(|_| vec![], ResponseCode::NoError);
        assert_eq!(shown(none, seen).outcome_of(id), (NotApplicable, "no-tlsa"));
        let mut insecure = dnssec::World::new();
        let unsigned = insecure.root.nsec("z.", ".", &[Kind::NS]);
        insecure.tell("z.", Kind::DS, vec![], unsigned);
        insecure.tell("z.", Kind::AAAA, vec![aaaa("z.")], vec![]);
        insecure.tell(OWNER, Kind::TLSA, vec![right()], vec![]);
        assert_eq!(shown(over(insecure), seen).outcome_of(id), (NotApplicable, "not-signed"));
        let mut unanchored = published(|zone| zone.signed(vec![right()]), ResponseCode::NoError);
        unanchored.inventory.settings.trust_anchors = Some(Zone::new("other.").anchor());
        assert_eq!(shown(unanchored, seen).outcome_of(id), (Inconclusive, "not-validated"));
        let literal = World::with_service("tls: \"[2001:db8::1]:636\"");
        assert_eq!(literal.outcome_of(id), (NotApplicable, "address-literal"));
        let plain = World::with_service("tcp: \"z:389\"").host("z", &["2001:db8::1"]);
        assert_eq!(plain.outcome_of(id), (NotApplicable, "no-tls"));
    }

    #[test]
    fn an_alias_whose_end_is_unknown() {
        // `z` is an alias, and there are no records at its own name; those of the name that it leads to
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
            let mut world =
                World::with_service("tls: \"www.z:636\"").host("www.z", &["2001:db8::1"]);
            world.inventory.settings.trust_anchors = signer.settings.trust_anchors.clone();
            world.inventory.settings.attempts = 1;
            world.inventory.settings.limits.cname_links = limit;
            for (observation, id) in signer.evidence.all() {
                world.evidence.insert(id, Arc::clone(observation));
            }
            assert_eq!(world.outcome_of("tls-dane"), expected, "{limit}");
        }
    }
}
