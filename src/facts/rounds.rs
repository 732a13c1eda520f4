//! Connections to one address, spread over the run: does it answer each time, and how fast?

use std::net::SocketAddr;

use super::{Contact, Missing, Needs, View};
use crate::model::{
    Conversation, ConversationQuestion, NetFailure, ObservationId, Question, Reply, Request,
};

/// What came of connecting to an address again and again.
#[derive(Clone, Debug)]
pub struct Rounds<'e> {
    /// The address.
    pub address: SocketAddr,
    /// Each attempt in order: the microseconds from SYN to SYN-ACK, or why there was none.
    pub outcomes: Vec<Result<u64, &'e NetFailure>>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
    /// Why nothing was asked, when nothing was.
    pub missing: Option<Missing>,
    /// Whether the contact itself came to nothing through our own fault.
    pub is_our_fault: bool,
    /// What still has to be asked.
    pub needs: Needs,
}

impl Rounds<'_> {
    /// Attempts that were not ended by our own machine.
    pub fn counted(&self) -> usize {
        self.outcomes.iter().filter(|o| !o.is_err_and(NetFailure::is_ours)).count()
    }

    /// Attempts that were answered.
    pub fn answered(&self) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.is_ok()).count()
    }

    /// The shortest time from SYN to SYN-ACK in microseconds.
    pub fn fastest_us(&self) -> Option<u64> {
        self.outcomes.iter().filter_map(|outcome| outcome.ok()).min()
    }

    /// The median time from SYN to SYN-ACK in microseconds; the lower one of two.
    pub fn median_us(&self) -> Option<u64> {
        let mut times: Vec<u64> = self.outcomes.iter().filter_map(|o| o.ok()).collect();
        times.sort_unstable();
        times.get(times.len().saturating_sub(1) / 2).copied()
    }
}

/// Reads the rounds at an address. The first is the contact itself, with its retries; those after it
/// only connect, [`crate::model::Settings::round_interval`] apart.
pub fn rounds<'e>(view: &View<'e>, contact: &Contact<'e>) -> Rounds<'e> {
    let question = bare(contact.address);
    let mut rounds = Rounds {
        address: contact.address,
        outcomes: Vec::new(),
        observations: Vec::new(),
        missing: contact.talk.missing,
        is_our_fault: contact.talk.is_our_fault(),
        needs: contact.talk.needs.clone(),
    };
    let mut take = |conversation: &'e Conversation, id| {
        let connect = conversation.connect.as_ref();
        rounds.outcomes.push(connect.map(|connected| connected.elapsed_us));
        rounds.observations.push(id);
    };
    for (conversation, id) in &contact.talk.attempts {
        take(conversation, *id);
    }
    for (observation, id) in view.attempts(&question) {
        if question != contact.talk.question
            && let Reply::Conversation(conversation) = &observation.reply
        {
            take(conversation, id);
        }
    }
    // Where no connection could leave, none is tried again.
    let is_settled = rounds.missing.is_some() || !rounds.needs.is_empty() || rounds.counted() == 0;
    if !is_settled {
        rounds.needs.add(view.missing(question, 2..=view.settings.rounds));
    }
    rounds
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
