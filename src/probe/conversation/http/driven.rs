//! Connections that nothing has to be spawned for.

use std::pin::{Pin, pin};
use std::task::Poll;

/// A connection that works only while something that depends on it is awaited, so that nothing has
/// to be spawned and nothing outlives the conversation.
pub(super) struct Driven<'a, C: Future> {
    connection: Pin<&'a mut C>,
    ended: Option<C::Output>,
}

impl<'a, C: Future> Driven<'a, C> {
    /// Takes the connection's own future.
    pub fn new(connection: Pin<&'a mut C>) -> Self {
        Self { connection, ended: None }
    }

    /// Awaits `wanted` and lets the connection work meanwhile.
    pub async fn until<F: Future>(&mut self, wanted: F) -> F::Output {
        let mut wanted = pin!(wanted);
        std::future::poll_fn(|context| {
            if self.ended.is_none()
                && let Poll::Ready(output) = self.connection.as_mut().poll(context)
            {
                self.ended = Some(output);
            }
            wanted.as_mut().poll(context)
        })
        .await
    }

    /// How the connection ended, if it has.
    pub fn into_ended(self) -> Option<C::Output> {
        self.ended
    }
}
