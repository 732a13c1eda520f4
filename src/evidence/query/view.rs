//! What readings read from, and where they note what they still lack.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;

use ipnet::Ipv6Net;
use jiff::Timestamp;

use super::{Gap, Memory, RestingEvidence, Topic};
use crate::model::{
    Evidence, Networks, Observation, ObservationId, Question, QuestionHash, Request, Service,
    Settings, State, is_globally_reachable,
};

/// What was seen, with what is needed to read it.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// Read through [`View::attempts`] and [`View::request_missing`] alone, so that the memory knows what a
    /// reading rests on.
    evidence: &'a Evidence,
    /// Where most facts were let go of: what knows which are still at hand. `evidence` is its facts.
    resting: Option<&'a RestingEvidence>,
    /// Whom they were asked of, and where asking stops.
    pub settings: &'a Settings,
    /// The declared address ranges.
    pub networks: &'a Networks,
    /// The prefixes in which the resolver synthesises AAAA records (RFC 7050).
    pub dns64: &'a [Ipv6Net],
    memory: Option<&'a Memory>,
    /// Whether our own clock was right when all of this was seen, as far as is known.
    has_right_clock: bool,
    /// Whether it is read for a service that is declared as internal.
    is_internal: bool,
    /// Whether what is read was named by a target, and not by the inventory.
    is_led: bool,
}

impl<'a> View<'a> {
    /// A view of the facts that remembers nothing: each reading is made anew.
    pub fn new(
        evidence: &'a Evidence,
        settings: &'a Settings,
        networks: &'a Networks,
        dns64: &'a [Ipv6Net],
    ) -> Self {
        Self {
            evidence,
            resting: None,
            settings,
            networks,
            dns64,
            memory: None,
            has_right_clock: true,
            is_internal: false,
            is_led: false,
        }
    }

    /// A view of what is at hand of a service that waits for its last answers.
    pub fn of_resting(
        resting: &'a RestingEvidence,
        settings: &'a Settings,
        networks: &'a Networks,
        dns64: &'a [Ipv6Net],
    ) -> Self {
        let view = Self::new(resting.facts(), settings, networks, dns64);
        Self { resting: Some(resting), ..view }
    }

    /// The same view, for this service: only one that is internal itself may lead into an internal network.
    pub fn of_service(self, service: &Service) -> Self {
        Self { is_internal: service.state == State::Internal, ..self }
    }

    /// The same view, of what was seen by a wrong clock where `is_wrong`.
    pub fn by_clock(self, is_wrong: bool) -> Self {
        Self { has_right_clock: !is_wrong, ..self }
    }

    /// The moment of an observation, for comparison with dates: none is known where our clock was wrong.
    pub fn moment(&self, at: Timestamp) -> Option<Timestamp> {
        self.has_right_clock.then_some(at)
    }

    /// The same view, for what a target leads to: redirects, what pages load, what certificates name.
    pub(in crate::evidence) fn led(self) -> Self {
        Self { is_led: true, ..self }
    }

    /// Why an address may not be contacted, where it may not.
    ///
    /// What is neither globally reachable nor in a declared testbed is contacted only for a service
    /// that is declared as internal, and only in a declared internal network. Beyond that, whatever
    /// its addresses are like, an internal network is nothing that a page of the outside may lead to:
    /// else anyone outside could choose whom we visit inside.
    pub fn forbids(&self, address: IpAddr) -> Option<Gap> {
        let is_inside = self.networks.is_internal(address);
        if is_inside && !self.is_internal && (self.is_led || !is_globally_reachable(address)) {
            return Some(Gap::InternalNetwork);
        }
        (!self.networks.may_visit(address)).then_some(Gap::NotVisited)
    }

    /// The same view, with a memory of what has been read already: one that has only ever served
    /// views of this evidence, settings, networks and prefixes, and was invalidated for every fact that
    /// was added since ([`Memory::invalidate`]).
    pub fn remembering(self, memory: &'a Memory) -> Self {
        Self { memory: Some(memory), ..self }
    }

    /// All attempts at a question, as [`Evidence::attempts`] has them.
    pub fn attempts(
        &self,
        question: &Question,
    ) -> impl DoubleEndedIterator<Item = (&'a Arc<Observation>, ObservationId)> + use<'a> {
        let hash = self.look_for(question);
        self.evidence.attempts_of(hash, question)
    }

    /// Requests the first of these attempts at a question that was not made; whether there is one.
    pub(in crate::evidence) fn request_missing(
        &self,
        question: Question,
        attempts: RangeInclusive<u8>,
    ) -> bool {
        let hash = self.look_for(&question);
        let missing = self.evidence.missing_of(hash, question, attempts);
        missing.map(|request| self.note_missing(hash, request)).is_some()
    }

    /// Requests the next attempt at a question; whether the settings allow one.
    pub(in crate::evidence) fn request_next_attempt(&self, question: Question) -> bool {
        self.request_missing(question, 1..=self.settings.attempts.max(1))
    }

    /// Notes that the reading under way isn't complete without the answer to this request, which the
    /// evidence doesn't have.
    pub(in crate::evidence) fn request(&self, request: Request) {
        self.note_missing(QuestionHash::of(&request.question), request);
    }

    fn note_missing(&self, question: QuestionHash, request: Request) {
        if let Some(memory) = self.memory {
            memory.note_missing(question, request);
        }
    }

    /// The requests that a reading finds missing, each once, in the order in which it comes upon them.
    /// The reading has to be made through the view that it is given.
    pub fn requests_of(&self, read: impl FnOnce(&View<'_>)) -> Vec<Request> {
        match self.memory {
            Some(memory) => memory.requests_of(|| read(self)),
            None => {
                let memory = Memory::default();
                memory.requests_of(|| read(&self.remembering(&memory)))
            }
        }
    }

    /// How many facts there are.
    pub fn facts(&self) -> usize {
        self.resting.map_or(self.evidence.len(), RestingEvidence::len)
    }

    /// What a reading gives, which is made anew only when a fact that it rests on was added since.
    pub fn remembered<T: Topic>(
        &self,
        topic: T,
        read: impl FnOnce() -> T::Reading,
    ) -> Arc<T::Reading> {
        match self.memory {
            Some(memory) => memory.reading_of(topic, read),
            None => Arc::new(read()),
        }
    }

    /// What a reading gives, made now; a memory notes what it rests on, and no more.
    pub fn recording_dependencies<R>(
        &self,
        topic: impl Topic<Reading = ()>,
        read: impl FnOnce() -> R,
    ) -> R {
        match self.memory {
            Some(memory) => memory.record_dependencies(topic, read),
            None => read(),
        }
    }

    fn look_for(&self, question: &Question) -> QuestionHash {
        let hash = QuestionHash::of(question);
        if let Some(resting) = self.resting {
            resting.look_for(hash);
        }
        if let Some(memory) = self.memory {
            memory.look_for(hash);
        }
        hash
    }
}
