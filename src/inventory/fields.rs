//! Single values: from text to what it means, or a sentence that says what would be right.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use ipnet::IpNet;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use url::{SyntaxViolation, Url};

use crate::model::{Endpoint, Host, Name};

/// Why a text isn't the value that is wanted here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// What is wrong.
    pub(super) message: String,
    /// What would be right.
    pub(super) help: Option<String>,
}

/// Characters of an id.
pub(super) const ID_CHARACTERS_MAX: usize = 63;

/// Characters of a title, a name or a reason.
const TEXT_CHARACTERS_MAX: usize = 1000;

/// Octets of a URL.
const URL_OCTETS_MAX: usize = 2048;

/// Octets of a text that may become a host name: more can't be one, not even in escapes.
const HOST_OCTETS_MAX: usize = 1024;

fn fault<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { message: message.into(), help: Some(help.into()) })
}

/// Text for people: one line, not empty.
pub(super) fn text(text: &str) -> Result<String, Fault> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return fault("this text is empty", "write a text, or delete the key");
    }
    if trimmed.contains(char::is_control) {
        return fault(
            "this text holds a line break or another control character",
            "write it on one line; `>-` folds a long text",
        );
    }
    if trimmed.chars().count() > TEXT_CHARACTERS_MAX {
        return fault(
            format!("this text has more than {TEXT_CHARACTERS_MAX} characters"),
            "shorten it",
        );
    }
    Ok(trimmed.to_owned())
}

/// An id: `[a-z0-9][a-z0-9-]*`, at most 63 characters.
pub(super) fn id(text: &str) -> Result<&str, Fault> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_id = text.starts_with(is_letter) && text.chars().all(|c| is_letter(c) || c == '-');
    if is_id && text.len() <= ID_CHARACTERS_MAX {
        return Ok(text);
    }
    let message = match is_id {
        true => format!("this id has more than {ID_CHARACTERS_MAX} characters"),
        false => format!("`{text}` is not an id"),
    };
    let rule = "an id is made of a–z, 0–9 and `-` and starts with a letter or digit";
    match slug(text) {
        suggestion if suggestion.is_empty() => fault(message, rule),
        suggestion => fault(message, format!("{rule}: write `{suggestion}`")),
    }
}

/// The id that comes closest to a text: `Sở Y tế` → `so-y-te`. Empty when nothing remains.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.nfd().filter(|c| !is_combining_mark(*c)) {
        match character {
            'đ' | 'Đ' => slug.push('d'),
            c if c.is_ascii_alphanumeric() => slug.push(c.to_ascii_lowercase()),
            _ if slug.is_empty() || slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
        if slug.len() == ID_CHARACTERS_MAX {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// `http://…` or `https://…`.
pub(super) fn web(text: &str) -> Result<Url, Fault> {
    if text.len() > URL_OCTETS_MAX {
        return fault(format!("this URL has more than {URL_OCTETS_MAX} octets"), "shorten it");
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return match Host::parse(text.split('/').next().unwrap_or_default()) {
            Ok(_) => fault(
                format!("`{text}` is not a URL: it has no scheme"),
                format!("write `https://{}`", with_path(text)),
            ),
            Err(_) => {
                fault(format!("`{text}` is not a URL"), "write it as `https://portal.example/`")
            }
        };
    };
    if !["http", "https"].contains(&&*scheme.to_ascii_lowercase()) {
        return fault(
            format!("`{scheme}` is not a scheme of a web service"),
            format!("write `https://{}`; other protocols have kinds of their own", with_path(rest)),
        );
    }
    let violation = std::cell::Cell::new(None);
    let note = |what| violation.set(violation.get().or(Some(what)));
    let url = match Url::options().syntax_violation_callback(Some(&note)).parse(text) {
        Ok(url) => url,
        Err(error) => {
            return fault(
                format!("`{text}` is not a URL: {error}"),
                "write it as `https://portal.example/`",
            );
        }
    };
    if !url.username().is_empty() || url.password().is_some() {
        return fault(
            "this URL holds a user name or password",
            "delete what stands before the `@`: an inventory is no place for secrets",
        );
    }
    // The parser repairs these silently; what is probed must be what is written.
    let repaired =
        |what| !matches!(what, SyntaxViolation::NonUrlCodePoint | SyntaxViolation::PercentDecode);
    if let Some(what) = violation.get().filter(|what| repaired(*what)) {
        return fault(
            format!("`{text}` is not a URL: {}", what.description()),
            format!("write `{url}`"),
        );
    }
    match url.host() {
        Some(url::Host::Domain(domain)) => Name::parse(domain).map_err(plain)?,
        Some(_) => return port_of(&url).map(|()| url),
        None => return fault("this URL has no host", "write it as `https://portal.example/`"),
    };
    port_of(&url).map(|()| url)
}

fn port_of(url: &Url) -> Result<(), Fault> {
    match url.port() {
        Some(0) => fault("port 0 can't be connected to", "write a port from 1 to 65535"),
        _ => Ok(()),
    }
}

fn with_path(rest: &str) -> String {
    if rest.contains('/') { rest.to_owned() } else { format!("{rest}/") }
}

fn plain(error: impl ToString) -> Fault {
    Fault { message: error.to_string(), help: None }
}

/// A domain: the part after the `@` of mail addresses, or a zone's apex.
pub(super) fn domain(text: &str) -> Result<Name, Fault> {
    if let Some((_, domain)) = text.rsplit_once('@') {
        return fault(
            format!("`{text}` is a mail address; the domain alone is wanted"),
            format!("write `{domain}`"),
        );
    }
    if let Some((_, rest)) = text.split_once("://") {
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        return fault(
            format!("`{text}` is a URL; the domain alone is wanted"),
            format!("write `{host}`"),
        );
    }
    host_sized(text)?;
    Name::parse(text).map_err(plain)
}

fn host_sized(text: &str) -> Result<(), Fault> {
    match text.len() <= HOST_OCTETS_MAX {
        true => Ok(()),
        false => {
            fault("this text is too long for a host name", "a host name has at most 253 octets")
        }
    }
}

/// `host`, `host:port`, `[v6]:port`, `[v6]` or a bare address. `default_port` is that of the
/// service's kind; kinds without one need the port.
pub(super) fn endpoint(text: &str, default_port: Option<u16>) -> Result<Endpoint, Fault> {
    host_sized(text)?;
    if text.contains("://") {
        return fault(
            format!("`{text}` is a URL; a host is wanted here"),
            "write `host:port`, or use the kind `web`",
        );
    }
    let (host, port_text) = split_port(text);
    let host = Host::parse(host).map_err(plain)?;
    match (port_text, default_port) {
        (Some(text), _) => Ok(Endpoint { host, port: port(text)? }),
        (None, Some(port)) => Ok(Endpoint { host, port }),
        (None, None) => fault(
            "the port is missing: this kind of service has none by default",
            format!("write `{host}:PORT`, such as `{host}:443`"),
        ),
    }
}

/// A bare IPv6 address has colons too, so a port is taken off only where it can be one.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if host.ends_with(']') || !host.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

fn port(text: &str) -> Result<u16, Fault> {
    match text.parse() {
        Ok(port @ 1..) if text.bytes().all(|octet| octet.is_ascii_digit()) => Ok(port),
        _ => fault(format!("`{text}` is not a port"), "write a number from 1 to 65535"),
    }
}

/// An address with an optional port, 53 by default.
pub(super) fn socket(text: &str) -> Result<SocketAddr, Fault> {
    let example =
        "write an address, such as `2001:db8::53`, `[2001:db8::53]:53` or `192.0.2.53:53`";
    let (address_text, port_text) = split_port(text);
    let unbracketed = match address_text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']').and_then(|inner| inner.parse::<Ipv6Addr>().ok()),
        None => None,
    };
    let address = match unbracketed {
        Some(address) => IpAddr::V6(address),
        None => match address_text.parse::<IpAddr>() {
            Ok(address) => address,
            Err(_) => return fault(format!("`{text}` is not an IP address"), example),
        },
    };
    if address.is_unspecified() || address.is_multicast() {
        return fault(format!("`{address}` is not the address of one host"), example);
    }
    Ok(SocketAddr::new(address, port_text.map_or(Ok(53), port)?))
}

/// A control target: as [`socket`], but it is asked over IPv6.
pub(super) fn control_target(text: &str) -> Result<SocketAddr, Fault> {
    let target = socket(text)?;
    match target {
        SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_none() => Ok(target),
        _ => fault(
            format!("`{text}` is not an IPv6 address, and control targets are asked over IPv6"),
            "write an address such as `[2001:db8::53]:53`",
        ),
    }
}

/// `2001:db8:100::/40`, without host bits.
pub(super) fn prefix(text: &str) -> Result<IpNet, Fault> {
    let Ok(net) = text.parse::<IpNet>() else {
        return match text.parse::<IpAddr>() {
            Ok(address) => fault(
                format!("`{text}` is an address without a prefix length"),
                format!(
                    "write `{text}/{}`, or a shorter prefix",
                    if address.is_ipv6() { 128 } else { 32 }
                ),
            ),
            Err(_) => fault(
                format!("`{text}` is not an address prefix"),
                "write it as `2001:db8:100::/40` or `192.0.2.0/24`",
            ),
        };
    };
    if net.prefix_len() == 0 {
        return fault(
            format!("`{text}` is the whole Internet"),
            "write the prefixes that are yours",
        );
    }
    if net.addr() != net.network() {
        return fault(
            format!("`{text}` has bits set beyond its length of {}", net.prefix_len()),
            format!("write `{}`", net.trunc()),
        );
    }
    Ok(net)
}

/// `2026-12-31`.
pub(super) fn date(text: &str) -> Result<Date, Fault> {
    let has_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, octet)| match at {
            4 | 7 => octet == b'-',
            _ => octet.is_ascii_digit(),
        });
    if !has_form {
        return fault(
            format!("`{text}` is not a date"),
            "write year-month-day, such as `2026-12-31`",
        );
    }
    text.parse().or_else(|_| {
        fault(format!("`{text}` is not a day of the calendar"), "write a day that exists")
    })
}

/// `250ms`, `3s`, `2m` or `1h`, within a range.
pub(super) fn duration(text: &str, range: &RangeInclusive<Duration>) -> Result<Duration, Fault> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit_ms = match unit.trim_start() {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" | "min" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let (Ok(count), Some(unit_ms)) = (number.parse::<u64>(), unit_ms) else {
        let help = match unit.is_empty() {
            true => format!("write its unit too: `{text}s` or `{text}ms`"),
            false => "write a whole number and a unit: `250ms`, `3s`, `2m`".into(),
        };
        return fault(format!("`{text}` is not a duration"), help);
    };
    let duration = Duration::from_millis(count.saturating_mul(unit_ms));
    if range.contains(&duration) {
        return Ok(duration);
    }
    fault(
        format!("`{text}` is out of range"),
        format!("write a duration from {} to {}", show(*range.start()), show(*range.end())),
    )
}

fn show(duration: Duration) -> String {
    match duration.as_millis() {
        ms if ms != 0 && ms.is_multiple_of(60_000) => format!("{}m", ms / 60_000),
        ms if ms.is_multiple_of(1000) => format!("{}s", ms / 1000),
        ms => format!("{ms}ms"),
    }
}

/// A time zone of the IANA database, in its proper spelling. The database in the program counts,
/// not the machine's, so that an inventory is good or bad everywhere alike.
pub(super) fn timezone(text: &str) -> Result<String, Fault> {
    let database = jiff::tz::TimeZoneDatabase::bundled();
    if let Ok(zone) = database.get(text)
        && let Some(name) = zone.iana_name()
    {
        return Ok(name.to_owned());
    }
    let names: Vec<String> = database.available().map(|name| name.to_string()).collect();
    let help = match nearest(text, names.iter().map(String::as_str)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "write an IANA name, such as `Asia/Ho_Chi_Minh`".into(),
    };
    fault(format!("`{text}` is not a time zone"), help)
}

/// The known word that a text was probably meant to be.
pub(super) fn nearest<'w>(text: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    // Comparing costs the product of the lengths; no known word is this long.
    if text.len() > 64 {
        return None;
    }
    let lower = text.to_lowercase();
    words
        .map(|word| (strsim::damerau_levenshtein(&lower, &word.to_lowercase()), word))
        .filter(|(distance, word)| *distance <= (word.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T: std::fmt::Debug>(result: Result<T, Fault>) -> String {
        let fault = result.unwrap_err();
        format!("{} → {}", fault.message, fault.help.unwrap_or_default())
    }

    #[test]
    fn ids() {
        for good in ["a", "7", "vp-ubnd", "007", &"x".repeat(63)] {
            assert_eq!(id(good), Ok(good));
        }
        for (bad, expected) in [
            ("Sở Y tế", "write `so-y-te`"),
            ("Đường_Bộ", "write `duong-bo`"),
            ("-a", "write `a`"),
            ("", "is not an id"),
            ("***", "is not an id"),
            (&*"x".repeat(64), "more than 63 characters"),
        ] {
            assert!(said(id(bad)).contains(expected), "{bad}: {}", said(id(bad)));
        }
    }

    #[test]
    fn urls() {
        for (text, expected) in [
            ("https://example.gov.vn", "https://example.gov.vn/"),
            ("HTTP://Example.gov.vn:80/a?b", "http://example.gov.vn/a?b"),
            ("https://khánhhòa.example/", "https://xn--khnhha-qta3l.example/"),
            ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
            ("https://192.0.2.1/", "https://192.0.2.1/"),
            ("https://example.gov.vn/tìm kiếm", "https://example.gov.vn/t%C3%ACm%20ki%E1%BA%BFm"),
        ] {
            assert_eq!(web(text).unwrap().as_str(), expected);
        }
        for (text, expected) in [
            ("example.gov.vn", "write `https://example.gov.vn/`"),
            ("example.gov.vn/a", "write `https://example.gov.vn/a`"),
            ("ftp://example.gov.vn/", "write `https://example.gov.vn/`; other"),
            ("https://", "empty host"),
            ("https://u:p@example.gov.vn/", "no place for secrets"),
            ("https://example.gov.vn:0/", "port 0"),
            ("https://example.gov.vn:99999/", "invalid port"),
            ("https:///example.gov.vn/", "write `https://example.gov.vn/`"),
            ("https://exa mple.vn/", "is not a URL"),
            ("https://a..vn/", "empty label"),
            ("https://-a.vn/", "starts or ends with `-`"),
            ("https://example.gov.vn\\x", "write `https://example.gov.vn/x`"),
            ("cổng thông tin", "is not a URL"),
        ] {
            assert!(said(web(text)).contains(expected), "{text}: {}", said(web(text)));
        }
    }

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
            assert!(said(endpoint(text, None)).contains(expected), "{text}");
        }
        assert!(said(domain("noc@example.vn")).contains("write `example.vn`"));
        assert!(said(domain("https://example.vn/a")).contains("write `example.vn`"));
        assert!(said(domain("192.0.2.1")).contains("last label is a number"));
    }

    #[test]
    fn sockets() {
        for (text, expected) in [
            ("2001:db8::53", "[2001:db8::53]:53"),
            ("[2001:db8::53]", "[2001:db8::53]:53"),
            ("[2001:db8::53]:5353", "[2001:db8::53]:5353"),
            ("192.0.2.53", "192.0.2.53:53"),
            ("192.0.2.53:5353", "192.0.2.53:5353"),
        ] {
            assert_eq!(socket(text).unwrap().to_string(), expected);
        }
        for bad in ["", "::", "[::1", "ff02::1", "dns.example", "192.0.2.53:0", "[192.0.2.1]:53"] {
            assert!(socket(bad).is_err(), "{bad}");
        }
        assert!(control_target("192.0.2.53").is_err());
        assert!(control_target("::ffff:192.0.2.53").is_err());
    }

    #[test]
    fn prefixes() {
        assert_eq!(prefix("2001:db8:100::/40").unwrap().to_string(), "2001:db8:100::/40");
        for (text, expected) in [
            ("2001:db8:1:2::/40", "write `2001:db8::/40`"),
            ("2001:db8::1", "write `2001:db8::1/128`"),
            ("::/0", "whole Internet"),
            ("2001:db8::/129", "is not an address prefix"),
            ("10.0.0.1/8", "write `10.0.0.0/8`"),
        ] {
            assert!(said(prefix(text)).contains(expected), "{text}");
        }
    }

    #[test]
    fn dates_and_durations() {
        assert_eq!(date("2028-02-29").unwrap().to_string(), "2028-02-29");
        for (text, expected) in [
            ("2027-02-29", "not a day of the calendar"),
            ("31/12/2026", "year-month-day"),
            ("2026-1-1", "year-month-day"),
            ("20261231", "year-month-day"),
        ] {
            assert!(said(date(text)).contains(expected), "{text}");
        }
        let range = Duration::from_millis(10)..=Duration::from_secs(300);
        assert_eq!(duration("250ms", &range), Ok(Duration::from_millis(250)));
        assert_eq!(duration("2m", &range), Ok(Duration::from_secs(120)));
        for (text, expected) in [
            ("3", "`3s` or `3ms`"),
            ("1.5s", "whole number"),
            ("-3s", "whole number"),
            ("1h", "from 10ms to 5m"),
            ("99999999999999999999s", "whole number"),
            ("18446744073709551615h", "from 10ms to 5m"),
        ] {
            assert!(said(duration(text, &range)).contains(expected), "{text}");
        }
    }

    #[test]
    fn time_zones() {
        assert_eq!(timezone("Asia/Ho_Chi_Minh").unwrap(), "Asia/Ho_Chi_Minh");
        assert_eq!(timezone("asia/ho_chi_minh").unwrap(), "Asia/Ho_Chi_Minh");
        assert_eq!(timezone("UTC").unwrap(), "UTC");
        assert!(said(timezone("Asia/Ho_Chi_Min")).contains("did you mean `Asia/Ho_Chi_Minh`?"));
        assert!(said(timezone("Asia/Hanoi/../x")).contains("is not a time zone"));
    }
}
