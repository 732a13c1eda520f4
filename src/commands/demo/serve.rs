//! `v6ready demo --serve`: the sample province at one moment after another, and the dashboard over it.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Runtime;

use crate::commands::cli::Global;
use crate::commands::error::CliError;
use crate::commands::scan::carried_out;
use crate::commands::terminal;
use crate::lab::{Deadlines, SampleGround};
use crate::probe::Network;
use crate::runs::load;
use crate::runs::run_id::random_letters;
use crate::runs::session::{HowToScan, Session};
use crate::serve::access::password::PasswordHash;
use crate::serve::app::{App, Places, Shared};
use crate::serve::config;
use crate::serve::jobs::{JobEvent, ScanRequest};
use crate::serve::run::run_at;

/// The port where nobody names another one.
const PORT: u16 = 8466;

/// So many moments are scanned before the dashboard is shown: two, so that there is something to compare.
const BEFORE: usize = 2;

/// Between two moments, so that a visitor can see the one before.
const PAUSE: Duration = Duration::from_secs(5);

/// Listens where the dashboard is to be seen: at the given address, or else at a loopback address of this
/// machine, whose usual port may be in use.
///
/// # Errors
/// When the address can't be had.
pub(super) fn listen(at: Option<SocketAddr>) -> io::Result<TcpListener> {
    if let Some(at) = at {
        return TcpListener::bind(at);
    }
    let loopback = [Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()];
    let addresses = [PORT, 0].iter().flat_map(|port| loopback.map(|at| SocketAddr::new(at, *port)));
    TcpListener::bind(&addresses.collect::<Vec<_>>()[..])
}

/// Scans the first moments, shows the dashboard, and scans the others beside it.
///
/// # Errors
/// When the lab can't be built, or the store can't be written.
pub(super) fn run(
    global: &Global,
    folder: &Path,
    socket: TcpListener,
) -> Result<ExitCode, CliError> {
    // It begins anew each time: what an earlier one left is another year.
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(folder)?,
    }
    let address = socket.local_addr()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut province = Province::found(&runtime, folder)?;
    let db = folder.join("v6ready.db");
    for moment in 0..BEFORE {
        province.come_to(moment)?;
        terminal::note(format_args!("scan {} of {}", moment + 1, SampleGround::MOMENTS));
        let notes = &terminal::note_of_run;
        let loaded = load::inventory_from_file(&province.inventory, None, notes)?;
        let how = HowToScan { vantage: Some("demo"), ..HowToScan::default() };
        carried_out(global, Network::open()?, Session::begin(&db, loaded, &how, notes)?)?;
    }
    let secret = random_letters(12);
    let app = open(folder, &db, address, &secret)?;
    terminal::note(format_args!(
        "\nThe dashboard is at http://{address}/ until Ctrl-C. Log in as `demo` with `{secret}` to scan again, to \
         cancel and to acknowledge.\n{} more scans follow, with faults that come and go.",
        SampleGround::MOMENTS - BEFORE
    ));
    runtime.block_on(async {
        let socket = listening(socket)?;
        let others = tokio::spawn(scan_others(Arc::clone(&app), province));
        let ended = run_at(app, socket).await;
        others.abort();
        ended.map_err(CliError::from)
    })?;
    runtime.shutdown_timeout(Duration::from_millis(500));
    Ok(ExitCode::SUCCESS)
}

fn listening(socket: TcpListener) -> io::Result<tokio::net::TcpListener> {
    socket.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(socket)
}

/// The sample province at the moment that it has come to.
struct Province {
    ground: SampleGround,
    folder: PathBuf,
    inventory: PathBuf,
    /// The servers of the moment end with it.
    servers: Option<Runtime>,
}

impl Province {
    fn found(runtime: &Runtime, folder: &Path) -> Result<Self, CliError> {
        let ground = runtime.block_on(SampleGround::set_up())?;
        Ok(Self { ground, folder: folder.to_owned(), inventory: PathBuf::new(), servers: None })
    }

    fn come_to(&mut self, moment: usize) -> Result<(), CliError> {
        if let Some(servers) = self.servers.take() {
            servers.shutdown_timeout(Duration::from_secs(2));
        }
        let servers = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("lab")
            .enable_all()
            .build()?;
        let inside = servers.enter();
        let lab = self.ground.start(&self.folder, Deadlines::Short, moment)?;
        drop(inside);
        self.inventory = lab.inventory;
        self.servers = Some(servers);
        Ok(())
    }
}

/// Within async code a runtime can't be waited for; here nothing of the servers is worth it.
impl Drop for Province {
    fn drop(&mut self) {
        if let Some(servers) = self.servers.take() {
            servers.shutdown_background();
        }
    }
}

/// A daemon over the store, open to whoever reaches it, and to one user who may do more.
fn open(folder: &Path, db: &Path, at: SocketAddr, secret: &str) -> Result<Shared, CliError> {
    let hash = PasswordHash::of(secret).map_err(|error| CliError::internal(error.to_string()))?;
    let file = folder.join("serve.yaml");
    let text = format!(
        "# The dashboard of `v6ready demo --serve`.
db: {db}
serve:
  listen: \"{at}\"
  inventories: [{inventory}]
  users: [{{name: demo, password_hash: \"{}\", role: operator}}]
  public: [overview, services, service, organisations, checks, causes, runs, quarters, inventory, vantage, \
         alerts, about, badges, metrics, api]
",
        hash.as_str(),
        db = quoted(db),
        inventory = quoted(&folder.join("inventory.yaml")),
    );
    fs::write(&file, &text)?;
    let name = file.display().to_string();
    let (config, _) = config::read::read(text.as_bytes(), &name)
        .map_err(|problems| CliError::internal(terminal::render_diagnostics(&problems)))?;
    let places = Places { db: db.to_owned(), config: Some(file) };
    Ok(App::open(places, config, Arc::new(Timestamp::now))?)
}

/// A path as a string of YAML.
fn quoted(path: &Path) -> String {
    // A JSON string is one of YAML.
    serde_json::Value::String(path.display().to_string()).to_string()
}

/// Lets the province come to its later moments, and has each scanned by the daemon.
async fn scan_others(app: Shared, mut province: Province) {
    for moment in BEFORE..SampleGround::MOMENTS {
        tokio::time::sleep(PAUSE).await;
        let moved = tokio::task::spawn_blocking(move || {
            let moved = province.come_to(moment);
            (province, moved)
        });
        let Ok((there, moved)) = moved.await else { return };
        province = there;
        if let Err(error) = moved {
            tracing::error!("the province can't come to its moment {moment}: {}", error.text());
            return;
        }
        if !scanned(&app, &province.inventory).await {
            return;
        }
    }
    // The servers answer for as long as the daemon runs.
    std::future::pending::<()>().await;
}

/// Has the inventory scanned, and waits for the end.
async fn scanned(app: &Shared, inventory: &Path) -> bool {
    let mut events = app.jobs().subscribe();
    let request = ScanRequest {
        inventory: inventory.to_owned(),
        vantage: Some("demo".to_owned()),
        by: "demo".to_owned(),
        ..ScanRequest::default()
    };
    let Ok(run) = app.jobs().start(request) else { return false };
    loop {
        match events.recv().await {
            Ok(JobEvent::Ended { run: ended, .. }) if ended == run => return true,
            Ok(_) | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return false,
        }
    }
}
