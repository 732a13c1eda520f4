//! What is one thing in the comparison of a service: a cause with what follows from it.

use crate::judge::{Change, CheckChange, Finding, ServiceChange};
use crate::model::{Lang, Outcome};
use crate::report::causes::following_first;
use crate::report::texts;

/// The lines below a service: its checks that changed, without those that only follow from another one;
/// with `all` each of them, and those that changed for neither better nor worse.
pub fn lines(service: &ServiceChange, all: bool, lang: Lang) -> Vec<String> {
    let is_listed = |check: &CheckChange| all || check.change != Change::Otherwise;
    if all {
        return service.checks.iter().map(|check| check_line(check, lang)).collect();
    }
    let mut lines = Vec::new();
    for (cause, beneath) in service.causes() {
        let mut beneath: Vec<_> = beneath.into_iter().filter(|one| is_listed(one)).collect();
        beneath.sort_by_key(|check| check.change);
        // A cause that is not listed for itself is told where what follows from it is.
        if !is_listed(cause) && beneath.is_empty() {
            continue;
        }
        let checks: Vec<_> = beneath.iter().map(|check| check.check).collect();
        lines.push(check_line(cause, lang));
        lines.extend(following_first(checks.len(), &checks, lang).map(|line| format!("↳ {line}")));
    }
    lines
}

/// A check with its finding then and now.
fn check_line(check: &CheckChange, lang: Lang) -> String {
    let finding = |finding: &Finding| {
        let outcome = texts::outcome(finding.outcome).get(lang);
        match finding.outcome {
            Outcome::Pass => outcome.to_owned(),
            _ => format!("{outcome} ({})", finding.reason),
        }
    };
    format!("{}: {} → {}", check.check, finding(&check.before), finding(&check.after))
}
