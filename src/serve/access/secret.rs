//! Random secrets and their text form.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::Digest;

/// 256 random bits, of which only the digest is kept.
///
/// A fast digest is right for these, other than for passwords: nobody can go through 2²⁵⁶
/// possibilities, however fast, so there is nothing that a slow one would have to slow down.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

/// The operating system gives no random numbers; nobody can be logged in then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random numbers")]
pub struct NoRandomness;

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn random() -> Result<Self, NoRandomness> {
        let mut octets = [0; 32];
        aws_lc_rs::rand::fill(&mut octets).map_err(|_| NoRandomness)?;
        Ok(Self(octets))
    }

    /// Reads the text form; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        // The length first: nothing is decoded that can't be one.
        if text.len() != 43 {
            return None;
        }
        URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok().map(Self)
    }

    /// 43 characters of base64url.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of it.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.0)
    }

    /// The octets themselves.
    pub fn octets(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_is_read_back_and_is_never_shown() {
        let secret = Secret::random().unwrap();
        assert_eq!(Secret::parse(&secret.text()), Some(secret.clone()));
        assert_ne!(Secret::random().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,60}") {
            if let Some(secret) = Secret::parse(&text) {
                prop_assert_eq!(secret.text(), text);
            }
        }
    }
}
