//! A private little internet in network namespaces of its own.
