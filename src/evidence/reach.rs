//! What the network between us and an address does: echoes ([`echo_attempts`]), lost packets
//! ([`large_data`]), repeated connections ([`rounds()`]), and who announces the route
//! ([`route_origin`]).
//!
//! Imports [`super::service`], [`super::query`] and the model.

mod echo;
mod origin;
mod path_mtu;
mod rounds;

pub use echo::{EchoAttempts, LARGE_OCTETS, SMALL_OCTETS, echo_attempts};
pub use origin::{RouteOrigin, route_origin};
pub use path_mtu::{
    LargeData, SMALL_PACKET_OCTETS, Silence, came_to_its_end, fell_silent, large_data, page_stalled,
};
pub use rounds::{FirstRound, Rounds, first_rounds, is_later_round, rounds};
