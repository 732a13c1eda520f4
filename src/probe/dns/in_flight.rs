//! The questions that one UDP socket has under way, and what came for them.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::oneshot;

use super::query::{QuestionSection, response_id};
use crate::model::NetFailure;
use crate::probe::error_queue::QueuedError;

/// What comes of a question over UDP.
pub(super) type Outcome = Result<Arc<[u8]>, NetFailure>;

/// A question under way is known by whom it was sent to (canonical) and by its id.
pub(super) type Key = (SocketAddr, u16);

/// The questions under way on one socket.
///
/// A question that has ended, answered or not, keeps its id for a while: a late or repeated answer
/// then meets it, and not a new question that happens to have drawn the same id.
#[derive(Default)]
pub(super) struct InFlight {
    questions: HashMap<Key, Question>,
    ended: VecDeque<Key>,
}

enum Question {
    /// Boxed, because most of those in the table have ended.
    Waiting(Box<Waiting>),
    Ended,
}

struct Waiting {
    asked: QuestionSection,
    outcome: oneshot::Sender<Outcome>,
}

/// Why a message was dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    /// It answers a question that has ended: it is late, or repeats an answer.
    Late,
    /// It answers nothing that was asked of its sender: forged, or gone astray.
    Unsolicited,
    /// Server and id are right, but it answers another question.
    OtherQuestion,
}

impl InFlight {
    /// Ended questions that keep their ids: those of some ten seconds of the busiest scan. Together
    /// with the questions under way they are few among the 65,536 ids that each server has.
    const ENDED_MAX: usize = 1024;

    /// Enters a question under an id from `draw` that is free; `None` when no draw is. The outcome
    /// arrives at the receiver.
    pub fn enter(
        &mut self,
        server: SocketAddr,
        asked: QuestionSection,
        draw: impl IntoIterator<Item = u16>,
    ) -> Option<(Key, oneshot::Receiver<Outcome>)> {
        for id in draw {
            if let Entry::Vacant(vacant) = self.questions.entry((server, id)) {
                let (outcome, receiver) = oneshot::channel();
                vacant.insert(Question::Waiting(Box::new(Waiting { asked, outcome })));
                return Some(((server, id), receiver));
            }
        }
        None
    }

    /// Hands a message from `server` to the question that it answers.
    pub fn answer(&mut self, server: SocketAddr, message: &[u8]) -> Result<(), Dropped> {
        let id = response_id(message).ok_or(Dropped::Unsolicited)?;
        let key = (server, id);
        match self.questions.get(&key) {
            None => Err(Dropped::Unsolicited),
            Some(Question::Ended) => Err(Dropped::Late),
            Some(Question::Waiting(waiting)) if !waiting.asked.is_answered_by(message) => {
                Err(Dropped::OtherQuestion)
            }
            Some(Question::Waiting(_)) => {
                self.end(key, Some(Ok(Arc::from(message))));
                Ok(())
            }
        }
    }

    /// The question that an ICMP error is about. The returned payload tells, as far as it goes. An
    /// IPv4 router need not return any of it (RFC 792); then the error is taken for the only
    /// question that waits for that server, and for none when there are several.
    pub fn find(&self, queued: &QueuedError, server: SocketAddr) -> Option<Key> {
        if let [high, low, ..] = queued.payload[..] {
            let key = (server, u16::from_be_bytes([high, low]));
            return match self.questions.get(&key)? {
                Question::Waiting(waiting) if waiting.asked.is_returned_in(&queued.payload) => {
                    Some(key)
                }
                _ => None,
            };
        }
        if server.is_ipv6() {
            return None;
        }
        let mut waiting = self
            .questions
            .iter()
            .filter(|(key, question)| key.0 == server && matches!(question, Question::Waiting(_)))
            .map(|(key, _)| *key);
        waiting.next().filter(|_| waiting.next().is_none())
    }

    /// Ends a question, with an outcome unless the waiting task has given up.
    pub fn end(&mut self, key: Key, outcome: Option<Outcome>) {
        let Some(question) = self.questions.get_mut(&key) else { return };
        let Question::Waiting(waiting) = std::mem::replace(question, Question::Ended) else {
            return;
        };
        if let Some(outcome) = outcome {
            // The receiver may be gone: the waiting task may have given up just now.
            let _ = waiting.outcome.send(outcome);
        }
        self.ended.push_back(key);
        if self.ended.len() > Self::ENDED_MAX
            && let Some(oldest) = self.ended.pop_front()
        {
            self.questions.remove(&oldest);
        }
    }
}

/// How many messages came in answer to nothing, and were dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DroppedAnswers {
    /// Came after the question had been given up, or a second time.
    pub late: u64,
    /// From a server, port or with an id that was not asked; no response at all.
    pub unsolicited: u64,
    /// With the right server and id, but about another question.
    pub other_question: u64,
}

/// Counts dropped messages.
#[derive(Default)]
pub(super) struct DropCounters {
    late: AtomicU64,
    unsolicited: AtomicU64,
    other_question: AtomicU64,
}

impl DropCounters {
    pub fn count(&self, dropped: Dropped) {
        let counter = match dropped {
            Dropped::Late => &self.late,
            Dropped::Unsolicited => &self.unsolicited,
            Dropped::OtherQuestion => &self.other_question,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub fn read(&self) -> DroppedAnswers {
        DroppedAnswers {
            late: self.late.load(Ordering::Relaxed),
            unsolicited: self.unsolicited.load(Ordering::Relaxed),
            other_question: self.other_question.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DnsQuestion, Name, RecordType, Transport};
    use crate::probe::dns::query::Query;
    use crate::probe::error_queue::Origin;

    const SERVER: &str = "192.0.2.53:53";

    fn server() -> SocketAddr {
        SERVER.parse().unwrap()
    }

    fn query(name: &str) -> Query {
        Query::new(&DnsQuestion {
            server: server(),
            transport: Transport::Udp,
            name: Name::from_presentation(name),
            record_type: RecordType::AAAA,
            recursion_desired: true,
            checking_disabled: false,
            dnssec_ok: false,
            without_edns: false,
        })
        .unwrap()
    }

    fn response(name: &str, id: u16) -> Vec<u8> {
        let mut octets = query(name).with_id(id).to_vec();
        octets[2] |= 0x80;
        octets
    }

    fn icmp(payload: Vec<u8>) -> QueuedError {
        QueuedError {
            errno: 111,
            origin: Origin::Icmp,
            icmp_type: 3,
            icmp_code: 3,
            from: None,
            destination: Some(server()),
            payload,
        }
    }

    #[test]
    fn ids_are_unique_per_server_even_after_the_end() {
        let mut table = InFlight::default();
        let asked = query("a.example").question();
        let (first, receiver) = table.enter(server(), asked.clone(), [7]).unwrap();
        assert!(table.enter(server(), asked.clone(), [7, 7]).is_none());
        let elsewhere = "192.0.2.54:53".parse().unwrap();
        assert!(table.enter(elsewhere, asked.clone(), [7]).is_some());
        drop(receiver);
        table.end(first, None);
        assert_eq!(table.enter(server(), asked, [7, 8]).unwrap().0.1, 8);
    }

    #[test]
    fn late_and_repeated_answers_do_not_reach_a_new_question() {
        let mut table = InFlight::default();
        let asked = query("a.example").question();
        let (key, mut receiver) = table.enter(server(), asked, [7]).unwrap();
        assert_eq!(table.answer(server(), &response("b.example", 7)), Err(Dropped::OtherQuestion));
        assert_eq!(table.answer(server(), &response("a.example", 8)), Err(Dropped::Unsolicited));
        let elsewhere = "192.0.2.53:54".parse().unwrap();
        assert_eq!(table.answer(elsewhere, &response("a.example", 7)), Err(Dropped::Unsolicited));
        assert_eq!(
            table.answer(server(), query("a.example").with_id(7)),
            Err(Dropped::Unsolicited)
        );
        assert!(receiver.try_recv().is_err());
        assert_eq!(table.answer(server(), &response("a.example", 7)), Ok(()));
        assert_eq!(&*receiver.try_recv().unwrap().unwrap(), response("a.example", 7));
        assert_eq!(table.answer(server(), &response("a.example", 7)), Err(Dropped::Late));
        table.end(key, None);
    }

    #[test]
    fn ended_questions_are_bounded() {
        let mut table = InFlight::default();
        for id in 0..=u16::MAX {
            let (key, _) = table.enter(server(), query("a.example").question(), [id]).unwrap();
            table.end(key, None);
        }
        assert_eq!(table.questions.len(), InFlight::ENDED_MAX);
        assert_eq!(table.ended.len(), InFlight::ENDED_MAX);
    }

    #[test]
    fn icmp_errors_find_their_question() {
        let mut table = InFlight::default();
        let (a, _a) = table.enter(server(), query("a.example").question(), [1]).unwrap();
        assert_eq!(table.find(&icmp(Vec::new()), server()), Some(a));
        let (b, _b) = table.enter(server(), query("b.example").question(), [2]).unwrap();
        let returned = query("b.example").with_id(2).to_vec();
        assert_eq!(table.find(&icmp(returned.clone()), server()), Some(b));
        assert_eq!(table.find(&icmp(returned[..8].to_vec()), server()), Some(b));
        assert_eq!(table.find(&icmp(Vec::new()), server()), None, "two wait: it is ambiguous");
        let forged = query("c.example").with_id(2).to_vec();
        assert_eq!(table.find(&icmp(forged), server()), None);
    }
}
