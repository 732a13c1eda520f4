//! What a run learns of its own machine's clock.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::ObservationId;

/// The clock of the machine that looked, by what others said of the time during the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnClock {
    /// Whether what rests on it counts.
    pub state: ClockState,
    /// By how many seconds it was behind the time on which the witnesses agree; negative where it was ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind_s: Option<i64>,
    /// By how many seconds it was set while the run lasted; negative where it was set back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by_s: Option<i64>,
    /// Who said something of the time; some of them, where there are many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<ClockWitness>,
}

/// Whether a clock can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockState {
    /// Hardly anybody said what time it is.
    Unknown,
    /// The witnesses agree with it.
    Right,
    /// They agree with each other on another time.
    Wrong,
    /// It was set while the run lasted, so that what was seen before and after has no common time.
    Changed,
}

/// Somebody who said something of the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockWitness {
    /// How.
    pub kind: WitnessKind,
    /// Who: the network of a server, the zone that signs, the authority that certifies. Hostile text.
    pub name: String,
    /// The address that it was heard from.
    pub address: IpAddr,
    /// By how many seconds our clock is behind, at the least.
    pub behind_from_s: i64,
    /// The same, at the most.
    pub behind_to_s: i64,
    /// The fact.
    pub observation: ObservationId,
}

/// How somebody says something of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WitnessKind {
    /// It tells it: a `Date` of HTTP, or NTP.
    Time,
    /// By when its signatures began, and when they end (RRSIG).
    Signature,
    /// By when its certificates began, and when they end.
    Certificate,
}

impl OwnClock {
    /// Whether dates may be compared with it.
    pub fn is_wrong(&self) -> bool {
        matches!(self.state, ClockState::Wrong | ClockState::Changed)
    }
}

impl WitnessKind {
    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Signature => "signature",
            Self::Certificate => "certificate",
        }
    }
}
