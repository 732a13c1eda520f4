//! Does every IPv6 address have a name that resolves back to it?

use super::helpers::reverse_subject;
use crate::check::address::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::reverse_names;
use crate::model::{Family, Severity, Verdict};

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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let found = addresses(context, Family::Ipv6)?;
    let mut cite = Vec::new();
    let mut subjects = Vec::new();
    for address in found {
        let pointers = reverse_names(&context.view, address);
        cite.extend(pointers.observations());
        subjects.push(reverse_subject(address, &pointers));
    }
    Ok(Verdict::worst_of(subjects, "resolves-back", common::NO_IPV6).citing(cite))
}
