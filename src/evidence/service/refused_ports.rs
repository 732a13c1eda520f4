//! Ports at which no browser asks for a page or for what it loads.

use url::Url;

/// Fetch standard §2.9 (fetch.spec.whatwg.org#port-blocking), November 2026. Chromium, Firefox and Safari
/// refuse these for http and https, so that no page makes a visitor talk to a mail server, say.
const REFUSED: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

/// The port of a URL, where browsers refuse it.
pub fn refused_port(url: &Url) -> Option<u16> {
    url.port_or_known_default().filter(|port| REFUSED.binary_search(port).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_that_browsers_refuse() {
        assert!(REFUSED.is_sorted());
        for (url, expected) in [
            ("http://www.example.vn/", None),
            ("https://www.example.vn:8443/", None),
            ("http://www.example.vn:25/", Some(25)),
            ("https://www.example.vn:6000/", Some(6000)),
            ("http://www.example.vn:10080/", Some(10080)),
        ] {
            assert_eq!(refused_port(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
