//! The TLS handshake, by two libraries: the first one, and where browsers get further than it, the
//! second one.

mod browser_hello;
mod first_stack;
mod second_stack;
mod secured;
mod server_flight;
mod session;
mod take_over;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use rustls::Error;
use tokio::sync::Semaphore;

use self::first_stack::FirstStack;
use self::second_stack::Bounds;
use super::script::Script;
use crate::model::{Host, Limits, NetFailure, Timeouts, TlsFailed, TlsFailure, TlsSession};
use crate::probe::connection::Connection;

pub(super) use self::secured::Secured;

/// Shakes hands, with a bounded number of hands at once.
pub(super) struct Handshaker {
    first: FirstStack,
    in_flight: Semaphore,
    bounds: Bounds,
}

/// Who would speak at our place: it decides what is offered, and what is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clientele {
    /// Browsers, which offer HTTP/2 and HTTP/1.1 by ALPN (RFC 7301).
    Browsers,
    /// Browsers that come again with HTTP/1.1 alone.
    BrowsersOverHttp1,
    /// Programs of users, such as mail programs: they take what the browsers' libraries take.
    Programs,
    /// Mail servers that hand over a message.
    MailServers,
}

/// What came of a handshake.
pub(super) struct Shaken {
    /// The handshake.
    pub tls: Result<TlsSession, TlsFailed>,
    /// The connection after it; with a failure, when a client that goes on all the same gets one.
    pub stream: Option<Secured>,
}

/// Opens the connection once more, up to where TLS begins; `None` when that fails.
pub(super) type Reopen<'a> = dyn Fn() -> BoxFuture<'a, Option<Connection>> + Sync + 'a;

impl Clientele {
    /// What is offered by ALPN.
    fn alpn(self) -> &'static [&'static [u8]] {
        const ALPN: [&[u8]; 2] = [b"h2", b"http/1.1"];
        match self {
            Self::Browsers => &ALPN,
            Self::BrowsersOverHttp1 => &ALPN[1..],
            Self::Programs | Self::MailServers => &[],
        }
    }

    fn is_browser(self) -> bool {
        !self.alpn().is_empty()
    }
}

/// A connection that had to wait this long for its turn may have been given up by its server.
const LONG_WAIT: Duration = Duration::from_secs(2);

/// What a handshake may take beside the certificates, in octets.
const HANDSHAKE_OCTETS: usize = 64 * 1024;

impl Handshaker {
    /// Prepares the first library. `payload_octets_max` is what the layer above will read.
    ///
    /// # Errors
    /// When the library rejects the configuration.
    pub fn new(
        timeouts: &Timeouts,
        limits: &Limits,
        payload_octets_max: usize,
    ) -> Result<Self, Error> {
        let flight_octets_max = limits.chain_octets + HANDSHAKE_OCTETS;
        Ok(Self {
            first: FirstStack::new(limits)?,
            in_flight: Semaphore::new(limits.tls_in_flight.clamp(1, Semaphore::MAX_PERMITS)),
            bounds: Bounds {
                deadline: timeouts.tls,
                // Twice the payload leaves room for records of ordinary size.
                octets_max: flight_octets_max + 2 * payload_octets_max,
                flight_octets_max,
            },
        })
    }

    /// What the first library makes of a server that says just this. For the fuzz targets.
    pub async fn hear(&self, octets: &[u8], peer: SocketAddr, host: &Host) -> Option<TlsFailed> {
        let flight = server_flight::ServerFlight::read(octets);
        browser_hello::hear(&flight, octets);
        let stream = Script::answering(octets, 1);
        let alpn = Clientele::Browsers.alpn();
        self.first.shake_hands(stream, peer, host, alpn, self.bounds).await.err()
    }

    /// Shakes hands for `host` over an established connection, and over others that `reopen` opens
    /// where the second library has to take over. Waiting for a turn happens here, after the connect,
    /// so that dead addresses keep no living one waiting; it is not part of the deadline.
    pub async fn shake_hands(
        &self,
        tcp: Connection,
        peer: SocketAddr,
        host: &Host,
        client: Clientele,
        reopen: &Reopen<'_>,
    ) -> Shaken {
        let waiting_since = Instant::now();
        // The semaphore is never closed, and going on without a turn would be harmless.
        let _turn = self.in_flight.acquire().await.ok();
        let waited = waiting_since.elapsed();
        match self.first.shake_hands(tcp, peer, host, client.alpn(), self.bounds).await {
            Ok((session, stream)) => {
                Shaken { tls: Ok(session), stream: Some(Secured::first(stream)) }
            }
            Err(failed) => {
                let failure = excuse_long_wait(failed.failure, waited);
                let failed = TlsFailed { failure, ..failed };
                self.take_over(failed, peer, host, client, reopen).await
            }
        }
    }
}

/// A server may hang up on a client that stays silent after connecting. When we did, because too
/// many handshakes were under way, hanging up says nothing about the server.
fn excuse_long_wait(failure: TlsFailure, waited: Duration) -> TlsFailure {
    match failure {
        TlsFailure::Net { failure: NetFailure::Closed | NetFailure::Reset }
            if waited >= LONG_WAIT =>
        {
            let errno = "the connection waited too long for its TLS handshake".to_owned();
            TlsFailure::Net { failure: NetFailure::Exhausted { errno } }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests;
