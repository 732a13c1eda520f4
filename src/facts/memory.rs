//! What has been read of a service's evidence already.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use super::delegation::Reach;
use crate::model::{Name, Question, QuestionHash, RecordType};

/// Readings of one service's evidence, each with the questions whose answers it looked for, so that a
/// new fact undoes only what rests on it.
///
/// A memory is no more than a saving of time: a view with one reads what the same view without one
/// reads.
#[derive(Default)]
pub struct Memory(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    kept: Vec<Kept>,
    /// What the readings under way have looked for, the innermost last.
    under_way: Vec<Vec<QuestionHash>>,
    /// Questions whose answers are no longer in the evidence.
    gone: HashSet<QuestionHash>,
    has_missed: bool,
}

struct Kept {
    topic: Topic,
    reading: Arc<dyn Any + Send + Sync>,
    /// Sorted, each once.
    rests_on: Vec<QuestionHash>,
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
    /// What is left aside of the service's addresses.
    Whole,
    /// What a check, by its id, says of the service.
    Verdict(&'static str),
}

impl Memory {
    /// Forgets what rests on the answers to this question, because there is a new one.
    pub fn learn(&self, question: &Question) {
        let hash = QuestionHash::of(question);
        let mut inner = self.0.borrow_mut();
        inner.kept.retain(|kept| kept.rests_on.binary_search(&hash).is_err());
    }

    /// What answers to these questions would undo: the topics, and every question that these readings
    /// looked for answers to.
    pub fn undone_by(
        &self,
        questions: &HashSet<QuestionHash>,
    ) -> (Vec<Topic>, HashSet<QuestionHash>) {
        let inner = self.0.borrow();
        let undone = inner.kept.iter().filter(|kept| {
            questions.iter().any(|question| kept.rests_on.binary_search(question).is_ok())
        });
        let mut topics = Vec::new();
        let mut rests_on = HashSet::new();
        for kept in undone {
            topics.push(kept.topic.clone());
            rests_on.extend(&kept.rests_on);
        }
        (topics, rests_on)
    }

    /// Forgets everything but what the parts of the plan need, because the answers to these questions
    /// are no longer in the evidence.
    pub fn keep_parts(&self, gone: HashSet<QuestionHash>) {
        let mut inner = self.0.borrow_mut();
        inner.gone = gone;
        inner.kept.retain(|kept| matches!(kept.topic, Topic::Part(_)));
        inner.kept.shrink_to_fit();
    }

    /// Whether a reading looked for an answer that is no longer in the evidence, so that it can't be
    /// relied on.
    pub fn has_missed(&self) -> bool {
        self.0.borrow().has_missed
    }

    /// Makes a reading for its own sake, and remembers only what it rests on.
    pub(super) fn trace<T>(&self, topic: Topic, read: impl FnOnce() -> T) -> T {
        self.0.borrow_mut().under_way.push(Vec::new());
        let reading = read();
        let mut inner = self.0.borrow_mut();
        inner.kept.retain(|kept| kept.topic != topic);
        inner.keep(topic, Arc::new(()));
        reading
    }

    /// Notes that the reading under way looks for answers to this question.
    pub(super) fn read(&self, question: &Question) {
        let mut inner = self.0.borrow_mut();
        let hash = QuestionHash::of(question);
        inner.has_missed |= inner.gone.contains(&hash);
        if let Some(reading) = inner.under_way.last_mut() {
            reading.push(hash);
        }
    }

    /// The reading of a topic, from memory or made now.
    pub(super) fn of<T: Any + Send + Sync>(
        &self,
        topic: Topic,
        read: impl FnOnce() -> T,
    ) -> Arc<T> {
        if let Some(known) = self.0.borrow_mut().recall(&topic) {
            return known;
        }
        self.0.borrow_mut().under_way.push(Vec::new());
        // Not while it is borrowed: readings lead to one another.
        let reading = Arc::new(read());
        self.0.borrow_mut().keep(topic, Arc::clone(&reading) as _);
        reading
    }
}

impl Inner {
    fn recall<T: Any + Send + Sync>(&mut self, topic: &Topic) -> Option<Arc<T>> {
        let kept = self.kept.iter().find(|kept| kept.topic == *topic)?;
        let reading = Arc::clone(&kept.reading).downcast().ok()?;
        // Whoever asks for it rests on the same facts.
        if let Some(outer) = self.under_way.last_mut() {
            outer.extend(&kept.rests_on);
        }
        Some(reading)
    }

    fn keep(&mut self, topic: Topic, reading: Arc<dyn Any + Send + Sync>) {
        let mut rests_on = self.under_way.pop().unwrap_or_default();
        rests_on.sort_unstable();
        rests_on.dedup();
        if let Some(outer) = self.under_way.last_mut() {
            outer.extend(&rests_on);
        }
        self.kept.push(Kept { topic, reading, rests_on });
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
                memory.read(&route(1));
                *memory.of(Topic::Part("inner"), || {
                    made.set(made.get() + 100);
                    memory.read(&route(2));
                    made.get()
                })
            })
        };
        assert_eq!((outer(), outer(), made.get()), (101, 101, 101));
        memory.learn(&route(3));
        assert_eq!((outer(), made.get()), (101, 101), "nobody looked for that");
        memory.learn(&route(1));
        assert_eq!((outer(), made.get()), (101, 102), "the inner one still holds");
        memory.learn(&route(2));
        assert_eq!((outer(), made.get()), (203, 203), "the outer one rests on the inner one");
        memory.learn(&route(1));
        assert_eq!((outer(), made.get()), (203, 204));
        memory.learn(&route(2));
        outer();
        assert_eq!(made.get(), 305, "also when it took the inner one from memory");
    }
}
