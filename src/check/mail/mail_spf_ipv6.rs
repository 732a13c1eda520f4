//! Does SPF authorise senders over IPv6 as it does over IPv4?

use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::{mail_exchangers, verdict_without_addresses};
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::mail::spf::{self, Fault};
use crate::model::{Family, Outcome, Severity, Subject, SubjectName, Target, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "mail-spf-ipv6",
    sources: &["RFC 7208 §5", "RFC 7208 §4.6.4"],
    severity: Severity::Warning,
    revision: 3,
    reasons: &[
        Reason::pass("authorises-ipv6"),
        Reason::fail("only-ipv4"),
        Reason::fail("broken"),
        Reason::not_applicable("no-spf"),
        Reason::not_applicable("sends-none"),
        Reason::inconclusive("depends-on-sender"),
    ],
    doc: Doc::new(include_str!("mail_spf_ipv6.en.md"), include_str!("mail_spf_ipv6.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let mail = mail_exchangers(context)?;
    let Target::Mail(domain) = &context.service.target else {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    };
    let has_ipv6 = |exchanger: &crate::evidence::mail::Exchanger| {
        !exchanger.addresses(Family::Ipv6, &context.view).is_empty()
    };
    if !mail.exchangers.iter().any(has_ipv6) {
        return Err(verdict_without_addresses(&mail, Family::Ipv6));
    }
    let spf = spf::spf(&context.view, domain);
    let mut detail: Vec<_> = spf.record.iter().map(|record| ("spf", record.clone())).collect();
    detail.push(("look-ups", spf.lookups.to_string()));
    let (outcome, reason) = match &spf.state {
        spf::State::Unknown(gap) => (Outcome::Inconclusive, common::reason_of(*gap)),
        spf::State::None => (Outcome::NotApplicable, "no-spf"),
        spf::State::Broken(fault) => {
            detail.push(("fault", fault_text(fault)));
            (Outcome::Fail, "broken")
        }
        spf::State::Usable if spf.ipv6 || spf.anyone => (Outcome::Pass, "authorises-ipv6"),
        spf::State::Usable if spf.by_sender => (Outcome::Inconclusive, "depends-on-sender"),
        spf::State::Usable if spf.ipv4 => (Outcome::Fail, "only-ipv4"),
        spf::State::Usable => (Outcome::NotApplicable, "sends-none"),
    };
    let name = SubjectName::Host(domain.clone());
    let subjects = vec![Subject { name, outcome, reason, detail }];
    Ok(Verdict { subjects, ..Verdict::plain(outcome, reason) }
        .citing(mail.mx.observations.iter().copied())
        .citing(spf.observations))
}

fn fault_text(fault: &Fault) -> String {
    match fault {
        Fault::Several => "several records".to_owned(),
        Fault::Syntax(term) => format!("syntax: {term}"),
        Fault::TooManyLookups => format!("more than {} look-ups", spf::LOOKUPS_MAX),
        Fault::TooManyVoid => {
            format!("more than {} look-ups without answer", spf::VOID_LOOKUPS_MAX)
        }
        Fault::NoTarget(target) => format!("no SPF record at {target}"),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use hickory_proto::rr::RData;
    use hickory_proto::rr::rdata::TXT;

    use crate::check::common;
    use crate::check::testing::dns::answer;
    use crate::check::testing::mail::{MAIL_DOMAIN, mail_published};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::RecordType;

    pub(in crate::check) const CASES: &[fn()] = &[spf_of_a_domain_whose_exchangers_have_ipv6];

    #[test]
    fn spf_of_a_domain_whose_exchangers_have_ipv6() {
        for (record, expected) in [
            (Some("v=spf1 ip6:2001:db8::/32 -all"), (Pass, "authorises-ipv6")),
            (Some("v=spf1 mx -all"), (Pass, "authorises-ipv6")),
            (Some("v=spf1 +all"), (Pass, "authorises-ipv6")),
            (Some("v=spf1 redirect=example.vn"), (Fail, "broken")),
            (Some("v=spf1 ip4:192.0.2.0/24 -all"), (Fail, "only-ipv4")),
            (Some("v=spf1 ip4:192.0.2.0/24 -ip6:2001:db8::/32 -all"), (Fail, "only-ipv4")),
            (Some("v=spf1 ip6:nonsense -all"), (Fail, "broken")),
            (Some("v=spf1 -all"), (NotApplicable, "sends-none")),
            (Some("v=spf1 ptr -all"), (Inconclusive, "depends-on-sender")),
            (Some("v=spf1 exists:%{i}.example.vn -all"), (Inconclusive, "depends-on-sender")),
            (Some("v=spf10 -all"), (NotApplicable, "no-spf")),
            (None, (NotApplicable, "no-spf")),
        ] {
            let text = |text: &str| RData::TXT(TXT::new(vec![text.to_owned()]));
            let records = record.map(|record| ("example.vn.", text(record)));
            let world =
                mail_published().dns(MAIL_DOMAIN, RecordType::TXT, &answer(records.as_slice()));
            assert_eq!(world.outcome_of("mail-spf-ipv6"), expected, "{record:?}");
        }
        let world = mail_published();
        assert_eq!(world.outcome_of("mail-spf-ipv6"), (Inconclusive, common::NOT_OBSERVED));
        assert_receivers_look_for_the_senders_family();
    }

    /// Of three hosts that have IPv4 alone, an IPv6 sender's look-ups find nothing: receivers give up at
    /// the third.
    fn assert_receivers_look_for_the_senders_family() {
        let text = |text: &str| RData::TXT(TXT::new(vec![text.to_owned()]));
        let hosts = ["a.example.vn", "b.example.vn", "c.example.vn"];
        for (record, expected) in [
            ("v=spf1 a:a.example.vn a:b.example.vn mx -all", (Pass, "authorises-ipv6")),
            ("v=spf1 a:a.example.vn a:b.example.vn a:c.example.vn mx -all", (Fail, "broken")),
            (
                "v=spf1 mx a:a.example.vn a:b.example.vn a:c.example.vn -all",
                (Pass, "authorises-ipv6"),
            ),
            ("v=spf1 a:a.example.vn a:b.example.vn -all", (Fail, "only-ipv4")),
            ("v=spf1 a:a.example.vn a:b.example.vn exists:none.example.vn -all", (Fail, "broken")),
        ] {
            let mut world = mail_published()
                .dns(MAIL_DOMAIN, RecordType::TXT, &answer(&[("example.vn.", text(record))]))
                .dns("none.example.vn", RecordType::A, &answer(&[]));
            for host in hosts {
                let owner = format!("{host}.");
                let a = [(owner.as_str(), RData::A("192.0.2.26".parse().unwrap()))];
                world = world.dns(host, RecordType::AAAA, &answer(&[]));
                world = world.dns(host, RecordType::A, &answer(&a));
            }
            assert_eq!(world.outcome_of("mail-spf-ipv6"), expected, "{record}");
        }
    }
}
