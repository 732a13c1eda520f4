//! A connection after its TLS handshake, whichever library holds it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::second_stack;
use crate::probe::conversation::limited_stream::LimitedStream;

/// The stream of decrypted octets.
pub(in crate::probe::conversation) enum Secured {
    /// Held by the first library.
    First(Box<TlsStream<LimitedStream<TcpStream>>>),
    /// Held by the second one.
    Second(Box<second_stack::Stream>),
}

/// A fatal alert after the handshake, as the cause of an [`io::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server sent TLS alert {code}")]
pub(in crate::probe::conversation) struct ReceivedAlert {
    /// Its description octet.
    pub code: u8,
}

impl ReceivedAlert {
    /// The alert that an error of [`Secured`] stands for.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().copied()
    }
}

/// An error of the first library, with an alert in a form that both share.
fn of_first(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::AlertReceived(description)) => alert_error(u8::from(*description)),
        _ => error,
    }
}

/// The same of the second library.
fn of_second(error: io::Error, alert: Option<u8>) -> io::Error {
    const CLOSE_NOTIFY: u8 = 0;
    match alert.filter(|code| *code != CLOSE_NOTIFY) {
        Some(code) => alert_error(code),
        // What the library says of the peer's octets, as the first one says it.
        None if error.kind() == io::ErrorKind::Other => {
            io::Error::new(io::ErrorKind::InvalidData, error)
        }
        None => error,
    }
}

fn alert_error(code: u8) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, ReceivedAlert { code })
}

impl AsyncRead for Secured {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::First(stream) => Pin::new(stream).poll_read(context, buffer).map_err(of_first),
            Self::Second(stream) => {
                let poll = Pin::new(&mut *stream).poll_read(context, buffer);
                poll.map_err(|error| of_second(error, stream.as_ref().as_ref().alert()))
            }
        }
    }
}

impl AsyncWrite for Secured {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::First(stream) => Pin::new(stream).poll_write(context, octets).map_err(of_first),
            Self::Second(stream) => {
                let poll = Pin::new(&mut *stream).poll_write(context, octets);
                poll.map_err(|error| of_second(error, stream.as_ref().as_ref().alert()))
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::First(stream) => Pin::new(stream).poll_flush(context).map_err(of_first),
            Self::Second(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::First(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Second(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
