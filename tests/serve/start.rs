//! How the daemon starts, and what keeps it from starting.

use std::net::TcpListener;

use crate::daemon::Place;

const ANYWHERE: &str = "serve: {listen: \"127.0.0.1:0\"}\n";

#[test]
fn it_says_where_it_listens_and_answers() {
    let place = Place::with(ANYWHERE);
    let daemon = place.start();
    let health = daemon.get("/healthz");
    assert_eq!((health.status, &*health.body), (200, "ok\n"), "{health:?}");
    assert!(health.head.contains("x-request-id: "), "{health:?}");
    let ready = daemon.get_until("/readyz", |answer| answer.status == 200);
    let ready: serde_json::Value = serde_json::from_str(&ready.body).unwrap();
    for part in ["ready", "store", "view", "schedule", "config"] {
        assert_eq!(ready[part], true, "{part}: {ready}");
    }
    // What others call a request is not taken over into the log.
    let ids: Vec<_> = (0..2).map(|_| daemon.get("/healthz").head).collect();
    assert_ne!(ids[0], ids[1]);
    assert!(place.path("v6ready.db").exists());
}

#[test]
fn other_machines_are_warned_of() {
    let place = Place::with("serve: {listen: \"0.0.0.0:0\"}\n");
    let mut command = place.command();
    let mut daemon = crate::daemon::Daemon::start(&mut command);
    let line = daemon.wait_for("is not loopback");
    assert!(line.contains("WARN"), "{line}");
    daemon.wait_for("passwords and sessions can be read");
}

#[test]
fn a_port_in_use_is_named_with_what_mends_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let place = Place::with(&format!("serve: {{listen: \"{address}\"}}\n"));
    let (code, said) = place.refused();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains(&format!("can't listen at {address}: another program")), "{said}");
    assert!(said.contains("help: ") && said.contains("serve.listen"), "{said}");
}

#[test]
fn an_address_of_another_machine_is_named() {
    let (code, said) = Place::with("serve: {listen: \"192.0.2.1:8466\"}\n").refused();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("this machine doesn't have that address"), "{said}");
}

#[test]
fn two_daemons_do_not_serve_one_store() {
    let place = Place::with(ANYWHERE);
    let mut first = place.start();
    let (code, said) = place.refused();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("another v6ready serves this store"), "{said}");
    // The right ends with the process, however it ends.
    first.signal(nix::sys::signal::Signal::SIGKILL);
    first.ended();
    let second = place.start();
    assert_eq!(second.get("/healthz").status, 200);
}

#[test]
fn a_configuration_is_checked_whole_and_shows_no_secret() {
    let place = Place::with(
        "db: v6ready.db\ncolour: never\nserve:\n  listen: loopback\n  titel: x\n  \
         tls: {certificate: none.pem, key: none.key}\n  client_secret: hidden-word\n",
    );
    let (code, said) = crate::daemon::refused(place.command().arg("--check-config"));
    assert_eq!(code, 2, "{said}");
    for expected in [
        "serve.yaml:2:1",
        "did you mean `color`?",
        "serve.yaml:4:11",
        "is not an address with a port",
        "serve.yaml:5:3",
        "did you mean `title`?",
        "serve.yaml:6:22",
        "none.pem can't be read",
        "serve.yaml:7:3",
        "5 problems in the configuration",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert!(!said.contains("hidden-word"), "{said}");
    assert!(!place.path("v6ready.db").exists(), "a check makes no store");
    place.write("serve.yaml", ANYWHERE);
    let (code, said) = crate::daemon::refused(place.command().arg("--check-config"));
    assert_eq!(code, 0, "{said}");
}

#[test]
fn the_sample_configuration_is_a_good_one() {
    let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/serve/config.yaml");
    let place = Place::with(&std::fs::read_to_string(sample).unwrap());
    let (code, said) = crate::daemon::refused(place.command().arg("--check-config"));
    assert_eq!((code, &*said), (0, ""));
}
