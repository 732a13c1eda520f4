//! One packet to a time server and its answer (RFC 5905, client mode).

use std::net::SocketAddr;
use std::time::Duration;

use nix::libc;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use super::error_queue;
use super::errors::{self, Carrier};
use super::random::random_u64;
use crate::model::{
    Blob, Family, NTP_HEADER_OCTETS, NTP_OCTETS_MAX, NetFailure, NtpExchange, NtpQuestion,
};

/// Version 4, mode 3 (client), the rest zero: what a client gives away is only its question
/// (draft-ietf-ntp-data-minimization).
const VERSION_AND_MODE: u8 = 0b00_100_011;

/// Datagrams that answer something else, after which we stop reading.
const STRANGERS_MAX: usize = 16;

/// Sends one packet and waits for its answer. The transmit timestamp is random, so that a forger has 64 bits to guess
/// (RFC 9109 §2); it comes back as the origin timestamp.
pub(super) async fn exchange(question: &NtpQuestion, deadline: Duration) -> NtpExchange {
    let mut stranger = None;
    let asked = tokio::time::timeout(deadline, ask(question.server, &mut stranger)).await;
    match (asked, stranger) {
        (Ok(Ok(answer)), _) => NtpExchange { answer: Ok(answer), is_ours: true },
        // Better a wrong answer than none: that it came is a fact about the server.
        (_, Some(stranger)) => NtpExchange { answer: Ok(stranger), is_ours: false },
        (Ok(Err(failure)), None) => NtpExchange { answer: Err(failure), is_ours: false },
        (Err(_), None) => NtpExchange { answer: Err(NetFailure::TimedOut), is_ours: false },
    }
}

async fn ask(server: SocketAddr, stranger: &mut Option<Blob>) -> Result<Blob, NetFailure> {
    let socket = open(server)?;
    let stamp = random_u64()?.to_be_bytes();
    let mut packet = [0; NTP_HEADER_OCTETS];
    packet[0] = VERSION_AND_MODE;
    packet[40..].copy_from_slice(&stamp);
    let failed = |error| errors::socket_failure(&error, &socket, Carrier::Udp, server.ip());
    socket.send(&packet).await.map_err(failed)?;
    let mut octets = [0; NTP_OCTETS_MAX];
    for _ in 0..STRANGERS_MAX {
        let count = socket.recv(&mut octets).await.map_err(failed)?;
        let answer = &octets[..count];
        if answer.get(24..32) == Some(&stamp[..]) {
            return Ok(Blob::new(answer));
        }
        *stranger = Some(Blob::new(answer));
    }
    Err(NetFailure::TimedOut)
}

/// A connected socket: it gets ICMP errors, and no datagrams but the server's.
fn open(server: SocketAddr) -> Result<UdpSocket, NetFailure> {
    let ours = |error: std::io::Error| errors::io_failure(&error, server.ip());
    let socket =
        Socket::new(Domain::for_address(server), Type::DGRAM, Some(Protocol::UDP)).map_err(ours)?;
    socket.set_nonblocking(true).map_err(ours)?;
    let _ = error_queue::queue_errors(&socket, Family::of(server.ip()), true);
    match socket.connect(&server.into()) {
        Ok(()) => {}
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
        Err(error) => {
            return Err(errors::socket_failure(&error, &socket, Carrier::Udp, server.ip()));
        }
    }
    UdpSocket::from_std(socket.into()).map_err(ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NtpPacket;

    async fn server(answer: impl Fn(&[u8]) -> Vec<Vec<u8>> + Send + 'static) -> NtpQuestion {
        let socket = UdpSocket::bind("[::1]:0").await.unwrap();
        let server = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut octets = [0; 512];
            let (count, from) = socket.recv_from(&mut octets).await.unwrap();
            for answer in answer(&octets[..count]) {
                socket.send_to(&answer, from).await.unwrap();
            }
        });
        NtpQuestion { server }
    }

    fn packet(asked: &[u8]) -> Vec<u8> {
        let mut packet = vec![0; NTP_HEADER_OCTETS];
        packet[0] = 0b00_100_100;
        packet[1] = 2;
        packet[24..32].copy_from_slice(&asked[40..48]);
        packet
    }

    #[tokio::test]
    async fn the_answer_to_our_own_packet_is_taken() {
        let question = server(|asked| vec![vec![1, 2, 3], vec![9; 48], packet(asked)]).await;
        let seen = exchange(&question, Duration::from_secs(60)).await;
        assert!(seen.is_ours);
        let read = NtpPacket::decode(seen.answer.unwrap().bytes()).unwrap();
        assert_eq!((read.mode, read.stratum), (4, 2));
    }

    #[tokio::test]
    async fn a_stranger_s_answer_is_named_as_such() {
        // As many as we read, so that the number ends the exchange and not the clock.
        let question = server(|_| vec![vec![9; 48]; STRANGERS_MAX]).await;
        let seen = exchange(&question, Duration::from_secs(60)).await;
        assert!(!seen.is_ours && seen.answer.is_ok());
    }

    #[tokio::test]
    async fn silence_and_a_closed_port() {
        let silent = UdpSocket::bind("[::1]:0").await.unwrap();
        let question = NtpQuestion { server: silent.local_addr().unwrap() };
        let seen = exchange(&question, Duration::from_millis(200)).await;
        assert_eq!(seen.answer, Err(NetFailure::TimedOut));
        drop(silent);
        let seen = exchange(&question, Duration::from_secs(60)).await;
        assert_eq!(seen.answer, Err(NetFailure::Refused));
    }
}
