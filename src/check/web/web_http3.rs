//! Where HTTP/3 is promised, does it answer over IPv6 too?

use super::helpers::{
    first_conversation, first_conversation_gap, redirect_chains, verdict_over_first_conversations,
    web_url,
};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::LookupStatus;
use crate::evidence::web::{self, Http3, QuicAttempts, RedirectChain};
use crate::model::{
    Family, NetFailure, ObservationId, Outcome, QuicFailure, Severity, Subject, SubjectName,
    Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-http3",
    sources: &["RFC 9114 §3.1", "RFC 7838", "RFC 9000"],
    severity: Severity::Info,
    revision: 3,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("silent"),
        Reason::fail("refused"),
        Reason::fail("network-error"),
        Reason::fail("not-quic"),
        Reason::fail("alternative-without-ipv6"),
        Reason::inconclusive("silent-over-both"),
        Reason::not_applicable("not-advertised"),
        Reason::not_applicable("no-tls"),
    ],
    doc: Doc::new(include_str!("web_http3.en.md"), include_str!("web_http3.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let url = web_url(context)?;
    if url.scheme() != "https" {
        return Err(Verdict::not_applicable("no-tls"));
    }
    let ipv6 = redirect_chains(context, url, Family::Ipv6)?;
    let mut cited = Vec::new();
    let over_ipv4 = redirect_chains(context, url, Family::Ipv4).unwrap_or_default();
    let over_ipv4 = over_ipv4.iter().filter_map(|chain| http3_of_chain(context, chain, &mut cited));
    let answers_over_ipv4 =
        over_ipv4.flat_map(|read| read.handshakes).any(|quic| is_answered(&quic));

    let mut subjects = Vec::new();
    for chain in &ipv6 {
        subjects.extend(subjects_of_chain(context, chain, answers_over_ipv4, &mut cited));
    }
    let mut verdict = verdict_over_first_conversations(subjects, "answers", &ipv6).citing(cited);
    if verdict.outcome == Outcome::NotApplicable {
        verdict.reason = "not-advertised";
    }
    Ok(verdict)
}

fn http3_of_chain<'e>(
    context: &CheckContext<'e>,
    chain: &RedirectChain<'e>,
    cited: &mut Vec<ObservationId>,
) -> Option<Http3<'e>> {
    let read =
        web::http3(&context.view, first_conversation(chain)?, &context.service.target.host()?);
    cited.extend(read.lookups.iter().copied());
    cited.extend(read.handshakes.iter().flat_map(|quic| quic.attempts.iter().map(|(_, id)| *id)));
    Some(read)
}

fn is_answered(quic: &QuicAttempts<'_>) -> bool {
    quic.attempts.iter().any(|(seen, _)| seen.is_ok())
}

fn subjects_of_chain(
    context: &CheckContext<'_>,
    chain: &RedirectChain<'_>,
    answers_over_ipv4: bool,
    cited: &mut Vec<ObservationId>,
) -> Vec<Subject> {
    let unknown = |reason| vec![socket(chain.start, Outcome::Inconclusive, reason, Vec::new())];
    if let Some(gap) = first_conversation_gap(chain) {
        return unknown(common::reason_of(gap));
    }
    let read = match http3_of_chain(context, chain, cited) {
        Some(read) if read.answered => read,
        _ => return unknown(common::LOWER_LAYER),
    };
    let mut subjects: Vec<Subject> = read
        .unresolved
        .into_iter()
        .map(|(name, status)| {
            let (outcome, reason) = match status {
                LookupStatus::NoData | LookupStatus::NxDomain | LookupStatus::Synthesised => {
                    (Outcome::Fail, "alternative-without-ipv6")
                }
                status => {
                    let reason = status.gap().map_or(common::UNRESOLVED, common::reason_of);
                    (Outcome::Inconclusive, reason)
                }
            };
            Subject { name: SubjectName::Host(name), outcome, reason, detail: Vec::new() }
        })
        .collect();
    subjects
        .extend(read.handshakes.iter().map(|quic| subject_of_attempts(quic, answers_over_ipv4)));
    if read.is_cut {
        subjects.extend(unknown(common::LIMIT));
    }
    if subjects.is_empty() {
        subjects.push(socket(chain.start, Outcome::NotApplicable, "not-advertised", Vec::new()));
    }
    subjects
}

fn is_turned_down(failure: &QuicFailure) -> bool {
    match failure {
        QuicFailure::Net { failure } => {
            matches!(failure, NetFailure::Refused | NetFailure::Icmp { .. })
        }
        _ => !failure.is_ours(),
    }
}

fn subject_of_attempts(quic: &QuicAttempts<'_>, answers_over_ipv4: bool) -> Subject {
    let subject = |outcome, reason, detail| socket(quic.address, outcome, reason, detail);
    if let Some(gap) = quic.gap() {
        return subject(Outcome::Inconclusive, common::reason_of(gap), Vec::new());
    }
    let sessions = quic.attempts.iter().filter_map(|(seen, _)| seen.as_ref().ok());
    if let Some(session) = sessions.into_iter().next_back() {
        // A datagram that is lost and sent again is no contradiction; one that is turned down is.
        if quic.attempts.iter().any(|(seen, _)| seen.as_ref().is_err_and(is_turned_down)) {
            return subject(Outcome::Inconclusive, common::FLAKY, Vec::new());
        }
        let alpn = session.alpn.clone().unwrap_or_default();
        return subject(Outcome::Pass, "answers", vec![("alpn", alpn)]);
    }
    let failures = || quic.attempts.iter().filter_map(|(seen, _)| seen.as_ref().err());
    let is_answer = |failure: &&QuicFailure| !matches!(failure, QuicFailure::Net { .. });
    let answer = failures().filter(is_answer).rfind(|failure| !failure.is_ours());
    // What would have become of attempts that our own side ended is not known.
    let Some(failure) = answer.or(failures().next_back()) else {
        return subject(Outcome::Inconclusive, common::OUR_FAULT, Vec::new());
    };
    if answer.is_none() && failures().any(QuicFailure::is_ours) {
        return subject(Outcome::Inconclusive, common::OUR_FAULT, Vec::new());
    }
    let (outcome, reason) = match failure {
        // Without an answer over either family it may as well be a firewall on our own way that
        // lets no QUIC pass.
        QuicFailure::Net { failure: NetFailure::TimedOut } if !answers_over_ipv4 => {
            (Outcome::Inconclusive, "silent-over-both")
        }
        QuicFailure::Net { failure: NetFailure::TimedOut } => (Outcome::Fail, "silent"),
        QuicFailure::Net { .. } => (Outcome::Fail, "network-error"),
        QuicFailure::Refused { .. } => (Outcome::Fail, "refused"),
        QuicFailure::VersionMismatch | QuicFailure::NotQuic { .. } => (Outcome::Fail, "not-quic"),
        QuicFailure::Ours { .. } => (Outcome::Inconclusive, common::OUR_FAULT),
    };
    subject(outcome, reason, vec![("failure", failure.to_string())])
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use std::net::SocketAddr;

    use crate::check::common;
    use crate::check::testing::dns::{servfail, unasked};
    use crate::check::testing::web::{page, responds, silent, site_over_both};
    use crate::check::testing::world::{FOUR, SIX, World};
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{
        Host, Name, NetFailure, Question, QuicFailure, QuicQuestion, QuicSession, RecordType, Reply,
    };

    pub(in crate::check) const CASES: &[fn()] = &[http3_where_it_is_advertised];

    fn quic(mut world: World, at: &str, attempts: &[&Result<QuicSession, QuicFailure>]) -> World {
        let host = Host::Name(Name::from_presentation("www.example.vn"));
        let address = SocketAddr::new(at.parse().unwrap(), 443);
        for (attempt, seen) in attempts.iter().enumerate() {
            let question = Question::Quic(QuicQuestion { address, host: host.clone() });
            world.observe(question, attempt as u8 + 1, Reply::Quic((*seen).clone()));
        }
        world
    }

    #[test]
    fn http3_where_it_is_advertised() {
        let id = "web-http3";
        let advertises = |value: &str| responds(200, &[("alt-svc", value)], "");
        let world = || {
            let page = advertises("h3=\":443\"; ma=60");
            site_over_both(&[&page], &[&page])
        };
        let up = Ok(QuicSession { elapsed_us: 1, alpn: Some("h3".to_owned()), chain: Vec::new() });
        let net = |failure| Err(QuicFailure::Net { failure });
        let (away, mine) = (net(NetFailure::TimedOut), net(NetFailure::NoRoute));
        let refused = Err(QuicFailure::Refused { code: 0x128, detail: String::new() });
        let strange = Err(QuicFailure::NotQuic { detail: String::new() });
        let library = Err(QuicFailure::Ours { detail: String::new() });
        for (six, four, expected) in [
            (vec![&up], vec![&up], (Pass, "answers")),
            // A datagram that is lost is no contradiction; one that is turned down is.
            (vec![&away, &up], vec![&up], (Pass, "answers")),
            (vec![&net(NetFailure::Refused), &up], vec![&up], (Inconclusive, common::FLAKY)),
            (vec![&away, &away], vec![&up], (Fail, "silent")),
            (vec![&away, &away], vec![&away, &away], (Inconclusive, "silent-over-both")),
            (vec![&refused], vec![&up], (Fail, "refused")),
            (vec![&strange], vec![&up], (Fail, "not-quic")),
            (vec![&Err(QuicFailure::VersionMismatch)], vec![&up], (Fail, "not-quic")),
            (vec![&net(NetFailure::Refused); 2], vec![&up], (Fail, "network-error")),
            (vec![&mine, &refused], vec![&up], (Fail, "refused")),
            (vec![&mine, &mine], vec![&up], (Inconclusive, common::OUR_FAULT)),
            (vec![&away, &mine], vec![&up], (Inconclusive, common::OUR_FAULT)),
            (vec![&mine, &away], vec![&up], (Inconclusive, common::OUR_FAULT)),
            (vec![&library], vec![&up], (Inconclusive, common::OUR_FAULT)),
            (vec![&away], vec![&up], (Inconclusive, common::NOT_OBSERVED)),
        ] {
            let seen = quic(quic(world(), SIX, &six), FOUR, &four);
            assert_eq!(seen.outcome_of(id), expected, "{six:?} {four:?}");
        }
        assert_eq!(
            site_over_both(&[&page()], &[&page()]).outcome_of(id),
            (NotApplicable, "not-advertised")
        );
        let away = site_over_both(&[&silent(), &silent()], &[&page()]);
        assert_eq!(away.outcome_of(id), (Inconclusive, common::LOWER_LAYER));
        let plain = World::with_service("web: \"http://www.example.vn/\"");
        assert_eq!(plain.outcome_of(id), (NotApplicable, "no-tls"));
        let other = || site_over_both(&[&advertises("h3=\"alt.example.vn:443\"")], &[&page()]);
        let missing = other().host("alt.example.vn", &["192.0.2.3"]);
        assert_eq!(missing.outcome_of(id), (Fail, "alternative-without-ipv6"));
        for (reply, expected) in [(servfail(), common::UNRESOLVED), (unasked(), common::OUR_FAULT)]
        {
            let world = other().dns("alt.example.vn", RecordType::AAAA, &reply);
            assert_eq!(world.outcome_of(id), (Inconclusive, expected));
        }
    }
}
