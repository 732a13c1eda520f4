//! Is an IPv6 address published for the service's host name?

use std::net::IpAddr;

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::authenticity::authenticity;
use crate::evidence::dns::delegation::{self, AddressOutcome, Reach, Unserved};
use crate::evidence::dns::{Lookup, LookupFailure, LookupStatus};
use crate::evidence::query::View;
use crate::evidence::service::{self, PublishedAddresses};
use crate::model::{
    Family, Name, Outcome, Rcode, RecordType, Severity, Subject, SubjectName, Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-aaaa",
    sources: &["RFC 3596 §2.1", "RFC 2308 §2"],
    severity: Severity::Critical,
    revision: 3,
    reasons: &[
        Reason::pass("published"),
        Reason::pass("ipv6-literal"),
        Reason::fail("no-data"),
        Reason::absent("nxdomain"),
        Reason::fail("nxdomain-for-aaaa"),
        Reason::absent("dangling-alias"),
        Reason::fail("synthesised-only"),
        Reason::fail("chain-too-long"),
        Reason::fail("chain-looped"),
        Reason::fail("bogus"),
        Reason::fail("servfail"),
        Reason::fail("refused"),
        Reason::fail("other-rcode"),
        Reason::fail("malformed"),
        Reason::fail("lame"),
        Reason::fail("truncated"),
        Reason::fail("no-answer"),
        Reason::fail("no-server"),
        Reason::fail("ipv4-literal"),
        Reason::inconclusive("resolver-fails"),
        Reason::inconclusive("unconfirmed"),
    ],
    doc: Doc::new(include_str!("dns_aaaa.en.md"), include_str!("dns_aaaa.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let published = service::published_addresses(&context.view, context.service);
    let (aaaa, a) = match published.as_deref() {
        None => return Err(Verdict::not_applicable(common::OTHER_KIND)),
        Some(PublishedAddresses::Literal(address)) => {
            return Err(match Family::of(*address) {
                Family::Ipv6 => Verdict::plain(Outcome::Pass, "ipv6-literal"),
                Family::Ipv4 => Verdict::plain(Outcome::Fail, "ipv4-literal"),
            });
        }
        Some(PublishedAddresses::Looked { aaaa, a }) => (aaaa, a),
    };
    let mut cite = aaaa.observations.clone();
    let (outcome, reason) = match authenticity(&context.view, context.service).as_deref() {
        Some(found) if found.is_bogus() && !aaaa.is_pending() => {
            cite.extend(&found.observations);
            (Outcome::Fail, "bogus")
        }
        found => outcome_of(aaaa, a, found.is_some_and(|found| found.is_known())),
    };
    let detail = aaaa.addresses().iter().map(|a| ("address", a.to_string())).collect();
    let mut subjects: Vec<Subject> = aaaa
        .chain
        .last()
        .map(|name| Subject { name: SubjectName::Host(name.clone()), outcome, reason, detail })
        .into_iter()
        .collect();
    if let (LookupStatus::Unserved(_), Some(name)) = (&aaaa.status, aaaa.chain.last()) {
        subjects.extend(server_subjects(&context.view, name));
    }
    if reason == "nxdomain-for-aaaa" {
        cite.extend(&a.observations);
    }
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite))
}

/// What the look-ups amount to. A resolver that says SERVFAIL may mean that the answer of the zone's
/// servers is not authentic, so that answer counts only where this is known not to be so.
fn outcome_of(aaaa: &Lookup, a: &Lookup, is_authenticity_known: bool) -> (Outcome, &'static str) {
    use Outcome::{Fail, Inconclusive, Pass};
    let is_doubtful = aaaa.resolver_failure == Some(LookupFailure::Rcode(Rcode::SERVFAIL))
        && !is_authenticity_known;
    match &aaaa.status {
        LookupStatus::Found if is_doubtful => (Inconclusive, "resolver-fails"),
        LookupStatus::Found => (Pass, "published"),
        LookupStatus::NoData => (Fail, "no-data"),
        LookupStatus::Synthesised => (Fail, "synthesised-only"),
        LookupStatus::NxDomain if a.status == LookupStatus::Found => (Fail, "nxdomain-for-aaaa"),
        LookupStatus::NxDomain if aaaa.chain.len() > 1 => (Fail, "dangling-alias"),
        LookupStatus::NxDomain => (Fail, "nxdomain"),
        LookupStatus::ChainTooLong => (Fail, "chain-too-long"),
        LookupStatus::ChainLooped => (Fail, "chain-looped"),
        LookupStatus::Unserved(unserved) => (Fail, reason_of_servers(*unserved)),
        LookupStatus::NotObserved => (Inconclusive, common::NOT_OBSERVED),
        LookupStatus::Failed(LookupFailure::Unconfirmed) => (Inconclusive, "unconfirmed"),
        LookupStatus::Failed(LookupFailure::Net(failure)) if failure.is_ours() => {
            (Inconclusive, common::OUR_FAULT)
        }
        LookupStatus::Failed(_) => (Inconclusive, "resolver-fails"),
    }
}

fn reason_of_servers(unserved: Unserved) -> &'static str {
    match unserved {
        Unserved::ServFail => "servfail",
        Unserved::Refused => "refused",
        Unserved::OtherRcode => "other-rcode",
        Unserved::Malformed => "malformed",
        Unserved::Lame => "lame",
        Unserved::Truncated => "truncated",
        Unserved::Silent => "no-answer",
        Unserved::NoServer => "no-server",
    }
}

/// The servers at which the path from the root ends, each with how it fails.
fn server_subjects(view: &View<'_>, name: &Name) -> Vec<Subject> {
    let path = delegation::resolution(view, name, RecordType::AAAA, Reach::Either);
    let servers = path.last_cut().map_or(&[][..], |cut| &cut.servers);
    let tried = servers.iter().flat_map(|server| {
        server.outcomes.iter().map(|(socket, outcome)| (&server.name, socket.ip(), outcome))
    });
    let subject = |(server, address, outcome): (&Name, IpAddr, &AddressOutcome)| {
        let unserved = match outcome {
            AddressOutcome::Unusable(unserved) => *unserved,
            AddressOutcome::Silent => Unserved::Silent,
            AddressOutcome::Usable | AddressOutcome::Unknown(_) | AddressOutcome::NotGlobal => {
                return None;
            }
        };
        let name = SubjectName::NameServer(server.clone(), Some(address));
        let (outcome, reason) = (Outcome::Fail, reason_of_servers(unserved));
        Some(Subject { name, outcome, reason, detail: Vec::new() })
    };
    tried.filter_map(subject).collect()
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::rdata::CNAME;
    use hickory_proto::rr::{Name as WireName, RData};

    use crate::check::common;
    use crate::check::dns::dns_dnssec::tests::in_expired_zone;
    use crate::check::testing::dns::{address, alias, answer, message, our_fault};
    use crate::check::testing::world::{WWW, World};
    use crate::check::testing::zone::{
        Change, NS1, ROOT, ServerMessage, ServerQuery, VN, address_data, authoritative_answer,
        garbage, rcode, referral, silence, truncated,
    };
    use crate::evidence::query::View;
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{Blob, DnsMessage, NetFailure, Outcome, RecordType, Reply, Transport};

    pub(in crate::check) const CASES: &[fn()] = &[
        a_failed_look_up_is_not_no_aaaa,
        empty_answers_without_an_soa,
        the_zones_own_servers_decide,
        what_is_bogus_is_so_behind_any_resolver,
        addresses_that_a_resolver_makes_up,
    ];

    #[test]
    fn addresses_that_a_resolver_makes_up() {
        // The host's IPv4 address is 192.0.2.1. No prefix was discovered.
        for (resolver, zone, expected) in [
            ("64:ff9b::c000:201", None, (Fail, "synthesised-only")),
            ("2001:db8:64::c000:201", None, (Fail, "synthesised-only")),
            ("2001:db8:64:c000:2:100::", None, (Fail, "synthesised-only")),
            // What the zone itself has is published, be it useful or not.
            ("64:ff9b::c000:201", Some("64:ff9b::c000:201"), (Pass, "published")),
            ("2001:db8:64::c000:201", Some("2001:db8:64::c000:201"), (Pass, "published")),
            // Another address than the name's own is nobody's translation of it.
            ("2001:db8:64::c000:202", None, (Pass, "published")),
        ] {
            let of = |address: &str| {
                authoritative_answer(&[("www.example.vn.", address_data(address))]).reply()
            };
            let change = |asked: &ServerQuery<'_>| {
                let is_it = asked.is(WWW, RecordType::AAAA);
                match zone {
                    _ if is_it && asked.recursive => Some(of(resolver)),
                    Some(zone) if is_it && asked.of_zone() => Some(of(zone)),
                    None if is_it && asked.of_zone() => Some(rcode(0)),
                    _ => None,
                }
            };
            let world =
                World::with_zone("web: \"https://www.example.vn/\", state: active", &change);
            assert_eq!(world.outcome_of("dns-aaaa"), expected, "{resolver} {zone:?}");
        }
    }

    #[test]
    fn what_is_bogus_is_so_behind_any_resolver() {
        for validates in [true, false] {
            let site = "web: \"https://www.example.vn/\", state: active";
            let world = in_expired_zone(site, validates);
            assert_eq!(world.outcome_of("dns-aaaa"), (Fail, "bogus"), "{validates}");
        }
    }

    #[test]
    fn the_zones_own_servers_decide() {
        let of_host =
            |asked: &ServerQuery<'_>| asked.name == WWW && asked.at != ROOT && asked.at != VN;
        let aaaa =
            |asked: &ServerQuery<'_>| of_host(asked) && asked.record_type == RecordType::AAAA;
        let at_servers = |asked: &ServerQuery<'_>| aaaa(asked) && asked.of_zone();
        let resolver = |asked: &ServerQuery<'_>| asked.recursive.then(|| rcode(2));
        let lame = || ServerMessage::default().reply();
        let aliased = |asked: &ServerQuery<'_>, target: &str| {
            let (owner, data) = alias("www.example.vn.", target);
            of_host(asked).then(|| authoritative_answer(&[(owner, data)]).reply())
        };
        let rows: [(&str, Change<'_>, _); 16] = [
            ("the resolver's fault", &resolver, (Inconclusive, "resolver-fails")),
            ("the resolver refuses", &|q| q.recursive.then(|| rcode(5)), (Pass, "published")),
            ("SERVFAIL", &|q| aaaa(q).then(|| rcode(2)), (Fail, "servfail")),
            ("REFUSED", &|q| aaaa(q).then(|| rcode(5)), (Fail, "refused")),
            ("NOTIMP", &|q| aaaa(q).then(|| rcode(4)), (Fail, "other-rcode")),
            ("dropped", &|q| aaaa(q).then(silence), (Fail, "no-answer")),
            ("garbage", &|q| aaaa(q).then(garbage), (Fail, "malformed")),
            (
                "lame, and SERVFAIL of the resolver",
                &|q| resolver(q).or_else(|| q.of_zone().then(lame)),
                (Fail, "lame"),
            ),
            (
                "too large for UDP, and not over TCP",
                &|q| {
                    let cut = || if q.over == Transport::Udp { truncated() } else { silence() };
                    resolver(q).or_else(|| at_servers(q).then(cut))
                },
                (Fail, "truncated"),
            ),
            (
                "no glue for any server",
                &|q| {
                    let bare: [(&str, &[&str]); 1] = [("ns1.example.vn.", &[])];
                    let at_parent = || referral("example.vn.", &bare).reply();
                    resolver(q).or_else(|| (q.at == VN).then(at_parent))
                },
                (Fail, "no-server"),
            ),
            (
                "one server that knows AAAA",
                &|q| (at_servers(q) && q.at != NS1[0]).then(|| rcode(2)),
                (Pass, "published"),
            ),
            ("NXDOMAIN for AAAA only", &|q| aaaa(q).then(|| rcode(3)), (Fail, "nxdomain-for-aaaa")),
            (
                "an alias of itself",
                &|q| resolver(q).or_else(|| aliased(q, "www.example.vn.")),
                (Fail, "chain-looped"),
            ),
            (
                "an alias of nothing",
                &|q| {
                    let gone = (q.name == "gone.example.vn").then(|| rcode(3));
                    resolver(q).or(gone).or_else(|| aliased(q, "gone.example.vn."))
                },
                (Fail, "dangling-alias"),
            ),
            (
                "a resolver whose copy is old",
                &|q| (aaaa(q) && q.recursive).then(|| rcode(0)),
                (Pass, "published"),
            ),
            (
                "nobody can be asked",
                &|q| resolver(q).or_else(|| Some(our_fault())),
                (Inconclusive, "resolver-fails"),
            ),
        ];
        for (what, change, expected) in rows {
            let world = World::with_zone("web: \"https://www.example.vn/\", state: active", change);
            assert_eq!(world.outcome_of("dns-aaaa"), expected, "{what}");
        }
    }

    #[test]
    fn a_failed_look_up_is_not_no_aaaa() {
        let www = "www.example.vn.";
        for (reply, expected) in [
            (answer(&[address("2001:db8::1")]), (Pass, "published")),
            (answer(&[]), (Fail, "no-data")),
            (message(ResponseCode::NXDomain, &[]), (Fail, "nxdomain")),
            (answer(&[alias(www, "a.example."), alias("a.example.", www)]), (Fail, "chain-looped")),
            (message(ResponseCode::ServFail, &[]), (Inconclusive, "resolver-fails")),
            (message(ResponseCode::Refused, &[]), (Inconclusive, "resolver-fails")),
            (message(ResponseCode::NotImp, &[]), (Inconclusive, "resolver-fails")),
            (
                Reply::Dns(DnsMessage::new(Blob::new(vec![1, 2, 3]))),
                (Inconclusive, "resolver-fails"),
            ),
            (Reply::DnsFailed(NetFailure::TimedOut), (Inconclusive, "resolver-fails")),
            (Reply::DnsFailed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
        ] {
            let world = World::new("active").dns("www.example.vn", RecordType::AAAA, &reply);
            assert_eq!(world.outcome_of("dns-aaaa"), expected, "{reply:?}");
        }
        let many: Vec<_> =
            (0..20).map(|n| (format!("a{n}.example."), format!("a{}.example.", n + 1))).collect();
        let mut links = vec![(www.to_owned(), "a0.example.".to_owned())];
        links.extend(many);
        let links: Vec<_> = links
            .iter()
            .map(|(owner, to)| {
                (owner.as_str(), RData::CNAME(CNAME(WireName::from_ascii(to).unwrap())))
            })
            .collect();
        let world = World::new("active").dns("www.example.vn", RecordType::AAAA, &answer(&links));
        assert_eq!(world.outcome_of("dns-aaaa"), (Fail, "chain-too-long"));
        let world = World::new("active").dns(
            "www.example.vn",
            RecordType::AAAA,
            &answer(&[address("64:ff9b::c000:201")]),
        );
        let dns64 = ["64:ff9b::/96".parse().unwrap()];
        let (settings, networks) = (&world.inventory.settings, &world.inventory.networks);
        let view = View::new(&world.evidence, settings, networks, &dns64);
        assert_eq!(world.verdict_in(view, "dns-aaaa").reason, "synthesised-only");
        for (literal, expected) in
            [("[2001:db8::1]", (Pass, "ipv6-literal")), ("192.0.2.1", (Fail, "ipv4-literal"))]
        {
            let world = World::with_service(&format!("web: \"https://{literal}/\""));
            assert_eq!(world.outcome_of("dns-aaaa"), expected);
        }
        let zone = World::with_service("zone: example.vn");
        assert_eq!(zone.outcome_of("dns-aaaa"), (Outcome::NotApplicable, common::OTHER_KIND));
        let nothing = World::new("active");
        assert_eq!(nothing.outcome_of("dns-aaaa"), (Inconclusive, common::NOT_OBSERVED));
        let retired = World::new("retired");
        assert_eq!(retired.outcome_of("dns-aaaa"), (Outcome::NotApplicable, common::RETIRED));
    }

    #[test]
    fn empty_answers_without_an_soa() {
        let empty = || ServerMessage::default().reply();
        let of_resolver =
            |asked: &ServerQuery<'_>| asked.recursive && asked.is(WWW, RecordType::AAAA);
        let of_zone = |asked: &ServerQuery<'_>| asked.of_zone() && asked.is(WWW, RecordType::AAAA);
        let rows: [(&str, Change<'_>, _); 3] = [
            ("confirmed", &|q| (of_resolver(q) || of_zone(q)).then(|| rcode(0)), (Fail, "no-data")),
            ("lame servers", &|q| (of_resolver(q) || q.of_zone()).then(empty), (Fail, "lame")),
            (
                "our fault at the servers",
                &|q| if of_resolver(q) { Some(empty()) } else { q.of_zone().then(our_fault) },
                (Inconclusive, "unconfirmed"),
            ),
        ];
        for (what, change, expected) in rows {
            let world = World::with_zone("web: \"https://www.example.vn/\", state: active", change);
            assert_eq!(world.outcome_of("dns-aaaa"), expected, "{what}");
        }
    }
}
