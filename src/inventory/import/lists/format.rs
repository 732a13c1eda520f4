//! Which list a file is.

use super::names;

/// A list that another tool keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// A host, a URL or `KIND:NAME` a line.
    Names,
    /// A request or the results of internet.nl's batch API, 1.1 or 2.
    InternetNl,
    /// A campaign or a list of subdomains of whynoipv6.com.
    WhyNoIpv6,
    /// Targets of Prometheus's blackbox exporter: a file of `file_sd_configs`, `static_configs` or a whole
    /// configuration.
    Prometheus,
    /// Certificates out of Certificate Transparency logs: the JSON of crt.sh or of Cert Spotter.
    Certificates,
    /// What `nmap -oX` writes.
    Nmap,
}

/// Octets in which a format is looked for.
const HEAD: usize = 64 << 10;

/// The list that octets are, by what they hold; `None` when they may be anything else.
pub fn list_format(octets: &[u8]) -> Option<ListFormat> {
    let octets = octets.strip_prefix(b"\xef\xbb\xbf").unwrap_or(octets);
    let head = octets.get(..HEAD).unwrap_or(octets);
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start();
    let holds = |word: &str| text.contains(word);
    match text.bytes().next()? {
        b'<' => holds("<nmaprun").then_some(ListFormat::Nmap),
        b'[' | b'{' => {
            if holds("\"name_value\"") || holds("\"dns_names\"") {
                return Some(ListFormat::Certificates);
            }
            if holds("\"targets\"") {
                return Some(ListFormat::Prometheus);
            }
            let is_campaign = holds("\"subdomains\"") || holds("\"title\"");
            match holds("\"domains\"") || holds("\"api_version\"") {
                true if !is_campaign => Some(ListFormat::InternetNl),
                _ => is_campaign.then_some(ListFormat::WhyNoIpv6),
            }
        }
        _ => by_lines(text, octets.len() > HEAD),
    }
}

fn by_lines(text: &str, is_cut: bool) -> Option<ListFormat> {
    let begins = |line: &str, keys: &[&str]| keys.iter().any(|key| line.starts_with(key));
    for line in text.lines() {
        let bare = line.trim_start_matches(['-', ' ']);
        if begins(line, &["domains:", "subdomains:"]) {
            return Some(ListFormat::WhyNoIpv6);
        }
        if begins(line, &["scrape_configs:", "static_configs:"]) || begins(bare, &["targets:"]) {
            return Some(ListFormat::Prometheus);
        }
    }
    // The last line may be a piece.
    let lines = text.lines().count() - usize::from(is_cut);
    names::are_names(text.lines().take(lines)).then_some(ListFormat::Names)
}
