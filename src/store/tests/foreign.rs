//! Run files that others hand over: what is wrong in them, and who vouches for them.

use rusqlite::Connection;

use super::{dns, inputs, opened, run, service};
use crate::model::{Digest, NetFailure, Reply, RunId};
use crate::store::*;

/// The lines of a run of two requests, and the file that holds them.
fn exported(key: Option<&SigningKey>) -> (Vec<u8>, String) {
    let (_folder, mut store) = opened();
    let recorder = store.begin(&run("r"), &inputs()).unwrap();
    for name in ["a.example", "b.example"] {
        recorder.record(service("one"), &dns(name, 1, Reply::DnsFailed(NetFailure::TimedOut)));
    }
    recorder.finish(&run("r")).unwrap();
    let mut file = Vec::new();
    store.export(&RunId::of_tests("r"), &mut file, key).unwrap();
    let lines = String::from_utf8(zstd::stream::decode_all(&file[..]).unwrap()).unwrap();
    (file, lines)
}

/// The file of changed lines, with an end that fits them.
fn repacked(lines: &str) -> Vec<u8> {
    let (lines, _end) = lines.trim_end().rsplit_once('\n').unwrap();
    let digest = Digest::of(format!("{lines}\n").as_bytes());
    let text = format!("{lines}\n{{\"end\":{{\"sha256\":\"{digest}\"}}}}\n");
    zstd::bulk::compress(text.as_bytes(), 1).unwrap()
}

#[test]
fn an_id_that_is_none_is_refused() {
    let (_, lines) = exported(None);
    let (_folder, mut store) = opened();
    for id in ["../../etc/cron.d/x", "/tmp/x", "a\\u001b[2J", "a\\u009b2J", "", ".", "a b", "-rf"] {
        let changed = lines.replace("\"id\":\"r\"", &format!("\"id\":\"{id}\""));
        assert_ne!(changed, lines);
        let error = store.import(&repacked(&changed)[..], None).unwrap_err();
        assert!(matches!(error, TransferError::Damaged { line: 1, .. }), "{id}: {error}");
        assert!(store.runs().unwrap().is_empty(), "{id}");
    }
    let fine = lines.replace("\"id\":\"r\"", "\"id\":\"r2\"");
    assert_eq!(store.import(&repacked(&fine)[..], None).unwrap().run, RunId::of_tests("r2"));
}

#[test]
fn an_id_that_an_earlier_version_took_is_replaced() {
    let (folder, mut store) = opened();
    for id in ["fine", "r"] {
        drop(store.begin(&run(id), &inputs()).unwrap());
    }
    drop(store);
    let path = folder.path().join("v6ready.db");
    let hand = Connection::open(&path).unwrap();
    hand.execute_batch(super::BEFORE_FORMAT_6).unwrap();
    hand.execute_batch(super::BEFORE_FORMAT_5).unwrap();
    hand.execute_batch(super::BEFORE_FORMAT_4).unwrap();
    hand.pragma_update(None, "user_version", 3).unwrap();
    hand.execute(
        "UPDATE run SET id = ?1, run = json_set(run, '$.id', ?1) WHERE id = 'r'",
        ["../x"],
    )
    .unwrap();
    drop(hand);
    let mut store = Store::open(&path).unwrap();
    let ids: Vec<_> = store.runs().unwrap().iter().map(|run| run.id.to_string()).collect();
    let renamed = ids.into_iter().find(|id| id.starts_with("renamed-")).unwrap();
    store.prune(&[RunId::of_tests(&renamed)]).unwrap();
    assert_eq!(store.runs().unwrap().len(), 1);
}

#[test]
fn an_id_is_found_though_another_begins_like_it() {
    let (_folder, mut store) = opened();
    for id in ["20261124T142530Z-kfqz", "20261124T142530Z-kfqzz", "20261124T142530Z-kf"] {
        drop(store.begin(&run(id), &inputs()).unwrap());
    }
    for id in ["20261124T142530Z-kfqz", "20261124T142530Z-kf", "20261124T142530Z-kfqzz"] {
        assert_eq!(store.run(&RunId::of_tests(id)).unwrap().run.id.as_str(), id);
    }
    let several = store.run(&RunId::of_tests("20261124"));
    assert!(matches!(several, Err(StoreError::Ambiguous { .. })));
}

#[test]
fn an_observation_has_to_answer_its_request() {
    let (_, lines) = exported(None);
    let (_folder, mut store) = opened();
    let line =
        |start: &str| lines.lines().filter(|line| line.starts_with(start)).collect::<Vec<_>>();
    let (answers, observations) = (line("{\"answer\""), line("{\"observation\""));
    let digest_in = |line: &str| line[line.find("sha256:").unwrap()..][..71].to_owned();
    let [first, second] = [answers[0], answers[1]].map(digest_in);
    // The answers of two requests changed places; one request has the other's answer; one is answered
    // twice; and nobody's asker.
    let swapped = lines.replace(&first, "?").replace(&second, &first).replace('?', &second);
    let same = lines.replace(&second, &first);
    let twice = lines.replacen(answers[1], answers[0], 1);
    let askers = ["org", "/", "org/", "o/s/x", "o\\u001b/s"]
        .map(|asker| lines.replacen("org/one", asker, 1));
    // A reply of another kind.
    let other_kind = observations[0].replace(
        r#"\"dns-failed\":{\"kind\":\"timed-out\"}"#,
        r#"\"echo\":{\"Err\":{\"kind\":\"timed-out\"}}"#,
    );
    assert_ne!(other_kind, observations[0]);
    let document: serde_json::Value = serde_json::from_str(&other_kind).unwrap();
    let digest = Digest::of(document["observation"].as_str().unwrap().as_bytes()).to_string();
    let kind = lines.replacen(observations[0], &other_kind, 1);
    let known = digest_in(answers.iter().find(|answer| kind.contains(*answer)).unwrap());
    let kind = kind.replace(&known, &digest);
    let error = store.import(&repacked(&kind)[..], None).unwrap_err().to_string();
    assert!(error.contains("another kind"), "{error}");
    for (case, changed) in [swapped, same, twice, kind].into_iter().chain(askers).enumerate() {
        assert_ne!(changed, lines, "{case}");
        let error = store.import(&repacked(&changed)[..], None).unwrap_err();
        assert!(matches!(error, TransferError::Damaged { .. }), "{case}: {error}");
        assert!(store.runs().unwrap().is_empty(), "{case}");
    }
    store.import(&repacked(&lines)[..], None).unwrap();
}

#[test]
fn who_signed_a_file_is_known() {
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let (file, lines) = exported(Some(&key));
    let trusting =
        |key: &SigningKey| TrustedKeys::parse(&format!("{} Sở A", key.public())).unwrap();
    let import = |file: &[u8], trusted: Option<&TrustedKeys>| {
        let (_folder, mut store) = opened();
        let imported = store.import(file, trusted);
        assert_eq!(store.runs().unwrap().len(), usize::from(imported.is_ok()));
        imported.map(|imported| imported.provenance.signer)
    };
    let signer =
        |name: Option<&str>| Some(Signer { key: key.public(), name: name.map(str::to_owned) });
    assert_eq!(import(&file, None).unwrap(), signer(None));
    assert_eq!(import(&file, Some(&trusting(&key))).unwrap(), signer(Some("Sở A")));
    let untrusted = import(&file, Some(&trusting(&other)));
    assert!(matches!(untrusted, Err(TransferError::Untrusted { .. })));
    // Without its signature, and with one of other lines.
    let unsigned = repacked(&lines);
    assert_eq!(import(&unsigned, None).unwrap(), None);
    let refused = import(&unsigned, Some(&trusting(&key)));
    assert!(matches!(refused, Err(TransferError::Unsigned)));
    let signature = lines[lines.find(",\"signature\"").unwrap()..].trim_end();
    let changed = lines.replace("\"id\":\"r\"", "\"id\":\"s\"");
    let text =
        String::from_utf8(zstd::stream::decode_all(&repacked(&changed)[..]).unwrap()).unwrap();
    let forged = text.trim_end().strip_suffix("}}").unwrap().to_owned() + signature + "\n";
    let forged = zstd::bulk::compress(forged.as_bytes(), 1).unwrap();
    assert!(matches!(import(&forged, None), Err(TransferError::Damaged { .. })));
}
