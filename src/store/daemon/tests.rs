use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::model::{Digest, RunId};
use crate::store::*;

fn opened() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("v6ready.db")).unwrap();
    (folder, store)
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn alert(id: &str, key: &str) -> StoredAlert {
    StoredAlert {
        id: id.into(),
        key: key.into(),
        inventory: "i".into(),
        organisation: Some("a".into()),
        service: Some("x".into()),
        kind: "worse".into(),
        severity: "error".into(),
        began_at: at(1),
        seen_at: at(1),
        announced_at: None,
        resolved_at: None,
        document: "{}".into(),
    }
}

fn message(key: &str, minutes: i64) -> NewMessage {
    NewMessage {
        key: key.into(),
        route: "team".into(),
        channel: "mail".into(),
        recipient: None,
        made_at: at(minutes),
        not_before: at(minutes),
        document: "{}".into(),
    }
}

fn session() -> SavedSession {
    SavedSession { key: Digest::of(b"secret"), until: 30, document: "{}".into() }
}

#[test]
fn sessions_come_back_until_they_are_forgotten() {
    let (_folder, mut store) = opened();
    let (one, other) = (session(), SavedSession { key: Digest::of(b"other"), ..session() });
    store.save_sessions(&[one.clone(), other.clone()], &[]).unwrap();
    let later = SavedSession { until: 60, ..one.clone() };
    store.save_sessions(std::slice::from_ref(&later), &[other.key]).unwrap();
    assert_eq!(store.sessions().unwrap(), [later]);
}

#[test]
fn a_decision_is_kept_once_and_whole() {
    let (_folder, store) = opened();
    let run = RunId::of_tests("r1");
    let decision = AlertDecision {
        inventory: "i".into(),
        run: Some(run.clone()),
        run_before: None,
        at: at(1),
        alerts: vec![alert("1", "a/x"), alert("2", "a/y")],
        messages: vec![message("m1", 1)],
    };
    assert!(store.decide_alerts(&decision).unwrap());
    assert!(!store.decide_alerts(&decision).unwrap(), "the same run is decided of twice");
    assert_eq!(store.alert_mark("i").unwrap(), Some(run.clone()));
    assert_eq!(store.due_messages(at(1), 10).unwrap().len(), 1);
    // Two open alerts of one key are refused, with all that was decided beside them.
    let next = AlertDecision {
        run: Some(RunId::of_tests("r2")),
        run_before: Some(run.clone()),
        alerts: vec![alert("3", "a/x")],
        messages: vec![message("m2", 2)],
        ..decision
    };
    assert!(store.decide_alerts(&next).is_err());
    assert_eq!(store.alert_mark("i").unwrap(), Some(run));
    assert_eq!(store.messages(10).unwrap().len(), 1);
    let resolved = StoredAlert { resolved_at: Some(at(5)), ..alert("1", "a/x") };
    let next = AlertDecision { alerts: vec![resolved, alert("3", "a/x")], ..next };
    assert!(store.decide_alerts(&next).unwrap());
    let open = AlertFilter { is_open: true, ..AlertFilter::default() };
    let ids = |filter: &AlertFilter| -> Vec<String> {
        store.alerts(filter).unwrap().into_iter().map(|alert| alert.id).collect()
    };
    assert_eq!(ids(&open), ["3", "2"]);
    assert_eq!(ids(&AlertFilter::default()), ["3", "2", "1"]);
    let recent = AlertFilter { since: Some(at(4)), ..AlertFilter::default() };
    assert_eq!(ids(&recent), ["1"]);
    let note = Acknowledgement { by: "an".into(), at: at(6), note: "đang xử lý".into() };
    assert!(store.acknowledge_alert("3", &note).unwrap());
    assert!(!store.acknowledge_alert("4", &note).unwrap());
    assert_eq!(store.acknowledgements("3").unwrap(), [note]);
    assert_eq!(store.acknowledged_alerts().unwrap(), ["3"]);
    assert_eq!(store.forget_alerts(at(10)).unwrap(), 1);
    store.verify().unwrap();
}

#[test]
fn a_message_waits_until_it_is_sent_or_given_up() {
    let (_folder, store) = opened();
    store.queue_messages(&[message("a", 1), message("b", 2), message("a", 3)]).unwrap();
    let due = store.due_messages(at(5), 10).unwrap();
    assert_eq!(due.iter().map(|message| &*message.key).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(store.messages_since("team", at(1)).unwrap(), 1);
    store.note_sent(due[0].number, at(6)).unwrap();
    store.note_not_sent(due[1].number, "450 later", Some(at(9))).unwrap();
    assert!(store.due_messages(at(8), 10).unwrap().is_empty());
    assert_eq!(store.next_message_at().unwrap(), Some(at(9)));
    store.note_not_sent(due[1].number, "550 no", None).unwrap();
    assert_eq!(store.next_message_at().unwrap(), None);
    let messages = store.messages(10).unwrap();
    assert_eq!(messages[0].state, MessageState::GivenUp);
    assert_eq!((messages[0].tries, messages[0].problem.as_deref()), (2, Some("550 no")));
    assert_eq!(messages[1].state, MessageState::Sent(at(6)));
    store.forget_messages(at(2)).unwrap();
    assert_eq!(store.messages(10).unwrap().len(), 1);
    store.verify().unwrap();
}

#[test]
fn other_state_comes_back_as_it_was() {
    let (_folder, store) = opened();
    let mark = ScheduleMark {
        due_at: at(1),
        began_at: Some(at(2)),
        ended_at: None,
        run: Some("r".into()),
        problem: None,
    };
    store.mark_schedule("nightly", &mark).unwrap();
    let mark = ScheduleMark { ended_at: Some(at(3)), ..mark };
    store.mark_schedule("nightly", &mark).unwrap();
    assert_eq!(store.schedule_mark("nightly").unwrap(), Some(mark));
    let scan = RequestedScan { run: RunId::of_tests("r"), asked_at: at(1), document: "{}".into() };
    store.request_scan(&scan).unwrap();
    assert_eq!(store.requested_scans().unwrap(), std::slice::from_ref(&scan));
    assert!(store.end_requested_scan(&scan.run).unwrap());
    assert!(!store.end_requested_scan(&scan.run).unwrap());
    let window = MaintenanceWindow {
        number: 0,
        begins_at: at(10),
        ends_at: at(20),
        only: vec!["a/*".into()],
        note: "thay thiết bị".into(),
        by: "an".into(),
    };
    let number = store.add_maintenance(&window).unwrap();
    let kept = MaintenanceWindow { number, ..window };
    assert_eq!(store.maintenance(at(5)).unwrap(), [kept]);
    assert!(store.end_maintenance(number, at(15)).unwrap());
    assert!(store.maintenance(at(15)).unwrap().is_empty());
    store.unsubscribe("a@example.vn", "org", at(1)).unwrap();
    store.unsubscribe("a@example.vn", "org", at(2)).unwrap();
    assert_eq!(store.unsubscriptions().unwrap(), [("a@example.vn".into(), "org".into())]);
    store.verify().unwrap();
    store.subscribe_again("a@example.vn", "org").unwrap();
    assert!(store.unsubscriptions().unwrap().is_empty());
    assert_eq!(store.secret("unsubscribe").unwrap(), store.secret("unsubscribe").unwrap());
    assert_ne!(store.secret("unsubscribe").unwrap(), store.secret("other").unwrap());
    store.verify().unwrap();
}

#[test]
fn damage_to_the_daemons_rows_is_noticed_also_in_a_copy() {
    for damage in [
        "DELETE FROM outbox",
        "UPDATE alert SET resolved_at = 1",
        "UPDATE outbox SET next_at = NULL",
        "DELETE FROM daemon_seal",
    ] {
        let (folder, store) = opened();
        let decision = AlertDecision {
            alerts: vec![alert("1", "a/x")],
            messages: vec![message("m", 1)],
            ..AlertDecision::default()
        };
        assert!(store.decide_alerts(&decision).unwrap());
        let copy = folder.path().join("copy.db");
        store.copy_to(&copy).unwrap();
        let copied = Store::open_existing(&copy).unwrap();
        copied.verify().unwrap();
        assert_eq!(copied.messages(10).unwrap(), store.messages(10).unwrap());
        let hand = Connection::open(folder.path().join("v6ready.db")).unwrap();
        hand.execute_batch(damage).unwrap();
        assert!(matches!(store.daemon_state_is_whole(), Err(StoreError::Damaged { .. })));
        assert!(matches!(store.verify(), Err(StoreError::Damaged { .. })), "{damage}");
    }
}

#[test]
fn a_copy_takes_no_session_along() {
    let (folder, mut store) = opened();
    store.save_sessions(&[session()], &[]).unwrap();
    let copy = folder.path().join("copy.db");
    store.copy_to(&copy).unwrap();
    assert!(Store::open_existing(&copy).unwrap().sessions().unwrap().is_empty());
    assert_eq!(store.sessions().unwrap(), [session()]);
}
