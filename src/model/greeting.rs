//! What a server says when a client arrives: the banner, what it offers, and TLS on the way.

use std::fmt;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::{Conversation, Host, NetFailure};

/// A connection in which the protocol's own greetings are exchanged, and nothing else: no message
/// is sent and there is no login.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GreetingQuestion {
    /// Where to connect.
    pub address: SocketAddr,
    /// What is spoken there.
    pub protocol: Protocol,
    /// When TLS begins.
    pub security: Security,
    /// Whom TLS is asked for; it is sent as SNI when it is a name.
    pub host: Host,
}

/// A protocol in which the server speaks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// SMTP (RFC 5321), on an exchanger's port or for submission (RFC 6409).
    Smtp,
    /// IMAP (RFC 9051).
    Imap,
    /// POP3 (RFC 1939).
    Pop3,
    /// Secure Shell (RFC 4253 §4.2).
    Ssh,
}

/// When TLS begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Never.
    None,
    /// With the first octet (RFC 8314 §3).
    Implicit,
    /// By STARTTLS, where it is offered (RFC 3207, RFC 9051 §6.2.1).
    Starttls,
}

impl fmt::Display for GreetingQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let protocol = match self.protocol {
            Protocol::Smtp => "smtp",
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop3",
            Protocol::Ssh => "ssh",
        };
        write!(f, "greeting {protocol} {}", self.address)?;
        match self.security {
            Security::None => Ok(()),
            Security::Implicit => write!(f, " tls {}", self.host),
            Security::Starttls => write!(f, " starttls {}", self.host),
        }
    }
}

/// What such a connection showed. A part is `None` when the exchange ended before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Greeting {
    /// The TCP handshake and, whenever it came, the TLS handshake. There is never an HTTP exchange.
    pub conversation: Conversation,
    /// The server's first words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<Result<Answer, GreetingFailure>>,
    /// Its answer to EHLO, CAPABILITY or CAPA; to HELO where it refused EHLO and takes that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hello: Option<Result<Answer, GreetingFailure>>,
    /// Its refusal of EHLO, where it takes HELO (RFC 5321 §3.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_ehlo: Option<Answer>,
    /// What came of STARTTLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starttls: Option<Starttls>,
}

/// One answer, which may have several lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Since the server could have begun to speak, in microseconds.
    pub elapsed_us: u64,
    /// How the server means it.
    pub meaning: Meaning,
    /// The lines without their ends, each octet one `char` (Latin-1). Hostile text.
    pub lines: Vec<String>,
}

/// How an answer is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Meaning {
    /// Yes: SMTP 2yz or 3yz, `* OK` and `* PREAUTH`, `+OK`, `SSH-2.0-` or `SSH-1.99-`.
    Yes,
    /// Not now: SMTP 4yz (RFC 5321 §4.2.1).
    Later,
    /// No: SMTP 5yz, `* BYE`, `NO`, `BAD`, `-ERR`.
    No,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum GreetingFailure {
    /// The connection broke or fell silent before the answer began.
    Net {
        /// How.
        failure: NetFailure,
    },
    /// Octets kept coming, but the answer had not ended when the deadline passed (a tarpit).
    Slow {
        /// How many had come.
        octets: u64,
    },
    /// More than we read: [`super::Limits::greeting_octets`].
    TooLong,
    /// What came is another protocol.
    NotProtocol {
        /// How it begins. Hostile text.
        detail: String,
    },
}

/// What came of STARTTLS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Starttls {
    /// It was not offered, so it was not asked for.
    NotOffered,
    /// It was offered and then denied.
    Denied {
        /// In these words.
        answer: Answer,
    },
    /// It was offered, and no answer came.
    Unanswered {
        /// Why.
        failure: GreetingFailure,
    },
    /// The server pushed further octets before TLS began, which a man in the middle could have
    /// written (CVE-2011-0411); no handshake was tried.
    Injected,
    /// The handshake followed.
    Begun,
}

impl Greeting {
    /// The first failure on the way up, if it lies on our own machine.
    pub fn our_fault(&self) -> Option<&NetFailure> {
        self.conversation.our_fault().or_else(|| self.net_failure().filter(|f| f.is_ours()))
    }

    /// Whether it was ended by our own machine or by our own library.
    pub fn is_our_fault(&self) -> bool {
        self.conversation.is_our_fault() || self.our_fault().is_some()
    }

    /// Whether the server asks to come back later.
    pub fn is_deferred(&self) -> bool {
        let is_later = |part: &Option<Result<Answer, GreetingFailure>>| matches!(part, Some(Ok(answer)) if answer.meaning == Meaning::Later);
        is_later(&self.banner) || is_later(&self.hello)
    }

    /// The network failure that ended the exchange of greetings.
    pub fn net_failure(&self) -> Option<&NetFailure> {
        match (&self.banner, &self.hello, &self.starttls) {
            (Some(Err(failure)), _, _)
            | (_, Some(Err(failure)), _)
            | (_, _, Some(Starttls::Unanswered { failure })) => match failure {
                GreetingFailure::Net { failure } => Some(failure),
                _ => None,
            },
            _ => None,
        }
    }
}
