//! Whether large packets get through: a conversation that falls silent after the connection was
//! accepted is held once more with small ones.

use super::talk::{self, Talk};
use super::{Contact, View};
use crate::model::{
    BodyEnd, Conversation, ConversationQuestion, HttpFailure, NetFailure, Question, TlsFailed,
    TlsFailure,
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
    /// It fell silent; the second conversation, with small packets, was this one.
    FellSilent(Box<Talk<'e>>),
}

/// Reads what a contact says of large packets; `None` while it isn't settled, where no connection was
/// accepted, and for contacts in which greetings are exchanged.
pub fn large_data<'e>(view: &View<'e>, contact: &Contact<'e>) -> Option<LargeData<'e>> {
    let Question::Conversation(question) = &contact.talk.question else { return None };
    let best = contact.talk.best()?;
    if !contact.talk.needs.is_empty() || best.connect.is_err() {
        return None;
    }
    if octets(best) > SMALL_PACKET_OCTETS && !fell_silent(best) {
        return Some(LargeData::Arrives);
    }
    if !fell_silent(best) && !page_stalled(best) {
        return Some(LargeData::NothingLarge);
    }
    let small = ConversationQuestion { mss: Some(SMALL_MSS), ..question.clone() };
    Some(LargeData::FellSilent(Box::new(talk::talk(view, small))))
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

/// Octets that came in one piece: the server's certificates, or the page.
fn octets(seen: &Conversation) -> usize {
    let chain = seen.tls.as_ref().and_then(|tls| tls.as_ref().ok()).map_or(0, |session| {
        session.chain.iter().map(|certificate| certificate.bytes().len()).sum()
    });
    let body = seen.http.as_ref().and_then(|http| http.as_ref().ok());
    chain.max(body.map_or(0, |response| response.body.bytes().len()))
}
