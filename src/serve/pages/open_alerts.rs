//! The alerts of what is shown: by which key they are kept, and how many wait for somebody.

use std::collections::HashSet;

use crate::serve::alerts::after_run::inventory_key;
use crate::store::{AlertFilter, Store, StoreError};
use crate::view::Picture;

/// The key under which the alerts of what is shown are kept.
pub fn key_of(picture: &Picture) -> String {
    inventory_key(picture.track.inventory_id.as_deref(), &picture.track.inventory_file)
}

/// How many alerts last that nobody has taken note of.
///
/// # Errors
/// When the store can't be read.
pub fn open_count(store: &Store, picture: &Picture) -> Result<usize, StoreError> {
    const COUNTED_MAX: usize = 1000;
    let filter = AlertFilter {
        inventory: Some(key_of(picture)),
        is_open: true,
        limit: COUNTED_MAX,
        ..AlertFilter::default()
    };
    let taken: HashSet<String> = store.acknowledged_alerts()?.into_iter().collect();
    Ok(store.alerts(&filter)?.iter().filter(|alert| !taken.contains(&alert.id)).count())
}
