//! Is what the DNS says of the service's addresses authentic?

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::authenticity::authenticity;
use crate::evidence::dns::authority::secured;
use crate::evidence::dns::dnssec::dnssec;
use crate::evidence::dns::dnssec::{Bogus, Dnssec, Insecure, Link, Security, Unknown};
use crate::model::{Outcome, RecordType, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "dns-dnssec",
    sources: &["RFC 4035 §5", "RFC 5155 §8", "RFC 6840", "RFC 9276 §3.2", "RFC 9905"],
    severity: Severity::Warning,
    revision: 5,
    reasons: &[
        Reason::pass("secure"),
        Reason::fail("expired"),
        Reason::fail("not-yet-valid"),
        Reason::fail("bad-signature"),
        Reason::fail("no-matching-key"),
        Reason::fail("missing-signature"),
        Reason::fail("bad-denial"),
        Reason::fail_as("insecure", Severity::Info),
        Reason::fail_as("unsupported-algorithm", Severity::Info),
        Reason::fail_as("nsec3-iterations", Severity::Info),
        Reason::inconclusive("resolver-strips"),
        Reason::inconclusive("resolver-disagrees"),
        Reason::inconclusive("no-trust-anchor"),
        Reason::not_applicable("address-literal"),
    ],
    doc: Doc::new(include_str!("dns_dnssec.en.md"), include_str!("dns_dnssec.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    let Some(host) = context.service.target.host() else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    let Some(name) = host.name() else { return Err(Verdict::not_applicable("address-literal")) };
    // The worst of the types and servers decides: bogus before unknown before unsigned.
    let mut worst: Option<(u8, Outcome, &'static str)> = None;
    let mut add = |security: &Security, found: &Dnssec| {
        let (outcome, reason) = outcome_of_security(security, found);
        let rank = security.rank();
        if worst.is_none_or(|(known, ..)| rank < known) {
            worst = Some((rank, outcome, reason));
        }
    };
    let mut subjects: Vec<Subject> = Vec::new();
    let mut cite = Vec::new();
    let by_server = authenticity(&context.view, context.service);
    let [first, others @ ..] = secured(context.service) else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    if let Some(found) = &by_server {
        add(found.security(), &found.dnssec);
        subjects.extend(found.dnssec.links.iter().map(|link| subject(link, *first, &found.dnssec)));
        cite.extend(&found.observations);
    }
    // A server that could not be asked is no less authentic for that: other checks tell.
    let bogus = by_server.iter().flat_map(|found| {
        let bogus = found.servers.iter().filter(|at| matches!(at.security, Security::Bogus(_)));
        bogus.map(|at| (at, &found.dnssec))
    });
    for (at, found) in bogus {
        add(&at.security, found);
        let (outcome, reason) = outcome_of_security(&at.security, found);
        let name = SubjectName::NameServer(at.server.clone(), Some(at.address));
        subjects.push(Subject { name, outcome, reason, detail: Vec::new() });
    }
    for record_type in others {
        let found = dnssec(&context.view, name, *record_type);
        add(found.security(), &found);
        subjects.extend(found.links.iter().map(|link| subject(link, *record_type, &found)));
        cite.extend(&found.observations);
    }
    let (_, outcome, reason) = worst.unwrap_or((0, Outcome::Inconclusive, common::NOT_OBSERVED));
    Ok(Verdict { outcome, reason, subjects, observations: Vec::new() }.citing(cite))
}

fn subject(link: &Link, record_type: RecordType, found: &Dnssec) -> Subject {
    let (outcome, reason) = outcome_of_security(&link.security, found);
    let detail = vec![("zone", link.zone.to_string()), ("type", record_type.to_string())];
    Subject { name: SubjectName::Host(link.name.clone()), outcome, reason, detail }
}

fn outcome_of_security(security: &Security, found: &Dnssec) -> (Outcome, &'static str) {
    use Outcome::{Fail, Inconclusive, Pass};
    match security {
        Security::Secure => (Pass, "secure"),
        Security::Bogus(Bogus::Expired) => (Fail, "expired"),
        Security::Bogus(Bogus::NotYetValid) => (Fail, "not-yet-valid"),
        Security::Bogus(Bogus::BadSignature) => (Fail, "bad-signature"),
        Security::Bogus(Bogus::NoMatchingKey) => (Fail, "no-matching-key"),
        Security::Bogus(Bogus::MissingSignature) => (Fail, "missing-signature"),
        Security::Bogus(Bogus::BadDenial) => (Fail, "bad-denial"),
        Security::Insecure(Insecure::NoDs) => (Fail, "insecure"),
        Security::Insecure(Insecure::UnsupportedAlgorithm) => (Fail, "unsupported-algorithm"),
        Security::Insecure(Insecure::Nsec3Iterations) => (Fail, "nsec3-iterations"),
        Security::Unknown(unknown) => (Inconclusive, unknown_reason(unknown, found)),
    }
}

fn unknown_reason(unknown: &Unknown, found: &Dnssec) -> &'static str {
    match unknown {
        _ if found.is_pending => common::NOT_OBSERVED,
        Unknown::Gap(gap) => common::reason_of(*gap),
        Unknown::ResolverStrips => "resolver-strips",
        Unknown::ResolverDisagrees => "resolver-disagrees",
        Unknown::NoAnchor => "no-trust-anchor",
    }
}

#[cfg(test)]
pub(in crate::check) mod tests;
