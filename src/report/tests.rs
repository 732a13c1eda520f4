//! Renderers over results that are made by hand: hostile, long and many.

mod difference;
pub(crate) mod excerpt;
mod formats;
mod golden;
mod metrics;
mod pages;
mod parts;
mod pdf;
mod quarter;
pub(crate) mod sample;
mod xlsx;
