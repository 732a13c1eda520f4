//! The way of a client that connects, or asks, without a page: every kind but web and mail.

use super::{choose, secured};
use crate::check::CheckContext;
use crate::check::reach::helpers::socket;
use crate::check::service::service_answers;
use crate::evidence::service::{self, EndpointContact};
use crate::model::{Family, Host, ObservationId, Outcome, Subject, SubjectName};

/// Adds the step at the address of the main port that serves such a client best.
pub(in crate::check) fn walk(
    case: &CheckContext<'_>,
    steps: &mut Vec<Subject>,
    cite: &mut Vec<ObservationId>,
) -> Option<&'static str> {
    let (answers, observations) = match service_answers::subjects(case) {
        Ok(found) => found,
        // No address, or no look-up: the step before this one says so.
        Err(_) => return None,
    };
    cite.extend(observations);
    let contacts = service::endpoint_contacts(&case.view, case.service, Family::Ipv6);
    let host = service::tls_host(case.service);
    let ways = answers.into_iter().map(|said| {
        let met = contacts.main.iter().find(|met| said.name == SubjectName::Socket(met.address));
        vec![step(case, met, host.as_ref(), said)]
    });
    steps.extend(choose(ways.collect()));
    None
}

/// What one address gives to a client that checks the certificate where there is one.
fn step(
    case: &CheckContext<'_>,
    contact: Option<&EndpointContact<'_>>,
    host: Option<&Host>,
    said: Subject,
) -> Subject {
    let judged = contact.map_or(Ok(()), |contact| secured(case, &contact.talk, host));
    let (outcome, reason) = match (judged, said.outcome) {
        (Err(judged), _) => judged,
        (Ok(()), Outcome::Pass) => (Outcome::Pass, "answers"),
        (Ok(()), Outcome::Fail) => (Outcome::Fail, "no-answer"),
        (Ok(()), outcome) => (outcome, said.reason),
    };
    match said.name {
        SubjectName::Socket(address) => socket(address, outcome, reason, said.detail),
        name => Subject { name, outcome, reason, detail: said.detail },
    }
}
