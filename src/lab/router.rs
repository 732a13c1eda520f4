//! A router in a network namespace of its own, with hosts in theirs behind it: what only real routers
//! do to packets.
//!
//! Behind it there is a net that it has no route to, one that it must not forward to, one with
//! nobody there, and two hosts at the end of a path of small packets. It tells one of them so
//! (Packet Too Big, RFC 4443 §3.2), and what it tells the other is lost: a path-MTU black hole
//! (RFC 2923 §2.1).

use std::fs::File;
use std::future::Future;
use std::io;
use std::net::{Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd as _, RawFd};
use std::path::PathBuf;

use nix::sched::{CloneFlags, setns, unshare};
use rtnetlink::packet_route::route::{RouteAttribute, RouteMessage, RouteMetric, RouteType};
use rtnetlink::packet_route::rule::RuleAction;
use rtnetlink::{Handle, LinkUnspec, LinkVeth, RouteMessageBuilder};
use socket2::Socket;

use super::LabError;
use super::network::{TABLE_LOCAL, index, up};
use super::web_server::listen;

/// An address to which the router has no route.
pub(super) const NO_ROUTE: Ipv6Addr = beyond(1, 1);
/// An address to which it must not forward.
pub(super) const PROHIBITED: Ipv6Addr = beyond(2, 1);
/// An address on a link of the router's, where nobody has it.
pub(super) const UNREACHABLE: Ipv6Addr = beyond(3, 1);
/// A host to which large packets find their way, because it is told how large they may be.
pub(super) const SMALL_PACKETS: Ipv6Addr = beyond(4, 1);
/// A host whose large packets get lost without a word.
pub(super) const BLACK_HOLE: Ipv6Addr = beyond(5, 1);

/// Our own address on the link to the router, and the router's.
const OURS: Ipv6Addr = beyond(0, 0xffff);
const ROUTER: Ipv6Addr = beyond(0, 1);

/// The hosts behind the router, each with the names of its cable's ends. A host that is told of a
/// small path remembers it for everything that it sends there, so each is a machine of its own.
const HOSTS: [(Ipv6Addr, [&str; 2]); 2] =
    [(SMALL_PACKETS, ["to-small", "small"]), (BLACK_HOLE, ["to-hole", "hole"])];

/// The prefix length of one net, and of all of them together.
const NET: u8 = 64;
const ALL_NETS: u8 = 61;

/// The largest packet that the router forwards to us: the least that IPv6 allows (RFC 8200 §5).
const MTU: u32 = 1280;

/// The metric that is locked, in the kernel's numbering: a router only heeds a locked one.
const RTAX_MTU: u32 = 2;

const fn beyond(net: u16, host: u16) -> Ipv6Addr {
    Ipv6Addr::new(0x2001, 0xdb8, 0x100, 0x8f0 + net, 0, 0, 0, host)
}

/// The link-local address of one end of a cable.
const fn link_local(end: u16) -> Ipv6Addr {
    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, end)
}

/// The hosts behind the router. The namespaces last as long as this.
pub(super) struct Beyond {
    hosts: Vec<(Ipv6Addr, Namespace)>,
    _router: Namespace,
}

impl Beyond {
    /// A listener of the host that has the address. It can be served from anywhere: a socket stays
    /// where it was made.
    ///
    /// # Errors
    /// When no host has it, or the port can't be had.
    pub(super) fn listen(&self, address: SocketAddr, backlog: i32) -> io::Result<Socket> {
        let host = self.hosts.iter().find(|(host, _)| address.ip() == *host);
        let (_, host) = host.ok_or_else(|| io::Error::from(io::ErrorKind::AddrNotAvailable))?;
        host.within(|| listen(address, backlog))
    }
}

/// Lays the cables, from us to the router and from there to the hosts.
///
/// # Errors
/// When the kernel refuses a step.
pub(super) async fn set_up(handle: &Handle) -> Result<Beyond, LabError> {
    let step = super::set_up("router");
    let router = Namespace::new().map_err(&step)?;
    near(handle, router.fd()).await.map_err(super::set_up("router: near link"))?;
    router.configure(forward).map_err(super::set_up("router: forwarding"))?;
    let mut hosts = Vec::new();
    for (address, cable) in HOSTS {
        let host = Namespace::new().map_err(&step)?;
        let there = host.fd();
        router
            .configure(|handle| attach(handle, address, cable, there))
            .map_err(super::set_up("router: far link"))?;
        host.configure(|handle| receive(handle, address, cable[1]))
            .map_err(super::set_up("router: host"))?;
        hosts.push((address, host));
    }
    Ok(Beyond { hosts, _router: router })
}

type Error = Box<dyn std::error::Error + Send + Sync>;

async fn near(handle: &Handle, router: RawFd) -> Result<(), rtnetlink::Error> {
    lay(handle, ["near", "near-router"], router).await?;
    let near = up(handle, "near").await?;
    handle.address().add(near, link_local(1).into(), NET).execute().await?;
    handle.address().add(near, OURS.into(), 128).execute().await?;
    let route = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(beyond(0, 0), ALL_NETS)
        .gateway(link_local(2))
        .output_interface(near)
        .table_id(TABLE_LOCAL)
        .build();
    handle.route().add(route).execute().await
}

async fn forward(handle: Handle) -> Result<(), Error> {
    sysctl("conf/all/forwarding", "1")?;
    // Every error is told, and a neighbour that doesn't answer is given up soon.
    sysctl("icmp/ratelimit", "0")?;
    sysctl("neigh/near-router/mcast_solicit", "1")?;
    sysctl("neigh/near-router/retrans_time_ms", "100")?;
    let near = up(&handle, "near-router").await?;
    handle.address().add(near, link_local(2).into(), NET).execute().await?;
    handle.address().add(near, ROUTER.into(), NET).execute().await?;
    let mut narrow = to(OURS, 128, near);
    let limit = vec![RouteMetric::Lock(1 << RTAX_MTU), RouteMetric::Mtu(MTU)];
    narrow.attributes.push(RouteAttribute::Metrics(limit));
    handle.route().add(narrow).execute().await?;
    handle.route().add(to(UNREACHABLE, NET, near)).execute().await?;
    let prohibited = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(PROHIBITED, NET)
        .kind(RouteType::Prohibit)
        .build();
    handle.route().add(prohibited).execute().await?;
    // What the router itself has to say to this host, it keeps to itself.
    let silence = handle.rule().add().v6().destination_prefix(BLACK_HOLE, 128);
    let silence = silence.input_interface("lo").priority(1).action(RuleAction::Blackhole);
    Ok(silence.execute().await?)
}

/// The router's side of the cable to a host.
async fn attach(
    handle: Handle,
    host: Ipv6Addr,
    cable: [&str; 2],
    there: RawFd,
) -> Result<(), Error> {
    lay(&handle, cable, there).await?;
    let far = up(&handle, cable[0]).await?;
    handle.address().add(far, link_local(1).into(), NET).execute().await?;
    Ok(handle.route().add(to(host, 128, far)).execute().await?)
}

/// The host's side of it.
async fn receive(handle: Handle, host: Ipv6Addr, end: &str) -> Result<(), Error> {
    let far = up(&handle, end).await?;
    handle.address().add(far, link_local(2).into(), NET).execute().await?;
    handle.address().add(far, host.into(), 128).execute().await?;
    let route = RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(Ipv6Addr::UNSPECIFIED, 0)
        .gateway(link_local(1))
        .output_interface(far)
        .build();
    Ok(handle.route().add(route).execute().await?)
}

/// A route to what is on a link.
fn to(prefix: Ipv6Addr, length: u8, link: u32) -> RouteMessage {
    RouteMessageBuilder::<Ipv6Addr>::new()
        .destination_prefix(prefix, length)
        .output_interface(link)
        .build()
}

/// Lays a cable whose second end comes out in another namespace.
async fn lay(handle: &Handle, ends: [&str; 2], namespace: RawFd) -> Result<(), rtnetlink::Error> {
    handle.link().add(LinkVeth::new(ends[0], ends[1]).build()).execute().await?;
    let there = index(handle, ends[1]).await?;
    let there = LinkUnspec::new_with_index(there).setns_by_fd(namespace).build();
    handle.link().set(there).execute().await
}

/// Sets one of the calling thread's namespace's IPv6 settings.
fn sysctl(key: &str, value: &str) -> io::Result<()> {
    std::fs::write(PathBuf::from("/proc/sys/net/ipv6").join(key), value)
}

/// A network namespace that lasts as long as this.
struct Namespace(File);

impl Namespace {
    fn new() -> io::Result<Self> {
        on_a_thread(|| {
            unshare(CloneFlags::CLONE_NEWNET)?;
            // An address of a new device can be used at once.
            sysctl("conf/default/accept_dad", "0")?;
            File::open("/proc/thread-self/ns/net").map(Self)
        })
    }

    fn fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    /// Does something within the namespace.
    fn within<T: Send>(&self, what: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
        on_a_thread(|| {
            setns(&self.0, CloneFlags::CLONE_NEWNET)?;
            what()
        })
    }

    fn configure<F: Future<Output = Result<(), Error>>>(
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
fn on_a_thread<T: Send>(what: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    std::thread::scope(|scope| {
        let thread = scope.spawn(what);
        thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread panicked")))
    })
}
