//! Messages of the daemon over many kills: none is lost, and none is sent again but one that its receiver had
//! just taken when the kill came.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use v6ready::model::Lang;
use v6ready::serve::alerts::message::Message;
use v6ready::store::{MessageState, NewMessage, Store};

use crate::kills::kills;

const MESSAGES: usize = 60;

/// The bodies that were taken of each name, in their order.
type Taken = Arc<Mutex<BTreeMap<String, Vec<Vec<u8>>>>>;

/// A program that takes messages, a few milliseconds each.
fn receiver(taken: Taken) -> u16 {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            take(stream, &taken);
        }
    });
    port
}

fn take(stream: TcpStream, taken: &Taken) {
    let Ok(mut out) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    let (mut key, mut length) = (None, 0);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|octets| octets > 0) && line != "\r\n" {
        let lower = line.to_ascii_lowercase();
        if let Some(octets) = lower.strip_prefix("content-length:") {
            length = octets.trim().parse().unwrap_or(0);
        }
        if let Some(name) = lower.strip_prefix("idempotency-key:") {
            key = Some(name.trim().to_owned());
        }
        line.clear();
    }
    let mut body = vec![0; length];
    // A sender that was killed has sent no whole message.
    let (Ok(()), Some(key)) = (reader.read_exact(&mut body), key) else { return };
    taken.lock().unwrap().entry(key).or_default().push(body);
    std::thread::sleep(Duration::from_millis(5));
    let _ = out.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
}

fn daemon(folder: &Path, db: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_v6ready"))
        .arg("--db")
        .arg(db)
        .arg("--config")
        .arg(folder.join("v6ready.yaml"))
        .arg("serve")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn end(mut daemon: Child) {
    daemon.kill().unwrap();
    daemon.wait().unwrap();
}

/// The names of the messages that the store knows as sent. Its rows are whole.
fn sent(db: &Path) -> BTreeSet<String> {
    let store = Store::open_existing(db).unwrap();
    store.verify().unwrap();
    let messages = store.messages(2 * MESSAGES).unwrap();
    assert_eq!(messages.len(), MESSAGES);
    let is_sent = |state: &MessageState| matches!(state, MessageState::Sent(_));
    messages.into_iter().filter(|one| is_sent(&one.state)).map(|one| one.key).collect()
}

#[test]
fn no_message_is_lost_over_kills() {
    let folder = tempfile::tempdir().unwrap();
    let db = folder.path().join("t.db");
    let taken = Taken::default();
    let port = receiver(Arc::clone(&taken));
    let config = format!(
        "serve:\n  listen: \"[::1]:0\"\n  alerts:\n    channels:\n      - name: hook\n        \
         webhook: {{url: \"http://[::1]:{port}/\", secret: s3cret}}\n"
    );
    std::fs::write(folder.path().join("v6ready.yaml"), config).unwrap();
    let now = Timestamp::now();
    let document = serde_json::to_string(&Message::test(Lang::Vi, now, None)).unwrap();
    let messages: Vec<NewMessage> = (0..MESSAGES)
        .map(|number| NewMessage {
            key: format!("message-{number}"),
            route: "team".into(),
            channel: "hook".into(),
            recipient: None,
            made_at: now,
            not_before: now,
            document: document.clone(),
        })
        .collect();
    Store::open(&db).unwrap().queue_messages(&messages).unwrap();
    let kills = kills();
    for number in 0..kills {
        let daemon = daemon(folder.path(), &db);
        std::thread::sleep(Duration::from_millis(u64::from(number) * 197 % 900));
        end(daemon);
        let known: BTreeSet<String> = taken.lock().unwrap().keys().cloned().collect();
        let sent = sent(&db);
        assert!(sent.is_subset(&known), "{number}: {:?}", sent.difference(&known));
    }
    // Tries that failed by a kill are no tries; the daemon sends the rest at once.
    let daemon = daemon(folder.path(), &db);
    for _ in 0..1200 {
        if sent(&db).len() == MESSAGES {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    end(daemon);
    assert_eq!(sent(&db).len(), MESSAGES);
    let taken = taken.lock().unwrap();
    assert_eq!(taken.len(), MESSAGES);
    let again: u64 = taken.values().map(|bodies| bodies.len() as u64 - 1).sum();
    assert!(again <= u64::from(kills), "{again} repetitions over {kills} kills");
    for (key, bodies) in taken.iter() {
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{key}");
    }
}
