//! DNS over TCP: a question that comes while a connection to its server is open is carried by it
//! (RFC 7766 §6.2.1).
//!
//! A server need not bear that, and no verdict rests on whether it does: what a shared connection brings
//! no answer to is asked again on one of its own, and that server's connections are shared no more.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::connection::{Answer, Asked, carry};
use super::query::Query;
use crate::model::NetFailure;
use crate::probe::random::random_u64;

/// The connections that are open, by server.
#[derive(Default)]
pub(super) struct Connections(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    open: HashMap<SocketAddr, mpsc::UnboundedSender<Asked>>,
    /// Servers that brought no answer to a question beside others.
    single: HashSet<SocketAddr>,
}

impl Connections {
    /// Sends the query and reads its answer before `deadline`: over a connection that is open, or a new one.
    /// `None` when an open one brought no answer; the next query to this server gets one of its own.
    ///
    /// As over UDP, a message with another id or question is passed over (RFC 7766 §7); when then
    /// nothing else comes, the outcome is what ended the waiting: [`NetFailure::Closed`] or
    /// [`NetFailure::TimedOut`].
    ///
    /// # Errors
    /// Why no answer came over a connection of its own. One that ends inside a message, whose length
    /// field then lied, is [`NetFailure::Closed`]; a message longer than `octets_max` is
    /// [`NetFailure::Other`], our limit and no party's fault.
    pub async fn exchange(
        &self,
        mut query: Query,
        server: SocketAddr,
        deadline: Duration,
        octets_max: usize,
    ) -> Option<Answer> {
        let id = match random_u64() {
            Ok(random) => random as u16,
            Err(failure) => return Some(Err(failure)),
        };
        let (sender, answer) = oneshot::channel();
        let question = query.question();
        let asked = Asked::new(id, question, query.with_id(id), sender);
        let is_shared = match self.join(server, asked) {
            Ok(()) => true,
            Err(asked) => {
                let questions = self.open(server, asked);
                tokio::spawn(carry(server, questions, deadline, octets_max));
                false
            }
        };
        let answer = match tokio::time::timeout(deadline, answer).await {
            Ok(answer) => answer.unwrap_or(Err(NetFailure::Closed)),
            Err(_) => Err(NetFailure::TimedOut),
        };
        if is_shared && answer.is_err() {
            tracing::debug!(%server, "a shared connection brought no answer");
            self.share_no_more(server);
            return None;
        }
        Some(answer)
    }

    /// Hands a question to the connection that is open to its server, if there is one.
    ///
    /// # Errors
    /// The question, where there is none.
    fn join(&self, server: SocketAddr, asked: Asked) -> Result<(), Asked> {
        match self.inner().open.get(&server) {
            Some(open) => open.send(asked).map_err(|unsent| unsent.0),
            None => Err(asked),
        }
    }

    /// The questions of a new connection, this one first.
    fn open(&self, server: SocketAddr, asked: Asked) -> mpsc::UnboundedReceiver<Asked> {
        let (sender, questions) = mpsc::unbounded_channel();
        // Its other end is right here.
        let _ = sender.send(asked);
        let mut inner = self.inner();
        inner.open.retain(|_, open| !open.is_closed());
        if !inner.single.contains(&server) {
            inner.open.insert(server, sender);
        }
        questions
    }

    /// Each further question to a server gets a connection of its own.
    fn share_no_more(&self, server: SocketAddr) {
        let mut inner = self.inner();
        inner.single.insert(server);
        inner.open.remove(&server);
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
