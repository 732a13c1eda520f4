//! An authoritative name server that serves many zones, each with one fault of its own.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::runtime::Runtime;

use super::faults::{ALSO_AT, Fault, HOST_AT, ServerSocket, Zone};

/// The running server.
pub struct Responder {
    _runtime: Runtime,
}

impl Responder {
    /// Starts it for these zones, and a listener at the port of the host that all of them have.
    pub fn start(zones: &[Zone], host_port: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            for zone in zones.iter().copied() {
                for (second, addresses) in zone.servers.into_iter().enumerate() {
                    for address in addresses {
                        serve(zone, address, second == 1).await;
                    }
                }
            }
            for address in HOST_AT.into_iter().chain([ALSO_AT.into()]) {
                let listener = TcpListener::bind((address, host_port)).await.unwrap();
                tokio::spawn(async move { while listener.accept().await.is_ok() {} });
            }
        });
        Self { _runtime: runtime }
    }
}

async fn serve(zone: Zone, address: IpAddr, is_second: bool) {
    let at = SocketAddr::new(address, 53);
    let place = ServerSocket { address, is_second, is_tcp: false };
    let asked = Arc::new(UdpSocket::bind(at).await.unwrap());
    let mut answering = Arc::clone(&asked);
    if zone.fault == Fault::OtherPort {
        answering = Arc::new(UdpSocket::bind((address, 0)).await.unwrap());
    }
    tokio::spawn(async move {
        let mut known = HashSet::new();
        let mut query = [0; 2048];
        while let Ok((octets, client)) = asked.recv_from(&mut query).await {
            // Only the id differs when a question is asked again.
            if zone.fault == Fault::FirstLost && known.insert(query[2..octets].to_vec()) {
                continue;
            }
            for message in zone.answer(&query[..octets], place) {
                // Whoever asked may be gone.
                let _ = answering.send_to(&message, client).await;
            }
        }
    });
    if zone.fault == Fault::UdpOnly {
        return;
    }
    let listener = TcpListener::bind(at).await.unwrap();
    let place = ServerSocket { is_tcp: true, ..place };
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move { converse(zone, place, stream).await });
        }
    });
}

/// Answers queries on one connection until the client closes it.
async fn converse(zone: Zone, place: ServerSocket, mut stream: TcpStream) -> Option<()> {
    loop {
        let mut query = vec![0; usize::from(stream.read_u16().await.ok()?)];
        stream.read_exact(&mut query).await.ok()?;
        for message in zone.answer(&query, place) {
            stream.write_u16(u16::try_from(message.len()).ok()?).await.ok()?;
            stream.write_all(&message).await.ok()?;
        }
    }
}
