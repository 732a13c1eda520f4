//! Is an IPv6 address published for the service's host name?

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::{LookupFailure, LookupStatus};
use crate::evidence::service::{self, PublishedAddresses};
use crate::model::{Family, Outcome, Rcode, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-aaaa",
    sources: &["RFC 3596 §2.1", "RFC 2308 §2"],
    severity: Severity::Critical,
    revision: 2,
    reasons: &[
        Reason::pass("published"),
        Reason::pass("ipv6-literal"),
        Reason::fail("no-data"),
        Reason::absent("nxdomain"),
        Reason::fail("synthesised-only"),
        Reason::fail("chain-too-long"),
        Reason::fail("chain-looped"),
        Reason::fail("ipv4-literal"),
        Reason::inconclusive("servfail"),
        Reason::inconclusive("refused"),
        Reason::inconclusive("other-rcode"),
        Reason::inconclusive("malformed"),
        Reason::inconclusive("no-answer"),
        Reason::inconclusive("unconfirmed"),
    ],
    doc: Doc::new(include_str!("dns_aaaa.en.md"), include_str!("dns_aaaa.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let published = service::published_addresses(&context.view, context.service);
    let aaaa = match published.as_deref() {
        None => return Err(Verdict::not_applicable(common::OTHER_KIND)),
        Some(PublishedAddresses::Literal(address)) => {
            return Err(match Family::of(*address) {
                Family::Ipv6 => Verdict::plain(Outcome::Pass, "ipv6-literal"),
                Family::Ipv4 => Verdict::plain(Outcome::Fail, "ipv4-literal"),
            });
        }
        Some(PublishedAddresses::Looked { aaaa, .. }) => aaaa,
    };
    let (outcome, reason) = match &aaaa.status {
        LookupStatus::Found => (Outcome::Pass, "published"),
        LookupStatus::NoData => (Outcome::Fail, "no-data"),
        LookupStatus::Synthesised => (Outcome::Fail, "synthesised-only"),
        LookupStatus::NxDomain => (Outcome::Fail, "nxdomain"),
        LookupStatus::ChainTooLong => (Outcome::Fail, "chain-too-long"),
        LookupStatus::ChainLooped => (Outcome::Fail, "chain-looped"),
        LookupStatus::NotObserved => (Outcome::Inconclusive, common::NOT_OBSERVED),
        LookupStatus::Failed(failure) => (Outcome::Inconclusive, failure_reason(failure)),
    };
    let detail = aaaa.addresses().iter().map(|a| ("address", a.to_string())).collect();
    let subjects = aaaa
        .chain
        .last()
        .map(|name| Subject { name: SubjectName::Host(name.clone()), outcome, reason, detail })
        .into_iter()
        .collect();
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }
        .citing(aaaa.observations.iter().copied()))
}

/// None of these means that there is no AAAA.
fn failure_reason(failure: &LookupFailure) -> &'static str {
    match failure {
        LookupFailure::Rcode(Rcode::SERVFAIL) => "servfail",
        LookupFailure::Rcode(Rcode::REFUSED) => "refused",
        LookupFailure::Rcode(_) => "other-rcode",
        LookupFailure::Malformed => "malformed",
        LookupFailure::Unconfirmed => "unconfirmed",
        LookupFailure::Net(failure) if failure.is_ours() => common::OUR_FAULT,
        LookupFailure::Net(_) => "no-answer",
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::rdata::CNAME;
    use hickory_proto::rr::{Name as WireName, RData};

    use crate::check::common;
    use crate::check::testing::dns::{address, alias, answer, message};
    use crate::check::testing::world::{WWW, World};
    use crate::check::testing::zone::{Change, ServerMessage, ServerQuery, our_fault, rcode};
    use crate::evidence::query::View;
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{Blob, DnsMessage, NetFailure, Outcome, RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] =
        &[a_failed_look_up_is_not_no_aaaa, empty_answers_without_an_soa];

    #[test]
    fn a_failed_look_up_is_not_no_aaaa() {
        let www = "www.example.vn.";
        for (reply, expected) in [
            (answer(&[address("2001:db8::1")]), (Pass, "published")),
            (answer(&[]), (Fail, "no-data")),
            (message(ResponseCode::NXDomain, &[]), (Fail, "nxdomain")),
            (answer(&[alias(www, "a.example."), alias("a.example.", www)]), (Fail, "chain-looped")),
            (message(ResponseCode::ServFail, &[]), (Inconclusive, "servfail")),
            (message(ResponseCode::Refused, &[]), (Inconclusive, "refused")),
            (message(ResponseCode::NotImp, &[]), (Inconclusive, "other-rcode")),
            (Reply::Dns(DnsMessage::new(Blob::new(vec![1, 2, 3]))), (Inconclusive, "malformed")),
            (Reply::DnsFailed(NetFailure::TimedOut), (Inconclusive, "no-answer")),
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
            (
                "lame servers",
                &|q| (of_resolver(q) || q.of_zone()).then(empty),
                (Inconclusive, "unconfirmed"),
            ),
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
