//! A network namespace for one test: the test runs itself again inside it.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Whole labs have deadlines of seconds: one at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const MARK: &str = "V6READY_TEST_INSIDE";

/// Whether this is the inside of a namespace, with every documentation address on `lo`. On the
/// outside, runs the named test inside one and passes on how it ended; says so and does nothing
/// where a program is missing.
pub fn inside(test: &str, needs: &[&str]) -> bool {
    let missing: Vec<_> = needs.iter().filter(|program| find(program).is_none()).collect();
    if !missing.is_empty() {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI needs {missing:?}; `.ci/install-peers` installs them"
        );
        eprintln!("not run: {missing:?} are not installed (see .ci/install-peers)");
        return false;
    }
    let entered = enter(test);
    if entered {
        set_up();
    }
    entered
}

/// Whether this is the inside of a namespace already.
pub fn is_inside() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Whether this is the inside of new network and mount namespaces that nothing has been done to.
/// On the outside, runs the named test inside and passes on how it ended.
pub fn enter(test: &str) -> bool {
    if is_inside() {
        return true;
    }
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut unshare = Command::new("unshare");
    if !nix::unistd::geteuid().is_root() {
        unshare.arg("--map-root-user");
    }
    let status = unshare
        .args(["--net", "--mount", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(MARK, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{test} failed in its namespace");
    false
}

/// Where Debian installs a program.
pub fn find(program: &str) -> Option<String> {
    ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/lib/postfix/sbin"]
        .iter()
        .map(|folder| format!("{folder}/{program}"))
        .find(|path| Path::new(path).exists())
}

/// Every documentation address is local, so any of them can be bound and reached.
fn set_up() {
    assert!(is_inside());
    std::fs::write("/proc/sys/net/ipv6/ip_nonlocal_bind", "1").unwrap();
    for arguments in [
        "link set lo up",
        "-6 route add local 2001:db8::/32 dev lo",
        "-4 route add local 192.0.2.0/24 dev lo",
        "-4 route add local 198.51.100.0/24 dev lo",
    ] {
        ip(arguments);
    }
}

/// Runs `ip`, which has to succeed; what it printed.
pub fn ip(arguments: &str) -> String {
    let done = Command::new(find("ip").unwrap()).args(arguments.split(' ')).output().unwrap();
    assert!(done.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}
