//! A response as far as it was read.

use ::http::{HeaderMap, Version};

use crate::model::{Blob, BodyEnd, HttpResponse, Readings};

/// The status line and the headers, with the time they took.
pub(super) struct Head {
    /// Since the request.
    pub elapsed_us: u64,
    /// The status code.
    pub status: u16,
    /// The version that the response itself claims.
    pub version: Version,
    /// The headers.
    pub headers: HeaderMap,
}

impl Head {
    /// The whole response.
    pub fn with_body(self, body: Body) -> HttpResponse {
        HttpResponse {
            elapsed_us: self.elapsed_us,
            version: match self.version {
                Version::HTTP_2 => "h2".to_owned(),
                other => format!("{other:?}"),
            },
            status: self.status,
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), latin1(value.as_bytes())))
                .collect(),
            body: Blob::new(body.octets),
            body_end: body.end,
            readings: Readings::default(),
        }
    }
}

/// A body as far as it was read.
pub(super) struct Body {
    octets: Vec<u8>,
    octets_max: usize,
    /// How it ended; [`BodyEnd::TimedOut`] until something else ends it.
    pub end: BodyEnd,
}

impl Body {
    /// A body of which nothing has been read yet.
    pub fn new(octets_max: usize) -> Self {
        Self { octets: Vec::new(), octets_max, end: BodyEnd::TimedOut }
    }

    /// Keeps what fits; `false` when that was not all.
    pub fn keep(&mut self, octets: &[u8]) -> bool {
        let free = self.octets_max - self.octets.len();
        self.octets.extend_from_slice(&octets[..octets.len().min(free)]);
        octets.len() <= free
    }
}

/// One `char` for each octet.
fn latin1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_keeps_what_fits() {
        let mut body = Body::new(5);
        assert!(body.keep(b"abc") && body.keep(b"de"));
        assert!(body.keep(b""));
        assert!(!body.keep(b"f"));
        assert_eq!(body.octets, b"abcde");
    }

    #[test]
    fn header_values_lose_nothing() {
        let octets: Vec<u8> = (0..=255).collect();
        let back: Vec<u8> = latin1(&octets).chars().map(|c| c as u8).collect();
        assert_eq!(back, octets);
    }
}
