//! Servers that want a certificate of the client. In TLS 1.3 they say so only after the handshake
//! (RFC 8446 §4.4.2.4), on whatever is read next.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::tls::ReceivedAlert;
use crate::model::{HttpFailure, NetFailure, TlsFailure, TlsSession};
use crate::probe::errors;

/// How long a server may take to refuse a client of which nothing is asked. One that says nothing
/// until then lets it in.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the server may still end the handshake for want of a certificate.
fn may_refuse(session: &TlsSession) -> bool {
    session.asks_client_certificate && session.version == "TLSv1.3"
}

/// The refusal that the end of a connection is, before anything was said over this session.
pub(super) fn refusal(
    session: &TlsSession,
    failure: &NetFailure,
    alert: Option<u8>,
) -> Option<TlsFailure> {
    let is_refusal = may_refuse(session) && (alert.is_some() || is_end(failure));
    is_refusal.then_some(TlsFailure::ClientCertificate { alert })
}

/// The same of a failed HTTP exchange.
pub(super) fn refusal_of_request(
    session: &TlsSession,
    failure: &HttpFailure,
) -> Option<TlsFailure> {
    match failure {
        HttpFailure::TlsAlert { code, .. } => refusal(session, &NetFailure::Closed, Some(*code)),
        HttpFailure::Net { failure } => refusal(session, failure, None),
        _ => None,
    }
}

/// Waits for the refusal where nothing is asked over the connection.
pub(super) async fn await_refusal(
    session: &TlsSession,
    stream: &mut (impl AsyncRead + Unpin),
    peer: SocketAddr,
) -> Option<TlsFailure> {
    if !may_refuse(session) {
        return None;
    }
    let error = match tokio::time::timeout(PATIENCE, stream.read(&mut [0])).await {
        Ok(Ok(0)) => io::ErrorKind::UnexpectedEof.into(),
        Ok(Err(error)) => error,
        Ok(Ok(_)) | Err(_) => return None,
    };
    let alert = ReceivedAlert::of(&error).map(|alert| alert.code);
    refusal(session, &errors::io_failure(&error, peer.ip()), alert)
}

/// Whether the server ended the connection.
fn is_end(failure: &NetFailure) -> bool {
    matches!(failure, NetFailure::Closed | NetFailure::Reset)
}
