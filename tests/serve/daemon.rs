//! A daemon that a test started, and what is asked of it.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::patience::{PATIENCE, PAUSE};

/// A folder with a configuration, a store, and what else a test puts there.
pub struct Place {
    folder: TempDir,
}

impl Place {
    /// A folder with this configuration.
    pub fn with(config: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.write("serve.yaml", config);
        place
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of the folder.
    pub fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// `v6ready serve` here.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_v6ready"));
        command
            .args(["--db", "v6ready.db", "--config", "serve.yaml", "serve"])
            .current_dir(self.folder.path())
            .env_remove("V6READY_CONFIG")
            .env_remove("V6READY_DB")
            .env_remove("NOTIFY_SOCKET")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// A daemon that answers.
    pub fn start(&self) -> Daemon {
        Daemon::start(&mut self.command())
    }

    /// What a daemon says that can't start; its exit code.
    pub fn refused(&self) -> (i32, String) {
        refused(&mut self.command())
    }
}

/// What a command says that has to end by itself; its exit code.
pub fn refused(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), said)
}

/// A daemon that runs.
pub struct Daemon {
    child: Child,
    lines: Receiver<String>,
    /// All that it has said.
    pub said: String,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Daemon {
    /// Starts one, and waits until it listens.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let stderr = child.stderr.take().unwrap();
        thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut daemon = Self { child, lines, said: String::new(), address };
        let line = daemon.wait_for("listening at ");
        let url = line.rsplit("listening at ").next().unwrap();
        let address = url.split("://").nth(1).unwrap().trim_end_matches('/');
        daemon.address = address.parse().unwrap();
        daemon
    }

    /// The next line that has this in it.
    pub fn wait_for(&mut self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let line = line.unwrap_or_else(|_| panic!("no `{text}` in:\n{}", self.said));
            self.said.push_str(&line);
            self.said.push('\n');
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Asks for a path: the answer's head and body.
    pub fn get(&self, path: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        ask(&mut stream, path)
    }

    /// Asks until the answer is as it should be.
    pub fn get_until(&self, path: &str, is_good: impl Fn(&Answer) -> bool) -> Answer {
        let until = Instant::now() + PATIENCE;
        loop {
            let answer = self.get(path);
            if is_good(&answer) {
                return answer;
            }
            assert!(Instant::now() < until, "{path}: {answer:?}\n{}", self.said);
            thread::sleep(PAUSE);
        }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    /// Its number.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).unwrap())
    }

    /// Waits until it has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.said.extend(self.lines.try_iter().map(|line| line + "\n"));
                return status;
            }
            assert!(Instant::now() < until, "it does not end:\n{}", self.said);
            thread::sleep(PAUSE);
        }
    }

    /// Has it end as systemd does.
    pub fn end(&mut self) -> ExitStatus {
        self.signal(Signal::SIGTERM);
        self.ended()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // One that has ended can't be killed, and that is well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

/// Asks for a path by HTTP/1.1.
pub fn ask(stream: &mut (impl Read + Write), path: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    // A peer that closes without an end of TLS has still answered.
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

/// Waits until something holds.
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < until, "{what}");
        thread::sleep(PAUSE);
    }
}
