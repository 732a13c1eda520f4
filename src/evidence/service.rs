//! A service as its owner declares it: its published addresses, its ports, and what the first contact
//! with each of them showed ([`EndpointContact`], [`ServiceQuery`]).
//!
//! Imports [`super::mail`] (the hosts of a mail domain are its exchangers), [`super::dns`],
//! [`super::query`] and the model.

mod addresses;
mod conversation_attempts;
mod endpoint_contact;
mod refused_ports;
mod steadiness;
mod udp_service;

pub use addresses::{PublishedAddresses, plain_http_url, published_addresses, wildcard_probe};
pub use conversation_attempts::{
    ConversationAttempts, Ending, conversation_attempts, conversation_question,
};
pub use endpoint_contact::{
    DeclaredPort, EndpointContact, EndpointContacts, declared_ports, endpoint_contact,
    endpoint_contacts, is_mail_blocked, tls_host,
};
pub use refused_ports::refused_port;
pub use steadiness::{ATTEMPTS_TO_DECIDE, Steadiness};
pub use udp_service::{ServiceQuery, ServiceReply, name_server, name_server_question, time_server};
