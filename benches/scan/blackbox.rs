//! blackbox_exporter (Debian: prometheus-blackbox-exporter) on the same targets: two pages with TLS, two
//! without, four connections and an echo for each service. It looks up no name, says no more than whether
//! it worked, and keeps nothing.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::bare::AT_ONCE;
use crate::servers;

/// Where it listens.
const LISTENS: &str = "127.0.0.1:9115";

/// Probes of one service.
pub const PROBES: usize = 9;

/// Starts it; `None` where it isn't installed.
pub fn start(folder: &Path) -> Option<Child> {
    let config = folder.join("blackbox.yaml");
    let page = "prober: http, timeout: 10s, http: {no_follow_redirects: true, valid_status_codes: [200, 301]";
    let text = format!(
        "modules:\n  https: {{{page}, tls_config: {{ca_file: {}}}}}}}\n  http: {{{page}}}}}\n  \
         connect: {{prober: tcp, timeout: 5s}}\n  echo: {{prober: icmp, timeout: 5s}}\n",
        folder.join("ca.pem").display()
    );
    std::fs::write(&config, text).unwrap();
    let started = Command::new("prometheus-blackbox-exporter")
        .arg(format!("--config.file={}", config.display()))
        .args([&format!("--web.listen-address={LISTENS}"), "--log.level=error"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let began = Instant::now();
    while std::net::TcpStream::connect(LISTENS).is_err() {
        assert!(began.elapsed() < Duration::from_secs(10), "blackbox_exporter does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(started)
}

/// Has it probe every service; returns how many probes failed.
pub fn probe(services: usize) -> usize {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let failed = Arc::new(AtomicUsize::new(0));
    runtime.block_on(async {
        let next = Arc::new(AtomicUsize::new(1));
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..AT_ONCE {
            let (next, failed) = (Arc::clone(&next), Arc::clone(&failed));
            asking.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > services {
                        return;
                    }
                    for path in paths(number) {
                        if !succeeds(&path).await {
                            failed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
        asking.join_all().await;
    });
    failed.load(Ordering::Relaxed)
}

fn paths(number: usize) -> Vec<String> {
    let host = servers::host(number);
    let mut paths = Vec::new();
    for address in servers::addresses(number) {
        let literal = match address {
            IpAddr::V6(address) => format!("[{address}]"),
            IpAddr::V4(address) => address.to_string(),
        };
        for scheme in ["https", "http"] {
            let target = format!("{scheme}://{literal}/");
            paths.push(format!("/probe?module={scheme}&hostname={host}&target={target}"));
        }
        for _ in 0..2 {
            paths.push(format!("/probe?module=connect&target={literal}:443"));
        }
        if address.is_ipv6() {
            paths.push(format!("/probe?module=echo&target={address}"));
        }
    }
    assert_eq!(paths.len(), PROBES);
    paths
}

async fn succeeds(path: &str) -> bool {
    let mut request = String::new();
    let _ = write!(request, "GET {path} HTTP/1.0\r\nHost: {LISTENS}\r\n\r\n");
    let mut stream = TcpStream::connect(LISTENS).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).contains("\nprobe_success 1")
}
