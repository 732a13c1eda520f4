//! What a web server answers.

/// What a web server answers.
#[derive(Clone, Debug)]
pub(in crate::lab) enum Page {
    /// A page with this status.
    Status(u16),
    /// A redirect to this URL; every `{n}` in it is another number at each visit.
    Redirect(String),
    /// A redirect to the host's own https page.
    ToHttps,
    /// This HTML with these header fields; every `{n}` in them is another number at each visit.
    Html(String, Vec<(&'static str, String)>),
    /// A certificate in a file.
    Certificate(Vec<u8>),
    /// A page that promises HTTP/3 on UDP port 443.
    Http3,
    /// A page whose header fields have no end, a field at a time.
    EndlessHead,
    /// A page whose body comes an octet at a time, slower than any client waits.
    SlowBody,
    /// A page whose body has no end.
    EndlessBody,
    /// This HTML with very much more after it, all of it compressed to little.
    GzipBomb(String),
    /// A page over TLS that is shown to every other visitor: it hangs up on the one before.
    HangsUpFirst,
    /// A page that is shown to every other visitor: the one before is told to come back later.
    BusyFirst,
    /// This HTML for whoever brings a cookie; anybody else is given it and sent back to the same URL.
    CookieWall(String),
    /// This HTML at a URL with a session id, to which a visitor is led in two steps: first it gets a cookie
    /// with the id, and then the id's URL.
    SessionUrl(String),
    /// This HTML at `/trang`, to which `/` leads, as far as a guard lets its visitors.
    Guarded(String, Guard),
    /// This HTML, packed, with zeros after it and no chunk that says that it ends.
    Unmarked(String),
    /// These octets instead of HTTP.
    Raw(&'static [u8]),
}

/// What a guard lets its visitors see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::lab) enum Guard {
    /// Everything.
    AllowsAll,
    /// Everything but the page itself.
    ForbidsPage,
    /// One answer; after that it answers this to whatever is asked, and for ever.
    AllowsOne(u16),
    /// One answer; after that it resets every connection, and for ever.
    AllowsOneThenResets,
}

impl Page {
    /// Whether what is seen of it depends on how long a client waits, or on when it comes.
    pub(super) fn is_clock_driven(&self) -> bool {
        match self {
            Self::EndlessHead | Self::SlowBody | Self::EndlessBody => true,
            // The second scan of it finds it closed from the beginning.
            Self::Guarded(_, guard) => {
                matches!(guard, Guard::AllowsOne(_) | Guard::AllowsOneThenResets)
            }
            _ => false,
        }
    }
}

/// The HTML of a page about something, with enough words to be compared.
pub(in crate::lab) fn article(about: &str, more: &str) -> String {
    format!(
        "<!doctype html><html lang=\"vi\"><head><title>{about}</title></head><body><h1>{about}</h1>\
         <p>Trang này giới thiệu chức năng, nhiệm vụ, cơ cấu tổ chức và thông tin liên hệ của đơn vị, \
         cùng các văn bản chỉ đạo điều hành, lịch làm việc và kết quả giải quyết thủ tục hành chính.</p>\
         {more}</body></html>\n"
    )
}
