//! Hosts and domains.

use super::address::{port, split_port};
use crate::inventory::fault::Fault;
use crate::model::{Endpoint, Host, Name};

/// Octets of a text that may become a host name: more can't be one, not even in escapes.
const HOST_OCTETS_MAX: usize = 1024;

/// A domain: the part after the `@` of mail addresses, or a zone's apex.
pub(crate) fn domain(text: &str) -> Result<Name, Fault> {
    if let Some((_, domain)) = text.rsplit_once('@') {
        return Fault::err(
            format!("`{text}` is a mail address; the domain alone is wanted"),
            format!("write `{domain}`"),
        );
    }
    if let Some((_, rest)) = text.split_once("://") {
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        return Fault::err(
            format!("`{text}` is a URL; the domain alone is wanted"),
            format!("write `{host}`"),
        );
    }
    host_sized(text)?;
    Name::parse(text).map_err(Fault::plain)
}

fn host_sized(text: &str) -> Result<(), Fault> {
    match text.len() <= HOST_OCTETS_MAX {
        true => Ok(()),
        false => Fault::err(
            "this text is too long for a host name",
            "a host name has at most 253 octets",
        ),
    }
}

/// `host`, `host:port`, `[v6]:port`, `[v6]` or a bare address. `default_port` is that of the
/// service's kind; kinds without one need the port.
pub(crate) fn endpoint(text: &str, default_port: Option<u16>) -> Result<Endpoint, Fault> {
    host_sized(text)?;
    if text.contains("://") {
        return Fault::err(
            format!("`{text}` is a URL; a host is wanted here"),
            "write `host:port`, or use the kind `web`",
        );
    }
    let (host, port_text) = split_port(text);
    let host = Host::parse(host).map_err(Fault::plain)?;
    match (port_text, default_port) {
        (Some(text), _) => Ok(Endpoint { host, port: port(text)? }),
        (None, Some(port)) => Ok(Endpoint { host, port }),
        (None, None) => Fault::err(
            "the port is missing: this kind of service has none by default",
            format!("write `{host}:PORT`, such as `{host}:443`"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::fault::refusal;

    #[test]
    fn endpoints() {
        for (text, default_port, expected) in [
            ("example.vn", Some(53), "example.vn:53"),
            ("example.vn:8443", None, "example.vn:8443"),
            ("[2001:db8::1]:8443", None, "[2001:db8::1]:8443"),
            ("[2001:db8::1]", Some(22), "[2001:db8::1]:22"),
            ("2001:db8::1", Some(22), "[2001:db8::1]:22"),
            ("192.0.2.1:25", Some(22), "192.0.2.1:25"),
        ] {
            let endpoint = endpoint(text, default_port).unwrap();
            assert_eq!(format!("{}:{}", endpoint.host, endpoint.port), expected);
        }
        for (text, expected) in [
            ("example.vn", "port is missing"),
            ("example.vn:", "is not a port"),
            ("example.vn:0", "is not a port"),
            ("example.vn:+5", "is not a port"),
            ("example.vn:65536", "is not a port"),
            ("https://example.vn", "use the kind `web`"),
            ("exa mple.vn:1", "is not a host name"),
            ("2001:db8::1", "write `[2001:db8::1]:PORT`"),
        ] {
            assert!(refusal(endpoint(text, None)).contains(expected), "{text}");
        }
        assert!(refusal(domain("noc@example.vn")).contains("write `example.vn`"));
        assert!(refusal(domain("https://example.vn/a")).contains("write `example.vn`"));
        assert!(refusal(domain("192.0.2.1")).contains("last label is a number"));
    }
}
