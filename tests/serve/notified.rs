//! What systemd is told.

use std::os::unix::net::UnixDatagram;

use nix::sys::signal::Signal;

use crate::daemon::{Daemon, Place};
use crate::patience::PATIENCE;

struct Systemd(UnixDatagram);

impl Systemd {
    fn is_told(&self, word: &str) {
        for _ in 0..1000 {
            let mut octets = [0; 4096];
            let length = self.0.recv(&mut octets).unwrap_or_else(|_| panic!("never told `{word}`"));
            let text = String::from_utf8_lossy(&octets[..length]).into_owned();
            if text.lines().any(|line| line.starts_with(word)) {
                return;
            }
        }
        panic!("told much, but not `{word}`");
    }
}

#[test]
fn systemd_is_told_of_start_life_reload_and_end() {
    let place = Place::with("serve: {listen: \"127.0.0.1:0\"}\n");
    let socket = place.path("notify");
    let systemd = Systemd(UnixDatagram::bind(&socket).unwrap());
    systemd.0.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut command = place.command();
    command
        .env("NOTIFY_SOCKET", &socket)
        .env("WATCHDOG_USEC", "2000000")
        .env_remove("WATCHDOG_PID");
    let mut daemon = Daemon::start(&mut command);
    systemd.is_told("READY=1");
    systemd.is_told("WATCHDOG=1");
    systemd.is_told("WATCHDOG=1");
    daemon.signal(Signal::SIGHUP);
    systemd.is_told("RELOADING=1");
    systemd.is_told("READY=1");
    daemon.signal(Signal::SIGTERM);
    systemd.is_told("STOPPING=1");
    assert!(daemon.ended().success(), "{}", daemon.said);
}
