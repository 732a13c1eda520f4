//! Are our own addresses fit to talk to mail servers?

use crate::check::common;
use crate::check::context::VantageContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::ReverseNames;
use crate::evidence::own_names::{OwnAddress, own_addresses};
use crate::model::{Outcome, Severity, Subject, SubjectName, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "vantage-mail",
    sources: &["RFC 5321 §4.1.4", "RFC 1912 §2.1", "RFC 7372 §3.3"],
    severity: Severity::Info,
    revision: 1,
    reasons: &[
        Reason::pass("fit"),
        Reason::pass("resolves-back"),
        Reason::fail("no-ptr"),
        Reason::fail("other-address"),
        Reason::not_applicable("translated"),
        Reason::not_applicable("not-needed"),
    ],
    doc: Doc::new(include_str!("vantage_mail.en.md"), include_str!("vantage_mail.vi.md")),
    rule: Rule::Vantage(evaluate),
};

fn evaluate(context: &VantageContext<'_>) -> Result<Verdict, Verdict> {
    let own = own_addresses(context.evidence, context.settings, context.networks);
    let names = || own.iter().filter_map(|own| own.names.as_ref());
    // Where there are no mail servers to be spoken to, the names are not asked for.
    if names().all(|names| names.ptr.is_pending()) && names().next().is_some() {
        return Err(Verdict::not_applicable("not-needed"));
    }
    let cite: Vec<_> = names().flat_map(ReverseNames::observations).collect();
    let subjects = own.iter().map(subject).collect();
    Ok(Verdict::worst_of(subjects, "fit", "translated").citing(cite))
}

fn subject(own: &OwnAddress) -> Subject {
    let (outcome, reason) = match &own.names {
        None => (Outcome::NotApplicable, "translated"),
        Some(_) if own.confirmed_name().is_some() => (Outcome::Pass, "resolves-back"),
        Some(names) => match names.gap() {
            Some(gap) => (Outcome::Inconclusive, common::reason_of(gap)),
            None if names.names.is_empty() => (Outcome::Fail, "no-ptr"),
            None => (Outcome::Fail, "other-address"),
        },
    };
    let names = own.names.iter().flat_map(|names| &names.names);
    let detail = names.map(|(name, _)| ("ptr", name.to_string())).collect();
    Subject { name: SubjectName::Address(own.address), outcome, reason, detail }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use std::sync::Arc;

    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::rdata::PTR;
    use hickory_proto::rr::{Name as WireName, RData};
    use jiff::Timestamp;

    use crate::check::testing::dns::{address, answer, message, servfail};
    use crate::check::testing::vantage::{outcome_of, settings};
    use crate::check::{common, testing::dns::our_fault};
    use crate::evidence::{own_names, vantage};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{
        Evidence, Network, Networks, Observation, Outcome, Question, RecordType, Reply,
    };

    pub(in crate::check) const CASES: &[fn()] = &[names_of_our_addresses];

    const OURS: &str = "2001:db8::9";

    fn networks() -> Networks {
        let testbed = |prefix: &str| Network {
            prefix: prefix.parse().unwrap(),
            name: String::new(),
            asn: None,
            internal: false,
            testbed: true,
        };
        Networks::new(vec![testbed("2001:db8::/32")])
    }

    /// Our IPv6 address is [`OURS`], and the resolver answers so to PTR and AAAA. Over IPv4 there is
    /// only a private address.
    fn outcome(ptr: &Reply, aaaa: &Reply) -> (Outcome, &'static str) {
        let (settings, networks) = (settings(), networks());
        let mut evidence = Evidence::new();
        let add = |evidence: &mut Evidence, request, reply| {
            let observed_at = Timestamp::UNIX_EPOCH;
            let observation = Observation { request, observed_at, elapsed_us: 1, reply };
            evidence.insert(observation.id(), Arc::new(observation));
        };
        for request in vantage::questions(&settings, 1) {
            if matches!(request.question, Question::Route(_)) {
                add(&mut evidence, request, Reply::Route(Ok(OURS.parse().unwrap())));
            }
        }
        for _ in 0..20 {
            for request in own_names::own_name_questions(&evidence, &settings, &networks) {
                let reply = match &request.question {
                    Question::Route(_) => Reply::Route(Ok("10.0.0.9".parse().unwrap())),
                    Question::Dns(asked) if asked.record_type == RecordType::PTR => ptr.clone(),
                    _ => aaaa.clone(),
                };
                add(&mut evidence, request, reply);
            }
        }
        outcome_of("vantage-mail", &settings, &networks, &evidence)
    }

    #[test]
    fn names_of_our_addresses() {
        let owner = "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.";
        let host = WireName::from_ascii("scan.example.").unwrap();
        let named = answer(&[(owner, RData::PTR(PTR(host)))]);
        let at = |text: &str| answer(&[("scan.example.", address(text).1)]);
        let nothing = message(ResponseCode::NXDomain, &[]);
        for (ptr, aaaa, expected) in [
            (&named, &at(OURS), (Pass, "fit")),
            (&named, &at("2001:db8::8"), (Fail, "other-address")),
            (&nothing, &nothing, (Fail, "no-ptr")),
            (&servfail(), &nothing, (Inconclusive, common::UNRESOLVED)),
            (&our_fault(), &nothing, (Inconclusive, common::OUR_FAULT)),
        ] {
            assert_eq!(outcome(ptr, aaaa), expected);
        }
        let (settings, empty) = (settings(), Evidence::new());
        let only = |networks| outcome_of("vantage-mail", &settings, networks, &empty);
        assert_eq!(only(&networks()), (NotApplicable, "translated"));
        let mut unasked = Evidence::new();
        let request = vantage::questions(&settings, 1).remove(0);
        let reply = Reply::Route(Ok(OURS.parse().unwrap()));
        let observed_at = Timestamp::UNIX_EPOCH;
        let observation = Observation { request, observed_at, elapsed_us: 1, reply };
        unasked.insert(observation.id(), Arc::new(observation));
        let outcome = outcome_of("vantage-mail", &settings, &networks(), &unasked);
        assert_eq!(outcome, (NotApplicable, "not-needed"));
    }
}
