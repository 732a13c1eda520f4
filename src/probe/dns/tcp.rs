//! DNS over TCP (RFC 7766): one connection for one question.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::query::{Query, QuestionSection, response_id};
use crate::model::NetFailure;
use crate::probe::connect::connect;
use crate::probe::connection::Connection;
use crate::probe::errors;
use crate::probe::random::random_u64;

/// Messages that answer something else, after which we stop reading.
const STRANGERS_MAX: usize = 16;

/// Connects, sends the query and reads its answer, all before `deadline`.
///
/// As over UDP, a message with another id or question is passed over (RFC 7766 §7); when then
/// nothing else comes, the outcome is what ended the waiting: [`NetFailure::Closed`] or
/// [`NetFailure::TimedOut`].
///
/// # Errors
/// Why no answer came. A connection that ends inside a message, whose length field then lied, is
/// [`NetFailure::Closed`]; a message longer than `octets_max` is [`NetFailure::Other`], our limit
/// and no party's fault.
pub(super) async fn exchange(
    mut query: Query,
    server: SocketAddr,
    deadline: Duration,
    octets_max: usize,
) -> Result<Vec<u8>, NetFailure> {
    let id = random_u64()? as u16;
    let asked = query.question();
    let octets = framed(query.with_id(id));
    let answered = async {
        let (mut stream, _) = connect(server, deadline).await?;
        let failed = |error| errors::io_failure(&error, server.ip());
        stream.write_all(&octets).await.map_err(failed)?;
        for _ in 0..=STRANGERS_MAX {
            let message = read_message(&mut stream, server, octets_max).await?;
            if is_answer(&message, id, &asked) {
                return Ok(message);
            }
        }
        Err(NetFailure::Closed)
    };
    tokio::time::timeout(deadline, answered).await.unwrap_or(Err(NetFailure::TimedOut))
}

fn is_answer(message: &[u8], id: u16, asked: &QuestionSection) -> bool {
    response_id(message) == Some(id) && asked.is_answered_by(message)
}

/// Puts the length in front (RFC 1035 §4.2.2), so that both leave in one segment (RFC 7766 §8).
fn framed(query: &[u8]) -> Vec<u8> {
    // A query holds one name and is shorter than 300 octets.
    let length = query.len() as u16;
    [&length.to_be_bytes(), query].concat()
}

async fn read_message(
    stream: &mut Connection,
    server: SocketAddr,
    octets_max: usize,
) -> Result<Vec<u8>, NetFailure> {
    let failed = |error| errors::io_failure(&error, server.ip());
    let octets = usize::from(stream.read_u16().await.map_err(failed)?);
    if octets > octets_max {
        return Err(NetFailure::Other { errno: format!("a message of {octets} octets") });
    }
    let mut message = vec![0; octets];
    stream.read_exact(&mut message).await.map_err(failed)?;
    Ok(message)
}
