//! Does every mail exchanger of the domain have a usable IPv6 address?

use crate::check::address::helpers::is_usable;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::mail_exchangers;
use crate::check::reach::senders::verdict_where_one_is_enough;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::authenticity::authenticity;
use crate::evidence::mail::{self, Exchanger, MailRouteKind};
use crate::model::{Family, Outcome, Severity, Subject, SubjectName, Target, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-mx-aaaa",
    sources: &["RFC 7505", "RFC 5321 §5.1", "RFC 3596 §2.1", "internet.nl"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("every-exchanger"),
        Reason::pass("own-address"),
        Reason::pass(common::SOME_KNOWN),
        Reason::absent("no-domain"),
        Reason::fail("nowhere"),
        Reason::fail("unanswered"),
        Reason::fail("bogus"),
        Reason::fail("none"),
        Reason::fail_as("some-without", Severity::Warning),
        Reason::fail("no-such-host"),
        Reason::fail("not-a-name"),
        Reason::fail("no-aaaa"),
        Reason::fail("not-global"),
        Reason::not_applicable("null-mx"),
    ],
    doc: Doc::new(include_str!("mail_mx_aaaa.en.md"), include_str!("mail_mx_aaaa.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let mail =
        mail_exchangers(context).map_err(|early| verdict_without_exchangers(context, early))?;
    if let Some(found) = authenticity(&context.view, context.service)
        && found.is_bogus()
    {
        let verdict = Verdict::plain(Outcome::Fail, "bogus").citing(mail.observations());
        return Err(verdict.citing(found.observations.iter().copied()));
    }
    let pass = match mail.route {
        MailRouteKind::Implicit => "own-address",
        _ => "every-exchanger",
    };
    let subjects: Vec<Subject> =
        mail.exchangers.iter().map(|exchanger| subject(context, exchanger, pass)).collect();
    let verdict = Verdict::worst_of(subjects, pass, common::NO_MX).citing(mail.observations());
    let verdict = verdict_where_one_is_enough(verdict, mail.is_cut, &[]);
    Ok(match (verdict.outcome, verdict.reason) {
        (Outcome::Fail, common::SOME_FAIL) => Verdict { reason: "some-without", ..verdict },
        (Outcome::Fail, _) => Verdict { reason: "none", ..verdict },
        _ => verdict,
    })
}

/// A domain without exchangers: one that declares that it takes no mail has nothing to be reached at;
/// to any other no mail gets.
fn verdict_without_exchangers(context: &CheckContext<'_>, early: Verdict) -> Verdict {
    let Target::Mail(domain) = &context.service.target else { return early };
    if early.reason != common::NO_MX {
        return early;
    }
    let fails = |reason| {
        let (name, outcome) = (SubjectName::Host(domain.clone()), Outcome::Fail);
        let subject = Subject { name, outcome, reason, detail: Vec::new() };
        Verdict { outcome, reason, subjects: vec![subject], ..early.clone() }
    };
    match mail::route(&context.view, domain).route {
        MailRouteKind::NullMx => Verdict { reason: "null-mx", ..early },
        MailRouteKind::Nowhere => fails("nowhere"),
        MailRouteKind::NoDomain => fails("no-domain"),
        MailRouteKind::Unanswered => fails("unanswered"),
        _ => early,
    }
}

fn subject(context: &CheckContext<'_>, exchanger: &Exchanger, pass: &'static str) -> Subject {
    let lookup = exchanger.lookup(Family::Ipv6);
    let addresses = exchanger.addresses(Family::Ipv6, &context.view);
    let (outcome, reason) = if exchanger.is_address() {
        (Outcome::Fail, "not-a-name")
    } else if addresses.iter().any(|address| is_usable(context, *address)) {
        (Outcome::Pass, pass)
    } else if let Some(gap) = lookup.gap() {
        (Outcome::Inconclusive, common::reason_of(gap))
    } else if exchanger.is_missing() {
        (Outcome::Fail, "no-such-host")
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
    use hickory_proto::rr::rdata::CNAME;
    use hickory_proto::rr::{Name as WireName, RData};

    use super::CHECK;
    use crate::check::common;
    use crate::check::dns::dns_dnssec::tests::in_expired_zone;
    use crate::check::testing::dns::{answer, message};
    use crate::check::testing::mail::{
        MAIL_DOMAIN, MX_HOST, MX_HOST_2, MX_IPV4, MX_IPV6, MX_IPV6_2, address_of, mail_domain, mx,
        two_exchangers,
    };
    use crate::check::testing::world::World;
    use crate::check::testing::zone::{ServerQuery, rcode};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{NetFailure, RecordType, Reply, Severity};

    pub(in crate::check) const CASES: &[fn()] = &[
        exchangers_and_their_addresses,
        odd_records,
        a_domain_that_is_its_own_exchanger_or_none,
        a_domain_that_takes_no_mail,
        a_domain_whose_name_servers_fail,
    ];

    #[test]
    fn a_domain_whose_name_servers_fail() {
        let mx = |asked: &ServerQuery<'_>| asked.record_type == RecordType::MX;
        let servfail = |asked: &ServerQuery<'_>| mx(asked).then(|| rcode(2));
        let world = World::with_zone("mail: example.vn", &servfail);
        assert_eq!(world.outcome_of("mail-mx-aaaa"), (Fail, "unanswered"));
        assert_eq!(world.outcome_of("mail-banner"), (NotApplicable, common::NO_MX));
        for validates in [true, false] {
            let world = in_expired_zone("mail: example.vn", validates);
            assert_eq!(world.outcome_of("mail-mx-aaaa"), (Fail, "bogus"), "{validates}");
        }
    }

    #[test]
    fn exchangers_and_their_addresses() {
        let nothing = message(ResponseCode::NXDomain, &[]);
        let broken = message(ResponseCode::ServFail, &[]);
        let six = answer(&[address_of("mx.example.vn.", MX_IPV6)]);
        let local = answer(&[address_of("mx.example.vn.", "fe80::1")]);
        let empty = answer(&[]);
        let six_2 = answer(&[address_of("mx2.example.vn.", MX_IPV6_2)]);
        let local_2 = answer(&[address_of("mx2.example.vn.", "fe80::1")]);
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
        // Several, by the second one's addresses.
        let four = answer(&[address_of("mx2.example.vn.", "192.0.2.26")]);
        for (first, aaaa, a, expected, subject) in [
            (&six, &six_2, &four, (Pass, "every-exchanger"), "every-exchanger"),
            (&six, &empty, &four, (Fail, "some-without"), "no-aaaa"),
            (&six, &nothing, &nothing, (Fail, "some-without"), "no-such-host"),
            (&six, &local_2, &four, (Fail, "some-without"), "not-global"),
            (&six, &broken, &four, (Pass, common::SOME_KNOWN), common::UNRESOLVED),
            (&empty, &broken, &four, (Inconclusive, common::UNRESOLVED), common::UNRESOLVED),
            (&empty, &nothing, &nothing, (Fail, "none"), "no-such-host"),
        ] {
            let world = two_exchangers()
                .dns(MX_HOST, RecordType::AAAA, first)
                .dns(MX_HOST, RecordType::A, &empty)
                .dns(MX_HOST_2, RecordType::AAAA, aaaa)
                .dns(MX_HOST_2, RecordType::A, a);
            let verdict = world.verdict("mail-mx-aaaa");
            assert_eq!((verdict.outcome, verdict.reason), expected, "{aaaa:?}");
            assert_eq!(verdict.subjects[1].reason, subject, "{aaaa:?}");
        }
        assert_eq!(CHECK.severity_of("some-without"), Severity::Warning);
        assert_eq!(CHECK.severity_of("none"), Severity::Error);
    }

    #[test]
    fn odd_records() {
        let six = answer(&[address_of("mx.example.vn.", MX_IPV6)]);
        let nothing = message(ResponseCode::NXDomain, &[]);
        // An address in the place of a name.
        let digits = mail_domain(&[mx(10, "192.0.2.25.")])
            .dns("192.0.2.25", RecordType::AAAA, &nothing)
            .dns("192.0.2.25", RecordType::A, &nothing);
        let verdict = digits.verdict("mail-mx-aaaa");
        assert_eq!((verdict.outcome, verdict.reason), (Fail, "none"));
        assert_eq!(verdict.subjects[0].reason, "not-a-name");
        // A null MX beside an exchanger says nothing.
        let beside = mail_domain(&[mx(0, "."), mx(10, "mx.example.vn.")])
            .dns(MX_HOST, RecordType::AAAA, &six)
            .dns(MX_HOST, RecordType::A, &answer(&[]));
        assert_eq!(beside.outcome_of("mail-mx-aaaa"), (Pass, "every-exchanger"));
        // Senders follow an alias.
        let (_, data) = address_of("mx.example.vn.", MX_IPV6);
        let alias = RData::CNAME(CNAME(WireName::from_ascii("mx.example.vn.").unwrap()));
        let aliased = answer(&[("alias.example.vn.", alias), ("mx.example.vn.", data)]);
        let world = mail_domain(&[mx(10, "alias.example.vn.")])
            .dns("alias.example.vn", RecordType::AAAA, &aliased)
            .dns("alias.example.vn", RecordType::A, &aliased)
            .dns(MX_HOST, RecordType::A, &answer(&[]));
        assert_eq!(world.outcome_of("mail-mx-aaaa"), (Pass, "every-exchanger"));
    }

    #[test]
    fn a_domain_that_is_its_own_exchanger_or_none() {
        let own = |text| answer(&[address_of("example.vn.", text)]);
        let empty = || answer(&[]);
        let broken = || message(ResponseCode::ServFail, &[]);
        for (aaaa, a, expected) in [
            (own(MX_IPV6), own(MX_IPV4), (Pass, "own-address")),
            (own(MX_IPV6), empty(), (Pass, "own-address")),
            (own("fe80::1"), empty(), (Fail, "none")),
            (empty(), own(MX_IPV4), (Fail, "none")),
            (empty(), empty(), (Fail, "nowhere")),
            (broken(), empty(), (Inconclusive, common::UNRESOLVED)),
            (broken(), own(MX_IPV4), (Inconclusive, common::UNRESOLVED)),
        ] {
            let world = mail_domain(&[]).dns(MAIL_DOMAIN, RecordType::AAAA, &aaaa).dns(
                MAIL_DOMAIN,
                RecordType::A,
                &a,
            );
            assert_eq!(world.outcome_of("mail-mx-aaaa"), expected, "{aaaa:?} {a:?}");
        }
        let gone = World::with_service("mail: example.vn").dns(
            MAIL_DOMAIN,
            RecordType::MX,
            &message(ResponseCode::NXDomain, &[]),
        );
        assert_eq!(gone.outcome_of("mail-mx-aaaa"), (Fail, "no-domain"));
    }

    #[test]
    fn a_domain_that_takes_no_mail() {
        let null = mail_domain(&[mx(0, ".")]);
        assert_eq!(null.outcome_of("mail-mx-aaaa"), (NotApplicable, "null-mx"));
    }
}
