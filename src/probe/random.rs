//! Random numbers that a forger can't guess.

use crate::model::NetFailure;

/// Unpredictable bits (RFC 5452 §9.2).
pub(super) fn random_u64() -> Result<u64, NetFailure> {
    let mut octets = [0; 8];
    aws_lc_rs::rand::fill(&mut octets)
        .map_err(|_| NetFailure::Other { errno: "no random numbers".to_owned() })?;
    Ok(u64::from_ne_bytes(octets))
}
