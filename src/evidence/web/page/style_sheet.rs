//! What a style sheet loads.

use std::sync::Arc;

use url::Url;

use super::body::{self, Kind, Unreadable};
use super::css;
use super::reference::Reference;
use crate::model::{FactTopic, HttpResponse};

/// A response as the style sheet that was found at a URL.
#[derive(PartialEq, Eq)]
struct StyleSheetAt(Url);

impl FactTopic for StyleSheetAt {
    type Reading = Result<Vec<Reference>, Unreadable>;
}

/// What a style sheet that was found at `url` loads; nothing when it is no style sheet.
pub fn style_sheet(response: &HttpResponse, url: &Url) -> Arc<Result<Vec<Reference>, Unreadable>> {
    response.readings.reading_of(StyleSheetAt(url.clone()), || loaded_by_style(response, url))
}

fn loaded_by_style(response: &HttpResponse, url: &Url) -> Result<Vec<Reference>, Unreadable> {
    let text = match body::text(response) {
        Ok((Kind::Css, text)) => text,
        Ok(_) | Err(Unreadable::NotText) => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    Ok(css::references(&text)
        .iter()
        .filter_map(|(reference, what)| Some((url.join(reference).ok()?, *what)))
        .filter(|(url, _)| matches!(url.scheme(), "http" | "https") && url.has_host())
        .map(|(url, what)| Reference { url, what, is_blockable: what.is_blockable() })
        .collect())
}
