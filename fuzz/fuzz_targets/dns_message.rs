//! Whatever a server sends is read or refused: the decoder of DNS messages survives any octets.

#![no_main]

use libfuzzer_sys::fuzz_target;
use v6ready::model::{Blob, DnsMessage, Name};

fuzz_target!(|octets: &[u8]| {
    let message = DnsMessage::new(Blob::new(octets.to_vec()));
    let Ok(message) = message.decoded() else { return };
    for record in message.answers.iter().chain(&message.authorities).chain(&message.additionals) {
        // A name that was decoded can be written, read again and encoded.
        assert_eq!(Name::from_presentation(record.name.as_str()), record.name);
        assert!(record.name.labels().is_some());
    }
});
