//! What a TLS handshake showed, by whichever of our two TLS libraries.

use serde::{Deserialize, Serialize};

use super::{Blob, HttpFailure, HttpResponse, NetFailure};

/// A completed TLS handshake. It is completed whatever the certificate says; whether the chain is
/// to be trusted is for the checks to say, from the chain itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsSession {
    /// From ClientHello to Finished, in microseconds.
    pub elapsed_us: u64,
    /// The protocol version's name: `TLSv1.2` or `TLSv1.3`; `SSLv3`, `TLSv1.0` or `TLSv1.1` only in
    /// what lies [behind](TlsFailed::behind) a failure.
    pub version: String,
    /// The cipher suite's IANA name.
    pub cipher_suite: String,
    /// The key-exchange group's IANA name, where there is one.
    pub group: Option<String>,
    /// The protocol chosen by ALPN.
    pub alpn: Option<String>,
    /// The certificates as sent, leaf first, DER.
    pub chain: Vec<Blob>,
    /// The stapled OCSP response, DER.
    pub ocsp: Option<Blob>,
    /// Whether the server asked for a certificate of the client (RFC 8446 §4.3.2, RFC 5246 §7.4.4), be it
    /// by a new handshake on the same connection.
    #[serde(default, skip_serializing_if = "is_false")]
    pub asks_client_certificate: bool,
    /// Why it is not proven that the server holds the leaf's key, where our library can't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unproven_key: Option<String>,
    /// How the second TLS library came to hold the session; `None` where the first one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_stack: Option<Box<SecondStack>>,
}

/// Why and how the second TLS library took over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondStack {
    /// What the first library's handshake came to.
    pub first: TlsFailure,
    /// What the hellos of browsers were answered; empty where the clients are no browsers.
    pub browsers: Vec<BrowserHello>,
    /// The second library's name of the parameters that it offered.
    pub policy: String,
}

/// What a hello with exactly the parameters of one browser was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserHello {
    /// Whose parameters they are.
    pub browser: Browser,
    /// The answer.
    pub answer: HelloAnswer,
}

/// A browser; what each offers is in `probe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Browser {
    /// Chromium and what is built on it: Chrome, Edge, Cốc Cốc.
    Chromium,
    /// Firefox.
    Firefox,
}

/// How a server answers a ClientHello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum HelloAnswer {
    /// It goes on, with parameters that were offered.
    Agreed {
        /// The version's name.
        version: String,
        /// The cipher suite's IANA name.
        cipher_suite: String,
    },
    /// It goes on, with something that was not offered.
    NotOffered {
        /// With what.
        detail: String,
    },
    /// A fatal alert.
    Alert {
        /// Its description octet (RFC 8446 §6.2).
        code: u8,
    },
    /// The server hung up on the hello, by FIN or RST.
    HungUp,
    /// Something that is no answer to a hello.
    OtherAnswer {
        /// How it began.
        detail: String,
    },
    /// No connection, or silence.
    Net {
        /// Why.
        failure: NetFailure,
    },
}

/// A TLS handshake that did not complete, or that no client of today would complete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsFailed {
    /// Why.
    pub failure: TlsFailure,
    /// The certificates that had been sent until then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<Blob>,
    /// What lies behind the failure, as far as it could be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Box<BehindFailure>>,
}

/// What shows itself to a client that goes on where browsers stop, or up to where a client needs a
/// certificate of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BehindFailure {
    /// What was agreed and shown.
    pub session: TlsSession,
    /// The HTTP exchange over it, where it was asked for and possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<Result<HttpResponse, HttpFailure>>,
}

/// Why a TLS handshake did not complete.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TlsFailure {
    /// The connection broke or fell silent.
    Net {
        /// How.
        failure: NetFailure,
    },
    /// The server sent a fatal alert (RFC 8446 §6.2).
    Alert {
        /// Its description octet.
        code: u8,
        /// Its name, such as `handshake_failure`.
        name: String,
    },
    /// The server speaks TLS, but no version, suite or group that we offered.
    NothingInCommon {
        /// What was missing.
        detail: String,
    },
    /// The server could not prove that it holds the certificate's key.
    BadSignature {
        /// The library's message.
        detail: String,
    },
    /// What came is not TLS, or breaks its rules.
    NotTls {
        /// What was wrong with it.
        detail: String,
    },
    /// The server goes on only in a version that today's clients refuse (RFC 8996, RFC 7568).
    OldVersions {
        /// The newest that it takes.
        version: String,
    },
    /// The server goes on in a current version, but only with parameters that no client of today
    /// offers.
    OldSuites {
        /// The cipher suite that it took.
        cipher_suite: String,
    },
    /// The certificate's key is so short that every client refuses it.
    WeakKey {
        /// What it is.
        detail: String,
    },
    /// The server asked for a certificate of the client, and ended when it got none.
    ClientCertificate {
        /// The alert by which it ended, if it sent one.
        alert: Option<u8>,
    },
    /// The certificate chain is larger than our limit.
    ChainTooLarge,
    /// Ours: the library or its configuration failed.
    Ours {
        /// The library's message.
        detail: String,
    },
}

impl TlsFailed {
    /// A failure behind which nothing more was seen.
    pub fn new(failure: TlsFailure, chain: Vec<Blob>) -> Self {
        Self { failure, chain, behind: None }
    }

    /// A failure behind which this session was seen.
    pub fn with_session(failure: TlsFailure, session: TlsSession) -> Self {
        let chain = session.chain.clone();
        Self { failure, chain, behind: Some(Box::new(BehindFailure { session, http: None })) }
    }

    /// The session that was seen behind the failure.
    pub fn session(&self) -> Option<&TlsSession> {
        self.behind.as_ref().map(|behind| &behind.session)
    }
}

impl SecondStack {
    /// Whether a browser that was asked about refuses what the server offers.
    pub fn is_refused_by_some(&self) -> bool {
        self.browsers.iter().any(|hello| !hello.is_agreed())
    }
}

impl BrowserHello {
    /// Whether the browser and the server agree.
    pub fn is_agreed(&self) -> bool {
        matches!(self.answer, HelloAnswer::Agreed { .. })
    }
}

/// serde's condition for leaving a field out.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
