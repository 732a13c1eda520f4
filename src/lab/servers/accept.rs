//! Taking connections: each in a task of its own.

use std::io;
use std::time::Duration;

use socket2::Socket;
use tokio::net::{TcpListener, TcpStream};

/// How long a connection may last. Longer than any deadline of a scan, so that even on a busy machine it
/// is the client that gives up.
const CONNECTION_MAX: Duration = Duration::from_secs(90);

/// How long to wait when no connection can be taken, because too many files are open.
const RETRY_AFTER: Duration = Duration::from_millis(50);

/// Serves each connection of a listening socket.
pub(super) fn serve_each<F>(
    socket: Socket,
    serve: impl Fn(TcpStream) -> F + Send + 'static,
) -> io::Result<()>
where
    F: Future<Output: Send> + Send + 'static,
{
    let listener = TcpListener::from_std(socket.into())?;
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(tokio::time::timeout(CONNECTION_MAX, serve(stream)));
                }
                Err(_) => tokio::time::sleep(RETRY_AFTER).await,
            }
        }
    });
    Ok(())
}
