//! Open ports that nmap found (`-oX`), as services.
//!
//! A host is called as the scan's user named it, else by its reverse record, else by its address. That a port is open
//! says little of what is meant by it: every service is a guess.

use std::collections::BTreeSet;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::collected::{Collected, parsed};
use super::ports;
use crate::inventory::import::candidate::Candidate;
use crate::inventory::import::markup::MarkupLengths;

/// What a guess says of itself in the inventory.
const GUESS: &str = "a guess from an open port: confirm or delete";

/// Names of a host that are kept.
const NAMES_MAX: usize = 100;

/// A host while it is read.
#[derive(Default)]
struct HostSeen {
    number: usize,
    addresses: Vec<String>,
    /// With whether the scan's user named it.
    names: Vec<(String, bool)>,
    /// Open ports: the port and its kind.
    open: BTreeSet<(u16, String)>,
}

/// A port while it is read.
#[derive(Default)]
struct PortSeen {
    protocol: String,
    number: u16,
    is_open: bool,
    service: String,
    has_tls: bool,
}

/// Reads a scan's XML.
pub(super) fn read(text: &str, collected: &mut Collected<'_, '_>) -> Result<(), String> {
    MarkupLengths::default().take(text.as_bytes())?;
    let damaged = |error: &dyn std::fmt::Display| format!("it is no XML of nmap: {error}");
    let mut reader = Reader::from_str(text);
    let mut hosts = 0;
    let mut host = HostSeen::default();
    let mut port = PortSeen::default();
    loop {
        collected.step()?;
        match reader.read_event().map_err(|error| damaged(&error))? {
            Event::Start(start) | Event::Empty(start) => {
                let value = |name: &str| attribute(&start, name).unwrap_or_default();
                match start.name().as_ref() {
                    "host" => {
                        hosts += 1;
                        host = HostSeen { number: hosts, ..HostSeen::default() };
                    }
                    "address" if value("addrtype") != "mac" && host.addresses.len() < NAMES_MAX => {
                        host.addresses.push(value("addr"));
                    }
                    "hostname" if host.names.len() < NAMES_MAX => {
                        host.names.push((value("name"), value("type") == "user"));
                    }
                    "port" => {
                        let number = value("portid").parse().unwrap_or_default();
                        port =
                            PortSeen { protocol: value("protocol"), number, ..PortSeen::default() };
                    }
                    "state" => port.is_open = value("state") == "open",
                    "service" => {
                        port.service = value("name");
                        port.has_tls = value("tunnel") == "ssl";
                    }
                    _ => {}
                }
            }
            Event::End(end) => match end.name().as_ref() {
                "port" => host.take(&std::mem::take(&mut port), collected),
                "host" => host.finish(collected)?,
                _ => {}
            },
            Event::Eof if hosts == 0 => return Err(damaged(&"it has no `host`")),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

impl HostSeen {
    fn take(&mut self, port: &PortSeen, collected: &mut Collected<'_, '_>) {
        if !port.is_open || port.number == 0 {
            return;
        }
        match (&*port.protocol, &*port.service, port.number) {
            ("tcp", ..) => drop(self.open.insert((port.number, kind_of(port).to_owned()))),
            ("udp", "domain", number) | ("udp", _, number @ 53) => {
                self.open.insert((number, "dns".to_owned()));
            }
            ("udp", "ntp", number) | ("udp", _, number @ 123) => {
                self.open.insert((number, "ntp".to_owned()));
            }
            _ => collected.pass_over("open ports that aren't TCP, DNS or NTP"),
        }
    }

    /// Puts the services of the host beside those that are collected.
    fn finish(&mut self, collected: &mut Collected<'_, '_>) -> Result<(), String> {
        let HostSeen { number, addresses, names, open } = std::mem::take(self);
        let by_user = names.iter().find(|(_, by_user)| *by_user);
        let name = by_user.or(names.first()).map(|(name, _)| name.clone());
        let address = addresses.first().map(|address| match address.contains(':') {
            true => format!("[{address}]"),
            false => address.clone(),
        });
        let Some(host) = name.or(address) else {
            collected.pass_over("hosts without name and address");
            return Ok(());
        };
        let has_https = open.contains(&(443, "https".to_owned()));
        for (port, kind) in open {
            // What port 80 does is part of looking at the site on 443.
            if kind == "http" && port == 80 && has_https {
                continue;
            }
            let place = format!("host {number}, port {port}");
            match parsed(&ports::written(&kind, &host, port)) {
                Ok(target) => {
                    collected
                        .add(Candidate { guess: Some(GUESS), ..Candidate::new(place, target) })?;
                }
                Err(_) => collected.pass_over("hosts whose name is none that can be asked for"),
            }
        }
        Ok(())
    }
}

/// The kind of an open TCP port, by what nmap takes its service for, else by its number.
fn kind_of(port: &PortSeen) -> &'static str {
    match (&*port.service, port.has_tls) {
        ("http" | "http-proxy" | "http-alt", true) | ("https" | "https-alt", _) => "https",
        ("http" | "http-proxy" | "http-alt", false) if port.number != 443 => "http",
        ("domain", false) => "dns",
        ("ssh", _) => "ssh",
        ("imap", true) | ("imaps", _) => "imaps",
        ("imap", false) => "imap",
        ("pop3", true) | ("pop3s", _) => "pop3s",
        ("submission" | "smtps", _) => "submission",
        ("smtp", _) if matches!(port.number, 465 | 587) => "submission",
        (_, true) => "tls",
        _ => ports::kind_of(port.number),
    }
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).ok().flatten()?;
    found.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| value.trim().to_owned())
}
