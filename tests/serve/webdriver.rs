//! Browsers, driven as the W3C has it (WebDriver) through chromedriver, which listens at loopback.
//!
//! What a page needs time for is waited for: no step takes a time for granted.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Instant;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::patience::{PATIENCE, PAUSE};
use crate::switches::SWITCHES;

/// axe-core, as its npm package has it.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/serve/axe/axe.min.js");
    std::fs::read_to_string(file).unwrap()
});

/// The key under which an element's name stands (WebDriver, section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What the browser is told beside what each of them is.
const OWN_SWITCHES: [&str; 3] = ["--headless=new", "--hide-scrollbars", "--window-size=1280,1000"];

/// A driver, whose browsers end with it.
pub struct Driver {
    process: Child,
    at: SocketAddr,
    home: TempDir,
}

impl Driver {
    /// Starts one at a free port.
    pub fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .env("HOME", home.path())
            .env_remove("XDG_CONFIG_HOME")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Its browsers are of its group, so that they end with the test, however that ends.
            .process_group(0)
            .spawn()
            .expect("chromedriver is installed by .ci/install-peers");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        // It must not wait for a reader of what it says later.
        std::thread::spawn(move || lines.count());
        let at =
            SocketAddr::from((Ipv4Addr::LOCALHOST, port.expect("chromedriver names its port")));
        Self { process, at, home }
    }

    /// A browser with a profile of its own, whose reader wishes this language.
    pub fn browser(&self, lang: &str, has_script: bool) -> Browser<'_> {
        let mut switches: Vec<String> =
            SWITCHES.into_iter().chain(OWN_SWITCHES).map(str::to_owned).collect();
        let profile = tempfile::tempdir_in(self.home.path()).unwrap().keep();
        switches.push(format!("--user-data-dir={}", profile.display()));
        // Nothing but loopback is found, by whatever name it is asked for.
        switches.push("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1".to_owned());
        let script = if has_script { 1 } else { 2 };
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
            "goog:chromeOptions": {"args": switches, "prefs": {
                "intl.accept_languages": lang,
                "profile.managed_default_content_settings.javascript": script,
            }},
        }}});
        let session = self.call("POST", "/session", &wanted);
        let session = session["sessionId"].as_str().unwrap().to_owned();
        Browser { driver: self, session }
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.asked(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    /// What the driver answers, or its error.
    fn asked(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let body = if method == "POST" { body.to_string() } else { String::new() };
        let mut stream = TcpStream::connect(self.at).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.at,
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).map_err(|error| error.to_string())?;
        let mut reader = BufReader::new(stream);
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            reader.read_line(&mut line).map_err(|error| error.to_string())?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap();
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer).map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        match answer["value"]["error"].as_str() {
            Some(error) => Err(format!("{error}: {}", answer["value"]["message"])),
            None => Ok(answer["value"].clone()),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // What has ended can't be killed, and that is well.
        let _ = killpg(Pid::from_raw(self.process.id().try_into().unwrap()), Signal::SIGKILL);
        let _ = self.process.wait();
    }
}

/// A browser with one window.
pub struct Browser<'d> {
    driver: &'d Driver,
    session: String,
}

impl Browser<'_> {
    fn path(&self, path: &str) -> String {
        format!("/session/{}{path}", self.session)
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        self.driver.call("POST", &self.path(path), body)
    }

    fn get(&self, path: &str) -> Value {
        self.driver.call("GET", &self.path(path), &Value::Null)
    }

    /// Goes to a page, and waits until it has loaded.
    pub fn go(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.get("/url").as_str().unwrap().to_owned()
    }

    /// The page's title.
    pub fn title(&self) -> String {
        self.get("/title").as_str().unwrap().to_owned()
    }

    /// What a script returns; the browser's own, which no policy of the page forbids.
    pub fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// What axe-core finds wrong with the page.
    pub fn faults(&self) -> Vec<String> {
        self.run(&AXE);
        let found = self.run_until_called(
            "axe.run(document, {resultTypes: ['violations']}).then(arguments[0], arguments[0])",
        );
        let violations = found["violations"].as_array().unwrap_or_else(|| panic!("{found}"));
        let one = |violation: &Value| {
            let nodes = violation["nodes"].as_array().unwrap().iter().take(3);
            let nodes =
                nodes.map(|node| format!("\n    {} {}", node["html"], node["failureSummary"]));
            format!("{}: {}{}", violation["id"], violation["help"], nodes.collect::<String>())
        };
        violations.iter().map(one).collect()
    }

    /// What a script hands to the function that is its last argument.
    pub fn run_until_called(&self, script: &str) -> Value {
        self.post("/execute/async", &json!({"script": script, "args": []}))
    }

    /// A command of Chromium's own protocol.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// The first element that the selector means, if there is one.
    fn found(&self, selector: &str) -> Option<String> {
        let wanted = json!({"using": "css selector", "value": selector});
        let found = self.driver.asked("POST", &self.path("/element"), &wanted).ok()?;
        found[ELEMENT].as_str().map(str::to_owned)
    }

    /// The first element that the selector means, once it is there.
    fn element(&self, selector: &str) -> String {
        let mut found = None;
        self.wait(&format!("no `{selector}`"), |browser| {
            found = browser.found(selector);
            found.is_some()
        });
        found.unwrap()
    }

    /// Whether there is such an element.
    pub fn has(&self, selector: &str) -> bool {
        self.found(selector).is_some()
    }

    /// The text of the first such element, as it is seen.
    pub fn text(&self, selector: &str) -> String {
        // The page may just be another one: then its element is.
        let mut text = None;
        self.wait(&format!("no text of `{selector}`"), |browser| {
            let Some(element) = browser.found(selector) else { return false };
            let path = browser.path(&format!("/element/{element}/text"));
            let read = browser.driver.asked("GET", &path, &Value::Null);
            text = read.ok().and_then(|text| text.as_str().map(str::to_owned));
            text.is_some()
        });
        text.unwrap()
    }

    /// Clicks on an element.
    pub fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Types into an element, in place of what is there.
    pub fn fill(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.post(&format!("/element/{element}/clear"), &json!({}));
        self.post(&format!("/element/{element}/value"), &json!({"text": text}));
    }

    /// Names a file to an element that takes one.
    pub fn upload(&self, selector: &str, file: &std::path::Path) {
        let element = self.element(selector);
        self.post(&format!("/element/{element}/value"), &json!({"text": file.to_str().unwrap()}));
    }

    /// Presses a key.
    pub fn press(&self, key: char) {
        let key = key.to_string();
        let actions =
            [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})];
        self.post(
            "/actions",
            &json!({"actions": [{"type": "key", "id": "keys", "actions": actions}]}),
        );
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Waits until something holds.
    pub fn wait(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !holds(self) {
            let at = self.driver.asked("GET", &self.path("/url"), &Value::Null);
            assert!(Instant::now() < until, "{what} at {at:?}:\n{}", self.main());
            std::thread::sleep(PAUSE);
        }
    }

    /// Waits until the page is the one of this path and query.
    pub fn wait_for_path(&self, path: &str) {
        self.wait(&format!("is not at {path}"), |browser| browser.here() == path);
    }

    /// The path and query of the page.
    pub fn here(&self) -> String {
        let url = self.url();
        url.splitn(4, '/').nth(3).map(|path| format!("/{path}")).unwrap_or_default()
    }

    /// The text of the page's own part.
    pub fn main(&self) -> String {
        let script = "return document.querySelector('main')?.innerText ?? document.title";
        let read = self.driver.asked(
            "POST",
            &self.path("/execute/sync"),
            &json!({"script": script, "args": []}),
        );
        read.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The URLs that were asked for since this was last asked.
    pub fn asked_for(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({"type": "performance"}));
        let entries = entries.as_array().unwrap().iter().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            let is_request = message["method"] == "Network.requestWillBeSent";
            let url = message["params"]["request"]["url"].as_str()?;
            is_request.then(|| url.to_owned())
        });
        entries.collect()
    }

    /// What the browser found wrong with pages since this was last asked: refused by their policy, or an error
    /// of their script.
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({"type": "browser"}));
        let told = entries.as_array().unwrap().iter().filter(|entry| entry["level"] != "INFO");
        let texts = told.map(|entry| entry["message"].to_string());
        // That a page says what is wrong, and that a log-out clears what was kept, are no faults.
        let is_fault = |text: &String| {
            !["Failed to load resource", "Clear-Site-Data"].iter().any(|well| text.contains(well))
        };
        texts.filter(is_fault).collect()
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        let path = self.path("");
        let _ = self.driver.asked("DELETE", &path, &Value::Null);
    }
}
