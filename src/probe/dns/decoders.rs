//! What is made of a datagram before it is decoded. For the fuzz targets.

use super::query::{Query, response_id};
use crate::model::{DnsQuestion, Name, RecordType, Transport};

/// Whether octets answer a question of ours, or are one that came back in an ICMP error.
pub(in crate::probe) fn is_answer(octets: &[u8]) -> bool {
    let question = DnsQuestion {
        server: ([192, 0, 2, 53], 53).into(),
        transport: Transport::Udp,
        name: Name::from_presentation("www.example"),
        record_type: RecordType::AAAA,
        recursion_desired: true,
        checking_disabled: false,
        dnssec_ok: true,
        without_edns: false,
    };
    let Ok(query) = Query::new(&question) else { return false };
    let asked = query.question();
    response_id(octets).is_some() && asked.is_answered_by(octets) || asked.is_returned_in(octets)
}
