//! The judged view: what the stored runs say by today's rules, derived from the store and disposable, so that
//! pages answer in milliseconds.

mod state;

pub use state::{View, ViewError};
