//! What a page names, and what for.

use url::Url;

/// What a page loads something for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Use {
    /// A script.
    Script,
    /// A style sheet.
    Style,
    /// A page within the page.
    Frame,
    /// A plug-in's content, such as a PDF.
    Object,
    /// A font.
    Font,
    /// An image, or whatever a style sheet names by `url()`.
    Image,
    /// Sound, video or subtitles.
    Media,
    /// Something announced ahead of its use.
    Preload,
    /// The site's icon.
    Icon,
    /// Nothing is loaded: a link, a form's target, a refresh.
    Link,
}

impl Use {
    /// The word that results use.
    pub fn id(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Style => "style",
            Self::Frame => "frame",
            Self::Object => "object",
            Self::Font => "font",
            Self::Image => "image",
            Self::Media => "media",
            Self::Preload => "preload",
            Self::Icon => "icon",
            Self::Link => "link",
        }
    }

    /// Whether the browser fetches it by itself.
    pub fn is_loaded(self) -> bool {
        self != Self::Link
    }

    /// Whether browsers block such things as mixed content (Mixed Content §3.2): all but images, sound and
    /// video.
    pub(super) fn is_blockable(self) -> bool {
        !matches!(self, Self::Image | Self::Media | Self::Icon | Self::Link)
    }

    /// Whether a page is commonly useless without it: scripts, style sheets and frames.
    pub fn is_required(self) -> bool {
        matches!(self, Self::Script | Self::Style | Self::Frame)
    }
}

/// Something that a page names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where it is: http or https, without fragment. Hostile text.
    pub url: Url,
    /// What for.
    pub what: Use,
    /// Whether browsers block it on a secure page where it is not secure itself, rather than asking for
    /// it by https instead.
    pub is_blockable: bool,
}
