//! The daemon, killed at many moments during scans, alerts and log-ins: what it answered for is there afterwards.
//!
//! `V6READY_SERVE_KILLS=200 cargo test --test serve kills -- --nocapture` tries more often.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use serde_json::Value;
use v6ready::store::{AlertFilter, MessageState, Store};

use crate::access::{run, text};
use crate::daemon::{Place, wait_until};
use crate::dashboard::PASSWORD;
use crate::jobs::{UNREACHABLE, receiver, store};

/// How often the daemon is killed where nothing else is said.
const KILLS: u32 = 5;

/// The longest that it is left alone.
const ALONE: Duration = Duration::from_millis(2500);

/// A user's sessions that are looked at: the newest.
const SESSIONS_LOOKED_AT: usize = 8;

/// An inventory that can't be read.
const BROKEN: &str = "version: 1\norganisations:\n  - idd: o\n";

fn kills() -> u32 {
    std::env::var("V6READY_SERVE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

/// How many inventories can't be read: a scan of each is an alert and a message.
fn broken() -> u32 {
    kills() / 2
}

/// What came back before the daemon was killed, if it did as a whole.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// One request; `None` where the daemon was killed meanwhile.
fn ask(at: SocketAddr, method: &str, path: &str, head: &[String], body: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(at).ok()?;
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    head.iter().for_each(|line| request += &format!("{line}\r\n"));
    request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.to_ascii_lowercase();
    let length =
        length.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    // Only the whole of an answer is one.
    length.is_none_or(|length: usize| length == body.len()).then(|| Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

fn form() -> String {
    "Content-Type: application/x-www-form-urlencoded".to_owned()
}

fn cookies(answer: &Answer) -> BTreeMap<String, String> {
    let set = answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let pairs = set.filter_map(|line| line.split(';').next()?.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn cookie_line(cookies: &BTreeMap<String, String>) -> String {
    let pairs: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("Cookie: {}", pairs.join("; "))
}

fn csrf(page: &str) -> Option<String> {
    let values = page.split("name=\"csrf\" value=\"").skip(1);
    let found = values.filter_map(|rest| rest.split('"').next()).filter(|value| !value.is_empty());
    found.last().map(str::to_owned)
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// What the daemon has answered for.
#[derive(Default)]
struct Promised {
    sessions: Vec<String>,
    runs: BTreeSet<String>,
    notes: Vec<(String, String)>,
    alerts: BTreeSet<String>,
}

impl Promised {
    /// Does as much as it can before the daemon is killed.
    fn work(&mut self, at: SocketAddr, token: &str, round: u32) -> Option<()> {
        let page = ask(at, "GET", "/login", &[], "")?;
        let mut own = cookies(&page);
        let fields =
            [("csrf", &*csrf(&page.body)?), ("name", "an"), ("password", PASSWORD), ("next", "/")];
        let answer = ask(at, "POST", "/login", &[form(), cookie_line(&own)], &encoded(&fields))?;
        assert_eq!(answer.status, 303, "{}", answer.body);
        own.extend(cookies(&answer));
        let own = cookie_line(&own);
        self.sessions.push(own.clone());
        // An outage of our own, which the other inventory's scan finds, would hold what is told of these.
        let is_broken = round < broken();
        let inventory = if is_broken { format!("broken{round}") } else { "inventory".to_owned() };
        let head =
            [format!("Authorization: Bearer {token}"), "Content-Type: application/json".into()];
        let body = format!("{{\"inventory\": \"{inventory}\"}}");
        let answer = ask(at, "POST", "/api/v1/runs", &head, &body)?;
        // Right after its start it takes no scans yet.
        assert!([202, 503].contains(&answer.status), "{} {}", answer.status, answer.body);
        if answer.status == 202 && !is_broken {
            let run: Value = serde_json::from_str(&answer.body).unwrap();
            self.runs.insert(run["run"].as_str().unwrap().to_owned());
        }
        let page = ask(at, "GET", "/account", std::slice::from_ref(&own), "")?;
        let csrf = csrf(&page.body)?;
        for (number, alert) in self.alerts.clone().into_iter().enumerate() {
            let note = format!("{round}.{number}");
            let fields = encoded(&[("csrf", &csrf), ("alert", &alert), ("note", &note)]);
            let answer = ask(at, "POST", "/alerts/acknowledge", &[form(), own.clone()], &fields)?;
            assert_eq!(answer.status, 303, "{}", answer.body);
            self.notes.push((alert, note));
        }
        Some(())
    }

    /// All of it is still there.
    fn is_kept(&mut self, store: &Store) {
        for (alert, note) in &self.notes {
            let noted = store.acknowledgements(alert).unwrap();
            assert!(
                noted.iter().any(|one| one.note == *note),
                "{alert}: {note} of {}",
                noted.len()
            );
        }
        let alerts = store.alerts(&AlertFilter::default()).unwrap();
        let alerts: BTreeSet<String> = alerts.into_iter().map(|alert| alert.id).collect();
        assert!(self.alerts.is_subset(&alerts), "{:?} of {alerts:?}", self.alerts);
        self.alerts = alerts;
        let mut known: BTreeSet<String> =
            store.runs().unwrap().iter().map(|run| run.id.to_string()).collect();
        known.extend(store.requested_scans().unwrap().iter().map(|scan| scan.run.to_string()));
        assert!(self.runs.is_subset(&known), "{:?} of {known:?}", self.runs);
        store.verify().unwrap();
    }
}

#[test]
fn what_was_answered_for_survives_every_kill() {
    let (port, told) = receiver();
    let place = Place::with("");
    let hash = run(&place, &["hash"], PASSWORD);
    let made = run(&place, &["token", "--name", "ci", "--scope", "operate"], "");
    let lines = text(&made.stderr);
    let lines = lines.split("under `serve:`").nth(1).unwrap().trim_start_matches('\n');
    let broken: Vec<String> = (0..broken()).map(|number| format!("broken{number}.yaml")).collect();
    place.write(
        "serve.yaml",
        &format!(
            "serve:\n  listen: \"127.0.0.1:0\"\n  inventories: [inventory.yaml, {}]\n  \
             users: [{{name: an, role: operator, password_hash: \"{}\"}}]\n{lines}\n  alerts:\n    channels:\n      \
             - {{name: hook, webhook: {{url: \"http://[::1]:{port}/\"}}}}\n    routes:\n      \
             - {{name: team, channels: [hook], lang: en, per_hour: 1000}}\n",
            broken.join(", "),
            text(&hash.stdout).trim()
        ),
    );
    place.write("inventory.yaml", UNREACHABLE);
    broken.iter().for_each(|name| place.write(name, BROKEN));
    let token = text(&made.stdout).trim().to_owned();
    let mut promised = Promised::default();
    let mut under_way = 0;
    for round in 0..kills() {
        let mut daemon = place.start();
        let (pid, at) = (daemon.pid(), daemon.address);
        let part = f64::from(round) * 0.618_034 % 1.0;
        let killer = std::thread::spawn(move || {
            std::thread::sleep(ALONE.mul_f64(part));
            kill(pid, Signal::SIGKILL).unwrap();
        });
        under_way += u32::from(promised.work(at, &token, round).is_none());
        killer.join().unwrap();
        daemon.ended();
        promised.is_kept(&store(&place));
    }
    let mut daemon = place.start();
    wait_until("a scan is left", || store(&place).requested_scans().unwrap().is_empty());
    let is_sent = |state: &MessageState| !matches!(state, MessageState::Waiting(_));
    let messages = || store(&place).messages(100_000).unwrap();
    wait_until("a message waits", || messages().iter().all(|message| is_sent(&message.state)));
    promised.is_kept(&store(&place));
    // An older one makes room where one user has many.
    for session in promised.sessions.iter().rev().take(SESSIONS_LOOKED_AT) {
        let answer =
            ask(daemon.address, "GET", "/account", std::slice::from_ref(session), "").unwrap();
        assert_eq!(answer.status, 200, "a session is lost");
    }
    let told: BTreeSet<String> =
        told.lock().unwrap().iter().map(|body| body["id"].as_str().unwrap().to_owned()).collect();
    let kept: BTreeSet<String> = messages().into_iter().map(|message| message.key).collect();
    assert_eq!(told, kept);
    eprintln!(
        "{} kills, {under_way} of them while a request was under way: {} sessions, {} runs, {} alerts, {} acknowledgements, {} messages",
        kills(),
        promised.sessions.len(),
        promised.runs.len(),
        promised.alerts.len(),
        promised.notes.len(),
        kept.len()
    );
    assert!(daemon.end().success(), "{}", daemon.said);
}
