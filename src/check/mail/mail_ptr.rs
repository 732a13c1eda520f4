//! Does every IPv6 address of every mail exchanger have a name that resolves back to it?

use super::helpers::verdict_over_exchangers;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::dns::helpers::reverse_subject;
use crate::check::doc::Doc;
use crate::check::reach::helpers::mail_exchangers;
use crate::check::rule::{Check, Reason, Rule};
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

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let mail = mail_exchangers(context)?;
    let all = mail.exchangers.iter().flat_map(|mx| mx.addresses(Family::Ipv6, &context.view));
    let mut addresses: Vec<_> = all.collect();
    addresses.sort_unstable();
    addresses.dedup();
    let mut cite = mail.observations();
    let mut subjects = Vec::new();
    for address in addresses {
        let pointers = reverse_names(&context.view, address);
        cite.extend(pointers.observations());
        subjects.push(reverse_subject(address, &pointers));
    }
    Ok(verdict_over_exchangers(&mail, &[Family::Ipv6], subjects, "resolves-back", common::NO_IPV6)
        .citing(cite))
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::rdata::PTR;
    use hickory_proto::rr::{Name as WireName, RData};

    use crate::check::common;
    use crate::check::testing::dns::{answer, message, single_answer};
    use crate::check::testing::mail::{address_of, mail_published};
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::RecordType;

    pub(in crate::check) const CASES: &[fn()] = &[reverse_names_of_exchangers];

    #[test]
    fn reverse_names_of_exchangers() {
        let reverse = format!("5.2.0.0.{}8.b.d.0.1.0.0.2.ip6.arpa", "0.".repeat(20));
        let pointer = |target: &str| {
            let name = WireName::from_ascii(target).unwrap();
            single_answer(&format!("{reverse}."), RData::PTR(PTR(name)))
        };
        let other = answer(&[address_of("other.example.vn.", "2001:db8::9")]);
        for (ptr, expected) in [
            (pointer("mx.example.vn."), (Pass, "resolves-back")),
            (pointer("other.example.vn."), (Fail, "other-address")),
            (message(ResponseCode::NXDomain, &[]), (Fail, "no-ptr")),
            (message(ResponseCode::ServFail, &[]), (Inconclusive, common::UNRESOLVED)),
        ] {
            let world = mail_published().dns(&reverse, RecordType::PTR, &ptr).dns(
                "other.example.vn",
                RecordType::AAAA,
                &other,
            );
            assert_eq!(world.outcome_of("mail-ptr"), expected, "{ptr:?}");
        }
    }
}
