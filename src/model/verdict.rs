//! What the checks say.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::{Name, ObservationId};

/// The outcome of a check. *Unknown* has one name, `inconclusive`, and always a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not hold.
    Fail,
    /// It does not concern this service.
    NotApplicable,
    /// It could not be found out.
    Inconclusive,
}

impl Outcome {
    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not-applicable",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// How much a failure matters; the most severe sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The service is not usable over IPv6.
    Critical,
    /// Something is wrong that users can notice.
    Error,
    /// Something is wrong that will be noticed sooner or later.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// What a check says of one service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// One of the check's closed list of reasons.
    pub reason: &'static str,
    /// The addresses, hosts or name servers that it speaks of, each with its own outcome.
    pub subjects: Vec<Subject>,
    /// The facts that it rests on, without repetition.
    pub observations: Vec<ObservationId>,
}

/// One thing that a verdict speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Which one.
    pub name: SubjectName,
    /// Its own outcome.
    pub outcome: Outcome,
    /// Its own reason, from the check's list.
    pub reason: &'static str,
    /// Further particulars: key and value, in the order in which they are shown. Values may come
    /// from the target and are hostile text.
    pub detail: Vec<Detail>,
}

/// A particular of a subject: a key such as `san` and its value.
pub type Detail = (&'static str, String);

/// What a subject is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SubjectName {
    /// An address and port of the service.
    Socket(SocketAddr),
    /// An address.
    Address(IpAddr),
    /// A host name.
    Host(Name),
    /// A name server, by name and, where one is meant, address.
    NameServer(Name, Option<IpAddr>),
    /// A URL, as text from the target.
    Url(String),
    /// A control target or resolver of the vantage point.
    Control(SocketAddr),
}

impl fmt::Display for SubjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(address) | Self::Control(address) => address.fmt(f),
            Self::Address(address) => address.fmt(f),
            Self::Host(name) | Self::NameServer(name, None) => name.fmt(f),
            Self::NameServer(name, Some(address)) => write!(f, "{name} ({address})"),
            Self::Url(url) => f.write_str(url),
        }
    }
}

impl Verdict {
    /// A verdict without subjects.
    pub fn plain(outcome: Outcome, reason: &'static str) -> Self {
        Self { outcome, reason, subjects: Vec::new(), observations: Vec::new() }
    }

    /// The check does not concern this service.
    pub fn not_applicable(reason: &'static str) -> Self {
        Self::plain(Outcome::NotApplicable, reason)
    }

    /// It could not be found out.
    pub fn inconclusive(reason: &'static str) -> Self {
        Self::plain(Outcome::Inconclusive, reason)
    }

    /// The worst subject decides: any failure fails; else anything inconclusive is inconclusive;
    /// else it passes with `pass_reason`. Without subjects, or when all are not applicable, it is
    /// not applicable with `empty_reason`.
    pub fn worst_of(
        subjects: Vec<Subject>,
        pass_reason: &'static str,
        empty_reason: &'static str,
    ) -> Self {
        let first =
            |outcome| subjects.iter().find(|s| s.outcome == outcome).map(|s| (s.outcome, s.reason));
        let (outcome, reason) = first(Outcome::Fail)
            .or_else(|| first(Outcome::Inconclusive))
            .or_else(|| first(Outcome::Pass).map(|(outcome, _)| (outcome, pass_reason)))
            .unwrap_or((Outcome::NotApplicable, empty_reason));
        Self { outcome, reason, subjects, observations: Vec::new() }
    }

    /// The same verdict where, for this reason, it is unknown whether it holds.
    pub fn made_unknown(self, reason: &'static str) -> Self {
        Self { outcome: Outcome::Inconclusive, reason, ..self }
    }

    /// Adds cited facts, each once, in order of first mention.
    pub fn citing(mut self, observations: impl IntoIterator<Item = ObservationId>) -> Self {
        for id in observations {
            if !self.observations.contains(&id) {
                self.observations.push(id);
            }
        }
        self
    }
}
