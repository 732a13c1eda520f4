//! Proofs that something does not exist: NSEC (RFC 4034, 4035 §5.4) and NSEC3 (RFC 5155 §8).

use hickory_proto::dnssec::Nsec3HashAlgorithm;
use hickory_proto::dnssec::rdata::{DNSSECRData, NSEC, NSEC3};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use jiff::Timestamp;

use super::signatures::{Budget, Unproven, ZoneKeys};
use super::{DENIALS_MAX, NSEC3_ITERATIONS_MAX};

/// What the signed denials of an answer prove of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    /// The name exists without the type, or there is nothing at all of that name.
    Absent,
    /// It is a delegation without DS records: from here on nothing is signed.
    InsecureDelegation,
    /// The name may lie below an unsigned delegation that an opt-out span leaves out.
    OptOut,
    /// The NSEC3 parameters ask for more hashing than RFC 9276 wants done.
    TooManyIterations,
    /// They prove nothing of it.
    Nothing,
}

/// The authentic denials of an answer.
pub(super) struct Denials<'r> {
    zone: &'r Name,
    nsec: Vec<(&'r Name, &'r NSEC)>,
    nsec3: Vec<(Vec<u8>, &'r NSEC3)>,
    too_many_iterations: bool,
}

impl<'r> Denials<'r> {
    /// Those of an authority section that the zone's keys sign. More than [`DENIALS_MAX`] are not
    /// looked at, since any of them might hold the proof.
    pub(super) fn authenticate(
        keys: &'r ZoneKeys,
        section: &'r [Record],
        at: Option<Timestamp>,
        budget: &Budget,
    ) -> Result<Self, Unproven> {
        let mut denials =
            Self { zone: &keys.zone, nsec: vec![], nsec3: vec![], too_many_iterations: false };
        let mut fault = None;
        let kinds = [RecordType::NSEC, RecordType::NSEC3];
        let found = || section.iter().filter(|record| kinds.contains(&record.record_type()));
        if found().count() > DENIALS_MAX {
            return Err(Unproven::BudgetSpent);
        }
        for record in found() {
            if !keys.zone.zone_of(&record.name) {
                continue;
            }
            match keys.verify(section, &record.name, record.record_type(), at, budget) {
                // A wildcard's NSEC can't be an expanded one.
                Ok(labels) if labels == record.name.num_labels() => denials.keep(record),
                Ok(_) => {}
                Err(Unproven::BudgetSpent) => return Err(Unproven::BudgetSpent),
                Err(unproven) => fault = Some(unproven),
            }
        }
        match fault {
            Some(fault) if denials.is_empty() => Err(fault),
            _ => Ok(denials),
        }
    }

    fn keep(&mut self, record: &'r Record) {
        match &record.data {
            RData::DNSSEC(DNSSECRData::NSEC(nsec)) => self.nsec.push((&record.name, nsec)),
            RData::DNSSEC(DNSSECRData::NSEC3(nsec3)) => {
                if nsec3.iterations() > NSEC3_ITERATIONS_MAX {
                    self.too_many_iterations = true;
                } else if record.name.base_name() == *self.zone
                    && let Some(hash) = record.name.iter().next().and_then(base32hex)
                {
                    self.nsec3.push((hash, nsec3));
                }
            }
            _ => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.nsec.is_empty() && self.nsec3.is_empty() && !self.too_many_iterations
    }

    /// What is proven of a DS look-up at `name` (RFC 4035 §5.2, RFC 5155 §8.6).
    pub(super) fn of_ds(&self, name: &Name) -> Denied {
        if self.too_many_iterations {
            return Denied::TooManyIterations;
        }
        if let Some((_, nsec)) = self.nsec.iter().find(|(owner, _)| *owner == name) {
            return delegation(|kind| nsec.type_set().contains(kind));
        }
        if let Some(nsec3) = self.matching(name) {
            return delegation(|kind| nsec3.type_set().contains(kind));
        }
        if self.nsec.iter().any(|(owner, nsec)| self.covers(owner, nsec, name)) {
            return Denied::Absent;
        }
        match self.closest_encloser(name) {
            Some((_, true)) => Denied::OptOut,
            Some((_, false)) => Denied::Absent,
            None => Denied::Nothing,
        }
    }

    /// What is proven of a NODATA (`exists`) or NXDOMAIN answer for a type that is not DS.
    pub(super) fn of_type(&self, name: &Name, kind: RecordType, exists: bool) -> Denied {
        if self.too_many_iterations {
            return Denied::TooManyIterations;
        }
        let proven = |holds: bool| if holds { Denied::Absent } else { Denied::Nothing };
        if let Some((_, nsec)) = self.nsec.iter().find(|(owner, _)| *owner == name) {
            return proven(exists && lacks(|kind| nsec.type_set().contains(kind), kind));
        }
        if let Some(nsec3) = self.matching(name) {
            return proven(exists && lacks(|kind| nsec3.type_set().contains(kind), kind));
        }
        let covering = self.nsec.iter().find(|(owner, nsec)| self.covers(owner, nsec, name));
        if let Some((owner, nsec)) = covering {
            // An empty non-terminal has only names below it (RFC 4592 §2.2.2).
            if name.zone_of(nsec.next_domain_name()) {
                return proven(exists);
            }
            let encloser = nsec_encloser(name, owner, nsec.next_domain_name());
            return self.wildcard_nsec(&encloser, kind, exists);
        }
        let Some((encloser, opt_out)) = self.closest_encloser(name) else { return Denied::Nothing };
        if opt_out {
            return Denied::OptOut;
        }
        let Ok(wildcard) = encloser.prepend_label("*") else { return Denied::Nothing };
        match self.matching(&wildcard) {
            Some(nsec3) => proven(exists && lacks(|kind| nsec3.type_set().contains(kind), kind)),
            None => proven(!exists && self.covering(&wildcard).is_some()),
        }
    }

    /// Whether a wildcard was rightly expanded: no closer match exists (RFC 4035 §5.3.4, RFC 5155
    /// §8.8). `labels` is the number that the signature was made over.
    pub(super) fn of_expansion(&self, name: &Name, labels: u8) -> Denied {
        if self.too_many_iterations {
            return Denied::TooManyIterations;
        }
        let next_closer = name.trim_to(usize::from(labels) + 1);
        if self.nsec.iter().any(|(owner, nsec)| self.covers(owner, nsec, name)) {
            return Denied::Absent;
        }
        match self.covering(&next_closer) {
            Some(nsec3) if nsec3.opt_out() => Denied::OptOut,
            Some(_) => Denied::Absent,
            None => Denied::Nothing,
        }
    }

    fn wildcard_nsec(&self, encloser: &Name, kind: RecordType, exists: bool) -> Denied {
        let Ok(wildcard) = encloser.prepend_label("*") else { return Denied::Nothing };
        let holds = match self.nsec.iter().find(|(owner, _)| **owner == wildcard) {
            Some((_, nsec)) => exists && lacks(|kind| nsec.type_set().contains(kind), kind),
            None => !exists && self.nsec.iter().any(|(o, nsec)| self.covers(o, nsec, &wildcard)),
        };
        if holds { Denied::Absent } else { Denied::Nothing }
    }

    /// Whether `name` falls into the gap after `owner`. What is on the parent's side of a zone
    /// cut says nothing of the names below it (RFC 6840 §4.1).
    fn covers(&self, owner: &Name, nsec: &NSEC, name: &Name) -> bool {
        let next = nsec.next_domain_name();
        let below_cut = nsec.is_ancestor_delegation() && owner.zone_of(name);
        !below_cut && self.zone.zone_of(name) && owner < name && (name < next || next == self.zone)
    }

    fn hash(&self, name: &Name, like: &NSEC3) -> Option<Vec<u8>> {
        let digest = Nsec3HashAlgorithm::SHA1.hash(like.salt(), name, like.iterations()).ok()?;
        Some(digest.as_ref().to_vec())
    }

    /// The NSEC3 of exactly this name.
    fn matching(&self, name: &Name) -> Option<&'r NSEC3> {
        self.nsec3
            .iter()
            .find(|(owner, nsec3)| self.hash(name, nsec3).as_ref() == Some(owner))
            .map(|(_, nsec3)| *nsec3)
    }

    /// The NSEC3 into whose gap this name's hash falls.
    fn covering(&self, name: &Name) -> Option<&'r NSEC3> {
        self.nsec3
            .iter()
            .find(|(owner, nsec3)| {
                let Some(hash) = self.hash(name, nsec3) else { return false };
                let next = nsec3.next_hashed_owner_name();
                if owner.as_slice() < next {
                    owner.as_slice() < hash.as_slice() && hash.as_slice() < next
                } else {
                    owner.as_slice() < hash.as_slice() || hash.as_slice() < next
                }
            })
            .map(|(_, nsec3)| *nsec3)
    }

    /// The deepest existing ancestor of a name that does not exist, and whether the proof is an
    /// opt-out span (RFC 5155 §8.3).
    fn closest_encloser(&self, name: &Name) -> Option<(Name, bool)> {
        let mut next_closer = name.clone();
        // A name has at most 127 labels.
        while next_closer != *self.zone && !next_closer.is_root() {
            let candidate = next_closer.base_name();
            if let Some(found) = self.matching(&candidate) {
                if found.is_ancestor_delegation() && candidate != *self.zone {
                    return None;
                }
                return Some((candidate, self.covering(&next_closer)?.opt_out()));
            }
            next_closer = candidate;
        }
        None
    }
}

/// What a bitmap at the name itself says of a DS look-up (RFC 6840 §4.4: one from the child's side
/// has SOA and proves nothing).
fn delegation(has: impl Fn(RecordType) -> bool) -> Denied {
    if has(RecordType::DS) || has(RecordType::SOA) {
        Denied::Nothing
    } else if has(RecordType::NS) {
        Denied::InsecureDelegation
    } else {
        Denied::Absent
    }
}

/// Whether a bitmap at the name itself denies a type: it has neither the type nor an alias, and is
/// not the parent's side of a zone cut.
fn lacks(has: impl Fn(RecordType) -> bool, kind: RecordType) -> bool {
    let parent_side = has(RecordType::NS) && !has(RecordType::SOA);
    !has(kind) && !has(RecordType::CNAME) && !parent_side
}

/// The deepest existing ancestor of a name in the gap between two others.
fn nsec_encloser(name: &Name, owner: &Name, next: &Name) -> Name {
    let mut encloser = name.base_name();
    // A name has at most 127 labels.
    while !encloser.is_root() && !encloser.zone_of(owner) && !encloser.zone_of(next) {
        encloser = encloser.base_name();
    }
    encloser
}

/// Reads the hash in an NSEC3's owner name: base32 with the extended hex alphabet (RFC 4648 §7).
fn base32hex(label: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut count, mut octets) = (0_u32, 0_u32, Vec::new());
    for octet in label {
        let value = match octet.to_ascii_lowercase() {
            digit @ b'0'..=b'9' => digit - b'0',
            letter @ b'a'..=b'v' => letter - b'a' + 10,
            _ => return None,
        };
        bits = (bits << 5 | u32::from(value)) & 0xffff;
        count += 5;
        if count >= 8 {
            count -= 8;
            octets.push((bits >> count) as u8);
        }
    }
    Some(octets)
}
