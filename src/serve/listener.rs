//! Where the daemon listens.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::error::ServeError;

/// Listens at an address.
///
/// # Errors
/// When it is in use, is none of this machine, or needs a privilege.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|error| {
        let (message, help) = match error.kind() {
            ErrorKind::AddrInUse => (
                "another program listens there already".to_owned(),
                format!(
                    "name another port with `serve.listen`; `ss -ltnp sport = :{}` shows who it is",
                    address.port()
                ),
            ),
            ErrorKind::AddrNotAvailable => (
                "this machine doesn't have that address".to_owned(),
                "`ip address` shows those that it has; `[::]` listens at all of them".to_owned(),
            ),
            ErrorKind::PermissionDenied => (
                "a port below 1024 needs a privilege".to_owned(),
                "name a port from 1024 on, or give the unit `AmbientCapabilities=CAP_NET_BIND_SERVICE`"
                    .to_owned(),
            ),
            _ => (error.to_string(), "name another address with `serve.listen`".to_owned()),
        };
        ServeError::new(format!("can't listen at {address}: {message}")).help(help)
    })
}

/// Says where the daemon listens, and what others could do there that nobody may want.
pub fn announce(address: SocketAddr, has_tls: bool, has_proxy: bool) {
    let scheme = if has_tls { "https" } else { "http" };
    tracing::info!("listening at {scheme}://{address}/");
    if address.ip().to_canonical().is_loopback() {
        return;
    }
    tracing::warn!("{address} is not loopback: other machines reach these pages");
    if !has_tls && !has_proxy {
        tracing::warn!(
            "connections are plain, and passwords and sessions can be read on their way: give `serve.tls` a \
             certificate, or listen on loopback behind a proxy that has one"
        );
    }
}
