//! One question of the resolver to one name server.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Edns, Message, Query};
use hickory_proto::rr::{Name, RecordType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::lab::dns::answer::UDP_MAX;

/// Octets of a datagram that are read.
const DATAGRAM_MAX: usize = 4096;

/// The server's answer over UDP, or over TCP where it is truncated; `None` when none came in time.
pub(super) async fn ask(
    server: SocketAddr,
    name: &Name,
    record_type: RecordType,
    patience: Duration,
) -> Option<Message> {
    let mut message = Message::query();
    message.add_query(Query::query(name.clone(), record_type));
    let mut edns = Edns::new();
    edns.set_max_payload(UDP_MAX).set_dnssec_ok(true);
    message.edns = Some(edns);
    let answer = timeout(patience, over_udp(server, &message)).await.ok()??;
    if answer.metadata.truncation {
        return timeout(patience, over_tcp(server, &message)).await.ok()?;
    }
    Some(answer)
}

async fn over_udp(server: SocketAddr, message: &Message) -> Option<Message> {
    let any: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(any).await.ok()?;
    socket.connect(server).await.ok()?;
    socket.send(&message.to_vec().ok()?).await.ok()?;
    let mut octets = [0; DATAGRAM_MAX];
    loop {
        let length = socket.recv(&mut octets).await.ok()?;
        if let Some(answer) = matching(&octets[..length], message) {
            return Some(answer);
        }
    }
}

async fn over_tcp(server: SocketAddr, message: &Message) -> Option<Message> {
    let mut stream = TcpStream::connect(server).await.ok()?;
    let octets = message.to_vec().ok()?;
    let length = u16::try_from(octets.len()).ok()?;
    stream.write_all(&[&length.to_be_bytes(), &*octets].concat()).await.ok()?;
    let mut octets = vec![0; usize::from(stream.read_u16().await.ok()?)];
    stream.read_exact(&mut octets).await.ok()?;
    matching(&octets, message)
}

/// The answer to just this question.
fn matching(octets: &[u8], message: &Message) -> Option<Message> {
    let answer = Message::from_vec(octets).ok()?;
    let fits = answer.metadata.id == message.metadata.id && answer.queries == message.queries;
    fits.then_some(answer)
}
