//! Values on the command line that need a parser of their own.

use crate::model::{Category, Lang, Severity, Stage};
use crate::runs::as_of::AsOf;
use crate::serve::access::role::TokenScope;

pub(super) fn parse_lang(text: &str) -> Result<Lang, String> {
    match text {
        "vi" => Ok(Lang::Vi),
        "en" => Ok(Lang::En),
        _ => Err("languages are `vi` and `en`".to_owned()),
    }
}

pub(super) fn parse_category(text: &str) -> Result<Category, String> {
    let words = Category::ALL.map(Category::id).join("`, `");
    let found = Category::ALL.into_iter().find(|category| category.id() == text);
    found.ok_or_else(|| format!("categories are `{words}`"))
}

pub(super) fn parse_stage(text: &str) -> Result<Stage, String> {
    let stage = text.parse::<u8>().ok().and_then(|number| Stage::try_from(number).ok());
    stage.ok_or_else(|| "stages are 0 to 4".to_owned())
}

pub(super) fn parse_severity(text: &str) -> Result<Severity, String> {
    [Severity::Critical, Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|severity| severity.id() == text)
        .ok_or_else(|| "severities are `critical`, `error`, `warning` and `info`".to_owned())
}

pub(super) fn parse_token_scope(text: &str) -> Result<TokenScope, String> {
    TokenScope::parse(text).ok_or_else(|| "scopes are `metrics`, `read` and `operate`".to_owned())
}

pub(super) fn parse_as_of(text: &str) -> Result<AsOf, String> {
    let day = || text.parse().map(AsOf::Day).ok().filter(|_| text.len() == "2026-12-31".len());
    day()
        .or_else(|| text.parse().map(AsOf::Moment).ok())
        .ok_or_else(|| "write a day as 2026-12-31, a moment as 2026-12-31T17:00:00Z".to_owned())
}

pub(super) fn parse_percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent),
        _ => Err("a percentage lies between 0 and 100".to_owned()),
    }
}
