//! TCP, TLS and HTTP with one address, as one conversation.
//!
//! One address, one attempt: no redirect, no resumed session. Everything happens inside the one
//! future that [`Client::converse`] returns; dropping it ends the conversation. Only where our first
//! TLS library can't hold a handshake that browsers hold, further connections show what they get.

mod client_certificate;
pub(super) mod decoders;
mod greeting;
mod http;
mod iana;
mod limited_stream;
mod record_watch;
mod script;
#[cfg(test)]
pub(super) mod testing;
mod tls;

use futures_util::future::BoxFuture;

use self::greeting::Greeter;
use self::http::{Exchange, Protocol};
use self::limited_stream::LimitedStream;
use self::tls::{Clientele, Handshaker, Shaken};
use super::connect::connect_with;
use super::farewell;
use super::timing::micros;
use crate::model::{
    Connected, Conversation, ConversationQuestion, Family, Greeting, GreetingQuestion, HttpFailure,
    Name, Settings, Timeouts, TlsFailed,
};

/// Why conversations can't begin: the operator has something to fix.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The TLS library rejects what we configure.
    #[error("TLS can't be configured: {0}")]
    Tls(#[from] rustls::Error),
}

/// Holds conversations. One client serves a whole run; it keeps nothing between conversations.
pub struct Client {
    timeouts: Timeouts,
    tls: Handshaker,
    http: Exchange,
    greeter: Greeter,
}

impl Client {
    /// Prepares the TLS configuration and the limits.
    ///
    /// # Errors
    /// When the TLS library rejects its configuration.
    pub fn new(settings: &Settings) -> Result<Self, ClientError> {
        let http = Exchange::new(&settings.timeouts, &settings.limits);
        let tls = Handshaker::new(&settings.timeouts, &settings.limits, http.octets_max())?;
        Ok(Self { timeouts: settings.timeouts, tls, http, greeter: Greeter::new(settings) })
    }

    /// Learns the names of our own addresses.
    pub fn introduce_as(&self, names: &[(Family, Name)]) {
        self.greeter.introduce_as(names);
    }

    /// Exchanges greetings, with TLS where and when the question says.
    pub async fn greet(&self, question: &GreetingQuestion) -> Greeting {
        self.greeter.greet(&self.tls, question).await
    }

    /// Connects, shakes hands and asks, as far as the question goes and the layers hold.
    pub async fn converse(&self, question: &ConversationQuestion) -> Conversation {
        let peer = question.address;
        let (tcp, elapsed) = match connect_with(peer, question.mss, self.timeouts.connect).await {
            Ok(established) => established,
            Err(failure) => {
                return Conversation {
                    connect: Err(failure),
                    tls: None,
                    http: None,
                    recheck: None,
                };
            }
        };
        let connect = Ok(Connected { elapsed_us: micros(elapsed) });

        let Some(host) = &question.tls else {
            let mut stream = LimitedStream::new(tcp, self.http.octets_max());
            let http = match &question.http {
                Some(ask) => Some(self.http.get(&mut stream, Protocol::Http1, ask, peer).await),
                None => None,
            };
            farewell::close(&mut stream).await;
            return Conversation { connect, tls: None, http, recheck: None };
        };

        let clientele = match &question.http {
            Some(ask) if ask.only_http1 => Clientele::BrowsersOverHttp1,
            Some(_) => Clientele::Browsers,
            None => Clientele::Programs,
        };
        let reopen = || {
            let again = connect_with(peer, question.mss, self.timeouts.connect);
            Box::pin(async { again.await.ok().map(|(tcp, _)| tcp) }) as BoxFuture<'_, _>
        };
        let shaken = self.tls.shake_hands(tcp, peer, host, clientele, &reopen).await;
        let Shaken { mut tls, stream } = shaken;
        let Some(stream) = stream else {
            return Conversation { connect, tls: Some(tls), http: None, recheck: None };
        };
        let mut stream = LimitedStream::new(stream, self.http.octets_max());
        let mut http = None;
        if let Some(ask) = &question.http {
            let session = tls.as_ref().map_or_else(TlsFailed::session, Some);
            let alpn = session.and_then(|session| session.alpn.as_deref());
            let exchanged = self.http.get(&mut stream, Protocol::from_alpn(alpn), ask, peer).await;
            http = Some(exchanged.map_err(|failure| match stream.get_ref().received_alert() {
                Some(code) => HttpFailure::TlsAlert { code, name: iana::alert_of(code).to_owned() },
                None => failure,
            }));
        }
        tls = match tls {
            Ok(mut session) => {
                session.asks_client_certificate |= stream.get_ref().is_renegotiation_asked();
                let refusal = match &http {
                    Some(Err(failure)) => {
                        client_certificate::refusal_of_request(&session, stream.get_ref(), failure)
                    }
                    Some(Ok(_)) => None,
                    None => client_certificate::await_refusal(&session, &mut stream, peer).await,
                };
                match refusal {
                    Some(refusal) => {
                        http = None;
                        Err(TlsFailed::with_session(refusal, session))
                    }
                    None => Ok(session),
                }
            }
            Err(mut failed) => {
                // Clients don't get as far.
                let seen = http.take();
                if let Some(behind) = &mut failed.behind {
                    behind.http = seen;
                }
                Err(failed)
            }
        };
        farewell::close(&mut stream).await;
        Conversation { connect, tls: Some(tls), http, recheck: None }
    }
}
