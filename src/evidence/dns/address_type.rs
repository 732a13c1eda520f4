//! The record type of a family's addresses.

use crate::model::{Family, RecordType};

/// The record type that holds addresses of a family.
pub(in crate::evidence) fn address_type(family: Family) -> RecordType {
    match family {
        Family::Ipv6 => RecordType::AAAA,
        Family::Ipv4 => RecordType::A,
    }
}
