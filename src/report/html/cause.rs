//! What a cause says of itself, wherever it is listed.

use crate::model::{Lang, Outcome};
use crate::report::causes::{Cause, following_first};
use crate::report::texts;

/// A cause without its services.
#[derive(Clone)]
pub(super) struct CauseHead {
    pub(super) check: &'static str,
    pub(super) severity_id: &'static str,
    pub(super) severity: &'static str,
    pub(super) message: &'static str,
    /// How much follows from it.
    pub(super) following: String,
    pub(super) remedy: &'static str,
}

impl CauseHead {
    pub(super) fn of(cause: &Cause<'_>, lang: Lang) -> Self {
        let fails = cause.outcome == Outcome::Fail;
        let severity = if fails { texts::severity(cause.severity) } else { texts::UNKNOWN };
        Self {
            check: cause.name(),
            severity_id: if fails { cause.severity.id() } else { "unknown" },
            severity: severity.get(lang),
            message: cause.message(lang),
            following: match cause.is_ours() {
                true => String::new(),
                false => following(cause, lang),
            },
            remedy: cause.remedy(lang).unwrap_or_default(),
        }
    }
}

fn following(cause: &Cause<'_>, lang: Lang) -> String {
    let checks = cause.beneath_checks();
    following_first(cause.beneath_count(), &checks, lang).unwrap_or_default()
}
