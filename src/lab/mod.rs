//! A private little internet in network namespaces.
