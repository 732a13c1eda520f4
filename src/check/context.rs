//! What a rule may know: a service with its evidence, the stage of a service, or a vantage point.

use jiff::Timestamp;
use jiff::civil::Date;

use super::common;
use crate::evidence::query::View;
use crate::evidence::tls::TrustedRoots;
use crate::model::{
    Evidence, Inventory, Networks, Service, Settings, Stage, State, Vantage, Verdict,
};

/// Everything that may be known when a service is judged.
#[derive(Clone, Copy)]
pub struct CheckContext<'a> {
    /// The service.
    pub service: &'a Service,
    /// What its owner declares.
    pub inventory: &'a Inventory,
    /// What was seen, as the readings of [`crate::evidence`] take it.
    pub view: View<'a>,
    /// Which authorities are trusted.
    pub trust: &'a TrustedRoots,
    /// The moment of the judgement. Certificates are judged at the moment they were *seen*.
    pub as_of: Timestamp,
}

/// Everything that may be known when it is judged what a service's stage means to its owner.
#[derive(Clone, Copy)]
pub struct StageContext<'a> {
    /// The service.
    pub service: &'a Service,
    /// Its stage, when it is known.
    pub stage: Option<Stage>,
    /// The highest stage that is known to be reached; `None` for a service that isn't counted.
    pub at_least: Option<Stage>,
    /// The day of the judgement in the inventory's time zone; `None` where it is not known, because our own
    /// clock was wrong.
    pub today: Option<Date>,
}

/// Everything that may be known when a vantage point is judged.
#[derive(Clone, Copy)]
pub struct VantageContext<'a> {
    /// The tests of the vantage point: routes, control targets, resolvers. Test number *n* of a run
    /// asked its questions as attempt *n*.
    pub evidence: &'a Evidence,
    /// What was to be asked.
    pub settings: &'a Settings,
    /// The declared address ranges.
    pub networks: &'a Networks,
    /// What the run made of it.
    pub vantage: &'a Vantage,
}

impl CheckContext<'_> {
    /// The early answer for a service that its owner declares as retired.
    pub fn require_in_use(&self) -> Result<(), Verdict> {
        require_in_use(self.service)
    }
}

impl StageContext<'_> {
    /// The early answer for a service that its owner declares as retired.
    pub fn require_in_use(&self) -> Result<(), Verdict> {
        require_in_use(self.service)
    }
}

fn require_in_use(service: &Service) -> Result<(), Verdict> {
    match service.state {
        State::Retired => Err(Verdict::not_applicable(common::RETIRED)),
        _ => Ok(()),
    }
}
