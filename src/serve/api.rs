//! `/api/v1`: the facts for other programs.
//!
//! One table has every operation ([`operations::OPERATIONS`]): its path, its parameters, the schema of its
//! answer and the function that makes it. The routes and the OpenAPI document both come from it, so that neither
//! knows of anything that the other doesn't. [`serve`] is what all of them have in common: who may ask, how
//! parameters are read, ETags, and problem documents (RFC 9457) for all that can't be answered.

mod answer;
mod causes;
mod cursor;
mod diff;
mod documents;
mod inventory_check;
mod openapi;
mod operation;
mod operations;
mod params;
mod problem;
mod quarters;
mod results;
mod runs;
mod scans;
mod schemas;
mod serve;
mod services;
mod verdicts;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use openapi::document;
pub use operation::{Operation, Parameter, Values};
pub use operations::OPERATIONS;
pub use params::Params;
pub use problem::{KINDS, Kind, Problem};
pub use serve::routes;
