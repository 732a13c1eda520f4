//! A TCP connection that carries no more than its budget allows.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::budget::{Budget, BudgetSpent};

/// A TCP connection with one peer. Reading and writing fail once the budget is spent.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    budget: Budget,
}

/// Each of our calls counts as a packet: a peer that sends octet by octet makes us read as often.
const CALLS_MAX: usize = 16 * 1024;

/// Some three times the longest page that we read with the longest chain.
const OCTETS_MAX: usize = 4 * 1024 * 1024;

impl Connection {
    /// Takes over an established connection.
    pub fn new(stream: TcpStream) -> Self {
        Self { stream, budget: Budget::new(CALLS_MAX, OCTETS_MAX) }
    }

    /// Our end.
    ///
    /// # Errors
    /// What the kernel reports.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.stream.local_addr()
    }

    /// The peer's end.
    ///
    /// # Errors
    /// What the kernel reports.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }

    fn require_budget(&self) -> io::Result<()> {
        if self.budget.is_spent() { Err(io::Error::other(BudgetSpent)) } else { Ok(()) }
    }

    fn spend(&self, octets: usize) -> io::Result<()> {
        self.budget.spend(1, octets).map_err(io::Error::other)
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        Poll::Ready(self.spend(buffer.filled().len() - before))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.require_budget()?;
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, octets))?;
        Poll::Ready(self.spend(written).map(|()| written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.require_budget()?;
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, parts))?;
        Poll::Ready(self.spend(written).map(|()| written))
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_peer_without_end_is_left() {
        let listener = TcpListener::bind("[::1]:0").await.unwrap();
        let peer = listener.local_addr().unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut sent = 0_usize;
            while stream.write_all(&[0; 4096]).await.is_ok() {
                sent += 4096;
            }
            sent
        });
        let mut connection = Connection::new(TcpStream::connect(peer).await.unwrap());
        let mut buffer = vec![0; 64 * 1024];
        let mut read = 0;
        let error = loop {
            match connection.read(&mut buffer).await {
                Ok(octets) => read += octets,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::Other);
        assert!(read <= OCTETS_MAX);
        assert!(connection.write(b"more").await.is_err());
        drop(connection);
        assert!(server.await.unwrap() > 0);
    }
}
