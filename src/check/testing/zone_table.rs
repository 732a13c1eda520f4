//! Tables over a zone: what is changed in a healthy one, and what a check concludes then.

use crate::check::common;
use crate::check::testing::world::World;
use crate::check::testing::zone::{
    Change, NS1, NS2, ServerQuery, VN, address_data, authoritative_answer, ns, rcode, referral,
};
use crate::model::Outcome::{Inconclusive, NotApplicable};
use crate::model::{Outcome, RecordType, Reply};

pub(in crate::check) const SERVICE: &str = "web: \"https://www.example.vn/\", state: active";

pub(in crate::check) type Expected = (Outcome, &'static str);

/// One row: what is changed in a healthy zone, and what a check concludes then.
pub(in crate::check) type Row<'c> = (&'static str, Change<'c>, Expected);

pub(in crate::check) fn assert_zone_table(check: &str, rows: &[Row<'_>]) {
    for (what, change, expected) in rows {
        let world = World::with_zone(SERVICE, *change);
        assert_eq!(world.outcome_of(check), *expected, "{check}: {what}");
    }
    // What is common to all of them.
    let literal =
        World::with_service("web: \"https://[2001:db8::1]/\"").with_dns_answers(&|_| None);
    assert_eq!(literal.outcome_of(check), (NotApplicable, "address-literal"));
    let retired = World::with_service("web: \"https://www.example.vn/\", state: retired")
        .with_dns_answers(&|_| None);
    assert_eq!(retired.outcome_of(check), (NotApplicable, common::RETIRED));
    assert_eq!(
        World::with_service(SERVICE).outcome_of(check),
        (Inconclusive, common::NOT_OBSERVED)
    );
}

pub(in crate::check) fn nowhere(_: &ServerQuery<'_>) -> Option<Reply> {
    Some(rcode(2))
}

/// The resolver can't find out a name server's addresses of one type, and there is no glue.
pub(in crate::check) fn unknown_server(
    asked: &ServerQuery<'_>,
    record_type: RecordType,
) -> Option<Reply> {
    if asked.at == VN {
        let servers: [(&str, &[&str]); 2] =
            [("ns1.example.vn.", &NS1), ("ns2.other.example.", &[])];
        return Some(referral("example.vn.", &servers).reply());
    }
    if asked.is("example.vn", RecordType::NS) {
        let servers = ["ns1.example.vn.", "ns2.other.example."];
        return Some(
            authoritative_answer(&servers.map(|server| ("example.vn.", ns(server)))).reply(),
        );
    }
    if asked.name != "ns2.other.example" {
        return None;
    }
    if asked.record_type == record_type {
        return Some(rcode(2));
    }
    let found = if asked.record_type == RecordType::A { NS2[1] } else { NS2[0] };
    Some(authoritative_answer(&[("ns2.other.example.", address_data(found))]).reply())
}

/// More name servers than are looked at, of which the first ones are these.
pub(in crate::check) fn crowd(asked: &ServerQuery<'_>) -> Option<Reply> {
    let names: Vec<String> = (0..20).map(|n| format!("ns{n}.example.vn.")).collect();
    if asked.at == VN {
        let glue: &[&str] = &NS1;
        let servers: Vec<(&str, &[&str])> =
            names.iter().map(|name| (name.as_str(), glue)).collect();
        return Some(referral("example.vn.", &servers).reply());
    }
    if asked.is("example.vn", RecordType::NS) {
        let records: Vec<_> = names.iter().map(|name| ("example.vn.", ns(name))).collect();
        return Some(authoritative_answer(&records).reply());
    }
    None
}

/// The name servers have IPv4 addresses only.
pub(in crate::check) fn without_ipv6(asked: &ServerQuery<'_>) -> Option<Reply> {
    let is_server = asked.name.starts_with("ns");
    (is_server && asked.record_type == RecordType::AAAA).then(|| authoritative_answer(&[]).reply())
}

/// The name servers have IPv6 addresses only.
pub(in crate::check) fn without_ipv4(asked: &ServerQuery<'_>) -> Option<Reply> {
    let is_server = asked.name.starts_with("ns");
    (is_server && asked.record_type == RecordType::A).then(|| authoritative_answer(&[]).reply())
}

/// The delegation of the zone without AAAA glue.
pub(in crate::check) fn without_glue(asked: &ServerQuery<'_>) -> Option<Reply> {
    let servers: [(&str, &[&str]); 2] =
        [("ns1.example.vn.", &NS1[1..]), ("ns2.example.vn.", &NS2[1..])];
    (asked.at == VN).then(|| referral("example.vn.", &servers).reply())
}
