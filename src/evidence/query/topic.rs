//! What a reading is of, and of which type it therefore is.

use std::any::{Any, TypeId};
use std::sync::Arc;

/// The subject of a reading that a [`Memory`](super::Memory) can keep: a small key, defined beside
/// the function that makes the reading. The key's type decides the reading's type, so a reading can't
/// be taken for another one.
///
/// ```
/// use v6ready::evidence::query::{Topic, View};
///
/// #[derive(PartialEq, Eq)]
/// struct FactCount;
///
/// impl Topic for FactCount {
///     type Reading = usize;
/// }
///
/// fn fact_count(view: &View<'_>) -> usize {
///     *view.remembered(FactCount, || view.facts())
/// }
/// ```
///
/// A reading of another type does not compile:
///
/// ```compile_fail,E0308
/// # use v6ready::evidence::query::{Topic, View};
/// # #[derive(PartialEq, Eq)]
/// # struct FactCount;
/// # impl Topic for FactCount {
/// #     type Reading = usize;
/// # }
/// fn fact_count(view: &View<'_>) -> String {
///     (*view.remembered(FactCount, || view.facts())).clone()
/// }
/// ```
pub trait Topic: Eq + Send + 'static {
    /// What reading the evidence for this topic gives.
    type Reading: Send + Sync + 'static;

    /// Which readings are kept while a service waits for its last answers.
    const RETENTION: Retention = Retention::WhenTakenUp;
}

/// Which readings are kept by [`Memory::retain_for`](super::Memory::retain_for).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    /// Those that the answers to come invalidate, and those that such readings took up.
    WhenTakenUp,
    /// All of them: they are asked for again whatever comes.
    Always,
    /// None: they were made for their own sake, and are made anew.
    Never,
}

/// A topic with its reading, of any type.
pub(super) struct Entry {
    /// The type of the topic. It is compared first: what is looked for is rarely found at once.
    topic_type: TypeId,
    pair: Box<dyn Any + Send>,
    pub(super) retention: Retention,
}

struct Pair<T: Topic> {
    topic: T,
    reading: Arc<T::Reading>,
}

impl Entry {
    pub(super) fn new<T: Topic>(topic: T, reading: Arc<T::Reading>) -> Self {
        let pair = Box::new(Pair { topic, reading });
        Self { topic_type: TypeId::of::<T>(), pair, retention: T::RETENTION }
    }

    /// The reading, where it is of this topic.
    pub(super) fn reading_of<T: Topic>(&self, topic: &T) -> Option<&Arc<T::Reading>> {
        let pair = self.pair::<T>()?;
        (pair.topic == *topic).then_some(&pair.reading)
    }

    /// The topic, where it is one of this type.
    pub(super) fn topic<T: Topic>(&self) -> Option<&T> {
        self.pair::<T>().map(|pair| &pair.topic)
    }

    fn pair<T: Topic>(&self) -> Option<&Pair<T>> {
        if self.topic_type != TypeId::of::<T>() {
            return None;
        }
        self.pair.downcast_ref()
    }
}
