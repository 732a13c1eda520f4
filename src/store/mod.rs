//! The evidence store: one SQLite file, append-only, content-addressed.
