//! What a check is: its metadata, its closed list of reasons, and its rule.

use super::common::COMMON_REASONS;
use super::context::{CheckContext, StageContext, VantageContext};
use super::doc::Doc;
use crate::model::{Lang, Outcome, Severity, Verdict};

/// A check.
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
    /// Whether it says that the service's name (a host's, a mail domain's, a zone's) doesn't exist.
    pub means_absent: bool,
}

/// What a rule judges, and the function that does. Each returns its verdict; `Err` carries one as
/// well, an early answer that `?` hands on ([`verdict_of`] takes either).
pub enum Rule {
    /// A service.
    Service(fn(&CheckContext<'_>) -> Result<Verdict, Verdict>),
    /// A service as a whole, by composing what other checks look at one by one.
    Composed(fn(&CheckContext<'_>) -> Result<Verdict, Verdict>),
    /// The stage of a service, which the other rules have given it. Such a rule gates no stage.
    Standing(fn(&StageContext<'_>) -> Result<Verdict, Verdict>),
    /// The vantage point of a run.
    Vantage(fn(&VantageContext<'_>) -> Result<Verdict, Verdict>),
}

/// The verdict of a rule, given early or at its end.
pub fn verdict_of(result: Result<Verdict, Verdict>) -> Verdict {
    result.unwrap_or_else(|early| early)
}

impl Reason {
    /// It holds.
    pub const fn pass(id: &'static str) -> Self {
        Self::plain(id, Outcome::Pass)
    }

    /// It does not hold.
    pub const fn fail(id: &'static str) -> Self {
        Self::plain(id, Outcome::Fail)
    }

    /// It does not hold, and that weighs differently from the check's other failures.
    pub const fn fail_as(id: &'static str, severity: Severity) -> Self {
        Self { severity: Some(severity), ..Self::fail(id) }
    }

    /// It does not hold, because the service's name (a host's, a mail domain's, a zone's) doesn't exist.
    /// A service that fails a gate of stage 1 for it is called absent, and not IPv4 only.
    pub const fn absent(id: &'static str) -> Self {
        Self { means_absent: true, ..Self::fail(id) }
    }

    /// It does not concern this service.
    pub const fn not_applicable(id: &'static str) -> Self {
        Self::plain(id, Outcome::NotApplicable)
    }

    /// It could not be found out.
    pub const fn inconclusive(id: &'static str) -> Self {
        Self::plain(id, Outcome::Inconclusive)
    }

    const fn plain(id: &'static str, outcome: Outcome) -> Self {
        Self { id, outcome, severity: None, means_absent: false }
    }
}

impl Check {
    /// Whether each service gets a verdict from it; other checks judge the vantage point.
    pub fn is_about_services(&self) -> bool {
        !matches!(self.rule, Rule::Vantage(_))
    }

    /// Whether it may gate a stage: what is judged by the stage itself can't.
    pub fn may_gate(&self) -> bool {
        matches!(self.rule, Rule::Service(_) | Rule::Composed(_))
    }

    /// Whether it composes what other checks look at one by one.
    pub fn composes_others(&self) -> bool {
        matches!(self.rule, Rule::Composed(_))
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

    /// How to fix a failure (or what would let us find out), if anything is to be done.
    pub fn remedy(&self, reason: &str, lang: Lang) -> Option<&'static str> {
        match COMMON_REASONS.iter().find(|common| common.id == reason) {
            Some(common) => Some(common.remedy.get(lang)),
            None => self.doc.page(lang).remedy(reason),
        }
    }

    /// The default severity of a failure for this reason.
    pub fn severity_of(&self, reason: &str) -> Severity {
        self.reason(reason).and_then(|known| known.severity).unwrap_or(self.severity)
    }

    /// Whether this reason says that the service's name doesn't exist.
    pub fn means_absent(&self, reason: &str) -> bool {
        self.reason(reason).is_some_and(|known| known.means_absent)
    }

    fn reason(&self, id: &str) -> Option<&'static Reason> {
        self.reasons.iter().find(|known| known.id == id)
    }
}
