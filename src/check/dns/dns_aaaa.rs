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
        Reason::fail("nxdomain"),
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
