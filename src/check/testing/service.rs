//! Services that are neither web sites nor mail domains.

use std::net::SocketAddr;

use crate::check::testing::world::{SIX, World};
use crate::model::{Connected, Conversation, NetFailure, Question, Reply, TlsFailed};

/// A socket of the service over IPv6.
pub(in crate::check) fn six_socket(port: u16) -> SocketAddr {
    SocketAddr::new(SIX.parse().unwrap(), port)
}

/// A conversation without HTTP.
pub(in crate::check) fn conversation(
    connect: Result<(), NetFailure>,
    tls: Option<TlsFailed>,
) -> Conversation {
    let connect = connect.map(|()| Connected { elapsed_us: 1 });
    Conversation { connect, tls: tls.map(Err), http: None, recheck: None }
}

/// A service that is declared so and answers its question so, attempt by attempt.
pub(in crate::check) fn service_in_turn(
    declared: &str,
    question: &Question,
    replies: &[Reply],
) -> World {
    World::with_service(&format!("{declared}: \"www.example.vn\""))
        .published()
        .in_turn(question, replies)
}
