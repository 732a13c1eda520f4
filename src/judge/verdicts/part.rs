//! Verdicts that were given together, in the form in which they are kept.

use std::borrow::Cow;
use std::collections::HashMap;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::compression::Compressed;
use super::words::{CheckNumber, ReasonNumber, known_key, note_key};
use crate::check::Check;
use crate::judge::{Finding, Judged};
use crate::model::{Name, ObservationId, Outcome, Severity, Subject, SubjectName, Verdict};

#[derive(Clone)]
pub(super) enum Part {
    Packed(Packed),
    /// What packing would not give back as it was: a check outside the catalogue, a reason that it
    /// doesn't declare, a name that isn't in its normal form.
    Plain(Box<[Judged]>),
}

#[derive(Clone)]
pub(super) struct Packed {
    /// Small, and read more often than all the rest.
    findings: Box<[FindingRecord]>,
    /// The facts that are cited, each once: digests, which no compression shortens.
    facts: Box<[ObservationId]>,
    /// A [`DetailRecord`] for each verdict, in postcard.
    details: Compressed,
}

/// A [`Finding`] and its check.
#[derive(Clone, Copy)]
struct FindingRecord {
    check: CheckNumber,
    outcome: Outcome,
    severity: Severity,
    reason: ReasonNumber,
}

/// What a verdict says beyond its finding.
#[derive(Serialize, Deserialize)]
struct DetailRecord<'a> {
    #[serde(borrow)]
    subjects: Vec<SubjectRecord<'a>>,
    /// The places of the facts that it cites.
    facts: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct SubjectRecord<'a> {
    name: Cow<'a, SubjectName>,
    outcome: Outcome,
    reason: ReasonNumber,
    #[serde(borrow)]
    detail: Vec<(&'a str, &'a str)>,
}

impl Part {
    pub fn of(verdicts: Vec<Judged>) -> Self {
        match Packed::of(&verdicts) {
            Some(packed) => {
                debug_assert_eq!(packed.verdicts().as_ref(), Some(&verdicts));
                Self::Packed(packed)
            }
            None => Self::Plain(verdicts.into()),
        }
    }

    pub fn verdicts(&self) -> Vec<Judged> {
        match self {
            // Everything that was packed can be unpacked: it never left the process.
            Self::Packed(packed) => packed.verdicts().unwrap_or_default(),
            Self::Plain(verdicts) => verdicts.to_vec(),
        }
    }

    pub fn findings(&self) -> Vec<(&'static Check, Finding)> {
        match self {
            Self::Packed(packed) => {
                packed.findings.iter().filter_map(FindingRecord::finding).collect()
            }
            Self::Plain(verdicts) => Finding::of_all(verdicts),
        }
    }

    /// Octets on the heap, without what a plain form's verdicts point to.
    #[cfg(test)]
    pub fn octets(&self) -> usize {
        match self {
            Self::Packed(Packed { findings, facts, details }) => {
                size_of_val(&**findings) + size_of_val(&**facts) + details.octets()
            }
            Self::Plain(verdicts) => size_of_val(&**verdicts),
        }
    }
}

impl Packed {
    /// `None` where it would not come back as it is.
    fn of(verdicts: &[Judged]) -> Option<Self> {
        let mut findings: Vec<FindingRecord> = Vec::with_capacity(verdicts.len());
        let mut details = Vec::with_capacity(verdicts.len());
        let mut facts = Facts::default();
        for Judged { check, severity, verdict } in verdicts {
            findings.push(FindingRecord {
                check: CheckNumber::of(check, findings.last().map(|before| before.check))?,
                outcome: verdict.outcome,
                severity: *severity,
                reason: ReasonNumber::of(check, verdict.reason)?,
            });
            let subjects = verdict.subjects.iter().map(|of| SubjectRecord::of(check, of));
            details.push(DetailRecord {
                subjects: subjects.collect::<Option<_>>()?,
                facts: verdict.observations.iter().map(|id| facts.place(*id)).collect(),
            });
        }
        let details = postcard::to_stdvec(&details).ok()?;
        Some(Self {
            findings: findings.into(),
            facts: Box::from(&facts.all[..]),
            details: Compressed::of(&details)?,
        })
    }

    fn verdicts(&self) -> Option<Vec<Judged>> {
        let details = self.details.decompressed()?;
        let details: Vec<DetailRecord<'_>> = postcard::from_bytes(&details).ok()?;
        let fact = |place: u32| self.facts.get(usize::try_from(place).ok()?).copied();
        let verdict = |(record, detail): (&FindingRecord, DetailRecord<'_>)| {
            let (check, Finding { outcome, reason, severity }) = record.finding()?;
            let subjects = detail.subjects.into_iter().map(|subject| subject.subject(check));
            let subjects = subjects.collect::<Option<_>>()?;
            let observations = detail.facts.into_iter().map(fact).collect::<Option<_>>()?;
            let verdict = Verdict { outcome, reason, subjects, observations };
            Some(Judged { check, severity, verdict })
        };
        self.findings.iter().zip(details).map(verdict).collect()
    }
}

/// The facts that are cited, in the order of their first mention.
#[derive(Default)]
struct Facts {
    all: Vec<ObservationId>,
    places: HashMap<ObservationId, u32, foldhash::fast::RandomState>,
}

impl Facts {
    fn place(&mut self, id: ObservationId) -> u32 {
        *self.places.entry(id).or_insert_with(|| {
            self.all.push(id);
            self.all.len() as u32 - 1
        })
    }
}

impl FindingRecord {
    fn finding(&self) -> Option<(&'static Check, Finding)> {
        let Self { check, outcome, severity, reason } = *self;
        let check = check.check()?;
        Some((check, Finding { outcome, reason: reason.reason(check)?, severity }))
    }
}

impl<'a> SubjectRecord<'a> {
    fn of(check: &Check, subject: &'a Subject) -> Option<Self> {
        let Subject { name, outcome, reason, detail } = subject;
        detail.iter().for_each(|(key, _)| note_key(key));
        Some(Self {
            name: Some(Cow::Borrowed(name)).filter(|name| is_kept_whole(name))?,
            outcome: *outcome,
            reason: ReasonNumber::of(check, reason)?,
            detail: detail.iter().map(|(key, value)| (*key, value.as_str())).collect(),
        })
    }

    fn subject(self, check: &Check) -> Option<Subject> {
        let Self { name, outcome, reason, detail } = self;
        let detail = detail.into_iter().map(|(key, value)| Some((known_key(key)?, value.into())));
        Some(Subject {
            name: name.into_owned(),
            outcome,
            reason: reason.reason(check)?,
            detail: detail.collect::<Option<_>>()?,
        })
    }
}

/// Whether a name comes back as it is: not so one that reading would put into another form, and an
/// address with what serde leaves out.
fn is_kept_whole(name: &SubjectName) -> bool {
    match name {
        SubjectName::Host(name) | SubjectName::NameServer(name, _) => {
            Name::from_presentation(name.as_str()) == *name
        }
        SubjectName::Socket(SocketAddr::V6(at)) | SubjectName::Control(SocketAddr::V6(at)) => {
            at.flowinfo() == 0 && at.scope_id() == 0
        }
        _ => true,
    }
}
