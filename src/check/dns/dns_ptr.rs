//! Does every IPv6 address have a name that resolves back to it?

use super::helpers::reverse_subject;
use crate::check::address::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::reverse_names;
use crate::evidence::service;
use crate::model::{Family, Outcome, Severity, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ptr",
    sources: &["RFC 1912 §2.1", "RFC 3596 §2.5", "Zonemaster ADDRESS02, ADDRESS03"],
    severity: Severity::Info,
    revision: 3,
    reasons: &[
        Reason::pass("resolves-back"),
        Reason::fail("no-ptr"),
        Reason::fail("other-address"),
    ],
    doc: Doc::new(include_str!("dns_ptr.en.md"), include_str!("dns_ptr.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let found = addresses(context, Family::Ipv6)?;
    let published = service::published_addresses(&context.view, context.service);
    let lookup = published.as_ref().and_then(|published| published.lookup(Family::Ipv6));
    let own_names = lookup.map(|lookup| lookup.chain.as_slice()).unwrap_or_default();
    let mut cite = Vec::new();
    let mut subjects = Vec::new();
    for address in found {
        let pointers = reverse_names(&context.view, address);
        cite.extend(pointers.observations());
        let mut subject = reverse_subject(address, &pointers);
        // A server that gives one of several addresses, by chance, may give another one this time; and yet it
        // gave this one for one of the names.
        if pointers.names.iter().any(|(name, _)| own_names.contains(name)) {
            (subject.outcome, subject.reason) = (Outcome::Pass, "resolves-back");
        }
        subjects.push(subject);
    }
    Ok(Verdict::worst_of(subjects, "resolves-back", common::NO_IPV6).citing(cite))
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::rr::rdata::PTR;
    use hickory_proto::rr::{Name as WireName, RData};

    use crate::check::common;
    use crate::check::testing::dns::{address, alias, answer, nxdomain, servfail, unasked};
    use crate::check::testing::world::World;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] = &[reverse_names];

    const NIBBLES: &str = "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";

    #[test]
    fn reverse_names() {
        let arpa = format!("1.0.0.0.{NIBBLES}");
        let pointers = |names: &[&str]| {
            let data = |name: &&str| RData::PTR(PTR(WireName::from_ascii(name).unwrap()));
            let owner = format!("{arpa}.");
            let records: Vec<_> = names.iter().map(|name| (owner.as_str(), data(name))).collect();
            answer(&records)
        };
        let back = |name: &str, six: &[&str]| {
            let world = World::new("active").published();
            let world = world.dns(&arpa, RecordType::PTR, &pointers(&[name]));
            world.host(name.trim_end_matches('.'), six)
        };
        let of =
            |reply: &Reply| World::new("active").published().dns(&arpa, RecordType::PTR, reply);
        let later = |reply: &Reply| {
            of(&pointers(&["a.example.vn."])).dns("a.example.vn", RecordType::AAAA, reply)
        };
        let many = || {
            let names: Vec<String> = (1..=5).map(|at| format!("a{at}.example.vn.")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut world = of(&pointers(&names));
            for name in names {
                world = world.host(name.trim_end_matches('.'), &[]);
            }
            world
        };
        let of_balancer = |pointer: &str| {
            let aliased = [
                alias("www.example.vn.", "a.example.vn."),
                ("a.example.vn.", address("2001:db8::1").1),
            ];
            let world =
                World::new("active").dns("www.example.vn", RecordType::AAAA, &answer(&aliased));
            let world = world.dns(&arpa, RecordType::PTR, &pointers(&[pointer]));
            let world = world.dns("www.example.vn", RecordType::A, &answer(&[]));
            world.host(pointer.trim_end_matches('.'), &["2001:db8::2"])
        };
        for (world, expected) in [
            // By chance a balancer gives another of its addresses for a name that gave us this one.
            (of_balancer("a.example.vn."), (Pass, "resolves-back")),
            (of_balancer("b.example.vn."), (Fail, "other-address")),
            (back("a.example.vn.", &["2001:db8::1"]), (Pass, "resolves-back")),
            (back("a.example.vn.", &["2001:db8::2"]), (Fail, "other-address")),
            (back("a.example.vn.", &[]), (Fail, "other-address")),
            (of(&nxdomain()), (Fail, "no-ptr")),
            (of(&servfail()), (Inconclusive, common::UNRESOLVED)),
            (of(&unasked()), (Inconclusive, common::OUR_FAULT)),
            (later(&servfail()), (Inconclusive, common::UNRESOLVED)),
            (later(&unasked()), (Inconclusive, common::OUR_FAULT)),
            (many(), (Inconclusive, common::LIMIT)),
            (World::new("active").published(), (Inconclusive, common::NOT_OBSERVED)),
            (World::new("retired").published(), (NotApplicable, common::RETIRED)),
        ] {
            assert_eq!(world.outcome_of("dns-ptr"), expected);
        }
    }
}
