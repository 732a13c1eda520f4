//! Where a service is, and what came of contacting it there.

mod addresses;
mod conversation_attempts;
mod endpoint_contact;
mod udp_service;

pub use addresses::{Addresses, addresses, plain_http_url, wildcard_probe};
pub use conversation_attempts::{
    Ending, Missing, ConversationAttempts, conversation_attempts, conversation_question,
};
pub use endpoint_contact::{
    EndpointContact, EndpointContacts, Port, contacts, endpoint_contact, is_mail_blocked, ports, tls_host,
};
pub use udp_service::{Asked, Heard, name_server, name_server_question, time_server};
