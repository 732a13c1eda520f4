//! Servers that want a certificate of the client. In TLS 1.3 they say so only after the handshake
//! (RFC 8446 §4.4.2.4), on whatever is read next. In TLS 1.2 some ask only once they know the request,
//! by a new handshake on the same connection; our libraries decline that.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;

use super::limited_stream::LimitedStream;
use super::tls::Secured;
use crate::model::{HttpFailure, NetFailure, TlsFailure, TlsSession};
use crate::probe::errors;

/// How long a server may take to refuse a client of which nothing is asked. One that says nothing
/// until then lets it in.
const PATIENCE: Duration = Duration::from_secs(2);

/// The refusal that the end of a connection is, before anything was said over this session. Where the
/// handshake of TLS 1.2 asked, it has passed without a certificate: only a new one can be refused.
pub(super) fn refusal(
    session: &TlsSession,
    stream: &Secured,
    failure: &NetFailure,
) -> Option<TlsFailure> {
    let alert = stream.received_alert();
    let is_end = alert.is_some() || matches!(failure, NetFailure::Closed | NetFailure::Reset);
    let may_refuse = stream.is_renegotiation_asked() || may_refuse(session);
    (is_end && may_refuse).then_some(TlsFailure::ClientCertificate { alert })
}

/// The same of a failed HTTP exchange.
pub(super) fn refusal_of_request(
    session: &TlsSession,
    stream: &Secured,
    failure: &HttpFailure,
) -> Option<TlsFailure> {
    match failure {
        HttpFailure::TlsAlert { .. } => refusal(session, stream, &NetFailure::Closed),
        HttpFailure::Net { failure } => refusal(session, stream, failure),
        _ => None,
    }
}

/// Waits for the refusal where nothing is asked over the connection.
pub(super) async fn await_refusal(
    session: &TlsSession,
    stream: &mut LimitedStream<Secured>,
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
    refusal(session, stream.get_ref(), &errors::io_failure(&error, peer.ip()))
}

/// Whether the server may still end the handshake for want of a certificate.
fn may_refuse(session: &TlsSession) -> bool {
    session.asks_client_certificate && session.version == "TLSv1.3"
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::version;

    use crate::model::{Blob, TlsFailure};
    use crate::probe::conversation::testing::{
        TlsServer, ask_https, ask_tls, converse, ordinary, patient, reply_with, serve_over_tls,
    };

    /// A server of one version that wants clients to show a certificate, or only asks for it.
    fn server(version: &'static rustls::SupportedProtocolVersion, must: bool) -> TlsServer {
        let ordinary = ordinary();
        let mut roots = rustls::RootCertStore::empty();
        roots.add(ordinary.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let clients =
            rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let clients = if must { clients } else { clients.allow_unauthenticated() };
        TlsServer {
            clients: Some(clients.build().unwrap()),
            versions: vec![version],
            ..TlsServer::of(ordinary)
        }
    }

    #[tokio::test]
    async fn a_certificate_that_is_required() {
        for (version, name) in [(&version::TLS12, "TLSv1.2"), (&version::TLS13, "TLSv1.3")] {
            for alpn in [&[][..], &["http/1.1"], &["h2"]] {
                for is_web in [false, true] {
                    let server = TlsServer { alpn, ..server(version, true) };
                    let leaf = Blob::new(server.chain[0].as_ref());
                    let reply = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
                    let address =
                        serve_over_tls("[::1]:0", server, |stream| reply_with(stream, reply)).await;
                    let question = match is_web {
                        true => ask_https(address),
                        false => ask_tls(address, "www.example.vn"),
                    };
                    let seen = converse(&patient(), &question).await;
                    assert!(seen.wants_client_certificate() && seen.http.is_none(), "{seen:?}");
                    let failed = seen.tls.unwrap().unwrap_err();
                    let is_it = matches!(failed.failure, TlsFailure::ClientCertificate { .. });
                    assert!(is_it, "{failed:?}");
                    let session = failed.session().unwrap();
                    assert_eq!((session.version.as_str(), &session.chain), (name, &vec![leaf]));
                    assert!(session.asks_client_certificate && session.group.is_some());
                    assert!(session.cipher_suite.starts_with("TLS_"), "{session:?}");
                }
            }
        }
    }

    #[tokio::test]
    async fn a_certificate_that_is_only_asked_for() {
        for version in [&version::TLS12, &version::TLS13] {
            for (status, wants) in [("200 OK", false), ("400 Bad Request", true)] {
                let reply = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").into_bytes();
                let server = server(version, false);
                let address =
                    serve_over_tls("[::1]:0", server, |stream| reply_with(stream, reply)).await;
                let seen = converse(&patient(), &ask_https(address)).await;
                assert_eq!(seen.wants_client_certificate(), wants, "{seen:?}");
                assert!(seen.tls.unwrap().unwrap().asks_client_certificate);
                assert!(seen.http.unwrap().is_ok());
            }
        }
    }
}
