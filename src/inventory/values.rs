//! Single values: from text to what it means, or a [`Fault`](super::fault::Fault) that says what
//! would be right. Nothing here knows of trees, keys or sections; the tables in
//! [`format`](super::format) name the function of each key.

pub(super) mod address;
pub(super) mod host;
pub(super) mod text;
pub(super) mod time;
pub(super) mod web;
