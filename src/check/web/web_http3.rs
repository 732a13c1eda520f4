//! Where HTTP/3 is promised, does it answer over IPv6 too?

use super::helpers::{redirect_chains, unknown_end_reason, web_url};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::reach::helpers::socket;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::dns::LookupStatus;
use crate::evidence::service::{ConversationAttempts, EndpointContact, Steadiness};
use crate::evidence::web::{self, Http3, QuicAttempts, RedirectChain};
use crate::model::{
    Family, Host, NetFailure, ObservationId, Outcome, QuicFailure, Severity, Subject, SubjectName,
    Verdict,
};

/// The rule.
pub static CHECK: Check = Check {
    id: "web-http3",
    sources: &["RFC 9114 §3.1", "RFC 7838", "RFC 9000"],
    severity: Severity::Info,
    revision: 4,
    reasons: &[
        Reason::pass("answers"),
        Reason::fail("silent"),
        Reason::fail("refused"),
        Reason::fail("network-error"),
        Reason::fail("not-quic"),
        Reason::fail("flapping"),
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
    let chains = redirect_chains(context, url, Family::Ipv6)?;
    // The server that the service is declared on; where that is plain HTTP, the first that it leads to.
    let Some(server) = web::https_servers_of(&chains).into_iter().next() else {
        let verdict = match chains.iter().find_map(unknown_end_reason) {
            Some(reason) => Verdict::inconclusive(reason),
            None => Verdict::not_applicable("no-tls"),
        };
        return Err(verdict.citing(chains.iter().flat_map(RedirectChain::observations)));
    };
    let mut cited = Vec::new();
    let over_ipv4 = web::https_servers(&context.view, context.service, Family::Ipv4);
    let over_ipv4 = over_ipv4.into_iter().filter(|other| other.host == server.host);
    let over_ipv4: Vec<_> = over_ipv4.flat_map(|other| other.contacts).collect();
    let answers_over_ipv4 = over_ipv4
        .iter()
        .flat_map(|contact| http3_of_contact(context, contact, &server.host, &mut cited).handshakes)
        .any(|quic| is_answered(&quic));

    let mut subjects = Vec::new();
    for contact in &server.contacts {
        let host = &server.host;
        subjects.extend(subjects_of_contact(context, contact, host, answers_over_ipv4, &mut cited));
    }
    let conversations = server.contacts.iter().map(|contact| &contact.conversation);
    let mut verdict = Verdict::worst_of(subjects, "answers", common::NO_IPV6)
        .citing(conversations.flat_map(ConversationAttempts::observations))
        .citing(cited);
    if verdict.outcome == Outcome::NotApplicable {
        verdict.reason = "not-advertised";
    }
    Ok(verdict)
}

fn http3_of_contact<'e>(
    context: &CheckContext<'e>,
    contact: &EndpointContact<'e>,
    host: &Host,
    cited: &mut Vec<ObservationId>,
) -> Http3<'e> {
    let read = web::http3(&context.view, &contact.conversation, host);
    cited.extend(read.lookups.iter().copied());
    cited.extend(read.handshakes.iter().flat_map(|quic| quic.attempts.iter().map(|(_, id)| *id)));
    read
}

fn is_answered(quic: &QuicAttempts<'_>) -> bool {
    quic.attempts.iter().any(|(seen, _)| seen.is_ok())
}

fn subjects_of_contact(
    context: &CheckContext<'_>,
    contact: &EndpointContact<'_>,
    host: &Host,
    answers_over_ipv4: bool,
    cited: &mut Vec<ObservationId>,
) -> Vec<Subject> {
    let unknown = |reason| vec![socket(contact.address, Outcome::Inconclusive, reason, Vec::new())];
    if let Some(gap) = contact.conversation.gap() {
        return unknown(common::reason_of(gap));
    }
    let read = http3_of_contact(context, contact, host, cited);
    if !read.answered {
        return unknown(common::LOWER_LAYER);
    }
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
        subjects.push(socket(
            contact.address,
            Outcome::NotApplicable,
            "not-advertised",
            Vec::new(),
        ));
    }
    subjects
}

fn subject_of_attempts(quic: &QuicAttempts<'_>, answers_over_ipv4: bool) -> Subject {
    let subject = |outcome, reason, detail| socket(quic.address, outcome, reason, detail);
    if let Some(gap) = quic.gap() {
        return subject(Outcome::Inconclusive, common::reason_of(gap), Vec::new());
    }
    let sessions = || quic.attempts.iter().filter_map(|(seen, _)| seen.as_ref().ok());
    let lost = quic.attempts.iter().filter_map(|(seen, _)| seen.as_ref().err());
    let lost = lost.filter(|failure| !failure.is_ours()).count();
    if let Some(session) = sessions().next_back() {
        let steadiness = Steadiness::of(sessions().count(), lost);
        let alpn = session.alpn.clone().unwrap_or_default();
        let detail = [("alpn", alpn)].into_iter().chain(steadiness.detail()).collect();
        return match steadiness.is_flapping() {
            true => subject(Outcome::Fail, "flapping", detail),
            false => subject(Outcome::Pass, "answers", detail),
        };
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
    use crate::check::testing::web::{ours, page, responds, silent, site_over_both, to};
    use crate::check::testing::world::{FOUR, SIX, URL, World};
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
            (vec![&away, &up], vec![&up], (Pass, "answers")),
            (vec![&net(NetFailure::Refused), &up], vec![&up], (Pass, "answers")),
            (vec![&net(NetFailure::Refused), &away, &up], vec![&up], (Fail, "flapping")),
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
        let plain = || World::with_service("web: \"http://www.example.vn/\"").published();
        let stays = plain().visit("http://www.example.vn/", SIX, &page());
        assert_eq!(stays.outcome_of(id), (NotApplicable, "no-tls"));
        let away = plain().visit("http://www.example.vn/", SIX, &ours());
        assert_eq!(away.outcome_of(id), (Inconclusive, common::OUR_FAULT));
        let leads = plain().visit("http://www.example.vn/", SIX, &to(URL));
        let leads = leads.visit(URL, SIX, &advertises("h3=\":443\""));
        assert_eq!(quic(leads, SIX, &[&up]).outcome_of(id), (Pass, "answers"));
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
