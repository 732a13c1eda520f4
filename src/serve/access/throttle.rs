//! Slows down who guesses passwords.
//!
//! Every attempt is charged to several allowances, each of which refills with time (the generic cell
//! rate algorithm), and an attempt that succeeds is given back:
//!
//! | allowance | at once | then one each |
//! |---|---|---|
//! | an account, from one address | 5 | 30 s |
//! | an address: an IPv4 address, an IPv6 /64 | 20 | 30 s |
//! | a site: an IPv6 /48 | 60 | 10 s |
//! | an account, from everywhere | 100 | 5 s |
//!
//! No account is ever locked: an attempt that is refused costs nothing, so the longest wait is one such interval. The last
//! row isn't asked of an address from which the account has been logged in to, so that strangers can't
//! keep its owner out from where she usually is.
//!
//! All this is in memory, and bounded. A restart forgets it: who can restart the daemon need not guess.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use jiff::{SignedDuration, Timestamp};

use crate::model::Digest;

/// Allowances that are remembered.
const REMEMBERED_MAX: usize = 16_384;

/// Places from which accounts have been logged in to.
const KNOWN_MAX: usize = 4_096;

/// Attempts at once, and the time after which one more is free, in seconds.
type Allowance = (i64, i64);

const ACCOUNT_FROM_ADDRESS: Allowance = (5, 30);
const ADDRESS: Allowance = (20, 30);
const SITE: Allowance = (60, 10);
const ACCOUNT: Allowance = (100, 5);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    AccountFrom(Digest, IpNet),
    Address(IpNet),
    Account(Digest),
}

/// What has been tried of late.
#[derive(Debug, Default)]
pub struct Throttle {
    /// When each allowance is whole again.
    whole_at: HashMap<Key, Timestamp>,
    /// When an account was last logged in to from an address.
    known: HashMap<(Digest, IpNet), Timestamp>,
}

/// An attempt that was charged.
#[derive(Debug)]
#[must_use]
pub struct Attempt {
    charged: Vec<(Key, Allowance)>,
    account: Digest,
    address: IpNet,
}

impl Throttle {
    /// Charges an attempt, before the password is looked at.
    ///
    /// # Errors
    /// How long to wait, where too many were made.
    pub fn attempt(
        &mut self,
        account: &str,
        from: IpAddr,
        now: Timestamp,
    ) -> Result<Attempt, SignedDuration> {
        let account = Digest::of(account.as_bytes());
        let (address, site) = networks(from);
        let mut charged = vec![
            (Key::AccountFrom(account, address), ACCOUNT_FROM_ADDRESS),
            (Key::Address(address), ADDRESS),
        ];
        charged.extend(site.map(|site| (Key::Address(site), SITE)));
        if !self.known.contains_key(&(account, address)) {
            charged.push((Key::Account(account), ACCOUNT));
        }
        let waits = charged.iter().map(|(key, allowance)| self.wait(key, *allowance, now));
        if let Some(wait) = waits.max().filter(SignedDuration::is_positive) {
            return Err(wait);
        }
        for (key, (_, each)) in &charged {
            let whole_at = self.whole_at.get(key).copied().unwrap_or(now).max(now);
            self.whole_at.insert(*key, later(whole_at, *each));
        }
        self.forget(now);
        Ok(Attempt { charged, account, address })
    }

    /// The password was right: gives the attempt back, and remembers the place.
    pub fn succeeded(&mut self, attempt: Attempt, now: Timestamp) {
        self.undo(&attempt);
        self.whole_at.remove(&Key::AccountFrom(attempt.account, attempt.address));
        if self.known.len() >= KNOWN_MAX {
            let oldest = self.known.iter().min_by_key(|(_, at)| **at).map(|(key, _)| *key);
            oldest.and_then(|key| self.known.remove(&key));
        }
        self.known.insert((attempt.account, attempt.address), now);
    }

    /// The password was not looked at.
    pub fn undo(&mut self, attempt: &Attempt) {
        for (key, (_, each)) in &attempt.charged {
            if let Some(whole_at) = self.whole_at.get_mut(key) {
                *whole_at = later(*whole_at, -each);
            }
        }
    }

    fn wait(&self, key: &Key, (at_once, each): Allowance, now: Timestamp) -> SignedDuration {
        match self.whole_at.get(key) {
            // Room for one more is there when all but `at_once - 1` are refilled.
            Some(whole_at) => later(*whole_at, -each * (at_once - 1)).duration_since(now),
            None => SignedDuration::ZERO,
        }
    }

    /// Allowances that are whole again need not be remembered. When there are still too many, those
    /// that are nearly whole go: half of all, so that this is rare.
    fn forget(&mut self, now: Timestamp) {
        if self.whole_at.len() <= REMEMBERED_MAX {
            return;
        }
        self.whole_at.retain(|_, whole_at| *whole_at > now);
        if self.whole_at.len() > REMEMBERED_MAX / 2 {
            let mut times: Vec<_> = self.whole_at.values().copied().collect();
            let middle = times.len() / 2;
            let (_, median, _) = times.select_nth_unstable(middle);
            let median = *median;
            self.whole_at.retain(|_, whole_at| *whole_at > median);
        }
    }
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(time)
}

/// What an address is counted as, and the site that it is in. Whoever has one IPv6 address has a /64
/// of them, and an organisation has a /48.
fn networks(address: IpAddr) -> (IpNet, Option<IpNet>) {
    match address.to_canonical() {
        IpAddr::V4(address) => (Ipv4Net::from(address).into(), None),
        IpAddr::V6(address) => {
            let prefix = |length| Ipv6Net::new(address, length).map(|net| IpNet::V6(net.trunc()));
            (prefix(64).unwrap_or(Ipv6Net::from(address).into()), prefix(48).ok())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of `count` attempts are taken at one instant.
    fn taken(throttle: &mut Throttle, count: u32, account: &str, from: &str, now: i64) -> u32 {
        let attempts = (0..count).map(|_| throttle.attempt(account, address(from), at(now)));
        attempts.map(|attempt| u32::from(attempt.is_ok())).sum()
    }

    #[test]
    fn an_account_is_tried_five_times_from_one_place_and_then_once_each_half_minute() {
        let mut throttle = Throttle::default();
        assert_eq!(taken(&mut throttle, 9, "an", "2001:db8::1", 0), 5);
        let wait = throttle.attempt("an", address("2001:db8::2"), at(0)).unwrap_err();
        assert_eq!(wait, SignedDuration::from_secs(30));
        assert_eq!(taken(&mut throttle, 9, "an", "2001:db8::3", 29), 0);
        assert_eq!(taken(&mut throttle, 9, "an", "2001:db8::4", 30), 1);
        assert_eq!(taken(&mut throttle, 9, "an", "2001:db8::4", 120), 3);
        assert_eq!(taken(&mut throttle, 9, "binh", "2001:db8::1", 120), 5);
    }

    #[test]
    fn a_place_is_one_however_many_addresses_and_accounts_it_tries() {
        let mut throttle = Throttle::default();
        let mut made = 0;
        for at in 0..100 {
            let from = format!("2001:db8:0:1::{at:x}");
            made += taken(&mut throttle, 1, &format!("user{at}"), &from, 0);
        }
        assert_eq!(made, 20);
        // Other networks of the same site have what is left of the site's.
        let others = (2..200).map(|net| format!("2001:db8:0:{net:x}::1"));
        let made: u32 =
            others.map(|from| taken(&mut throttle, 1, &format!("x{from}"), &from, 0)).sum();
        assert_eq!(made, 40);
        // IPv4 in IPv6 is IPv4.
        assert_eq!(taken(&mut throttle, 5, "an", "192.0.2.1", 0), 5);
        assert_eq!(taken(&mut throttle, 1, "an", "::ffff:192.0.2.1", 0), 0);
    }

    #[test]
    fn strangers_everywhere_do_not_keep_the_owner_out_of_where_she_was() {
        let mut throttle = Throttle::default();
        let attempt = throttle.attempt("an", address("2001:db8:1::1"), at(0)).unwrap();
        throttle.succeeded(attempt, at(0));
        let strangers = (0..500).map(|site| format!("2001:db8:{:x}::1", 0x100 + site));
        let made: u32 = strangers.map(|from| taken(&mut throttle, 1, "an", &from, 1)).sum();
        assert_eq!(made, 100);
        assert_eq!(taken(&mut throttle, 1, "an", "2001:db8:fff::1", 1), 0);
        assert_eq!(taken(&mut throttle, 1, "an", "2001:db8:1::2", 1), 1);
        // And from elsewhere she waits one interval at the most.
        assert_eq!(taken(&mut throttle, 1, "an", "2001:db8:fff::1", 6), 1);
    }

    #[test]
    fn success_gives_the_attempts_back() {
        let mut throttle = Throttle::default();
        for _ in 0..100 {
            let attempt = throttle.attempt("an", address("192.0.2.1"), at(0)).unwrap();
            throttle.succeeded(attempt, at(0));
        }
        assert_eq!(taken(&mut throttle, 4, "an", "192.0.2.1", 0), 4);
        let attempt = throttle.attempt("an", address("192.0.2.1"), at(0)).unwrap();
        throttle.succeeded(attempt, at(0));
        assert_eq!(taken(&mut throttle, 9, "an", "192.0.2.1", 0), 5);
    }

    #[test]
    fn memory_is_bounded_and_those_who_wait_longest_are_remembered() {
        let mut throttle = Throttle::default();
        assert_eq!(taken(&mut throttle, 9, "an", "192.0.2.1", 0), 5);
        for n in 0..60_000_u32 {
            let from = IpAddr::V4((0xC633_0000 + n).into());
            let _ = throttle.attempt(&format!("user{n}"), from, at(0));
            assert!(throttle.whole_at.len() <= REMEMBERED_MAX + 4);
        }
        assert_eq!(taken(&mut throttle, 1, "an", "192.0.2.1", 0), 0);
        for n in 0..KNOWN_MAX as u32 + 10 {
            let from = IpAddr::V4((0xC000_0000 + n).into());
            let attempt = throttle.attempt("owner", from, at(1_000_000)).unwrap();
            throttle.succeeded(attempt, at(1_000_000));
        }
        assert_eq!(throttle.known.len(), KNOWN_MAX);
    }
}
