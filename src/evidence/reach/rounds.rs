//! Connections to one address, spread over the run: does it answer each time, and how fast?

use std::net::SocketAddr;
use std::sync::Arc;

use crate::evidence::query::{Gap, Topic, View};
use crate::evidence::service::{EndpointContact, Steadiness, endpoint_contacts};
use crate::model::{
    Conversation, ConversationQuestion, Family, NetFailure, ObservationId, Question, Reply,
    Request, Service,
};

/// A first contact, reduced to its connections: what was exchanged over them takes no part in the rounds.
#[derive(Clone, Debug)]
pub struct FirstRound {
    /// The address and port.
    pub address: SocketAddr,
    /// Each attempt in order, with its fact: the microseconds from SYN to SYN-ACK, or why there was
    /// none.
    attempts: Vec<(Result<u64, NetFailure>, ObservationId)>,
    /// Whether nothing but a connection was asked for, as in the rounds after it.
    is_bare: bool,
    missing: Option<Gap>,
    is_our_fault: bool,
    is_pending: bool,
}

/// The connections to an address over the run.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// The address and port.
    pub address: SocketAddr,
    /// Each attempt in order: the microseconds from SYN to SYN-ACK, or why there was none.
    pub outcomes: Vec<Result<u64, NetFailure>>,
    /// How many of them belong to the first contact.
    first: usize,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
    /// Why nothing was asked, when nothing was.
    pub missing: Option<Gap>,
    /// Whether the contact itself failed through our own fault.
    pub is_our_fault: bool,
    /// Whether another attempt at the first contact is still to be made.
    is_first_pending: bool,
    /// Whether another attempt or round is still to be made.
    pub is_pending: bool,
}

impl Rounds {
    /// Why nothing can be said of the address, when that is not its doing.
    pub fn gap(&self) -> Option<Gap> {
        if self.missing.is_some() {
            return self.missing;
        }
        if self.counted() == 0 {
            return Some(Gap::OurFault);
        }
        self.is_pending.then_some(Gap::NotObserved)
    }

    /// The connections of the first contact alone.
    pub fn of_first_contact(&self) -> &[Result<u64, NetFailure>] {
        &self.outcomes[..self.first]
    }

    /// Why nothing can be said of whether the first contact connected, when that is not the address's
    /// doing.
    pub fn gap_of_first_contact(&self) -> Option<Gap> {
        if self.of_first_contact().iter().any(Result::is_ok) {
            return None;
        }
        let ours = self.is_our_fault.then_some(Gap::OurFault);
        let pending = self.is_first_pending.then_some(Gap::NotObserved);
        self.missing.or(ours).or(pending)
    }

    /// Attempts that were not ended by our own machine.
    pub fn counted(&self) -> usize {
        self.outcomes.iter().filter(|o| !o.as_ref().is_err_and(NetFailure::is_ours)).count()
    }

    /// Attempts that were answered.
    pub fn answered(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.is_ok()).count()
    }

    /// Whether the connections agree.
    pub fn steadiness(&self) -> Steadiness {
        Steadiness::of(self.answered(), self.counted() - self.answered())
    }

    fn times(&self) -> impl Iterator<Item = u64> {
        self.outcomes.iter().filter_map(|outcome| outcome.as_ref().ok().copied())
    }

    /// The shortest time from SYN to SYN-ACK in microseconds.
    pub fn fastest_us(&self) -> Option<u64> {
        self.times().min()
    }

    /// The median time from SYN to SYN-ACK in microseconds; the lower one of two.
    pub fn median_us(&self) -> Option<u64> {
        let mut times: Vec<u64> = self.times().collect();
        times.sort_unstable();
        times.get(times.len().saturating_sub(1) / 2).copied()
    }
}

/// The first contacts with the service's addresses of one family.
#[derive(PartialEq, Eq)]
struct FirstRoundsOver(Family);

impl Topic for FirstRoundsOver {
    type Reading = Vec<FirstRound>;
}

/// Reads the first contacts with a service at every address of one family that is known by now, at
/// its main port.
pub fn first_rounds(view: &View<'_>, service: &Service, family: Family) -> Arc<Vec<FirstRound>> {
    view.remembered(FirstRoundsOver(family), || {
        endpoint_contacts(view, service, family).main.iter().map(FirstRound::of).collect()
    })
}

impl FirstRound {
    fn of(contact: &EndpointContact<'_>) -> Self {
        let conversation = &contact.conversation;
        Self {
            address: contact.address,
            attempts: conversation
                .attempts
                .iter()
                .map(|(seen, id)| (connecting(seen), *id))
                .collect(),
            is_bare: conversation.question == bare(contact.address),
            missing: conversation.missing,
            is_our_fault: conversation.is_our_fault(),
            is_pending: conversation.is_pending,
        }
    }
}

/// Reads the rounds at an address. The first is the contact itself, with its retries; those after it
/// only connect, [`crate::model::Settings::round_interval`] apart.
pub fn rounds(view: &View<'_>, first: &FirstRound) -> Rounds {
    let question = bare(first.address);
    let (outcomes, observations) = first.attempts.iter().cloned().unzip();
    let mut rounds = Rounds {
        address: first.address,
        outcomes,
        first: first.attempts.len(),
        observations,
        missing: first.missing,
        is_our_fault: first.is_our_fault,
        is_first_pending: first.is_pending,
        is_pending: first.is_pending,
    };
    for (observation, id) in view.attempts(&question) {
        if !first.is_bare
            && let Reply::Conversation(conversation) = &observation.reply
        {
            rounds.outcomes.push(connecting(conversation));
            rounds.observations.push(id);
        }
    }
    // Where no connection could leave, none is tried again.
    let is_settled = rounds.missing.is_some() || rounds.is_pending || rounds.counted() == 0;
    if !is_settled {
        rounds.is_pending = view.request_missing(question, 2..=view.settings.rounds);
    }
    rounds
}

fn connecting(seen: &Conversation) -> Result<u64, NetFailure> {
    match &seen.connect {
        Ok(connected) => Ok(connected.elapsed_us),
        Err(failure) => Err(failure.clone()),
    }
}

fn bare(address: SocketAddr) -> Question {
    Question::Conversation(ConversationQuestion { address, tls: None, http: None, mss: None })
}

/// Whether a request is a round after the first: a connection and nothing else.
pub fn is_later_round(request: &Request) -> bool {
    let is_bare =
        |question: &ConversationQuestion| question.tls.is_none() && question.http.is_none();
    request.attempt > 1
        && matches!(&request.question, Question::Conversation(question) if is_bare(question))
}
