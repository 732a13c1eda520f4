//! What has been read of a service's evidence already.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use smallvec::SmallVec;

use super::topic::{Entry, Retention, Topic};
use crate::model::{Question, QuestionHash, Request};

/// Readings of one service's evidence, each with the questions whose answers it looked for, so that a
/// new fact invalidates only what rests on it.
///
/// A memory is no more than a saving of time: a view with one reads what the same view without one
/// reads.
#[derive(Default)]
pub struct Memory(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    /// In the order in which they were made: a reading comes after those that it took up.
    kept: Vec<Kept>,
    /// What the readings under way have looked for, the innermost last.
    under_way: Vec<Dependencies>,
    /// How many readings were kept until now.
    count: u32,
}

struct Kept {
    /// Counted in the order of keeping.
    number: u32,
    entry: Entry,
    dependencies: Dependencies,
}

/// What a reading rests on.
#[derive(Default)]
struct Dependencies {
    /// The questions that it looked for answers to itself; once it is kept, sorted and each once.
    questions: Vec<QuestionHash>,
    /// The numbers of the readings that it took up.
    readings: SmallVec<[u32; 4]>,
    /// The requests that it found missing, itself or in the readings that it took up, in the order in
    /// which they were found, each once.
    missing: Vec<Missing>,
}

/// A request that is missing. Readings hand it on from one to the next, so it is shared and its question's
/// hash is compared first.
#[derive(Clone, PartialEq, Eq)]
struct Missing {
    question: QuestionHash,
    request: Arc<Request>,
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

    /// The topics of one type whose readings answers to these questions would invalidate.
    pub fn topics_invalidated_by<T: Topic + Clone>(
        &self,
        pending: &HashSet<QuestionHash>,
    ) -> Vec<T> {
        let inner = self.0.borrow();
        let invalidated = inner.invalidated_by(|question| pending.contains(&question));
        let kept = inner.kept.iter().filter(|kept| invalidated.contains(&kept.number));
        kept.filter_map(|kept| kept.entry.topic::<T>().cloned()).collect()
    }

    /// Nothing but these questions is still to be answered. Forgets every reading that their answers
    /// don't need, as far as its topic's [`Retention`] allows. Gives the questions that readings will
    /// look at again: all evidence of others may be let go of.
    pub fn retain_for(&self, pending: &HashSet<QuestionHash>) -> Vec<QuestionHash> {
        let mut inner = self.0.borrow_mut();
        let invalidated = inner.invalidated_by(|question| pending.contains(&question));
        let mut taken_up = HashSet::new();
        let mut at_hand: Vec<_> = pending.iter().copied().collect();
        for kept in inner.kept.iter().filter(|kept| invalidated.contains(&kept.number)) {
            taken_up.extend(kept.dependencies.readings.iter().copied());
            at_hand.extend(&kept.dependencies.questions);
        }
        inner.kept.retain(|kept| match kept.entry.retention {
            Retention::Always => true,
            Retention::Never => false,
            Retention::WhenTakenUp => {
                invalidated.contains(&kept.number) || taken_up.contains(&kept.number)
            }
        });
        inner.kept.shrink_to_fit();
        for kept in &mut inner.kept {
            kept.dependencies.questions.retain(|question| pending.contains(question));
            kept.dependencies.questions.shrink_to_fit();
        }
        at_hand
    }

    /// Makes a reading, and remembers only what it rests on.
    pub(super) fn record_dependencies<R>(
        &self,
        topic: impl Topic<Reading = ()>,
        read: impl FnOnce() -> R,
    ) -> R {
        self.0.borrow_mut().under_way.push(Dependencies::default());
        let reading = read();
        self.0.borrow_mut().keep(Entry::new(topic, Arc::new(())));
        reading
    }

    /// Notes that the reading under way looks for answers to this question.
    pub(super) fn look_for(&self, question: QuestionHash) {
        if let Some(reading) = self.0.borrow_mut().under_way.last_mut() {
            reading.questions.push(question);
        }
    }

    /// Notes that the reading under way lacks the answer to this request.
    pub(super) fn note_missing(&self, question: QuestionHash, request: Request) {
        if let Some(reading) = self.0.borrow_mut().under_way.last_mut() {
            reading.note_missing(&Missing { question, request: Arc::new(request) });
        }
    }

    /// Makes a reading for the requests that it finds missing, those that remembered readings found
    /// missing included. What it rests on, the reading around it rests on too.
    pub(super) fn requests_of(&self, read: impl FnOnce()) -> Vec<Request> {
        self.0.borrow_mut().under_way.push(Dependencies::default());
        read();
        let mut inner = self.0.borrow_mut();
        let own = inner.under_way.pop().unwrap_or_default();
        if let Some(outer) = inner.under_way.last_mut() {
            outer.questions.extend(own.questions);
            outer.readings.extend(own.readings);
            own.missing.iter().for_each(|missing| outer.note_missing(missing));
        }
        own.missing.into_iter().map(|missing| Arc::unwrap_or_clone(missing.request)).collect()
    }

    /// The reading of a topic, from memory or made now.
    pub(super) fn reading_of<T: Topic>(
        &self,
        topic: T,
        read: impl FnOnce() -> T::Reading,
    ) -> Arc<T::Reading> {
        let mut inner = self.0.borrow_mut();
        if let Some(known) = inner.recall(&topic) {
            return known;
        }
        inner.under_way.push(Dependencies::default());
        // Not while it is borrowed: readings lead to one another.
        drop(inner);
        let reading = Arc::new(read());
        self.0.borrow_mut().keep(Entry::new(topic, Arc::clone(&reading)));
        reading
    }
}

impl Dependencies {
    fn take_up(&mut self, reading: u32, missing: &[Missing]) {
        self.readings.push(reading);
        missing.iter().for_each(|missing| self.note_missing(missing));
    }

    fn note_missing(&mut self, missing: &Missing) {
        if !self.missing.contains(missing) {
            self.missing.push(missing.clone());
        }
    }
}

impl Inner {
    fn recall<T: Topic>(&mut self, topic: &T) -> Option<Arc<T::Reading>> {
        let found = |kept: &'_ Kept| kept.entry.reading_of(topic).map(Arc::clone);
        let (kept, reading) =
            self.kept.iter().find_map(|kept| found(kept).map(|reading| (kept, reading)))?;
        // The reading around it rests on the same facts, and lacks the same.
        if let Some(outer) = self.under_way.last_mut() {
            outer.take_up(kept.number, &kept.dependencies.missing);
        }
        Some(reading)
    }

    fn keep(&mut self, entry: Entry) {
        let mut dependencies = self.under_way.pop().unwrap_or_default();
        dependencies.questions.sort_unstable();
        dependencies.questions.dedup();
        let number = self.count;
        self.count += 1;
        dependencies.missing.shrink_to_fit();
        if let Some(outer) = self.under_way.last_mut() {
            outer.take_up(number, &dependencies.missing);
        }
        self.kept.push(Kept { number, entry, dependencies });
    }

    /// The numbers of the readings that rest on answers to such questions, by themselves or through
    /// others.
    fn invalidated_by(&self, is_new: impl Fn(QuestionHash) -> bool) -> SmallVec<[u32; 16]> {
        let mut invalidated = SmallVec::new();
        for Kept { number, dependencies, .. } in &self.kept {
            if dependencies.questions.iter().any(|question| is_new(*question))
                || dependencies.readings.iter().any(|reading| invalidated.contains(reading))
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

    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Sum(&'static str);

    impl Topic for Sum {
        type Reading = i32;
        const RETENTION: Retention = Retention::Always;
    }

    #[derive(PartialEq, Eq)]
    struct Addresses;

    impl Topic for Addresses {
        type Reading = ();
    }

    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Finding(&'static str);

    impl Topic for Finding {
        type Reading = ();
        const RETENTION: Retention = Retention::Never;
    }

    #[test]
    fn a_reading_is_made_again_only_when_what_it_rests_on_changes() {
        let memory = Memory::default();
        let made = std::cell::Cell::new(0);
        let outer = || {
            *memory.reading_of(Sum("outer"), || {
                made.set(made.get() + 1);
                memory.look_for(QuestionHash::of(&route(1)));
                *memory.reading_of(Sum("inner"), || {
                    made.set(made.get() + 100);
                    memory.look_for(QuestionHash::of(&route(2)));
                    made.get()
                })
            })
        };
        assert_eq!((outer(), outer(), made.get()), (101, 101, 101));
        memory.invalidate(&route(3));
        assert_eq!((outer(), made.get()), (101, 101), "no reading looked for that");
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
    fn only_what_is_read_again_is_retained() {
        let memory = Memory::default();
        let hash = |last| QuestionHash::of(&route(last));
        let look = |last| memory.look_for(hash(last));
        let made = std::cell::Cell::new(0);
        // Both parts take up the addresses; only one of them waits for the third answer.
        let addresses = || {
            memory.reading_of(Addresses, || {
                made.set(made.get() + 1);
                look(1);
            });
        };
        let sum = |name, questions: &[u8]| {
            memory.reading_of(Sum(name), || {
                addresses();
                questions.iter().copied().for_each(look);
                0
            });
        };
        sum("open", &[2, 3]);
        sum("settled", &[4]);
        memory.record_dependencies(Finding("open"), || (addresses(), look(3)));
        memory.record_dependencies(Finding("settled"), || look(4));
        let pending = HashSet::from([hash(3)]);
        assert_eq!(memory.topics_invalidated_by::<Finding>(&pending), [Finding("open")]);
        assert_eq!(memory.topics_invalidated_by::<Sum>(&pending), [Sum("open")]);
        let at_hand: HashSet<_> = memory.retain_for(&pending).into_iter().collect();
        assert_eq!(at_hand, HashSet::from([hash(2), hash(3)]));
        let kept = memory.0.borrow().kept.len();
        assert_eq!(kept, 3, "the addresses and both parts");
        memory.invalidate(&route(3));
        sum("open", &[2, 3]);
        sum("settled", &[4]);
        assert_eq!(made.get(), 1, "what the open part took up is remembered");
    }
}
