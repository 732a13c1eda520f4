//! Does every IPv6 address have a name that resolves back to it?

use std::net::IpAddr;

use crate::check::address::helpers::addresses;
use crate::check::doc::Doc;
use crate::check::unknown::unknown_lookup;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::{Lookup, ReverseNames, reverse_names};
use crate::model::{Family, Outcome, Severity, State, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-ptr",
    sources: &["RFC 1912 §2.1", "RFC 3596 §2.5", "Zonemaster ADDRESS02, ADDRESS03"],
    severity: Severity::Info,
    revision: 2,
    reasons: &[
        Reason::pass("resolves-back"),
        Reason::fail("no-ptr"),
        Reason::fail("other-address"),
    ],
    doc: Doc::new(include_str!("dns_ptr.en.md"), include_str!("dns_ptr.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    if case.service.state == State::Retired {
        return Verdict::not_applicable(common::RETIRED);
    }
    let found = match addresses(case, Family::Ipv6) {
        Ok(found) => found,
        Err(verdict) => return verdict,
    };
    let mut cite = Vec::new();
    let mut subjects = Vec::new();
    for address in found {
        let pointers = reverse_names(&case.view, address);
        cite.extend(pointers.observations());
        subjects.push(subject(address, &pointers));
    }
    Verdict::worst_of(subjects, "resolves-back", common::NO_IPV6).citing(cite)
}

pub(in crate::check) fn subject(address: IpAddr, pointers: &ReverseNames) -> Subject {
    let back = |(_, lookup): &&(_, Lookup)| lookup.addresses().contains(&address);
    let (outcome, reason) = if pointers.names.iter().any(|pair| back(&pair)) {
        (Outcome::Pass, "resolves-back")
    } else if pointers.is_pending() {
        (Outcome::Inconclusive, common::NOT_OBSERVED)
    } else if let Some(reason) = unknown_lookup(&pointers.ptr) {
        (Outcome::Inconclusive, reason)
    } else if pointers.names.is_empty() {
        (Outcome::Fail, "no-ptr")
    } else if let Some(reason) =
        pointers.names.iter().find_map(|(_, lookup)| unknown_lookup(lookup))
    {
        (Outcome::Inconclusive, reason)
    } else if pointers.is_cut {
        (Outcome::Inconclusive, common::LIMIT)
    } else {
        (Outcome::Fail, "other-address")
    };
    let detail = pointers.names.iter().map(|(name, _)| ("ptr", name.to_string())).collect();
    Subject { name: SubjectName::Address(address), outcome, reason, detail }
}
