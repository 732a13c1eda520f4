//! The rules: one small file each, a static value and a total function.
//!
//! To add a check, write its file and its two pages and add one line to [`CATALOGUE`].

mod address_global;
mod address_ipv4_embedded;
mod address_origin;
mod address_owned;
mod chains;
pub mod common;
mod dns_aaaa;
mod dns_aaaa_answered;
mod dns_caa;
mod dns_consistent;
mod dns_delegation;
mod dns_dnssec;
mod dns_glue;
mod dns_https_record;
mod dns_ipv6_only_resolution;
mod dns_large_answer;
mod dns_ns_aaaa;
mod dns_ns_diversity;
mod dns_ns_ipv4_answers;
mod dns_ns_ipv6_answers;
mod dns_ptr;
mod doc;
mod exchangers;
mod greetings;
mod inventory_deadline;
mod inventory_state;
mod ipv6_only_usable;
mod mail_banner;
mod mail_mx_aaaa;
mod mail_ptr;
mod mail_spf_ipv6;
mod mail_starttls;
mod mail_starttls_parity;
mod name_servers;
mod reach_echo;
mod reach_latency;
mod reach_parity;
mod reach_pmtu;
mod reach_port;
mod reach_stable;
mod service_answers;
mod subjects;
mod tls_dane;
mod tls_handshake;
mod tls_key;
mod tls_key_exchange;
mod tls_name;
mod tls_parity;
mod tls_trusted;
mod tls_validity;
mod tls_version;
mod vantage_ipv6;
mod vantage_resolver;
mod web_answers;
mod web_apex_www;
mod web_content_parity;
mod web_headers_parity;
mod web_http3;
mod web_https;
mod web_ipv4_literals;
mod web_redirects;
mod web_status_parity;
mod web_subresources;
mod whole;

pub use common::{COMMON_REASONS, CommonReason};
pub use doc::{Doc, Page};
pub use whole::Whole;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::facts::{Trust, View};
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
    Service(fn(&Case<'_>) -> Verdict),
    /// The stage of a service, which the other rules have given it. Such a rule gates no stage.
    Standing(fn(&StandingCase<'_>) -> Verdict),
    /// The vantage point of a run.
    Vantage(fn(&VantageCase<'_>) -> Verdict),
}

/// Everything that may be known when a service is judged.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// Whom it is about.
    pub service: &'a Service,
    /// What its owner declares.
    pub inventory: &'a Inventory,
    /// What was seen, ready to be asked.
    pub view: View<'a>,
    /// Which authorities are trusted.
    pub trust: &'a Trust,
    /// The moment of the judgement. Certificates are judged at the moment they were *seen*.
    pub as_of: Timestamp,
}

/// Everything that may be known when it is judged what a service's stage means to its owner.
#[derive(Clone, Copy)]
pub struct StandingCase<'a> {
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
pub struct VantageCase<'a> {
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
        self.id == ipv6_only_usable::CHECK.id
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

/// Every check, in the order of reports: those of a service's stage stand after all that may give it
/// one.
pub static CATALOGUE: &[&Check] = &[
    &dns_aaaa::CHECK,
    &dns_aaaa_answered::CHECK,
    &dns_ns_aaaa::CHECK,
    &dns_ns_ipv6_answers::CHECK,
    &dns_ns_ipv4_answers::CHECK,
    &dns_ipv6_only_resolution::CHECK,
    &dns_glue::CHECK,
    &dns_consistent::CHECK,
    &dns_delegation::CHECK,
    &dns_ns_diversity::CHECK,
    &dns_large_answer::CHECK,
    &dns_dnssec::CHECK,
    &dns_caa::CHECK,
    &dns_ptr::CHECK,
    &dns_https_record::CHECK,
    &address_global::CHECK,
    &address_owned::CHECK,
    &address_origin::CHECK,
    &address_ipv4_embedded::CHECK,
    &reach_port::CHECK,
    &reach_parity::CHECK,
    &reach_stable::CHECK,
    &reach_latency::CHECK,
    &reach_pmtu::CHECK,
    &reach_echo::CHECK,
    &tls_handshake::CHECK,
    &tls_trusted::CHECK,
    &tls_name::CHECK,
    &tls_validity::CHECK,
    &tls_version::CHECK,
    &tls_key::CHECK,
    &tls_parity::CHECK,
    &tls_key_exchange::CHECK,
    &tls_dane::CHECK,
    &web_answers::CHECK,
    &web_status_parity::CHECK,
    &web_content_parity::CHECK,
    &web_redirects::CHECK,
    &web_https::CHECK,
    &web_headers_parity::CHECK,
    &web_apex_www::CHECK,
    &web_subresources::CHECK,
    &web_ipv4_literals::CHECK,
    &web_http3::CHECK,
    &mail_mx_aaaa::CHECK,
    &mail_banner::CHECK,
    &mail_starttls::CHECK,
    &mail_starttls_parity::CHECK,
    &mail_spf_ipv6::CHECK,
    &mail_ptr::CHECK,
    &service_answers::CHECK,
    &ipv6_only_usable::CHECK,
    &inventory_state::CHECK,
    &inventory_deadline::CHECK,
    &vantage_ipv6::CHECK,
    &vantage_resolver::CHECK,
];

/// The check of this id.
pub fn find(id: &str) -> Option<&'static Check> {
    CATALOGUE.iter().copied().find(|check| check.id == id)
}

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod tests;
