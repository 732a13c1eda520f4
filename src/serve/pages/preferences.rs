//! Language and theme: what the browser wishes, until its user chooses otherwise.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::links::own_path;
use crate::model::Lang;

const LANG: &str = "v6ready_lang";
const THEME: &str = "v6ready_theme";

/// A year.
const KEPT_SECONDS: u32 = 365 * 24 * 3600;

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the browser wishes.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Its word.
    pub fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The word that forces it on a page; none where the browser decides.
    pub fn forced(self) -> Option<&'static str> {
        (self != Self::Auto).then_some(self.id())
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Auto, Self::Light, Self::Dark].into_iter().find(|theme| theme.id() == word)
    }
}

/// The language of a request: chosen before, else the first that the browser accepts and we have.
pub fn language(headers: &HeaderMap, otherwise: Lang) -> Lang {
    if let Some(chosen) = cookie(headers, LANG).and_then(lang_of) {
        return chosen;
    }
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let mut wishes: Vec<(Lang, u32)> = Vec::new();
    for wish in accepted.unwrap_or_default().split(',').take(20) {
        let mut parts = wish.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let weight =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok());
        let weight = (weight.unwrap_or(0.0_f64).clamp(0.0, 1.0) * 1000.0) as u32;
        wishes.extend(lang_of(&primary).filter(|_| weight > 0).map(|lang| (lang, weight)));
    }
    // The first of equals.
    wishes.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    wishes.first().map_or(otherwise, |(lang, _)| *lang)
}

/// The theme of a request.
pub fn theme(headers: &HeaderMap) -> Theme {
    cookie(headers, THEME).and_then(Theme::of).unwrap_or_default()
}

fn lang_of(word: &str) -> Option<Lang> {
    [Lang::Vi, Lang::En].into_iter().find(|lang| lang.tag() == word)
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// What a user chooses.
#[derive(Debug, Default, Deserialize)]
pub struct Choice {
    lang: Option<String>,
    theme: Option<String>,
    back: Option<String>,
}

/// Keeps a choice in a cookie and goes back to the page.
pub async fn choose(form: Result<Form<Choice>, FormRejection>) -> Response {
    let choice = form.map(|Form(choice)| choice).unwrap_or_default();
    let mut headers = HeaderMap::new();
    let lang = choice.lang.as_deref().and_then(lang_of).map(|lang| (LANG, lang.tag()));
    let theme = choice.theme.as_deref().and_then(Theme::of).map(|theme| (THEME, theme.id()));
    for (name, value) in lang.into_iter().chain(theme) {
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={KEPT_SECONDS}; SameSite=Lax; HttpOnly");
        if let Ok(cookie) = cookie.parse() {
            headers.append(SET_COOKIE, cookie);
        }
    }
    if let Ok(back) = own_path(choice.back.as_deref().unwrap_or("/")).parse() {
        headers.insert(header::LOCATION, back);
    }
    (StatusCode::SEE_OTHER, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_browser_wishes_and_its_user_decides() {
        let wish = |text: &str| language(&headers(&[(ACCEPT_LANGUAGE, text)]), Lang::Vi);
        assert_eq!(wish("vi-VN,vi;q=0.9,en;q=0.8"), Lang::Vi);
        assert_eq!(wish("fr, en-GB;q=0.7, vi;q=0.3"), Lang::En);
        assert_eq!(wish("vi;q=0, en;q=0.1"), Lang::En);
        assert_eq!(wish("fr"), Lang::Vi);
        assert_eq!(wish("en;q=x"), Lang::Vi);
        let both = [(ACCEPT_LANGUAGE, "vi"), (COOKIE, "a=b; v6ready_lang=en; v6ready_theme=dark")];
        assert_eq!(language(&headers(&both), Lang::Vi), Lang::En);
        assert_eq!(theme(&headers(&both)), Theme::Dark);
        assert_eq!(theme(&headers(&[(COOKIE, "v6ready_theme=\"><script>")])), Theme::Auto);
    }
}
