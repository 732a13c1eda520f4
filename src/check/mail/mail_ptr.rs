//! Does every IPv6 address of every mail exchanger have a name that resolves back to it?

use super::helpers::over_exchangers;
use crate::check::dns::dns_ptr;
use crate::check::doc::Doc;
use crate::check::reach::helpers::mail_exchangers;
use crate::check::{Check, CheckContext, Reason, Rule, common};
use crate::evidence::dns::reverse_names;
use crate::model::{Family, Severity, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-ptr",
    sources: &["RFC 1912 §2.1", "RFC 3596 §2.5"],
    severity: Severity::Warning,
    revision: 2,
    reasons: &[
        Reason::pass("resolves-back"),
        Reason::fail("no-ptr"),
        Reason::fail("other-address"),
    ],
    doc: Doc::new(include_str!("mail_ptr.en.md"), include_str!("mail_ptr.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(case: &CheckContext<'_>) -> Verdict {
    let mail = match mail_exchangers(case) {
        Ok(mail) => mail,
        Err(verdict) => return verdict,
    };
    let all = mail.exchangers.iter().flat_map(|mx| mx.addresses(Family::Ipv6, &case.view));
    let mut addresses: Vec<_> = all.collect();
    addresses.sort_unstable();
    addresses.dedup();
    let mut cite = mail.observations();
    let mut subjects = Vec::new();
    for address in addresses {
        let pointers = reverse_names(&case.view, address);
        cite.extend(pointers.observations());
        subjects.push(dns_ptr::subject(address, &pointers));
    }
    over_exchangers(&mail, &[Family::Ipv6], subjects, "resolves-back", common::NO_IPV6).citing(cite)
}
