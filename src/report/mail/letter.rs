//! What a mail says, in the order in which it matters: the figures, what is to be done, by when, what
//! changed, and each service.

use super::message::{Beside, Mail, recipients};
use super::text::Page;
use crate::judge::{
    Progress, ServiceChange, Standing, TargetStanding, direction, targets_by_deadline,
};
use crate::model::{Lang, Outcome, Service, Text};
use crate::report::causes::{Cause, causes};
use crate::report::describe::clean;
use crate::report::organisation::progress_sentence;
use crate::report::owner::service_name;
use crate::report::quarter::{change, progress};
use crate::report::{ReportContext, overview, parts, texts};

/// Entries of each list; the report has all.
const LISTED_MAX: usize = 15;

/// Services and things that are named beside one piece of work.
const NAMED_MAX: usize = 6;

const WORK: Text = Text { vi: "VIỆC CẦN THỰC HIỆN", en: "WHAT IS TO BE DONE" };
const UNKNOWNS: Text = Text { vi: "CHƯA XÁC ĐỊNH ĐƯỢC", en: "COULD NOT BE FOUND OUT" };
const DEADLINES: Text = Text { vi: "MỤC TIÊU VÀ THỜI HẠN", en: "TARGETS AND DEADLINES" };
const CHANGES: Text = Text { vi: "THAY ĐỔI", en: "CHANGES" };
const SERVICES: Text = Text { vi: "TỪNG DỊCH VỤ", en: "EVERY SERVICE" };
const WHERE: Text = Text { vi: "Đối tượng", en: "Where" };
const CONCERNS: Text = Text { vi: "Dịch vụ", en: "Services" };
const FILES: Text = Text { vi: "Tệp kèm theo", en: "Attached" };
const THANKS: Text = Text { vi: "Trân trọng.", en: "Yours faithfully," };
const IN_REPORT: Text = Text { vi: "xem báo cáo", en: "see the report" };

/// What a mail is written from.
pub(super) struct Letter<'a> {
    pub(super) context: ReportContext<'a>,
    /// The quarter, or the day of the run.
    pub(super) occasion: String,
    pub(super) weaknesses: Vec<String>,
    /// What the result is compared with, and what came of it.
    pub(super) compared: Vec<String>,
    pub(super) changes: Vec<&'a ServiceChange>,
    pub(super) beside: Beside<'a>,
}

impl Letter<'_> {
    pub(super) fn mail(&self) -> Mail {
        let (lang, result) = (self.context.lang, self.context.result);
        let name = overview::subject(result);
        let contact = result.organisation().and_then(|own| own.contact.as_deref());
        let subject = match lang {
            Lang::Vi => format!("Mức độ sẵn sàng IPv6 của {name}, {}", self.occasion),
            Lang::En => format!("IPv6 readiness of {name}, {}", self.occasion),
        };
        let mut page = Page::default();
        self.opening(&name, contact, &mut page);
        if !result.services.is_empty() {
            self.figures(&mut page);
            self.work(&mut page);
            self.unknowns(&mut page);
            self.deadlines(&mut page);
        }
        // A service that is gone is told even where none is left.
        if !result.services.is_empty() || !self.changes.is_empty() {
            self.changes(&mut page);
        }
        self.services(&mut page);
        self.closing(&mut page);
        Mail { to: recipients(contact), subject, body: page.finish(), lang }
    }

    fn opening(&self, name: &str, contact: Option<&str>, page: &mut Page) {
        let (lang, result) = (self.context.lang, self.context.result);
        let at = texts::moment(result.as_of, &result.inventory.timezone, lang);
        let (run, vantage) = (&result.run.id, clean(&result.run.vantage.name));
        page.paragraph(&match lang {
            Lang::Vi => format!("Kính gửi: {name}"),
            Lang::En => format!("To: {name}"),
        });
        let contact = contact.map_or_else(|| texts::NO_CONTACT.get(lang).to_owned(), clean);
        page.paragraph(&format!("{}: {contact}", texts::CONTACT.get(lang)));
        page.space();
        page.paragraph(&match lang {
            Lang::Vi => format!(
                "Dưới đây là kết quả đánh giá mức độ sẵn sàng IPv6 của các dịch vụ do cơ quan, đơn vị quản lý \
                 ({}), kết luận tại thời điểm {at}, theo dữ liệu của đợt đo {run} từ điểm đo {vantage}.",
                self.occasion
            ),
            Lang::En => format!(
                "This is the IPv6 readiness of the services that your organisation runs ({}), judged as of \
                 {at} from what run {run} saw from the vantage point {vantage}.",
                self.occasion
            ),
        });
        for weakness in &self.weaknesses {
            page.space();
            page.paragraph(weakness);
        }
    }

    fn figures(&self, page: &mut Page) {
        let (lang, result) = (self.context.lang, self.context.result);
        let summary = result.summary();
        let counts = &summary.all;
        let number = |value| texts::number(value, lang);
        let stage = result.policy.aim();
        page.space();
        let retired = match counts.retired {
            0 => String::new(),
            retired => format!(" ({}: {})", texts::RETIRED.get(lang), number(retired)),
        };
        let services = texts::SERVICES.get(lang);
        page.item("- ", &format!("{services}: {}{retired}", number(counts.services)));
        if let Some(percent) = counts.percent_at_least(stage) {
            let (reached, known) = (number(counts.at_least(stage)), number(counts.decided(stage)));
            let percent = texts::percent(percent, lang);
            let stage = format!("{} ({})", stage.number(), stage.name().get(lang));
            page.item("- ", &match lang {
                Lang::Vi => format!(
                    "Đạt từ mức {stage} trở lên: {reached} trong {known} dịch vụ đã xác định được mức ({percent})"
                ),
                Lang::En => format!(
                    "At stage {stage} or above: {reached} of the {known} whose stage is known ({percent})"
                ),
            });
        }
        for (what, count) in [
            (texts::ABSENT_SERVICES, counts.absent),
            (texts::UNKNOWN, counts.unknown),
            (texts::CRITICAL_SERVICES, summary.critical),
        ] {
            if count > 0 {
                let what = texts::capitalised(what.get(lang));
                page.item("- ", &format!("{what}: {}", number(count)));
            }
        }
    }

    fn work(&self, page: &mut Page) {
        let lang = self.context.lang;
        page.space();
        page.paragraph(WORK.get(lang));
        let causes = causes(self.context.result, Outcome::Fail);
        if causes.is_empty() {
            page.paragraph(texts::ALL_WELL.get(lang));
        }
        for (at, cause) in causes.iter().take(LISTED_MAX).enumerate() {
            page.space();
            self.cause(at + 1, cause, page);
        }
        self.more(causes.len(), page);
    }

    fn cause(&self, number: usize, cause: &Cause<'_>, page: &mut Page) {
        let lang = self.context.lang;
        let number = format!("{number}. ");
        let margin = " ".repeat(number.len());
        let severity = texts::severity(cause.severity).get(lang);
        let message = phrase(cause.message(lang));
        page.item(&number, &format!("{message} ({severity}; {}).", cause.name()));
        let services = cause.services.iter().map(|one| self.named(&one.service.service));
        page.item(&margin, &format!("{}: {}", CONCERNS.get(lang), first_names(services, lang)));
        let mut subjects: Vec<String> = Vec::new();
        for subject in cause.services.iter().flat_map(|one| &one.subjects) {
            let name = clean(&subject.name.to_string());
            if !subjects.contains(&name) {
                subjects.push(name);
            }
        }
        if !subjects.is_empty() {
            let subjects = first_names(subjects.into_iter(), lang);
            page.item(&margin, &format!("{}: {subjects}", WHERE.get(lang)));
        }
        if let Some(remedy) = cause.remedy(lang) {
            page.item(&margin, &format!("{}: {remedy}", texts::REMEDY.get(lang)));
        }
    }

    fn unknowns(&self, page: &mut Page) {
        let lang = self.context.lang;
        let causes = causes(self.context.result, Outcome::Inconclusive);
        if causes.is_empty() {
            return;
        }
        page.space();
        page.paragraph(UNKNOWNS.get(lang));
        for cause in causes.iter().take(LISTED_MAX) {
            let message = phrase(cause.message(lang));
            let services = cause.services.iter().map(|one| self.named(&one.service.service));
            let services = first_names(services, lang);
            page.item("- ", &format!("{message} ({}): {services}", cause.name()));
        }
        self.more(causes.len(), page);
    }

    fn deadlines(&self, page: &mut Page) {
        let lang = self.context.lang;
        let targets = targets_by_deadline(self.context.result);
        page.space();
        page.paragraph(DEADLINES.get(lang));
        page.paragraph(&progress_sentence(&targets, lang));
        let is_open = |one: &&TargetStanding| one.progress != Progress::Reached;
        let open: Vec<_> = targets.iter().filter(is_open).collect();
        for target in open.iter().take(LISTED_MAX) {
            page.item("- ", &deadline(target, self.named(&target.service), lang));
        }
        self.more(open.len(), page);
    }

    fn changes(&self, page: &mut Page) {
        let lang = self.context.lang;
        page.space();
        page.paragraph(CHANGES.get(lang));
        for sentence in &self.compared {
            page.paragraph(sentence);
        }
        let mut changes = self.changes.clone();
        changes.sort_by_key(|one| direction(one));
        for one in changes.iter().take(LISTED_MAX) {
            let word = change(direction(one)).get(lang);
            let which = self.named(&one.service);
            let checks: Vec<_> = one.checks.iter().map(|check| check.check).collect();
            let line = match (one.before, one.after) {
                (Some(before), Some(after)) if before != after => format!(
                    "{which}: {word} ({} → {})",
                    standing(before, lang),
                    standing(after, lang)
                ),
                _ if !checks.is_empty() => format!(
                    "{which}: {word} ({})",
                    first_names(checks.into_iter().map(str::to_owned), lang)
                ),
                _ => format!("{which}: {word}"),
            };
            page.item("- ", &line);
        }
        self.more(changes.len(), page);
    }

    fn services(&self, page: &mut Page) {
        let (lang, result) = (self.context.lang, self.context.result);
        if result.services.is_empty() {
            return;
        }
        page.space();
        page.paragraph(SERVICES.get(lang));
        for one in result.services.iter().take(LISTED_MAX) {
            let (which, target) =
                (self.named(&one.service), clean(&one.service.target.to_string()));
            page.item("- ", &format!("{which}, {target}: {}", standing(one.standing, lang)));
        }
        self.more(result.services.len(), page);
    }

    fn closing(&self, page: &mut Page) {
        let lang = self.context.lang;
        let Beside { letterhead, files } = self.beside;
        if !files.is_empty() {
            page.space();
            page.paragraph(&format!("{}: {}", FILES.get(lang), files.join(", ")));
        }
        page.space();
        page.paragraph(THANKS.get(lang));
        let issuer = letterhead.issuer(lang);
        if !issuer.is_empty() {
            page.paragraph(&issuer);
        }
    }

    /// What a service is called, and its id.
    fn named(&self, service: &Service) -> String {
        service_name(self.context.result, service)
    }

    fn more(&self, count: usize, page: &mut Page) {
        let lang = self.context.lang;
        if let more @ 1.. = count.saturating_sub(LISTED_MAX) {
            let more = texts::number(more, lang);
            page.item("  ", &format!("{} {more} ({})", texts::MORE.get(lang), IN_REPORT.get(lang)));
        }
    }
}

/// A sentence without its full stop, for more to follow.
fn phrase(sentence: &str) -> &str {
    sentence.trim_end_matches('.')
}

/// A standing in running text.
fn standing(standing: Standing, lang: Lang) -> String {
    match standing {
        Standing::At(_) => {
            let stage = texts::STAGE.get(lang).to_lowercase();
            format!("{stage} {}", parts::standing(standing, lang))
        }
        other => parts::standing(other, lang),
    }
}

fn deadline(target: &TargetStanding, which: String, lang: Lang) -> String {
    let by = texts::day(target.goal.by, lang);
    let (stage, now) = (target.goal.stage.number(), standing(target.standing, lang));
    let days = texts::number(target.days_left.unsigned_abs() as usize, lang);
    let left = match (target.days_left, lang) {
        (_, Lang::Vi) if !target.is_day_known => "không rõ ngày hiện tại".to_owned(),
        (_, Lang::En) if !target.is_day_known => "today's date is not known".to_owned(),
        (0, Lang::Vi) => "hôm nay".to_owned(),
        (0, Lang::En) => "today".to_owned(),
        (1.., Lang::Vi) => format!("còn {days} ngày"),
        (1, Lang::En) => "1 day left".to_owned(),
        (1.., Lang::En) => format!("{days} days left"),
        (_, Lang::Vi) => format!("quá hạn {days} ngày"),
        (-1, Lang::En) => "1 day ago".to_owned(),
        (_, Lang::En) => format!("{days} days ago"),
    };
    // Whether it is due or missed is in the days.
    let how = match target.progress {
        Progress::Due | Progress::Missed | Progress::Reached => String::new(),
        other => format!(" {};", progress(other).get(lang)),
    };
    match lang {
        Lang::Vi => format!(
            "{which}: cần đạt mức {stage} chậm nhất ngày {by} ({left});{how} hiện tại: {now}"
        ),
        Lang::En => format!("{which}: stage {stage} by {by} ({left});{how} now: {now}"),
    }
}

fn first_names(names: impl Iterator<Item = String>, lang: Lang) -> String {
    let mut names: Vec<_> = names.collect();
    let more = names.len().saturating_sub(NAMED_MAX);
    names.truncate(NAMED_MAX);
    match more {
        0 => names.join("; "),
        _ => {
            format!("{}; {} {}", names.join("; "), texts::MORE.get(lang), texts::number(more, lang))
        }
    }
}
