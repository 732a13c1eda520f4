//! Where the time of a scan went: by kinds of requests, by the limits that bound it, by servers.

use std::net::IpAddr;
use std::time::Duration;

use super::{Question, Transport};

/// Where the time of one session went. Times of requests that were under way together are added up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// From the beginning to the end.
    pub lasted: Duration,
    /// Time under way, by kind of request; kinds that were not asked are left out.
    pub kinds: Vec<(RequestKind, Spent)>,
    /// Time that requests waited, and services for a processor, by what they waited for; the longest first.
    pub limits: Vec<(Limit, Spent)>,
    /// Time of this machine's processors that took no packet, by the work that it was.
    pub work: Vec<(Work, Spent)>,
    /// The addresses at which most time went, the worst first.
    pub servers: Vec<ServerTime>,
    /// Answers that the session had already, from another service's request.
    pub shared: u64,
    /// Questions that were asked again more slowly, because their pace may have been why no whole answer
    /// came.
    pub slowed: u64,
}

/// How often something took time, and how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// How often.
    pub times: u64,
    /// All of it together.
    pub total: Duration,
    /// The longest single time.
    pub longest: Duration,
}

/// The time that one address took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerTime {
    /// The address.
    pub address: IpAddr,
    /// Requests that were sent there.
    pub requests: u64,
    /// Time until their ends.
    pub under_way: Duration,
    /// Time until they could be sent.
    pub waited: Duration,
}

/// A kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// DNS over UDP.
    DnsUdp,
    /// DNS over TCP.
    DnsTcp,
    /// A TCP connection and nothing more.
    Connection,
    /// A TLS handshake without a page.
    Tls,
    /// A page without TLS.
    Http,
    /// A page with TLS.
    Https,
    /// The greetings of a mail server.
    Greeting,
    /// NTP.
    Ntp,
    /// A ClientHello of an old version.
    LegacyHello,
    /// A QUIC handshake.
    Quic,
    /// An ICMP echo.
    Echo,
    /// A look at our own routes.
    Route,
    /// A look-up in the operator's tables.
    Origin,
}

impl RequestKind {
    /// Every kind, in the order of its number.
    pub const ALL: [Self; 13] = [
        Self::DnsUdp,
        Self::DnsTcp,
        Self::Connection,
        Self::Tls,
        Self::Http,
        Self::Https,
        Self::Greeting,
        Self::Ntp,
        Self::LegacyHello,
        Self::Quic,
        Self::Echo,
        Self::Route,
        Self::Origin,
    ];

    /// The kind of a question.
    pub fn of(question: &Question) -> Self {
        match question {
            Question::Dns(question) => match question.transport {
                Transport::Udp => Self::DnsUdp,
                Transport::Tcp => Self::DnsTcp,
            },
            Question::Conversation(question) => match (&question.tls, &question.http) {
                (None, None) => Self::Connection,
                (Some(_), None) => Self::Tls,
                (None, Some(_)) => Self::Http,
                (Some(_), Some(_)) => Self::Https,
            },
            Question::Greeting(_) => Self::Greeting,
            Question::Ntp(_) => Self::Ntp,
            Question::Route(_) => Self::Route,
            Question::LegacyHello(_) => Self::LegacyHello,
            Question::Quic(_) => Self::Quic,
            Question::Echo(_) => Self::Echo,
            Question::Origin(_) => Self::Origin,
        }
    }

    /// Its id, in outputs.
    pub fn id(self) -> &'static str {
        match self {
            Self::DnsUdp => "dns-udp",
            Self::DnsTcp => "dns-tcp",
            Self::Connection => "connection",
            Self::Tls => "tls",
            Self::Http => "http",
            Self::Https => "https",
            Self::Greeting => "greeting",
            Self::Ntp => "ntp",
            Self::LegacyHello => "legacy-hello",
            Self::Quic => "quic",
            Self::Echo => "echo",
            Self::Route => "route",
            Self::Origin => "origin",
        }
    }
}

/// What requests wait for. Those that an inventory sets have the names of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Conversations open with one address.
    PerHost,
    /// The time between two conversations with one address.
    PerHostInterval,
    /// Conversations open in all.
    Concurrency,
    /// Echo requests under way in all.
    EchoesInFlight,
    /// The pace of the questions to one name server.
    DnsPerSecond,
    /// DNS questions under way in all.
    DnsInFlight,
    /// The pause before a question is asked again.
    RetryInterval,
    /// The pause between two rounds.
    RoundInterval,
    /// This machine's processors: how late it comes to what is due, measured a hundred times a second.
    Processors,
}

impl Limit {
    /// Every limit, in the order of its number.
    pub const ALL: [Self; 9] = [
        Self::PerHost,
        Self::PerHostInterval,
        Self::Concurrency,
        Self::EchoesInFlight,
        Self::DnsPerSecond,
        Self::DnsInFlight,
        Self::RetryInterval,
        Self::RoundInterval,
        Self::Processors,
    ];

    /// Its id, in outputs.
    pub fn id(self) -> &'static str {
        match self {
            Self::PerHost => "per_host",
            Self::PerHostInterval => "per_host_interval",
            Self::Concurrency => "concurrency",
            Self::EchoesInFlight => "echoes_in_flight",
            Self::DnsPerSecond => "dns_per_second",
            Self::DnsInFlight => "dns_in_flight",
            Self::RetryInterval => "retry_interval",
            Self::RoundInterval => "round_interval",
            Self::Processors => "processors",
        }
    }
}

/// Work of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Reading what is known, and naming what is to be asked.
    Planning,
    /// Judging.
    Judging,
}

impl Work {
    /// Every kind of work, in the order of its number.
    pub const ALL: [Self; 2] = [Self::Planning, Self::Judging];

    /// Its id, in outputs.
    pub fn id(self) -> &'static str {
        match self {
            Self::Planning => "planning",
            Self::Judging => "judging",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_at_its_number() {
        for (number, kind) in RequestKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number, "{}", kind.id());
        }
        for (number, limit) in Limit::ALL.into_iter().enumerate() {
            assert_eq!(limit as usize, number, "{}", limit.id());
        }
        for (number, work) in Work::ALL.into_iter().enumerate() {
            assert_eq!(work as usize, number, "{}", work.id());
        }
    }
}
