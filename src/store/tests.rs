mod cost;
mod damage;
mod foreign;
mod gone;
mod history;

use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::model::{
    Blob, BodyEnd, Connected, Conversation, ConversationQuestion, DnsMessage, DnsQuestion, HttpGet,
    HttpResponse, Name, NetFailure, Observation, Question, RecordType, Reply, Request, Run, RunId,
    ServiceId, Settings, Transport,
};

fn run(id: &str) -> Run {
    Run::of_tests(id)
}

fn inputs() -> RunInputs {
    RunInputs {
        inventory_file: "inventory.yaml".into(),
        inventory_id: None,
        inventory: "title: Tỉnh".as_bytes().to_vec(),
        only: vec!["a/*".into()],
        settings: Settings { extra_ca: vec![vec![1, 2, 3]], ..Settings::default() },
        policy_name: "p".into(),
        policy_yaml: "x".into(),
    }
}

fn service(name: &str) -> Asker {
    Asker::Service(id(name))
}

fn id(name: &str) -> ServiceId {
    ServiceId { organisation: "org".into(), service: name.into() }
}

fn dns(name: &str, attempt: u8, reply: Reply) -> Arc<Observation> {
    let question = Question::Dns(DnsQuestion {
        server: "[2001:db8::53]:53".parse().unwrap(),
        transport: Transport::Udp,
        name: Name::from_presentation(name),
        record_type: RecordType::AAAA,
        recursion_desired: true,
        checking_disabled: false,
        dnssec_ok: false,
        without_edns: false,
    });
    observation(question, attempt, reply)
}

fn observation(question: Question, attempt: u8, reply: Reply) -> Arc<Observation> {
    Arc::new(Observation {
        request: Request::nth(question, attempt),
        observed_at: Timestamp::UNIX_EPOCH,
        elapsed_us: 7,
        reply,
    })
}

fn page(body: &[u8]) -> Arc<Observation> {
    let question = Question::Conversation(ConversationQuestion {
        address: "[2001:db8::1]:80".parse().unwrap(),
        tls: None,
        http: Some(HttpGet::default()),
        mss: None,
    });
    let response = HttpResponse {
        elapsed_us: 1,
        version: "HTTP/1.1".into(),
        status: 200,
        headers: vec![("a".into(), "\u{ff}".into())],
        body: Blob::new(body.to_vec()),
        body_end: BodyEnd::Complete,
        readings: crate::model::Readings::default(),
    };
    let conversation = Conversation {
        connect: Ok(Connected { elapsed_us: 3 }),
        tls: None,
        http: Some(Ok(response)),
        recheck: None,
    };
    observation(question, 1, Reply::Conversation(Box::new(conversation)))
}

fn opened() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("v6ready.db")).unwrap();
    (folder, store)
}

#[test]
fn facts_come_back_as_they_were() {
    let (_folder, mut store) = opened();
    let (run, inputs) = (run("20261126T000000Z-aaaa"), inputs());
    let recorder = store.begin(&run, &inputs).unwrap();
    let body: Vec<u8> = (0..50_000u32).map(|n| (n % 251) as u8).collect();
    let facts = [
        dns("a.example", 1, Reply::DnsFailed(NetFailure::TimedOut)),
        dns("a.example", 2, Reply::Dns(DnsMessage::new(Blob::new(vec![0; 40])))),
        observation(
            Question::Route("::1".parse().unwrap()),
            1,
            Reply::Route(Err(NetFailure::NoRoute)),
        ),
        page(&body),
    ];
    for fact in &facts {
        recorder.record(service("one"), fact);
    }
    recorder.record(Asker::Vantage, &facts[2]);
    recorder.share(id("two"), facts[0].request.key().into());
    recorder.share(id("two"), "never asked".into());
    let finished = Run { complete: true, finished_at: Some(Timestamp::UNIX_EPOCH), ..run.clone() };
    recorder.finish(&finished).unwrap();

    let evidence = store.evidence_of(&run.id, &id("one")).unwrap();
    assert_eq!(evidence.len(), 4);
    for fact in &facts {
        let (back, id) = evidence
            .attempts(&fact.request.question)
            .find(|(o, _)| o.request.attempt == fact.request.attempt)
            .unwrap();
        assert_eq!((back, id), (fact, fact.id()));
        assert_eq!(back.document(), fact.document());
        assert_eq!(store.observation(id).unwrap().as_ref(), Some(fact));
    }
    let Reply::Conversation(talk) = &store.observation(facts[3].id()).unwrap().unwrap().reply
    else {
        panic!("a page")
    };
    assert_eq!(talk.http.as_ref().unwrap().as_ref().unwrap().body.bytes(), body);
    assert_eq!(store.evidence_of(&run.id, &id("two")).unwrap().len(), 1);
    assert_eq!(store.vantage_evidence(&run.id).unwrap().len(), 1);
    let stored = store.run(&RunId::of_tests("20261126")).unwrap();
    assert_eq!((stored.run, stored.inputs), (finished, inputs));
}

#[test]
fn what_was_committed_survives_and_is_resumed() {
    let (folder, mut store) = opened();
    let run = run("r");
    let fact = dns("a.example", 1, Reply::DnsFailed(NetFailure::TimedOut));
    let recorder = store.begin(&run, &inputs()).unwrap();
    recorder.record(service("one"), &fact);
    recorder.flush().unwrap();
    // While the recorder lives, no other scan may write, and any process may read.
    assert!(matches!(store.resume(&run.id), Err(StoreError::Busy { .. })));
    let reader = Store::open_existing(&folder.path().join("v6ready.db")).unwrap();
    assert_eq!(reader.evidence_of(&run.id, &id("one")).unwrap().len(), 1);
    drop(recorder);
    let recorder = store.resume(&run.id).unwrap();
    assert_eq!(
        store.observation_of(&run.id, &fact.request.key()).unwrap(),
        Some((fact.id(), fact))
    );
    recorder.finish(&Run { finished_at: Some(Timestamp::UNIX_EPOCH), ..run.clone() }).unwrap();
    assert!(matches!(store.resume(&run.id), Err(StoreError::Finished { .. })));
}

#[test]
fn a_second_answer_to_a_request_is_not_taken() {
    let (_folder, mut store) = opened();
    let run = run("r");
    let recorder = store.begin(&run, &inputs()).unwrap();
    let first = dns("a.example", 1, Reply::DnsFailed(NetFailure::TimedOut));
    let second = dns("a.example", 1, Reply::DnsFailed(NetFailure::Refused));
    recorder.record(service("one"), &first);
    recorder.record(service("two"), &second);
    recorder.flush().unwrap();
    let evidence = store.evidence_of(&run.id, &id("two")).unwrap();
    assert_eq!(evidence.attempts(&first.request.question).next().unwrap().1, first.id());
}

#[test]
fn files_that_are_no_store_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    assert!(matches!(Store::open_existing(&path), Err(StoreError::Missing { .. })));
    std::fs::write(&path, "not a database, but long enough to look at").unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })));
    std::fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (x)").unwrap();
    drop(other);
    assert!(matches!(Store::open(&path), Err(StoreError::NotAStore { .. })));
    std::fs::remove_file(&path).unwrap();
    drop(Store::open(&path).unwrap());
    let newer = Connection::open(&path).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    assert!(matches!(Store::open(&path), Err(StoreError::Newer { found: 99, .. })));
}

#[test]
fn damage_is_noticed() {
    let (folder, mut store) = opened();
    let run = run("r");
    let recorder = store.begin(&run, &inputs()).unwrap();
    let fact = page(&[7; 5000]);
    recorder.record(service("one"), &fact);
    recorder.flush().unwrap();
    let hand = Connection::open(folder.path().join("v6ready.db")).unwrap();
    let other = zstd::bulk::compress(&[8; 5000], 1).unwrap();
    hand.execute("UPDATE blob SET octets = ?1", [other]).unwrap();
    assert!(matches!(store.evidence_of(&run.id, &id("one")), Err(StoreError::Damaged { .. })));
    hand.execute("DELETE FROM blob", []).unwrap();
    assert!(matches!(store.evidence_of(&run.id, &id("one")), Err(StoreError::Damaged { .. })));
    hand.execute("UPDATE observation SET document = x'00'", []).unwrap();
    assert!(matches!(store.evidence_of(&run.id, &id("one")), Err(StoreError::Damaged { .. })));
}

#[test]
fn a_store_of_the_first_format_is_read_and_goes_on() {
    let (folder, mut store) = opened();
    let run = run("r");
    let recorder = store.begin(&run, &inputs()).unwrap();
    let (first, second) = (page(&[7; 50]), page(&[8; 50]));
    let id_of_first = recorder.record(service("one"), &first);
    recorder.flush().unwrap();
    let hand = Connection::open(folder.path().join("v6ready.db")).unwrap();
    let plain = zstd::bulk::compress(&first.document(), 1).unwrap();
    hand.execute("UPDATE observation SET document = ?1", [plain]).unwrap();
    hand.execute_batch(BEFORE_FORMAT_6).unwrap();
    hand.execute_batch(BEFORE_FORMAT_5).unwrap();
    hand.execute_batch(BEFORE_FORMAT_4).unwrap();
    hand.execute_batch(BEFORE_FORMAT_3).unwrap();
    hand.pragma_update(None, "user_version", 1).unwrap();
    drop((recorder, store));
    let mut store = Store::open(&folder.path().join("v6ready.db")).unwrap();
    assert_eq!(*store.observation(id_of_first).unwrap().unwrap(), *first);
    store.resume(&run.id).unwrap().record(service("one"), &second);
    let version: u32 = hand.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 6);
}

/// Takes away what format 6 added.
const BEFORE_FORMAT_6: &str = "DROP TABLE session; DROP TABLE acknowledgement; \
    DROP TABLE alert; DROP TABLE alert_mark; DROP TABLE outbox; \
    DROP TABLE schedule_mark; DROP TABLE requested_scan; DROP TABLE maintenance; \
    DROP TABLE unsubscription; DROP TABLE daemon_seal; DROP TABLE secret;";

/// Takes away what format 5 added.
const BEFORE_FORMAT_5: &str = "DROP TABLE seal; DROP TABLE state;";

/// Takes away what format 4 added.
const BEFORE_FORMAT_4: &str = "ALTER TABLE run DROP COLUMN imported;";

/// Takes away what format 3 added.
const BEFORE_FORMAT_3: &str = "ALTER TABLE run DROP COLUMN scope; \
    ALTER TABLE run DROP COLUMN inventory_file; ALTER TABLE run DROP COLUMN inventory_id; \
    ALTER TABLE run DROP COLUMN policy; ALTER TABLE run DROP COLUMN counts;";

#[test]
fn a_store_that_format_5_was_written_by_is_read_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v6ready.db");
    let stored = zstd::stream::decode_all(&include_bytes!("tests/format-5.db.zst")[..]).unwrap();
    std::fs::write(&path, stored).unwrap();
    let mut store = Store::open_existing(&path).unwrap();
    assert_eq!(store.verify().unwrap(), Contents { runs: 2, observations: 3, blobs: 1 });
    let whole = RunId::of_tests("20261126T000000Z-aaaa");
    assert_eq!(store.evidence_of(&whole, &id("two")).unwrap().len(), 2);
    store.resume(&RunId::of_tests("20261127T000000Z-bbbb")).unwrap();
    assert!(store.alerts(&AlertFilter::default()).unwrap().is_empty());
    assert_eq!(store.secret("s").unwrap(), store.secret("s").unwrap());
    store.prune(&[whole]).unwrap();
    store.verify().unwrap();
}

#[test]
fn runs_of_the_second_format_are_known_as_whole_or_part() {
    let (folder, mut store) = opened();
    let named = |file: &str, only: &[&str]| RunInputs {
        inventory_file: file.into(),
        only: only.iter().map(ToString::to_string).collect(),
        ..inputs()
    };
    for (id, inputs) in [
        ("a", named("/etc/a/inventory.yaml", &[])),
        ("b", named("inventory.yaml", &["x/*"])),
        ("c", named(COMMAND_LINE, &[])),
    ] {
        drop(store.begin(&run(id), &inputs).unwrap());
    }
    let listed = store.listed_runs().unwrap();
    drop(store);
    let hand = Connection::open(folder.path().join("v6ready.db")).unwrap();
    hand.execute_batch(BEFORE_FORMAT_6).unwrap();
    hand.execute_batch(BEFORE_FORMAT_5).unwrap();
    hand.execute_batch(BEFORE_FORMAT_4).unwrap();
    hand.execute_batch(BEFORE_FORMAT_3).unwrap();
    hand.pragma_update(None, "user_version", 2).unwrap();
    let store = Store::open(&folder.path().join("v6ready.db")).unwrap();
    assert_eq!(store.listed_runs().unwrap(), listed);
    let scopes: Vec<_> = listed.iter().map(|listed| listed.scope).collect();
    assert_eq!(scopes, [Scope::Names, Scope::Part, Scope::Whole]);
    assert!(listed[1].is_of_same_inventory(&listed[2]));
    assert!(!listed[0].is_of_same_inventory(&listed[1]));
}

#[test]
fn an_inventory_is_known_by_its_id_under_every_name() {
    let (_folder, mut store) = opened();
    for (id, file, inventory_id) in [
        ("a", "old.yaml", Some("tinh")),
        ("b", "new.yaml", Some("tinh")),
        ("c", "new.yaml", Some("xa")),
        ("d", "x/new.yaml", None),
    ] {
        let inputs = RunInputs {
            inventory_file: file.into(),
            inventory_id: inventory_id.map(str::to_owned),
            ..inputs()
        };
        drop(store.begin(&run(id), &inputs).unwrap());
    }
    let listed = store.listed_runs().unwrap();
    let same = |a: usize, b: usize| listed[a].is_of_same_inventory(&listed[b]);
    // The newest first: d, c, b, a.
    assert!(same(3, 2) && !same(2, 1) && same(0, 1) && same(0, 2) && !same(0, 3));
}

#[test]
fn inventories_of_one_file_name_are_told_apart_by_their_services() {
    let (_folder, mut store) = opened();
    for (id, text, only, services) in [
        ("a1", "a", &[][..], &["a/x", "a/y"][..]),
        ("b1", "b", &[], &["b/x"]),
        ("a2", "a", &[], &["a/y", "a/z"]),
        // A part, and a run that asked nobody, are taken for what was scanned last.
        ("a3", "a", &["a/w"], &["a/w"]),
        ("b2", "b", &[], &["b/x", "b/y"]),
        ("b3", "b", &[], &[]),
        ("b4", "b", &[], &["b/y"]),
        // All of it was renamed, and says so.
        ("a4", "formerly: [a/y]", &[], &["c/y"]),
        ("c1", "c", &[], &["d/y"]),
    ] {
        let inputs = RunInputs {
            inventory_file: format!("/srv/{id}/inventory.yaml"),
            inventory: text.as_bytes().to_vec(),
            only: only.iter().map(ToString::to_string).collect(),
            ..inputs()
        };
        let recorder = store.begin(&run(id), &inputs).unwrap();
        for (at, service) in (1..).zip(services) {
            let (organisation, service) = service.split_once('/').unwrap();
            let service = ServiceId { organisation: organisation.into(), service: service.into() };
            let fact = dns("a.example", at, Reply::DnsFailed(NetFailure::Refused));
            recorder.record(Asker::Service(service), &fact);
        }
        recorder.flush().unwrap();
    }
    let listed = store.listed_runs().unwrap();
    let mut numbers: Vec<_> =
        listed.iter().map(|run| format!("{} {}", run.run.id, run.namesake)).collect();
    numbers.sort_unstable();
    let expected = ["a1 0", "a2 0", "a3 0", "a4 0", "b1 1", "b2 1", "b3 1", "b4 1", "c1 2"];
    assert_eq!(numbers, expected);
    let find = |id: &str| listed.iter().find(|run| run.run.id.as_str() == id).unwrap();
    assert!(find("a1").is_of_same_inventory(find("a4")));
    assert!(!find("a1").is_of_same_inventory(find("b2")));
}

#[test]
fn counts_go_with_a_run() {
    let (_folder, mut store) = opened();
    let run = run("r");
    store.begin(&run, &inputs()).unwrap().finish(&run).unwrap();
    let counts = crate::model::RunCounts { stages: [1, 2, 3, 4, 5], ..Default::default() };
    assert_eq!(store.listed_runs().unwrap()[0].counts, None);
    store.note_counts(&run.id, &counts).unwrap();
    let mut file = Vec::new();
    store.export(&run.id, &mut file, None).unwrap();
    let (_other_folder, mut other) = opened();
    other.import(&file[..], None).unwrap();
    assert_eq!(other.listed_runs().unwrap()[0].counts.as_ref(), Some(&counts));
}
