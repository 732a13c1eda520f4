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
        HttpsRecordEnd::NotObserved => Verdict::inconclusive(common::NOT_OBSERVED),
        HttpsRecordEnd::Failed(LookupStatus::ChainLooped) | HttpsRecordEnd::Looped => {
            Verdict::plain(Outcome::Fail, "alias-loop")
        }
        HttpsRecordEnd::Failed(LookupStatus::ChainTooLong) | HttpsRecordEnd::TooLong => {
            Verdict::plain(Outcome::Fail, "alias-too-long")
        }
        HttpsRecordEnd::Failed(status) => {
            Verdict::inconclusive(status.gap().map_or(common::UNRESOLVED, common::reason_of))
        }
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
