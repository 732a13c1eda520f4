//! Judging a service before its last answers have come, so that waiting for them costs little memory.
//!
//! Rounds of connections are spread over a time in which nothing else is asked of a service. All that
//! a verdict can say without them is said before, and of the evidence only that is kept which the rest
//! will look at again.

use std::collections::HashSet;
use std::sync::Arc;

use super::{JudgeContext, Judging, ServiceResult, Verdicts, complete, verdicts};
use crate::check::Check;
use crate::evidence::query::{Memory, Topic};
use crate::model::{Evidence, QuestionHash, Request, Service};

/// A service that was judged while some answers were still to come.
pub struct ProvisionalResult {
    service: Arc<Service>,
    /// The verdicts that those answers leave as they are.
    settled: Verdicts,
    /// The checks that those answers can still change.
    open: Vec<&'static str>,
    /// The questions that are still to be answered.
    pending: HashSet<QuestionHash>,
}

impl ProvisionalResult {
    /// Judges a service of which nothing but these requests is still to be answered, and lets go of the
    /// evidence that their answers leave as it is. `None`, and nothing is let go, where evidence is
    /// not trusted as it stands.
    pub fn judge(
        bench: &JudgeContext<'_>,
        service: &Arc<Service>,
        evidence: &mut Evidence,
        memory: &Memory,
        pending: &[Request],
    ) -> Option<Self> {
        if !bench.vantage.lost.is_empty() {
            return None;
        }
        let pending: HashSet<QuestionHash> =
            pending.iter().map(|request| QuestionHash::of(&request.question)).collect();
        let verdicts = verdicts(bench, service, evidence, memory, Judging::Traced, |_| true);
        let (undone, wanted) = memory.retain_for(&pending);
        evidence.keep_only(wanted);
        let checks = undone.into_iter().filter_map(|topic| match topic {
            Topic::Verdict(check) => Some(check),
            _ => None,
        });
        let open: Vec<_> = checks.collect();
        let settled = verdicts.into_iter().filter(|judged| !open.contains(&judged.check.id));
        let (service, settled) = (Arc::clone(service), settled.collect());
        Some(Self { service, settled, open, pending })
    }

    /// Whether this request is one of those that were to come, or a further attempt at one.
    pub fn foresaw(&self, request: &Request) -> bool {
        self.pending.contains(&QuestionHash::of(&request.question))
    }

    /// Judges again what the answers may have changed. `None` when that takes evidence that was let go
    /// ([`Memory::has_missed`]): then all of it has to be read again.
    pub fn finish(
        self,
        bench: &JudgeContext<'_>,
        evidence: &Evidence,
        memory: &Memory,
    ) -> Option<ServiceResult> {
        let Self { service, settled, open, .. } = self;
        let is_open = |check: &Check| open.contains(&check.id);
        let later = verdicts(bench, &service, evidence, memory, Judging::Plain, is_open);
        if memory.has_missed() {
            return None;
        }
        Some(complete(&service, Some(settled), later, bench.policy, bench.today()))
    }
}
