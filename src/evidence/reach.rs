//! What the network between us and an address does: echoes, lost packets, repeated connections, the
//! origin of its route.

mod echo;
mod origin;
mod path_mtu;
mod rounds;

pub use echo::{Echo, LARGE_OCTETS, SMALL_OCTETS, echoes};
pub use origin::{Origin, origin};
pub use path_mtu::{
    LargeData, SMALL_PACKET_OCTETS, Silence, came_to_its_end, fell_silent, large_data, page_stalled,
};
pub use rounds::{FirstRound, Rounds, first_rounds, is_later_round, rounds};
