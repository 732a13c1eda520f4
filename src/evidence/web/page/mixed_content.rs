//! What browsers ask for where a page names something by plain http (Mixed Content, Upgrade Insecure
//! Requests).

use url::{Host, Url};

use super::document::Page;
use super::reference::Reference;
use crate::evidence::service::refused_port;
use crate::model::HttpResponse;

/// How a page's browser treats what the page names by plain http.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// As it is named: the page itself is not secure.
    AsNamed,
    /// What is blockable is blocked, the rest asked for by https (Mixed Content §4.1, §4.4), but at an
    /// address as it is named.
    BlockedOrUpgraded,
    /// Everything is asked for by https, because the page says so (Upgrade Insecure Requests §3).
    Upgraded,
}

/// What a browser does with a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loading {
    /// It asks for this URL.
    Asks(Url),
    /// It blocks it, whatever the network is like.
    Blocked(Blocked),
}

/// Why a browser asks for something nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// It is not secure, and the page is.
    MixedContent,
    /// It names a port that browsers refuse.
    RefusedPort,
}

impl Treatment {
    /// The treatment of what stands in a page at a URL, by its response and its own elements.
    pub fn of(url: &Url, response: &HttpResponse, page: &Page) -> Self {
        let headers = response.headers.iter().filter(|(name, _)| name == "content-security-policy");
        let mut policies = headers.map(|(_, value)| value).chain(&page.policies);
        match url.scheme() {
            _ if policies.any(|policies| upgrades(policies)) => Self::Upgraded,
            "https" => Self::BlockedOrUpgraded,
            _ => Self::AsNamed,
        }
    }

    /// What the browser does with something that the page, or one of its style sheets, names.
    pub fn loading(self, reference: &Reference) -> Loading {
        let url = &reference.url;
        let is_plain = url.scheme() == "http" && !is_trustworthy(url);
        if refused_port(url).is_some() {
            return Loading::Blocked(Blocked::RefusedPort);
        }
        match self {
            _ if !is_plain || !reference.what.is_loaded() => Loading::Asks(url.clone()),
            Self::AsNamed => Loading::Asks(url.clone()),
            Self::Upgraded => Loading::Asks(upgraded(url)),
            Self::BlockedOrUpgraded if reference.is_blockable => {
                Loading::Blocked(Blocked::MixedContent)
            }
            // An address has no certificate to hope for: browsers show such an image with a warning.
            Self::BlockedOrUpgraded if is_address(url) => Loading::Asks(url.clone()),
            Self::BlockedOrUpgraded => Loading::Asks(upgraded(url)),
        }
    }
}

/// Whether one of the policies in a field has the directive (RFC 9110 §5.3: a field may hold several).
fn upgrades(policies: &str) -> bool {
    let mut directives = policies.split([';', ',']).filter_map(|d| d.split_whitespace().next());
    directives.any(|name| name.eq_ignore_ascii_case("upgrade-insecure-requests"))
}

fn is_address(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)))
}

/// Whether a URL is secure without https (Secure Contexts §3.1): the machine itself.
fn is_trustworthy(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// The same by https; a port that is not the scheme's own stays.
fn upgraded(url: &Url) -> Url {
    let mut upgraded = url.clone();
    // Between http and https a scheme can be changed.
    let _ = upgraded.set_scheme("https");
    upgraded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::web::page::{Use, page};
    use crate::model::{Blob, BodyEnd, Readings};

    fn response(headers: &[(&str, &str)], body: &str) -> HttpResponse {
        let html = [("content-type", "text/html")];
        let headers = html.iter().chain(headers);
        HttpResponse {
            elapsed_us: 1,
            version: "h2".to_owned(),
            status: 200,
            headers: headers.map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            body: Blob::new(body.as_bytes().to_vec()),
            body_end: BodyEnd::Complete,
            readings: Readings::default(),
        }
    }

    fn treatment(url: &str, headers: &[(&str, &str)], body: &str) -> Treatment {
        let (url, response) = (Url::parse(url).unwrap(), response(headers, body));
        let page = page(&response, &url);
        Treatment::of(&url, &response, page.as_ref().as_ref().unwrap())
    }

    #[test]
    fn a_page_says_how_it_is_treated() {
        const CSP: &str = "content-security-policy";
        let meta = "<meta http-equiv=Content-Security-Policy content='upgrade-insecure-requests'>";
        let inert = format!("<template>{meta}</template>");
        let (secure, plain) = ("https://www.example.vn/", "http://www.example.vn/");
        for (url, headers, body, expected) in [
            (plain, &[][..], "", Treatment::AsNamed),
            (secure, &[], "", Treatment::BlockedOrUpgraded),
            (secure, &[(CSP, "img-src *; Upgrade-Insecure-Requests")], "", Treatment::Upgraded),
            (secure, &[(CSP, "a, upgrade-insecure-requests")], "", Treatment::Upgraded),
            (
                secure,
                &[(CSP, "img-src upgrade-insecure-requests")],
                "",
                Treatment::BlockedOrUpgraded,
            ),
            (secure, &[("x", "upgrade-insecure-requests")], "", Treatment::BlockedOrUpgraded),
            (secure, &[], meta, Treatment::Upgraded),
            (plain, &[], meta, Treatment::Upgraded),
            (secure, &[], &inert, Treatment::BlockedOrUpgraded),
        ] {
            assert_eq!(treatment(url, headers, body), expected, "{url} {headers:?} {body}");
        }
    }

    #[test]
    fn what_browsers_ask_for() {
        use Treatment::{AsNamed, BlockedOrUpgraded, Upgraded};
        let asks = |url: &str| Loading::Asks(Url::parse(url).unwrap());
        for (treatment, what, url, expected) in [
            (AsNamed, Use::Script, "http://a.vn/", asks("http://a.vn/")),
            (BlockedOrUpgraded, Use::Script, "https://a.vn/", asks("https://a.vn/")),
            (
                BlockedOrUpgraded,
                Use::Script,
                "http://a.vn/",
                Loading::Blocked(Blocked::MixedContent),
            ),
            (
                BlockedOrUpgraded,
                Use::Style,
                "http://a.vn/",
                Loading::Blocked(Blocked::MixedContent),
            ),
            (
                BlockedOrUpgraded,
                Use::Frame,
                "http://a.vn/",
                Loading::Blocked(Blocked::MixedContent),
            ),
            (BlockedOrUpgraded, Use::Font, "http://a.vn/", Loading::Blocked(Blocked::MixedContent)),
            (
                BlockedOrUpgraded,
                Use::Object,
                "http://a.vn/",
                Loading::Blocked(Blocked::MixedContent),
            ),
            (BlockedOrUpgraded, Use::Image, "http://a.vn/x", asks("https://a.vn/x")),
            (BlockedOrUpgraded, Use::Media, "http://a.vn:8080/", asks("https://a.vn:8080/")),
            (BlockedOrUpgraded, Use::Image, "http://192.0.2.1/", asks("http://192.0.2.1/")),
            (
                BlockedOrUpgraded,
                Use::Script,
                "http://192.0.2.1/",
                Loading::Blocked(Blocked::MixedContent),
            ),
            (BlockedOrUpgraded, Use::Link, "http://a.vn/", asks("http://a.vn/")),
            (BlockedOrUpgraded, Use::Script, "http://127.0.0.1/", asks("http://127.0.0.1/")),
            (Upgraded, Use::Script, "http://a.vn/", asks("https://a.vn/")),
            (Upgraded, Use::Image, "http://192.0.2.1/", asks("https://192.0.2.1/")),
            (Upgraded, Use::Link, "http://a.vn/", asks("http://a.vn/")),
        ] {
            let url = Url::parse(url).unwrap();
            let reference = Reference { url, what, is_blockable: what.is_blockable() };
            assert_eq!(treatment.loading(&reference), expected, "{treatment:?} {reference:?}");
        }
    }
}
