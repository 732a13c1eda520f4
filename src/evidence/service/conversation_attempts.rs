//! What the attempts at one conversation showed.

use std::net::SocketAddr;

use jiff::Timestamp;
use smallvec::SmallVec;
use url::Url;

use super::{ATTEMPTS_TO_DECIDE, Steadiness};
use crate::evidence::query::{Gap, View};
use crate::model::{
    Conversation, ConversationQuestion, Host, HttpGet, ObservationId, Question, Reply,
};

/// Every attempt at one conversation.
#[derive(Clone, Debug)]
pub struct ConversationAttempts<'e> {
    /// The address and port.
    pub address: SocketAddr,
    /// What was asked.
    pub question: Question,
    /// The attempts in order. Empty when nothing was asked.
    pub attempts: Vec<(&'e Conversation, ObservationId)>,
    /// When each attempt was made, in the same order.
    pub seen_at: SmallVec<[Timestamp; 1]>,
    /// How each attempt ended, in the same order.
    pub endings: SmallVec<[Ending; 4]>,
    /// Why nothing was asked, when nothing was.
    pub missing: Option<Gap>,
    /// Whether another attempt is still to be made.
    pub is_pending: bool,
}

/// How an attempt at a conversation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// In an answer, in whatever answer.
    Answered,
    /// In a failure of the network or of the other side, so that it is tried again.
    Broken,
    /// On our own machine.
    Ours,
}

impl<'e> ConversationAttempts<'e> {
    /// Why nothing can be said of the other side, when that is not its doing: a failure that is
    /// still to be tried again is not yet a failure.
    pub fn gap(&self) -> Option<Gap> {
        let behind = || self.best().is_some_and(Conversation::wants_client_certificate);
        self.handshake_gap().or_else(|| behind().then_some(Gap::ClientCertificate))
    }

    /// The same for what a server shows before it wants a certificate of the client.
    pub fn handshake_gap(&self) -> Option<Gap> {
        let ours = || self.is_our_fault().then_some(Gap::OurFault);
        let pending = || self.is_pending.then_some(Gap::NotObserved);
        self.missing.or_else(ours).or_else(pending)
    }

    /// The attempt that got furthest up the layers, to a page rather than to an error; the first of
    /// those.
    pub fn best(&self) -> Option<&'e Conversation> {
        self.best_at().map(|(seen, _)| seen)
    }

    /// As [`ConversationAttempts::best`], and when it was made.
    pub fn best_at(&self) -> Option<(&'e Conversation, Timestamp)> {
        let mut best: Option<(&'e Conversation, Timestamp)> = None;
        for ((conversation, _), at) in self.attempts.iter().zip(&self.seen_at) {
            if best.is_none_or(|(so_far, _)| progress(conversation) > progress(so_far)) {
                best = Some((*conversation, *at));
            }
        }
        best
    }

    /// The facts that this rests on.
    pub fn observations(&self) -> impl Iterator<Item = ObservationId> {
        self.attempts.iter().map(|(_, id)| *id)
    }

    /// Whether the connections agree, whatever was said over them.
    pub fn connect_steadiness(&self) -> Steadiness {
        let connects = || self.attempts.iter().map(|(seen, _)| &seen.connect);
        let lost = connects().filter_map(|connect| connect.as_ref().err());
        Steadiness::of(
            connects().filter(|connect| connect.is_ok()).count(),
            lost.filter(|failure| !failure.is_ours()).count(),
        )
    }

    /// Whether the attempts agree on being answered, in whatever way.
    pub fn steadiness(&self) -> Steadiness {
        let ended = |wanted| self.endings.iter().filter(|ending| **ending == wanted).count();
        Steadiness::of(ended(Ending::Answered), ended(Ending::Broken))
    }

    /// Whether no attempt was answered, and one or more failed through our own fault: what the other
    /// side would have answered to those is not known, whatever became of the rest.
    pub fn is_our_fault(&self) -> bool {
        !self.endings.contains(&Ending::Answered) && self.endings.contains(&Ending::Ours)
    }

    /// Whether every attempt failed through our own fault.
    pub fn is_only_our_fault(&self) -> bool {
        !self.endings.is_empty() && self.endings.iter().all(|ending| *ending == Ending::Ours)
    }
}

/// How far a conversation got, and whether to no error.
fn progress(conversation: &Conversation) -> (u8, bool) {
    (layers_reached(conversation), !is_error(conversation))
}

/// Whether it ended in a page that says that something is wrong.
fn is_error(conversation: &Conversation) -> bool {
    matches!(&conversation.http, Some(Ok(response)) if response.status >= 400)
}

/// How far a conversation got: 0 nothing, 1 connected, 2 TLS, 3 HTTP.
fn layers_reached(conversation: &Conversation) -> u8 {
    match (&conversation.connect, &conversation.tls, &conversation.http) {
        (Err(_), _, _) => 0,
        (_, _, Some(Ok(_))) => 3,
        (_, Some(Ok(_)), _) => 2,
        (_, Some(Err(_)), _) if conversation.wants_client_certificate() => 2,
        _ => 1,
    }
}

/// The conversation that a GET of `url` from `address` is. The path and query are as in the URL.
pub fn conversation_question(url: &Url, address: SocketAddr) -> ConversationQuestion {
    ConversationQuestion { address, tls: tls_of(url), http: Some(page_of(url)), mss: None }
}

/// For whom TLS is spoken to get a URL; `None` where it is got without.
pub(in crate::evidence) fn tls_of(url: &Url) -> Option<Host> {
    Host::of_url(url).filter(|_| url.scheme() == "https")
}

/// What is asked for to get a URL.
pub(in crate::evidence) fn page_of(url: &Url) -> HttpGet {
    let authority = match (Host::of_url(url), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_string(),
        (None, _) => String::new(),
    };
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()).into(),
        None => url.path().into(),
    };
    HttpGet { authority: authority.into(), path }
}

/// Reads every attempt at a conversation.
///
/// A conversation that ended in an answer, in whatever answer, is asked once; one that a network
/// failure ended is asked again, up to the number of attempts, and so are attempts that contradict
/// each other while they are too few to tell which of them is the exception.
pub fn conversation_attempts<'e>(
    view: &View<'e>,
    question: ConversationQuestion,
) -> ConversationAttempts<'e> {
    let address = question.address;
    attempts(view, Question::Conversation(question), address)
}

/// Reads every attempt at a question that opens a connection to `address`.
pub(in crate::evidence) fn attempts<'e>(
    view: &View<'e>,
    question: Question,
    address: SocketAddr,
) -> ConversationAttempts<'e> {
    let mut conversation = ConversationAttempts {
        address,
        question: question.clone(),
        attempts: Vec::new(),
        seen_at: SmallVec::new(),
        endings: SmallVec::new(),
        missing: None,
        is_pending: false,
    };
    if !view.networks.may_visit(address.ip()) {
        conversation.missing = Some(Gap::NotVisited);
        return conversation;
    }
    let mut is_settled = false;
    let mut kinds: SmallVec<[EndingKind; 4]> = SmallVec::new();
    for (observation, id) in view.attempts(&question) {
        let (seen, greeting) = match &observation.reply {
            Reply::Conversation(seen) => (&**seen, None),
            Reply::Greeting(greeting) => (&greeting.conversation, Some(greeting)),
            _ => continue,
        };
        let is_broken = greeting.is_some_and(|greeting| greeting.net_failure().is_some());
        let is_answered = is_answer(seen) && !is_broken;
        is_settled |= is_answered;
        let is_ours =
            seen.is_our_fault() || greeting.is_some_and(|greeting| greeting.is_our_fault());
        conversation.endings.push(match (is_ours, is_answered) {
            (true, _) => Ending::Ours,
            (false, true) => Ending::Answered,
            (false, false) => Ending::Broken,
        });
        if !is_ours {
            kinds.push(EndingKind::of(seen, is_answered));
        }
        conversation.attempts.push((seen, id));
        conversation.seen_at.push(observation.observed_at);
    }
    let contradict = kinds.iter().any(|kind| *kind != kinds[0]);
    if !is_settled || (contradict && kinds.len() < ATTEMPTS_TO_DECIDE) {
        conversation.is_pending = view.request_next_attempt(question);
    }
    if conversation.attempts.is_empty() {
        conversation.missing = Some(Gap::NotObserved);
    }
    conversation
}

/// How an attempt ended, as far as two attempts can contradict each other in it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct EndingKind {
    is_answered: bool,
    layers_reached: u8,
    /// Whether the page was an error.
    is_error: bool,
}

impl EndingKind {
    fn of(seen: &Conversation, is_answered: bool) -> Self {
        Self { is_answered, layers_reached: layers_reached(seen), is_error: is_error(seen) }
    }
}

/// Whether asking again could not show anything new.
fn is_answer(conversation: &Conversation) -> bool {
    use crate::model::{HttpFailure, TlsFailed, TlsFailure};
    !matches!(
        (&conversation.connect, &conversation.tls, &conversation.http),
        (Err(_), _, _)
            | (_, Some(Err(TlsFailed { failure: TlsFailure::Net { .. }, .. })), _)
            | (_, _, Some(Err(HttpFailure::Net { .. })))
    )
}
