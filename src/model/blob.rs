//! Byte strings that were seen on the wire, named by their SHA-256.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A SHA-256 digest. Its text form is `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        let mut array = [0; 32];
        array.copy_from_slice(digest.as_ref());
        Self(array)
    }

    /// Reads the text form, with or without the `sha256:` prefix; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("sha256:").unwrap_or(text);
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        let mut array = [0; 32];
        for (byte, pair) in array.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            let high = (pair[0] as char).to_digit(16)?;
            let low = (pair[1] as char).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        Some(Self(array))
    }

    /// The 64 hexadecimal digits without the prefix.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    fn digits(&self) -> [u8; 64] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 64];
        for (pair, octet) in digits.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(octet >> 4)];
            pair[1] = DIGITS[usize::from(octet & 15)];
        }
        digits
    }
}

/// Octets as hexadecimal digits.
pub fn hex(octets: &[u8]) -> String {
    octets
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without a text in between: results cite thousands of digests. Digits are ASCII.
        f.write_str("sha256:")?;
        f.write_str(std::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a sha256 digest"))
    }
}

/// A byte string from the wire: a DNS message, a certificate, an HTTP body.
///
/// In a serialised observation a short blob is inline (base64) and a long one is named by its
/// digest, so that the same certificate seen ten thousand times is stored once. A long blob that
/// was read back has no bytes until [`super::Observation::attach`] gives them to it.
#[derive(Clone)]
pub struct Blob {
    digest: Digest,
    bytes: Option<Arc<[u8]>>,
}

impl Blob {
    /// The longest blob, in octets, that is inline in a serialised observation.
    pub const INLINE_MAX: usize = 1024;

    /// Wraps `bytes` and computes their digest.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { digest: Digest::of(&bytes), bytes: Some(bytes) }
    }

    /// The digest of the bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The bytes; empty when they were never attached (see [`Blob::is_attached`]).
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or_default()
    }

    /// Whether the bytes are here, and not only their digest.
    pub fn is_attached(&self) -> bool {
        self.bytes.is_some()
    }

    /// Whether a store has to keep these bytes apart from the observation.
    pub fn is_external(&self) -> bool {
        self.bytes.as_ref().is_none_or(|bytes| bytes.len() > Self::INLINE_MAX)
    }

    /// Gives the bytes back to a blob that was read by digest alone. The caller has verified that
    /// they have this digest.
    pub fn attach(&mut self, bytes: Arc<[u8]>) {
        self.bytes = Some(bytes);
    }
}

impl PartialEq for Blob {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Blob {}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} octets, {})", self.bytes().len(), self.digest)
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.bytes {
            Some(bytes) if bytes.len() <= Self::INLINE_MAX => {
                serializer.serialize_str(&BASE64.encode(bytes))
            }
            _ => self.digest.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        if text.starts_with("sha256:") {
            let digest = Digest::parse(&text).ok_or_else(|| D::Error::custom("bad digest"))?;
            return Ok(Self { digest, bytes: None });
        }
        let bytes = BASE64.decode(text.as_bytes()).map_err(D::Error::custom)?;
        Ok(Self::new(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_blobs_stand_inline_and_long_ones_by_digest() {
        let short = Blob::new(vec![1, 2, 3]);
        let json = serde_json::to_string(&short).unwrap();
        assert_eq!(json, "\"AQID\"");
        assert_eq!(serde_json::from_str::<Blob>(&json).unwrap().bytes(), [1, 2, 3]);

        let long = Blob::new(vec![7; Blob::INLINE_MAX + 1]);
        let json = serde_json::to_string(&long).unwrap();
        assert_eq!(json, format!("\"{}\"", long.digest()));
        let back: Blob = serde_json::from_str(&json).unwrap();
        assert!(!back.is_attached() && back.is_external());
        assert_eq!(back, long);
    }

    #[test]
    fn digest_text_round_trips() {
        let digest = Digest::of(b"");
        assert!(digest.to_string().starts_with("sha256:e3b0c44298fc1c14"));
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse("sha256:xyz"), None);
    }
}
