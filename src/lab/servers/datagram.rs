//! Services that are asked by datagrams: time servers, and name servers that know the root's SOA.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hickory_proto::op::{Message, MessageType, OpCode};
use hickory_proto::rr::rdata::SOA;
use hickory_proto::rr::{Name, RData, Record};
use tokio::net::UdpSocket;

use crate::lab::dns::transport::{Responder, serve_tcp, serve_udp};
use crate::lab::site::listener::Clock;

/// Octets of an NTP header (RFC 5905 §7.3).
const NTP_OCTETS: usize = 48;

/// A time server.
pub(super) fn serve_time(address: SocketAddr, clock: Clock) -> io::Result<()> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    let socket = UdpSocket::from_std(socket)?;
    tokio::spawn(async move {
        let mut question = [0; NTP_OCTETS];
        // A client that has gone makes one call fail, which ends nothing.
        loop {
            let Ok((octets, from)) = socket.recv_from(&mut question).await else { continue };
            if octets < NTP_OCTETS || clock == Clock::Silent {
                continue;
            }
            let _ = socket.send_to(&ntp_answer(&question, clock), from).await;
        }
    });
    Ok(())
}

/// An answer in version 4, mode 4, which repeats the client's transmit timestamp as its origin.
fn ntp_answer(question: &[u8; NTP_OCTETS], clock: Clock) -> [u8; NTP_OCTETS] {
    let (leap, stratum, reference) = match clock {
        Clock::Correct | Clock::Silent => (0, 2, *b"LAB\0"),
        Clock::NotSynchronised => (3, 16, [0; 4]),
        Clock::KissOfDeath => (3, 0, *b"DENY"),
    };
    let mut answer = [0; NTP_OCTETS];
    answer[0] = leap << 6 | 4 << 3 | 4;
    answer[1] = stratum;
    answer[12..16].copy_from_slice(&reference);
    answer[24..32].copy_from_slice(&question[40..48]);
    answer[40..48].copy_from_slice(&0xee00_0000_0000_0000_u64.to_be_bytes());
    answer
}

/// Answers every question with the root's SOA.
struct RootOnly;

impl Responder for RootOnly {
    async fn answer(&self, octets: Vec<u8>, _: bool) -> Option<Vec<u8>> {
        let asked = Message::from_vec(&octets).ok()?;
        let query = asked.queries.first()?.clone();
        let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
        answer.metadata.recursion_available = true;
        answer.edns = asked.edns.clone();
        let soa = SOA::new(Name::root(), Name::root(), 1, 3600, 600, 86_400, 300);
        answer.answers.push(Record::from_rdata(Name::root(), 300, RData::SOA(soa)));
        answer.add_query(query);
        answer.to_vec().ok()
    }
}

/// A name server over these transports.
pub(super) fn serve_names(address: SocketAddr, udp: bool, tcp: bool) -> io::Result<()> {
    let server = Arc::new(RootOnly);
    if udp {
        serve_udp(address, Arc::clone(&server))?;
    }
    if tcp {
        serve_tcp(address, server)?;
    }
    Ok(())
}
