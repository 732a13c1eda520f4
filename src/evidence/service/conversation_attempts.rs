//! What the attempts at one conversation showed.

use std::net::SocketAddr;

use jiff::Timestamp;
use smallvec::SmallVec;
use url::Url;

use super::{ATTEMPTS_TO_DECIDE, Steadiness};
use crate::evidence::query::{Gap, View};
use crate::model::{
    Conversation, ConversationQuestion, Greeting, Host, HttpFailure, HttpGet, HttpResponse,
    ObservationId, Question, Reply,
};

/// Every attempt at one conversation.
#[derive(Clone, Debug)]
pub struct ConversationAttempts<'e> {
    /// The address and port.
    pub address: SocketAddr,
    /// What was asked, in the end over HTTP/1.1 where the server demands that.
    pub question: Question,
    /// The attempts in order. Empty when nothing was asked.
    pub attempts: Vec<(&'e Conversation, ObservationId)>,
    /// Those before them that clients repeat at once and unseen: the server did not look at the request,
    /// or wanted it over HTTP/1.1.
    pub repeated: Vec<ObservationId>,
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
    /// The server asks to come back later, so that it is tried again.
    Deferred,
    /// On our own machine.
    Ours,
}

impl<'e> ConversationAttempts<'e> {
    /// Why nothing can be said of the other side, when that is not its doing: a failure that is
    /// still to be tried again is not yet a failure.
    pub fn gap(&self) -> Option<Gap> {
        let behind = || self.best().is_some_and(Conversation::wants_client_certificate);
        self.handshake_gap()
            .or_else(|| behind().then_some(Gap::ClientCertificate))
            .or_else(|| self.is_turned_away().then_some(Gap::TurnedAway))
    }

    /// The same for what a server shows before it wants a certificate of the client.
    pub fn handshake_gap(&self) -> Option<Gap> {
        let ours = || self.is_our_fault().then_some(Gap::OurFault);
        let pending = || self.is_pending.then_some(Gap::NotObserved);
        let has_session = |seen: &Conversation| matches!(seen.tls, Some(Ok(_)));
        let away = || self.is_turned_away() && !self.best().is_some_and(has_session);
        let away = || away().then_some(Gap::TurnedAway);
        self.missing.or_else(ours).or_else(pending).or_else(away)
    }

    /// Whether the address refused the last attempt, and by then what it had answered earlier in the run too,
    /// and no attempt was answered: what others get is not known.
    pub fn is_turned_away(&self) -> bool {
        !self.endings.contains(&Ending::Answered)
            && self.attempts.last().is_some_and(|(seen, _)| seen.is_turned_away())
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
        self.repeated.iter().copied().chain(self.attempts.iter().map(|(_, id)| *id))
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
    HttpGet { authority: authority.into(), path, ..HttpGet::default() }
}

/// How often clients repeat a request at once that a server refuses to look at (Chromium:
/// `kMaxRetryAttempts`).
const REPEATS_MAX: usize = 2;

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
        repeated: Vec::new(),
        seen_at: SmallVec::new(),
        endings: SmallVec::new(),
        missing: None,
        is_pending: false,
    };
    if let Some(gap) = view.forbids(address.ip()) {
        conversation.missing = Some(gap);
        return conversation;
    }
    let mut seen: Vec<Seen<'e>> = seen_of(view, &question);
    if let Some(over_http1) = over_http1(&question)
        && seen.iter().any(|seen| http_failure(seen).is_some_and(HttpFailure::demands_http1))
    {
        seen.extend(seen_of(view, &over_http1));
        take(&mut seen, HttpFailure::demands_http1, &mut conversation.repeated);
        conversation.question = over_http1;
    }
    let refused = seen.iter().filter(|seen| is_refused(seen)).count();
    let is_refused_always = refused > 0 && refused == seen.len();
    if !is_refused_always {
        take(&mut seen, HttpFailure::is_refusal, &mut conversation.repeated);
    }
    // A host that had enough of us for a moment is asked again later; what it says then counts.
    let is_sent_away = seen.iter().any(is_sent_away_now);
    let asks_for_page = matches!(&question, Question::Conversation(asked) if asked.http.is_some());
    let is_good = |seen: &Seen<'e>| {
        let has_session = matches!(seen.conversation.tls, Some(Ok(_)));
        response(seen).is_some() || (!asks_for_page && has_session)
    };
    if seen.iter().any(|seen| !is_sent_away_now(seen) && is_good(seen)) {
        let (away, rest) = seen.into_iter().partition(is_sent_away_now);
        seen = rest;
        conversation.repeated.extend(Vec::from_iter(away).iter().map(|seen: &Seen<'_>| seen.id));
    }
    let repeats = refused.min(REPEATS_MAX) + usize::from(is_sent_away);
    let mut is_settled = is_refused_always && refused > REPEATS_MAX;
    let mut kinds: SmallVec<[EndingKind; 4]> = SmallVec::new();
    for Seen { conversation: seen, greeting, id, at } in seen {
        let is_broken = greeting.is_some_and(|greeting| greeting.net_failure().is_some());
        let is_deferred = greeting.is_some_and(|greeting| greeting.is_deferred());
        let is_deferred = is_deferred || sends_away(seen);
        let is_answered = is_answer(seen) && !is_broken && !is_deferred;
        is_settled |= is_answered;
        let is_ours =
            seen.is_our_fault() || greeting.is_some_and(|greeting| greeting.is_our_fault());
        conversation.endings.push(match (is_ours, is_answered) {
            (true, _) => Ending::Ours,
            (false, _) if is_deferred => Ending::Deferred,
            (false, true) => Ending::Answered,
            (false, false) => Ending::Broken,
        });
        if !is_ours && !is_deferred {
            kinds.push(EndingKind::of(seen, is_answered));
        }
        conversation.attempts.push((seen, id));
        conversation.seen_at.push(at);
    }
    let contradict = kinds.iter().any(|kind| *kind != kinds[0]);
    if !is_settled || (contradict && kinds.len() < ATTEMPTS_TO_DECIDE) {
        // What a client repeats at once is no attempt of its own.
        let last = usize::from(view.settings.attempts.max(1)) + repeats;
        let last = u8::try_from(last).unwrap_or(u8::MAX);
        conversation.is_pending = view.request_missing(conversation.question.clone(), 1..=last);
    }
    if conversation.attempts.is_empty() {
        conversation.missing = Some(Gap::NotObserved);
    }
    conversation
}

/// One attempt.
struct Seen<'e> {
    conversation: &'e Conversation,
    greeting: Option<&'e Greeting>,
    id: ObservationId,
    at: Timestamp,
}

fn seen_of<'e>(view: &View<'e>, question: &Question) -> Vec<Seen<'e>> {
    let attempts = view.attempts(question).filter_map(|(observation, id)| {
        let at = observation.observed_at;
        match &observation.reply {
            Reply::Conversation(seen) => Some(Seen { conversation: seen, greeting: None, id, at }),
            Reply::Greeting(greeting) => {
                let conversation = &greeting.conversation;
                Some(Seen { conversation, greeting: Some(greeting), id, at })
            }
            _ => None,
        }
    });
    attempts.collect()
}

/// The same question over HTTP/1.1, where HTTP/2 was offered in it.
fn over_http1(question: &Question) -> Option<Question> {
    let Question::Conversation(asked) = question else { return None };
    let http = asked.http.as_ref().filter(|http| asked.tls.is_some() && !http.only_http1)?;
    let http = Some(HttpGet { only_http1: true, ..http.clone() });
    Some(Question::Conversation(ConversationQuestion { http, ..asked.clone() }))
}

/// Whether a status turns us away. Some of these mean what they say, so they are asked for again, and stand
/// where they stay.
fn sends_away(seen: &Conversation) -> bool {
    matches!(&seen.http, Some(Ok(response)) if response.turns_away())
}

/// Whether this attempt says nothing beside one that was answered: the host had enough of us for a moment,
/// or from then on.
fn is_sent_away_now(seen: &Seen<'_>) -> bool {
    sends_away(seen.conversation) || seen.conversation.is_turned_away()
}

fn response<'e>(seen: &Seen<'e>) -> Option<&'e HttpResponse> {
    seen.conversation.http.as_ref()?.as_ref().ok()
}

fn http_failure<'e>(seen: &Seen<'e>) -> Option<&'e HttpFailure> {
    seen.conversation.http.as_ref()?.as_ref().err()
}

fn is_refused(seen: &Seen<'_>) -> bool {
    http_failure(seen).is_some_and(HttpFailure::is_refusal)
}

/// Moves the attempts that ended in such a failure of HTTP to those that were repeated.
fn take(
    seen: &mut Vec<Seen<'_>>,
    such: impl Fn(&HttpFailure) -> bool,
    repeated: &mut Vec<ObservationId>,
) {
    seen.retain(|seen| {
        let is_such = http_failure(seen).is_some_and(&such);
        repeated.extend(is_such.then_some(seen.id));
        !is_such
    });
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
    use crate::model::{TlsFailed, TlsFailure};
    !matches!(
        (&conversation.connect, &conversation.tls, &conversation.http),
        (Err(_), _, _)
            | (_, Some(Err(TlsFailed { failure: TlsFailure::Net { .. }, .. })), _)
            | (
                _,
                _,
                Some(Err(HttpFailure::Net { .. } | HttpFailure::Http2 { frame: Some(_), .. }))
            )
    )
}
