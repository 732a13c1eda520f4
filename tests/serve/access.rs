//! Who may what, by the daemon's own commands and over its sockets.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Output, Stdio};

use nix::sys::signal::Signal;

use crate::daemon::{Daemon, Place, wait_until};
use crate::dashboard::PASSWORD;

/// `v6ready serve …` with something on stdin.
pub fn run(place: &Place, arguments: &[&str], stdin: &str) -> Output {
    let mut command = place.command();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// The text of octets.
pub fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

fn config(hash: &str, more: &str) -> String {
    format!(
        "serve:\n  listen: \"127.0.0.1:0\"\n  users:\n    - {{name: an, password_hash: \"{hash}\"}}\n{more}"
    )
}

/// A browser that keeps its cookies.
#[derive(Clone, Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
    token: Option<String>,
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Browser {
    fn ask(&mut self, daemon: &Daemon, method: &str, path: &str, form: &str) -> Answer {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request += &format!("Cookie: {}\r\n", cookies.join("; "));
        if let Some(token) = &self.token {
            request += &format!("Authorization: Bearer {token}\r\n");
        }
        request += "Content-Type: application/x-www-form-urlencoded\r\n";
        request += &format!("Content-Length: {}\r\n\r\n{form}", form.len());
        let mut stream = TcpStream::connect(daemon.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = text(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for line in head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            match line.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn get(&mut self, daemon: &Daemon, path: &str) -> Answer {
        self.ask(daemon, "GET", path, "")
    }

    /// Sends a form with the token of the page that it is on.
    fn submit(
        &mut self,
        daemon: &Daemon,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let body = self.get(daemon, page).body;
        let field = "name=\"csrf\" value=\"";
        let values = body.split(field).skip(1).map(|rest| rest.split('"').next().unwrap());
        let csrf = values.filter(|value| !value.is_empty()).last().unwrap_or_default();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair("csrf", csrf).extend_pairs(fields).finish();
        self.ask(daemon, "POST", path, &form)
    }
}

#[test]
fn a_user_logs_in_and_stays_so_over_a_kill_until_her_password_changes() {
    let place = Place::with("");
    let made = run(&place, &["hash"], &format!("{PASSWORD}\n"));
    assert!(made.status.success(), "{}", text(&made.stderr));
    let hash = text(&made.stdout);
    place.write("serve.yaml", &config(hash.trim(), ""));
    let mut daemon = place.start();
    let mut browser = Browser::default();
    let answer = browser.get(&daemon, "/services?stage=1");
    assert_eq!(answer.status, 303);
    assert!(
        answer.head.contains("location: /login?next=%2Fservices%3Fstage%3D1"),
        "{}",
        answer.head
    );
    let fields = |password| [("name", "an"), ("password", password), ("next", "/account")];
    let answer = browser.submit(&daemon, "/login", "/login", &fields("wrong"));
    assert_eq!(answer.status, 401);
    daemon.wait_for("a log-in failed");
    let answer = browser.submit(&daemon, "/login", "/login", &fields(PASSWORD));
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.head.contains("location: /account"), "{}", answer.head);
    assert_eq!(browser.get(&daemon, "/account").status, 200);
    // What was answered survives a kill.
    daemon.signal(Signal::SIGKILL);
    daemon.ended();
    assert!(!daemon.said.contains(PASSWORD) && !daemon.said.contains("wrong"));
    let daemon = place.start();
    assert_eq!(browser.get(&daemon, "/account").status, 200);
    // As does a log-out.
    let mut other = browser.clone();
    assert_eq!(other.submit(&daemon, "/account", "/logout", &[]).status, 303);
    assert_eq!(browser.get(&daemon, "/account").status, 303);
    let answer = browser.submit(&daemon, "/login", "/login", &fields(PASSWORD));
    assert_eq!(answer.status, 303, "{}", answer.body);
    // Another password ends the session.
    let another = run(&place, &["hash"], "another password\n");
    place.write("serve.yaml", &config(text(&another.stdout).trim(), ""));
    daemon.signal(Signal::SIGHUP);
    wait_until("the session has not ended", || {
        browser.clone().get(&daemon, "/account").status == 303
    });
}

#[test]
fn a_token_is_made_and_taken() {
    let place = Place::with("");
    let hash = run(&place, &["hash"], PASSWORD);
    let made = run(&place, &["token", "--name", "ci", "--scope", "read"], "");
    assert!(made.status.success(), "{}", text(&made.stderr));
    let lines = text(&made.stderr);
    let lines = lines.split("under `serve:`").nth(1).unwrap();
    place.write("serve.yaml", &config(text(&hash.stdout).trim(), lines.trim_start_matches('\n')));
    let daemon = place.start();
    let mut program =
        Browser { token: Some(text(&made.stdout).trim().to_owned()), ..Browser::default() };
    let answer = program.get(&daemon, "/services");
    assert!(!matches!(answer.status, 303 | 401 | 403), "{}", answer.head);
    program.token = Some("v6r_nothing".to_owned());
    let answer = program.get(&daemon, "/services");
    assert_eq!(answer.status, 401);
    assert!(answer.head.contains("error=\"invalid_token\""), "{}", answer.head);
}
