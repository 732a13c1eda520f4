//! Every number that decides what is asked, and where asking stops.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Name, OriginTable};

/// What an operator may set; [`Settings::default`] is what the README documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Recursive resolvers, asked in this order, one per attempt.
    pub resolvers: Vec<SocketAddr>,
    /// Root hints in master-file format; `None` = built in.
    pub root_hints: Option<String>,
    /// DNSSEC trust anchors in master-file format; `None` = built in.
    pub trust_anchors: Option<String>,
    /// Certificates of further trusted authorities, DER, beside the web PKI roots.
    pub extra_ca: Vec<Vec<u8>>,
    /// Whether tables of routes are configured.
    pub has_origin_data: bool,
    /// Those tables, while a scan is made; a stored run holds what was found in them.
    #[serde(skip)]
    pub origin_table: Option<Arc<OriginTable>>,
    /// The operator's RPKI validator with an HTTP API, asked where the table holds no payloads.
    pub rpki_validator: Option<SocketAddr>,
    /// CAA domains of authorities that the built-in table doesn't know.
    pub caa_issuers: Vec<CaaIssuer>,
    /// What must answer over IPv6 for the vantage point to count as working: on port 53 a DNS
    /// question for the root's SOA is sent, on any other port a TCP connection is opened.
    pub control_targets: Vec<SocketAddr>,
    /// Conversations under way at once, over all hosts.
    pub concurrency: usize,
    /// Conversations under way at once with one address.
    pub per_host: usize,
    /// The shortest time between the starts of two conversations with one address.
    pub per_host_interval: Duration,
    /// How often a question without an answer is asked, 1 to 9.
    pub attempts: u8,
    /// The pause before a question is asked again.
    pub retry_interval: Duration,
    /// How often each address is connected to in the course of a run, 1 to 9.
    pub rounds: u8,
    /// The pause between two of these rounds.
    pub round_interval: Duration,
    /// How often the vantage point is tested while a run lasts.
    pub vantage_interval: Duration,
    /// The name that EHLO gives for us (RFC 5321 §4.1.1.1); `None` = our address as a literal.
    pub helo: Option<String>,
    /// Deadlines of single steps.
    pub timeouts: Timeouts,
    /// Bounds that are no operator's business.
    pub limits: Limits,
}

/// By which domain CAA records name an authority (RFC 8659 §4.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaaIssuer {
    /// What the authority calls itself in the certificates that it issues from: its organisation,
    /// or its common name.
    pub issuer: String,
    /// The domain that stands for it.
    pub domain: Name,
}

/// Deadlines of single steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timeouts {
    /// From a DNS question to its answer.
    pub dns: Duration,
    /// From SYN to SYN-ACK.
    pub connect: Duration,
    /// The TLS handshake.
    pub tls: Duration,
    /// From the HTTP request to the end of its body.
    pub http: Duration,
    /// Each answer in an exchange of greetings. Mail servers let strangers wait for some seconds
    /// on purpose, so this is longer than the others.
    pub greeting: Duration,
}

/// Named bounds. Reaching one is itself an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// HTTP body octets kept.
    pub body_octets: usize,
    /// HTTP header octets read.
    pub header_octets: usize,
    /// Octets of one TLS certificate chain.
    pub chain_octets: usize,
    /// Octets of one answer in an exchange of greetings.
    pub greeting_octets: usize,
    /// Octets of one DNS message over TCP.
    pub dns_message_octets: usize,
    /// CNAME links followed from one name.
    pub cname_links: usize,
    /// Redirects followed from one page: as many as browsers follow (Fetch standard §4.4).
    pub redirects: usize,
    /// Addresses of one family contacted for one name.
    pub addresses: usize,
    /// Name servers of one zone looked up.
    pub name_servers: usize,
    /// Mail exchangers of one domain looked up.
    pub mail_exchangers: usize,
    /// Addresses of one zone's name servers that are asked.
    pub zone_addresses: usize,
    /// Zones from the root down to a name.
    pub delegation_depth: usize,
    /// Look-ups of name servers' names inside one another on the way to a name.
    pub walk_nesting: usize,
    /// Questions on the way from the root to a name, its aliases and its name servers' names.
    pub walk_questions: usize,
    /// Labels of a name that are asked for one by one (RFC 9156 §2.3).
    pub minimised_labels: usize,
    /// Requests that one service may cause.
    pub requests_per_service: usize,
    /// DNS questions under way at once.
    pub dns_in_flight: usize,
    /// The most DNS questions in any second to one address that is not one of our own resolvers. A
    /// server is asked less often at first, and as often as this while it answers fast and wholly.
    pub dns_per_server_per_second: u32,
    /// TLS handshakes under way at once.
    pub tls_in_flight: usize,
    /// Echo requests under way at once: no more large replies than a socket's buffer holds.
    pub echoes_in_flight: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            resolvers: Vec::new(),
            root_hints: None,
            trust_anchors: None,
            extra_ca: Vec::new(),
            has_origin_data: false,
            origin_table: None,
            rpki_validator: None,
            caa_issuers: Vec::new(),
            control_targets: Vec::new(),
            concurrency: 256,
            per_host: 2,
            per_host_interval: Duration::from_millis(100),
            attempts: 3,
            retry_interval: Duration::from_secs(1),
            rounds: 3,
            round_interval: Duration::from_secs(10),
            vantage_interval: Duration::from_secs(120),
            helo: None,
            timeouts: Timeouts::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            dns: Duration::from_secs(3),
            connect: Duration::from_secs(5),
            tls: Duration::from_secs(5),
            http: Duration::from_secs(10),
            greeting: Duration::from_secs(20),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_octets: 512 * 1024,
            header_octets: 64 * 1024,
            chain_octets: 256 * 1024,
            greeting_octets: 16 * 1024,
            dns_message_octets: 65_535,
            cname_links: 12,
            redirects: 20,
            addresses: 16,
            name_servers: 16,
            mail_exchangers: 16,
            zone_addresses: 26,
            delegation_depth: 16,
            walk_nesting: 5,
            walk_questions: 250,
            minimised_labels: 10,
            requests_per_service: 800,
            dns_in_flight: 1000,
            dns_per_server_per_second: 300,
            tls_in_flight: 64,
            echoes_in_flight: 64,
        }
    }
}
