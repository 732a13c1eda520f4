//! The view beside what the runs themselves say.
