//! What answers at a port, and in which way it is wrong.

use super::page::Page;
use crate::model::{Protocol, Security};

/// What answers at a port.
#[derive(Clone, Debug)]
pub(in crate::lab) enum Listener {
    /// A page over plain HTTP.
    Http(Page),
    /// A page over TLS.
    Https(CertificateKind, Page),
    /// A page over TLS that is negotiated in an unusual way.
    TlsQuirk(TlsQuirk, Page),
    /// A page over HTTP/2.
    Http2 {
        /// The page.
        page: Page,
        /// What becomes of a request.
        behaviour: Http2Behaviour,
    },
    /// The certificate of the authority, over plain HTTP.
    IssuersCertificate,
    /// Plain HTTP where TLS is expected.
    PlainHttp,
    /// The kernel drops every SYN.
    Silent,
    /// It takes one connection and then refuses any for a while, again and again.
    Flapping,
    /// It takes every connection and resets it at its first octet.
    Resetting,
    /// The kernel drops the first SYN of every connection.
    SlowToAccept,
    /// A page over TLS behind a path that loses large packets.
    PathMtuBlackHole(Page),
    /// A page over TLS behind a path that loses a packet now and then.
    Lossy(Page),
    /// A page on a host behind the router.
    Routed {
        /// Whether over TLS.
        tls: bool,
        /// The page.
        page: Page,
    },
    /// A server that speaks first, in one of the protocols of mail or in SSH.
    Greeting(GreetingServer),
    /// A time server.
    TimeServer(Clock),
    /// A name server of nothing but the root's SOA, over these transports.
    NameServer {
        /// Over UDP.
        udp: bool,
        /// Over TCP.
        tcp: bool,
    },
}

impl Listener {
    /// Whether its answers depend on when it is asked, or on chance. A server that hangs up in the
    /// handshake counts too: where the scan's own handshakes had to wait for each other, hanging up says
    /// nothing about the server.
    pub(super) fn is_clock_driven(&self) -> bool {
        match self {
            Self::Flapping | Self::SlowToAccept | Self::Lossy(_) | Self::Resetting => true,
            Self::Http(page)
            | Self::Https(_, page)
            | Self::TlsQuirk(_, page)
            | Self::Http2 { page, .. }
            | Self::PathMtuBlackHole(page)
            | Self::Routed { page, .. } => page.is_clock_driven(),
            Self::Greeting(server) => matches!(
                server.behaviour,
                GreetingBehaviour::Tarpit | GreetingBehaviour::NoHandshake
            ),
            Self::IssuersCertificate
            | Self::PlainHttp
            | Self::Silent
            | Self::TimeServer(_)
            | Self::NameServer { .. } => false,
        }
    }
}

/// What becomes of a request over HTTP/2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab) enum Http2Behaviour {
    /// It is answered.
    Answers,
    /// Its stream is reset.
    Resets,
    /// Every other one is refused before anybody looks at it: its stream is reset.
    RefusesFirst,
    /// Every other connection is ended before anybody looks at a request (GOAWAY).
    GoesAwayFirst,
    /// It is wanted over HTTP/1.1, which is spoken too.
    DemandsHttp1,
}

/// A web server with a trusted certificate.
pub(in crate::lab) fn https(page: Page) -> Listener {
    Listener::Https(CertificateKind::Trusted, page)
}

/// A web server with a whole page and header fields.
pub(in crate::lab) fn https_html(html: String, fields: &[(&'static str, &str)]) -> Listener {
    let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    https(Page::Html(html, fields))
}

/// A web server with this certificate and a good page.
pub(in crate::lab) fn https_with(certificate: CertificateKind) -> Listener {
    Listener::Https(certificate, Page::Status(200))
}

/// A web server that sends its visitors elsewhere.
pub(in crate::lab) fn https_redirect(to: &str) -> Listener {
    https(Page::Redirect(to.to_owned()))
}

/// What is wrong with a certificate, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::lab) enum CertificateKind {
    /// Nothing.
    Trusted,
    /// It expired a month ago.
    Expired,
    /// It begins to be valid in a month.
    NotYetValid,
    /// It expires in five days.
    ExpiresSoon,
    /// It is for another name.
    WrongName,
    /// It is signed by its own key.
    SelfSigned,
    /// The inventory doesn't declare its authority.
    UnknownRoot,
    /// The intermediate is not sent, and the leaf doesn't say where it is to be had.
    MissingIntermediate,
    /// The intermediate is not sent, and to be had at this address.
    FetchedIntermediate(&'static str),
    /// The intermediate is sent in a version that ended; the current one may be to be had at this address.
    StaleIntermediate(Option<&'static str>),
    /// A certificate of the root by another authority, which ended, is sent along.
    ExpiredCrossSignature,
    /// Its key is on the curve P-521.
    KeyP521,
    /// Its key is an Ed25519 key.
    KeyEd25519,
    /// It is as good as [`CertificateKind::Trusted`], and another one.
    Twin,
    /// An old intermediate with an RSA key of 1024 bits is sent along.
    WeakKey,
    /// An old intermediate that is signed with SHA-1 is sent along.
    Sha1,
    /// A staple says that it was revoked.
    Revoked,
    /// It is for this many names beside the host's.
    Crowded(u16),
    /// It is self-signed, and every name in it is one of the
    /// [`HOSTILE_TEXTS`](super::hostile_texts::HOSTILE_TEXTS).
    HostileTexts,
}

/// An unusual way to negotiate TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab) enum TlsQuirk {
    /// TLS 1.0 and nothing newer.
    OnlyTls10,
    /// TLS 1.2 with keys agreed on by finite fields, and nothing newer.
    OnlyFiniteFields,
    /// Keys encrypted to the certificate's own, and CBC: what IIS 8.5 has left to offer.
    OnlyRsaKeyExchange,
    /// A certificate of the client, up to TLS 1.2 or in TLS 1.3; without one there is no page.
    ClientCertificate { is_newest: bool },
    /// A certificate of the client, if it has one.
    ClientCertificateIfAny,
    /// TLS 1.0 and 1.1 beside the current versions.
    AlsoOldVersions,
    /// TLS 1.2 and nothing newer.
    OnlyTls12,
    /// No post-quantum key exchange.
    NoPostQuantum,
}

/// A server that speaks first.
#[derive(Clone, Copy, Debug)]
pub(in crate::lab) struct GreetingServer {
    /// What it speaks.
    pub protocol: Protocol,
    /// When TLS begins.
    pub security: Security,
    /// The host that its certificate is for.
    pub host: &'static str,
    /// That certificate.
    pub certificate: CertificateKind,
    /// How it behaves.
    pub behaviour: GreetingBehaviour,
}

/// How a server that speaks first behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab) enum GreetingBehaviour {
    /// As the standards have it.
    Conformant,
    /// A temporary error instead of a greeting.
    TemporaryError,
    /// A permanent error instead of a greeting.
    PermanentError,
    /// It refuses this very client, for what it knows of its address.
    RefusesClient,
    /// No greeting at all.
    Silent,
    /// A permanent error in the words of the [`HOSTILE_TEXTS`](super::hostile_texts::HOSTILE_TEXTS).
    HostileTexts,
    /// A greeting without end, an octet at a time.
    Tarpit,
    /// It closes the connection.
    Closes,
    /// Another protocol.
    OtherProtocol,
    /// STARTTLS is not offered.
    NoStarttls,
    /// It doesn't know CAPA, which is an extension of POP3 (RFC 2449).
    NoCapabilities,
    /// STARTTLS is offered and agreed to, and no handshake follows.
    NoHandshake,
}

/// What a time server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab) enum Clock {
    /// The time.
    Correct,
    /// That it doesn't have the time.
    NotSynchronised,
    /// A kiss-o'-death.
    KissOfDeath,
    /// Nothing.
    Silent,
}
