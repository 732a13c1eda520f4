//! The second library takes over, where browsers may get further than the first one did.

use std::net::SocketAddr;

use super::browser_hello::{self, CHROMIUM, FIREFOX, Offer};
use super::second_stack::{self, ALL, Attempt, LIKE_BROWSERS, OLD};
use super::server_flight::{ServerHello, TLS12};
use super::session::session_in_clear;
use super::{Clientele, Handshaker, Reopen, Secured, Shaken};
use crate::model::{
    BrowserHello, HelloAnswer, Host, NetFailure, SecondStack, TlsFailed, TlsFailure, TlsSession,
};
use crate::probe::verifier;

impl Handshaker {
    /// Finds out what the server's clients get where the first library got nothing, and goes as far
    /// as the second library can. What the first one came to stays the result where the second one
    /// shows nothing else.
    pub(super) async fn take_over(
        &self,
        failed: TlsFailed,
        peer: SocketAddr,
        host: &Host,
        client: Clientele,
        reopen: &Reopen<'_>,
    ) -> Shaken {
        if !is_worthwhile(&failed) {
            return failed.into();
        }
        let browsers = match client {
            Clientele::MailServers => Vec::new(),
            Clientele::Browsers | Clientele::BrowsersOverHttp1 | Clientele::Programs => {
                self.ask_for_browsers(host, client, reopen).await
            }
        };
        if browsers.iter().any(|hello| matches!(hello.answer, HelloAnswer::Net { .. })) {
            return failed.into();
        }
        let is_agreed = browsers.iter().any(BrowserHello::is_agreed);
        let is_second_look = matches!(failed.failure, TlsFailure::Alert { .. }) && is_agreed;
        if is_second_look && let Some(tcp) = reopen().await {
            // An alert by chance would otherwise be taken for a trait of the server.
            let again = self.first.shake_hands(tcp, peer, host, client.alpn(), self.bounds).await;
            if let Ok((session, stream)) = again {
                let stream = Some(Secured::first(stream));
                return Shaken { tls: Ok(session), stream };
            }
        }
        let policies = if is_agreed { &[LIKE_BROWSERS, OLD, ALL][..] } else { &[OLD, ALL] };
        for policy in policies {
            let Some(tcp) = reopen().await else { break };
            let is_web = client.is_browser();
            let attempt = second_stack::shake_hands(tcp, host, policy, is_web, self.bounds).await;
            let attempt = match attempt {
                Ok(attempt) => attempt,
                Err(error) => {
                    let detail = format!("the second TLS library: {error}");
                    return TlsFailed::new(TlsFailure::Ours { detail }, failed.chain).into();
                }
            };
            // Nothing but a refusal is answered to more.
            if attempt.flight.hello.is_none() && *policy != ALL {
                continue;
            }
            let second = SecondStack {
                first: failed.failure.clone(),
                browsers,
                policy: (*policy).to_owned(),
            };
            return self.conclude(failed, client, second, attempt);
        }
        failed.into()
    }

    async fn ask_for_browsers(
        &self,
        host: &Host,
        client: Clientele,
        reopen: &Reopen<'_>,
    ) -> Vec<BrowserHello> {
        let alpn = client.alpn();
        let (octets_max, deadline) = (self.bounds.flight_octets_max, self.bounds.deadline);
        let mut browsers = Vec::new();
        for offer in [&CHROMIUM, &FIREFOX] {
            let Offer { browser, .. } = *offer;
            let answer = match reopen().await {
                Some(tcp) => browser_hello::ask(tcp, offer, host, alpn, octets_max, deadline).await,
                None => HelloAnswer::Net { failure: NetFailure::TimedOut },
            };
            let is_silence = matches!(answer, HelloAnswer::Net { .. });
            browsers.push(BrowserHello { browser, answer });
            if is_silence {
                break;
            }
        }
        browsers
    }

    /// What the second library's handshake and the browsers' hellos amount to.
    fn conclude(
        &self,
        failed: TlsFailed,
        client: Clientele,
        second: SecondStack,
        attempt: Attempt,
    ) -> Shaken {
        let Some(hello) = attempt.flight.hello else { return failed.into() };
        // What the first library speaks it would have got, had the server always answered so.
        let is_chance = is_broken_off(&failed.failure) && self.first.speaks(hello.cipher_suite);
        if is_chance && hello.version >= TLS12 {
            return failed.into();
        }
        let is_accepted = match client {
            Clientele::MailServers => {
                hello.version >= TLS12 && !is_broken_cipher(hello.cipher_suite)
            }
            Clientele::Browsers | Clientele::BrowsersOverHttp1 | Clientele::Programs => {
                second.browsers.iter().any(BrowserHello::is_agreed)
            }
        };
        let Attempt { flight, stream, elapsed_us } = attempt;
        let (is_done, asks_certificate) = (flight.is_done, flight.asks_certificate);
        let alert = flight.alert;
        let mut session = session_in_clear(flight, elapsed_us);
        session.second_stack = Some(Box::new(second));
        session.alpn = stream.as_ref().and_then(second_stack::alpn);
        let stream = stream.map(Secured::second);
        if !is_done && stream.is_some() {
            return TlsFailed::new(TlsFailure::ChainTooLarge, failed.chain).into();
        }
        let failure = if !is_accepted {
            failure_of(hello, &session, failed.failure)
        } else if let Some(detail) = verifier::weak_key(&session.chain) {
            TlsFailure::WeakKey { detail }
        } else if stream.is_some() {
            return Shaken { tls: Ok(session), stream };
        } else if asks_certificate {
            TlsFailure::ClientCertificate { alert }
        } else {
            let detail = "browsers are answered, and our libraries can't go on".to_owned();
            TlsFailure::Ours { detail }
        };
        // What broke off before the certificates was no session.
        let failed = match is_done {
            true => TlsFailed::with_session(failure, session),
            false => TlsFailed::new(failure, session.chain),
        };
        Shaken { tls: Err(failed), stream }
    }
}

impl From<TlsFailed> for Shaken {
    fn from(failed: TlsFailed) -> Self {
        Self { tls: Err(failed), stream: None }
    }
}

/// Whether other parameters may lead further: the server turned the hello down before it showed a
/// certificate, or our library can't go on with what it showed.
fn is_worthwhile(failed: &TlsFailed) -> bool {
    const UNRECOGNIZED_NAME: u8 = 112;
    match &failed.failure {
        TlsFailure::Alert { code, .. } => failed.chain.is_empty() && *code != UNRECOGNIZED_NAME,
        TlsFailure::Net { .. } => failed.chain.is_empty() && is_broken_off(&failed.failure),
        TlsFailure::NothingInCommon { .. } | TlsFailure::WeakKey { .. } => true,
        TlsFailure::Ours { .. } => !failed.chain.is_empty(),
        _ => false,
    }
}

fn is_broken_off(failure: &TlsFailure) -> bool {
    matches!(failure, TlsFailure::Net { failure: NetFailure::Closed | NetFailure::Reset })
}

/// Why clients don't get what the second library got; the first library's failure where what was
/// agreed on is no reason.
fn failure_of(hello: ServerHello, session: &TlsSession, first: TlsFailure) -> TlsFailure {
    if hello.version < TLS12 {
        TlsFailure::OldVersions { version: session.version.clone() }
    } else if !CHROMIUM.has(hello.cipher_suite) && !FIREFOX.has(hello.cipher_suite) {
        TlsFailure::OldSuites { cipher_suite: session.cipher_suite.clone() }
    } else {
        first
    }
}

/// Whether a cipher suite encrypts with 3DES, RC4, DES, IDEA or nothing: mail servers have left these
/// out since OpenSSL 1.1.
fn is_broken_cipher(cipher_suite: u16) -> bool {
    matches!(
        cipher_suite,
        0x0000..=0x002c | 0xc001..=0xc003 | 0xc006..=0xc008 | 0xc00b..=0xc00d | 0xc010..=0xc012
    )
}

#[cfg(test)]
mod tests;
