//! A connection to a name server, and the questions that it carries side by side (RFC 7766 §6.2.1.1).

use std::net::SocketAddr;
use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::query::{QuestionSection, response_id};
use crate::model::NetFailure;
use crate::probe::connect::connect;
use crate::probe::connection::Connection;
use crate::probe::errors;

/// Messages that answer nothing that waits, after which we stop reading.
const STRANGERS_MAX: usize = 16;

/// How long a connection without questions is kept (RFC 7766 §6.2.3 leaves it to both sides).
const IDLE_MAX: Duration = Duration::from_millis(500);

/// Octets of a message's length, which stands before it (RFC 1035 §4.2.2).
const LENGTH_OCTETS: usize = 2;

/// What comes of a question.
pub(super) type Answer = Result<Vec<u8>, NetFailure>;

/// A question that waits for its answer.
#[derive(Debug)]
pub(super) struct Asked {
    id: u16,
    question: QuestionSection,
    framed: Vec<u8>,
    answer: oneshot::Sender<Answer>,
}

impl Asked {
    /// A query with its id; its length goes in front, so that both leave in one segment (RFC 7766 §8).
    pub fn new(
        id: u16,
        question: QuestionSection,
        query: &[u8],
        answer: oneshot::Sender<Answer>,
    ) -> Self {
        // A query holds one name and is shorter than 300 octets.
        let length = query.len() as u16;
        Self { id, question, framed: [&length.to_be_bytes(), query].concat(), answer }
    }

    fn is_answered_by(&self, message: &[u8]) -> bool {
        response_id(message) == Some(self.id) && self.question.is_answered_by(message)
    }
}

/// Connects and carries questions until none comes for a while, or something ends the connection: all that
/// wait then learn what it was.
pub(super) async fn carry(
    server: SocketAddr,
    mut questions: mpsc::UnboundedReceiver<Asked>,
    deadline: Duration,
    octets_max: usize,
) {
    let mut waiting = Vec::new();
    let ended = match connect(server, deadline).await {
        Ok((stream, _)) => {
            Conversation { stream, server, deadline, octets_max, received: BytesMut::new() }
                .exchange(&mut questions, &mut waiting)
                .await
        }
        Err(failure) => Err(failure),
    };
    questions.close();
    while let Ok(asked) = questions.try_recv() {
        waiting.push(asked);
    }
    let failure = ended.err().unwrap_or(NetFailure::Closed);
    for asked in waiting {
        // Nobody may wait any more.
        let _ = asked.answer.send(Err(failure.clone()));
    }
}

/// An open connection.
struct Conversation {
    stream: Connection,
    server: SocketAddr,
    deadline: Duration,
    octets_max: usize,
    received: BytesMut,
}

impl Conversation {
    async fn exchange(
        &mut self,
        questions: &mut mpsc::UnboundedReceiver<Asked>,
        waiting: &mut Vec<Asked>,
    ) -> Result<(), NetFailure> {
        let failed = |server: SocketAddr, error| errors::io_failure(&error, server.ip());
        let (mut strangers, mut may_come) = (0, true);
        // When a question or an answer last came: other octets keep no connection open.
        let mut last_used = Instant::now();
        loop {
            if waiting.is_empty() && !may_come {
                return Ok(());
            }
            let idle_max = if waiting.is_empty() { IDLE_MAX } else { self.deadline };
            tokio::select! {
                asked = questions.recv(), if may_come => match asked {
                    Some(asked) => {
                        last_used = Instant::now();
                        let sent = self.stream.write_all(&asked.framed);
                        let sent = tokio::time::timeout(self.deadline, sent).await;
                        waiting.push(asked);
                        sent.map_err(|_| NetFailure::TimedOut)?
                            .map_err(|error| failed(self.server, error))?;
                    }
                    None => may_come = false,
                },
                read = self.stream.read_buf(&mut self.received) => {
                    if read.map_err(|error| failed(self.server, error))? == 0 {
                        return Err(NetFailure::Closed);
                    }
                    while let Some(message) = self.next_message()? {
                        match waiting.iter().position(|asked| asked.is_answered_by(&message)) {
                            Some(at) => {
                                (strangers, last_used) = (0, Instant::now());
                                let _ = waiting.swap_remove(at).answer.send(Ok(message));
                            }
                            None if strangers == STRANGERS_MAX => return Err(NetFailure::Closed),
                            None => strangers += 1,
                        }
                    }
                }
                () = tokio::time::sleep_until(last_used + idle_max) => return Err(NetFailure::TimedOut),
            }
            // Who gave up waits no more.
            waiting.retain(|asked| !asked.answer.is_closed());
        }
    }

    /// The next message that has come whole.
    fn next_message(&mut self) -> Result<Option<Vec<u8>>, NetFailure> {
        let Some(length) = self.received.first_chunk::<LENGTH_OCTETS>() else { return Ok(None) };
        let octets = usize::from(u16::from_be_bytes(*length));
        if octets > self.octets_max {
            return Err(NetFailure::Other { errno: format!("a message of {octets} octets") });
        }
        if self.received.len() < LENGTH_OCTETS + octets {
            return Ok(None);
        }
        self.received.advance(LENGTH_OCTETS);
        Ok(Some(self.received.split_to(octets).to_vec()))
    }
}
