//! What is looked at, and what was found.

use super::texts::Say;

/// What a vantage point needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Point {
    Ipv6,
    Ipv4,
    Resolver,
    Icmp,
    Udp443,
    Port25,
    Ptr,
    Clock,
    OpenFiles,
    Threads,
    Memory,
}

impl Point {
    /// The word that the JSON uses.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Ipv6 => "ipv6",
            Self::Ipv4 => "ipv4",
            Self::Resolver => "resolver",
            Self::Icmp => "icmp",
            Self::Udp443 => "udp-443",
            Self::Port25 => "port-25",
            Self::Ptr => "ptr",
            Self::Clock => "clock",
            Self::OpenFiles => "open-files",
            Self::Threads => "threads",
            Self::Memory => "memory",
        }
    }
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Pass,
    Fail,
    Unknown,
}

impl State {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Pass, Self::Fail, Self::Unknown];

    /// The word that the JSON uses.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found of a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) point: Point,
    pub(super) state: State,
    /// The sentence.
    pub(super) say: Say,
    /// What stands in it.
    pub(super) value: String,
}

impl Finding {
    pub(super) fn new(point: Point, state: State, say: Say, value: impl Into<String>) -> Self {
        Self { point, state, say, value: value.into() }
    }
}
