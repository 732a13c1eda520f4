//! One service: its evidence under every rule, and the stage that its verdicts give it.

use std::sync::Arc;

use jiff::civil::Date;

use super::{Finding, JudgeContext, Judged, ServiceResult, Verdicts, stage, verdicts};
use crate::check::{
    CATALOGUE, Check, CheckContext, CoverageGuard, Rule, StageContext, common, verdict_of,
};
use crate::evidence::query::{Memory, Retention, Topic, View};
use crate::evidence::vantage;
use crate::model::{Evidence, Outcome, Service, VantageIpv6, Verdict};
use crate::policy::Policy;

/// Judges one service. Observations from stretches in which the vantage point was cut off count as
/// not made.
pub fn judge_service(
    context: &JudgeContext<'_>,
    service: &Arc<Service>,
    evidence: &Evidence,
) -> ServiceResult {
    judge_with_memory(context, service, evidence, &Memory::default())
}

/// As [`judge_service`], with what the planner remembers of reading the same evidence under the same
/// settings.
pub fn judge_with_memory(
    context: &JudgeContext<'_>,
    service: &Arc<Service>,
    evidence: &Evidence,
    memory: &Memory,
) -> ServiceResult {
    let verdicts = verdicts_where(context, service, evidence, memory, |_| true);
    service_result(service, None, verdicts, context.policy, context.today())
}

/// The verdicts of some checks, and no others: so that following many runs costs little.
pub(super) fn verdicts_of(
    context: &JudgeContext<'_>,
    service: &Service,
    evidence: &Evidence,
    checks: &[&str],
) -> Vec<Judged> {
    let is_wanted = |check: &Check| checks.contains(&check.id);
    verdicts_where(context, service, evidence, &Memory::default(), is_wanted)
}

fn verdicts_where(
    context: &JudgeContext<'_>,
    service: &Service,
    evidence: &Evidence,
    memory: &Memory,
    is_wanted: impl Fn(&Check) -> bool,
) -> Vec<Judged> {
    let trusted = vantage::trusted(evidence, context.vantage);
    let set_aside = trusted.len() < evidence.len();
    let view = context.view(service, &trusted).remembering(memory);
    let span = tracing::debug_span!("judge", service = %service.id);
    let _entered = span.enter();
    let verdicts = RuleRun { context, service, view, set_aside }.verdicts_of(is_wanted);
    // The macro counts only when the event is logged.
    tracing::debug!(
        observations = evidence.len(),
        verdicts = verdicts.len(),
        failed = verdicts.iter().filter(|judged| judged.verdict.outcome == Outcome::Fail).count(),
        "judged"
    );
    verdicts
}

/// Gives a service its stage by its verdicts, some of which may have been settled earlier, and judges
/// what that means to its owner: the verdicts about the stage never weigh on it.
pub(super) fn service_result(
    service: &Arc<Service>,
    settled: Option<Verdicts>,
    mut later: Vec<Judged>,
    policy: &Policy,
    today: Option<Date>,
) -> ServiceResult {
    let mut findings = Finding::of_all(&later);
    if let Some(settled) = &settled {
        findings = verdicts::in_order(findings.into_iter().chain(settled.findings()), |of| of.0);
    }
    let (standing, mut blockers) = stage::standing(service, &findings, policy);
    blockers.shrink_to_fit();
    let (stage, at_least) = (standing.stage(), standing.at_least());
    let context = StageContext { service, stage, at_least, today };
    for check in CATALOGUE.iter() {
        if let Rule::Standing(rule) = check.rule {
            later.push(Judged::under(policy, check, verdict_of(rule(&context))));
        }
    }
    let verdicts = match settled {
        Some(settled) => settled.and(later),
        None => later.into(),
    };
    ServiceResult { service: Arc::clone(service), standing, blockers, verdicts }
}

/// What a check, by its id, says of the service. Nothing but what it rests on is remembered.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct VerdictOf(pub &'static str);

impl Topic for VerdictOf {
    type Reading = ();
    const RETENTION: Retention = Retention::Never;
}

/// What is left aside of the service's addresses.
#[derive(PartialEq, Eq)]
struct CoverageOfAddresses;

impl Topic for CoverageOfAddresses {
    type Reading = CoverageGuard;
}

/// The rules on one service.
pub(super) struct RuleRun<'a> {
    pub context: &'a JudgeContext<'a>,
    pub service: &'a Service,
    /// What was seen and is trusted, with a memory.
    pub view: View<'a>,
    /// Whether there is evidence that isn't trusted.
    pub set_aside: bool,
}

impl RuleRun<'_> {
    /// What the wanted checks say, in the catalogue's order.
    pub fn verdicts_of(&self, is_wanted: impl Fn(&Check) -> bool) -> Vec<Judged> {
        let wanted = service_rules().filter(|(check, _)| is_wanted(check));
        wanted.map(|(check, rule)| self.judged(check, self.verdict(rule))).collect()
    }

    /// What all checks say; the memory notes what each verdict rests on ([`VerdictOf`]).
    pub fn recorded_verdicts(&self) -> Vec<Judged> {
        service_rules()
            .map(|(check, rule)| {
                let topic = VerdictOf(check.id);
                let verdict = self.view.recording_dependencies(topic, || self.verdict(rule));
                self.judged(check, verdict)
            })
            .collect()
    }

    fn judged(&self, check: &'static Check, verdict: Verdict) -> Judged {
        Judged::under(self.context.policy, check, verdict)
    }

    fn verdict(&self, rule: ServiceRule) -> Verdict {
        let Self { context, service, view, set_aside } = *self;
        if context.vantage.ipv6 == VantageIpv6::Absent {
            return Verdict::inconclusive(common::VANTAGE_ABSENT);
        }
        let context = CheckContext {
            service,
            inventory: context.inventory,
            view,
            trust: context.trust,
            as_of: context.as_of,
        };
        let coverage = view.remembered(CoverageOfAddresses, || CoverageGuard::new(&context));
        explain_missing(coverage.verdict_over_all(verdict_of(rule(&context))), set_aside)
    }
}

type ServiceRule = fn(&CheckContext<'_>) -> Result<Verdict, Verdict>;

fn service_rules() -> impl Iterator<Item = (&'static Check, ServiceRule)> {
    CATALOGUE.iter().filter_map(|check| match check.rule {
        Rule::Service(rule) | Rule::Composed(rule) => Some((*check, rule)),
        _ => None,
    })
}

/// Where observations were set aside, "not observed" has a better name.
fn explain_missing(mut verdict: Verdict, set_aside: bool) -> Verdict {
    if set_aside {
        let rename = |reason: &mut &'static str| {
            if *reason == common::NOT_OBSERVED {
                *reason = common::VANTAGE_LOST;
            }
        };
        rename(&mut verdict.reason);
        verdict.subjects.iter_mut().for_each(|subject| rename(&mut subject.reason));
    }
    verdict
}
