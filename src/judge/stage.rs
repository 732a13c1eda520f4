//! The stage that a service has reached.

use super::Finding;
use crate::check::Check;
use crate::model::{Outcome, Service, Severity, Stage, State};
use crate::policy::Policy;

/// The stage that a service has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// At this stage.
    At(Stage),
    /// Unknown, because a gating check is inconclusive; everything up to `at_least` is known to
    /// hold.
    Unknown {
        /// The highest stage that is known to be reached.
        at_least: Stage,
    },
    /// Not counted: the service is declared as retired.
    NotCounted,
}

impl Standing {
    /// The stage, when it is known.
    pub fn stage(self) -> Option<Stage> {
        match self {
            Self::At(stage) => Some(stage),
            Self::Unknown { .. } | Self::NotCounted => None,
        }
    }

    /// The highest stage that is known to be reached; `None` for a service that isn't counted.
    pub fn at_least(self) -> Option<Stage> {
        match self {
            Self::At(stage) | Self::Unknown { at_least: stage } => Some(stage),
            Self::NotCounted => None,
        }
    }
}

/// A check that keeps a service from its next stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// The check.
    pub check: &'static str,
    /// Its reason.
    pub reason: &'static str,
    /// Whether it fails or is inconclusive.
    pub outcome: Outcome,
}

/// Climbs the stages as far as the gates let the service.
///
/// At the first stage that is not open: a failing gate fixes the stage, whatever else is unknown
/// there; otherwise an inconclusive gate makes it unknown. A check that is not applicable gates
/// nothing, and neither does a failure that is only a warning (a certificate that expires in 20
/// days is still valid). But no service is addressed or reachable by checks of which none concerns
/// it: nothing is known of a mail domain that takes no mail.
pub(super) fn standing(
    service: &Service,
    findings: &[(&'static Check, Finding)],
    policy: &Policy,
) -> (Standing, Vec<Blocker>) {
    standing_if(service, findings, policy, |_, finding| finding.outcome)
}

/// The stage that the service would have if its checks had these outcomes.
pub(super) fn standing_if(
    service: &Service,
    findings: &[(&'static Check, Finding)],
    policy: &Policy,
    outcome_of: impl Fn(&Check, &Finding) -> Outcome,
) -> (Standing, Vec<Blocker>) {
    if service.state == State::Retired {
        return (Standing::NotCounted, Vec::new());
    }
    let mut reached = Stage::Ipv4Only;
    let mut is_judged = false;
    for stage in Stage::ALL.into_iter().skip(1) {
        let Some(gates) = policy.gates_of(service.target.kind(), stage) else { break };
        let concerns_it = findings.iter().any(|(check, finding)| {
            finding.outcome != Outcome::NotApplicable && gates.iter().any(|id| id == check.id)
        });
        if !concerns_it && !gates.is_empty() && stage <= Stage::Reachable {
            return (Standing::Unknown { at_least: reached }, Vec::new());
        }
        is_judged |= concerns_it;
        let closed = |outcome: Outcome| -> Vec<Blocker> {
            findings
                .iter()
                .filter(|(check, finding)| {
                    outcome_of(check, finding) == outcome
                        && (outcome != Outcome::Fail || finding.severity <= Severity::Error)
                        && gates.iter().any(|id| id == check.id)
                })
                .map(|(check, finding)| Blocker {
                    check: check.id,
                    reason: finding.reason,
                    outcome,
                })
                .collect()
        };
        let failing = closed(Outcome::Fail);
        if !failing.is_empty() {
            return (Standing::At(reached), failing);
        }
        let unknown = closed(Outcome::Inconclusive);
        if !unknown.is_empty() {
            return (Standing::Unknown { at_least: reached }, unknown);
        }
        reached = stage;
    }
    // A policy may have no gates below, and none that concerns the service.
    if !is_judged {
        return (Standing::Unknown { at_least: Stage::Ipv4Only }, Vec::new());
    }
    (Standing::At(reached), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CATALOGUE;
    use crate::model::Verdict;
    use crate::policy;

    use super::super::Judged;

    #[test]
    fn what_was_looked_at_nowhere_is_not_reached() {
        use Outcome::{Fail, NotApplicable, Pass};
        let text = "version: 1\norganisations:\n  - id: o\n    services:\n      \
                    - {id: s, category: portal, mail: example.vn}\n";
        let inventory = crate::inventory::parse(text.as_bytes(), "i.yaml").unwrap().inventory;
        let yaml = policy::built_in(policy::DEFAULT).unwrap();
        let policy = Policy::parse("p", yaml, |_, _| true).unwrap();
        let unknown = |at_least| Standing::Unknown { at_least };
        let resolves = ("dns-ipv6-only-resolution", Pass, "resolves");
        for (seen, expected) in [
            (&[][..], unknown(Stage::Ipv4Only)),
            // The DNS of a domain that takes no mail says nothing of mail.
            (&[resolves], unknown(Stage::Ipv4Only)),
            (&[resolves, ("mail-mx-aaaa", Pass, "every-exchanger")], unknown(Stage::Addressed)),
            (
                &[
                    resolves,
                    ("mail-mx-aaaa", Fail, "some-without"),
                    ("reach-port", Fail, "some-fail"),
                ],
                // A warning keeps nobody back, and nothing is wrong with the rest.
                Standing::At(Stage::Ipv6OnlyUsable),
            ),
            (&[resolves, ("mail-mx-aaaa", Fail, "none")], Standing::At(Stage::Ipv4Only)),
            // Without IPv4 there is nothing to compare with.
            (
                &[("mail-mx-aaaa", Pass, "every-exchanger"), ("mail-banner", Pass, "greets")],
                Standing::At(Stage::Ipv6OnlyUsable),
            ),
        ] {
            let judged = CATALOGUE.iter().map(|check| {
                let of = seen.iter().find(|(id, _, _)| *id == check.id);
                let (outcome, reason) =
                    of.map_or((NotApplicable, "no-mail-exchanger"), |of| (of.1, of.2));
                Judged::under(&policy, check, Verdict::plain(outcome, reason))
            });
            let findings = Finding::of_all(&judged.collect::<Vec<_>>());
            let (standing, _) = standing(&inventory.services[0], &findings, &policy);
            assert_eq!(standing, expected, "{seen:?}");
        }
    }
}
