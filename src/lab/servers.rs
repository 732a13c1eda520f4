//! What answers at a site's ports: [`start`] opens every [`Listener`] that a [`Site`] describes. A file
//! for each kind of server; [`accept`] takes their connections and [`response`] makes their pages.
//! Servers import sites, certificates ([`Authority`]), the sockets of the network and the transports of
//! the name system, and never the list of sites.

mod accept;
mod datagram;
mod greeting;
mod http1;
mod http2;
mod old_suites;
mod quic;
mod response;
mod tls_quirk;
mod unsteady;

use std::net::SocketAddr;

use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, Error};
use super::network::listen::{BACKLOG, listen};
use super::network::router::RoutedHosts;
use super::site::Site;
use super::site::listener::{CertificateKind, Listener, TlsQuirk};
use super::site::page::Page;

/// Opens every port of a site. Must be called within a tokio runtime, with which the servers end.
pub(super) fn start(
    site: &Site,
    authority: &Authority,
    routed_hosts: Option<&RoutedHosts>,
) -> Result<(), Error> {
    for (address, listener) in &site.listeners {
        start_listener(site.host, *address, listener, authority, routed_hosts)?;
    }
    for address in &site.quic {
        quic::serve(*address, &*authority.tls_config(site.host, CertificateKind::Trusted)?)?;
    }
    Ok(())
}

fn start_listener(
    host: &'static str,
    address: SocketAddr,
    listener: &Listener,
    authority: &Authority,
    routed_hosts: Option<&RoutedHosts>,
) -> Result<(), Error> {
    let tls = |certificate| authority.tls_config(host, certificate);
    let trusted = || tls(CertificateKind::Trusted).map(TlsAcceptor::from);
    let bound = || listen(address, BACKLOG);
    match listener {
        Listener::Http(page) => http1::serve(bound()?, None, page, host)?,
        Listener::IssuersCertificate => {
            let page = Page::Certificate(authority.intermediate_der());
            http1::serve(bound()?, None, &page, host)?;
        }
        Listener::PlainHttp => http1::serve(bound()?, None, &Page::Status(200), host)?,
        Listener::Https(certificate, page) => {
            http1::serve(bound()?, Some(TlsAcceptor::from(tls(*certificate)?)), page, host)?;
        }
        Listener::TlsQuirk(quirk, page) => {
            if *quirk == TlsQuirk::OnlyRsaKeyExchange {
                return old_suites::serve(bound()?, &*authority.rsa_pem(host)?, page, host);
            }
            let trusted = tls(CertificateKind::Trusted)?;
            let config = tls_quirk::config(&trusted, authority.root_der(), *quirk)?;
            tls_quirk::serve(bound()?, config, *quirk, page, host)?;
        }
        Listener::Http2 { page, behaviour } => {
            let trusted = tls(CertificateKind::Trusted)?;
            http2::serve(bound()?, &trusted, page, host, *behaviour)?;
        }
        Listener::Routed { tls, page } => {
            let tls = if *tls { Some(trusted()?) } else { None };
            let hosts = routed_hosts.ok_or("nothing is behind the router")?;
            http1::serve(hosts.listen(address)?, tls, page, host)?;
        }
        Listener::PathMtuBlackHole(page) => {
            let socket = unsteady::path_mtu_black_hole(address)?;
            http1::serve(socket, Some(trusted()?), page, host)?;
        }
        Listener::Lossy(page) => {
            http1::serve(unsteady::lossy(address)?, Some(trusted()?), page, host)?;
        }
        Listener::Silent => unsteady::serve_silence(address)?,
        Listener::Flapping => unsteady::serve_flapping(address)?,
        Listener::Resetting => unsteady::serve_resets(address)?,
        Listener::SlowToAccept => unsteady::serve_slow_to_accept(address)?,
        Listener::Greeting(server) => greeting::serve(bound()?, *server, authority)?,
        Listener::TimeServer(clock) => datagram::serve_time(address, *clock)?,
        Listener::NameServer { udp, tcp } => datagram::serve_names(address, *udp, *tcp)?,
    }
    Ok(())
}
