//! What services are judged by.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::evidence::query::View;
use crate::evidence::tls::TrustedRoots;
use crate::model::{Evidence, Inventory, Service, Vantage};
use crate::policy::Policy;

/// What all services of a run are judged by.
#[derive(Clone, Copy)]
pub struct JudgeContext<'a> {
    /// What the owner declares.
    pub inventory: &'a Inventory,
    /// The vantage point that it was seen from.
    pub vantage: &'a Vantage,
    /// The rules' weights.
    pub policy: &'a Policy,
    /// The trusted authorities.
    pub trust: &'a TrustedRoots,
    /// The moment of the judgement.
    pub as_of: Timestamp,
    /// Whether somebody named that moment, so that it holds whatever our clock showed.
    pub is_day_given: bool,
}

impl<'a> JudgeContext<'a> {
    /// A view of a service's evidence under the inventory's settings.
    pub fn view(&self, service: &Service, evidence: &'a Evidence) -> View<'a> {
        let (settings, networks) = (&self.inventory.settings, &self.inventory.networks);
        View::new(evidence, settings, networks, &self.vantage.dns64)
            .of_service(service)
            .by_clock(self.vantage.has_wrong_clock())
    }

    /// The day of the judgement; `None` where our clock was wrong and nobody said which day is meant.
    pub(super) fn today(&self) -> Option<Date> {
        let is_known = self.is_day_given || !self.vantage.has_wrong_clock();
        is_known.then(|| day_of(self.as_of, &self.inventory.timezone))
    }
}

/// The day of a moment in the inventory's time zone; in UTC when that zone isn't known.
pub fn day_of(at: Timestamp, timezone: &str) -> Date {
    TimeZone::get(timezone).unwrap_or(TimeZone::UTC).to_datetime(at).date()
}
