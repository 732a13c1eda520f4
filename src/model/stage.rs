//! The readiness stages of a service.

use serde::{Deserialize, Serialize};

use super::Text;

/// How ready a service is; each stage includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Stage {
    /// 0: IPv4 only.
    Ipv4Only,
    /// 1: a usable AAAA is published.
    Addressed,
    /// 2: every AAAA serves every declared port.
    Reachable,
    /// 3: TLS is valid and it is the same service as over IPv4, on every address.
    AtParity,
    /// 4: a client with no IPv4 at all gets the whole service.
    Ipv6OnlyUsable,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 5] =
        [Self::Ipv4Only, Self::Addressed, Self::Reachable, Self::AtParity, Self::Ipv6OnlyUsable];

    /// 0 to 4.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The stage's name as readers see it.
    pub fn name(self) -> Text {
        match self {
            Self::Ipv4Only => Text { vi: "chỉ có IPv4", en: "IPv4 only" },
            Self::Addressed => Text { vi: "đã công bố địa chỉ IPv6", en: "addressed" },
            Self::Reachable => Text { vi: "truy cập được qua IPv6", en: "reachable" },
            Self::AtParity => Text { vi: "tương đương IPv4", en: "at parity" },
            Self::Ipv6OnlyUsable => Text {
                vi: "sử dụng được trên mạng thuần IPv6",
                en: "usable over IPv6 alone",
            },
        }
    }
}

impl TryFrom<u8> for Stage {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Self::ALL
            .get(usize::from(number))
            .copied()
            .ok_or_else(|| format!("{number} is not a stage: stages are 0 to 4"))
    }
}

impl From<Stage> for u8 {
    fn from(stage: Stage) -> u8 {
        stage.number()
    }
}
