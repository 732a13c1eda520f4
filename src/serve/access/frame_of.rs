//! The frame of pages about access for somebody who is logged in.

use super::frames::bare_frame;
use super::visitor::Visitor;
use crate::serve::pages::frame::{Frame, Reader};

/// A frame with her name and her log-out.
pub(super) fn frame_of(visitor: &Visitor, title: &str) -> Frame {
    let reader = visitor
        .name()
        .map(|name| Reader { name: name.to_owned(), may_log_out: visitor.may_log_out() });
    let csrf = visitor.csrf().map(ToString::to_string).unwrap_or_default();
    Frame { reader, csrf, ..bare_frame(visitor.wanted(), title) }
}
