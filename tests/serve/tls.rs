//! The daemon's own certificate, and another one in its place.

use std::net::TcpStream;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use nix::sys::signal::Signal;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::daemon::{Answer, Daemon, Place, ask, refused, wait_until};

const CONFIG: &str =
    "serve:\n  listen: \"127.0.0.1:0\"\n  tls:\n    certificate: server.pem\n    key: server.key\n";

/// A certificate that signs itself, and its key.
struct Issued {
    certificate: rcgen::Certificate,
    key: String,
}

/// One that is valid for so many days more.
fn issued(days: i64) -> Issued {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let end = Timestamp::now() + SignedDuration::from_hours(24 * days);
    let end = TimeZone::UTC.to_datetime(end).date();
    let (month, day) = (u8::try_from(end.month()).unwrap(), u8::try_from(end.day()).unwrap());
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(end.year().into(), month, day);
    Issued { certificate: params.self_signed(&key).unwrap(), key: key.serialize_pem() }
}

fn write(place: &Place, issued: &Issued) {
    place.write("server.key", &issued.key);
    place.write("server.pem", &issued.certificate.pem());
}

/// Asks by TLS, trusting this certificate alone; `None` when another is shown.
fn get(daemon: &Daemon, trusted: &Issued) -> Option<Answer> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(trusted.certificate.der().to_vec())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = TcpStream::connect(daemon.address).unwrap();
    while connection.is_handshaking() {
        connection.complete_io(&mut stream).ok()?;
    }
    Some(ask(&mut StreamOwned::new(connection, stream), "/healthz"))
}

#[test]
fn a_new_certificate_is_taken_and_a_bad_one_is_not() {
    let (first, second) = (issued(300), issued(301));
    let place = Place::with(CONFIG);
    write(&place, &first);
    let mut daemon = place.start();
    assert!(daemon.said.contains("https://"), "{}", daemon.said);
    assert_eq!(get(&daemon, &first).unwrap().status, 200);
    assert!(get(&daemon, &second).is_none());
    // The key alone is no new certificate.
    place.write("server.key", &second.key);
    let line = daemon.wait_for("the new certificate can't be used");
    assert!(line.contains("the key is not that of server.pem"), "{line}");
    assert_eq!(get(&daemon, &first).unwrap().status, 200);
    place.write("server.pem", &second.certificate.pem());
    daemon.wait_for("a new certificate is in force");
    wait_until("the new certificate is not shown", || get(&daemon, &second).is_some());
    assert!(get(&daemon, &first).is_none());
    // A reload reads them too, and keeps what is in force where they are bad.
    place.write("server.pem", "none");
    daemon.signal(Signal::SIGHUP);
    daemon.wait_for("the configuration that was in force goes on");
    assert_eq!(get(&daemon, &second).unwrap().status, 200);
    assert!(daemon.end().success(), "{}", daemon.said);
}

#[test]
fn a_key_of_another_certificate_is_told_where_it_is_named() {
    let place = Place::with(CONFIG);
    write(&place, &issued(300));
    place.write("server.key", &issued(300).key);
    let (code, said) = refused(place.command().arg("--check-config"));
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("serve.yaml:5:10"), "{said}");
    assert!(said.contains("the key is not that of server.pem"), "{said}");
}

#[test]
fn an_end_that_is_near_is_said() {
    let place = Place::with(CONFIG);
    write(&place, &issued(10));
    let mut daemon = place.start();
    daemon.wait_for("expires soon");
}
