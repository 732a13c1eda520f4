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
    /// An HTTP/2 stream or connection error (RFC 9113 §7).
    Http2 {
        /// The error code's name.
        detail: String,
    },
}
