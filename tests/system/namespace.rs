//! A network namespace for one test: the test runs itself again inside it.

use std::path::Path;
use std::process::Command;
use std::sync::{Condvar, Mutex, PoisonError};

/// Whole networks mostly wait, but many of them share a machine badly: so many at a time under `cargo test`,
/// which runs the tests of a binary as threads. Under nextest, which runs each as a process,
/// `.config/nextest.toml` sees to it.
const AT_A_TIME: usize = 2;

/// How many there are, and whether one has gone.
static NETWORKS: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Set inside; names the file that says that the test was reached there.
const MARK: &str = "V6READY_TEST_INSIDE";

/// Whether this is the inside of a namespace with every documentation address on `lo`, as for
/// [`enter`]; says so and does nothing where a program is missing.
pub fn enter_with(needs: &[&str], module: &str, test: &str) -> bool {
    let is_inside = has_all(needs) && enter(module, test);
    if is_inside {
        add_addresses();
    }
    is_inside
}

/// Whether these programs are installed; says so where one is missing.
pub fn has_all(needs: &[&str]) -> bool {
    let missing: Vec<_> = needs.iter().filter(|program| program_path(program).is_none()).collect();
    if !missing.is_empty() {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI needs {missing:?}; `.ci/install-peers` installs them"
        );
        eprintln!("not run: {missing:?} are not installed (see .ci/install-peers)");
    }
    missing.is_empty()
}

/// Whether this is the inside of a namespace already.
pub fn is_inside() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Whether this is the inside of new network and mount namespaces to which nothing has been done. On
/// the outside, runs the test of this name in `module_path!()` inside, and passes on how it ended.
pub fn enter(module: &str, test: &str) -> bool {
    enter_in(module, test, &[])
}

/// As [`enter`], with these variables in the environment inside.
pub fn enter_in(module: &str, test: &str, environment: &[(&str, &str)]) -> bool {
    if let Some(reached) = std::env::var_os(MARK) {
        std::fs::write(reached, test).unwrap();
        return true;
    }
    let _turn = turn();
    // Without the crate's name, as the test harness has it.
    let (_, module) = module.split_once("::").unwrap();
    let test = format!("{module}::{test}");
    let reached = tempfile::NamedTempFile::new().unwrap();
    let mut unshare = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        unshare.arg("--map-root-user");
    }
    let status = unshare
        .args(["--net", "--mount", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &test, "--nocapture"])
        .env(MARK, reached.path())
        .envs(environment.iter().copied())
        .status()
        .unwrap();
    assert!(status.success(), "{test} failed in its namespace");
    let is_reached = std::fs::metadata(reached.path()).unwrap().len() > 0;
    assert!(is_reached, "there is no test {test}");
    false
}

/// A test's turn to have a network, while it is held.
pub struct Turn(());

/// Waits until few enough other tests of this process have a network.
pub fn turn() -> Turn {
    let (count, changed) = &NETWORKS;
    let count = count.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = changed.wait_while(count, |count| *count >= AT_A_TIME);
    *waited.unwrap_or_else(PoisonError::into_inner) += 1;
    Turn(())
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (count, changed) = &NETWORKS;
        *count.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        changed.notify_one();
    }
}

/// Where Debian installs a program.
pub fn program_path(program: &str) -> Option<String> {
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/lib/postfix/sbin"]
        .iter()
        .map(|folder| format!("{folder}/{program}"))
        .find(|path| Path::new(path).exists())
}

/// Every documentation address is local, so any of them can be bound and reached.
fn add_addresses() {
    assert!(is_inside());
    std::fs::write("/proc/sys/net/ipv6/ip_nonlocal_bind", "1").unwrap();
    for arguments in [
        "link set lo up",
        "-6 route add local 2001:db8::/32 dev lo",
        "-4 route add local 192.0.2.0/24 dev lo",
        "-4 route add local 198.51.100.0/24 dev lo",
    ] {
        run_ip(arguments);
    }
}

/// Runs `ip`, which has to succeed; what it printed.
pub fn run_ip(arguments: &str) -> String {
    let program = program_path("ip").unwrap();
    let done = Command::new(program).args(arguments.split(' ')).output().unwrap();
    assert!(done.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}
