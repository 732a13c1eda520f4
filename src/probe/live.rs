//! Asks the network: dispatches a request to its prober when pacing lets it go, and dates what
//! came of it.

use std::io;
use std::time::Instant;

use jiff::Timestamp;
use tokio::runtime::Handle;

use super::pacing::Pacing;
use super::{DroppedAnswers, conversation, dns, route};
use crate::model::{Observation, Question, Reply, Request, Settings};

/// Why asking can't begin: something for the operator to mend.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// [`Live::new`] was called outside of a tokio runtime: a fault of the program.
    #[error("asking the network needs a tokio runtime")]
    NoRuntime,
    /// The sockets for DNS can't be opened, most often for want of file descriptors.
    #[error("the sockets for DNS can't be opened")]
    Sockets(#[source] io::Error),
    /// The TLS client can't be set up, such as for an unusable certificate in `extra_ca`.
    #[error("connections can't be set up")]
    Conversations(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The prober of a live run. Many tasks share one.
pub struct Live {
    pacing: Pacing,
    dns: dns::Client,
    conversations: conversation::Client,
}

impl Live {
    /// Opens the shared sockets; must be called within a tokio runtime, and used within the same.
    ///
    /// # Errors
    /// What the operator must mend before anything can be asked.
    pub fn new(settings: &Settings) -> Result<Self, LiveError> {
        Handle::try_current().map_err(|_| LiveError::NoRuntime)?;
        Ok(Self {
            pacing: Pacing::new(settings),
            dns: dns::Client::new(settings).map_err(LiveError::Sockets)?,
            conversations: conversation::Client::new(settings)
                .map_err(|error| LiveError::Conversations(error.into()))?,
        })
    }

    /// Asks once, when pacing lets it. Waiting for that counts in no deadline: `observed_at` is
    /// when the request left, and `elapsed_us` runs from there. Dropping the future abandons the
    /// request and frees its place.
    pub async fn ask(&self, request: &Request) -> Observation {
        let place = match &request.question {
            Question::Dns(question) => {
                Some(self.pacing.question(question.server.ip(), question.transport).await)
            }
            Question::Conversation(question) => {
                Some(self.pacing.conversation(question.address.ip()).await)
            }
            Question::Route(_) => None,
        };
        let observed_at = Timestamp::now();
        let started = Instant::now();
        let reply = match &request.question {
            Question::Dns(question) => self.dns.exchange(question).await,
            Question::Conversation(question) => {
                Reply::Conversation(Box::new(self.conversations.converse(question).await))
            }
            Question::Route(address) => Reply::Route(route::source_toward(*address)),
        };
        let elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        drop(place);
        Observation { request: request.clone(), observed_at, elapsed_us, reply }
    }

    /// The DNS messages dropped until now, because they answered no question of ours: many of
    /// them mean a forger, or a network that repeats packets.
    pub fn dropped_answers(&self) -> DroppedAnswers {
        self.dns.dropped()
    }
}
