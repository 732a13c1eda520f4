//! The stage that a service has reached.

use super::Finding;
use crate::check::{Check, common};
use crate::model::{Outcome, Service, Severity, Stage, State};
use crate::policy::Policy;

/// Where a service stands: the stage that it has reached, or why there is none to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// At this stage.
    At(Stage),
    /// Its name doesn't exist: that of its host, its mail domain or its zone. It is known not to be
    /// reached, so it counts as stage 0 in every share; but nothing of it is there over IPv4 either, so
    /// it is never called IPv4 only.
    Absent,
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
    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::At(_) => "at-stage",
            Self::Absent => "absent",
            Self::Unknown { .. } => "unknown",
            Self::NotCounted => "retired",
        }
    }

    /// The stage, when it is known; that of a service whose name doesn't exist is 0.
    pub fn stage(self) -> Option<Stage> {
        match self {
            Self::At(stage) => Some(stage),
            Self::Absent => Some(Stage::Ipv4Only),
            Self::Unknown { .. } | Self::NotCounted => None,
        }
    }

    /// The highest stage that is known to be reached; `None` for a service that isn't counted.
    pub fn at_least(self) -> Option<Stage> {
        match self {
            Self::Unknown { at_least } => Some(at_least),
            known => known.stage(),
        }
    }

    /// What is known, from worse to better: a name that doesn't exist is worse than one that is there
    /// over IPv4. `None` where it isn't known.
    pub(super) fn rank(self) -> Option<(Stage, bool)> {
        self.stage().map(|stage| (stage, self != Self::Absent))
    }
}

/// Reasons for which a stage may be unknown: our own side, a limit of ours, a guard that lets no
/// program in, or what was not observed. Whatever else a check can't tell must not keep a stage unknown:
/// an unknown service is in no share, so a broken one would improve it.
const CAUSES_OF_UNKNOWN: [&str; 20] = [
    common::NOT_OBSERVED,
    common::VANTAGE_LOST,
    common::VANTAGE_ABSENT,
    common::OUR_FAULT,
    common::OUR_CLOCK,
    common::LIMIT,
    // Our visit rules keep us away.
    common::NOT_VISITED,
    common::MAIL_BLOCKED,
    // An exchanger sends this very client away.
    common::REFUSES_OUR_ADDRESS,
    common::REFUSES_OUR_NAME,
    common::DEFERS_US,
    // Our resolver gave no answer, and the zone's own servers could not be asked.
    common::UNRESOLVED,
    "resolver-fails",
    "unconfirmed",
    "zone-not-found",
    "target-unresolved",
    "challenge",
    // Having answered, the server lets us ask no more.
    common::TURNED_AWAY,
    // Nobody without a certificate sees more.
    common::CLIENT_CERTIFICATE,
    // The page was cut off on its way, so it was not seen what it needs.
    "page-unreadable",
];

/// Whether a stage may be unknown because a gate is inconclusive for this reason.
pub fn is_cause_of_unknown(reason: &str) -> bool {
    CAUSES_OF_UNKNOWN.contains(&reason)
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
/// there; otherwise an inconclusive gate makes it unknown. A failure that says that the name doesn't
/// exist makes a service absent that has reached no stage. A check that is not applicable gates
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
            let is_absent = reached == Stage::Ipv4Only && says_absent(findings, &failing);
            return (if is_absent { Standing::Absent } else { Standing::At(reached) }, failing);
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

/// Whether one of these blockers says that the service's name doesn't exist.
fn says_absent(findings: &[(&'static Check, Finding)], blockers: &[Blocker]) -> bool {
    findings.iter().any(|(check, finding)| {
        check.means_absent(finding.reason) && blockers.iter().any(|by| by.check == check.id)
    })
}

#[cfg(test)]
mod tests {
    use super::super::Judged;
    use super::*;
    use crate::check::{self, CATALOGUE};
    use crate::model::Stage::{AtParity, Ipv4Only, Reachable};
    use crate::model::{Target, Verdict};
    use crate::policy;

    /// The standing of a web service all of whose checks pass but these.
    fn standing_with(
        state: &str,
        severity: &str,
        faults: &[(&str, Outcome, &'static str)],
    ) -> (Standing, Vec<Blocker>) {
        let text = format!(
            "version: 1\norganisations: [{{id: o, services: [{{id: s, category: portal, \
             web: 'https://www.example/', state: {state}}}]}}]\n"
        );
        let parsed = crate::inventory::parse(text.as_bytes(), "t.yaml").unwrap();
        let yaml = policy::built_in(policy::DEFAULT).unwrap();
        let yaml = yaml.replace("severity: {}", severity);
        let policy = Policy::parse("p", &yaml, |_, _| true).unwrap();
        let findings: Vec<_> = check::CATALOGUE
            .iter()
            .filter(|check| check.may_gate())
            .map(|check| {
                let fault = faults.iter().find(|fault| fault.0 == check.id);
                let (outcome, reason) = fault.map_or((Outcome::Pass, "passes"), |f| (f.1, f.2));
                let severity = policy.severity(check.id, reason);
                let severity = severity.unwrap_or_else(|| check.severity_of(reason));
                (*check, Finding { outcome, reason, severity })
            })
            .collect();
        standing(&parsed.inventory.services[0], &findings, &policy)
    }

    #[test]
    fn a_name_that_does_not_exist_is_not_ipv4_only() {
        use Outcome::{Fail, Inconclusive};
        const PLAIN: &str = "severity: {}";
        let aaaa = |reason| ("dns-aaaa", Fail, reason);
        for (state, faults, expected) in [
            ("active", vec![], Standing::At(Stage::Ipv6OnlyUsable)),
            ("active", vec![aaaa("no-data")], Standing::At(Ipv4Only)),
            ("active", vec![aaaa("nxdomain")], Standing::Absent),
            ("internal", vec![aaaa("nxdomain")], Standing::Absent),
            ("retired", vec![aaaa("nxdomain")], Standing::NotCounted),
            // What else is not known of it, or fails too, leaves it absent.
            (
                "active",
                vec![aaaa("nxdomain"), ("address-global", Inconclusive, "unresolved")],
                Standing::Absent,
            ),
            (
                "active",
                vec![aaaa("nxdomain"), ("address-global", Fail, "private")],
                Standing::Absent,
            ),
            ("active", vec![("reach-port", Fail, "refused")], Standing::At(Stage::Addressed)),
            // The reason alone says nothing: the check has to fail.
            (
                "active",
                vec![("dns-aaaa", Inconclusive, "nxdomain")],
                Standing::Unknown { at_least: Ipv4Only },
            ),
        ] {
            assert_eq!(standing_with(state, PLAIN, &faults).0, expected, "{state} {faults:?}");
        }
        let (_, blockers) = standing_with("active", PLAIN, &[aaaa("nxdomain")]);
        assert_eq!(
            blockers,
            [Blocker { check: "dns-aaaa", reason: "nxdomain", outcome: Outcome::Fail }]
        );
        // Where a policy takes it for a warning, it gates nothing.
        let mild = standing_with("active", "severity: {dns-aaaa: warning}", &[aaaa("nxdomain")]);
        assert_eq!(mild.0, Standing::At(Stage::Ipv6OnlyUsable));
    }

    #[test]
    fn gates_are_inconclusive_for_a_cause() {
        for (name, yaml) in policy::BUILT_IN {
            let policy = Policy::parse(name, yaml, |_, _| true).unwrap();
            let stages = Stage::ALL.into_iter().skip(1);
            let pairs = stages.flat_map(|stage| Target::KINDS.map(|kind| (kind, stage)));
            let gates = pairs.filter_map(|(kind, stage)| policy.gates_of(kind, stage)).flatten();
            for check in gates.filter_map(|id| check::find(id)) {
                let inconclusive = check.reasons.iter().filter(|reason| {
                    reason.outcome == Outcome::Inconclusive && !is_cause_of_unknown(reason.id)
                });
                assert_eq!(inconclusive.count(), 0, "{name}: {}", check.id);
            }
        }
    }

    #[test]
    fn only_failures_say_that_a_name_does_not_exist() {
        for check in check::CATALOGUE.iter() {
            for reason in check.reasons.iter().filter(|reason| reason.means_absent) {
                assert_eq!(reason.outcome, Outcome::Fail, "{} {}", check.id, reason.id);
                assert!(check.may_gate(), "{}", check.id);
            }
        }
    }

    #[test]
    fn an_absent_name_is_known_and_worse_than_every_stage() {
        assert_eq!((Standing::Absent.stage(), Standing::Absent.at_least()), {
            let at = Some(Ipv4Only);
            (at, at)
        });
        let ranks = [Standing::Absent, Standing::At(Ipv4Only), Standing::At(Reachable)];
        assert!(ranks.is_sorted_by(|a, b| a.rank() < b.rank()));
        assert_eq!(Standing::Unknown { at_least: AtParity }.rank(), None);
    }

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
