//! One name server and one web server that stand for all of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, NS, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;

const ZONE: &str = "bench.example.";

/// The host of a service.
pub fn host(number: usize) -> String {
    format!("s{number}.bench.example")
}

/// Its addresses.
pub fn addresses(number: usize) -> [IpAddr; 2] {
    let number = u32::try_from(number).unwrap();
    let [a, b, c, d] = number.to_be_bytes();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    [
        Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, high, low).into(),
        Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number).into(),
    ]
}

/// Serves until it is killed.
pub fn run(folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let tls = certificates(folder);
        for port in [80, 443] {
            let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await.unwrap();
            let tls = (port == 443).then(|| tls.clone());
            tokio::spawn(web(listener, tls));
        }
        for address in ["2001:db8:53::53", "2001:db8:53::54"] {
            let address = SocketAddr::new(address.parse().unwrap(), 53);
            let socket = UdpSocket::bind(address).await.unwrap();
            tokio::spawn(async move {
                let mut octets = [0; 4096];
                loop {
                    let (length, from) = socket.recv_from(&mut octets).await.unwrap();
                    if let Some(answer) = answer(&octets[..length]) {
                        let _ = socket.send_to(&answer, from).await;
                    }
                }
            });
            let listener = TcpListener::bind(address).await.unwrap();
            tokio::spawn(async move {
                while let Ok((mut stream, _)) = listener.accept().await {
                    tokio::spawn(async move {
                        let length = stream.read_u16().await.unwrap_or(0);
                        let mut octets = vec![0; usize::from(length)];
                        if stream.read_exact(&mut octets).await.is_ok()
                            && let Some(answer) = answer(&octets)
                        {
                            let _ = stream.write_u16(u16::try_from(answer.len()).unwrap()).await;
                            let _ = stream.write_all(&answer).await;
                        }
                    });
                }
            });
        }
        std::future::pending::<()>().await;
    });
}

fn certificates(folder: &Path) -> TlsAcceptor {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    std::fs::write(
        folder.join("root.hints"),
        ". 300 NS a.root.example.\na.root.example. 300 AAAA 2001:db8:53::53\n",
    )
    .unwrap();
    let mut leaf = CertificateParams::new(["*.bench.example".to_owned()]).unwrap();
    (leaf.not_before, leaf.not_after) = (date_time_ymd(2024, 1, 1), date_time_ymd(2054, 1, 1));
    let key = KeyPair::generate().unwrap();
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = rustls::ServerConfig::builder_with_provider(
        rustls::crypto::aws_lc_rs::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_single_cert(vec![leaf.der().clone()], key)
    .unwrap();
    // Clients that come once do not need tickets.
    config.send_tls13_tickets = 0;
    TlsAcceptor::from(Arc::new(config))
}

async fn web(listener: TcpListener, tls: Option<TlsAcceptor>) {
    while let Ok((stream, _)) = listener.accept().await {
        let tls = tls.clone();
        tokio::spawn(async move {
            match tls {
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        page(stream, false).await;
                    }
                }
                None => page(stream, true).await,
            }
        });
    }
}

async fn page<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, redirect: bool) {
    let mut request = Vec::new();
    let mut part = [0; 2048];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") && request.len() < 16 * 1024 {
        match stream.read(&mut part).await {
            Ok(octets) if octets > 0 => request.extend_from_slice(&part[..octets]),
            _ => return,
        }
    }
    let text = String::from_utf8_lossy(&request);
    let host = text
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("host: ").map(str::to_owned))
        .unwrap_or_default();
    let body = "<!doctype html><title>Bench</title><p>A page of the bench.</p>\n".repeat(30);
    let head = if redirect {
        format!("HTTP/1.1 301 Moved\r\nLocation: https://{host}/\r\n")
    } else {
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n".to_owned()
    };
    let response =
        format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
    let _ = stream.write_all(response.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

/// Root, parent, zone and resolver in one: every answer is authoritative.
fn answer(octets: &[u8]) -> Option<Vec<u8>> {
    let asked = Message::from_vec(octets).ok()?;
    let query = asked.queries.first()?.clone();
    let owner = query.name().to_ascii().to_ascii_lowercase();
    let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.recursion_desired = asked.metadata.recursion_desired;
    answer.metadata.recursion_available = true;
    answer.metadata.authoritative = true;
    answer.edns = asked.edns.clone();
    let number: Option<usize> = owner
        .strip_suffix(&format!(".{ZONE}"))
        .and_then(|label| label.strip_prefix('s'))
        .and_then(|digits| digits.parse().ok());
    let is_apex = [ZONE, ".", "example."].contains(&owner.as_str());
    let servers = ["ns1.bench.example.", "ns2.bench.example."];
    let data: Vec<RData> = match (query.query_type(), number) {
        (RecordType::AAAA, Some(number)) => match addresses(number)[0] {
            IpAddr::V6(address) => vec![RData::AAAA(AAAA(address))],
            IpAddr::V4(_) => Vec::new(),
        },
        (RecordType::A, Some(number)) => match addresses(number)[1] {
            IpAddr::V4(address) => vec![RData::A(A(address))],
            IpAddr::V6(_) => Vec::new(),
        },
        (RecordType::NS, None) if is_apex => {
            servers.iter().map(|server| RData::NS(NS(name(server)))).collect()
        }
        (RecordType::SOA, None) if is_apex => vec![soa(&owner)],
        (RecordType::AAAA, None) if servers.contains(&owner.as_str()) => {
            let last = if owner == servers[0] { 0x53 } else { 0x54 };
            vec![RData::AAAA(AAAA(Ipv6Addr::new(0x2001, 0xdb8, 0x53, 0, 0, 0, 0, last)))]
        }
        (RecordType::A, None) if owner == "ipv4only.arpa." => {
            vec![RData::A(A(Ipv4Addr::new(192, 0, 0, 170)))]
        }
        _ => Vec::new(),
    };
    let exists = number.is_some()
        || is_apex
        || servers.contains(&owner.as_str())
        || owner == "ipv4only.arpa.";
    if !exists {
        answer.metadata.response_code = ResponseCode::NXDomain;
    }
    if data.is_empty() {
        let apex = if owner.ends_with(ZONE) { ZONE } else { "." };
        answer.authorities.push(Record::from_rdata(name(apex), 300, soa(apex)));
    }
    for data in data {
        answer.answers.push(Record::from_rdata(query.name().clone(), 300, data));
    }
    answer.add_query(query);
    answer.to_vec().ok()
}

fn soa(apex: &str) -> RData {
    RData::SOA(SOA::new(name(apex), name(apex), 1, 3600, 600, 86_400, 300))
}
