//! Into a network namespace of our own: the program runs itself again inside one.

use std::io;
use std::net::TcpListener;
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{getegid, geteuid};

use crate::lab::error::LabError;

/// Tells the inner program that it has been started by the outer one.
const MARK: &str = "V6READY_IN_LAB";

/// Tells the inner program which descriptor is the socket that the outer one listens at.
const SOCKET: &str = "V6READY_LAB_SOCKET";

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
    if is_inside() { Ok(Entered::Inside) } else { run_inside(&[]) }
}

/// As [`enter`], with a socket that the program listens at inside although it is one of this network: a
/// socket stays in the network that it was made in, whoever holds it. `listen` makes it outside.
///
/// # Errors
/// As [`enter`], and when the socket can't be made.
pub fn enter_with_socket(
    listen: impl FnOnce() -> io::Result<TcpListener>,
) -> Result<(Entered, Option<TcpListener>), LabError> {
    if is_inside() {
        return Ok((Entered::Inside, inherited_socket()));
    }
    let socket = listen().map_err(LabError::at_step("listening"))?;
    // Only what is not closed on exec gets in.
    fcntl(&socket, FcntlArg::F_SETFD(FdFlag::empty()))
        .map_err(|error| LabError::Refused(error.into()))?;
    let descriptor = socket.as_raw_fd().to_string();
    Ok((run_inside(&[(SOCKET, &descriptor)])?, None))
}

fn is_inside() -> bool {
    std::env::var_os(MARK).is_some()
}

/// The socket of [`enter_with_socket`].
fn inherited_socket() -> Option<TcpListener> {
    let descriptor: RawFd = std::env::var(SOCKET).ok()?.parse().ok()?;
    // SAFETY: the outer program made the descriptor for this one, as the variable says, and nobody else in
    // here knows of it: this is called once, before anything else is opened.
    #[allow(unsafe_code)]
    let socket = unsafe { OwnedFd::from_raw_fd(descriptor) };
    Some(socket.into())
}

/// Runs this very command inside, with these variables.
fn run_inside(variables: &[(&str, &str)]) -> Result<Entered, LabError> {
    let program = std::env::current_exe().map_err(LabError::Refused)?;
    let mut command = Command::new(program);
    command.args(std::env::args_os().skip(1)).env(MARK, "1");
    command.envs(variables.iter().copied());
    let (uid, gid) = (geteuid().as_raw(), getegid().as_raw());
    let (uid_map, gid_map) = (format!("0 {uid} 1"), format!("0 {gid} 1"));
    let split = move || -> io::Result<()> {
        if uid == 0 {
            unshare(CloneFlags::CLONE_NEWNET)?;
        } else {
            unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET)?;
            std::fs::write("/proc/self/setgroups", "deny")?;
            std::fs::write("/proc/self/uid_map", &uid_map)?;
            std::fs::write("/proc/self/gid_map", &gid_map)?;
        }
        // Whoever ends the program that was started means this one.
        Ok(set_pdeathsig(Signal::SIGTERM)?)
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
