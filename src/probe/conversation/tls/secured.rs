//! A connection after its TLS handshake, whichever library holds it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

use super::second_stack;
use crate::probe::connection::Connection;
use crate::probe::conversation::limited_stream::LimitedStream;

/// The stream of decrypted octets.
pub(in crate::probe::conversation) struct Secured {
    library: Library,
    alert: Option<u8>,
}

/// Who holds it.
enum Library {
    First(Box<TlsStream<LimitedStream<Connection>>>),
    Second(Box<second_stack::Stream>),
}

impl Secured {
    /// Held by the first library.
    pub fn first(stream: TlsStream<LimitedStream<Connection>>) -> Self {
        Self { library: Library::First(Box::new(stream)), alert: None }
    }

    /// Held by the second one.
    pub fn second(stream: second_stack::Stream) -> Self {
        Self { library: Library::Second(Box::new(stream)), alert: None }
    }

    /// The fatal alert by which the server ended the connection after the handshake, if it did. Reading
    /// then fails as it does where the server just closes.
    pub fn received_alert(&self) -> Option<u8> {
        self.alert
    }

    /// Whether the server asked for a new handshake on the same connection, which is how a certificate
    /// of the client is asked for after a request.
    pub fn is_renegotiation_asked(&self) -> bool {
        match &self.library {
            Library::First(stream) => stream.get_ref().0.is_renegotiation_asked(),
            Library::Second(stream) => stream.get_ref().is_renegotiation_asked(),
        }
    }

    /// Notes an alert that a failed read found.
    fn note(&mut self, error: io::Error) -> io::Error {
        const CLOSE_NOTIFY: u8 = 0;
        self.alert = match &self.library {
            Library::First(_) => {
                let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
                match inner {
                    Some(rustls::Error::AlertReceived(description)) => Some(u8::from(*description)),
                    _ => None,
                }
            }
            Library::Second(stream) => {
                stream.as_ref().as_ref().alert().filter(|code| *code != CLOSE_NOTIFY)
            }
        };
        match (self.alert, &self.library) {
            (Some(_), _) => io::Error::new(io::ErrorKind::UnexpectedEof, error),
            // What the library says of the peer's octets, in the first one's form.
            (None, Library::Second(_)) if error.kind() == io::ErrorKind::Other => {
                io::Error::new(io::ErrorKind::InvalidData, error)
            }
            (None, _) => error,
        }
    }
}

impl AsyncRead for Secured {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let poll = match &mut this.library {
            Library::First(stream) => Pin::new(stream).poll_read(context, buffer),
            Library::Second(stream) => Pin::new(stream).poll_read(context, buffer),
        };
        poll.map_err(|error| this.note(error))
    }
}

impl AsyncWrite for Secured {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().library {
            Library::First(stream) => Pin::new(stream).poll_write(context, octets),
            Library::Second(stream) => Pin::new(stream).poll_write(context, octets),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().library {
            Library::First(stream) => Pin::new(stream).poll_flush(context),
            Library::Second(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().library {
            Library::First(stream) => Pin::new(stream).poll_shutdown(context),
            Library::Second(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
