//! Host and domain names.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A domain name in presentation format (RFC 1035 §5.1): lower case, A-labels, no trailing dot;
/// the root is `.`.
///
/// Two names are equal when DNS would call them equal. Octets that are no letters, digits, `-` or
/// `_` stay escaped (`\009`), so a name from a hostile answer can be printed.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(Arc<str>);

/// Why a text is not a usable host name; the sentence says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidName(pub String);

impl Name {
    /// The DNS root.
    pub fn root() -> Self {
        Self(Arc::from("."))
    }

    /// Reads a host name as a person writes it: Unicode labels become A-labels (UTS #46), one
    /// trailing dot is allowed, letters become lower case.
    ///
    /// # Errors
    /// When it is empty, has an empty label, a label over 63 or a name over 253 octets (RFC 1035
    /// §2.3.4), a character that no host name has, or is an IP address.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let bad = |why: &str| InvalidName(format!("`{text}` is not a host name: {why}"));
        let trimmed = text.strip_suffix('.').unwrap_or(text);
        if trimmed.is_empty() {
            return Err(bad("it is empty"));
        }
        let ascii = idna::domain_to_ascii_cow(trimmed.as_bytes(), idna::AsciiDenyList::EMPTY)
            .map_err(|_| bad("it can't be converted to ASCII (IDNA)"))?
            .to_ascii_lowercase();
        if ascii.len() > 253 {
            return Err(bad("it has more than 253 octets"));
        }
        for label in ascii.split('.') {
            if label.is_empty() {
                return Err(bad("it has an empty label (two dots in a row)"));
            }
            if label.len() > 63 {
                return Err(bad("a label has more than 63 octets"));
            }
            if label.starts_with('-') || label.ends_with('-') {
                return Err(bad("a label starts or ends with `-`"));
            }
            if let Some(odd) =
                label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-' && *c != '_')
            {
                return Err(bad(&format!("it contains {odd:?}")));
            }
        }
        let last = ascii.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(bad("its last label is a number, as in an IPv4 address"));
        }
        Ok(Self(Arc::from(ascii)))
    }

    /// Takes a name that a DNS decoder wrote in presentation format; only case and the trailing
    /// dot are normalised.
    pub fn from_presentation(text: &str) -> Self {
        if text == "." || text.is_empty() {
            return Self::root();
        }
        let trimmed =
            if text.ends_with("\\.") { text } else { text.strip_suffix('.').unwrap_or(text) };
        if trimmed.bytes().any(|octet| octet.is_ascii_uppercase()) {
            return Self(Arc::from(trimmed.to_ascii_lowercase()));
        }
        Self(Arc::from(trimmed))
    }

    /// Writes the labels of a decoded name, leftmost first, in presentation format: what is no
    /// letter, digit, `-`, `_` or `*` becomes `\\X`, or `\\DDD` (decimal) where it can't be printed.
    pub fn from_labels<'a>(labels: impl IntoIterator<Item = &'a [u8]>) -> Self {
        use fmt::Write as _;
        let mut text = String::new();
        for label in labels {
            if !text.is_empty() {
                text.push('.');
            }
            for &octet in label {
                // Writing to a `String` can't fail.
                let _ = match octet {
                    b'-' | b'_' | b'*' => text.write_char(char::from(octet)),
                    _ if octet.is_ascii_alphanumeric() => {
                        text.write_char(char::from(octet.to_ascii_lowercase()))
                    }
                    _ if octet.is_ascii_graphic() => write!(text, "\\{}", char::from(octet)),
                    _ => write!(text, "\\{octet:03}"),
                };
            }
        }
        if text.is_empty() { Self::root() } else { Self(Arc::from(text)) }
    }

    /// The labels as octets, leftmost first, none for the root: what [`Name::from_labels`] was
    /// given, in lower case. `None` when the text can't be a name in wire format (RFC 1035 §3.1):
    /// an empty label, one over 63 octets, more than 255 octets in all, or a broken escape.
    pub fn labels(&self) -> Option<Vec<Vec<u8>>> {
        const LABEL_OCTETS_MAX: usize = 63;
        const NAME_OCTETS_MAX: usize = 255;
        if self.is_root() {
            return Some(Vec::new());
        }
        let mut labels = vec![Vec::new()];
        let mut octets = self.0.bytes();
        while let Some(octet) = octets.next() {
            let octet = match octet {
                b'.' => {
                    labels.push(Vec::new());
                    continue;
                }
                b'\\' => match octets.next()? {
                    first if first.is_ascii_digit() => {
                        let digits = [first, octets.next()?, octets.next()?];
                        std::str::from_utf8(&digits).ok()?.parse().ok()?
                    }
                    other => other,
                },
                _ => octet,
            };
            labels.last_mut()?.push(octet);
        }
        let fits = |label: &Vec<u8>| (1..=LABEL_OCTETS_MAX).contains(&label.len());
        let octets: usize = labels.iter().map(|label| label.len() + 1).sum();
        (labels.iter().all(fits) && octets < NAME_OCTETS_MAX).then_some(labels)
    }

    /// The presentation format without trailing dot (`.` for the root).
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        &*self.0 == "."
    }

    /// The name without its leftmost label: `b.c` for `a.b.c`, the root for a single label, `None`
    /// for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        let mut escaped = false;
        for (at, byte) in self.0.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'.' => return Some(Self(Arc::from(&self.0[at + 1..]))),
                _ => {}
            }
        }
        Some(Self::root())
    }

    /// Whether this name is `ancestor` or lies below it.
    pub fn is_within(&self, ancestor: &Name) -> bool {
        ancestor.is_root()
            || self == ancestor
            || (self.0.len() > ancestor.0.len()
                && self.0.ends_with(ancestor.as_str())
                && self.0.as_bytes()[self.0.len() - ancestor.0.len() - 1] == b'.')
    }

    /// This name with `label` put in front of it.
    pub fn child(&self, label: &str) -> Self {
        if self.is_root() {
            Self(Arc::from(label.to_ascii_lowercase()))
        } else {
            Self(Arc::from(format!("{}.{}", label.to_ascii_lowercase(), self.0)))
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_presentation(&std::borrow::Cow::<str>::deserialize(deserializer)?))
    }
}

/// Where a service lives: a name to look up, or an address literal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Host {
    /// A domain name.
    Name(Name),
    /// An IP address that was written instead of a name.
    Address(IpAddr),
}

impl Host {
    /// The host of a URL; `None` for a URL without one.
    pub fn of_url(url: &url::Url) -> Option<Self> {
        match url.host()? {
            url::Host::Domain(name) => Some(Self::Name(Name::from_presentation(name))),
            url::Host::Ipv4(address) => Some(Self::Address(address.into())),
            url::Host::Ipv6(address) => Some(Self::Address(address.into())),
        }
    }

    /// Reads `example.gov.vn`, `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`.
    ///
    /// # Errors
    /// As [`Name::parse`].
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return inner
                .parse::<Ipv6Addr>()
                .map(|address| Self::Address(address.into()))
                .map_err(|_| InvalidName(format!("`{text}` is not an IPv6 address in brackets")));
        }
        match text.parse::<IpAddr>() {
            Ok(address) => Ok(Self::Address(address)),
            Err(_) => Name::parse(text).map(Self::Name),
        }
    }

    /// The name, if it is one.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::Name(name) => Some(name),
            Self::Address(_) => None,
        }
    }
}

/// As a URL has it: IPv6 addresses in brackets.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name}"),
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_as_people_write_them() {
        for (text, expected) in [
            ("Example.GOV.vn.", "example.gov.vn"),
            ("khánhhòa.example", "xn--khnhha-qta3l.example"),
            ("_dmarc.example.vn", "_dmarc.example.vn"),
            ("a-b.c1", "a-b.c1"),
        ] {
            assert_eq!(Name::parse(text).unwrap().as_str(), expected, "{text}");
        }
        let long_label = "a".repeat(64);
        let long_name = vec!["abcdefg"; 40].join(".");
        for text in [
            "",
            ".",
            "a..vn",
            "-a.vn",
            "a-.vn",
            "a b.vn",
            "a/b.vn",
            "192.0.2.1",
            &long_label,
            &long_name,
        ] {
            assert!(Name::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn family_of_names() {
        let name = Name::parse("www.example.gov.vn").unwrap();
        let parent = name.parent().unwrap();
        assert_eq!(parent.as_str(), "example.gov.vn");
        assert!(
            name.is_within(&parent) && name.is_within(&Name::root()) && !parent.is_within(&name)
        );
        assert!(!Name::parse("badexample.gov.vn").unwrap().is_within(&parent));
        assert_eq!(Name::parse("vn").unwrap().parent(), Some(Name::root()));
        assert_eq!(Name::root().parent(), None);
        assert_eq!(Name::from_presentation("a\\.b.c").parent().unwrap().as_str(), "c");
        assert_eq!(Name::root().child("VN").as_str(), "vn");
    }

    #[test]
    fn labels_of_any_octets_round_trip() {
        let labels: [&[u8]; 3] = [b"a.b\\", &[0, 9, 255, b' '], b"*-_9Z"];
        let name = Name::from_labels(labels);
        assert_eq!(name.as_str(), r"a\.b\\.\000\009\255\032.*-_9z");
        let back = name.labels().unwrap();
        assert_eq!(back[..2], labels[..2]);
        assert_eq!(back[2], b"*-_9z");
        assert_eq!(Name::from_presentation(name.as_str()), name);
        assert_eq!(name.parent().unwrap().labels().unwrap(), back[1..]);
        assert_eq!(Name::from_labels([]), Name::root());
        assert_eq!(Name::root().labels(), Some(Vec::new()));
        let long = "a".repeat(64);
        let many = vec!["a"; 127].join(".");
        assert_eq!(Name::from_presentation(&many).labels().unwrap().len(), 127);
        let too_many = format!("a.{many}");
        for bad in ["a..b", r"a\", r"a\1", r"a\999", r"a\1+2", &long, &too_many] {
            assert_eq!(Name::from_presentation(bad).labels(), None, "{bad}");
        }
    }

    #[test]
    fn hosts() {
        assert_eq!(Host::parse("[2001:db8::1]").unwrap().to_string(), "[2001:db8::1]");
        assert_eq!(Host::parse("192.0.2.1").unwrap().to_string(), "192.0.2.1");
        assert!(Host::parse("[fe80::1%eth0]").is_err());
    }
}
