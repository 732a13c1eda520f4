//! What an HTTP exchange showed.

use serde::{Deserialize, Serialize};

use super::{Blob, NetFailure, Readings};

/// An HTTP response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// From the request to the end of the headers, in microseconds.
    pub elapsed_us: u64,
    /// `HTTP/1.0`, `HTTP/1.1` or `h2`.
    pub version: String,
    /// The status code, 100 to 999.
    pub status: u16,
    /// Header names in lower case and their values, in the order sent, except that fields of one
    /// name stand together; each octet of a value is one `char` (Latin-1), so nothing is lost.
    pub headers: Vec<(String, String)>,
    /// The body as sent, up to the limit, still in its content coding.
    pub body: Blob,
    /// How the body ended.
    pub body_end: BodyEnd,
    /// What has been worked out of it already.
    #[serde(skip)]
    pub readings: Readings,
}

impl HttpResponse {
    /// The first header of this name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether servers say so to a client of which they have had enough (RFC 9110 §15.5.4, §15.5.20 and
    /// §15.6.4, RFC 6585 §4). Some of these mean what they say.
    pub fn turns_away(&self) -> bool {
        turns_away(self.status)
    }

    /// Whether browsers go where its Location leads (Fetch standard §2.2.6, redirect status).
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}

/// See [`HttpResponse::turns_away`].
pub(super) fn turns_away(status: u16) -> bool {
    matches!(status, 403 | 421 | 429 | 503)
}

/// How an HTTP body ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum BodyEnd {
    /// It was read whole.
    Complete,
    /// We stopped at our octet limit.
    Limit,
    /// The deadline passed while it was still coming, or had stalled.
    TimedOut,
    /// It broke off.
    Broken {
        /// The library's message.
        detail: String,
    },
}

/// Why there is no HTTP response.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum HttpFailure {
    /// The connection broke or fell silent.
    Net {
        /// How.
        failure: NetFailure,
    },
    /// The headers exceed our limit.
    HeadersTooLarge,
    /// The server ended TLS with a fatal alert (RFC 8446 §6.2) instead of answering.
    TlsAlert {
        /// Its description octet.
        code: u8,
        /// Its name, such as `internal_error`.
        name: String,
    },
    /// What came is not HTTP.
    NotHttp {
        /// The library's message.
        detail: String,
    },
    /// What came begins as HTTP/1 does, and breaks its rules in a way that no client forgives.
    Malformed {
        /// The library's message.
        detail: String,
    },
    /// An HTTP/2 stream or connection error (RFC 9113 §7).
    Http2 {
        /// The error code's name.
        detail: String,
        /// The frame by which the server said so. `None` where it broke the protocol's rules and our own
        /// library gave up, and in what earlier versions of this program stored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        frame: Option<EndingFrame>,
    },
}

/// A frame by which a server ends an exchange over HTTP/2 before the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndingFrame {
    /// RST_STREAM: it ends the stream (RFC 9113 §6.4).
    RstStream,
    /// GOAWAY: it ends the connection, and did not look at the request (RFC 9113 §6.8).
    Goaway,
}

impl HttpFailure {
    /// Whether the server says that it is asked too much (RFC 9113 §7).
    pub fn asks_for_calm(&self) -> bool {
        matches!(self, Self::Http2 { detail, frame: Some(_) } if detail == "ENHANCE_YOUR_CALM")
    }

    /// Whether the server wants the same request over HTTP/1.1 (RFC 9113 §7).
    pub fn demands_http1(&self) -> bool {
        matches!(self, Self::Http2 { detail, .. } if detail == "HTTP_1_1_REQUIRED")
    }

    /// Whether the server says that it did not look at the request and has nothing against it, so that
    /// clients send it again over a new connection (RFC 9113 §6.8, §8.7).
    pub fn is_refusal(&self) -> bool {
        let Self::Http2 { detail, frame } = self else { return false };
        let ends_connection = *frame == Some(EndingFrame::Goaway);
        detail == "REFUSED_STREAM" || (ends_connection && detail == "NO_ERROR")
    }
}
