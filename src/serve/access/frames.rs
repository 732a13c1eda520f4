//! The frame of the pages about access: without navigation, since it is shown to those who may see
//! nothing, too.

use super::visitor::Visitor;
use super::wanted::Wanted;
use crate::serve::pages::frame::{Frame, Reader};
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

/// The same for somebody.
pub(super) fn frame_of(visitor: &Visitor, title: &str) -> Frame {
    let reader = visitor.name().map(|name| Reader {
        name: name.to_owned(),
        may_log_out: visitor.may_log_out(),
    });
    let csrf = visitor.csrf().map(ToString::to_string).unwrap_or_default();
    Frame { reader, csrf, ..bare_frame(visitor.wanted(), title) }
}
