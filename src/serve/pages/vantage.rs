//! The vantage points: from where the runs looked, and whether they could.

use askama::Template;
use axum::response::Response;

use super::blocks::{Link, Moment};
use super::frame::Frame;
use super::problem::Problem;
use super::request::PageRequest;
use super::section::VANTAGE;
use super::words::words;
use crate::judge::Judged;
use crate::model::{Text, VantageIpv6};
use crate::report::describe::clean;
use crate::report::texts;
use crate::report::verdict_blocks::{VerdictBlock, VerdictBlocks};
use crate::serve::access::PublicPage;
use crate::view::Picture;

words! {
    /// The words of the page.
    VantageWords {
        about: "Đợt đo được thực hiện từ các điểm đo dưới đây. Khi điểm đo mất IPv6, dữ liệu đo trong thời gian đó không được dùng.", "The runs were made from these vantage points. What is seen while a vantage point has no IPv6 is not used.";
        ipv6: "IPv6", "IPv6";
        resolver: "Máy chủ phân giải", "Resolver";
        dnssec: "Kiểm tra DNSSEC", "Validates DNSSEC";
        dns64: "DNS64", "DNS64";
        lost: "Thời gian mất IPv6", "Times without IPv6";
        last: "Đợt đo gần nhất", "Newest run";
        runs: "Số đợt đo", "Runs";
        yes: "có", "yes";
        no: "không", "no";
        not_known: "chưa xác định", "not known";
        checks: "Các tiêu chí về điểm đo", "What the checks say of it";
        imported: "nhập từ nơi khác", "imported";
    }
}

#[derive(Template)]
#[template(path = "serve/vantage.html")]
struct VantagePage {
    frame: Frame,
    w: &'static VantageWords,
    points: Vec<Point>,
}

struct Point {
    name: String,
    is_imported: bool,
    ipv6_class: &'static str,
    ipv6: &'static str,
    meta: Vec<(&'static str, String)>,
    run: Link,
    at: Moment,
    lost: Vec<(Moment, Moment)>,
    verdicts: Vec<VerdictBlock>,
}

impl VantagePage {
    fn remedy(&self, text: &str) -> String {
        super::markdown::line_of(text)
    }
}

/// Hands out the page.
pub async fn vantage(request: PageRequest) -> Response {
    request.show(PublicPage::Vantage, page).await
}

fn page(request: &PageRequest) -> Result<VantagePage, Problem> {
    let shown = request.picture()?;
    let pictures = request.app.view().pictures();
    let own = pictures.iter().filter(|picture| picture.track.word() == shown.track.word());
    let points = own.map(|picture| point(request, picture)).collect();
    Ok(VantagePage {
        w: VantageWords::of(request.lang),
        points,
        frame: request.frame(&VANTAGE, VANTAGE.name.get(request.lang), Some(&shown)),
    })
}

fn point(request: &PageRequest, picture: &Picture) -> Point {
    let (lang, links) = (request.lang, request.links());
    let w = VantageWords::of(lang);
    let (run, timezone) = (&picture.result.run, &picture.result.inventory.timezone);
    let vantage = &run.vantage;
    let moment = |at| Moment::at(at, timezone, lang);
    let (ipv6_class, ipv6) = match vantage.ipv6 {
        VantageIpv6::Working => ("pass", Text { vi: "hoạt động", en: "works" }),
        VantageIpv6::Lost => {
            ("inconclusive", Text { vi: "có lúc bị mất", en: "was lost for a while" })
        }
        VantageIpv6::Absent => ("fail", Text { vi: "không có", en: "absent" }),
    };
    let dnssec = match vantage.validates_dnssec {
        Some(true) => w.yes,
        Some(false) => w.no,
        None => w.not_known,
    };
    let mut meta = vec![
        (w.resolver, vantage.resolver.as_deref().map_or("–".to_owned(), clean)),
        (w.dnssec, dnssec.to_owned()),
        (w.runs, texts::number(picture.runs.len(), lang)),
    ];
    if !vantage.dns64.is_empty() {
        let prefixes: Vec<_> = vantage.dns64.iter().map(ToString::to_string).collect();
        meta.push((w.dns64, prefixes.join(", ")));
    }
    let verdicts: Vec<Judged> = picture.result.vantage.clone();
    let VerdictBlocks { roots, others, .. } = VerdictBlocks::of(verdicts, lang, &|_| None);
    let roots = roots.into_iter().flat_map(|one| std::iter::once(one.root).chain(one.beneath));
    Point {
        name: clean(&vantage.name),
        is_imported: picture.track.is_imported,
        ipv6_class,
        ipv6: ipv6.get(lang),
        meta,
        run: Link { text: run.id.to_string(), href: links.run(run.id.as_str()) },
        at: moment(run.finished_at.unwrap_or(picture.result.as_of)),
        lost: vantage.lost.iter().map(|window| (moment(window.from), moment(window.to))).collect(),
        verdicts: roots.chain(others).collect(),
    }
}
