//! Do large packets arrive over IPv6, or only the small ones of the handshake?

use super::helpers::{contacts, socket, verdict_over_contacts};
use crate::check::common;
use crate::check::context::CheckContext;
use crate::check::doc::Doc;
use crate::check::rule::{Check, Reason, Rule};
use crate::evidence::reach::{self, LargeData, SMALL_PACKET_OCTETS, Silence};
use crate::evidence::service::EndpointContact;
use crate::model::{Family, Outcome, Severity, Subject, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "reach-pmtu",
    sources: &["RFC 8201", "RFC 4890 §4.3.1", "RFC 2923 §2.1"],
    severity: Severity::Error,
    revision: 3,
    reasons: &[
        Reason::pass("large-data-arrives"),
        Reason::fail("black-hole"),
        Reason::not_applicable("nothing-large"),
        Reason::not_applicable("silent-with-small-packets-too"),
    ],
    doc: Doc::new(include_str!("reach_pmtu.en.md"), include_str!("reach_pmtu.vi.md")),
    rule: Rule::Service(evaluate),
};

fn evaluate(context: &CheckContext<'_>) -> Result<Verdict, Verdict> {
    let contacts = contacts(context, Family::Ipv6)?;
    let mut cite = Vec::new();
    let subjects: Vec<Subject> = contacts
        .iter()
        .map(|contact| {
            let large = reach::large_data(&context.view, contact);
            if let Some(LargeData::FellSilent(silence)) = &large {
                cite.extend(silence.small.observations());
            }
            subject(contact, large)
        })
        .collect();
    let nothing = subjects.first().map_or(common::NO_IPV6, |subject| subject.reason);
    let verdict = verdict_over_contacts(subjects, "large-data-arrives", &contacts).citing(cite);
    Ok(match verdict.outcome {
        Outcome::NotApplicable => Verdict { reason: nothing, ..verdict },
        _ => verdict,
    })
}

fn subject(contact: &EndpointContact<'_>, large: Option<LargeData<'_>>) -> Subject {
    let plain = |outcome, reason| socket(contact.address, outcome, reason, Vec::new());
    if let Some(gap) = contact.conversation.gap() {
        return plain(Outcome::Inconclusive, common::reason_of(gap));
    }
    match large {
        None if contact.conversation.best().is_some_and(|best| best.connect.is_ok()) => {
            plain(Outcome::NotApplicable, "nothing-large")
        }
        None => plain(Outcome::Inconclusive, common::LOWER_LAYER),
        Some(LargeData::Arrives) => plain(Outcome::Pass, "large-data-arrives"),
        // The path loses packets of every size.
        Some(LargeData::FellSilent(_))
            if contact.conversation.connect_steadiness().is_flapping() =>
        {
            plain(Outcome::Inconclusive, common::LOWER_LAYER)
        }
        Some(LargeData::NothingLarge) => plain(Outcome::NotApplicable, "nothing-large"),
        // It doesn't get through the handshake or to a page, each time for another cause.
        Some(LargeData::Wavers) => plain(Outcome::Inconclusive, common::LOWER_LAYER),
        Some(LargeData::FellSilent(silence)) => {
            let (outcome, reason) = outcome_of_silence(&silence);
            let octets = ("small-packet-octets", SMALL_PACKET_OCTETS.to_string());
            let detail = if outcome == Outcome::Fail { vec![octets] } else { Vec::new() };
            socket(contact.address, outcome, reason, detail)
        }
    }
}

/// What it means that the conversation fell silent each time it was held with packets of the usual
/// size.
fn outcome_of_silence(silence: &Silence<'_>) -> (Outcome, &'static str) {
    let small = &silence.small;
    if let Some(gap) = small.gap() {
        return (Outcome::Inconclusive, common::reason_of(gap));
    }
    if small.steadiness().is_flapping() || small.connect_steadiness().is_flapping() {
        return (Outcome::Inconclusive, common::LOWER_LAYER);
    }
    match (small.best(), silence.again) {
        (Some(seen), None) if reach::came_to_its_end(seen) => {
            (Outcome::Inconclusive, common::NOT_OBSERVED)
        }
        (Some(seen), Some((again, _))) if reach::came_to_its_end(seen) => match again {
            again if again.is_our_fault() => (Outcome::Inconclusive, common::OUR_FAULT),
            // The last proof was not to be had: the connection itself was lost.
            again if again.connect.is_err() => (Outcome::Inconclusive, common::LOWER_LAYER),
            _ => (Outcome::Fail, "black-hole"),
        },
        (Some(seen), _) if reach::fell_silent(seen) || reach::page_stalled(seen) => {
            (Outcome::NotApplicable, "silent-with-small-packets-too")
        }
        // Refused or turned down where it was accepted before, and where nothing got through then.
        _ => (Outcome::Inconclusive, common::LOWER_LAYER),
    }
}

#[cfg(test)]
pub(in crate::check) mod tests {
    use crate::check::common;
    use crate::check::testing::world::World;
    use crate::evidence;
    use crate::model::Outcome::{Fail, Inconclusive, NotApplicable, Pass};
    use crate::model::{
        Blob, BodyEnd, Connected, Conversation, ConversationQuestion, Family, Host, HttpResponse,
        Name, NetFailure, Question, Readings, Reply, Request, TlsFailed, TlsFailure, TlsSession,
    };

    pub(in crate::check) const CASES: &[fn()] =
        &[small_packets_tell_a_black_hole_from_a_slow_server];

    #[test]
    fn small_packets_tell_a_black_hole_from_a_slow_server() {
        let silent = TlsFailed::new(TlsFailure::Net { failure: NetFailure::TimedOut }, Vec::new());
        let session = |octets| TlsSession {
            elapsed_us: 1,
            version: "TLSv1.3".to_owned(),
            cipher_suite: "TLS13_AES_128_GCM_SHA256".to_owned(),
            chain: vec![Blob::new(vec![0; octets])],
            ..TlsSession::default()
        };
        let question = |mss| {
            Question::Conversation(ConversationQuestion {
                address: "[2001:db8::1]:636".parse().unwrap(),
                tls: Some(Host::Name(Name::from_presentation("www.example.vn"))),
                http: None,
                mss,
            })
        };
        let talk = |connect, tls| {
            let seen = Conversation { connect, tls, http: None, recheck: None };
            Reply::Conversation(Box::new(seen))
        };
        let up = || Ok(Connected { elapsed_us: 1 });
        let fell_silent = || talk(up(), Some(Err(silent.clone())));
        let answered = |octets| talk(up(), Some(Ok(session(octets))));
        let page = |body_end| {
            let response = HttpResponse {
                elapsed_us: 1,
                version: "HTTP/1.1".to_owned(),
                status: 200,
                headers: Vec::new(),
                body: Blob::new(vec![b'.'; 10]),
                body_end,
                readings: Readings::default(),
            };
            let seen = Conversation {
                connect: up(),
                tls: Some(Ok(session(900))),
                http: Some(Ok(response)),
                recheck: None,
            };
            Reply::Conversation(Box::new(seen))
        };
        let reset = || {
            let failure = TlsFailure::Net { failure: NetFailure::Reset };
            talk(up(), Some(Err(TlsFailed::new(failure, Vec::new()))))
        };
        let (ours, gone) =
            (talk(Err(NetFailure::NoRoute), None), talk(Err(NetFailure::TimedOut), None));
        let outcome = |usual: &[&Reply], small: &[&Reply], again: Option<&Reply>| {
            let mut world = World::with_service("tls: \"www.example.vn:636\"").published();
            for (at, reply) in usual.iter().enumerate() {
                world.observe(question(None), at as u8 + 1, (*reply).clone());
            }
            for (at, reply) in small.iter().enumerate() {
                world.observe(question(Some(1208)), at as u8 + 1, (*reply).clone());
            }
            if let Some(again) = again {
                world.observe(question(None), 3, again.clone());
            }
            let service = &world.inventory.services[0];
            let requests = world.view().requests_of(|view| {
                let contacts = evidence::service::endpoint_contacts(view, service, Family::Ipv6);
                evidence::reach::large_data(view, &contacts.main[0]);
            });
            (world.outcome_of("reach-pmtu"), requests.contains(&Request::nth(question(None), 3)))
        };
        let (silent, little, much) = (&fell_silent(), &answered(900), &answered(2000));
        let (stalls, whole) = (&page(BodyEnd::TimedOut), &page(BodyEnd::Complete));
        let (reset, ours, gone) = (&reset(), &ours, &gone);
        let both = [silent; 2];
        let black_hole = (Fail, "black-hole");
        let lower = (Inconclusive, common::LOWER_LAYER);
        let too = (NotApplicable, "silent-with-small-packets-too");
        let not_observed = (Inconclusive, common::NOT_OBSERVED);
        let our_fault = (Inconclusive, common::OUR_FAULT);
        for (usual, small, again, expected) in [
            (&[much][..], &[][..], None, (Pass, "large-data-arrives")),
            (&[little], &[], None, (NotApplicable, "nothing-large")),
            (&[silent, little], &[], None, (NotApplicable, "nothing-large")),
            (&both, &[little], Some(silent), black_hole),
            (&[stalls], &[whole], Some(stalls), black_hole),
            // What works the next time was no black hole.
            (&both, &[little], Some(much), (Pass, "large-data-arrives")),
            (&both, &[little], Some(little), (NotApplicable, "nothing-large")),
            (&[stalls], &[whole], Some(whole), (NotApplicable, "nothing-large")),
            (&both, &[little], Some(reset), lower),
            (&both, &[little], Some(gone), lower),
            (&both, &[little], Some(ours), our_fault),
            (&[stalls], &[whole], Some(ours), our_fault),
            (&both, &[silent, little], Some(silent), black_hole),
            (&both, &[gone, gone], None, lower),
            (&both, &[reset, reset], None, lower),
            (&both, &both, None, too),
            (&[stalls], &[stalls], None, too),
            (&both, &[ours, ours], None, our_fault),
            (&both, &[silent, ours], None, our_fault),
            (&both, &[], None, not_observed),
            (&[silent, reset], &[], None, lower),
            (&[reset, silent], &[], None, lower),
            (&[gone, silent], &[little], Some(silent), black_hole),
            (&[silent, ours], &[little], Some(silent), our_fault),
            (&[ours, silent], &[little], Some(silent), our_fault),
            (&both, &[silent, silent, little], Some(silent), lower),
            (&[gone, gone, silent], &[], Some(silent), lower),
            (&[gone, gone], &[], None, lower),
            (&[ours, ours], &[], None, our_fault),
        ] {
            let found = outcome(usual, small, again);
            assert_eq!(found, (expected, false), "{usual:?} {small:?} {again:?}");
        }
        // Only after small packets made the difference is it asked once more, and then never again.
        for (usual, small) in [(&both[..], little), (&[stalls], whole)] {
            assert_eq!(outcome(usual, &[small], None), (not_observed, true));
        }
    }
}
