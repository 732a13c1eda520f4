//! Who vouches for a run file: Ed25519 key pairs (RFC 8032), and signatures over the digest of a file's
//! lines.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};

use crate::model::Digest;

/// What a signature is of, so that no other text can be taken for it.
const SIGNED: &str = "v6ready run file, version 1";

/// The word before a public key.
const ALGORITHM: &str = "ed25519";

/// Why a key can't be used; the sentence says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadKey(String);

/// A key that signs run files.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<Self, BadKey> {
        let made = Ed25519KeyPair::generate();
        made.map(Self).map_err(|_| BadKey("the system gives no random octets".to_owned()))
    }

    /// Reads a private key (PKCS #8 in PEM).
    ///
    /// # Errors
    /// When it is none of Ed25519.
    pub fn from_pem(text: &[u8]) -> Result<Self, BadKey> {
        let bad = || {
            BadKey(
                "this is no private Ed25519 key (PKCS #8 in PEM); `v6ready runs keygen` makes one"
                    .to_owned(),
            )
        };
        let key = PrivatePkcs8KeyDer::from_pem_slice(text).map_err(|_| bad())?;
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.secret_pkcs8_der())
            .map(Self)
            .map_err(|_| bad())
    }

    /// The private key as PKCS #8 in PEM, as OpenSSL reads and writes it.
    ///
    /// # Errors
    /// When the library can't write it.
    pub fn to_pem(&self) -> Result<String, BadKey> {
        let octets = self.0.to_pkcs8v1();
        let octets = octets.map_err(|_| BadKey("the key can't be written".to_owned()))?;
        let text = STANDARD.encode(octets.as_ref());
        Ok(format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n"))
    }

    /// What others check its signatures by.
    pub fn public(&self) -> PublicKey {
        let mut octets = [0; 32];
        octets.copy_from_slice(self.0.public_key().as_ref());
        PublicKey(octets)
    }

    /// Signs the digest of a file's lines.
    pub(super) fn sign(&self, lines: Digest) -> Signature {
        let signature = self.0.sign(signed_text(lines).as_bytes());
        Signature { key: self.public(), signature: STANDARD.encode(signature.as_ref()) }
    }
}

/// The public half of a key. Its text is `ed25519` and 44 characters of Base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    fn parse(text: &str) -> Option<Self> {
        let octets = STANDARD.decode(text.strip_prefix(ALGORITHM)?.strip_prefix(' ')?).ok()?;
        octets.try_into().ok().map(Self)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ALGORITHM} {}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an Ed25519 key"))
    }
}

/// A signature in a run file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Signature {
    /// Whose it is.
    key: PublicKey,
    /// Base64.
    signature: String,
}

impl Signature {
    /// The key that made this signature of a file's lines; `None` when it is not one of theirs.
    pub(super) fn verified(&self, lines: Digest) -> Option<PublicKey> {
        let signature = STANDARD.decode(&self.signature).ok()?;
        UnparsedPublicKey::new(&ED25519, self.key.0)
            .verify(signed_text(lines).as_bytes(), &signature)
            .ok()
            .map(|()| self.key)
    }
}

fn signed_text(lines: Digest) -> String {
    format!("{SIGNED}\n{lines}\n")
}

/// The keys of those whose run files are taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedKeys(Vec<(PublicKey, String)>);

impl TrustedKeys {
    /// Reads one public key a line, as `ed25519 KEY NAME`; `#` begins a comment.
    ///
    /// # Errors
    /// The first line that is something else, or that there is no key.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut words = line.splitn(3, char::is_whitespace).map(str::trim);
            let key = [words.next(), words.next()].map(Option::unwrap_or_default).join(" ");
            let key = PublicKey::parse(&key).ok_or_else(|| {
                BadKey(format!("line {}: `{ALGORITHM} KEY NAME` is expected", number + 1))
            })?;
            keys.push((key, words.next().unwrap_or_default().to_owned()));
        }
        if keys.is_empty() {
            return Err(BadKey("there is no key in it".to_owned()));
        }
        Ok(Self(keys))
    }

    /// The name that a key has here, which may be empty; `None` when it is not trusted.
    pub(super) fn name_of(&self, key: &PublicKey) -> Option<&str> {
        self.0.iter().find(|(trusted, _)| trusted == key).map(|(_, name)| &**name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_back_and_its_signatures_hold() {
        let key = SigningKey::generate().unwrap();
        let again = SigningKey::from_pem(key.to_pem().unwrap().as_bytes()).unwrap();
        assert_eq!(again.public(), key.public());
        let lines = Digest::of(b"lines");
        let signature = again.sign(lines);
        assert_eq!(signature.verified(lines), Some(key.public()));
        assert_eq!(signature.verified(Digest::of(b"other lines")), None);
        let other = SigningKey::generate().unwrap();
        let stolen = Signature { key: other.public(), ..signature };
        assert_eq!(stolen.verified(lines), None);
        assert!(SigningKey::from_pem(b"nothing of the kind").is_err());
    }

    #[test]
    fn trusted_keys_stand_in_lines() {
        let [one, other] = [(); 2].map(|()| SigningKey::generate().unwrap().public());
        let text = format!("# of the province\n\n{one}\tSở A, phòng 2\n{other}\n");
        let trusted = TrustedKeys::parse(&text).unwrap();
        assert_eq!(trusted.name_of(&one), Some("Sở A, phòng 2"));
        assert_eq!(trusted.name_of(&other), Some(""));
        assert_eq!(trusted.name_of(&SigningKey::generate().unwrap().public()), None);
        for bad in ["", "# only\n", "rsa AAAA x", "ed25519", "ed25519 AAAA x"] {
            assert!(TrustedKeys::parse(bad).is_err(), "{bad}");
        }
        let error = TrustedKeys::parse(&format!("{one} a\nx")).unwrap_err();
        assert!(error.to_string().starts_with("line 2:"), "{error}");
    }
}
