//! Greetings of mail and SSH servers.

use v6ready::model::Protocol;
use v6ready::probe::decoders::greeting;

/// A mail server that hands over or takes mail.
pub fn smtp(octets: &[u8]) {
    greeting(octets, Protocol::Smtp);
}

/// A server of mailboxes.
pub fn imap(octets: &[u8]) {
    greeting(octets, Protocol::Imap);
}

/// An older server of mailboxes.
pub fn pop3(octets: &[u8]) {
    greeting(octets, Protocol::Pop3);
}

/// An SSH server.
pub fn ssh(octets: &[u8]) {
    greeting(octets, Protocol::Ssh);
}
