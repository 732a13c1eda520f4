//! Answers that are made to be expensive (KeyTrap, CVE-2023-50387): what a limit leaves aside is neither
//! secure nor bogus.

use hickory_proto::dnssec::{PublicKey as _, PublicKeyBuf};

use super::*;

/// A key that differs from the zone's and has its tag: the sum of 16-bit words forgets their order
/// (RFC 4034 appendix B).
fn colliding(zone: &Zone, which: usize) -> Record {
    let key = zone.signer.to_dnskey();
    let mut octets = key.public_key().public_bytes().to_vec();
    let words = octets.len() / 2;
    for octet in 0..2 {
        octets.swap(octet, 2 * (1 + which % (words - 1)) + octet);
    }
    let twin =
        DNSKEY::with_flags(key.flags(), PublicKeyBuf::new(octets, Algorithm::ECDSAP256SHA256));
    assert_eq!(twin.calculate_key_tag().unwrap(), key.calculate_key_tag().unwrap());
    assert_ne!(twin, key);
    record(zone.apex(), RData::DNSSEC(DNSSECRData::DNSKEY(twin)))
}

/// The leaf zone with so many keys of one tag, its own last.
fn crowded(keys: usize) -> World {
    let mut world = World::new();
    world.tell("z.", RecordType::DS, world.root.signed(vec![world.leaf.ds()]), vec![]);
    let mut records: Vec<Record> = (1..keys).map(|which| colliding(&world.leaf, which)).collect();
    records.push(world.leaf.dnskey().swap_remove(0));
    world.tell("z.", RecordType::DNSKEY, world.leaf.signed(records), vec![]);
    world
}

/// An answer with so many signatures of the zone over something else, and one that holds behind them
/// where `good`.
fn answer(world: &mut World, bad: usize, good: bool) -> Vec<Record> {
    let mut records = vec![aaaa("www.z.")];
    let other = record(n("www.z."), RData::AAAA(AAAA("2001:db8::2".parse().unwrap())));
    for _ in 0..bad {
        // Other dates, so that no two are the same record.
        world.leaf.expiration += 1;
        records.extend(world.leaf.signed(vec![other.clone()]).into_iter().skip(1));
    }
    if good {
        records.extend(world.leaf.signed(vec![aaaa("www.z.")]).into_iter().skip(1));
    }
    records
}

const LIMIT: Security = Security::Unknown(Unknown::Gap(Gap::Limit));

#[test]
fn many_keys_of_one_tag_and_many_signatures_stay_cheap() {
    for (keys, bad, good, expected) in [
        (1, 3, true, Security::Secure),
        (DNSSEC_KEYS_MAX, 3, true, Security::Secure),
        (1, DNSSEC_SIGNATURES_MAX, false, Security::Bogus(Bogus::BadSignature)),
        // The valid one comes after those that are tried.
        (1, DNSSEC_SIGNATURES_MAX, true, LIMIT),
        // Each signature could be any key's: 128 verifications are all that a name is worth.
        (DNSSEC_KEYS_MAX, DNSSEC_SIGNATURES_MAX, false, LIMIT),
    ] {
        let mut world = crowded(keys).no_cut();
        let answer = answer(&mut world, bad, good);
        world.tell("www.z.", RecordType::AAAA, answer, vec![]);
        assert_eq!(world.unvouched("www.z.").says("www.z"), expected, "{keys} {bad} {good}");
    }
}

#[test]
fn a_key_behind_those_that_are_looked_at_is_not_missing() {
    let mut world = crowded(DNSSEC_KEYS_MAX + 1);
    world.tell("www.z.", RecordType::AAAA, vec![aaaa("www.z.")], vec![]);
    assert_eq!(world.says("www.z"), LIMIT);
}

#[test]
fn a_delegation_of_very_many_keys_is_not_followed() {
    let mut world = World::new();
    let mut digests: Vec<Record> = (0..=DNSSEC_KEYS_MAX).map(|_| Zone::new("z.").ds()).collect();
    digests.push(world.leaf.ds());
    world.tell("z.", RecordType::DS, world.root.signed(digests), vec![]);
    world.tell("www.z.", RecordType::AAAA, vec![aaaa("www.z.")], vec![]);
    assert_eq!(world.says("www.z"), LIMIT);
}

#[test]
fn a_proof_behind_very_many_denials_is_not_looked_for() {
    let mut world = World::delegated();
    let mut denials = Vec::new();
    for at in 0..DENIALS_MAX {
        let owner = format!("a{at}.z.");
        denials.extend(world.leaf.nsec(&owner, &format!("a{at}b.z."), &[]));
    }
    denials.extend(world.leaf.nsec("www.z.", "z.", &[RecordType::AAAA]));
    world.tell("www.z.", RecordType::DS, vec![], denials);
    world.tell("www.z.", RecordType::AAAA, vec![aaaa("www.z.")], vec![]);
    assert_eq!(world.says("www.z"), LIMIT);
}
