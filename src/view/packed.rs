//! Verdicts of a service as octets of the view's file: without the facts that they cite.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::codes::{outcome_code, outcome_of, place_of, reason_code, reason_of};
use crate::check::{CATALOGUE, Check};
use crate::judge::Judged;
use crate::model::{Subject, SubjectName, Verdict};
use crate::policy::Policy;

/// zstd's level.
const LEVEL: i32 = 1;

/// Octets of one service's verdicts, unpacked: a guard against a damaged file.
const OCTETS_MAX: usize = 64 * 1024 * 1024;

/// Different keys of particulars that a file may have: a guard against a damaged one.
const KEYS_MAX: usize = 4096;

#[derive(Serialize, Deserialize)]
struct Record<'a> {
    check: u16,
    outcome: u8,
    reason: u16,
    #[serde(borrow)]
    subjects: Vec<SubjectRecord<'a>>,
}

#[derive(Serialize, Deserialize)]
struct SubjectRecord<'a> {
    name: Cow<'a, SubjectName>,
    outcome: u8,
    reason: u16,
    #[serde(borrow)]
    detail: Vec<(&'a str, &'a str)>,
}

/// Packs verdicts. One whose words aren't the catalogue's is left out: no rule gives it.
pub(super) fn pack(verdicts: &[Judged]) -> Vec<u8> {
    let records: Vec<Record<'_>> = verdicts.iter().filter_map(record).collect();
    compress(&postcard::to_stdvec(&records).unwrap_or_default())
}

fn record(judged: &Judged) -> Option<Record<'_>> {
    let Judged { check, verdict, .. } = judged;
    let code = |reason: &str| u16::try_from(reason_code(check, reason)?).ok();
    let subjects = verdict.subjects.iter().map(|subject| {
        Some(SubjectRecord {
            name: Cow::Borrowed(&subject.name),
            outcome: outcome_code(subject.outcome) as u8,
            reason: code(subject.reason)?,
            detail: subject.detail.iter().map(|(key, value)| (*key, value.as_str())).collect(),
        })
    });
    Some(Record {
        check: u16::try_from(place_of(check)?).ok()?,
        outcome: outcome_code(verdict.outcome) as u8,
        reason: code(verdict.reason)?,
        subjects: subjects.collect::<Option<_>>()?,
    })
}

/// Unpacks verdicts, with the severities that a policy gives them; `None` when the octets are no verdicts.
pub(super) fn unpack(octets: &[u8], policy: &Policy) -> Option<Vec<Judged>> {
    let octets = decompress(octets)?;
    let records: Vec<Record<'_>> = postcard::from_bytes(&octets).ok()?;
    records.iter().map(|record| judged(record, policy)).collect()
}

fn judged(record: &Record<'_>, policy: &Policy) -> Option<Judged> {
    let check: &'static Check = CATALOGUE.get(usize::from(record.check)).copied()?;
    let outcome = |code: u8| outcome_of(i64::from(code));
    let word = |code: u16| reason_of(check, i64::from(code));
    let subjects = record.subjects.iter().map(|subject| {
        let detail =
            subject.detail.iter().map(|(name, value)| Some((key(name)?, (*value).to_owned())));
        Some(Subject {
            name: subject.name.clone().into_owned(),
            outcome: outcome(subject.outcome)?,
            reason: word(subject.reason)?,
            detail: detail.collect::<Option<_>>()?,
        })
    });
    let verdict = Verdict {
        outcome: outcome(record.outcome)?,
        reason: word(record.reason)?,
        subjects: subjects.collect::<Option<_>>()?,
        observations: Vec::new(),
    };
    let severity = policy
        .severity(check.id, verdict.reason)
        .unwrap_or_else(|| check.severity_of(verdict.reason));
    Some(Judged { check, severity, verdict })
}

/// A key as the program's own text. There are a few dozen of them, and each is kept once for good.
fn key(text: &str) -> Option<&'static str> {
    static KEYS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
    let keys = keys.get_or_insert_default();
    if let Some(known) = keys.get(text) {
        return Some(known);
    }
    if keys.len() >= KEYS_MAX {
        return None;
    }
    let kept: &'static str = Box::leak(text.to_owned().into_boxed_str());
    keys.insert(kept);
    Some(kept)
}

/// Compresses octets of the view: their number, and then they.
pub(super) fn compress(octets: &[u8]) -> Vec<u8> {
    let mut packed = (octets.len() as u64).to_le_bytes().to_vec();
    packed.extend(zstd::bulk::compress(octets, LEVEL).unwrap_or_default());
    packed
}

/// Decompresses octets of the view.
pub(super) fn decompress(octets: &[u8]) -> Option<Vec<u8>> {
    let (size, packed) = octets.split_first_chunk::<8>()?;
    let size =
        usize::try_from(u64::from_le_bytes(*size)).ok().filter(|size| *size <= OCTETS_MAX)?;
    zstd::bulk::decompress(packed, size).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Name, Outcome};
    use crate::policy;

    #[test]
    fn verdicts_come_back_without_their_facts() {
        let yaml = policy::built_in(policy::DEFAULT).unwrap();
        let policy = Policy::parse("p", yaml, |_, _| true).unwrap();
        let check = CATALOGUE.iter().copied().find(|check| check.id == "tls-validity").unwrap();
        let reason = check.reasons.first().unwrap();
        let subject = Subject {
            name: SubjectName::Host(Name::parse("www.example").unwrap()),
            outcome: reason.outcome,
            reason: reason.id,
            detail: vec![("not-after", "2026-12-01T00:00:00Z".to_owned())],
        };
        let severity =
            policy.severity(check.id, reason.id).unwrap_or_else(|| check.severity_of(reason.id));
        let verdict =
            Verdict { subjects: vec![subject], ..Verdict::plain(reason.outcome, reason.id) };
        let judged = vec![Judged { check, severity, verdict }];
        assert_eq!(unpack(&pack(&judged), &policy), Some(judged));
        assert_eq!(unpack(b"no verdicts", &policy), None);
        assert_eq!(outcome_of(outcome_code(Outcome::Inconclusive)), Some(Outcome::Inconclusive));
    }
}
