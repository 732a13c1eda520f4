//! A resolver, a root name server, two name servers for each zone, and one web server that stands
//! for all of them.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, NS, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;

/// Services of one zone, as a rule: a scan asks no name server faster than it may, so a single zone for
/// all of them measures nothing but that.
pub const ZONE_SERVICES: usize = 25;

/// Where it is said how many services one zone has.
pub const ZONE: &str = "V6READY_BENCH_ZONE";

/// The file of the most questions that any zone's server got in any second.
pub const MOST: &str = "most";

fn zone_services() -> usize {
    static SERVICES: OnceLock<usize> = OnceLock::new();
    *SERVICES.get_or_init(|| std::env::var(ZONE).unwrap().parse().unwrap())
}

/// The resolver.
pub const RESOLVER: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x53, 0, 0, 0, 0, 0x53);

/// The root name server.
pub const ROOT: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0x53, 0, 0, 0, 0, 0x54);

/// The host of a service.
pub fn host(number: usize) -> String {
    format!("s{number}.z{}.example", number / zone_services())
}

/// The address of a zone's first or second name server.
fn zone_server(zone: usize, server: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0x53, u16::try_from(zone).unwrap(), server, 0, 0, 0x53)
}

/// Whose answers are given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Resolver,
    Root,
    Zone,
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

/// Serves up to this many services until it is killed.
pub fn run(services: usize, folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let tls = certificates(services, folder);
        for port in [80, 443] {
            let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, port)).await.unwrap();
            let tls = (port == 443).then(|| tls.clone());
            tokio::spawn(web(listener, tls));
        }
        let zones = (0..=services / zone_services())
            .flat_map(|zone| [1, 2].map(|server| (zone_server(zone, server), Role::Zone)));
        for (address, role) in
            [(RESOLVER, Role::Resolver), (ROOT, Role::Root)].into_iter().chain(zones)
        {
            let asked = Arc::new(Asked { most: folder.join(MOST), times: Mutex::default() });
            let asked = (role == Role::Zone).then_some(asked);
            names(SocketAddr::new(address.into(), 53), role, asked).await;
        }
        std::future::pending::<()>().await;
    });
}

/// When a server was asked in the last second.
struct Asked {
    most: PathBuf,
    times: Mutex<VecDeque<Instant>>,
}

impl Asked {
    fn note(&self) {
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let now = Instant::now();
        let mut times = self.times.lock().unwrap();
        times.push_back(now);
        while times.front().is_some_and(|time| *time + Duration::from_secs(1) <= now) {
            times.pop_front();
        }
        if times.len() > MOST.fetch_max(times.len(), Ordering::Relaxed) {
            std::fs::write(&self.most, times.len().to_string()).unwrap();
        }
    }
}

async fn names(address: SocketAddr, role: Role, asked: Option<Arc<Asked>>) {
    let of_udp = asked.clone();
    let socket = UdpSocket::bind(address).await.unwrap();
    tokio::spawn(async move {
        let mut octets = [0; 4096];
        loop {
            let (length, from) = socket.recv_from(&mut octets).await.unwrap();
            of_udp.iter().for_each(|asked| asked.note());
            if let Some(answer) = answer(&octets[..length], role) {
                let _ = socket.send_to(&answer, from).await;
            }
        }
    });
    let listener = TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            asked.iter().for_each(|asked| asked.note());
            tokio::spawn(async move {
                let length = stream.read_u16().await.unwrap_or(0);
                let mut octets = vec![0; usize::from(length)];
                if stream.read_exact(&mut octets).await.is_ok()
                    && let Some(answer) = answer(&octets, role)
                {
                    let _ = stream.write_u16(u16::try_from(answer.len()).unwrap()).await;
                    let _ = stream.write_all(&answer).await;
                }
            });
        }
    });
}

fn certificates(services: usize, folder: &Path) -> TlsAcceptor {
    let mut authority = CertificateParams::new([]).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    std::fs::write(
        folder.join("root.hints"),
        format!(". 300 NS a.root.example.\na.root.example. 300 AAAA {ROOT}\n"),
    )
    .unwrap();
    let zones = (0..=services / zone_services()).map(|_| OnceLock::new()).collect();
    let key = KeyPair::generate().unwrap();
    let certificates = Certificates { authority, key, zones };
    let mut config = rustls::ServerConfig::builder_with_provider(
        rustls::crypto::aws_lc_rs::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_no_client_auth()
    .with_cert_resolver(Arc::new(certificates));
    // Clients that come once do not need tickets.
    config.send_tls13_tickets = 0;
    TlsAcceptor::from(Arc::new(config))
}

/// A certificate for each zone, as sites have: one with the names of all zones would make a service
/// dearer the more of them there are. Made when it is first asked for.
#[derive(Debug)]
struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
    zones: Vec<OnceLock<Arc<CertifiedKey>>>,
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let zone = Owner::of(&format!("{}.", hello.server_name()?)).zone()?;
        let made = self.zones.get(zone)?.get_or_init(|| Arc::new(self.of_zone(zone)));
        Some(Arc::clone(made))
    }
}

impl Certificates {
    fn of_zone(&self, zone: usize) -> CertifiedKey {
        let mut leaf = CertificateParams::new(vec![format!("*.z{zone}.example")]).unwrap();
        (leaf.not_before, leaf.not_after) = (date_time_ymd(2024, 1, 1), date_time_ymd(2054, 1, 1));
        let leaf = leaf.signed_by(&self.key, &self.authority).unwrap();
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key).unwrap();
        CertifiedKey::new(vec![leaf.der().clone()], key)
    }
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

/// What a name is, in `s123.z4.example.`, `ns1.z4.example.` and `z4.example.`.
#[derive(Clone, Copy)]
enum Owner {
    Service(usize),
    Server(usize, u16),
    Apex(usize),
    Above,
    Nothing(Option<usize>),
}

impl Owner {
    fn of(owner: &str) -> Self {
        let Some(inside) = owner.strip_suffix(".example.") else {
            return match owner {
                "." | "example." | "ipv4only.arpa." => Self::Above,
                _ => Self::Nothing(None),
            };
        };
        let (label, zone) =
            inside.rsplit_once('.').map_or(("", inside), |(label, zone)| (label, zone));
        let zone = zone.strip_prefix('z').and_then(|digits| digits.parse().ok());
        let service = label.strip_prefix('s').and_then(|digits| digits.parse().ok());
        match (zone, label, service) {
            (None, ..) => Self::Nothing(None),
            (Some(zone), "", _) => Self::Apex(zone),
            (Some(zone), "ns1", _) => Self::Server(zone, 1),
            (Some(zone), "ns2", _) => Self::Server(zone, 2),
            (Some(_), _, Some(service)) => Self::Service(service),
            (zone, ..) => Self::Nothing(zone),
        }
    }

    /// The zone that it lies in; `None` above all zones.
    fn zone(self) -> Option<usize> {
        match self {
            Self::Service(service) => Some(service / zone_services()),
            Self::Server(zone, _) | Self::Apex(zone) => Some(zone),
            Self::Above => None,
            Self::Nothing(zone) => zone,
        }
    }
}

fn server_names(zone: usize) -> [Name; 2] {
    [1, 2].map(|server| name(&format!("ns{server}.z{zone}.example.")))
}

fn answer(octets: &[u8], role: Role) -> Option<Vec<u8>> {
    let asked = Message::from_vec(octets).ok()?;
    let query = asked.queries.first()?.clone();
    let text = query.name().to_ascii().to_ascii_lowercase();
    let owner = Owner::of(&text);
    let mut answer = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
    answer.metadata.recursion_desired = asked.metadata.recursion_desired;
    answer.metadata.recursion_available = role == Role::Resolver;
    answer.metadata.authoritative = role != Role::Resolver;
    answer.edns = asked.edns.clone();
    if let (Role::Root, Some(zone)) = (role, owner.zone()) {
        answer.metadata.authoritative = false;
        let apex = name(&format!("z{zone}.example."));
        for (server, number) in server_names(zone).into_iter().zip([1, 2]) {
            let glue = RData::AAAA(AAAA(zone_server(zone, number)));
            answer.additionals.push(Record::from_rdata(server.clone(), 300, glue));
            answer.authorities.push(Record::from_rdata(apex.clone(), 300, RData::NS(NS(server))));
        }
        answer.add_query(query);
        return answer.to_vec().ok();
    }
    let root = text == ".";
    let data: Vec<RData> = match (query.query_type(), owner) {
        (RecordType::AAAA, Owner::Service(number)) => match addresses(number)[0] {
            IpAddr::V6(address) => vec![RData::AAAA(AAAA(address))],
            IpAddr::V4(_) => Vec::new(),
        },
        (RecordType::A, Owner::Service(number)) => match addresses(number)[1] {
            IpAddr::V4(address) => vec![RData::A(A(address))],
            IpAddr::V6(_) => Vec::new(),
        },
        (RecordType::NS, Owner::Apex(zone)) => {
            server_names(zone).into_iter().map(|server| RData::NS(NS(server))).collect()
        }
        (RecordType::AAAA, Owner::Server(zone, server)) => {
            vec![RData::AAAA(AAAA(zone_server(zone, server)))]
        }
        (RecordType::SOA, Owner::Apex(_)) => vec![soa(&text)],
        (RecordType::SOA, Owner::Above) if root => vec![soa(".")],
        (RecordType::NS, Owner::Above) if root => vec![RData::NS(NS(name("a.root.example.")))],
        (RecordType::A, Owner::Above) if text == "ipv4only.arpa." => {
            vec![RData::A(A(Ipv4Addr::new(192, 0, 0, 170)))]
        }
        _ => Vec::new(),
    };
    if matches!(owner, Owner::Nothing(_)) {
        answer.metadata.response_code = ResponseCode::NXDomain;
    }
    if data.is_empty() {
        let apex = owner.zone().map_or(".".to_owned(), |zone| format!("z{zone}.example."));
        answer.authorities.push(Record::from_rdata(name(&apex), 300, soa(&apex)));
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
