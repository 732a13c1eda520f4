//! The DNS checks.

use hickory_proto::rr::rdata::svcb::{IpHint, SVCB, SvcParamKey, SvcParamValue};
use hickory_proto::rr::rdata::{CAA, HTTPS, NS, SOA};

use super::*;

#[test]
pub(super) fn a_failed_look_up_is_not_no_aaaa() {
    use Outcome::{Fail, Inconclusive, Pass};
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
        assert_eq!(world.says("dns-aaaa"), expected, "{reply:?}");
    }
    let many: Vec<_> =
        (0..20).map(|n| (format!("a{n}.example."), format!("a{}.example.", n + 1))).collect();
    let mut links = vec![(www.to_owned(), "a0.example.".to_owned())];
    links.extend(many);
    let links: Vec<_> = links
        .iter()
        .map(|(owner, to)| (owner.as_str(), RData::CNAME(CNAME(WireName::from_ascii(to).unwrap()))))
        .collect();
    let world = World::new("active").dns("www.example.vn", RecordType::AAAA, &answer(&links));
    assert_eq!(world.says("dns-aaaa"), (Fail, "chain-too-long"));
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
        let world = World::of(&format!("web: \"https://{literal}/\""));
        assert_eq!(world.says("dns-aaaa"), expected);
    }
    let zone = World::of("zone: example.vn");
    assert_eq!(zone.says("dns-aaaa"), (Outcome::NotApplicable, common::OTHER_KIND));
    let nothing = World::new("active");
    assert_eq!(nothing.says("dns-aaaa"), (Inconclusive, common::NOT_OBSERVED));
    let retired = World::new("retired");
    assert_eq!(retired.says("dns-aaaa"), (Outcome::NotApplicable, common::RETIRED));
}

#[test]
pub(super) fn one_unresolved_name_server_hides_which_reason_holds() {
    use Outcome::{Fail, Inconclusive, Pass};
    let ns = |name: &str| ("example.vn.", RData::NS(NS(WireName::from_ascii(name).unwrap())));
    let soa = SOA::new(
        WireName::from_ascii("a.example.vn.").unwrap(),
        WireName::from_ascii("h.example.vn.").unwrap(),
        1,
        1,
        1,
        1,
        1,
    );
    let found = answer(&[address("2001:db8::53")]);
    let (none, broken) = (answer(&[]), message(ResponseCode::ServFail, &[]));
    for (a, b, expected) in [
        (&found, &found, (Pass, "enough")),
        (&found, &none, (Fail, "only-one")),
        (&none, &none, (Fail, "none")),
        (&found, &broken, (Inconclusive, common::UNRESOLVED)),
        (&none, &broken, (Inconclusive, common::UNRESOLVED)),
        (&broken, &broken, (Inconclusive, common::UNRESOLVED)),
    ] {
        let at = |host: &'static str, reply: &Reply| match reply {
            same if same == &found => answer(&[(host, address("2001:db8::53").1)]),
            other => other.clone(),
        };
        let alias = answer(&[
            alias("www.example.vn.", "example.vn."),
            ("example.vn.", RData::SOA(soa.clone())),
        ]);
        let world = World::new("active")
            .dns("www.example.vn", RecordType::SOA, &alias)
            .dns(
                "example.vn",
                RecordType::SOA,
                &answer(&[("example.vn.", RData::SOA(soa.clone()))]),
            )
            .dns("example.vn", RecordType::NS, &answer(&[ns("a.example.vn."), ns("b.example.vn.")]))
            .dns("a.example.vn", RecordType::AAAA, &at("a.example.vn.", a))
            .dns("b.example.vn", RecordType::AAAA, &at("b.example.vn.", b));
        assert_eq!(world.says("dns-ns-aaaa"), expected);
    }
}

#[test]
pub(super) fn caa_is_looked_for_up_to_the_top_level_domain() {
    use Outcome::{Fail, Inconclusive};
    let none = answer(&[]);
    let climbed = |last: &Reply| {
        World::new("active")
            .published()
            .dns("www.example.vn", RecordType::CAA, &none)
            .dns("example.vn", RecordType::CAA, &none)
            .dns("vn", RecordType::CAA, last)
    };
    assert_eq!(climbed(&none).says("dns-caa"), (Fail, "none"));
    let broken = message(ResponseCode::ServFail, &[]);
    assert_eq!(climbed(&broken).says("dns-caa"), (Inconclusive, common::UNRESOLVED));
    let found = answer(&[("vn.", RData::CAA(CAA::new_issue(false, None, Vec::new())))]);
    // Records, but no certificate to compare them with.
    assert_eq!(climbed(&found).says("dns-caa"), (Inconclusive, common::NOT_OBSERVED));
    let unasked = World::new("active").published();
    assert_eq!(unasked.says("dns-caa"), (Inconclusive, common::NOT_OBSERVED));
}

#[test]
pub(super) fn what_https_records_lead_to() {
    use Outcome::{Fail, Inconclusive, NotApplicable, Pass};
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
        assert_eq!(world.says("dns-https-record"), expected, "{records:?}");
    }
    assert_eq!(World::new("active").says("dns-https-record"), (Inconclusive, common::NOT_OBSERVED));
}
