//! Evidence in, verdicts and stages out.
