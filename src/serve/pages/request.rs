//! What every page's handler is given, and how its answer is made.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use url::form_urlencoded;

use super::frame::{Frame, InventoryChoice, NavigationLink, Reader};
use super::links::{Links, escaped};
use super::preferences::{self, Theme};
use super::problem::{Help, Problem, ProblemPage};
use super::section::{ALERTS, SECTIONS, Section};
use super::words::Words;
use super::{banners, texts_of_pages as said};
use crate::model::Lang;
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::{Permission, PublicPage, Refusal, Visitor};
use crate::serve::app::Shared;
use crate::view::Picture;

/// No style, script or picture but our own, and nobody else's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A request for a page.
pub struct PageRequest {
    /// The daemon.
    pub app: Shared,
    /// Who asks.
    pub visitor: Visitor,
    /// In which language the answer is to be.
    pub lang: Lang,
    theme: Theme,
    path: String,
    here: String,
    query: Vec<(String, String)>,
}

impl FromRequestParts<Shared> for PageRequest {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0);
        let query = uri.query().unwrap_or_default();
        let here = uri.path_and_query().map_or("/", |own| own.as_str());
        Ok(Self {
            lang: preferences::language(&parts.headers, app.config().lang),
            theme: preferences::theme(&parts.headers),
            path: uri.path().to_owned(),
            here: here.to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            app: Arc::clone(app),
            visitor,
        })
    }
}

impl PageRequest {
    /// What the query says under a key, unless it is empty.
    pub fn value(&self, key: &str) -> Option<&str> {
        let found = self.query.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The page of a list, from 1.
    ///
    /// # Errors
    /// When it is no number from 1 on.
    pub fn page(&self) -> Result<usize, Problem> {
        let Some(text) = self.value("page") else { return Ok(1) };
        text.parse().ok().filter(|page| (1..=1_000_000).contains(page)).ok_or_else(|| {
            let help = Help {
                text: said::FIRST_PAGE.get(self.lang).to_owned(),
                href: self.with("page", ""),
            };
            Problem::bad(self.wrong("page", text, said::A_NUMBER.get(self.lang)), vec![help])
        })
    }

    /// This page with another value in its query; an empty one is left out.
    pub fn with(&self, key: &str, value: &str) -> String {
        self.with_all(&[(key, value)])
    }

    /// This page with other values in its query; empty ones are left out.
    pub fn with_all(&self, values: &[(&str, &str)]) -> String {
        let is_kept = |name: &str| values.iter().all(|(key, _)| *key != name);
        let kept = self.query.iter().filter(|(name, own)| is_kept(name) && !own.trim().is_empty());
        let pairs = kept.map(|(name, own)| (name.as_str(), own.as_str()));
        let pairs = pairs.chain(values.iter().copied().filter(|(_, value)| !value.is_empty()));
        let pairs: Vec<_> =
            pairs.map(|(name, own)| format!("{}={}", escaped(name), escaped(own))).collect();
        match pairs.is_empty() {
            true => self.path.clone(),
            false => format!("{}?{}", self.path, pairs.join("&")),
        }
    }

    /// One sentence: a value of the query is wrong, and what it may be.
    pub fn wrong(&self, key: &str, value: &str, wanted: &str) -> String {
        let value = clean(value);
        match self.lang {
            Lang::Vi => format!("Giá trị “{value}” của `{key}` không hợp lệ; cần là {wanted}."),
            Lang::En => format!("“{value}” is no value of `{key}`; it may be {wanted}."),
        }
    }

    /// The picture of the inventory that is asked for, or of the first one.
    ///
    /// # Errors
    /// When there is no such inventory, or nothing is known of it yet.
    pub fn picture(&self) -> Result<Arc<Picture>, Problem> {
        let view = self.app.view();
        let vantage = self.value("vantage");
        if let Some(word) = self.value("inventory") {
            return view.picture(word, vantage).ok_or_else(|| self.no_such_inventory(word));
        }
        let config = self.app.config();
        let first = config.inventories.first().map(|file| file.display().to_string());
        let found = match first {
            Some(file) => view.picture(&file, vantage).or_else(|| {
                let name = std::path::Path::new(&file).file_name()?.to_str()?.to_owned();
                view.picture(&name, vantage)
            }),
            None => view.pictures().first().cloned(),
        };
        found.ok_or_else(|| {
            let href = "/runs".to_owned();
            Problem::nothing_yet(vec![Help { text: said::TO_RUNS.get(self.lang).to_owned(), href }])
        })
    }

    fn no_such_inventory(&self, word: &str) -> Problem {
        let help = |picture: &Arc<Picture>| Help {
            text: clean(&picture.result.inventory.title),
            href: self.with("inventory", picture.track.word()),
        };
        let pictures = self.app.view().pictures();
        let wanted = said::AN_INVENTORY.get(self.lang);
        Problem::bad(self.wrong("inventory", word, wanted), pictures.iter().map(help).collect())
    }

    /// The day by the clocks of the inventory.
    pub fn today(&self, picture: &Picture) -> Date {
        crate::judge::day_of(self.app.now(), &picture.result.inventory.timezone)
    }

    /// Makes the links of the page, which stay with the inventory that was asked for, if there is such a one.
    pub fn links(&self) -> Links {
        let word = self.value("inventory");
        let known = word.filter(|word| self.app.view().picture(word, None).is_some());
        Links { inventory: known.map(str::to_owned) }
    }

    /// What stands around a page.
    pub fn frame(&self, section: &Section, title: &str, picture: Option<&Picture>) -> Frame {
        let (lang, links) = (self.lang, self.links());
        let config = self.app.config();
        let inventory = picture.map(|picture| clean(&picture.result.inventory.title));
        let site = config.title.as_deref().map(clean).or_else(|| inventory.clone());
        let waiting =
            picture.map_or(0, |picture| banners::waiting_alerts(&self.app, &self.visitor, picture));
        let navigation = SECTIONS.iter().filter(|one| self.may_view(one.page));
        let navigation = navigation.map(|one| NavigationLink {
            id: one.id,
            href: links.page(one.path),
            name: one.name.get(lang),
            is_here: one.id == section.id,
            count: match one.id == ALERTS.id && waiting > 0 {
                true => texts::number(waiting, lang),
                false => String::new(),
            },
        });
        Frame {
            w: Words::of(lang),
            site: site.unwrap_or_else(|| texts::REPORT.get(lang).to_owned()),
            title: title.to_owned(),
            theme: self.theme,
            here: self.here.clone(),
            path: self.path.clone(),
            navigation: navigation.collect(),
            inventories: self.inventories(picture),
            banners: banners::of(&self.app, &self.visitor, picture, lang),
            reader: self.visitor.name().map(|name| Reader {
                name: clean(name),
                may_log_out: self.visitor.csrf().is_some(),
            }),
            csrf: self.csrf(),
            judged: picture.map(|picture| judged(picture, lang)).unwrap_or_default(),
            refreshes: false,
            links,
            lang,
        }
    }

    /// What a form must carry.
    pub fn csrf(&self) -> String {
        self.visitor.csrf().map(ToString::to_string).unwrap_or_default()
    }

    /// Whether the reader may see a page.
    pub fn may_view(&self, page: PublicPage) -> bool {
        self.visitor.may(Permission::ViewPage(page))
    }

    fn inventories(&self, shown: Option<&Picture>) -> Vec<InventoryChoice> {
        let mut choices: Vec<InventoryChoice> = Vec::new();
        for picture in self.app.view().pictures().iter() {
            let word = picture.track.word();
            if choices.iter().all(|choice| choice.word != word) {
                choices.push(InventoryChoice {
                    word: word.to_owned(),
                    title: clean(&picture.result.inventory.title),
                    is_shown: shown.is_some_and(|shown| shown.track.word() == word),
                });
            }
        }
        if choices.len() < 2 { Vec::new() } else { choices }
    }

    /// Makes a page where work may block, for who may see it.
    pub async fn show<T: Template>(
        self,
        page: PublicPage,
        make: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Response {
        self.show_for(Permission::ViewPage(page), make).await
    }

    /// The same, for who may do this.
    pub async fn show_for<T: Template>(
        self,
        permission: Permission<'_>,
        make: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Response {
        self.answer(permission, |request| request.rendered(&make(request)?)).await
    }

    /// A page as an answer.
    ///
    /// # Errors
    /// When it can't be rendered.
    pub fn rendered<T: Template>(&self, page: &T) -> Result<Response, Problem> {
        let html = page.render().map_err(|error| Problem::internal(&error))?;
        Ok(html_answer(StatusCode::OK, html))
    }

    /// Makes any answer where work may block, for who may do this.
    pub async fn answer(
        self,
        permission: Permission<'_>,
        make: impl FnOnce(&Self) -> Result<Response, Problem> + Send + 'static,
    ) -> Response {
        if let Err(refusal) = self.visitor.require(permission) {
            return refusal.into_response();
        }
        let worked = tokio::task::spawn_blocking(move || {
            make(&self).unwrap_or_else(|problem| self.problem(problem))
        });
        worked.await.unwrap_or_else(|error| {
            tracing::error!("a page could not be made: {error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        })
    }

    /// The page that says what is wrong.
    pub fn problem(&self, problem: Problem) -> Response {
        let status = problem.status;
        let title = problem.title(self.lang);
        let nowhere = Section { id: "", path: "", ..super::section::OVERVIEW };
        let frame = self.frame(&nowhere, title, None);
        match ProblemPage::new(problem, frame).render() {
            Ok(html) => html_answer(status, html),
            Err(_) => status.into_response(),
        }
    }
}

/// What is wrong with a form that was sent, on a page.
pub fn unreadable_form(request: &PageRequest, status: StatusCode) -> Response {
    let message = said::UNREADABLE_FORM.get(request.lang).to_owned();
    request.problem(Problem { message: Some(message), ..Problem::plain(status) })
}

/// By which rules a picture's figures were judged.
fn judged(picture: &Picture, lang: Lang) -> Vec<(&'static str, String)> {
    const SHOWN: usize = 12;
    let w = Words::of(lang);
    let short = |digest: String| {
        let digits = digest.trim_start_matches("sha256:");
        digits.chars().take(SHOWN).collect::<String>()
    };
    let (result, key) = (&picture.result, &picture.key);
    let policy = clean(result.policy.title(lang));
    vec![
        (
            w.rules,
            format!("v6ready {} ({})", env!("CARGO_PKG_VERSION"), short(key.rules.to_string())),
        ),
        (w.policy, format!("{policy} ({})", short(key.policy.to_string()))),
        (w.as_of, texts::moment(result.as_of, &result.inventory.timezone, lang)),
    ]
}

/// A page with its headers.
fn html_answer(status: StatusCode, html: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "private, no-cache"),
        (VARY, "cookie, accept-language"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
    ];
    (status, headers, html).into_response()
}

/// Goes to a page after a form was done.
pub fn go_to(href: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, href.to_owned())]).into_response()
}
