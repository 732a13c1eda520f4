//! An authoritative name server at one address.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::answer;
use super::hierarchy::ServedZone;
use super::transport::{Responder, serve_tcp, serve_udp};
use super::zone::Behaviour;

/// The zones that are served at an address.
struct Server(Vec<ServedZone>);

impl Responder for Server {
    async fn answer(&self, octets: Vec<u8>, udp: bool) -> Option<Vec<u8>> {
        answer::answer(&self.0, &octets, udp)
    }
}

/// Opens the ports that the behaviour of the zones there leaves open.
pub(super) fn start(address: IpAddr, parts: Vec<ServedZone>) -> io::Result<()> {
    let open_unless = |closed: &[Behaviour]| parts.iter().any(|p| !closed.contains(&p.behaviour));
    let udp = open_unless(&[Behaviour::Closed]);
    let tcp = open_unless(&[Behaviour::Closed, Behaviour::UdpOnly, Behaviour::LosesLarge]);
    let server = Arc::new(Server(parts));
    let socket = SocketAddr::new(address, 53);
    if udp {
        serve_udp(socket, Arc::clone(&server))?;
    }
    if tcp {
        serve_tcp(socket, server)?;
    }
    Ok(())
}
