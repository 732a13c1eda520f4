//! v6ready
fn main() {}
