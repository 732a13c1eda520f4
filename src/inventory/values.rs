//! Single values: from text to what it means, or a [`Fault`](super::fault::Fault) that says what
//! would be right. Nothing here knows of trees, keys or sections; the tables in
//! [`format`](super::format) name the function of each key.

pub(crate) mod address;
pub(crate) mod host;
pub(crate) mod text;
pub(crate) mod time;
pub(crate) mod web;
