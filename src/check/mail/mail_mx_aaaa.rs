//! Does every mail exchanger of the domain have a usable IPv6 address?

use crate::check::address::helpers::is_usable;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::mail_exchangers;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::mail::{self, Exchanger, MailRouteKind};
use crate::model::{Family, Outcome, Severity, State, Subject, SubjectName, Target, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-mx-aaaa",
    sources: &["RFC 7505", "RFC 5321 §5.1", "RFC 3596 §2.1", "internet.nl"],
    severity: Severity::Error,
    revision: 2,
    reasons: &[
        Reason::pass("every-exchanger"),
        Reason::fail("none"),
        Reason::fail("some-without"),
        Reason::fail("no-aaaa"),
        Reason::fail("not-global"),
        Reason::not_applicable("null-mx"),
    ],
    doc: Doc::new(include_str!("mail_mx_aaaa.en.md"), include_str!("mail_mx_aaaa.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let mail =
        mail_exchangers(context).map_err(|early| null_mx_verdict(context).unwrap_or(early))?;
    let subjects: Vec<Subject> =
        mail.exchangers.iter().map(|exchanger| subject(context, exchanger)).collect();
    let failing = subjects.iter().filter(|subject| subject.outcome == Outcome::Fail).count();
    let all = subjects.len();
    let mut verdict =
        Verdict::worst_of(subjects, "every-exchanger", common::NO_MX).citing(mail.observations());
    if verdict.outcome == Outcome::Fail {
        // Beyond our limit there may be others.
        let is_none = failing == all && !mail.is_cut;
        verdict.reason = if is_none { "none" } else { "some-without" };
    }
    Ok(match verdict.outcome {
        Outcome::Pass if mail.is_cut => verdict.made_unknown(common::LIMIT),
        _ => verdict,
    })
}

/// A domain that declares that it takes no mail has nothing to be reached at.
fn null_mx_verdict(context: &CheckContext<'_>) -> Option<Verdict> {
    let Target::Mail(domain) = &context.service.target else { return None };
    if context.service.state == State::Retired {
        return None;
    }
    let mail = mail::route(&context.view, domain);
    (mail.route == MailRouteKind::NullMx)
        .then(|| Verdict::not_applicable("null-mx").citing(mail.observations()))
}

fn subject(context: &CheckContext<'_>, exchanger: &Exchanger) -> Subject {
    let lookup = exchanger.lookup(Family::Ipv6);
    let addresses = exchanger.addresses(Family::Ipv6, &context.view);
    let (outcome, reason) = if addresses.iter().any(|address| is_usable(context, *address)) {
        (Outcome::Pass, "every-exchanger")
    } else if let Some(gap) = lookup.gap() {
        (Outcome::Inconclusive, common::reason_of(gap))
    } else if addresses.is_empty() {
        (Outcome::Fail, "no-aaaa")
    } else {
        (Outcome::Fail, "not-global")
    };
    let mut detail = vec![("preference", exchanger.preference.to_string())];
    detail.extend(addresses.iter().map(|address| ("aaaa", address.to_string())));
    if exchanger.is_alias() {
        detail.push(("alias-of", lookup.chain.last().map(ToString::to_string).unwrap_or_default()));
    }
    Subject { name: SubjectName::Host(exchanger.name.clone()), outcome, reason, detail }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::op::ResponseCode;

    use crate::check::common;
    use crate::check::testing::dns::{answer, message};
    use crate::check::testing::mail::{MX_HOST, MX_IPV6, address_of, mail_domain, mx};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{NetFailure, RecordType, Reply};

    pub(in crate::check) const CASES: &[fn()] =
        &[exchangers_and_their_addresses, a_domain_that_takes_no_mail];

    #[test]
    fn exchangers_and_their_addresses() {
        let nothing = message(ResponseCode::NXDomain, &[]);
        let broken = message(ResponseCode::ServFail, &[]);
        let six = answer(&[address_of("mx.example.vn.", MX_IPV6)]);
        let local = answer(&[address_of("mx.example.vn.", "fe80::1")]);
        let empty = answer(&[]);
        for (aaaa, expected) in [
            (&six, (Pass, "every-exchanger")),
            (&empty, (Fail, "none")),
            (&nothing, (Fail, "none")),
            (&local, (Fail, "none")),
            (&broken, (Inconclusive, common::UNRESOLVED)),
            (&Reply::DnsFailed(NetFailure::NoRoute), (Inconclusive, common::OUR_FAULT)),
        ] {
            let world = mail_domain(&[mx(10, "mx.example.vn.")])
                .dns(MX_HOST, RecordType::AAAA, aaaa)
                .dns(MX_HOST, RecordType::A, &empty);
            assert_eq!(world.outcome_of("mail-mx-aaaa"), expected, "{aaaa:?}");
        }
        // One of two.
        let world = mail_domain(&[mx(10, "mx.example.vn."), mx(20, "mx2.example.vn.")])
            .dns(MX_HOST, RecordType::AAAA, &six)
            .dns(MX_HOST, RecordType::A, &empty)
            .dns("mx2.example.vn", RecordType::AAAA, &empty)
            .dns(
                "mx2.example.vn",
                RecordType::A,
                &answer(&[address_of("mx2.example.vn.", "192.0.2.26")]),
            );
        assert_eq!(world.outcome_of("mail-mx-aaaa"), (Fail, "some-without"));
    }

    #[test]
    fn a_domain_that_takes_no_mail() {
        let null = mail_domain(&[mx(0, ".")]);
        assert_eq!(null.outcome_of("mail-mx-aaaa"), (NotApplicable, "null-mx"));
    }
}
