//! The steps of a client that connects, or asks, without a page: every kind but web and mail.

use super::steps::{best_path, require_connection};
use crate::check::context::CheckContext;
use crate::check::reach::helpers::socket;
use crate::check::service::helpers::answer_subjects;
use crate::evidence::service::{self, EndpointContact};
use crate::model::{Family, Host, ObservationId, Outcome, Subject, SubjectName};

/// Adds the step at the address of the main port that serves such a client best.
pub(in crate::check) fn add_steps(
    context: &CheckContext<'_>,
    steps: &mut Vec<Subject>,
    cite: &mut Vec<ObservationId>,
) -> Option<&'static str> {
    // Without an address or a look-up, the step before this one fails.
    let Ok((answers, observations)) = answer_subjects(context) else { return None };
    cite.extend(observations);
    let contacts = service::endpoint_contacts(&context.view, context.service, Family::Ipv6);
    let host = service::tls_host(context.service);
    let paths = answers.into_iter().map(|answer| {
        let is_its =
            |contact: &&EndpointContact<'_>| answer.name == SubjectName::Socket(contact.address);
        vec![answer_step(context, contacts.main.iter().find(is_its), host.as_ref(), answer)]
    });
    steps.extend(best_path(paths.collect()));
    None
}

/// What one address gives to a client that checks the certificate where there is one.
fn answer_step(
    context: &CheckContext<'_>,
    contact: Option<&EndpointContact<'_>>,
    host: Option<&Host>,
    answer: Subject,
) -> Subject {
    let connection =
        contact.map_or(Ok(()), |contact| require_connection(context, &contact.conversation, host));
    let (outcome, reason) = match (connection, answer.outcome) {
        (Err(unusable), _) => unusable,
        (Ok(()), Outcome::Pass) => (Outcome::Pass, "answers"),
        (Ok(()), Outcome::Fail) => (Outcome::Fail, "no-answer"),
        (Ok(()), outcome) => (outcome, answer.reason),
    };
    match answer.name {
        SubjectName::Socket(address) => socket(address, outcome, reason, answer.detail),
        name => Subject { name, outcome, reason, detail: answer.detail },
    }
}
