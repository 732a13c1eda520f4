//! Greetings: connect, listen, say hello, ask for TLS where it is offered, close.
//!
//! No message is sent, no account is touched, and the first refusal ends the exchange.

mod answer;

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::Instant;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use self::answer::{Form, Parsed};
use super::client_certificate;
use super::script::Script;
use super::tls::{Clientele, Handshaker};
use crate::model::{
    Answer, Connected, Conversation, Family, Greeting, GreetingFailure, GreetingQuestion, Limits,
    Meaning, Name, NetFailure, Protocol, Security, Settings, Starttls, Timeouts, TlsFailed,
};
use crate::probe::connect::connect;
use crate::probe::connection::Connection;
use crate::probe::timing::micros;
use crate::probe::{errors, farewell};

/// Octets that are read at once.
const PART_OCTETS: usize = 4096;

/// Exchanges greetings.
pub(super) struct Greeter {
    timeouts: Timeouts,
    limits: Limits,
    helo: Option<String>,
    /// The names of our own addresses that lead back to them.
    own_names: OnceLock<Vec<(Family, Name)>>,
}

impl Greeter {
    /// Takes over the deadlines, the limits and our name.
    pub fn new(settings: &Settings) -> Self {
        Self {
            timeouts: settings.timeouts,
            limits: settings.limits,
            helo: settings.helo.clone(),
            own_names: OnceLock::new(),
        }
    }

    /// Learns the names of our own addresses; what was learnt first stays.
    pub fn introduce_as(&self, names: &[(Family, Name)]) {
        let _ = self.own_names.set(names.to_vec());
    }

    /// How we introduce ourselves from an address (RFC 5321 §4.1.4): by the declared name, by the
    /// address's own, by that of our other address, or by the address itself.
    fn introduction(&self, own: IpAddr) -> String {
        if let Some(declared) = &self.helo {
            return declared.clone();
        }
        let names = self.own_names.get().map(Vec::as_slice).unwrap_or_default();
        let of_family = names.iter().find(|(family, _)| *family == Family::of(own));
        match of_family.or(names.first()) {
            Some((_, name)) => name.to_string().trim_end_matches('.').to_owned(),
            None => address_literal(own),
        }
    }

    /// Connects once and exchanges greetings.
    pub async fn greet(&self, tls: &Handshaker, question: &GreetingQuestion) -> Greeting {
        let mut seen = unconnected(Err(NetFailure::TimedOut));
        match connect(question.address, self.timeouts.connect).await {
            Err(failure) => seen.conversation.connect = Err(failure),
            Ok((tcp, elapsed)) => {
                seen.conversation.connect = Ok(Connected { elapsed_us: micros(elapsed) });
                self.exchange(tcp, tls, question, &mut seen).await;
            }
        }
        seen
    }

    /// What a server that says just this is taken to say. For the fuzz targets.
    pub async fn hear(&self, octets: &[u8], protocol: Protocol, peer: SocketAddr) -> Greeting {
        let mut seen = unconnected(Err(NetFailure::TimedOut));
        let mut line = self.line_stream(Script::speaking_first(octets), peer);
        line.exchange_hello(protocol, "[2001:db8::1]", &mut seen).await;
        if let Some(Ok(hello)) = &seen.hello
            && answer::offers_tls(protocol, &hello.lines)
        {
            seen.starttls = Some(line.ask_for_tls(protocol).await);
        }
        seen
    }

    async fn exchange(
        &self,
        tcp: Connection,
        tls: &Handshaker,
        question: &GreetingQuestion,
        seen: &mut Greeting,
    ) {
        let (peer, host) = (question.address, &question.host);
        let own = tcp.local_addr().map_or(peer.ip(), |address| address.ip().to_canonical());
        let helo = self.introduction(own);
        if question.security == Security::Implicit {
            let reopen = || Box::pin(self.open_again(peer)) as BoxFuture<'_, _>;
            let shaken = tls.shake_hands(tcp, peer, host, Clientele::Programs, &reopen).await;
            seen.conversation.tls = Some(match (shaken.tls, shaken.stream) {
                (Ok(session), Some(stream)) => {
                    let mut line = self.line_stream(stream, peer);
                    line.exchange_hello(question.protocol, &helo, seen).await;
                    let refusal = match &seen.banner {
                        Some(Err(GreetingFailure::Net { failure })) => {
                            client_certificate::refusal(&session, &line.stream, failure)
                        }
                        _ => None,
                    };
                    line.say_goodbye(question.protocol).await;
                    match refusal {
                        Some(refusal) => {
                            seen.banner = None;
                            Err(TlsFailed::with_session(refusal, session))
                        }
                        None => Ok(session),
                    }
                }
                (tls, _) => tls,
            });
            return;
        }
        let mut line = self.line_stream(tcp, peer);
        line.exchange_hello(question.protocol, &helo, seen).await;
        let Some(Ok(hello)) =
            seen.hello.as_ref().filter(|_| question.security == Security::Starttls)
        else {
            return line.say_goodbye(question.protocol).await;
        };
        let offered =
            hello.meaning == Meaning::Yes && answer::offers_tls(question.protocol, &hello.lines);
        let outcome =
            if offered { line.ask_for_tls(question.protocol).await } else { Starttls::NotOffered };
        let begun = outcome == Starttls::Begun;
        seen.starttls = Some(outcome);
        if !begun {
            return line.say_goodbye(question.protocol).await;
        }
        let clientele = match (question.protocol, peer.port()) {
            (Protocol::Smtp, 25) => Clientele::MailServers,
            _ => Clientele::Programs,
        };
        let reopen = || Box::pin(self.begin_tls_again(peer, question, &helo)) as BoxFuture<'_, _>;
        let shaken = tls.shake_hands(line.stream, peer, host, clientele, &reopen).await;
        if let (Ok(_), Some(stream)) = (&shaken.tls, shaken.stream) {
            self.line_stream(stream, peer).say_goodbye(question.protocol).await;
        }
        seen.conversation.tls = Some(shaken.tls);
    }

    async fn open_again(&self, peer: SocketAddr) -> Option<Connection> {
        connect(peer, self.timeouts.connect).await.ok().map(|(tcp, _)| tcp)
    }

    /// A new connection on which TLS has been asked for, as before.
    async fn begin_tls_again(
        &self,
        peer: SocketAddr,
        question: &GreetingQuestion,
        helo: &str,
    ) -> Option<Connection> {
        let mut line = self.line_stream(self.open_again(peer).await?, peer);
        let mut again = unconnected(Err(NetFailure::TimedOut));
        line.exchange_hello(question.protocol, helo, &mut again).await;
        let is_greeted = matches!(again.hello, Some(Ok(Answer { meaning: Meaning::Yes, .. })));
        let begun = is_greeted && line.ask_for_tls(question.protocol).await == Starttls::Begun;
        begun.then_some(line.stream)
    }

    fn line_stream<S>(&self, stream: S, peer: SocketAddr) -> LineStream<'_, S> {
        LineStream { stream, peer, read: Vec::new(), greeter: self }
    }
}

fn unconnected(connect: Result<Connected, NetFailure>) -> Greeting {
    let conversation = Conversation { connect, tls: None, http: None, recheck: None };
    Greeting { conversation, banner: None, hello: None, refused_ehlo: None, starttls: None }
}

/// A client without a name of its own gives its address (RFC 5321 §4.1.3).
fn address_literal(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    }
}

/// A connection on which lines are exchanged.
struct LineStream<'a, S> {
    stream: S,
    peer: SocketAddr,
    /// Octets that came and belong to no answer yet.
    read: Vec<u8>,
    greeter: &'a Greeter,
}

impl<S: AsyncRead + AsyncWrite + Unpin> LineStream<'_, S> {
    /// Listens to the banner, and says hello when it is friendly. As senders do, it says HELO to a mail
    /// server that refuses EHLO.
    async fn exchange_hello(&mut self, protocol: Protocol, helo: &str, seen: &mut Greeting) {
        let banner = self.read_answer(Form::banner(protocol)).await;
        let friendly = banner.as_ref().is_ok_and(|answer| answer.meaning == Meaning::Yes);
        seen.banner = Some(banner);
        if !friendly {
            return;
        }
        let (command, form) = match protocol {
            Protocol::Smtp => (format!("EHLO {helo}\r\n"), Form::Smtp),
            Protocol::Imap => ("a1 CAPABILITY\r\n".to_owned(), Form::ImapTagged("a1")),
            Protocol::Pop3 => ("CAPA\r\n".to_owned(), Form::Pop3List),
            Protocol::Ssh => return,
        };
        let hello = self.command(&command, form).await;
        let hello = match hello {
            Ok(refusal) if protocol == Protocol::Smtp && refusal.meaning == Meaning::No => {
                let simple = self.command(&format!("HELO {helo}\r\n"), Form::Smtp).await;
                match simple {
                    Ok(answer) if answer.meaning == Meaning::Yes => {
                        seen.refused_ehlo = Some(refusal);
                        Ok(answer)
                    }
                    _ => Ok(refusal),
                }
            }
            other => other,
        };
        seen.hello = Some(hello);
    }

    /// Asks for TLS, which has been offered.
    async fn ask_for_tls(&mut self, protocol: Protocol) -> Starttls {
        let (command, form) = match protocol {
            Protocol::Smtp => ("STARTTLS\r\n", Form::Smtp),
            Protocol::Imap => ("a2 STARTTLS\r\n", Form::ImapTagged("a2")),
            Protocol::Pop3 => ("STLS\r\n", Form::Pop3),
            Protocol::Ssh => return Starttls::NotOffered,
        };
        match self.command(command, form).await {
            Ok(answer) if answer.meaning != Meaning::Yes => Starttls::Denied { answer },
            Ok(_) if !self.read.is_empty() => Starttls::Injected,
            Ok(_) => Starttls::Begun,
            Err(failure) => Starttls::Unanswered { failure },
        }
    }

    async fn command(&mut self, command: &str, form: Form) -> Result<Answer, GreetingFailure> {
        // Octets that are here already answer nothing that we sent.
        self.read.clear();
        let deadline = self.greeter.timeouts.greeting;
        match tokio::time::timeout(deadline, self.send(command)).await {
            Ok(Ok(())) => self.read_answer(form).await,
            Ok(Err(error)) => Err(self.net_failure(errors::io_failure(&error, self.peer.ip()))),
            Err(_) => Err(self.net_failure(NetFailure::TimedOut)),
        }
    }

    async fn send(&mut self, command: &str) -> std::io::Result<()> {
        self.stream.write_all(command.as_bytes()).await?;
        self.stream.flush().await
    }

    fn net_failure(&self, failure: NetFailure) -> GreetingFailure {
        GreetingFailure::Net { failure }
    }

    /// Reads one answer. The deadline is the whole answer's, so that dripping octets don't extend it.
    async fn read_answer(&mut self, form: Form) -> Result<Answer, GreetingFailure> {
        let started = Instant::now();
        let deadline = self.greeter.timeouts.greeting;
        match tokio::time::timeout(deadline, self.read_whole_answer(form)).await {
            Ok(Ok((lines, meaning))) => {
                Ok(Answer { elapsed_us: micros(started.elapsed()), meaning, lines })
            }
            Ok(Err(failure)) => Err(failure),
            Err(_) if self.read.is_empty() => Err(self.net_failure(NetFailure::TimedOut)),
            Err(_) => Err(GreetingFailure::Slow { octets: self.read.len() as u64 }),
        }
    }

    async fn read_whole_answer(
        &mut self,
        form: Form,
    ) -> Result<(Vec<String>, Meaning), GreetingFailure> {
        let octets_max = self.greeter.limits.greeting_octets;
        let mut part = [0; PART_OCTETS];
        loop {
            match answer::parse(form, &self.read) {
                Parsed::Complete { lines, meaning, octets } => {
                    self.read.drain(..octets);
                    return Ok((lines, meaning));
                }
                Parsed::OtherProtocol(detail) => {
                    return Err(GreetingFailure::NotProtocol { detail });
                }
                Parsed::Incomplete if self.read.len() >= octets_max => {
                    return Err(GreetingFailure::TooLong);
                }
                Parsed::Incomplete => {}
            }
            let room = part.len().min(octets_max - self.read.len());
            match self.stream.read(&mut part[..room]).await {
                Ok(0) => return Err(self.net_failure(NetFailure::Closed)),
                Ok(octets) => self.read.extend_from_slice(&part[..octets]),
                Err(error) => {
                    return Err(self.net_failure(errors::io_failure(&error, self.peer.ip())));
                }
            }
        }
    }

    /// Says goodbye in the protocol's own command, without waiting for an answer.
    async fn say_goodbye(mut self, protocol: Protocol) {
        let goodbye: &[u8] = match protocol {
            Protocol::Smtp | Protocol::Pop3 => b"QUIT\r\n",
            Protocol::Imap => b"a9 LOGOUT\r\n",
            Protocol::Ssh => b"",
        };
        let goodbye = async {
            self.stream.write_all(goodbye).await?;
            self.stream.flush().await
        };
        let _ = tokio::time::timeout(farewell::FAREWELL_PATIENCE, goodbye).await;
        farewell::close(&mut self.stream).await;
    }
}

#[cfg(test)]
mod tests;
