//! Which checks gate which stage, and how much each failure matters.
