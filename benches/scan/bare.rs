//! The least that any program must do for the same questions: look up, connect, shake hands, GET.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;

use crate::servers;

/// About as many healthy conversations at once as are best on two cores.
pub const AT_ONCE: usize = 64;

/// Visits every service over both families, on 443 and on 80, and sends as many DNS questions, as many
/// hellos that the server refuses and as many connections that nothing follows as the scan did.
pub fn run(services: usize, [lookups, hellos, connects]: [usize; 3], folder: &Path) {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(
        rustls::crypto::aws_lc_rs::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .unwrap()
    .with_root_certificates(roots)
    .with_no_client_auth();
    let mut config = config;
    config.resumption = rustls::client::Resumption::disabled();
    let tls = TlsConnector::from(Arc::new(config));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let visits = (1..=services).flat_map(|number| {
            servers::addresses(number).into_iter().flat_map(move |address| {
                [443, 80].map(|port| (number, SocketAddr::new(address, port)))
            })
        });
        futures_util::stream::iter(visits)
            .map(|(number, address)| {
                let tls = (address.port() == 443).then(|| tls.clone());
                tokio::spawn(visit(servers::host(number), address, tls))
            })
            .buffer_unordered(AT_ONCE)
            .for_each(async |done| done.unwrap())
            .await;
        look_up(services, lookups).await;
        futures_util::stream::iter(0..hellos + connects)
            .map(|number| {
                let address = servers::addresses(number % services + 1)[0];
                tokio::spawn(open(SocketAddr::new(address, 443), number < hellos))
            })
            .buffer_unordered(AT_ONCE)
            .for_each(async |done| done.unwrap())
            .await;
    });
}

async fn visit(host: String, address: SocketAddr, tls: Option<TlsConnector>) {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let status = match tls {
        Some(tls) => {
            let name = ServerName::try_from(host.clone()).unwrap();
            let stream = tls.connect(name, stream).await.unwrap();
            get(TokioIo::new(stream), &host).await
        }
        None => get(TokioIo::new(stream), &host).await,
    };
    assert!(status == 200 || status == 301);
}

async fn get<T>(io: T, host: &str) -> u16
where
    T: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    let connection = tokio::spawn(connection);
    let request =
        http::Request::get("/").header("host", host).body(Empty::<bytes::Bytes>::new()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    response.into_body().collect().await.unwrap();
    connection.abort();
    status
}

/// Asks over one socket, with so many questions under way at once, and decodes each answer.
async fn look_up(services: usize, lookups: usize) {
    let socket = UdpSocket::bind("[::]:0").await.unwrap();
    socket.connect((servers::RESOLVER, 53)).await.unwrap();
    let mut octets = [0; 4096];
    for first in (0..lookups).step_by(AT_ONCE) {
        let last = lookups.min(first + AT_ONCE);
        for number in first..last {
            let id = u16::try_from(number % 0xffff).unwrap();
            let mut message = Message::new(id, MessageType::Query, OpCode::Query);
            let host = format!("{}.", servers::host(number % services + 1));
            message.add_query(Query::query(Name::from_ascii(host).unwrap(), RecordType::AAAA));
            socket.send(&message.to_vec().unwrap()).await.unwrap();
        }
        for _ in first..last {
            let length = socket.recv(&mut octets).await.unwrap();
            assert_eq!(Message::from_vec(&octets[..length]).unwrap().answers.len(), 1);
        }
    }
}

/// A connection, and a hello that the server refuses.
async fn open(address: SocketAddr, with_hello: bool) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    if !with_hello {
        return;
    }
    stream.write_all(&[0x16, 3, 0, 0, 4, 1, 0, 0, 0]).await.unwrap();
    let _ = stream.read(&mut [0; 64]).await;
}
