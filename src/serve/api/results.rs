//! Results in the schema of files, `v6ready/result/1`: of services that a filter chooses, or of one with the
//! evidence that its verdicts cite.

use std::sync::Arc;

use super::answer::Answer;
use super::cursor::Page;
use super::operation::Asked;
use super::params::nearest;
use super::problem::{Fault, Problem};
use super::services::{filter, sorting};
use crate::judge::{Excerpt, RunResult, ServiceResult};
use crate::model::{Digest, Lang, ObservationId, Selection, ServiceId};
use crate::report::{ReportContext, json};
use crate::serve::problem_document::Sentence;
use crate::view::Picture;

/// The results of services that a filter chooses.
pub fn results(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    let (filter, sorting, lang) = (filter(asked, &picture), sorting(asked), asked.lang());
    let page = Page::of(&asked.params, &asked.state(&picture));
    asked.finish()?;
    let places = picture.chosen(&filter, sorting);
    let (places, next) = page?.cut(places);
    let services = &picture.result.services;
    let services = places.into_iter().filter_map(|place| services.get(place).cloned());
    let body = document(&picture, services.collect(), lang)?;
    Ok(Answer::octets(body).with_next(asked.next(next.as_ref())))
}

/// One service, judged from the evidence in the store, with the names of what its verdicts cite.
pub fn service(asked: &Asked<'_>) -> Result<Answer, Problem> {
    let picture = asked.picture()?;
    let lang = asked.lang();
    asked.finish()?;
    let id = asked.service(&picture)?;
    let store = asked.app.store()?;
    let result = asked.app.view().judge_again(&store, &picture, &id)?;
    let result = result.ok_or_else(Problem::not_ready)?;
    Ok(Answer::octets(document(&picture, vec![result], lang)?))
}

fn document(
    picture: &Picture,
    services: Vec<ServiceResult>,
    lang: Lang,
) -> Result<Vec<u8>, Problem> {
    let all = &picture.result;
    let ids: Vec<String> = services.iter().map(|one| one.service.id.to_string()).collect();
    let is_whole = services.len() == all.services.len();
    let selection = Selection::parse(&ids).map_err(|error| Problem::internal(error.to_string()))?;
    let is_shown = |id: &ServiceId| services.iter().any(|one| one.service.id == *id);
    let rescans = all.rescans.iter().filter(|(id, _)| is_shown(id));
    let result = RunResult {
        run: all.run.clone(),
        inventory: Arc::clone(&all.inventory),
        policy: Arc::clone(&all.policy),
        as_of: all.as_of,
        is_day_given: all.is_day_given,
        vantage: all.vantage.clone(),
        rescans: rescans.map(|(id, rescan)| (id.clone(), rescan.clone())).collect(),
        excerpt: (!is_whole).then(|| Arc::new(Excerpt::of(selection, &[]))),
        services,
    };
    let mut body = Vec::new();
    // No document shows what observations hold: each is an answer of its own.
    let find_observation = |_: ObservationId| None;
    let context = ReportContext { result: &result, lang, find_observation: &find_observation };
    json::write(&context, &mut body).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(body)
}

/// An observation, as the store has it.
pub fn observation(asked: &Asked<'_>) -> Result<Answer, Problem> {
    asked.finish()?;
    let word = asked.part("digest");
    let Some(digest) = Digest::parse(word) else {
        let detail = Sentence::new(
            "An observation is named by `sha256:` and 64 hexadecimal digits.",
            "Mã quan sát gồm `sha256:` và 64 chữ số thập lục phân.",
        );
        let expected = nearest("", &["sha256:0123…"]);
        let fault = Fault { parameter: Some("digest".to_owned()), detail, expected };
        return Err(Problem::parameters(vec![fault]));
    };
    match asked.app.store()?.observation(ObservationId(digest))? {
        Some(observation) => Ok(Answer::octets(observation.document())),
        None => {
            let detail = Sentence::new(
                "The store has no observation of this name.",
                "Kho dữ liệu không có quan sát mang mã này.",
            );
            Err(Problem::not_found("digest", detail, Vec::new()))
        }
    }
}
