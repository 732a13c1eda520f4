//! SIGHUP: the configuration is taken whole or not at all.

use std::net::TcpListener;

use nix::sys::signal::Signal;

use crate::daemon::Place;

const GOOD: &str = "serve:\n  listen: \"127.0.0.1:0\"\n  title: One\n";

#[test]
fn a_bad_configuration_is_refused_and_the_one_in_force_goes_on() {
    let place = Place::with(GOOD);
    let mut daemon = place.start();
    place.write("serve.yaml", "serve:\n  listen: \"127.0.0.1:0\"\n  titel: Two\n  lang: fr\n");
    daemon.signal(Signal::SIGHUP);
    let line = daemon.wait_for("serve.yaml:3:3");
    assert!(line.contains("did you mean `title`?"), "{line}");
    daemon.wait_for("serve.yaml:4:9");
    daemon.get_until("/readyz", |answer| {
        answer.status == 200 && answer.body.contains("\"config\":false")
    });

    place.write("serve.yaml", "serve:\n  listen: \"127.0.0.1:0\"\n  title: Two\n");
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("is in force");
    daemon.get_until("/readyz", |answer| answer.body.contains("\"config\":true"));
    assert!(daemon.end().success(), "{}", daemon.said);
}

#[test]
fn it_listens_elsewhere_after_a_reload_where_it_can() {
    let place = Place::with(GOOD);
    let mut daemon = place.start();
    let before = daemon.address;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let other = taken.local_addr().unwrap();
    place.write("serve.yaml", &format!("serve:\n  listen: \"{other}\"\n"));
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("another program listens there");
    assert_eq!(daemon.get("/healthz").status, 200);
    drop(taken);
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for(&format!("listening at http://{other}/"));
    daemon.address = other;
    assert_eq!(daemon.get("/healthz").status, 200);
    assert!(std::net::TcpStream::connect(before).is_err());
}
