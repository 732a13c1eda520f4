//! What the checks of a zone's name servers have in common.

use std::net::IpAddr;
use std::sync::Arc;

use crate::check::common;
use crate::check::context::CheckContext;
use crate::evidence::dns::authority::{self, Answering, Authority, NameServer, ServerAddress};
use crate::evidence::dns::exchange::ExchangeOutcome;
use crate::evidence::dns::{Lookup, ReverseNames};
use crate::evidence::query::Gap;
use crate::model::{Family, Name, Outcome, Subject, SubjectName, Target, Transport, Verdict};

/// A zone whose name servers are known.
pub(in crate::check) struct KnownZone {
    pub authority: Arc<Authority>,
    pub apex: Name,
}

/// Who serves the service's zone; else the early verdict that it isn't known, or that there is none.
pub(in crate::check) fn known_zone(context: &CheckContext<'_>) -> Result<KnownZone, Verdict> {
    context.require_in_use()?;
    if context.service.target.host().is_none() {
        return Err(Verdict::not_applicable(common::OTHER_KIND));
    }
    let Some(authority) = authority::authority(&context.view, context.service) else {
        return Err(Verdict::not_applicable("address-literal"));
    };
    let unknown = |reason| Verdict::inconclusive(reason).citing(authority.observations.clone());
    match authority.apex.clone() {
        _ if !authority.is_settled => Err(unknown(common::NOT_OBSERVED)),
        // What is said of a zone is not said of the one above it.
        Some(apex) if is_no_zone(context, &apex) => {
            let verdict = Verdict::not_applicable(common::NO_ZONE);
            Err(verdict.citing(authority.observations.clone()))
        }
        None => Err(unknown("zone-not-found")),
        Some(_) if authority.servers.is_empty() => Err(unknown("zone-not-found")),
        Some(apex) => Ok(KnownZone { authority, apex }),
    }
}

/// Whether the service is declared as a zone, and its name is in another one.
pub(in crate::check) fn is_no_zone(context: &CheckContext<'_>, apex: &Name) -> bool {
    matches!(&context.service.target, Target::Zone(declared) if declared != apex)
}

/// What a name server's address shows.
pub(in crate::check) fn server_subject(
    at: &ServerAddress,
    outcome: Outcome,
    reason: &'static str,
) -> Subject {
    let name = SubjectName::NameServer(at.server.clone(), Some(at.address));
    Subject { name, outcome, reason, detail: Vec::new() }
}

/// How an address answers for the zone over both transports.
pub(in crate::check) fn answering_subject(apex: &Name, at: &ServerAddress) -> Subject {
    use Answering::{Badly, Not, Truncated, Unknown, Well};
    let unknown = |gap| (Outcome::Inconclusive, common::reason_of(gap));
    let over = [Transport::Udp, Transport::Tcp].map(|transport| at.answering(apex, transport));
    let (outcome, reason) = match over {
        _ if over.contains(&Unknown(Gap::NotObserved)) => unknown(Gap::NotObserved),
        // Nobody else gets there either.
        _ if over.contains(&Unknown(Gap::NotVisited)) => (Outcome::Fail, "not-global"),
        _ if over.contains(&Unknown(Gap::OurFault)) => unknown(Gap::OurFault),
        [Badly(how), _] | [_, Badly(how)] => (Outcome::Fail, how),
        [Unknown(gap), _] | [_, Unknown(gap)] => unknown(gap),
        [Well | Truncated, Well] => (Outcome::Pass, "answers"),
        [Truncated, Not | Truncated] => (Outcome::Fail, "truncated"),
        [_, Truncated] => (Outcome::Fail, "malformed"),
        [Well, Not] => (Outcome::Fail, "udp-only"),
        [Not, Well] => (Outcome::Fail, "tcp-only"),
        [Not, Not] => (Outcome::Fail, "silent"),
    };
    let mut subject = server_subject(at, outcome, reason);
    for (name, seen) in [("udp", &at.udp), ("tcp", &at.tcp)] {
        if let ExchangeOutcome::Failed(failure) = &seen.outcome {
            subject.detail.push((name, failure.to_string()));
        }
    }
    subject
}

impl KnownZone {
    /// The facts that the answers of a family's servers rest on.
    pub fn citing_answers(&self, verdict: Verdict, family: Option<Family>) -> Verdict {
        let asked = self
            .authority
            .addresses
            .iter()
            .filter(|at| family.is_none_or(|family| at.family() == family))
            .flat_map(|at| [&at.udp, &at.tcp])
            .flat_map(|seen| seen.observations.iter().copied());
        verdict.citing(self.authority.observations.iter().copied()).citing(asked)
    }

    /// The name servers whose addresses of these families are unknown, each with why: whatever is
    /// concluded about "every" server has to wait for them.
    pub fn unknown_servers(&self, families: &[Family]) -> Vec<Subject> {
        let unknown = |server: &NameServer| {
            let family = families.iter().find(|family| server.is_unknown(**family))?;
            let reason = common::reason_of(server.lookup(*family).gap()?);
            let name = SubjectName::NameServer(server.name.clone(), None);
            Some(Subject { name, outcome: Outcome::Inconclusive, reason, detail: Vec::new() })
        };
        self.authority.servers.iter().filter_map(unknown).collect()
    }

    /// Neither holds what was seen of a part of the addresses only, nor does it not concern the
    /// zone.
    pub fn within_limits(&self, verdict: Verdict) -> Verdict {
        let is_settled = !matches!(verdict.outcome, Outcome::Pass | Outcome::NotApplicable);
        if !self.authority.is_cut || is_settled {
            return verdict;
        }
        verdict.made_unknown(common::LIMIT)
    }
}

/// What an address shows that answers nothing: it says nothing of the zone, unless the fault is ours.
pub(in crate::check) fn unusable_subject(apex: &Name, at: &ServerAddress) -> Subject {
    let subject = answering_subject(apex, at);
    match subject.outcome {
        Outcome::Inconclusive => server_subject(at, Outcome::Inconclusive, subject.reason),
        _ => server_subject(at, Outcome::NotApplicable, common::SERVER_FAILS),
    }
}

/// Whether an address has a name that resolves back to it.
pub(in crate::check) fn reverse_subject(address: IpAddr, pointers: &ReverseNames) -> Subject {
    let back = |(_, lookup): &&(_, Lookup)| lookup.addresses().contains(&address);
    let (outcome, reason) = if pointers.names.iter().any(|pair| back(&pair)) {
        (Outcome::Pass, "resolves-back")
    } else if let Some(gap) = pointers.gap() {
        (Outcome::Inconclusive, common::reason_of(gap))
    } else if pointers.names.is_empty() {
        (Outcome::Fail, "no-ptr")
    } else {
        (Outcome::Fail, "other-address")
    };
    let detail = pointers.names.iter().map(|(name, _)| ("ptr", name.to_string())).collect();
    Subject { name: SubjectName::Address(address), outcome, reason, detail }
}
