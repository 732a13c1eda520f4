//! Whether old versions of TLS are still accepted.

use std::net::SocketAddr;

use crate::evidence::query::View;
use crate::evidence::service::ConversationAttempts;
use crate::model::{
    Host, LegacyAnswer, LegacyHelloQuestion, LegacyVersion, ObservationId, Question, Reply,
    Request, TlsFailed, TlsFailure,
};

/// What one address answers to the old versions.
#[derive(Clone, Debug, Default)]
pub struct LegacyVersions<'e> {
    /// The versions asked so far, the oldest first.
    pub answers: Vec<(LegacyVersion, &'e LegacyAnswer, ObservationId)>,
    /// Whether a version is still to be asked for: each is once, whatever comes of it.
    pub is_pending: bool,
}

/// Reads what an address answers to old versions. They are only asked where something answered the
/// handshake of a current TLS version, be it with a refusal: elsewhere there is nothing to find out.
pub fn legacy_versions<'e>(
    view: &View<'e>,
    conversation: &ConversationAttempts<'_>,
    host: &Host,
) -> LegacyVersions<'e> {
    let mut legacy = LegacyVersions::default();
    if !speaks_tls(conversation) {
        return legacy;
    }
    for version in LegacyVersion::ALL {
        let question = legacy_hello_question(conversation.address, host, version);
        let seen = view.attempts(&question).next();
        match seen.map(|(observation, id)| (&observation.reply, id)) {
            Some((Reply::LegacyHello(answer), id)) => legacy.answers.push((version, answer, id)),
            Some(_) => {}
            None => {
                view.request(Request::first(question));
                legacy.is_pending = true;
            }
        }
    }
    legacy
}

/// The question for one version.
pub fn legacy_hello_question(address: SocketAddr, host: &Host, version: LegacyVersion) -> Question {
    Question::LegacyHello(LegacyHelloQuestion { address, host: host.clone(), version })
}

/// Whether the handshake was answered in TLS, or at least turned down.
fn speaks_tls(conversation: &ConversationAttempts<'_>) -> bool {
    conversation.best().and_then(|seen| seen.tls.as_ref()).is_some_and(|tls| match tls {
        Ok(_) => true,
        Err(TlsFailed { failure, .. }) => {
            let is_no_answer =
                matches!(failure, TlsFailure::NotTls { .. } | TlsFailure::Ours { .. });
            !is_no_answer && !is_silence(failure)
        }
    })
}

fn is_silence(failure: &TlsFailure) -> bool {
    use crate::model::NetFailure::{Closed, Reset};
    matches!(failure, TlsFailure::Net { failure } if !matches!(failure, Closed | Reset))
}
