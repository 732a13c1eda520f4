//! Does every IPv6 address answer echo requests, small and large?

use std::net::IpAddr;

use crate::check::address::helpers::addresses;
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::reach::{self, EchoAttempts};
use crate::evidence::service::{self, EndpointContacts};
use crate::model::{Family, NetFailure, Outcome, Severity, Subject, SubjectName, Target, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-echo",
    sources: &["RFC 4443 §4", "RFC 4890 §4.3.1"],
    severity: Severity::Info,
    revision: 2,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("no-reply"),
        Reason::fail("only-small"),
        Reason::fail("icmp-error"),
        Reason::inconclusive("no-icmp-socket"),
    ],
    doc: Doc::new(include_str!("reach_echo.en.md"), include_str!("reach_echo.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    context.require_in_use()?;
    if matches!(context.service.target, Target::Mail(_) | Target::Zone(_)) {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    }
    let addresses = addresses(context, Family::Ipv6)?;
    let contacts = service::endpoint_contacts(&context.view, context.service, Family::Ipv6);
    let mut cited = Vec::new();
    let mut subjects = Vec::new();
    for address in addresses {
        let (small, large) = reach::echo_attempts(&context.view, address);
        let mut subject = subject(address, &small, large.as_ref());
        if subject.outcome == Outcome::Fail && is_out_of_our_reach(&contacts, address) {
            subject.outcome = Outcome::Inconclusive;
            subject.reason = common::OUR_FAULT;
        }
        subjects.push(subject);
        cited.extend(small.observations);
        cited.extend(large.into_iter().flat_map(|echo| echo.observations));
    }
    Ok(Verdict::worst_of(subjects, "answers", common::NO_IPV6).citing(cited))
}

/// Whether no connection could leave for the address: then no echo request did, and the kernel keeps
/// from sockets for echoes what it reports to those for connections.
fn is_out_of_our_reach(contacts: &EndpointContacts<'_>, address: IpAddr) -> bool {
    contacts
        .all()
        .any(|contact| contact.address.ip() == address && contact.conversation.is_only_our_fault())
}

fn subject(address: IpAddr, small: &EchoAttempts<'_>, large: Option<&EchoAttempts<'_>>) -> Subject {
    let echo_subject = |outcome, reason, detail| Subject {
        name: SubjectName::Address(address),
        outcome,
        reason,
        detail,
    };
    let (reply, large) = match (small.reply(), large) {
        (Some(reply), Some(large)) => (reply, large),
        _ => {
            let (outcome, reason) = outcome_of_silence(small, "no-reply");
            return echo_subject(outcome, reason, failure_detail(small));
        }
    };
    if large.reply().is_none() {
        let (outcome, reason) = outcome_of_silence(large, "only-small");
        return echo_subject(outcome, reason, failure_detail(large));
    }
    let milliseconds = format!("{:.1}", reply.elapsed_us as f64 / 1000.0);
    echo_subject(Outcome::Pass, "answers", vec![("round-trip-ms", milliseconds)])
}

/// What it means that no attempt brought a reply.
fn outcome_of_silence(echo: &EchoAttempts<'_>, silence: &'static str) -> (Outcome, &'static str) {
    if let Some(gap) = echo.gap() {
        return (Outcome::Inconclusive, common::reason_of(gap));
    }
    let failures = || echo.answers.iter().filter_map(|answer| answer.as_ref().err());
    let is = |wanted: fn(&NetFailure) -> bool| failures().any(wanted);
    if is(|failure| *failure == NetFailure::NotPermitted) {
        (Outcome::Inconclusive, "no-icmp-socket")
    } else if is(NetFailure::is_ours) {
        // Whether those requests would have been answered is not known.
        (Outcome::Inconclusive, common::OUR_FAULT)
    } else if is(|failure| matches!(failure, NetFailure::Icmp { .. })) {
        (Outcome::Fail, "icmp-error")
    } else {
        (Outcome::Fail, silence)
    }
}

fn failure_detail(echo: &EchoAttempts<'_>) -> Vec<(&'static str, String)> {
    let last = echo.answers.iter().filter_map(|answer| answer.as_ref().err()).next_back();
    last.map(|failure| ("failure", failure.to_string())).into_iter().collect()
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::world::{SIX, World};
    use crate::evidence;
    use crate::model::Outcome::{Fail, Inconclusive, Pass};
    use crate::model::{EchoQuestion, Echoed, IcmpMeaning, NetFailure, Question, Reply};

    pub(in crate::check) const CASES: &[fn()] =
        &[echoes_are_told_apart_and_a_missing_right_is_ours, failures_in_turn];

    fn icmp(meaning: IcmpMeaning) -> NetFailure {
        NetFailure::Icmp { icmp_type: 1, icmp_code: 0, from: None, meaning }
    }

    #[test]
    fn echoes_are_told_apart_and_a_missing_right_is_ours() {
        let silent = || Err(NetFailure::TimedOut);
        let reply = || Ok(Echoed { elapsed_us: 1 });
        for (small, large, expected) in [
            (vec![reply()], vec![reply()], (Pass, "answers")),
            (vec![silent(), reply()], vec![silent(), reply()], (Pass, "answers")),
            (vec![silent(), silent()], vec![], (Fail, "no-reply")),
            (vec![reply()], vec![silent(), silent()], (Fail, "only-small")),
            (vec![Err(NetFailure::NotPermitted)], vec![], (Inconclusive, "no-icmp-socket")),
            (vec![Err(NetFailure::NoRoute); 2], vec![], (Inconclusive, common::OUR_FAULT)),
            (vec![silent()], vec![], (Inconclusive, common::NOT_OBSERVED)),
            (vec![reply()], vec![], (Inconclusive, common::NOT_OBSERVED)),
            (vec![], vec![], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            let mut world = World::new("active").published();
            let sizes =
                [(evidence::reach::SMALL_OCTETS, &small), (evidence::reach::LARGE_OCTETS, &large)];
            for (payload_octets, answers) in sizes {
                for (at, answer) in answers.iter().enumerate() {
                    let address = "2001:db8::1".parse().unwrap();
                    let question = Question::Echo(EchoQuestion { address, payload_octets });
                    world.observe(question, at as u8 + 1, Reply::Echo(answer.clone()));
                }
            }
            assert_eq!(world.outcome_of("reach-echo"), expected, "{small:?} {large:?}");
        }
    }

    #[test]
    fn failures_in_turn() {
        let (away, ours, no) =
            (NetFailure::TimedOut, NetFailure::NoRoute, icmp(IcmpMeaning::Prohibited));
        for (answers, expected) in [
            ([&no, &no], (Fail, "icmp-error")),
            ([&no, &away], (Fail, "icmp-error")),
            ([&away, &no], (Fail, "icmp-error")),
            ([&ours, &no], (Inconclusive, common::OUR_FAULT)),
            ([&away, &ours], (Inconclusive, common::OUR_FAULT)),
            ([&ours, &away], (Inconclusive, common::OUR_FAULT)),
        ] {
            let mut world = World::new("active").published();
            for (at, answer) in answers.into_iter().enumerate() {
                let address = SIX.parse().unwrap();
                let octets = evidence::reach::SMALL_OCTETS;
                let question = Question::Echo(EchoQuestion { address, payload_octets: octets });
                world.observe(question, at as u8 + 1, Reply::Echo(Err(answer.clone())));
            }
            assert_eq!(world.outcome_of("reach-echo"), expected, "{answers:?}");
        }
    }
}
