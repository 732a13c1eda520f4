//! What an operation of the API is.

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::StatusCode;
use jiff::civil::Date;
use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::answer::Answer;
use super::params::{Params, nearest, shown};
use super::problem::{Fault, Problem};
use crate::judge::day_of;
use crate::model::{Lang, RunId, ServiceId, Text};
use crate::serve::access::{Permission, Visitor};
use crate::serve::app::App;
use crate::serve::problem_document::Sentence;
use crate::view::{Picture, SeenRun};

/// An operation: all that routes and document need to know of it.
pub struct Operation {
    /// `GET` or another.
    pub method: &'static str,
    /// Below `/api/v1`, with `{names}` of what varies.
    pub path: &'static str,
    /// Unique, for programs that are made from the document.
    pub id: &'static str,
    /// In a few words.
    pub summary: Text,
    /// In a few sentences.
    pub description: Text,
    /// Of the path and of the query.
    pub parameters: &'static [Parameter],
    /// The types of a body that it takes.
    pub body: &'static [&'static str],
    /// The schema of the body; any text where there is none.
    pub body_schema: Option<fn() -> Value>,
    /// Octets of a body at the most.
    pub body_octets_max: usize,
    /// The schema of its answer.
    pub answer: fn(&mut SchemaGenerator) -> Schema,
    /// Makes the answer.
    pub handle: fn(&Asked<'_>) -> Result<Answer, Problem>,
}

/// A parameter of an operation.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Whether it is a part of the path.
    pub is_of_path: bool,
    /// In one sentence.
    pub description: Text,
    /// What it may be.
    pub values: Values,
}

/// What a parameter may be.
pub enum Values {
    /// Any text.
    Text,
    /// A number within bounds, and the one that is taken when nothing is said.
    Number(usize, usize, usize),
    /// One of these words.
    Words(fn() -> Vec<&'static str>),
    /// Text of this form (a regular expression).
    Pattern(&'static str),
}

/// A request for an operation.
pub struct Asked<'a> {
    /// The daemon.
    pub app: &'a App,
    /// Who asks.
    pub visitor: &'a Visitor,
    /// The query.
    pub params: Params,
    /// What varies in the path.
    pub path: HashMap<String, String>,
    /// The body.
    pub body: &'a [u8],
    /// The operation's parameters.
    pub operation: &'static Operation,
    /// The path and query that were asked for.
    pub here: String,
}

impl Operation {
    /// The status of a good answer.
    pub fn status(&self) -> StatusCode {
        match (self.method, self.id) {
            ("POST", "startRun") | ("DELETE", _) => StatusCode::ACCEPTED,
            _ => StatusCode::OK,
        }
    }
}

impl Asked<'_> {
    /// Nothing is wrong with the query.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn finish(&self) -> Result<(), Problem> {
        let of_query = self.operation.parameters.iter().filter(|one| !one.is_of_path);
        let known: Vec<&str> = of_query.map(|parameter| parameter.name).collect();
        self.params.finish(&known)
    }

    /// The asker may do this.
    ///
    /// # Errors
    /// The refusal.
    pub fn may(&self, what: Permission<'_>) -> Result<(), Problem> {
        self.visitor.require(what).map_err(Problem::refused)
    }

    /// The language of sentences.
    pub fn lang(&self) -> Lang {
        let chosen = self.params.choice("lang", &[("vi", Lang::Vi), ("en", Lang::En)]);
        chosen.unwrap_or(self.app.config().lang)
    }

    /// The picture of the inventory that is asked for, or of the first one.
    ///
    /// # Errors
    /// When there is none, or nothing is known of it yet.
    pub fn picture(&self) -> Result<Arc<Picture>, Problem> {
        let view = self.app.view();
        let vantage = self.params.value("vantage");
        let all = view.pictures();
        let found = match self.params.value("inventory") {
            Some(word) => view.picture(word, vantage),
            None => {
                let config = self.app.config();
                let first = config.inventories.first().and_then(|file| file.file_name()?.to_str());
                let of_config = first.and_then(|name| view.picture(name, vantage));
                of_config.or_else(|| {
                    let mut seen = all.iter();
                    seen.find(|one| vantage.is_none_or(|name| name == one.track.vantage)).cloned()
                })
            }
        };
        let Some(picture) = found else {
            if all.is_empty() {
                return Err(Problem::not_ready());
            }
            let tracks = |word: fn(&Picture) -> &str| -> Vec<String> {
                let mut words: Vec<String> = all.iter().map(|one| word(one).to_owned()).collect();
                words.dedup();
                words
            };
            let name = if self
                .params
                .value("inventory")
                .is_some_and(|word| view.picture(word, None).is_none())
            {
                "inventory"
            } else {
                "vantage"
            };
            let expected = match name {
                "inventory" => tracks(|one| one.track.word()),
                _ => tracks(|one| &one.track.vantage),
            };
            let value = shown(self.params.value(name).unwrap_or_default());
            let of = if name == "inventory" { "danh mục" } else { "điểm đo" };
            let detail = Sentence::new(
                format!("There is no {name} `{value}` that has been judged."),
                format!("Không có {of} `{value}` nào đã được đánh giá."),
            );
            return Err(Problem::not_found(name, detail, expected));
        };
        Ok(picture)
    }

    /// The day by the clocks of the inventory.
    pub fn today(&self, picture: &Picture) -> Date {
        day_of(self.app.now(), &picture.result.inventory.timezone)
    }

    /// What a parameter of the path is.
    pub fn part(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// The service that the path names.
    ///
    /// # Errors
    /// When the picture has no such service.
    pub fn service(&self, picture: &Picture) -> Result<ServiceId, Problem> {
        let (organisation, service) = (self.part("organisation"), self.part("service"));
        let id = ServiceId { organisation: organisation.into(), service: service.into() };
        if picture.service(&id).is_some() {
            return Ok(id);
        }
        let services = &picture.result.services;
        let ids: Vec<String> = services.iter().map(|one| one.service.id.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let word = id.to_string();
        let detail = Sentence::new(
            format!("The inventory has no service `{}`.", shown(&word)),
            format!("Danh mục không có dịch vụ `{}`.", shown(&word)),
        );
        Err(Problem::not_found("service", detail, nearest(&word, &ids)))
    }

    /// A whole run of the picture's track by its id, `newest` or `previous`.
    ///
    /// # Errors
    /// When there is none.
    pub fn whole_run<'p>(
        &self,
        picture: &'p Picture,
        name: &str,
        word: &str,
    ) -> Result<&'p SeenRun, Problem> {
        let whole: Vec<&SeenRun> = picture.whole_runs().collect();
        let found = match word {
            "newest" => whole.last().copied(),
            "previous" => whole.iter().rev().nth(1).copied(),
            id => RunId::parse(id).ok().and_then(|id| picture.run(&id)),
        };
        found.ok_or_else(|| {
            let ids: Vec<&str> = whole.iter().rev().map(|run| run.id.as_str()).collect();
            let word_shown = shown(word);
            let detail = Sentence::new(
                format!(
                    "`{name}` is `{word_shown}`, which is no whole run of this inventory that has been judged."
                ),
                format!(
                    "`{name}` là `{word_shown}`, không phải đợt đo toàn bộ danh mục này đã được đánh giá."
                ),
            );
            Problem::not_found(name, detail, nearest(word, &ids))
        })
    }

    /// Notes what is wrong with a parameter.
    pub fn fault(&self, name: &str, detail: Sentence, expected: Vec<String>) {
        self.params.fault(Fault { parameter: Some(name.to_owned()), detail, expected });
    }

    /// Of which list, in which state, a cursor is.
    pub fn state(&self, picture: &Picture) -> String {
        let key = &picture.key;
        let last = picture.runs.last().map(|run| run.id.as_str()).unwrap_or_default();
        let (policy, rules) = (key.policy.hex(), key.rules.hex());
        let path = self.here.split('?').next().unwrap_or_default();
        format!("{path} {} {last} {policy} {rules} {}", key.run, self.params.filter())
    }

    /// The address of the next page of this list.
    pub fn next(&self, cursor: Option<&String>) -> Option<String> {
        let path = self.here.split('?').next().unwrap_or_default();
        cursor.map(|cursor| format!("{path}?{}", self.params.with_cursor(cursor)))
    }
}
