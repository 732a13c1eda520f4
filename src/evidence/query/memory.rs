//! What has been read of a service's evidence already.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::evidence::dns::delegation::Reach;
use crate::model::{Family, Name, Question, QuestionHash, RecordType, Request};

/// Readings of one service's evidence, each with the questions whose answers it looked for, so that a
/// new fact undoes only what rests on it.
///
/// A memory is no more than a saving of time: a view with one reads what the same view without one
/// reads.
#[derive(Default)]
pub struct Memory(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    /// Whatever a reading took up from here stands before it.
    kept: Vec<Kept>,
    /// What the readings under way have looked for, the innermost last.
    under_way: Vec<RestsOn>,
    /// How many readings were kept until now.
    count: u32,
    /// After [`Memory::retain_for`], the questions whose answers are still in the evidence, sorted.
    at_hand: Option<Box<[QuestionHash]>>,
    has_missed: bool,
}

struct Kept {
    /// Counted in the order of keeping.
    number: u32,
    topic: Topic,
    reading: Arc<dyn Any + Send + Sync>,
    rests_on: RestsOn,
}

/// What a reading rests on.
#[derive(Default)]
struct RestsOn {
    /// The questions that it looked for answers to itself; once it is kept, sorted and each once.
    questions: Vec<QuestionHash>,
    /// The numbers of the readings that it took up.
    readings: SmallVec<[u32; 4]>,
    /// The requests that it found missing, itself or in the readings that it took up, in the order in
    /// which they were found, each once.
    missing: Vec<Request>,
}

/// What a reading is of. One topic always stands for one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What a part of the plan, by its name, still needs of the service.
    Part(&'static str),
    /// The way from the root to a name.
    Way(Name, RecordType, Reach),
    /// The zone that a name belongs to.
    Zone(Name),
    /// Who serves the zone of a name that is looked up for records of this type.
    Authority(Name, RecordType),
    /// What DNSSEC says of a name's records.
    Security(Name, RecordType),
    /// The published addresses of the service.
    Addresses,
    /// The ports that the service declares.
    Ports,
    /// The trust anchors that the settings name.
    Anchors,
    /// The root servers that the settings name.
    RootServers,
    /// The first contacts with the service's addresses of one family.
    FirstRounds(Family),
    /// What is left aside of the service's addresses.
    Whole,
    /// What a check, by its id, says of the service.
    Verdict(&'static str),
}

impl Memory {
    /// Forgets what rests on the answers to this question, because there is a new one.
    pub fn invalidate(&self, question: &Question) {
        let hash = QuestionHash::of(question);
        let mut inner = self.0.borrow_mut();
        let invalidated = inner.invalidated_by(|question| question == hash);
        if !invalidated.is_empty() {
            inner.kept.retain(|kept| !invalidated.contains(&kept.number));
        }
    }

    /// Nothing but these questions is still to be answered. Keeps the readings that their answers undo
    /// and those that such a reading takes up, and what the parts of the plan need; forgets all others.
    /// Gives the topics that are invalidated, and whether their readings look for the answers to a question
    /// themselves: all other evidence may be let go of.
    pub fn retain_for(
        &self,
        pending: &HashSet<QuestionHash>,
    ) -> (Vec<Topic>, impl Fn(QuestionHash) -> bool + use<>) {
        let mut inner = self.0.borrow_mut();
        let invalidated = inner.invalidated_by(|question| pending.contains(&question));
        let (mut topics, mut taken_up) = (Vec::new(), HashSet::new());
        let mut at_hand: Vec<_> = pending.iter().copied().collect();
        for kept in inner.kept.iter().filter(|kept| invalidated.contains(&kept.number)) {
            topics.push(kept.topic.clone());
            taken_up.extend(kept.rests_on.readings.iter().copied());
            at_hand.extend(&kept.rests_on.questions);
        }
        at_hand.sort_unstable();
        at_hand.dedup();
        inner.kept.retain(|kept| match kept.topic {
            Topic::Part(_) => true,
            Topic::Verdict(_) => false,
            _ => invalidated.contains(&kept.number) || taken_up.contains(&kept.number),
        });
        inner.kept.shrink_to_fit();
        for kept in &mut inner.kept {
            kept.rests_on.questions.retain(|question| pending.contains(question));
            kept.rests_on.questions.shrink_to_fit();
        }
        inner.at_hand = Some(at_hand.clone().into());
        (topics, move |question| at_hand.binary_search(&question).is_ok())
    }

    /// Whether a reading looked for an answer that may have been let go of, so that it can't be relied
    /// on.
    pub fn has_missed(&self) -> bool {
        self.0.borrow().has_missed
    }

    /// Makes a reading for its own sake, and remembers only what it rests on.
    pub(super) fn record_dependencies<T>(&self, topic: Topic, read: impl FnOnce() -> T) -> T {
        self.0.borrow_mut().under_way.push(RestsOn::default());
        let reading = read();
        self.0.borrow_mut().keep(topic, Arc::new(()));
        reading
    }

    /// Notes that the reading under way looks for answers to this question.
    pub(super) fn read(&self, question: QuestionHash) {
        let mut inner = self.0.borrow_mut();
        if let Some(at_hand) = &inner.at_hand {
            let is_at_hand = at_hand.binary_search(&question).is_ok();
            inner.has_missed |= !is_at_hand;
        }
        if let Some(reading) = inner.under_way.last_mut() {
            reading.questions.push(question);
        }
    }

    /// Notes that the reading under way lacks the answer to this request.
    pub(super) fn note_missing(&self, request: Request) {
        if let Some(reading) = self.0.borrow_mut().under_way.last_mut() {
            reading.note_missing(request);
        }
    }

    /// Makes a reading for the requests that it finds missing, those that remembered readings found
    /// missing included. What it rests on, the reading around it rests on too.
    pub(super) fn requests_of(&self, read: impl FnOnce()) -> Vec<Request> {
        self.0.borrow_mut().under_way.push(RestsOn::default());
        read();
        let mut inner = self.0.borrow_mut();
        let RestsOn { questions, readings, missing } = inner.under_way.pop().unwrap_or_default();
        if let Some(outer) = inner.under_way.last_mut() {
            outer.questions.extend(questions);
            outer.readings.extend(readings);
            missing.iter().for_each(|request| outer.note_missing(request.clone()));
        }
        missing
    }

    /// The reading of a topic, from memory or made now.
    pub(super) fn of<T: Any + Send + Sync>(
        &self,
        topic: Topic,
        read: impl FnOnce() -> T,
    ) -> Arc<T> {
        let mut inner = self.0.borrow_mut();
        if let Some(known) = inner.recall(&topic) {
            return known;
        }
        inner.under_way.push(RestsOn::default());
        // Not while it is borrowed: readings lead to one another.
        drop(inner);
        let reading = Arc::new(read());
        self.0.borrow_mut().keep(topic, Arc::clone(&reading) as _);
        reading
    }
}

impl RestsOn {
    fn note_missing(&mut self, request: Request) {
        if !self.missing.contains(&request) {
            self.missing.push(request);
        }
    }
}

impl Inner {
    fn recall<T: Any + Send + Sync>(&mut self, topic: &Topic) -> Option<Arc<T>> {
        let kept = self.kept.iter().find(|kept| kept.topic == *topic)?;
        let reading = Arc::clone(&kept.reading).downcast().ok()?;
        // Whoever asks for it rests on the same facts.
        if let Some(outer) = self.under_way.last_mut() {
            outer.readings.push(kept.number);
            kept.rests_on.missing.iter().for_each(|request| outer.note_missing(request.clone()));
        }
        Some(reading)
    }

    fn keep(&mut self, topic: Topic, reading: Arc<dyn Any + Send + Sync>) {
        let mut rests_on = self.under_way.pop().unwrap_or_default();
        rests_on.questions.sort_unstable();
        rests_on.questions.dedup();
        let number = self.count;
        self.count += 1;
        if let Some(outer) = self.under_way.last_mut() {
            outer.readings.push(number);
            rests_on.missing.iter().for_each(|request| outer.note_missing(request.clone()));
        }
        self.kept.push(Kept { number, topic, reading, rests_on });
    }

    /// The numbers of the readings that rest on answers to such questions, by themselves or through
    /// others.
    fn invalidated_by(&self, is_new: impl Fn(QuestionHash) -> bool) -> SmallVec<[u32; 16]> {
        let mut invalidated = SmallVec::new();
        for Kept { number, rests_on, .. } in &self.kept {
            if rests_on.questions.iter().any(|question| is_new(*question))
                || rests_on.readings.iter().any(|reading| invalidated.contains(reading))
            {
                invalidated.push(*number);
            }
        }
        invalidated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(last: u8) -> Question {
        Question::Route([192, 0, 2, last].into())
    }

    #[test]
    fn a_reading_is_made_again_only_when_what_it_rests_on_changes() {
        let memory = Memory::default();
        let made = std::cell::Cell::new(0);
        let outer = || {
            *memory.of(Topic::Part("outer"), || {
                made.set(made.get() + 1);
                memory.read(QuestionHash::of(&route(1)));
                *memory.of(Topic::Part("inner"), || {
                    made.set(made.get() + 100);
                    memory.read(QuestionHash::of(&route(2)));
                    made.get()
                })
            })
        };
        assert_eq!((outer(), outer(), made.get()), (101, 101, 101));
        memory.invalidate(&route(3));
        assert_eq!((outer(), made.get()), (101, 101), "nobody looked for that");
        memory.invalidate(&route(1));
        assert_eq!((outer(), made.get()), (101, 102), "the inner one still holds");
        memory.invalidate(&route(2));
        assert_eq!((outer(), made.get()), (203, 203), "the outer one rests on the inner one");
        memory.invalidate(&route(1));
        assert_eq!((outer(), made.get()), (203, 204));
        memory.invalidate(&route(2));
        outer();
        assert_eq!(made.get(), 305, "also when it took the inner one from memory");
    }

    #[test]
    fn at_rest_only_what_is_read_again_stays() {
        let memory = Memory::default();
        let hash = |last| QuestionHash::of(&route(last));
        let look = |last| memory.read(hash(last));
        // Both parts take up the addresses; only one of them waits for the third answer.
        let addresses = || drop(memory.of(Topic::Addresses, || look(1)));
        let open = || drop(memory.of(Topic::Part("open"), || (addresses(), look(2), look(3))));
        let settled = || drop(memory.of(Topic::Part("settled"), || (addresses(), look(4))));
        open();
        settled();
        memory.record_dependencies(Topic::Verdict("open"), || (addresses(), look(3)));
        memory.record_dependencies(Topic::Verdict("settled"), || look(4));
        let (invalidated, is_wanted) = memory.retain_for(&HashSet::from([hash(3)]));
        assert_eq!(invalidated, [Topic::Part("open"), Topic::Verdict("open")]);
        assert_eq!([1, 2, 3, 4].map(|last| is_wanted(hash(last))), [false, true, true, false]);
        memory.invalidate(&route(3));
        open();
        settled();
        assert!(!memory.has_missed(), "what the open part took up is remembered");
        look(4);
        assert!(memory.has_missed());
    }
}
