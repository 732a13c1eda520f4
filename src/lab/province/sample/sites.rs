//! Services of the sample province as sites, healthy or in a condition as one meets it.

use hickory_proto::rr::RData;

use super::condition::Condition;
use super::services::{Kind, SampleService};
use crate::lab::network::addresses::ipv6;
use crate::lab::province::mail;
use crate::lab::province::other_kinds::dual;
use crate::lab::site::Site;
use crate::lab::site::listener::{
    CertificateKind, Clock, GreetingBehaviour, Listener, https, https_redirect, https_with,
};
use crate::lab::site::page::{Page, article};
use crate::model::{Protocol, Security};

/// A host without IPv6 that others depend on; a service of the province itself.
const OLD_HOST: &str = "tep.vidu.example";

/// The service as it should be.
pub(super) fn healthy(service: &SampleService) -> Site {
    let SampleService { number, id, name: title, host, .. } = *service;
    let other = |target: String| dual(number, id, title, host, target);
    match service.kind {
        Kind::Web => Site::new(number, id, title, host).every_listener(https(page(title, ""))),
        Kind::Mail => mail::healthy(number, id, title, host, exchanger_of(host)),
        Kind::Zone => Site::unpublished(number, id, title, host).target(format!("zone: {host}")),
        Kind::Resolver => other(format!("dns: {host}"))
            .every_port(53, Listener::NameServer { udp: true, tcp: true }),
        Kind::Time => {
            other(format!("ntp: {host}")).every_port(123, Listener::TimeServer(Clock::Correct))
        }
        Kind::Directory => {
            other(format!("tls: \"{host}:636\"")).every_port(636, https(Page::Status(200)))
        }
        Kind::MailBox => {
            other(format!("imaps: {host}")).greeting_server(993, Protocol::Imap, Security::Implicit)
        }
        Kind::Submission => other(format!("submission: {host}")).greeting_server(
            587,
            Protocol::Smtp,
            Security::Starttls,
        ),
    }
}

/// The exchanger of a mail domain.
fn exchanger_of(domain: &str) -> &'static str {
    match domain {
        "giaoduc.example" => "mx.giaoduc.example",
        "yte.example" => "mx.yte.example",
        _ => "mx.vidu.example",
    }
}

/// A healthy site, brought into a condition.
pub(super) fn in_condition(site: Site, service: &SampleService, condition: Condition) -> Site {
    let SampleService { number, kind, .. } = *service;
    let title = service.name;
    let behind = |site: Site, listener: &Listener| {
        let ports: Vec<_> = site.listeners.iter().map(|(socket, _)| *socket).collect();
        let over_ipv6 = ports.into_iter().filter(|socket| socket.is_ipv6());
        over_ipv6.fold(site, |site, at| site.listener(at.ip(), at.port(), listener.clone()))
    };
    match condition {
        Condition::NotYetThere | Condition::Good => site,
        Condition::Ipv4Only => match kind {
            Kind::Mail => mail_over_ipv4(site),
            _ => site.ipv4_only(),
        },
        Condition::Refuses => {
            let mut site = site;
            site.listeners.retain(|(socket, _)| !socket.is_ipv6());
            site
        }
        Condition::Filtered => behind(site, &Listener::Silent),
        Condition::Expired => site.every_listener(https_with(CertificateKind::Expired)),
        Condition::ExpiresSoon => {
            site.every_listener(Listener::Https(CertificateKind::ExpiresSoon, page(title, "")))
        }
        Condition::WrongCertificate => match kind {
            Kind::Web | Kind::Directory => {
                let certificate = CertificateKind::WrongName;
                site.ipv6_listener(Listener::Https(certificate, page(title, "")))
            }
            _ => site.ipv6_greeting_certificate(CertificateKind::WrongName),
        },
        Condition::Fails => match kind {
            Kind::Web => site.ipv6_listener(https(Page::Status(503))),
            _ => site.ipv6_greeting(GreetingBehaviour::TemporaryError),
        },
        Condition::ServersOwnPage => site.ipv6_listener(https(Page::Html(
            "<html><body><h1>It works!</h1></body></html>".to_owned(),
            Vec::new(),
        ))),
        Condition::LeadsToIpv4 => {
            site.every_listener(https_redirect(&format!("https://{OLD_HOST}/")))
        }
        Condition::LoadsFromIpv4 => {
            let style = format!("<link rel=\"stylesheet\" href=\"https://{OLD_HOST}/kieu.css\">");
            site.every_listener(https(page(title, &style)))
        }
        Condition::LosesLargePackets => {
            site.listener(ipv6(number), 443, Listener::PathMtuBlackHole(page(title, "")))
        }
    }
}

fn page(title: &str, more: &str) -> Page {
    Page::Html(article(title, more), Vec::new())
}

/// The exchanger's name without its IPv6 address.
fn mail_over_ipv4(mut site: Site) -> Site {
    site.other_records.retain(|(_, data)| !matches!(data, RData::AAAA(_)));
    site.listeners.retain(|(socket, _)| !socket.is_ipv6());
    site
}
