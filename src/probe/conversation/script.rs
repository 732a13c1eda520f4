//! A stream on which a server says what it says, whatever it is told. For the fuzz targets.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a server says, turn by turn, and then it closes.
pub(super) struct Script<'o> {
    turns: VecDeque<&'o [u8]>,
    /// Octets that have to come before anything is said.
    awaited: usize,
    waker: Option<Waker>,
}

impl<'o> Script<'o> {
    /// Says everything once so many octets have come.
    pub fn answering(octets: &'o [u8], awaited: usize) -> Self {
        Self { turns: VecDeque::from([octets]), awaited, waker: None }
    }

    /// Speaks first; what follows an empty octet it says once it is asked again.
    pub fn speaking_first(octets: &'o [u8]) -> Self {
        let turns = octets.split(|octet| *octet == 0).collect();
        Self { turns, awaited: 0, waker: None }
    }
}

impl AsyncRead for Script<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.awaited > 0 {
            self.waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        if let Some(turn) = self.turns.front_mut() {
            let (now, later) = turn.split_at(turn.len().min(buffer.remaining()));
            buffer.put_slice(now);
            *turn = later;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Script<'_> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.awaited > 0 {
            self.awaited = self.awaited.saturating_sub(octets.len());
        } else if self.turns.len() > 1 {
            self.turns.pop_front();
        }
        if self.awaited == 0
            && let Some(waker) = self.waker.take()
        {
            waker.wake();
        }
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
