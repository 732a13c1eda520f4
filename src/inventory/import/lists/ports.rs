//! Which service an open port most probably is.

use std::fmt::Display;

/// Kinds by the port that is theirs (IANA's registry); `https` and `http` are web sites.
const BY_PORT: [(u16, &str); 14] = [
    (22, "ssh"),
    (53, "dns"),
    (80, "http"),
    (123, "ntp"),
    (143, "imap"),
    (443, "https"),
    (465, "submission"),
    (587, "submission"),
    (636, "tls"),
    (853, "tls"),
    (990, "tls"),
    (993, "imaps"),
    (995, "pop3s"),
    (8443, "https"),
];

/// A kind by a port; `tcp` where nothing else is known.
pub(super) fn kind_of(port: u16) -> &'static str {
    BY_PORT.iter().find(|(known, _)| *known == port).map_or("tcp", |(_, kind)| kind)
}

/// A service of a kind at a host and port, as people write it.
pub(super) fn written(kind: &str, host: impl Display, port: u16) -> String {
    match (kind, port) {
        ("http", 80) | ("https", 443) => format!("{kind}://{host}/"),
        ("http" | "https", _) => format!("{kind}://{host}:{port}/"),
        _ => format!("{kind}:{host}:{port}"),
    }
}
