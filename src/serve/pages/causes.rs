//! What to fix first: what several services share, and each remedy with the services that it lifts.

use askama::Template;
use axum::response::Response;

use super::blocks::{Link, Pager};
use super::frame::Frame;
use super::markdown;
use super::problem::Problem;
use super::request::PageRequest;
use super::section::CAUSES;
use super::shared_causes::{SharedLine, shared_lines};
use super::words::words;
use crate::judge::quarter::Remedy;
use crate::report::describe::clean;
use crate::report::texts;
use crate::serve::access::PublicPage;

/// Remedies of a page.
const PER_PAGE: usize = 40;
/// Shared causes on the page.
const SHARED_SHOWN: usize = 40;
/// Services and things that a remedy names.
const NAMED_MAX: usize = 20;

words! {
    /// The words of the page.
    CausesWords {
        work: "Danh mục nhiệm vụ cần thực hiện", "Work list";
        about: "Việc nâng mức được nhiều dịch vụ nhất đứng trước. “Được nâng mức” là số dịch vụ lên ít nhất một mức chỉ nhờ việc này.", "What lifts most services stands first. “Lifted” are the services that climb at least one stage by this alone.";
        place: "Đối tượng", "Where";
        nothing: "Không có nhiệm vụ cần thực hiện.", "Nothing to do.";
        no_shared: "Không có nguyên nhân chung của nhiều dịch vụ.", "No cause is shared by several services.";
    }
}

#[derive(Template)]
#[template(path = "serve/causes.html")]
struct CausesPage {
    frame: Frame,
    w: &'static CausesWords,
    shared: Vec<SharedLine>,
    rows: Vec<RemedyLine>,
    pager: Pager,
}

struct RemedyLine {
    check: Link,
    message: &'static str,
    severity_id: &'static str,
    severity: &'static str,
    remedy: String,
    subjects: Vec<String>,
    services: Vec<Link>,
    more: String,
    count: String,
    lifts: String,
    holds: String,
}

/// Hands out the page.
pub async fn causes(request: PageRequest) -> Response {
    request.show(PublicPage::Causes, page).await
}

fn page(request: &PageRequest) -> Result<CausesPage, Problem> {
    let picture = request.picture()?;
    let (lang, links) = (request.lang, request.links());
    let number = request.page()?;
    let all = picture.remedies();
    let rows = all.iter().skip((number - 1).saturating_mul(PER_PAGE)).take(PER_PAGE);
    let pages = all.len().div_ceil(PER_PAGE).max(1);
    Ok(CausesPage {
        w: CausesWords::of(lang),
        shared: shared_lines(picture.shared(), SHARED_SHOWN, &links, lang),
        rows: rows.map(|remedy| line(request, remedy)).collect(),
        pager: Pager::of(number, pages, lang, |page| {
            request.with("page", &if page == 1 { String::new() } else { page.to_string() })
        }),
        frame: request.frame(&CAUSES, CAUSES.name.get(lang), Some(&picture)),
    })
}

fn line(request: &PageRequest, remedy: &Remedy) -> RemedyLine {
    let (lang, links) = (request.lang, request.links());
    let number = |count| texts::number(count, lang);
    let services = remedy.services.iter().take(NAMED_MAX);
    let services = services
        .map(|service| Link { text: service.id.to_string(), href: links.service(&service.id) });
    let more = match remedy.services.len().saturating_sub(NAMED_MAX) {
        0 => String::new(),
        more => format!("{} {}", texts::MORE.get(lang), number(more)),
    };
    RemedyLine {
        check: Link { text: remedy.check.id.to_owned(), href: links.check(remedy.check.id) },
        message: remedy.check.message(remedy.reason, lang),
        severity_id: remedy.severity.id(),
        severity: texts::severity(remedy.severity).get(lang),
        remedy: remedy.check.remedy(remedy.reason, lang).map(markdown::line_of).unwrap_or_default(),
        subjects: remedy
            .subjects
            .iter()
            .take(NAMED_MAX)
            .map(|name| clean(&name.to_string()))
            .collect(),
        services: services.collect(),
        more,
        count: number(remedy.services.len()),
        lifts: number(remedy.lifts),
        holds: number(remedy.holds),
    }
}
