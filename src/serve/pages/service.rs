//! One service: what a visitor with IPv6 gets, verdicts with their evidence, the way from the root, and how
//! each check went over the runs.

mod addresses;
mod history;
mod ladder;
mod path;
mod sees;

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use addresses::{AddressLine, address_lines};
use history::{HistoryBlock, history_block};
use ladder::{Step, steps};
use path::path_lines;

use super::blocks::{Moment, Pill};
use super::frame::Frame;
use super::links::{Links, service_path};
use super::live::{LiveBlock, live_runs_of};
use super::markdown;
use super::organisations::may_see_contacts;
use super::problem::{Help, Problem};
use super::request::PageRequest;
use super::section::SERVICES;
use super::texts_of_pages as said;
use super::words::words;
use crate::model::{Lang, Observation, ObservationId, ServiceId};
use crate::report::describe::clean;
use crate::report::texts;
use crate::report::verdict_blocks::{RootBlock, VerdictBlock, VerdictBlocks};
use crate::serve::access::PublicPage;
use crate::view::Picture;

/// Observations that are shown below one verdict: the page stays small, and the program shows all.
const EVIDENCE_SHOWN: usize = 8;
/// Things that one verdict names on the page.
const SUBJECTS_SHOWN: usize = 24;

words! {
    /// The words of the page.
    ServiceWords {
        sees: "Người dùng có IPv6 nhận được gì", "What a visitor with IPv6 gets";
        stages: "Các điều kiện của từng mức", "What each stage asks for";
        findings: "Việc cần thực hiện", "What is to be done";
        all_well: "Không có nhiệm vụ cần thực hiện.", "Nothing to do.";
        ours: "Chưa xác định được vì điểm đo", "Not found out, for reasons of our own";
        others: "Các tiêu chí khác", "The other checks";
        addresses: "Theo từng địa chỉ", "Address by address";
        address: "Địa chỉ, máy chủ", "Address or host";
        holds: "Đạt", "Holds";
        fails: "Không đạt", "Fails";
        not_known: "Chưa xác định", "Not known";
        way: "Đường phân giải tên từ máy chủ gốc", "The way from the root";
        history: "Diễn biến", "History";
        runs: "Số đợt đo", "Runs";
        changed: "Tiêu chí đã thay đổi kết luận", "Checks that changed";
        unchanged: "Giữ nguyên kết luận qua mọi đợt đo", "The same in every run";
        nothing_changed: "Không có tiêu chí nào thay đổi.", "No check changed.";
        ids: "Mã trước đây", "Earlier ids";
        state: "Trạng thái khai báo", "Declared state";
        level: "Cấp độ an toàn", "Security level";
        exemption: "Miễn trừ đến ngày", "Exempt until";
        looked: "Kiểm tra lần cuối", "Last looked at";
        more_evidence: "Xem đầy đủ bằng lệnh", "All of it is shown by";
        left_out: "mục khác", "more";
        kind: "Địa chỉ dịch vụ", "Target";
    }
}

#[derive(Template)]
#[template(path = "serve/service.html")]
struct ServicePage {
    frame: Frame,
    w: &'static ServiceWords,
    id: String,
    stand: Pill,
    crumbs: [(String, String); 2],
    meta: Vec<(&'static str, String)>,
    looked: (Moment, String, String),
    scan: Option<String>,
    live: Vec<LiveBlock>,
    sees: &'static str,
    steps: Vec<Step>,
    found: VerdictBlocks,
    hidden: Hidden,
    addresses: Vec<AddressLine>,
    path: Vec<String>,
    history: Option<HistoryBlock>,
    links: Links,
}

/// How much of the verdicts was left out, by check.
type Hidden = HashMap<&'static str, usize>;

impl ServicePage {
    fn check_href(&self, id: &str) -> String {
        self.links.check(id)
    }

    fn remedy(&self, text: &str) -> String {
        markdown::line_of(text)
    }

    fn hidden_of(&self, check: &str) -> usize {
        self.hidden.get(check).copied().unwrap_or(0)
    }
}

/// Hands out the page.
pub async fn service(
    Path((organisation, service)): Path<(String, String)>,
    request: PageRequest,
) -> Response {
    let id = ServiceId { organisation: organisation.into(), service: service.into() };
    request.show(PublicPage::Service, move |request| page(request, &id)).await
}

fn page(request: &PageRequest, id: &ServiceId) -> Result<ServicePage, Problem> {
    let picture = request.picture()?;
    let Some(row) = picture.row_of(id) else { return Err(no_such(request, &picture, id)) };
    let (lang, links) = (request.lang, request.links());
    let w = ServiceWords::of(lang);
    let (result, service) = (row.result, &row.result.service);
    let inventory = &picture.result.inventory;
    let rescan = picture.result.rescans.get(id);
    let run = rescan.map_or(&picture.key.run, |rescan| &rescan.run);
    let looked_at = match rescan {
        Some(rescan) => rescan.ended_at,
        None => picture.result.run.finished_at.unwrap_or(picture.result.as_of),
    };
    let store = request.app.store()?;
    let evidence = store.evidence_of(run, id)?;
    // The picture has no names of facts; the evidence that was just read has.
    let judged = request.app.view().judge_again(&store, &picture, id)?;
    drop(store);
    let facts: HashMap<ObservationId, Arc<Observation>> =
        evidence.all().into_iter().map(|(fact, id)| (id, Arc::clone(fact))).collect();
    let find = |id: ObservationId| facts.get(&id).cloned();
    let verdicts = judged.as_ref().unwrap_or(result).verdicts.unpack();
    let addresses = address_lines(&verdicts, &links, lang);
    let steps = steps(result, &picture.result.policy, &links, lang);
    let mut found = VerdictBlocks::of(verdicts, lang, &find);
    let hidden = shorten(&mut found);
    let history = request.app.view().history(&picture, id)?;
    let history =
        history.map(|history| history_block(service, &history, &inventory.timezone, lang));
    let organisation = (links.organisation(&id.organisation), clean(row.organisation));
    let may_scan = request.visitor.may_operate(Some(&id.organisation));
    Ok(ServicePage {
        id: id.to_string(),
        stand: Pill::of(result.standing, lang),
        crumbs: [(links.page(SERVICES.path), SERVICES.name.get(lang).to_owned()), organisation],
        meta: meta(request, &picture, id),
        looked: (
            Moment::at(looked_at, &inventory.timezone, lang),
            links.run(run.as_str()),
            run.to_string(),
        ),
        scan: may_scan.then(|| links.page(&format!("{}/scan", service_path(id)))),
        live: live_runs_of(request, id),
        sees: sees::sentence(result.standing).get(lang),
        steps,
        found,
        hidden,
        addresses,
        path: path_lines(&evidence, &picture, service, lang),
        history,
        frame: request.frame(&SERVICES, &clean(&service.name), Some(&picture)),
        links,
        w,
    })
}

fn no_such(request: &PageRequest, picture: &Picture, id: &ServiceId) -> Problem {
    let links = request.links();
    let now = picture.result.services.iter().find(|one| one.service.formerly.contains(id));
    let wanted = id.to_string();
    let likeness = |id: &ServiceId| strsim::jaro_winkler(&id.to_string(), &wanted);
    let nearest = now.or_else(|| {
        picture
            .result
            .services
            .iter()
            .max_by(|a, b| likeness(&a.service.id).total_cmp(&likeness(&b.service.id)))
    });
    let help = nearest.map(|one| Help {
        text: format!("{} · {}", one.service.id, clean(&one.service.name)),
        href: links.service(&one.service.id),
    });
    let problem = Problem::not_found(said::NO_SERVICE.get(request.lang).to_owned());
    Problem { help: help.into_iter().collect(), ..problem }
}

/// Leaves out what would make the page heavy.
fn shorten(found: &mut VerdictBlocks) -> Hidden {
    let mut hidden = Hidden::new();
    let mut cut = |block: &mut VerdictBlock| {
        let left = block.evidence.len().saturating_sub(EVIDENCE_SHOWN)
            + block.subjects.len().saturating_sub(SUBJECTS_SHOWN);
        block.evidence.truncate(EVIDENCE_SHOWN);
        block.subjects.truncate(SUBJECTS_SHOWN);
        if left > 0 {
            hidden.insert(block.check, left);
        }
    };
    for RootBlock { root, beneath, .. } in &mut found.roots {
        cut(root);
        beneath.iter_mut().for_each(&mut cut);
    }
    found.others.iter_mut().for_each(cut);
    hidden
}

fn meta(request: &PageRequest, picture: &Picture, id: &ServiceId) -> Vec<(&'static str, String)> {
    let lang: Lang = request.lang;
    let (w, common) = (ServiceWords::of(lang), super::words::Words::of(lang));
    let Some(result) = picture.service(id) else { return Vec::new() };
    let service = &result.service;
    let mut meta = vec![
        (w.kind, clean(&service.target.to_string())),
        (common.category, texts::category(service.category).get(lang).to_owned()),
    ];
    if service.state != crate::model::State::Active {
        meta.push((w.state, texts::state(service.state).get(lang).to_owned()));
    }
    if let Some(level) = service.security_level {
        meta.push((w.level, level.to_string()));
    }
    if let Some(goal) = service.goal.as_ref().or_else(|| picture.result.policy.goal()) {
        let stage = format!("{} {}", texts::STAGE.get(lang), goal.stage.number());
        meta.push((common.target, format!("{stage}, {}", texts::day(goal.by, lang))));
    }
    if let Some(exemption) = &service.exemption {
        let until = texts::day(exemption.until, lang);
        meta.push((w.exemption, format!("{until}: {}", clean(&exemption.reason))));
    }
    if !service.tags.is_empty() {
        let tags: Vec<_> = service.tags.iter().map(|tag| clean(tag)).collect();
        meta.push(("#", tags.join(", ")));
    }
    let owner = picture.result.inventory.organisations.iter().find(|one| one.id == id.organisation);
    let contact = owner.and_then(|owner| owner.contact.as_deref());
    if let Some(contact) = contact.filter(|_| may_see_contacts(request)) {
        meta.push((common.contact, clean(contact)));
    }
    meta
}
