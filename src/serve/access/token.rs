//! Tokens of programs: `Authorization: Bearer v6r_…`.

use super::secret::{NoRandomness, Secret};
use crate::model::Digest;

/// What each begins with, so that a scanner for leaked secrets finds it.
const PREFIX: &str = "v6r_";

/// A token as its owner has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken(Secret);

impl ApiToken {
    /// A new one.
    ///
    /// # Errors
    /// When the operating system gives no random numbers.
    pub fn random() -> Result<Self, NoRandomness> {
        Secret::random().map(Self)
    }

    /// Reads what a program sent.
    pub fn parse(text: &str) -> Option<Self> {
        Secret::parse(text.strip_prefix(PREFIX)?).map(Self)
    }

    /// What its owner gets to see, once.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", self.0.text())
    }

    /// What the configuration keeps: the SHA-256 of its 256 random bits, for which a slow hash as for
    /// passwords would be of no use (see [`Secret`]).
    pub fn digest(&self) -> Digest {
        self.0.digest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_back_and_nothing_else_is_one() {
        let token = ApiToken::random().unwrap();
        assert_eq!(ApiToken::parse(&token.text()), Some(token.clone()));
        assert_eq!(token.text().len(), 47);
        let text = token.text();
        for bad in
            ["", "v6r_", &text[1..], &text[..46], &format!("{text}A"), &text.replace('_', "-")]
        {
            assert!(ApiToken::parse(bad).is_none_or(|other| other != token), "{bad}");
        }
    }
}
