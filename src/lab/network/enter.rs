//! Into a network namespace of our own: the program runs itself again inside one.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};

use crate::lab::error::LabError;

/// Tells the inner program that it has been started by the outer one.
const MARK: &str = "V6READY_IN_LAB";

/// On which side of the namespace's border this process is.
pub enum Entered {
    /// Inside: the lab can be started.
    Inside,
    /// Outside: the same command has run inside and ended with this code.
    Ran(ExitCode),
}

/// Runs this very command again inside a new network namespace, unless this is the inside. As root
/// that is all it takes; else a user namespace comes with it. Must be called before any thread is
/// started.
///
/// # Errors
/// When the kernel refuses the namespace.
pub fn enter() -> Result<Entered, LabError> {
    if std::env::var_os(MARK).is_some() {
        return Ok(Entered::Inside);
    }
    let program = std::env::current_exe().map_err(LabError::Refused)?;
    let mut command = Command::new(program);
    command.args(std::env::args_os().skip(1)).env(MARK, "1");
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    let (uid_map, gid_map) = (format!("0 {uid} 1"), format!("0 {gid} 1"));
    let split = move || -> io::Result<()> {
        if uid == 0 {
            return Ok(unshare(CloneFlags::CLONE_NEWNET)?);
        }
        unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)?;
        std::fs::write("/proc/self/setgroups", "deny")?;
        std::fs::write("/proc/self/uid_map", &uid_map)?;
        std::fs::write("/proc/self/gid_map", &gid_map)
    };
    // SAFETY: the closure runs in the child between fork and exec. This process has no other
    // thread yet (see above), so no lock can be held there, and allocating is sound.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(split);
    }
    let status = command.status().map_err(LabError::Refused)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(4);
    Ok(Entered::Ran(ExitCode::from(code)))
}

/// Requires that the only interface is the loopback one, whatever the environment says: nothing is ever
/// set up in a namespace that other programs use.
pub(in crate::lab) fn require_own_namespace() -> Result<(), LabError> {
    let names = nix::net::if_::if_nameindex().map_err(|error| LabError::Refused(error.into()))?;
    // New namespaces may hold the unused devices of tunnel modules beside `lo`.
    let fallback = [
        "lo", "sit0", "tunl0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0",
        "ip6gre0",
    ];
    let is_alone = names.iter().all(|interface| {
        fallback.iter().any(|name| interface.name().to_bytes() == name.as_bytes())
    });
    if is_alone { Ok(()) } else { Err(LabError::NotAlone) }
}
