//! What to ask next: a pure function of the service and the evidence.
