//! The rules: one small file each, a static value and a total function.
//!
//! To add a check, write its file and its two pages and add one line to [`CATALOGUE`].

#[macro_use]
mod catalogue;
mod address;
pub mod common;
mod coverage_guard;
mod dns;
mod doc;
mod inventory;
mod mail;
mod reach;
mod service;
mod tls;
mod unknown;
mod vantage;
mod web;

pub use catalogue::{CATALOGUE, find};
pub use common::{COMMON_REASONS, CommonReason};
pub use coverage_guard::CoverageGuard;
pub use doc::{Doc, Page};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::evidence::query::View;
use crate::evidence::tls::TrustedRoots;
use crate::model::{
    Evidence, Inventory, Lang, Outcome, Service, Settings, Severity, Stage, Vantage, Verdict,
};

/// A rule.
pub struct Check {
    /// `<area>-<property>`; never reused, never renumbered.
    pub id: &'static str,
    /// The documents that the rule comes from.
    pub sources: &'static [&'static str],
    /// The default severity of a failure; a policy may change it.
    pub severity: Severity,
    /// Raised when the meaning of the rule changes.
    pub revision: u16,
    /// The closed list of its own reasons. Beside these a verdict may only give one of
    /// [`COMMON_REASONS`].
    pub reasons: &'static [Reason],
    /// Its page in both languages.
    pub doc: Doc,
    /// The rule itself.
    pub rule: Rule,
}

/// One of a check's reasons.
pub struct Reason {
    /// A stable word, unique within the check.
    pub id: &'static str,
    /// The outcome that it always goes with.
    pub outcome: Outcome,
    /// A severity of its own, where it differs from the check's.
    pub severity: Option<Severity>,
}

/// What a rule judges.
pub enum Rule {
    /// A service.
    Service(fn(&CheckContext<'_>) -> Verdict),
    /// The stage of a service, which the other rules have given it. Such a rule gates no stage.
    Standing(fn(&StageContext<'_>) -> Verdict),
    /// The vantage point of a run.
    Vantage(fn(&VantageContext<'_>) -> Verdict),
}

/// Everything that may be known when a service is judged.
#[derive(Clone, Copy)]
pub struct CheckContext<'a> {
    /// Whom it is about.
    pub service: &'a Service,
    /// What its owner declares.
    pub inventory: &'a Inventory,
    /// What was seen, ready to be asked.
    pub view: View<'a>,
    /// Which authorities are trusted.
    pub trust: &'a TrustedRoots,
    /// The moment of the judgement. Certificates are judged at the moment they were *seen*.
    pub as_of: Timestamp,
}

/// Everything that may be known when it is judged what a service's stage means to its owner.
#[derive(Clone, Copy)]
pub struct StageContext<'a> {
    /// Whom it is about.
    pub service: &'a Service,
    /// Its stage, when it is known.
    pub stage: Option<Stage>,
    /// The highest stage that is known to be reached; `None` for a service that isn't counted.
    pub at_least: Option<Stage>,
    /// The day of the judgement in the inventory's time zone.
    pub today: Date,
}

/// Everything that may be known when a vantage point is judged.
#[derive(Clone, Copy)]
pub struct VantageContext<'a> {
    /// The tests of the vantage point: routes, control targets, resolvers. Test number *n* of a run
    /// asked its questions as attempt *n*.
    pub evidence: &'a Evidence,
    /// What was to be asked.
    pub settings: &'a Settings,
    /// What the run made of it.
    pub vantage: &'a Vantage,
}

impl Reason {
    /// It holds.
    pub const fn pass(id: &'static str) -> Self {
        Self { id, outcome: Outcome::Pass, severity: None }
    }

    /// It does not hold.
    pub const fn fail(id: &'static str) -> Self {
        Self { id, outcome: Outcome::Fail, severity: None }
    }

    /// It does not hold, and that weighs differently from the check's other failures.
    pub const fn fail_as(id: &'static str, severity: Severity) -> Self {
        Self { id, outcome: Outcome::Fail, severity: Some(severity) }
    }

    /// It does not concern this service.
    pub const fn not_applicable(id: &'static str) -> Self {
        Self { id, outcome: Outcome::NotApplicable, severity: None }
    }

    /// It could not be found out.
    pub const fn inconclusive(id: &'static str) -> Self {
        Self { id, outcome: Outcome::Inconclusive, severity: None }
    }
}

impl Check {
    /// Whether it says something of each service; others speak of the vantage point.
    pub fn is_about_services(&self) -> bool {
        !matches!(self.rule, Rule::Vantage(_))
    }

    /// Whether it may gate a stage: what is said of the stage itself can't.
    pub fn may_gate(&self) -> bool {
        matches!(self.rule, Rule::Service(_))
    }

    /// Whether it composes what other checks look at one by one.
    pub fn composes_others(&self) -> bool {
        self.id == service::ipv6_only_usable::CHECK.id
    }

    /// The check's title in one language.
    pub fn title(&self, lang: Lang) -> &'static str {
        self.doc.page(lang).title
    }

    /// One sentence that says what a reason means.
    pub fn message(&self, reason: &str, lang: Lang) -> &'static str {
        match COMMON_REASONS.iter().find(|common| common.id == reason) {
            Some(common) => common.message.get(lang),
            None => self.doc.page(lang).outcome(reason).unwrap_or_default(),
        }
    }

    /// What mends a failure (or what would let us find out), if anything is to be done.
    pub fn remedy(&self, reason: &str, lang: Lang) -> Option<&'static str> {
        match COMMON_REASONS.iter().find(|common| common.id == reason) {
            Some(common) => Some(common.remedy.get(lang)),
            None => self.doc.page(lang).remedy(reason),
        }
    }

    /// The default severity of a failure for this reason.
    pub fn severity_of(&self, reason: &str) -> Severity {
        self.reasons
            .iter()
            .find(|known| known.id == reason)
            .and_then(|known| known.severity)
            .unwrap_or(self.severity)
    }
}

#[cfg(test)]
mod tests;
