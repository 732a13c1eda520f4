//! How a connection is left.

use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt as _};

/// How long a full send buffer may hold us up when we leave.
pub(super) const FAREWELL_PATIENCE: Duration = Duration::from_millis(100);

/// Closes our side: `close_notify` where there is TLS, then FIN. A peer that no longer listens is
/// not waited for.
pub(super) async fn close(stream: &mut (impl AsyncWrite + Unpin)) {
    let _ = tokio::time::timeout(FAREWELL_PATIENCE, stream.shutdown()).await;
}
