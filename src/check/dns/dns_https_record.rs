//! Where the site has HTTPS records: do they lead clients to the same place over IPv6?

use std::net::IpAddr;

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::check::web::helpers::web_url;
use crate::evidence::dns::{HttpsEndpoint, HttpsRecordEnd, LookupStatus, https_record};
use crate::model::{Detail, Host, Name, Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-https-record",
    sources: &["RFC 9460 §2.4, §2.5, §7.3"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("agrees"),
        Reason::fail("hint-differs"),
        Reason::fail("target-without-ipv6"),
        Reason::fail_as("only-ipv4-hint", Severity::Info),
        Reason::fail("unavailable"),
        Reason::fail("alias-loop"),
        Reason::fail("alias-too-long"),
        Reason::not_applicable("no-record"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_https_record.en.md"), include_str!("dns_https_record.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let url = web_url(context)?;
    let Some(bound) = https_record(&context.view, url) else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let verdict = match &bound.end {
        HttpsRecordEnd::None => Verdict::not_applicable("no-record"),
        HttpsRecordEnd::Unknown(gap) => Verdict::inconclusive(common::reason_of(*gap)),
        HttpsRecordEnd::Looped => Verdict::plain(Outcome::Fail, "alias-loop"),
        HttpsRecordEnd::TooLong => Verdict::plain(Outcome::Fail, "alias-too-long"),
        HttpsRecordEnd::Unavailable => Verdict::plain(Outcome::Fail, "unavailable"),
        HttpsRecordEnd::Endpoints => {
            let mut subjects: Vec<Subject> = bound.endpoints.iter().map(subject).collect();
            if bound.is_cut {
                subjects.extend(
                    context
                        .service
                        .target
                        .host()
                        .iter()
                        .filter_map(Host::name)
                        .map(beyond_limit_subject),
                );
            }
            Verdict::worst_of(subjects, "agrees", "no-record")
        }
    };
    Ok(verdict.citing(bound.observations))
}

fn subject(endpoint: &HttpsEndpoint) -> Subject {
    let addresses = endpoint.aaaa.addresses();
    let hints = endpoint.ipv6_hints.iter().map(|hint| IpAddr::V6(*hint));
    let other: Vec<IpAddr> = hints.filter(|hint| !addresses.contains(hint)).collect();
    let (outcome, reason) = match &endpoint.aaaa.status {
        LookupStatus::NoData | LookupStatus::NxDomain | LookupStatus::Synthesised => {
            (Outcome::Fail, "target-without-ipv6")
        }
        LookupStatus::Found if !other.is_empty() => (Outcome::Fail, "hint-differs"),
        LookupStatus::Found
            if endpoint.ipv6_hints.is_empty() && !endpoint.ipv4_hints.is_empty() =>
        {
            (Outcome::Fail, "only-ipv4-hint")
        }
        LookupStatus::Found => (Outcome::Pass, "agrees"),
        status => {
            (Outcome::Inconclusive, status.gap().map_or(common::UNRESOLVED, common::reason_of))
        }
    };
    let detail: Vec<Detail> = other.iter().map(|hint| ("hint", hint.to_string())).collect();
    Subject { name: SubjectName::Host(endpoint.target.clone()), outcome, reason, detail }
}

/// The records that are not looked at, because there are too many.
fn beyond_limit_subject(host: &Name) -> Subject {
    Subject {
        name: SubjectName::Host(host.clone()),
        outcome: Outcome::Inconclusive,
        reason: common::LIMIT,
        detail: Vec::new(),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::rdata::svcb::{IpHint, SVCB, SvcParamKey, SvcParamValue};
    use hickory_proto::rr::rdata::{A, AAAA, HTTPS};
    use hickory_proto::rr::{Name as WireName, RData};

    use crate::check::common;
    use crate::check::testing::dns::{answer, message, servfail};
    use crate::check::testing::world::{WWW, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{NetFailure, RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[
        what_https_records_lead_to,
        https_records_that_are_not_known,
        services_without_an_https_record,
    ];

    #[test]
    fn what_https_records_lead_to() {
        let www = "www.example.vn.";
        let record = |owner: &'static str, priority, target: &str, ipv6: &[&str], ipv4: &[&str]| {
            let mut params = Vec::new();
            if !ipv4.is_empty() {
                let hints = ipv4.iter().map(|hint| A(hint.parse().unwrap())).collect();
                params.push((SvcParamKey::Ipv4Hint, SvcParamValue::Ipv4Hint(IpHint(hints))));
            }
            if !ipv6.is_empty() {
                let hints = ipv6.iter().map(|hint| AAAA(hint.parse().unwrap())).collect();
                params.push((SvcParamKey::Ipv6Hint, SvcParamValue::Ipv6Hint(IpHint(hints))));
            }
            let svcb = SVCB::new(priority, WireName::from_ascii(target).unwrap(), params);
            (owner, RData::HTTPS(HTTPS(svcb)))
        };
        let hint = record(www, 1, ".", &["2001:db8::1"], &["192.0.2.1"]);
        let to_cdn = record(www, 0, "cdn.example.", &[], &[]);
        let back = record("cdn.example.", 0, www, &[], &[]);
        let ours = Reply::DnsFailed(NetFailure::NoRoute);
        let rows: Vec<(Vec<_>, Reply, Reply, _)> = vec![
            (vec![], answer(&[]), answer(&[]), (NotApplicable, "no-record")),
            (vec![hint.clone()], answer(&[]), answer(&[]), (Pass, "agrees")),
            (vec![record(www, 1, ".", &[], &[])], answer(&[]), answer(&[]), (Pass, "agrees")),
            (
                vec![record(www, 1, ".", &["2001:db8::2"], &[])],
                answer(&[]),
                answer(&[]),
                (Fail, "hint-differs"),
            ),
            (
                vec![record(www, 1, ".", &[], &["192.0.2.1"])],
                answer(&[]),
                answer(&[]),
                (Fail, "only-ipv4-hint"),
            ),
            (vec![record(www, 0, ".", &[], &[])], answer(&[]), answer(&[]), (Fail, "unavailable")),
            (vec![to_cdn.clone()], answer(&[]), answer(&[]), (Fail, "target-without-ipv6")),
            // Beside an alias nothing else counts, in whatever order they come.
            (vec![hint, to_cdn.clone()], answer(&[]), answer(&[]), (Fail, "target-without-ipv6")),
            (vec![to_cdn.clone()], answer(&[back]), answer(&[]), (Fail, "alias-loop")),
            (
                vec![to_cdn.clone()],
                message(ResponseCode::ServFail, &[]),
                answer(&[]),
                (Inconclusive, common::UNRESOLVED),
            ),
            (
                vec![to_cdn.clone()],
                answer(&[]),
                message(ResponseCode::ServFail, &[]),
                (Inconclusive, common::UNRESOLVED),
            ),
            (vec![to_cdn.clone()], ours.clone(), answer(&[]), (Inconclusive, common::OUR_FAULT)),
            (vec![to_cdn], answer(&[]), ours, (Inconclusive, common::OUR_FAULT)),
        ];
        for (records, cdn, aaaa, expected) in rows {
            let world = World::new("active")
                .published()
                .dns("www.example.vn", RecordType::HTTPS, &answer(&records))
                .dns("cdn.example", RecordType::HTTPS, &cdn)
                .dns("cdn.example", RecordType::AAAA, &aaaa);
            assert_eq!(world.outcome_of("dns-https-record"), expected, "{records:?}");
        }
        assert_eq!(
            World::new("active").outcome_of("dns-https-record"),
            (Inconclusive, common::NOT_OBSERVED)
        );
    }

    #[test]
    fn https_records_that_are_not_known() {
        let alias = |from: usize| {
            let target = WireName::from_ascii(format!("a{}.example.", from + 1)).unwrap();
            RData::HTTPS(HTTPS(SVCB::new(0, target, Vec::new())))
        };
        let start =
            |reply: &Reply| World::new("active").published().dns(WWW, RecordType::HTTPS, reply);
        let first = answer(&[("www.example.vn.", alias(0))]);
        let endless = (1..20).fold(start(&first), |world, at| {
            let name = format!("a{at}.example");
            let reply = answer(&[(format!("{name}.").as_str(), alias(at))]);
            world.dns(&name, RecordType::HTTPS, &reply)
        });
        assert_eq!(endless.outcome_of("dns-https-record"), (Fail, "alias-too-long"));
        assert_eq!(
            start(&servfail()).outcome_of("dns-https-record"),
            (Inconclusive, common::UNRESOLVED)
        );
        assert_eq!(
            start(&first).outcome_of("dns-https-record"),
            (Inconclusive, common::NOT_OBSERVED)
        );
    }

    #[test]
    fn services_without_an_https_record() {
        let id = "dns-https-record";
        let literal = World::with_service("web: \"https://[2001:db8::1]/\"");
        assert_eq!(literal.outcome_of(id), (NotApplicable, "address-literal"));
        let zone = World::with_service("zone: example.vn");
        assert_eq!(zone.outcome_of(id), (NotApplicable, common::OTHER_KIND));
        assert_eq!(World::new("retired").outcome_of(id), (NotApplicable, common::RETIRED));
    }
}
