//! Whether a signature over records holds: RFC 4035 §5.3.

use std::cell::Cell;

use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, RRSIG};
use hickory_proto::dnssec::{Algorithm, DigestType, PublicKey as _, Verifier as _};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use jiff::Timestamp;

use super::anchors::Anchor;
use super::{Bogus, DNSSEC_KEYS_MAX, DNSSEC_SIGNATURES_MAX, DNSSEC_VERIFICATIONS_MAX};

/// What is left of the signature verifications that one name may cost (KeyTrap,
/// CVE-2023-50387).
pub(super) struct Budget(Cell<usize>);

/// Why records are not authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unproven {
    /// The records contradict what is signed.
    Bogus(Bogus),
    /// A limit of ours stopped the verification: what was left aside might have held.
    BudgetSpent,
    /// They are signed, and whether the signatures hold at this time is not known: our clock is wrong.
    Undated,
    /// Nothing that this program can verify signs them (RFC 4035 §5.2).
    Unsupported,
}

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(DNSSEC_VERIFICATIONS_MAX))
    }
}

impl Budget {
    fn take(&self) -> Result<(), Unproven> {
        let left = self.0.get().checked_sub(1).ok_or(Unproven::BudgetSpent)?;
        self.0.set(left);
        Ok(())
    }
}

/// The keys of a zone that was found authentic.
pub(super) struct ZoneKeys {
    /// The zone's apex.
    pub(super) zone: Name,
    keys: Vec<DNSKEY>,
    /// Whether the zone has more keys than are tried.
    is_cut: bool,
}

/// The records of one name and type in a section.
pub(super) fn rrset<'r>(records: &'r [Record], owner: &Name, kind: RecordType) -> Vec<&'r Record> {
    let same =
        |r: &&Record| r.dns_class == DNSClass::IN && r.record_type() == kind && r.name == *owner;
    records.iter().filter(same).collect()
}

/// The signatures over one name and type in a section.
pub(super) fn signatures<'r>(
    records: &'r [Record],
    owner: &Name,
    kind: RecordType,
) -> Vec<&'r RRSIG> {
    records
        .iter()
        .filter(|record| record.name == *owner)
        .filter_map(|record| match &record.data {
            RData::DNSSEC(DNSSECRData::RRSIG(sig)) if sig.input().type_covered == kind => Some(sig),
            _ => None,
        })
        .collect()
}

impl ZoneKeys {
    /// The keys of a DNSKEY answer, if a key that the trusted digests or keys name signs them all
    /// (RFC 4035 §5.2).
    pub(super) fn authenticate(
        zone: &Name,
        answers: &[Record],
        trusted: &[&Anchor],
        at: Option<Timestamp>,
        budget: &Budget,
    ) -> Result<Self, Unproven> {
        let usable: Vec<&&Anchor> = trusted.iter().filter(|anchor| is_supported(anchor)).collect();
        if usable.is_empty() {
            return Err(Unproven::Unsupported);
        }
        let records = rrset(answers, zone, RecordType::DNSKEY);
        let is_cut = records.len() > DNSSEC_KEYS_MAX;
        let keys: Vec<DNSKEY> = records
            .iter()
            .filter_map(|record| match &record.data {
                RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Some(key.clone()),
                _ => None,
            })
            .take(DNSSEC_KEYS_MAX)
            .collect();
        let entry: Vec<DNSKEY> = keys
            .iter()
            .filter(|key| usable.iter().any(|anchor| vouches(anchor, zone, key)))
            .cloned()
            .collect();
        if entry.is_empty() {
            let bogus = Unproven::Bogus(Bogus::NoMatchingKey);
            return Err(if is_cut { Unproven::BudgetSpent } else { bogus });
        }
        let entry = Self { zone: zone.clone(), keys: entry, is_cut };
        entry.verify(answers, zone, RecordType::DNSKEY, at, budget)?;
        Ok(Self { zone: zone.clone(), keys, is_cut })
    }

    /// Verifies the records of one name and type; returns the number of labels that the signature
    /// was made over, which is smaller than the owner's for a wildcard's (RFC 4035 §5.3.4).
    pub(super) fn verify(
        &self,
        section: &[Record],
        owner: &Name,
        kind: RecordType,
        at: Option<Timestamp>,
        budget: &Budget,
    ) -> Result<u8, Unproven> {
        let records = rrset(section, owner, kind);
        let sigs: Vec<&RRSIG> = signatures(section, owner, kind)
            .into_iter()
            .filter(|sig| sig.input().signer_name == self.zone)
            .filter(|sig| sig.input().num_labels <= owner.num_labels())
            .collect();
        let is_cut = self.is_cut || sigs.len() > DNSSEC_SIGNATURES_MAX;
        let mut worst = None;
        // One that holds is enough. Among those that don't, a signature that is right but for its
        // dates says most.
        for sig in sigs.into_iter().take(DNSSEC_SIGNATURES_MAX) {
            match self.verify_one(sig, &records, owner, at, budget)? {
                Ok(()) => return Ok(sig.input().num_labels),
                Err(fault) => worst = worst.min(Some(fault)).or(Some(fault)),
            }
        }
        match worst {
            Some(_) if is_cut => Err(Unproven::BudgetSpent),
            worst => Err(Unproven::Bogus(worst.unwrap_or(Bogus::MissingSignature))),
        }
    }

    fn verify_one(
        &self,
        sig: &RRSIG,
        records: &[&Record],
        owner: &Name,
        at: Option<Timestamp>,
        budget: &Budget,
    ) -> Result<Result<(), Bogus>, Unproven> {
        let input = sig.input();
        let candidates = self.keys.iter().filter(|key| {
            key.zone_key()
                && !key.revoke()
                && key.public_key().algorithm() == input.algorithm
                && is_usable(input.algorithm)
                && key.calculate_key_tag().is_ok_and(|tag| tag == input.key_tag)
        });
        for key in candidates {
            budget.take()?;
            let records = records.iter().copied();
            if key.verify_rrsig(owner, DNSClass::IN, sig, records).is_ok() {
                let at = at.ok_or(Unproven::Undated)?;
                return Ok(in_time(input.sig_inception.get(), input.sig_expiration.get(), at));
            }
        }
        Ok(Err(Bogus::BadSignature))
    }

    /// Whether any key is of an algorithm that this program can verify.
    pub(super) fn is_supported(&self) -> bool {
        self.keys.iter().any(|key| is_usable(key.public_key().algorithm()))
    }
}

/// Serial number arithmetic, so that signatures outlive 2106 (RFC 4034 §3.1.5).
fn in_time(inception: u32, expiration: u32, at: Timestamp) -> Result<(), Bogus> {
    // The low 32 bits are what counts.
    let now = at.as_second() as u32;
    let after = |a: u32, b: u32| a.wrapping_sub(b) as i32 > 0;
    if after(now, expiration) {
        Err(Bogus::Expired)
    } else if after(inception, now) {
        Err(Bogus::NotYetValid)
    } else {
        Ok(())
    }
}

fn is_supported(anchor: &Anchor) -> bool {
    match anchor {
        Anchor::Ds(ds) => {
            is_usable(ds.algorithm())
                && ds.digest_type().is_supported()
                && ds.digest_type() != DigestType::SHA1
        }
        Anchor::Key(key) => is_usable(key.public_key().algorithm()),
    }
}

/// Whether signatures of an algorithm count. Those that rest on SHA-1 don't, though they could be
/// computed: what is signed or delegated with nothing else is as good as unsigned (RFC 9905 §2, §3).
#[allow(deprecated, reason = "the algorithms are named to be refused")]
fn is_usable(algorithm: Algorithm) -> bool {
    algorithm.is_supported()
        && !matches!(algorithm, Algorithm::RSASHA1 | Algorithm::RSASHA1NSEC3SHA1)
}

fn vouches(anchor: &Anchor, zone: &Name, key: &DNSKEY) -> bool {
    match anchor {
        Anchor::Ds(ds) => names(ds, key) && ds.covers(zone, key).unwrap_or(false),
        Anchor::Key(trusted) => trusted.public_key() == key.public_key() && !key.revoke(),
    }
}

fn names(ds: &DS, key: &DNSKEY) -> bool {
    key.public_key().algorithm() == ds.algorithm()
        && !key.revoke()
        && key.calculate_key_tag().is_ok_and(|tag| tag == ds.key_tag())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_serial_numbers() {
        let at = |second| Timestamp::from_second(second).unwrap();
        for (inception, expiration, now, expected) in [
            (100, 200, 150, Ok(())),
            (100, 200, 100, Ok(())),
            (100, 200, 200, Ok(())),
            (100, 200, 201, Err(Bogus::Expired)),
            (100, 200, 99, Err(Bogus::NotYetValid)),
            // Across the turn of the 32 bits in 2106.
            (u32::MAX - 50, 50, i64::from(u32::MAX), Ok(())),
            (u32::MAX - 50, 50, i64::from(u32::MAX) + 20, Ok(())),
            (u32::MAX - 50, 50, i64::from(u32::MAX) + 60, Err(Bogus::Expired)),
        ] {
            assert_eq!(in_time(inception, expiration, at(now)), expected, "{now}");
        }
    }
}
