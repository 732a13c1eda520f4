//! Network namespaces that last as long as their owner.

use std::fs::File;
use std::future::Future;
use std::io;
use std::os::fd::{AsRawFd as _, RawFd};
use std::path::PathBuf;

use nix::sched::{CloneFlags, setns, unshare};
use rtnetlink::Handle;

/// What a step of the set-up fails with.
pub(super) type Error = Box<dyn std::error::Error + Send + Sync>;

/// Sets one of the calling thread's namespace's IPv6 settings.
pub(super) fn set_ipv6_sysctl(key: &str, value: &str) -> io::Result<()> {
    std::fs::write(PathBuf::from("/proc/sys/net/ipv6").join(key), value)
}

/// A network namespace that lasts as long as this.
pub(super) struct Namespace(File);

impl Namespace {
    /// A new one.
    pub(super) fn new() -> io::Result<Self> {
        on_own_thread(|| {
            unshare(CloneFlags::CLONE_NEWNET)?;
            // An address of a new device can be used at once.
            set_ipv6_sysctl("conf/default/accept_dad", "0")?;
            File::open("/proc/thread-self/ns/net").map(Self)
        })
    }

    /// Its file descriptor, by which links are moved there.
    pub(super) fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Does something within the namespace.
    pub(super) fn within<T: Send>(
        &self,
        what: impl FnOnce() -> io::Result<T> + Send,
    ) -> io::Result<T> {
        on_own_thread(|| {
            setns(&self.0, CloneFlags::CLONE_NEWNET)?;
            what()
        })
    }

    /// Sets it up by netlink.
    pub(super) fn configure<F: Future<Output = Result<(), Error>>>(
        &self,
        how: impl FnOnce(Handle) -> F + Send,
    ) -> io::Result<()> {
        self.within(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let (connection, handle, _) = rtnetlink::new_connection()?;
                let netlink = tokio::spawn(connection);
                let done = how(handle).await;
                netlink.abort();
                done.map_err(io::Error::other)
            })
        })
    }
}

/// A thread can be in another namespace than its process; nothing else runs on this one.
fn on_own_thread<T: Send>(what: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(what);
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread panicked")))
    })
}
