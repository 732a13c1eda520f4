//! What stands around every page: head, navigation, switches, banners, foot.

use super::assets;
use super::links::Links;
use super::preferences::Theme;
use super::words::Words;
use crate::model::Lang;

/// What stands around a page.
pub struct Frame {
    /// The reader's language.
    pub lang: Lang,
    /// The words in it.
    pub w: &'static Words,
    /// The title of all pages.
    pub site: String,
    /// The page's own title.
    pub title: String,
    /// Light or dark.
    pub theme: Theme,
    /// The page's own path and query, to come back to.
    pub here: String,
    /// The page's path alone.
    pub path: String,
    /// The pages that the reader may see.
    pub navigation: Vec<NavigationLink>,
    /// The inventories, when there are several.
    pub inventories: Vec<InventoryChoice>,
    /// What the reader must know, whatever she looks at.
    pub banners: Vec<Banner>,
    /// Who reads.
    pub reader: Option<Reader>,
    /// What every form must carry.
    pub csrf: String,
    /// By which rules the page's figures were judged.
    pub judged: Vec<(&'static str, String)>,
    /// Makes the page's links.
    pub links: Links,
    /// Whether the page changes by itself: without a script it is fetched anew.
    pub refreshes: bool,
}

/// A link of the navigation.
pub struct NavigationLink {
    /// Its word.
    pub id: &'static str,
    /// Where to.
    pub href: String,
    /// Its name.
    pub name: &'static str,
    /// Whether the page belongs to it.
    pub is_here: bool,
    /// How many things wait there; empty for none.
    pub count: String,
}

/// An inventory that can be shown.
pub struct InventoryChoice {
    /// Its word in addresses.
    pub word: String,
    /// Its title.
    pub title: String,
    /// Whether it is shown.
    pub is_shown: bool,
}

/// Something that every reader must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Banner {
    /// How it is coloured: `bad`, `told`, `good`, or empty.
    pub class: &'static str,
    /// What it is, for programs.
    pub id: &'static str,
    /// What it says.
    pub text: String,
}

/// Who reads.
pub struct Reader {
    /// The name.
    pub name: String,
    /// Whether there is a session to end.
    pub may_log_out: bool,
}

impl Frame {
    /// The address of the style sheet.
    pub fn style(&self) -> &'static str {
        &assets::STYLE.path
    }

    /// The address of the script.
    pub fn script(&self) -> &'static str {
        &assets::SCRIPT.path
    }

    /// The address of the icon.
    pub fn icon(&self) -> &'static str {
        &assets::ICON.path
    }

    /// The page on which one logs in, to come back to this one.
    pub fn log_in(&self) -> String {
        match self.here.starts_with("/log") {
            true => "/login".to_owned(),
            false => format!("/login?next={}", super::links::escaped(&self.here)),
        }
    }

    /// Both languages: tag, name, whether it is the reader's.
    pub fn languages(&self) -> [(&'static str, &'static str, bool); 2] {
        [(Lang::Vi, "Tiếng Việt"), (Lang::En, "English")]
            .map(|(lang, name)| (lang.tag(), name, lang == self.lang))
    }

    /// The themes: word, name, whether it is chosen.
    pub fn themes(&self) -> [(&'static str, &'static str, bool); 3] {
        let w = self.w;
        [(Theme::Auto, w.theme_auto), (Theme::Light, w.theme_light), (Theme::Dark, w.theme_dark)]
            .map(|(theme, name)| (theme.id(), name, theme == self.theme))
    }
}
