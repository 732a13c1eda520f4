//! A stream that counts what comes in.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::record_watch::RecordWatch;

/// A byte stream that stops after a number of octets and remembers how it began.
///
/// The libraries above it bound what they *keep*; this bounds what a peer can make us *read*
/// (endless 1xx responses, PINGs, SETTINGS), and tells what came when it was no known protocol.
pub(super) struct LimitedStream<S> {
    stream: S,
    received: usize,
    octets_max: usize,
    exhausted: bool,
    /// Octets read since the last `Pending`.
    burst: usize,
    head: [u8; HEAD_OCTETS],
    /// What is kept of a handshake in clear, and how much of it at most.
    recording: Option<(Vec<u8>, usize)>,
    /// The records of TLS that come, where there is TLS above.
    records: Option<RecordWatch>,
}

/// How many of the first octets are remembered.
const HEAD_OCTETS: usize = 32;

/// How many octets are read in one go before their consumer gets a turn: compressed headers
/// of HTTP/2 take a hundred times their size in memory until they are looked at.
const BURST_OCTETS: usize = 64 * 1024;

impl<S> LimitedStream<S> {
    /// Wraps a stream from which at most `octets_max` octets will be read.
    pub fn new(stream: S, octets_max: usize) -> Self {
        let head = [0; HEAD_OCTETS];
        Self {
            stream,
            received: 0,
            octets_max,
            exhausted: false,
            burst: 0,
            head,
            recording: None,
            records: None,
        }
    }

    /// The same for TLS above it: its records are watched, and what comes is kept until
    /// [`LimitedStream::take_recording`], at most `octets_max`.
    pub fn recording(mut self, octets_max: usize) -> Self {
        self.recording = Some((Vec::new(), octets_max));
        self.records = Some(RecordWatch::default());
        self
    }

    /// What came since the recording began; nothing more is recorded.
    pub fn take_recording(&mut self) -> Vec<u8> {
        self.recording.take().map(|(octets, _)| octets).unwrap_or_default()
    }

    /// Whether the server asked for a new TLS handshake on the same connection.
    pub fn is_renegotiation_asked(&self) -> bool {
        self.records.as_ref().is_some_and(RecordWatch::is_renegotiation_asked)
    }

    /// The stream below.
    pub fn get_ref(&self) -> &S {
        &self.stream
    }

    /// The octets read until now.
    pub fn received(&self) -> usize {
        self.received
    }

    /// Whether reading was stopped because the peer sent more than the limit.
    pub fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// The first octets that came, at most 32.
    pub fn head(&self) -> &[u8] {
        &self.head[..self.received.min(HEAD_OCTETS)]
    }

    fn note(&mut self, octets: &[u8]) {
        if let Some(free) = self.head.get_mut(self.received..) {
            let count = free.len().min(octets.len());
            free[..count].copy_from_slice(&octets[..count]);
        }
        if let Some((recorded, octets_max)) = &mut self.recording {
            let room = octets_max.saturating_sub(recorded.len());
            recorded.extend_from_slice(&octets[..octets.len().min(room)]);
        }
        if let Some(records) = &mut self.records {
            records.note(octets);
        }
        self.received += octets.len();
        self.burst += octets.len();
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LimitedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.received >= self.octets_max {
            self.exhausted = true;
            return Poll::Ready(Err(io::Error::other("more octets than our limit")));
        }
        if self.burst >= BURST_OCTETS {
            self.burst = 0;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let filled = buffer.filled().len();
        let Poll::Ready(result) = Pin::new(&mut self.stream).poll_read(context, buffer) else {
            self.burst = 0;
            return Poll::Pending;
        };
        result?;
        self.note(&buffer.filled()[filled..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LimitedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, octets)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn counts_remembers_and_stops() {
        let octets = [b'x'; 100];
        let mut wire = LimitedStream::new(&octets[..], 40);
        let mut buffer = [0; 10];
        for count in 1..=4 {
            wire.read_exact(&mut buffer).await.unwrap();
            assert_eq!(wire.received(), count * 10);
            assert_eq!(wire.head().len(), (count * 10).min(HEAD_OCTETS));
        }
        assert!(!wire.is_exhausted());
        assert!(wire.read(&mut buffer).await.is_err());
        assert!(wire.is_exhausted());
    }

    #[tokio::test]
    async fn records_until_it_is_asked_for_it() {
        let octets = *b"0123456789";
        let mut wire = LimitedStream::new(&octets[..], 100).recording(3);
        wire.read_exact(&mut [0; 5]).await.unwrap();
        assert_eq!(wire.take_recording(), b"012");
        wire.read_exact(&mut [0; 5]).await.unwrap();
        assert!(wire.take_recording().is_empty());
    }

    #[tokio::test]
    async fn a_long_burst_is_read_with_pauses() {
        let octets = vec![b'x'; 3 * BURST_OCTETS];
        let mut wire = LimitedStream::new(&octets[..], usize::MAX);
        let mut context = Context::from_waker(std::task::Waker::noop());
        let mut space = vec![0; BURST_OCTETS];
        for ready in [true, false, true, false, true, false] {
            let mut buffer = ReadBuf::new(&mut space);
            let poll = Pin::new(&mut wire).poll_read(&mut context, &mut buffer);
            assert_eq!(poll.is_ready(), ready);
        }
        // A reader that simply waits notices nothing of that.
        let mut wire = LimitedStream::new(&octets[..], usize::MAX);
        let mut read = Vec::new();
        wire.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, octets);
    }
}
