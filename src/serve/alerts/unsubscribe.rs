//! The link by which a contact ends its mails: signed, so that nobody ends another's.

use aws_lc_rs::hmac;
use url::Url;

use crate::model::hex;

/// The store's secret with which links are signed.
pub const SECRET: &str = "unsubscribe";

/// The path of the page, below the daemon's URL.
pub const PATH: &str = "alerts/unsubscribe";

/// Octets of a signature that stand in a link.
const OCTETS: usize = 16;

/// The link for an address and an organisation.
pub fn link(base_url: &str, secret: &[u8], address: &str, organisation: &str) -> Option<String> {
    let mut url = Url::parse(base_url).ok()?.join(PATH).ok()?;
    url.query_pairs_mut()
        .append_pair("organisation", organisation)
        .append_pair("address", address)
        .append_pair("signature", &signature(secret, address, organisation));
    Some(url.into())
}

/// Whether a link is one of ours.
pub fn is_signed(secret: &[u8], address: &str, organisation: &str, signature: &str) -> bool {
    let expected = self::signature(secret, address, organisation);
    aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), signature.as_bytes())
        .is_ok()
}

fn signature(secret: &[u8], address: &str, organisation: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, format!("{organisation}\n{address}").as_bytes());
    hex(&tag.as_ref()[..OCTETS])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_good_for_its_address_and_organisation_alone() {
        let url = link("https://v6.example/", b"secret", "a+b@example.vn", "vp-ubnd").unwrap();
        assert!(url.starts_with(
            "https://v6.example/alerts/unsubscribe?organisation=vp-ubnd&address=a%2Bb%40example.vn&signature="
        ));
        let signature = url.rsplit('=').next().unwrap();
        assert!(is_signed(b"secret", "a+b@example.vn", "vp-ubnd", signature));
        assert!(!is_signed(b"secret", "b@example.vn", "vp-ubnd", signature));
        assert!(!is_signed(b"secret", "a+b@example.vn", "so-ttt", signature));
        assert!(!is_signed(b"other", "a+b@example.vn", "vp-ubnd", signature));
        assert!(!is_signed(b"secret", "a+b@example.vn", "vp-ubnd", ""));
    }
}
