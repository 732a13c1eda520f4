//! TCP, TLS and HTTP with one address, as one conversation.
//!
//! One address, one attempt: no fallback, no redirect, no resumed session. Everything happens
//! inside the one future that [`Client::converse`] returns; dropping it ends the conversation.

mod greeting;
mod http;
mod iana;
mod limited_stream;
#[cfg(test)]
pub(super) mod testing;
mod tls;

use self::greeting::Greeter;
use self::http::{Exchange, Protocol};
use self::limited_stream::LimitedStream;
use self::tls::{Handshaker, Offer};
use super::connect::connect_with;
use super::farewell;
use super::timing::micros;
use crate::model::{
    Connected, Conversation, ConversationQuestion, Family, Greeting, GreetingQuestion, Name,
    Settings, Timeouts,
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
            Err(failure) => return Conversation { connect: Err(failure), tls: None, http: None },
        };
        let connect = Ok(Connected { elapsed_us: micros(elapsed) });

        let Some(host) = &question.tls else {
            let mut stream = LimitedStream::new(tcp, self.http.octets_max());
            let http = match &question.http {
                Some(ask) => Some(self.http.get(&mut stream, Protocol::Http1, ask, peer).await),
                None => None,
            };
            farewell::close(&mut stream).await;
            return Conversation { connect, tls: None, http };
        };

        match self.tls.shake_hands(tcp, peer, host, Offer::of(question.http.as_ref())).await {
            Err(failed) => Conversation { connect, tls: Some(Err(failed)), http: None },
            Ok((session, stream)) => {
                let mut stream = LimitedStream::new(stream, self.http.octets_max());
                let http = match &question.http {
                    Some(ask) => {
                        let protocol = Protocol::from_alpn(session.alpn.as_deref());
                        Some(self.http.get(&mut stream, protocol, ask, peer).await)
                    }
                    None => None,
                };
                farewell::close(&mut stream).await;
                Conversation { connect, tls: Some(Ok(session)), http }
            }
        }
    }
}
