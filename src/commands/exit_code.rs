//! The exit codes, as the help of the program lists them.

/// It ran, and what was asked for doesn't hold.
pub(super) const GATE_FAILED: u8 = 1;
/// The operator must fix something.
pub(super) const OPERATOR_ERROR: u8 = 2;
/// The vantage point can't tell, or what is known can't be held against the gate.
pub(super) const INCONCLUSIVE: u8 = 3;
/// An internal fault.
pub const INTERNAL_FAULT: u8 = 4;
/// As shells have it for a program that SIGINT ended.
pub(super) const INTERRUPTED: u8 = 130;
