//! A real Prometheus reads the metrics, where one is installed.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::serve::access::PublicPage;
use crate::serve::app::{App, Places};
use crate::serve::config::ServeConfig;
use crate::serve::server;
use crate::view::tests::world::World;

/// How often something is asked for until it is there, and how long is waited in between.
const TRIES: usize = 600;
const PAUSE: Duration = Duration::from_millis(200);

/// Ends what was started, however the test ends.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prometheus_scrapes_the_daemon() {
    let is_installed = |path: &&str| Path::new(path).exists();
    let Some(prometheus) = ["/usr/bin/prometheus"].into_iter().find(is_installed) else { return };
    let mut world = World::new(5);
    (0..3).for_each(|_| world.scan());
    let mut config = ServeConfig::default();
    config.access.public = [PublicPage::Metrics].into();
    let places = Places { db: world.db().to_owned(), config: None };
    let app = App::open(places, config, Arc::new(jiff::Timestamp::now)).unwrap();
    app.view().refresh().unwrap();
    let runs = app.view().picture("i", None).unwrap().runs.len();
    let router = server::router(app, "t");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let daemon = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await
    });

    let page = tokio::task::spawn_blocking(move || scrape(daemon)).await.unwrap().unwrap();
    let complaints = complaints(&page);
    assert!(complaints == DAYS || complaints.is_empty(), "{complaints}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prometheus.yml");
    let text = format!(
        "global: {{scrape_interval: 1s, scrape_timeout: 1s}}\nscrape_configs:\n  - job_name: v6ready\n    \
         static_configs: [{{targets: [\"{daemon}\"]}}]\n"
    );
    std::fs::write(&file, text).unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let child = Command::new(prometheus)
        .arg(format!("--config.file={}", file.display()))
        .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
        .arg(format!("--web.listen-address={port}"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _started = Started(child);
    let expected = format!("\"{runs}\"");
    let seen = tokio::task::spawn_blocking(move || {
        let mut last = String::new();
        for _ in 0..TRIES {
            last = query(port, "v6ready_view_runs").unwrap_or_default();
            if last.contains(&expected) {
                return Ok(());
            }
            std::thread::sleep(PAUSE);
        }
        Err(last)
    });
    let seen = seen.await.unwrap();
    serving.abort();
    assert_eq!(seen, Ok(()));
}

/// What promtool says of every page: that a duration should be in seconds. Days are what people ask for.
const DAYS: &str = "v6ready_service_target_days use base unit \"seconds\" instead of \"days\"";

/// The metrics as a scrape gets them.
fn scrape(at: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(at)?;
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    Ok(body.to_owned())
}

/// What promtool finds wrong with them.
fn complaints(page: &str) -> String {
    let mut promtool = Command::new("/usr/bin/promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    promtool.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let said = promtool.wait_with_output().unwrap();
    let said = [said.stdout, said.stderr].map(|octets| String::from_utf8(octets).unwrap());
    said.concat().trim().to_owned()
}

/// What Prometheus answers to a query.
fn query(at: SocketAddr, metric: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(at)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        stream,
        "GET /api/v1/query?query={metric} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
