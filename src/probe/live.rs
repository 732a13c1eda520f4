//! Asks the network: dispatches a request to its prober when pacing lets it go, and dates what
//! came of it.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tracing::Instrument as _;

use super::dns::DroppedAnswers;
use super::echo::EchoSockets;
use super::pacing::{Pacing, Permit};
use super::recheck::Answered;
use super::tally::Tally;
use super::timing::micros;
use super::{conversation, dns, echo, legacy_tls, ntp, quic, route, trace, validator};
use crate::model::{
    Family, Name, Observation, OriginTable, Question, Reply, Request, Settings, Timeouts, Timings,
    Transport,
};

/// Why asking can't begin: the operator has something to fix.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// [`Live::new`] was called outside of a tokio runtime: a fault of the program.
    #[error("asking the network needs a tokio runtime")]
    NoRuntime,
    /// The sockets for DNS can't be opened, most often for want of file descriptors.
    #[error("the sockets for DNS can't be opened")]
    Sockets(#[source] io::Error),
    /// The TLS client can't be set up, such as for an unusable certificate in `extra_ca`.
    #[error("connections can't be set up")]
    Conversations(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A DNS question whose pace may have been why no whole answer came is asked again so often, the last
/// time at the pace of the beginning.
const SLOWER_MAX: u8 = 2;

/// The prober of a live run. Many tasks share one.
pub struct Live {
    pacing: Pacing,
    tally: Arc<Tally>,
    dns: dns::Client,
    conversations: conversation::Client,
    answered: Answered,
    timeouts: Timeouts,
    quic: quic::Client,
    echo: echo::Client,
    origins: Option<Arc<OriginTable>>,
    validator: Option<validator::Client>,
}

impl Live {
    /// Opens the shared sockets; must be called within a tokio runtime, and used within the same.
    ///
    /// # Errors
    /// What the operator must fix before anything can be asked.
    pub fn new(settings: &Settings) -> Result<Self, LiveError> {
        Handle::try_current().map_err(|_| LiveError::NoRuntime)?;
        Self::with_echo(settings, EchoSockets::open())
    }

    /// As [`Live::new`], with sockets for echo that were opened before, within the same runtime.
    ///
    /// # Errors
    /// As [`Live::new`].
    pub fn with_echo(settings: &Settings, echo: EchoSockets) -> Result<Self, LiveError> {
        Handle::try_current().map_err(|_| LiveError::NoRuntime)?;
        let tally = Arc::new(Tally::default());
        Ok(Self {
            pacing: Pacing::new(settings, Arc::clone(&tally)),
            tally,
            dns: dns::Client::new(settings).map_err(LiveError::Sockets)?,
            conversations: conversation::Client::new(settings)
                .map_err(|error| LiveError::Conversations(error.into()))?,
            answered: Answered::default(),
            timeouts: settings.timeouts,
            quic: quic::Client::new(settings)
                .map_err(|error| LiveError::Conversations(error.into()))?,
            echo: echo::Client::new(echo, settings.timeouts.connect),
            origins: settings.origin_table.clone(),
            validator: settings
                .rpki_validator
                .map(|address| validator::Client::new(address, settings.timeouts.http)),
        })
    }

    /// The names by which we introduce ourselves to mail servers where the settings have none.
    pub fn introduce_as(&self, names: &[(Family, Name)]) {
        self.conversations.introduce_as(names);
    }

    /// Sends one request, when pacing lets it go. Waiting for that counts in no deadline: `observed_at` is
    /// when the request left, and `elapsed_us` runs from there. Dropping the future abandons the
    /// request and frees its permit.
    ///
    /// A DNS question to a server that is asked faster than at the beginning may be lost, cut off or refused
    /// for that reason alone. It is asked again, more slowly: what is observed is what the server says to
    /// those who ask gently.
    pub async fn ask(&self, request: &Request) -> Observation {
        let mut slower = 0;
        loop {
            let wanted = Instant::now();
            let permit = self.permit(&request.question).await;
            let observed_at = Timestamp::now();
            let started = Instant::now();
            let span = trace::request_span(request);
            // Boxed, so that the many requests that wait for their permit take no memory for it.
            let exchange = self.exchange(&request.question).instrument(span.clone());
            let Some(reply) = Box::pin(exchange).await else { continue };
            let elapsed = started.elapsed();
            let elapsed_us = micros(elapsed);
            tracing::debug!(parent: &span, outcome = %trace::outcome(&reply), elapsed_us, "request ended");
            if let Some(address) = address(&request.question) {
                self.tally.server(address, started - wanted, elapsed);
            }
            let is_dns = matches!(request.question, Question::Dns(_));
            let may_be_ours = is_dns
                && permit.as_ref().is_some_and(|permit| permit.hear(elapsed, dns::sign(&reply)));
            if may_be_ours && slower < SLOWER_MAX {
                slower += 1;
                if slower == SLOWER_MAX
                    && let Some(permit) = &permit
                {
                    permit.go_back();
                }
                self.tally.slowed();
                tracing::debug!(parent: &span, "asked again, more slowly");
                continue;
            }
            drop(permit);
            return Observation { request: request.clone(), observed_at, elapsed_us, reply };
        }
    }

    /// Adds what requests waited for, and which addresses took most time.
    pub fn add_timings(&self, timings: &mut Timings) {
        self.tally.add_to(timings);
    }

    /// Waits until pacing lets a request go; `None` for what is sent to nobody.
    async fn permit(&self, question: &Question) -> Option<Permit<'_>> {
        Some(match question {
            Question::Dns(question) => {
                self.pacing.dns_permit(question.server.ip(), question.transport).await
            }
            Question::Conversation(question) => {
                self.pacing.conversation_permit(question.address.ip()).await
            }
            Question::Greeting(question) => {
                self.pacing.exclusive_permit(question.address.ip()).await
            }
            Question::Ntp(question) => {
                self.pacing.dns_permit(question.server.ip(), Transport::Udp).await
            }
            Question::LegacyHello(question) => {
                self.pacing.conversation_permit(question.address.ip()).await
            }
            Question::Quic(question) => {
                self.pacing.conversation_permit(question.address.ip()).await
            }
            Question::Echo(question) => self.pacing.echo_permit(question.address).await,
            Question::Route(_) | Question::Origin(_) => return None,
        })
    }

    /// Asks the prober of this kind of question. Each is boxed, so that a small one takes no memory
    /// for the large ones. `None` where the question has to be asked again, on a connection of its own.
    async fn exchange(&self, question: &Question) -> Option<Reply> {
        Some(match question {
            Question::Dns(question) => return Box::pin(self.dns.exchange(question)).await,
            Question::Conversation(question) => {
                let asked_at = Timestamp::now();
                let client = &self.conversations;
                let mut seen = Box::pin(client.converse(question)).await;
                let recheck = self.answered.recheck(client, question, &seen, asked_at);
                seen.recheck = Box::pin(recheck).await.map(Box::new);
                if seen.is_turned_away() {
                    self.pacing.slow_down(question.address.ip());
                }
                Reply::Conversation(Box::new(seen))
            }
            Question::Greeting(question) => {
                Reply::Greeting(Box::new(Box::pin(self.conversations.greet(question)).await))
            }
            Question::Ntp(question) => {
                Reply::Ntp(Box::pin(ntp::exchange(question, self.timeouts.dns)).await)
            }
            Question::LegacyHello(question) => {
                Reply::LegacyHello(Box::pin(legacy_tls::greet(question, &self.timeouts)).await)
            }
            Question::Quic(question) => {
                Reply::Quic(Box::pin(self.quic.shake_hands(question)).await)
            }
            Question::Echo(question) => Reply::Echo(Box::pin(self.echo.exchange(question)).await),
            Question::Origin(question) => {
                let found = self.origins.as_ref().map(|table| table.find(question.address));
                Reply::Origin(match (found, &self.validator) {
                    (Some(found), Some(validator)) => Some(validator.complete(found).await),
                    (found, _) => found,
                })
            }
            Question::Route(address) => Reply::Route(route::source_toward(*address)),
        })
    }

    /// The DNS messages dropped until now, because they answered no question of ours: many of
    /// them mean a forger, or a network that repeats packets.
    pub fn dropped_answers(&self) -> DroppedAnswers {
        self.dns.dropped()
    }
}

/// Where a question goes; `None` for what is sent to nobody.
fn address(question: &Question) -> Option<IpAddr> {
    Some(match question {
        Question::Dns(question) => question.server.ip(),
        Question::Conversation(question) => question.address.ip(),
        Question::Greeting(question) => question.address.ip(),
        Question::Ntp(question) => question.server.ip(),
        Question::LegacyHello(question) => question.address.ip(),
        Question::Quic(question) => question.address.ip(),
        Question::Echo(question) => question.address,
        Question::Route(_) | Question::Origin(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv6Addr, SocketAddr};
    use std::time::Duration;

    use tokio::net::UdpSocket;

    use super::*;
    use crate::model::{DnsQuestion, Limits, Name, NetFailure, RecordType};

    fn question(server: SocketAddr) -> Request {
        Request::first(Question::Dns(DnsQuestion {
            server,
            transport: Transport::Udp,
            name: Name::from_presentation("www.example.vn"),
            record_type: RecordType::AAAA,
            recursion_desired: false,
            checking_disabled: false,
            dnssec_ok: false,
            without_edns: false,
        }))
    }

    fn settings(dns: Duration) -> Settings {
        let defaults = Settings::default();
        Settings {
            timeouts: Timeouts { dns, ..defaults.timeouts },
            limits: Limits { dns_in_flight: 1, ..defaults.limits },
            ..defaults
        }
    }

    #[test]
    fn without_a_runtime_nothing_can_be_asked() {
        let live = Live::new(&Settings::default());
        assert!(matches!(live.err(), Some(LiveError::NoRuntime)));
    }

    #[tokio::test]
    async fn routes_are_looked_up() {
        let loopback = IpAddr::V6(Ipv6Addr::LOCALHOST);
        let live = Live::new(&Settings::default()).unwrap();
        let request = Request::first(Question::Route(loopback));
        let observation = live.ask(&request).await;
        assert_eq!(observation.reply, Reply::Route(Ok(loopback)));
        assert_eq!(observation.request, request);
    }

    #[tokio::test]
    async fn waiting_for_a_permit_counts_in_no_deadline() {
        let silent = UdpSocket::bind("[::1]:0").await.unwrap();
        let deadline = Duration::from_millis(150);
        let live = Live::new(&settings(deadline)).unwrap();
        let request = question(silent.local_addr().unwrap());
        // One permit for two: the second is asked when the first has timed out.
        let (first, second) = tokio::join!(live.ask(&request), live.ask(&request));
        for observation in [&first, &second] {
            assert_eq!(observation.reply, Reply::DnsFailed(NetFailure::TimedOut));
            assert!(u128::from(observation.elapsed_us) >= deadline.as_micros());
        }
        let apart = second.observed_at.duration_since(first.observed_at).unsigned_abs();
        assert!(apart >= deadline - Duration::from_millis(5), "{apart:?}");
    }

    #[tokio::test]
    async fn an_abandoned_request_frees_its_permit() {
        let server = UdpSocket::bind("[::1]:0").await.unwrap();
        let live = Live::new(&settings(Duration::from_secs(30))).unwrap();
        let request = question(server.local_addr().unwrap());
        let mut query = [0; 512];
        tokio::select! {
            observation = live.ask(&request) => panic!("answered: {observation:?}"),
            received = server.recv_from(&mut query) => { received.unwrap(); }
        }
        let respond = async {
            let (octets, from) = server.recv_from(&mut query).await.unwrap();
            query[2] |= 0x80;
            server.send_to(&query[..octets], from).await.unwrap();
        };
        let (observation, ()) = tokio::join!(live.ask(&request), respond);
        assert!(matches!(observation.reply, Reply::Dns(_)));
    }
}
