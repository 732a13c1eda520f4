//! The handshake of the second TLS library, s2n-tls: it speaks what the first one leaves out, CBC
//! suites, RSA key exchange and old versions.

use std::time::{Duration, Instant};

use s2n_tls::config::{Builder, Config};
use s2n_tls::error::Error;
use s2n_tls::security::Policy;
use s2n_tls_tokio::{TlsConnector, TlsStream};

use super::server_flight::ServerFlight;
use crate::model::Host;
use crate::probe::connection::Connection;
use crate::probe::conversation::limited_stream::LimitedStream;
use crate::probe::timing::micros;

/// A connection after this library's handshake.
pub(super) type Stream = TlsStream<LimitedStream<Connection>>;

/// Everything that browsers take, and CBC suites with SHA-2 beside it; TLS 1.2 alone.
pub(super) const LIKE_BROWSERS: &str = "20241106";
/// The same and finite fields and 3DES, from TLS 1.0 to 1.2, the better ones first.
pub(super) const OLD: &str = "20210825_gcm";
/// All that the library knows, down to RC4 and SSL 3.0, and P-521.
pub(super) const ALL: &str = "test_all_tls12";

/// One handshake.
pub(super) struct Attempt {
    /// What the server said in clear.
    pub flight: ServerFlight,
    /// The connection, where the handshake completed.
    pub stream: Option<Stream>,
    /// How long it took, in microseconds.
    pub elapsed_us: u64,
}

/// What one handshake may take.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Its deadline.
    pub deadline: Duration,
    /// Octets that the connection may read, this handshake and what comes after it.
    pub octets_max: usize,
    /// Octets of the handshake that are kept.
    pub flight_octets_max: usize,
}

/// Shakes hands under a policy. Where there is ALPN it offers HTTP/1.1: HTTP/2 forbids most of the
/// suites that this library is for (RFC 9113 §9.2.2).
///
/// # Errors
/// When the library rejects its configuration: a fault of ours.
pub(super) async fn shake_hands(
    tcp: Connection,
    host: &Host,
    policy: &str,
    is_web: bool,
    bounds: Bounds,
) -> Result<Attempt, Error> {
    let connector = TlsConnector::new(config(policy, is_web)?);
    // An empty name sends none, as is right for addresses (RFC 6066 §3).
    let name = host.name().map_or("", |name| name.as_str().trim_end_matches('.'));
    let mut wire = LimitedStream::new(tcp, bounds.octets_max).recording(bounds.flight_octets_max);
    let started = Instant::now();
    let outcome = tokio::time::timeout(bounds.deadline, connector.connect(name, &mut wire)).await;
    let elapsed_us = micros(started.elapsed());
    let connection = match outcome {
        Ok(Ok(stream)) => Some(stream.into_parts().0),
        Ok(Err(_)) | Err(_) => None,
    };
    let flight = ServerFlight::read(&wire.take_recording());
    let stream = connection.map(|connection| TlsStream::from_parts(connection, wire));
    Ok(Attempt { flight, stream, elapsed_us })
}

/// The protocol that ALPN chose.
pub(super) fn alpn(stream: &Stream) -> Option<String> {
    let name = stream.as_ref().application_protocol()?;
    Some(String::from_utf8_lossy(name).into_owned())
}

fn config(policy: &str, is_web: bool) -> Result<Config, Error> {
    let mut builder = Builder::new();
    builder
        .with_system_certs(false)?
        .set_security_policy(&Policy::from_version(policy)?)?
        .enable_ocsp()?
        // The library waits before it reports a peer's faults, so that attackers can't time it. What
        // is said here is known to everyone.
        .set_max_blinding_delay(1)?;
    if is_web {
        builder.set_application_protocol_preference([b"http/1.1"])?;
    }
    accept_any_chain(&mut builder)?;
    builder.build()
}

/// The chain is judged later, from itself. That the server holds the leaf's key is verified all the
/// same: the library checks the signature of the key exchange, or RSA's key exchange proves it.
fn accept_any_chain(builder: &mut Builder) -> Result<(), Error> {
    // It is called unsafe as a warning about trust; memory is not at stake. Nothing confidential is
    // ever sent over a connection of this program.
    #[allow(unsafe_code)]
    unsafe {
        builder.disable_x509_verification()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_knows_every_policy() {
        for policy in [LIKE_BROWSERS, OLD, ALL] {
            for is_web in [false, true] {
                config(policy, is_web).unwrap();
            }
        }
    }
}
