//! Tokens in forms, so that another site can't send one in somebody's name.
//!
//! A form carries the HMAC of a key that belongs to the session (or, where there is none, of a cookie
//! that another site can't set). Each time it is written it is masked anew: pages are compressed, and a
//! text that is the same in each of them could be guessed from their lengths (BREACH).

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What a form must carry. Its `Display` is the value of the field.
#[derive(Clone, PartialEq, Eq)]
pub struct CsrfToken([u8; 32]);

impl CsrfToken {
    /// The name of the form's hidden field.
    pub const FIELD: &'static str = "csrf";

    /// The header in which scripts of our own pages send it.
    pub const HEADER: &'static str = "x-csrf-token";

    /// The token that belongs to a key; `purpose` keeps those of different forms apart.
    pub fn of(key: &[u8], purpose: &str) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let mut token = [0; 32];
        token.copy_from_slice(hmac::sign(&key, purpose.as_bytes()).as_ref());
        Self(token)
    }

    /// Whether this is the value of a field that was written for it.
    pub fn accepts(&self, value: &str) -> bool {
        // 64 octets are 86 characters.
        if value.len() != 86 {
            return false;
        }
        let Ok(masked) = URL_SAFE_NO_PAD.decode(value) else { return false };
        let Some((mask, masked)) = masked.split_at_checked(32) else { return false };
        let token: Vec<u8> = mask.iter().zip(masked).map(|(mask, octet)| mask ^ octet).collect();
        verify_slices_are_equal(&token, &self.0).is_ok()
    }
}

impl fmt::Display for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = [0; 64];
        aws_lc_rs::rand::fill(&mut value[..32]).map_err(|_| fmt::Error)?;
        for at in 0..32 {
            value[32 + at] = value[at] ^ self.0[at];
        }
        f.write_str(&URL_SAFE_NO_PAD.encode(value))
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_token_is_accepted_in_each_of_its_masks_and_for_its_own_key_and_purpose_only() {
        let token = CsrfToken::of(b"key", "forms");
        let (one, two) = (token.to_string(), token.to_string());
        assert_ne!(one, two);
        assert!(token.accepts(&one) && token.accepts(&two));
        assert!(!CsrfToken::of(b"key2", "forms").accepts(&one));
        assert!(!CsrfToken::of(b"key", "login").accepts(&one));
        assert!(!token.accepts("") && !token.accepts(&one[1..]));
    }

    proptest! {
        #[test]
        fn no_other_text_is_accepted(value in "[A-Za-z0-9_-]{86}|.{0,100}") {
            prop_assert!(!CsrfToken::of(b"key", "forms").accepts(&value));
        }
    }
}
