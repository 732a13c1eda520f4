//! The frame of the pages about access: without navigation, since it is shown to those who may see
//! nothing, too.

use super::wanted::Wanted;
use crate::serve::pages::frame::Frame;
use crate::serve::pages::links::Links;
use crate::serve::pages::words::Words;

/// A frame without navigation, for nobody in particular.
pub(super) fn bare_frame(wanted: &Wanted, title: &str) -> Frame {
    Frame {
        lang: wanted.lang,
        w: Words::of(wanted.lang),
        site: wanted.site.clone(),
        title: title.to_owned(),
        theme: wanted.theme,
        here: wanted.path.as_str().to_owned(),
        path: wanted.path.as_str().split('?').next().unwrap_or_default().to_owned(),
        navigation: Vec::new(),
        inventories: Vec::new(),
        banners: Vec::new(),
        reader: None,
        csrf: String::new(),
        judged: Vec::new(),
        links: Links::default(),
        refreshes: false,
    }
}
