//! Warns of what is listed twice: both entries are probed by the same requests, and counted twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::organisations::Placed;
use crate::inventory::reader::{Reader, WARNINGS_MAX};
use crate::model::Target;

/// Warns where two services are the same URL, domain or port. Another port, kind or path of a host is
/// something else.
pub(super) fn warn(services: &[Placed], reader: &mut Reader<'_, '_>) {
    let mut first: HashMap<Target, &Placed> = HashMap::with_capacity(services.len());
    let mut warned = 0;
    for placed in services {
        match first.entry(as_asked(&placed.service.target)) {
            Entry::Vacant(entry) => drop(entry.insert(placed)),
            Entry::Occupied(entry) if warned < WARNINGS_MAX => {
                let first = entry.get();
                let (place, other) = (reader.place_of(first.span), &first.service.id);
                let message = format!(
                    "`{}` is listed twice: `{}` has the same {} as `{other}` at {place}",
                    entry.key(),
                    placed.service.id,
                    placed.service.target.kind(),
                );
                let help =
                    "delete one of them; what was renamed or moved keeps its history by `formerly`";
                reader.warn(placed.span, &message, Some(help));
                warned += 1;
            }
            Entry::Occupied(_) => {}
        }
    }
}

/// A target as servers see it: what follows the `#` of a URL is never sent.
fn as_asked(target: &Target) -> Target {
    match target {
        Target::Web(url) => {
            let mut url = url.clone();
            url.set_fragment(None);
            Target::Web(url)
        }
        other => other.clone(),
    }
}
