//! How the daemon ends.

use std::io::Read as _;
use std::net::TcpStream;

use nix::sys::signal::Signal;

use crate::daemon::Place;

#[test]
fn sigterm_and_sigint_end_it_well() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let place = Place::with("serve: {listen: \"127.0.0.1:0\"}\n");
        let mut daemon = place.start();
        // One who is connected and asks for nothing is not waited for.
        let mut idle = TcpStream::connect(daemon.address).unwrap();
        assert_eq!(daemon.get("/healthz").status, 200);
        daemon.signal(signal);
        assert!(daemon.ended().success(), "{signal}: {}", daemon.said);
        assert_eq!(idle.read(&mut [0; 1]).unwrap_or(0), 0);
        assert!(!place.path("v6ready.db-wal").exists() || place.path("v6ready.db").exists());
    }
}
