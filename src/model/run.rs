//! A run: one scan of an inventory from one vantage point.

use std::net::SocketAddr;
use std::time::Duration;

use ipnet::Ipv6Net;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Observation, OwnClock, RunId};

/// What is known of a run beside its observations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its name.
    pub id: RunId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it lasts or after it was interrupted. Never before it began, also where
    /// the clock was set back meanwhile.
    pub finished_at: Option<Timestamp>,
    /// From where it looked.
    pub vantage: Vantage,
    /// The version of v6ready that gathered the evidence.
    pub version: String,
    /// Whether everything that the planner named was asked.
    pub complete: bool,
}

/// How many services a run had at which stage, as it was judged when it ended: for lists of runs.
/// Reports judge the evidence again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    /// Services at stages 0 to 4, without those whose name doesn't exist.
    pub stages: [usize; 5],
    /// Services whose name doesn't exist.
    pub absent: usize,
    /// Services whose stage is unknown.
    pub unknown: usize,
    /// Retired services.
    pub retired: usize,
}

/// What one session of a run sent, vantage tests included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// Requests that went out. Answers that the run had already are not counted.
    pub sent: u64,
    /// Those of them that a deadline ended.
    pub timed_out: u64,
}

impl Run {
    /// The same run, ended at this moment, or when it began where the clock has been set back since.
    pub fn ended_at(self, at: Timestamp) -> Self {
        Self { finished_at: Some(at.max(self.started_at)), ..self }
    }

    /// The same run, its end not before its beginning: earlier versions wrote down what a clock showed that
    /// was set back.
    pub fn in_order(self) -> Self {
        match self.finished_at {
            Some(at) => self.ended_at(at),
            None => self,
        }
    }
}

#[cfg(test)]
impl Run {
    /// A run of tests, that began at the beginning of time and has not ended.
    pub(crate) fn of_tests(id: &str) -> Self {
        Self {
            id: RunId::of_tests(id),
            started_at: Timestamp::UNIX_EPOCH,
            finished_at: None,
            vantage: Vantage::new("v", &[]),
            version: "0".to_owned(),
            complete: false,
        }
    }
}

/// The point from which a run looked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vantage {
    /// The operator's name for it.
    pub name: String,
    /// Whether its IPv6 path worked.
    pub ipv6: VantageIpv6,
    /// The resolver that was asked first.
    pub resolver: Option<String>,
    /// The prefixes in which the resolver synthesises AAAA records (RFC 7050).
    #[serde(default)]
    pub dns64: Vec<Ipv6Net>,
    /// Whether the resolver validates DNSSEC; `None` when it could not be determined.
    #[serde(default)]
    pub validates_dnssec: Option<bool>,
    /// Stretches of the run in which IPv6 or the resolver did not work; what was observed in them
    /// judges no service.
    #[serde(default)]
    pub lost: Vec<LostWindow>,
    /// Whether its clock was right; `None` for runs that did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<OwnClock>,
}

impl Vantage {
    /// One that is taken to work until its tests show something else.
    pub fn new(name: &str, resolvers: &[SocketAddr]) -> Self {
        Self {
            name: name.to_owned(),
            ipv6: VantageIpv6::Working,
            resolver: resolvers.first().map(ToString::to_string),
            dns64: Vec::new(),
            validates_dnssec: None,
            lost: Vec::new(),
            clock: None,
        }
    }

    /// Whether its clock is known to have been wrong, so that dates judge nobody.
    pub fn has_wrong_clock(&self) -> bool {
        self.clock.as_ref().is_some_and(OwnClock::is_wrong)
    }
}

/// The state of a vantage point's IPv6 over a whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VantageIpv6 {
    /// It worked before, during and after the run.
    Working,
    /// It did not work when the run began, nor when it was resumed.
    Absent,
    /// It stopped working while the run lasted.
    Lost,
}

/// A stretch of time between two tests of the vantage point, at least one of which failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostWindow {
    /// The last test that still succeeded, or the run's begin.
    pub from: Timestamp,
    /// The first test that succeeded again, or the run's end.
    pub to: Timestamp,
}

impl Vantage {
    /// Whether an observation may judge a target: nothing of it, from its question to its end, falls
    /// into a stretch that was lost.
    pub fn trusts(&self, observation: &Observation) -> bool {
        let from = observation.observed_at;
        let lasted = Duration::from_micros(observation.elapsed_us);
        let to = from.checked_add(lasted).unwrap_or(Timestamp::MAX);
        !self.lost.iter().any(|window| window.from <= to && from <= window.to)
    }
}
