//! Whether large packets get through: a conversation that falls silent after the connection was
//! accepted is held once more with small ones, and then once more as before, since one stalled
//! conversation beside one that worked may be chance.

use crate::evidence::query::View;
use crate::evidence::service::{ConversationAttempts, EndpointContact, conversation_attempts};
use crate::model::{
    BodyEnd, Conversation, ConversationQuestion, HttpFailure, NetFailure, ObservationId, Question,
    Reply, Request, TlsFailed, TlsFailure,
};

/// Octets of a packet that every IPv6 path carries (RFC 8200 §5).
pub const SMALL_PACKET_OCTETS: usize = 1280;

/// The largest segment in such a packet: less the headers of IPv6 (40) and TCP (20), and room for TCP
/// options.
const SMALL_MSS: u16 = 1208;

/// What a conversation says of large packets.
#[derive(Clone, Debug)]
pub enum LargeData<'e> {
    /// More came than a small packet holds.
    Arrives,
    /// Everything that came would fit into small packets.
    NothingLarge,
    /// It fell silent in one attempt and failed otherwise in another.
    Wavers,
    /// It fell silent.
    FellSilent(Box<Silence<'e>>),
}

/// What followed after a conversation fell silent.
#[derive(Clone, Debug)]
pub struct Silence<'e> {
    /// The conversation with small packets.
    pub small: ConversationAttempts<'e>,
    /// What came of holding it as before once more, after it had succeeded with small packets.
    pub again: Option<(&'e Conversation, ObservationId)>,
}

/// Reads what a contact says of large packets; `None` while it isn't settled, where no connection was
/// accepted, and for contacts in which greetings are exchanged.
pub fn large_data<'e>(view: &View<'e>, contact: &EndpointContact<'e>) -> Option<LargeData<'e>> {
    let Question::Conversation(question) = &contact.conversation.question else { return None };
    let best = contact.conversation.best()?;
    if contact.conversation.is_pending || best.connect.is_err() {
        return None;
    }
    let connected = || {
        let attempts = contact.conversation.attempts.iter().map(|(seen, _)| *seen);
        attempts.filter(|seen| seen.connect.is_ok() && !seen.is_our_fault())
    };
    if connected().any(|seen| octets(seen) > SMALL_PACKET_OCTETS && !fell_silent(seen)) {
        return Some(LargeData::Arrives);
    }
    let stalls = |seen: &Conversation| fell_silent(seen) || page_stalled(seen);
    if connected().any(came_to_its_end) || !connected().any(stalls) {
        return Some(LargeData::NothingLarge);
    }
    if !connected().all(stalls) {
        return Some(LargeData::Wavers);
    }
    let small = ConversationQuestion { mss: Some(SMALL_MSS), ..question.clone() };
    let small = conversation_attempts(view, small);
    let last = last_attempt(view);
    let again = view.attempts(&contact.conversation.question).find_map(|(observation, id)| {
        match &observation.reply {
            Reply::Conversation(seen) if observation.request.attempt == last => Some((&**seen, id)),
            _ => None,
        }
    });
    if again.is_none() && !small.is_pending && small.best().is_some_and(came_to_its_end) {
        view.request(Request::nth(contact.conversation.question.clone(), last));
    }
    Some(LargeData::FellSilent(Box::new(Silence { small, again })))
}

/// The attempt that is made after the one with small packets: one more than are made else, so that
/// it can't be taken for one of those.
fn last_attempt(view: &View<'_>) -> u8 {
    view.settings.attempts.max(1).saturating_add(1)
}

/// Whether the peer accepted the connection and then nothing more came in time.
pub fn fell_silent(seen: &Conversation) -> bool {
    matches!(
        (&seen.tls, &seen.http),
        (
            Some(Err(TlsFailed { failure: TlsFailure::Net { failure: NetFailure::TimedOut }, .. })),
            _
        ) | (_, Some(Err(HttpFailure::Net { failure: NetFailure::TimedOut })))
    )
}

/// Whether the headers of a page came and its body never ended.
pub fn page_stalled(seen: &Conversation) -> bool {
    matches!(&seen.http, Some(Ok(response)) if response.body_end == BodyEnd::TimedOut)
}

/// Whether a conversation was answered to its end.
pub fn came_to_its_end(seen: &Conversation) -> bool {
    match (&seen.connect, &seen.tls, &seen.http) {
        (Err(_), _, _) | (_, Some(Err(_)), _) => false,
        (_, _, Some(http)) => http.is_ok() && !page_stalled(seen),
        (Ok(_), _, None) => true,
    }
}

/// Octets that came in one piece: the server's certificates, or the page.
fn octets(seen: &Conversation) -> usize {
    let chain = seen.tls.as_ref().and_then(|tls| tls.as_ref().ok()).map_or(0, |session| {
        session.chain.iter().map(|certificate| certificate.bytes().len()).sum()
    });
    let body = seen.http.as_ref().and_then(|http| http.as_ref().ok());
    chain.max(body.map_or(0, |response| response.body.bytes().len()))
}
