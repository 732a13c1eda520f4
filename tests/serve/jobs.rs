//! Scans that the daemon makes, and what it tells of them: here from a machine that can reach nothing.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use v6ready::model::RunId;
use v6ready::serve::jobs::ScanRequest;
use v6ready::store::{AlertFilter, RequestedScan, Store};

use crate::daemon::{Place, wait_until};

/// An inventory whose resolver and control targets are closed ports of this machine.
pub const UNREACHABLE: &str = "version: 1
settings: {resolvers: [\"[::1]:9\"], control_targets: [\"[::1]:9\", \"[::1]:11\"], attempts: 1}
networks: [{prefix: \"2001:db8::/32\", name: T, testbed: true}]
organisations:
  - id: o
    services: [{id: a, category: portal, tls: \"[2001:db8::10]:636\"}]
";

/// A program that takes messages, and keeps their bodies.
pub fn receiver() -> (u16, Arc<Mutex<Vec<serde_json::Value>>>) {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            kept.lock().unwrap().extend(taken(stream));
        }
    });
    (port, bodies)
}

fn taken(stream: TcpStream) -> Option<serde_json::Value> {
    let mut out = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    let (mut length, mut line) = (0, String::new());
    while reader.read_line(&mut line).is_ok_and(|octets| octets > 0) && line != "\r\n" {
        if let Some(octets) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = octets.trim().parse().ok()?;
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    out.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").ok()?;
    serde_json::from_slice(&body).ok()
}

fn place(port: u16) -> Place {
    let config = format!(
        "serve:\n  listen: \"127.0.0.1:0\"\n  inventories: [inventory.yaml]\n  alerts:\n    channels:\n      \
         - {{name: hook, webhook: {{url: \"http://[::1]:{port}/\"}}}}\n    routes:\n      \
         - {{name: team, channels: [hook], lang: en}}\n"
    );
    let place = Place::with(&config);
    place.write("inventory.yaml", UNREACHABLE);
    place
}

/// The store of a place.
pub fn store(place: &Place) -> Store {
    Store::open(&place.path("v6ready.db")).unwrap()
}

/// Asks for a scan as the pages do, while the daemon is down.
fn request(place: &Place, run: &str, inventory: &str) {
    let request =
        ScanRequest { inventory: inventory.into(), by: "an".into(), ..ScanRequest::default() };
    let document = serde_json::to_string(&request).unwrap();
    let run = RunId::parse(run).unwrap();
    let scan = RequestedScan { run, asked_at: Timestamp::now(), document };
    store(place).request_scan(&scan).unwrap();
}

#[test]
fn a_scan_that_was_asked_for_is_made_and_an_outage_of_our_own_told_once() {
    let (port, told) = receiver();
    let place = place(port);
    request(&place, "20261201T000000Z-aaaa", "inventory.yaml");
    let daemon = place.start();
    wait_until("the outage is told", || told.lock().unwrap().len() == 1);
    wait_until("the scan is done", || store(&place).requested_scans().unwrap().is_empty());
    drop(daemon);
    let runs = store(&place).runs().unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].id.as_str(), "20261201T000000Z-aaaa");
    let first = told.lock().unwrap()[0].clone();
    assert_eq!(first["message"]["groups"][0]["kind"], "own-outage", "{first}");
    // After a restart, and a further run that finds the same, nothing is told again.
    request(&place, "20261201T010000Z-bbbb", "inventory.yaml");
    let mut daemon = place.start();
    wait_until("the second scan is done", || {
        let store = store(&place);
        store.requested_scans().unwrap().is_empty() && store.runs().unwrap().len() == 2
    });
    assert!(daemon.end().success(), "{}", daemon.said);
    assert_eq!(store(&place).messages(10).unwrap().len(), 1);
    assert_eq!(told.lock().unwrap().len(), 1);
    let open = AlertFilter { is_open: true, ..AlertFilter::default() };
    assert_eq!(store(&place).alerts(&open).unwrap().len(), 1);
    store(&place).verify().unwrap();
}

#[test]
fn an_inventory_that_can_not_be_read_is_told_with_what_is_wrong() {
    let (port, told) = receiver();
    let place = place(port);
    place.write("inventory.yaml", "version: 1\norganisations:\n  - idd: o\n");
    request(&place, "20261201T000000Z-aaaa", "inventory.yaml");
    let mut daemon = place.start();
    wait_until("it is told", || told.lock().unwrap().len() == 1);
    let message = told.lock().unwrap()[0]["message"].clone();
    assert_eq!(message["groups"][0]["kind"], "run-failed", "{message}");
    let detail = message["groups"][0]["entries"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("inventory.yaml"), "{detail}");
    assert_eq!(daemon.get("/healthz").status, 200);
    assert!(daemon.end().success(), "{}", daemon.said);
    assert!(store(&place).runs().unwrap().is_empty());
}
