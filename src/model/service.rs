//! Organisations and the services that they run.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::{Host, Name, Stage};

/// `ORG/SERVICE`: names a service everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceId {
    /// The organisation's id.
    pub organisation: Arc<str>,
    /// The service's id, unique within its organisation.
    pub service: Arc<str>,
}

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.organisation, self.service)
    }
}

impl Serialize for ServiceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ServiceId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let (organisation, service) =
            text.split_once('/').ok_or_else(|| serde::de::Error::custom("not ORG/SERVICE"))?;
        Ok(Self { organisation: organisation.into(), service: service.into() })
    }
}

/// A state agency or other body that runs services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Unique in the inventory.
    pub id: Arc<str>,
    /// Its full name.
    pub name: String,
    /// Whom to write to.
    pub contact: Option<String>,
}

/// One service of the inventory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// `ORG/SERVICE`.
    pub id: ServiceId,
    /// What people call it.
    pub name: String,
    /// What the plan counts it as.
    pub category: Category,
    /// Ids of its owner's own, by which services are chosen; each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Arc<str>>,
    /// What is probed.
    pub target: Target,
    /// What its owner says of it.
    pub state: State,
    /// Cấp độ an toàn hệ thống thông tin, 1 to 5, as recorded by the owner.
    pub security_level: Option<u8>,
    /// The stage to be reached, and by when.
    pub goal: Option<Goal>,
    /// A recorded exemption.
    pub exemption: Option<Exemption>,
    /// The HTTP status that a healthy answer has, where it isn't below 400.
    pub expect_status: Option<u16>,
    /// Answers differ by the asker's place on purpose (geo-DNS).
    pub geo_dns: bool,
    /// The ids that it had before it was renamed or moved.
    #[serde(default)]
    pub formerly: Vec<ServiceId>,
}

/// The plan's categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Cổng thông tin điện tử.
    Portal,
    /// Cổng dịch vụ công.
    PublicService,
    /// Hệ thống thông tin.
    InformationSystem,
    /// Hạ tầng.
    Infrastructure,
    /// Dịch vụ Internet cơ bản.
    InternetService,
}

impl Category {
    /// All categories, in the order of reports.
    pub const ALL: [Self; 5] = [
        Self::Portal,
        Self::PublicService,
        Self::InformationSystem,
        Self::Infrastructure,
        Self::InternetService,
    ];

    /// The word that inventories and results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::PublicService => "public-service",
            Self::InformationSystem => "information-system",
            Self::Infrastructure => "infrastructure",
            Self::InternetService => "internet-service",
        }
    }
}

/// The declared state of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// In use by the public.
    #[default]
    Active,
    /// Taken out of service: it should no longer answer.
    Retired,
    /// Reachable only inside a declared internal network.
    Internal,
    /// Only redirects to another service.
    Redirected,
    /// Deliberately without IPv4.
    Ipv6Only,
}

impl State {
    /// All states, in the order of documentation.
    pub const ALL: [Self; 5] =
        [Self::Active, Self::Retired, Self::Internal, Self::Redirected, Self::Ipv6Only];

    /// The word that inventories and results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Internal => "internal",
            Self::Redirected => "redirected",
            Self::Ipv6Only => "ipv6-only",
        }
    }
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// The host.
    pub host: Host,
    /// The port, 1 to 65535.
    pub port: u16,
}

/// What is probed: exactly one per service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A web site, by the URL that people type.
    Web(Url),
    /// A mail domain: the part after the `@`.
    Mail(Name),
    /// A DNS zone, by its apex.
    Zone(Name),
    /// A name server or resolver.
    Dns(Endpoint),
    /// A time server.
    Ntp(Endpoint),
    /// Any protocol in TLS from the first octet on.
    Tls(Endpoint),
    /// Any protocol on TCP.
    Tcp(Endpoint),
    /// IMAP with STARTTLS.
    Imap(Endpoint),
    /// IMAP in TLS.
    Imaps(Endpoint),
    /// POP3 in TLS.
    Pop3s(Endpoint),
    /// Message submission.
    Submission(Endpoint),
    /// Secure Shell.
    Ssh(Endpoint),
}

impl Target {
    /// Every kind, as [`Target::kind`] names them.
    pub const KINDS: [&str; 12] = [
        "web",
        "mail",
        "zone",
        "dns",
        "ntp",
        "tls",
        "tcp",
        "imap",
        "imaps",
        "pop3s",
        "submission",
        "ssh",
    ];

    /// The inventory's key for this kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Web(_) => "web",
            Self::Mail(_) => "mail",
            Self::Zone(_) => "zone",
            Self::Dns(_) => "dns",
            Self::Ntp(_) => "ntp",
            Self::Tls(_) => "tls",
            Self::Tcp(_) => "tcp",
            Self::Imap(_) => "imap",
            Self::Imaps(_) => "imaps",
            Self::Pop3s(_) => "pop3s",
            Self::Submission(_) => "submission",
            Self::Ssh(_) => "ssh",
        }
    }

    /// The host that is looked up; the domain itself for mail and zones.
    pub fn host(&self) -> Option<Host> {
        match self {
            Self::Web(url) => match url.host()? {
                url::Host::Domain(name) => Some(Host::Name(Name::from_presentation(name))),
                url::Host::Ipv4(address) => Some(Host::Address(address.into())),
                url::Host::Ipv6(address) => Some(Host::Address(address.into())),
            },
            Self::Mail(name) | Self::Zone(name) => Some(Host::Name(name.clone())),
            Self::Dns(endpoint)
            | Self::Ntp(endpoint)
            | Self::Tls(endpoint)
            | Self::Tcp(endpoint)
            | Self::Imap(endpoint)
            | Self::Imaps(endpoint)
            | Self::Pop3s(endpoint)
            | Self::Submission(endpoint)
            | Self::Ssh(endpoint) => Some(endpoint.host.clone()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Web(url) => write!(f, "{url}"),
            Self::Mail(name) | Self::Zone(name) => write!(f, "{}:{name}", self.kind()),
            Self::Dns(endpoint)
            | Self::Ntp(endpoint)
            | Self::Tls(endpoint)
            | Self::Tcp(endpoint)
            | Self::Imap(endpoint)
            | Self::Imaps(endpoint)
            | Self::Pop3s(endpoint)
            | Self::Submission(endpoint)
            | Self::Ssh(endpoint) => {
                write!(f, "{}:{}:{}", self.kind(), endpoint.host, endpoint.port)
            }
        }
    }
}

/// A stage to be reached by a date (the inventory's `target`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goal {
    /// The stage.
    pub stage: Stage,
    /// The last day on which reaching it is in time.
    pub by: Date,
}

/// A recorded exemption from the goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exemption {
    /// Why, in the owner's words.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
}
