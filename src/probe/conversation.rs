//! TCP, TLS and HTTP with one address, as one conversation.
