use std::sync::atomic::Ordering;

use super::*;
use crate::serve::access::testing::MemoryTable;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * minutes).unwrap()
}

fn seconds_after(minutes: i64, seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + 60 * minutes + seconds).unwrap()
}

fn owner(name: &str) -> Owner {
    Owner {
        name: name.into(),
        proof: Proof::Password,
        role: Role::Viewer,
        organisations: Organisations::All,
        credential: Digest::of(name.as_bytes()),
    }
}

const TIMES: SessionTimes =
    SessionTimes { idle: Duration::from_secs(3600), absolute: Duration::from_secs(10 * 3600) };

struct World {
    table: Arc<MemoryTable>,
    sessions: Sessions,
}

impl World {
    fn new() -> Self {
        let table = Arc::new(MemoryTable::default());
        let sessions = Sessions::load(Arc::clone(&table) as _).unwrap();
        Self { table, sessions }
    }

    fn restarted(self) -> Self {
        let sessions = Sessions::load(Arc::clone(&self.table) as _).unwrap();
        Self { table: self.table, sessions }
    }

    fn find(&self, secret: &Secret, now: Timestamp) -> Option<Found> {
        self.sessions.find(&secret.text(), TIMES, now)
    }
}

#[test]
fn a_session_ends_when_it_is_not_used_and_at_last_in_any_case() {
    let world = World::new();
    let secret = world.sessions.begin(owner("an"), TIMES, at(0)).unwrap();
    let found = world.find(&secret, at(14)).unwrap();
    assert_eq!((&*found.session.owner.name, found.renewed), ("an", None));
    assert!(world.find(&secret, at(75)).is_none());
    assert!(world.find(&secret, at(14)).is_none());

    let mut secret = world.sessions.begin(owner("an"), TIMES, at(0)).unwrap();
    for minutes in (0..600).step_by(10) {
        let found = world.find(&secret, at(minutes)).unwrap();
        secret = found.renewed.unwrap_or(secret);
    }
    assert!(world.find(&secret, at(600)).is_none());
}

#[test]
fn the_secret_is_replaced_and_the_old_one_ends_once_the_new_one_was_seen() {
    let world = World::new();
    let first = world.sessions.begin(owner("an"), TIMES, at(0)).unwrap();
    let form_key = world.find(&first, at(1)).unwrap().session.form_key;
    let second = world.find(&first, at(16)).unwrap().renewed.unwrap();
    // Another request of the same moment, which still has the old one.
    assert!(world.find(&first, seconds_after(16, 5)).unwrap().renewed.is_none());
    let found = world.find(&second, seconds_after(16, 10)).unwrap();
    assert_eq!((found.session.form_key, found.renewed), (form_key, None));
    assert!(world.find(&first, seconds_after(17, 0)).is_some());
    assert!(world.find(&first, seconds_after(17, 10)).is_none());
    assert!(world.find(&second, at(18)).is_some());
}

#[test]
fn an_answer_that_got_lost_logs_nobody_out() {
    let world = World::new();
    let first = world.sessions.begin(owner("an"), TIMES, at(0)).unwrap();
    let lost = world.find(&first, at(16)).unwrap().renewed.unwrap();
    let found = world.find(&first, at(20)).unwrap();
    let third = found.renewed.unwrap();
    assert!(world.find(&lost, at(20)).is_none());
    assert!(world.find(&third, at(21)).is_some());
    assert!(world.find(&first, at(23)).is_none());
}

#[test]
fn a_restart_logs_nobody_out_and_an_ended_session_stays_ended() {
    let world = World::new();
    let one = world.sessions.begin(owner("an"), TIMES, at(0)).unwrap();
    let two = world.sessions.begin(owner("binh"), TIMES, at(0)).unwrap();
    world.sessions.write(TIMES).unwrap();
    let kept = world.table.load().unwrap();
    assert!(kept.iter().all(|row| !row.document.contains(&one.text())));
    let world = world.restarted();
    let found = world.find(&one, at(16)).unwrap();
    let renewed = found.renewed.unwrap();
    world.sessions.end(&world.find(&two, at(16)).unwrap().session);
    world.sessions.write(TIMES).unwrap();
    assert!(!world.sessions.is_unwritten());
    let world = world.restarted();
    assert!(world.find(&two, at(17)).is_none());
    assert!(world.find(&one, seconds_after(16, 30)).is_some(), "the new secret was not seen yet");
    assert!(world.find(&renewed, seconds_after(16, 30)).is_some());
}

#[test]
fn what_a_full_store_did_not_take_is_written_later() {
    let world = World::new();
    let secret = world.sessions.begin(owner("an"), TIMES, at(0)).unwrap();
    world.sessions.write(TIMES).unwrap();
    world.table.is_full.store(true, Ordering::Relaxed);
    world.sessions.end(&world.find(&secret, at(1)).unwrap().session);
    assert!(world.sessions.write(TIMES).is_err());
    assert!(world.find(&secret, at(1)).is_none());
    world.table.is_full.store(false, Ordering::Relaxed);
    world.sessions.write(TIMES).unwrap();
    assert!(world.restarted().find(&secret, at(1)).is_none());
}

#[test]
fn a_log_out_ends_a_session_whose_secret_was_just_replaced() {
    let world = World::new();
    let first = world.sessions.begin(owner("an"), TIMES, at(0)).unwrap();
    let before = world.find(&first, at(1)).unwrap().session;
    let second = world.find(&first, at(16)).unwrap().renewed.unwrap();
    world.sessions.end(&before);
    assert!(world.find(&first, at(16)).is_none());
    assert!(world.find(&second, at(16)).is_none());
}

#[test]
fn one_user_does_not_push_others_out() {
    let world = World::new();
    let other = world.sessions.begin(owner("binh"), TIMES, at(0)).unwrap();
    let all: Vec<_> =
        (0..60).map(|n| world.sessions.begin(owner("an"), TIMES, at(n)).unwrap()).collect();
    assert_eq!(world.sessions.count_of("an", Proof::Password), SESSIONS_OF_USER_MAX);
    assert!(world.find(&all[9], at(30)).is_none() && world.find(&all[10], at(30)).is_some());
    assert!(world.find(&other, at(30)).is_some());
    assert_eq!(world.sessions.end_all(|session| session.owner.is("an", Proof::Password)), 50);
    assert_eq!(world.sessions.count_of("an", Proof::Oidc), 0);
}

#[test]
fn rows_and_cookies_of_others_are_survived() {
    let world = World::new();
    let row = |n: u8, document: &str| SavedSession {
        key: Digest([n; 32]),
        until: 0,
        document: document.to_owned(),
    };
    let rows = [row(1, ""), row(2, "{}"), row(3, "{\"owner\":1}"), row(4, "\u{0}")];
    world.table.save(&rows, &[]).unwrap();
    let world = world.restarted();
    world.sessions.write(TIMES).unwrap();
    assert!(world.table.load().unwrap().is_empty());
    let long = "A".repeat(100_000);
    for cookie in ["", "A", "ÿ", &"A".repeat(43), &"=".repeat(43), &long] {
        assert!(world.sessions.find(cookie, TIMES, at(0)).is_none());
    }
}
