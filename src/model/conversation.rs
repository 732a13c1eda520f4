//! What one TCP connection showed: the connect, the TLS handshake on it, the HTTP exchange on that.

use serde::{Deserialize, Serialize};

use super::{
    BodyEnd, HttpFailure, HttpResponse, NetFailure, Recheck, TlsFailed, TlsFailure, TlsSession,
};

/// One connection, seen layer by layer. A layer is `None` when it was not asked for or when the
/// layer below it failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// The TCP handshake.
    pub connect: Result<Connected, NetFailure>,
    /// The TLS handshake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<Result<TlsSession, TlsFailed>>,
    /// The HTTP exchange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<Result<HttpResponse, HttpFailure>>,
    /// Where it ended as servers end it that have had enough of a client: whether the address still answers
    /// what it had answered before. `None` where it had answered nothing in this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recheck: Option<Box<Recheck>>,
}

/// An established TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connected {
    /// From SYN to SYN-ACK, in microseconds.
    pub elapsed_us: u64,
}

impl Conversation {
    /// The first failure on the way up, if it lies on our own machine.
    pub fn our_fault(&self) -> Option<&NetFailure> {
        let failure = match (&self.connect, &self.tls, &self.http) {
            (Err(failure), _, _) => failure,
            (_, Some(Err(TlsFailed { failure: TlsFailure::Net { failure }, .. })), _) => failure,
            (_, _, Some(Err(HttpFailure::Net { failure }))) => failure,
            _ => return None,
        };
        failure.is_ours().then_some(failure)
    }

    /// Whether a deadline ended it, at whatever layer.
    pub fn timed_out(&self) -> bool {
        let failure = match (&self.connect, &self.tls, &self.http) {
            (Err(failure), _, _) => failure,
            (_, Some(Err(TlsFailed { failure: TlsFailure::Net { failure }, .. })), _) => failure,
            (_, _, Some(Err(HttpFailure::Net { failure }))) => failure,
            (_, _, Some(Ok(response))) => return response.body_end == BodyEnd::TimedOut,
            _ => return false,
        };
        *failure == NetFailure::TimedOut
    }

    /// Whether it was ended by our own machine or by our own library.
    pub fn is_our_fault(&self) -> bool {
        let library = |failed: &TlsFailed| matches!(failed.failure, TlsFailure::Ours { .. });
        self.our_fault().is_some() || matches!(&self.tls, Some(Err(failed)) if library(failed))
    }

    /// Whether it ended as servers end it that have had enough of a client: by a status that says so, by a
    /// reset or the end of a connection that was taken, or by HTTP/2's ENHANCE_YOUR_CALM. Any of these may
    /// mean something else.
    pub fn is_refusal(&self) -> bool {
        let is_cut =
            |failure: &NetFailure| matches!(failure, NetFailure::Reset | NetFailure::Closed);
        match (&self.connect, &self.tls, &self.http) {
            (Err(_), _, _) => false,
            (_, _, Some(Ok(response))) => response.turns_away(),
            (_, _, Some(Err(HttpFailure::Net { failure }))) => is_cut(failure),
            (_, _, Some(Err(failure))) => failure.asks_for_calm(),
            (_, Some(Err(TlsFailed { failure: TlsFailure::Net { failure }, .. })), _) => {
                is_cut(failure)
            }
            _ => false,
        }
    }

    /// Whether the address turns us away, whatever we ask: it answered earlier in the run, and by now it
    /// refuses that very request too.
    pub fn is_turned_away(&self) -> bool {
        self.recheck.as_ref().is_some_and(|recheck| recheck.is_refused())
    }

    /// Whether the server wants a certificate of the client, and shows nothing more without one: it
    /// ended for want of it, or it asked and answers that the client may not pass. nginx and IIS let
    /// the handshake pass and say so by 400 and 403.
    pub fn wants_client_certificate(&self) -> bool {
        match (&self.tls, &self.http) {
            (Some(Err(failed)), _) => {
                matches!(failed.failure, TlsFailure::ClientCertificate { .. })
            }
            (Some(Ok(session)), Some(Ok(response))) => {
                session.asks_client_certificate
                    && matches!(response.status, 400 | 401 | 403 | 495 | 496)
            }
            _ => false,
        }
    }
}
