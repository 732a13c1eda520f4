//! DNS over UDP and TCP with one server.
