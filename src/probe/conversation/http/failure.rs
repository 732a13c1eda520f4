//! Why there is no response.

use std::io;
use std::net::SocketAddr;

use crate::model::{HttpFailure, NetFailure};
use crate::probe::errors;

/// The failure for a request that can't be written down: an authority or a path that HTTP does not
/// allow. It counts against no party.
pub(super) fn unsendable(error: &impl std::fmt::Display) -> HttpFailure {
    let errno = format!("the request can't be sent: {error}");
    HttpFailure::Net { failure: NetFailure::Other { errno } }
}

/// The failure that an I/O error under HTTP stands for.
pub(super) fn io_failure(error: &io::Error, peer: SocketAddr) -> HttpFailure {
    match error.kind() {
        // So tokio-rustls wraps the errors of TLS, such as a broken record.
        io::ErrorKind::InvalidData => HttpFailure::NotHttp { detail: format!("TLS: {error}") },
        _ => HttpFailure::Net { failure: errors::io_failure(error, peer.ip()) },
    }
}

/// What is wrong with an answer of another protocol, and how it began.
pub(super) fn not_http(why: &impl std::fmt::Display, head: &[u8]) -> HttpFailure {
    HttpFailure::NotHttp { detail: with_beginning(why, head) }
}

/// What is wrong with an answer of HTTP/1, and how it began.
pub(super) fn malformed(why: &impl std::fmt::Display, head: &[u8]) -> HttpFailure {
    HttpFailure::Malformed { detail: with_beginning(why, head) }
}

fn with_beginning(why: &impl std::fmt::Display, head: &[u8]) -> String {
    format!("{why}; the answer begins with \"{}\"", head.escape_ascii())
}
