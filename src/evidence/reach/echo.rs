//! Whether an address answers echo requests.

use std::net::IpAddr;

use crate::evidence::query::{Gap, View};
use crate::model::{EchoQuestion, Echoed, NetFailure, ObservationId, Question, Reply};

/// The payload of a small echo: what `ping` sends by default.
pub const SMALL_OCTETS: u16 = 56;

/// The payload that fills a packet of 1500 octets over IPv6: 40 of them are the IPv6 header's and 8
/// the ICMPv6 header's.
pub const LARGE_OCTETS: u16 = 1452;

/// Every attempt at one echo.
#[derive(Clone, Debug)]
pub struct EchoAttempts<'e> {
    /// What came of each attempt, in order.
    pub answers: Vec<&'e Result<Echoed, NetFailure>>,
    /// The facts that this rests on.
    pub observations: Vec<ObservationId>,
    /// Why nothing was asked, when nothing was.
    pub missing: Option<Gap>,
    /// Whether another attempt is still to be made.
    pub is_pending: bool,
}

impl<'e> EchoAttempts<'e> {
    /// Why nothing follows from a reply that didn't come, when that is not the address's doing.
    pub fn gap(&self) -> Option<Gap> {
        self.missing.or(self.is_pending.then_some(Gap::NotObserved))
    }

    /// The reply, if any attempt brought one.
    pub fn reply(&self) -> Option<&'e Echoed> {
        self.answers.iter().find_map(|answer| answer.as_ref().ok())
    }
}

/// Reads the echoes of one size. One that brings no reply is asked again, up to the number of
/// attempts, unless this machine may send none at all.
fn echo<'e>(view: &View<'e>, address: IpAddr, payload_octets: u16) -> EchoAttempts<'e> {
    let question = Question::Echo(EchoQuestion { address, payload_octets });
    let mut echo = EchoAttempts {
        answers: Vec::new(),
        observations: Vec::new(),
        missing: None,
        is_pending: false,
    };
    if let Some(gap) = view.forbids(address) {
        echo.missing = Some(gap);
        return echo;
    }
    for (observation, id) in view.attempts(&question) {
        if let Reply::Echo(answer) = &observation.reply {
            echo.answers.push(answer);
            echo.observations.push(id);
        }
    }
    let is_settled =
        echo.answers.iter().any(|answer| matches!(answer, Ok(_) | Err(NetFailure::NotPermitted)));
    if !is_settled {
        echo.is_pending = view.request_next_attempt(question);
    }
    if echo.answers.is_empty() {
        echo.missing = Some(Gap::NotObserved);
    }
    echo
}

/// The small and the large echo of one address; the large one is only sent where the small one is
/// answered.
pub fn echo_attempts<'e>(
    view: &View<'e>,
    address: IpAddr,
) -> (EchoAttempts<'e>, Option<EchoAttempts<'e>>) {
    let small = echo(view, address, SMALL_OCTETS);
    let large = small.reply().map(|_| echo(view, address, LARGE_OCTETS));
    (small, large)
}
