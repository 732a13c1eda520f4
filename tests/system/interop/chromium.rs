//! Chromium without a window, driven over the pipe of its debugging protocol: what becomes of a page, and
//! what the browser asks for and blocks on it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::namespace::program_path;
use crate::switches::SWITCHES;

/// How long the browser may take for anything, on a machine that is very busy.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long it may take to end.
const PATIENCE_AT_END: Duration = Duration::from_secs(20);

/// What it is told beside what each Chromium of the tests is.
const OWN_SWITCHES: [&str; 3] = ["--headless", "--disable-quic", "--remote-debugging-pipe"];

/// A running browser.
pub struct Chromium {
    process: Child,
    /// Its debugging protocol: messages in JSON, each with a zero octet at its end.
    commands: ChildStdin,
    messages: Receiver<Value>,
    last_command: u64,
    log: PathBuf,
}

/// What came of a visit to a page.
#[derive(Debug, Default)]
pub struct Visit {
    /// Why the browser doesn't show it, in the browser's word; `None` where it does.
    pub refusal: Option<String>,
    /// The URLs that it asked for on its behalf, with the error of those that failed.
    pub asked: BTreeMap<String, Option<String>>,
    /// The URLs that it blocked as mixed content.
    pub blocked: BTreeSet<String>,
}

impl Chromium {
    /// Starts it with a new profile that trusts this authority. It knows these hosts, each at one
    /// address, and no other.
    pub fn start(
        folder: &Path,
        name: &str,
        authority: &Path,
        hosts: &BTreeMap<String, IpAddr>,
    ) -> Self {
        let home = folder.join(name);
        trust(&home, authority);
        let mut rules: Vec<String> = hosts
            .iter()
            .map(|(host, at)| match at {
                IpAddr::V6(at) => format!("MAP {host} [{at}]"),
                IpAddr::V4(at) => format!("MAP {host} {at}"),
            })
            .collect();
        // Names alone are not found, and not what is an address already.
        rules.push("EXCLUDE *:*".to_owned());
        rules.push("MAP * ~NOTFOUND".to_owned());
        let log = home.join("log");
        // The protocol's descriptors are 3 and 4.
        let mut command = Command::new(program_path("sh").unwrap());
        command
            .args(["-c", "log=$1; shift; exec \"$@\" 3<&0 4>&1 </dev/null >\"$log\" 2>&1", "sh"])
            .arg(&log)
            .arg(program_path("chromium").unwrap())
            .args(SWITCHES)
            .args(OWN_SWITCHES)
            .arg(format!("--user-data-dir={}", home.join("profile").display()))
            .arg(format!("--host-resolver-rules={}", rules.join(", ")))
            .arg("about:blank")
            .env("HOME", &home)
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME");
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in answers.split(0).map_while(Result::ok) {
                let message = serde_json::from_slice(&message).unwrap();
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self { process, commands, messages, last_command: 0, log };
        browser.call(None, "Browser.getVersion", json!({}), |_| {});
        browser
    }

    /// Visits a page in a tab of its own, until all that it loads has come or failed.
    pub fn visit(&mut self, url: &str) -> Visit {
        let target = self.call(None, "Target.createTarget", json!({"url": "about:blank"}), |_| {});
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = self.call(None, "Target.attachToTarget", target.clone(), |_| {});
        let session = session["sessionId"].as_str().unwrap().to_owned();
        for (method, parameters) in [
            ("Network.enable", json!({})),
            ("Audits.enable", json!({})),
            ("Page.enable", json!({})),
            ("Page.setLifecycleEventsEnabled", json!({"enabled": true})),
        ] {
            self.call(Some(&session), method, parameters, |_| {});
        }
        let mut seen = Seen::default();
        let navigation = self.call(Some(&session), "Page.navigate", json!({"url": url}), |event| {
            seen.note(&session, event);
        });
        let refusal = navigation["errorText"].as_str().map(str::to_owned);
        if refusal.is_none() {
            let loader = navigation["loaderId"].as_str().unwrap();
            while !seen.loaded.contains(loader) {
                let event = self.next(url);
                seen.note(&session, &event);
            }
            seen.asked.remove(loader);
        }
        self.call(None, "Target.closeTarget", json!({"targetId": target["targetId"]}), |_| {});
        let is_asked = |id: &String| !seen.withheld.contains(id);
        let asked = seen.asked.into_iter().filter(|(id, _)| is_asked(id));
        let asked = asked.map(|(id, url)| (url, seen.errors.get(&id).cloned())).collect();
        Visit { refusal, asked, blocked: seen.blocked }
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) {
        self.call(None, "Browser.close", json!({}), |_| {});
        let began = Instant::now();
        while self.process.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "Chromium doesn't end: {}", self.log_text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The result of a command; events that come before it are noted.
    fn call(
        &mut self,
        session: Option<&str>,
        method: &str,
        parameters: Value,
        mut note: impl FnMut(&Value),
    ) -> Value {
        self.last_command += 1;
        let mut command = json!({"id": self.last_command, "method": method, "params": parameters});
        if let Some(session) = session {
            command["sessionId"] = session.into();
        }
        let mut octets = serde_json::to_vec(&command).unwrap();
        octets.push(0);
        self.commands.write_all(&octets).unwrap_or_else(|_| self.fail(method));
        loop {
            let message = self.next(method);
            if message["id"] != self.last_command {
                note(&message);
                continue;
            }
            assert!(message["error"].is_null(), "{method}: {message}");
            return message["result"].clone();
        }
    }

    fn next(&self, what: &str) -> Value {
        self.messages.recv_timeout(PATIENCE).unwrap_or_else(|_| self.fail(what))
    }

    fn fail(&self, what: &str) -> ! {
        panic!("Chromium says nothing to {what}: {}", self.log_text())
    }

    fn log_text(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let began = Instant::now();
        // Its other processes end with it.
        let _ = self.process.kill();
        while began.elapsed() < PATIENCE_AT_END
            && self.process.try_wait().is_ok_and(|ended| ended.is_none())
        {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// What the events of a tab say, by the browser's ids for requests.
#[derive(Default)]
struct Seen {
    asked: BTreeMap<String, String>,
    /// Requests that were never sent.
    withheld: BTreeSet<String>,
    errors: BTreeMap<String, String>,
    blocked: BTreeSet<String>,
    /// The documents of which everything was loaded.
    loaded: BTreeSet<String>,
}

impl Seen {
    fn note(&mut self, session: &str, event: &Value) {
        if event["sessionId"] != session {
            return;
        }
        let said = &event["params"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let id = || text(&said["requestId"]);
        match event["method"].as_str().unwrap_or_default() {
            "Network.requestWillBeSent" => {
                // A redirect is the same request again.
                self.asked.entry(id()).or_insert_with(|| text(&said["request"]["url"]));
            }
            "Network.loadingFailed" if !said["blockedReason"].is_null() => {
                self.withheld.insert(id());
            }
            "Network.loadingFailed" => {
                self.errors.insert(id(), text(&said["errorText"]));
            }
            "Audits.issueAdded" => {
                let issue = &said["issue"]["details"]["mixedContentIssueDetails"];
                if issue["resolutionStatus"] == "MixedContentBlocked" {
                    self.blocked.insert(text(&issue["insecureURL"]));
                }
            }
            "Page.lifecycleEvent" if said["name"] == "load" => {
                self.loaded.insert(text(&said["loaderId"]));
            }
            _ => {}
        }
    }
}

/// Makes a home in which an authority is trusted as a user of Linux would do it: in the NSS database.
fn trust(home: &Path, authority: &Path) {
    let database = home.join(".pki/nssdb");
    fs::create_dir_all(&database).unwrap();
    let database = format!("sql:{}", database.display());
    let authority = authority.display().to_string();
    for arguments in [
        vec!["-N", "--empty-password"],
        vec!["-A", "-n", "lab", "-t", "C,,", "-i", authority.as_str()],
    ] {
        let mut certutil = Command::new(program_path("certutil").unwrap());
        let done = certutil.args(["-d", &database]).args(&arguments).output().unwrap();
        let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "certutil {arguments:?}: {stderr}");
    }
}
