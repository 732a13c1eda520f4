//! What can be asked of the network.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    EchoQuestion, GreetingQuestion, Host, LegacyHelloQuestion, Name, NtpQuestion, OriginQuestion,
    QuicQuestion, RecordType, shown_url,
};

/// One question, asked once: one address, one family, one attempt.
///
/// Its text form is its key: two services that lead to the same request in one run share the
/// answer, and a resumed run recognises what it has already asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Request {
    /// What is asked.
    pub question: Question,
    /// 1 for the first time; each further attempt is a request of its own.
    pub attempt: u8,
    /// How often this attempt was made before without a result that counts, because our own vantage point was cut off:
    /// see [`super::LostWindow`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeat: u8,
}

fn is_zero(number: &u8) -> bool {
    *number == 0
}

/// A question without its attempt number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// A DNS question to one server over one transport.
    Dns(DnsQuestion),
    /// A TCP connection, the TLS handshake on it and the HTTP exchange on that.
    Conversation(ConversationQuestion),
    /// The greetings of a protocol in which the server speaks first.
    Greeting(GreetingQuestion),
    /// A packet to a time server.
    Ntp(NtpQuestion),
    /// Does our own kernel have a route to this address? Sends nothing.
    Route(IpAddr),
    /// A ClientHello of an old version of TLS, up to the server's first answer.
    LegacyHello(LegacyHelloQuestion),
    /// A QUIC handshake.
    Quic(QuicQuestion),
    /// An ICMP echo request.
    Echo(EchoQuestion),
    /// A look-up in the operator's tables of routes. Sends nothing.
    Origin(OriginQuestion),
}

/// A DNS question.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DnsQuestion {
    /// Who is asked.
    pub server: SocketAddr,
    /// Over what.
    pub transport: Transport,
    /// The QNAME.
    pub name: Name,
    /// The QTYPE.
    pub record_type: RecordType,
    /// The RD bit: set for resolvers, clear for authoritative servers.
    pub recursion_desired: bool,
    /// The CD bit (RFC 4035 §3.2.2).
    pub checking_disabled: bool,
    /// The DO bit (RFC 3225).
    pub dnssec_ok: bool,
    /// Whether to leave EDNS out, for a server that does not know it (RFC 6891 §7).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_edns: bool,
}

/// What carries a DNS message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// UDP with an EDNS buffer of 1232 octets.
    Udp,
    /// TCP (RFC 7766).
    Tcp,
}

/// A conversation with one address and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ConversationQuestion {
    /// Where to connect.
    pub address: SocketAddr,
    /// Shake hands for this host; it is sent as SNI when it is a name (RFC 6066 §3). ALPN offers
    /// `h2` and `http/1.1` when an HTTP exchange follows.
    pub tls: Option<Host>,
    /// The HTTP exchange; `None` = only connect (and shake hands).
    pub http: Option<HttpGet>,
    /// The largest TCP segment for both directions, in octets (RFC 9293 §3.7.1); `None` = what the
    /// path's own MTU allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mss: Option<u16>,
}

/// An HTTP GET.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HttpGet {
    /// The `Host` header or `:authority`: host, and port where it isn't the scheme's own.
    pub authority: Arc<str>,
    /// Path and query, starting with `/`.
    pub path: Arc<str>,
    /// Whether ALPN offers `http/1.1` alone, to a server that demanded it (RFC 9113 §7).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_http1: bool,
    /// The `Cookie` header: what the responses before this one set, in one walk along redirects. Each
    /// octet is one `char` (Latin-1); no octet is a control character. Hostile text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookies: Option<Arc<str>>,
}

/// Octets of most keys, at the most.
const KEY_OCTETS: usize = 128;

impl Request {
    /// The first attempt at a question.
    pub fn first(question: Question) -> Self {
        Self::nth(question, 1)
    }

    /// This attempt at a question, counted from 1.
    pub fn nth(question: Question, attempt: u8) -> Self {
        Self { question, attempt, repeat: 0 }
    }

    /// The request as it is shown to people: see [`shown_url`].
    pub fn shown(&self) -> String {
        let mut shown = self.clone();
        if let Question::Conversation(question) = &mut shown.question
            && let Some(http) = &mut question.http
        {
            http.path = shown_url(&http.path).into();
            http.cookies = http.cookies.take().map(|_| "…".into());
        }
        shown.to_string()
    }

    /// The identity of this request within a run.
    pub fn key(&self) -> String {
        use fmt::Write as _;
        let mut key = String::with_capacity(KEY_OCTETS);
        // Writing to a `String` can't fail.
        let _ = write!(key, "{self}");
        key
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.question, self.attempt)?;
        match self.repeat {
            0 => Ok(()),
            repeat => write!(f, "+{repeat}"),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(question) => question.fmt(f),
            Self::Conversation(question) => question.fmt(f),
            Self::Greeting(question) => question.fmt(f),
            Self::Ntp(question) => question.fmt(f),
            Self::Route(address) => write!(f, "route {address}"),
            Self::LegacyHello(question) => question.fmt(f),
            Self::Quic(question) => question.fmt(f),
            Self::Echo(question) => question.fmt(f),
            Self::Origin(question) => question.fmt(f),
        }
    }
}

impl fmt::Display for DnsQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let transport = match self.transport {
            Transport::Udp => "udp",
            Transport::Tcp => "tcp",
        };
        write!(f, "dns {transport} {} {} {}", self.server, self.name, self.record_type)?;
        for (set, flag) in [
            (self.recursion_desired, " +rd"),
            (self.checking_disabled, " +cd"),
            (self.dnssec_ok, " +do"),
            (self.without_edns, " -edns"),
        ] {
            if set {
                f.write_str(flag)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ConversationQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tcp {}", self.address)?;
        if let Some(host) = &self.tls {
            write!(f, " tls {host}")?;
        }
        if let Some(http) = &self.http {
            write!(f, " GET {}{}", http.authority, http.path)?;
            if http.only_http1 {
                f.write_str(" http/1.1")?;
            }
        }
        if let Some(mss) = self.mss {
            write!(f, " mss {mss}")?;
        }
        // The last, because it may hold anything, also what looks like another part of a key.
        if let Some(cookies) = self.http.as_ref().and_then(|http| http.cookies.as_ref()) {
            write!(f, " cookies {cookies}")?;
        }
        Ok(())
    }
}
