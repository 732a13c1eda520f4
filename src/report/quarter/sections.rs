//! The report's sections: paragraphs, a chart, tables. PDF, HTML and Markdown number and draw them.

use std::iter;

use super::context::QuarterContext;
use super::terms;
use crate::judge::quarter::Point;
use crate::judge::{Change, Counts, Progress};
use crate::model::{Lang, Text};
use crate::report::table::{Table, quarter};
use crate::report::{overview, texts};

/// A picture of figures.
#[derive(Clone, Debug)]
pub enum Chart {
    /// Where the services stand: one bar.
    Stages(Counts),
    /// Where they stood: a column for each point of the trend.
    Trend(Vec<Point>),
}

/// A numbered part of the report.
pub struct Section {
    /// A word for links and for programs.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Whole sentences, before anything else. Nothing in them is hostile any more, but they still
    /// need the format's own escapes.
    pub paragraphs: Vec<String>,
    /// A picture.
    pub chart: Option<Chart>,
    /// Tables; each has a title of its own.
    pub tables: Vec<Table>,
    /// Whether it belongs behind the signatures.
    pub annex: bool,
}

const CHANGES: Text = Text { vi: "Thay đổi so với kỳ trước", en: "What changed" };
const INCIDENTS: Text = Text {
    vi: "Sự cố phát sinh và kết thúc trong kỳ báo cáo",
    en: "What came and went",
};
const TARGETS: Text = Text { vi: "Thực hiện mục tiêu", en: "Targets" };
const EXEMPTIONS: Text = Text { vi: "Trường hợp được miễn", en: "Exemptions" };
const SHARED: Text =
    Text { vi: "Nguyên nhân chung của nhiều dịch vụ", en: "Shared causes" };
const GROUPS: Text = Text {
    vi: "Theo nhóm dịch vụ và cơ quan, đơn vị",
    en: "By category and organisation",
};
const COURSE: Text = Text { vi: "Diễn biến theo ngày", en: "Day by day" };
const TITLE: Text =
    Text { vi: "Kết quả chuyển đổi IPv6", en: "Results of the IPv6 transition" };

/// The report's title.
pub fn title(context: &QuarterContext<'_>) -> String {
    let quarter = terms::quarter_name(context.review.quarter, context.lang);
    format!("{}, {quarter}", TITLE.get(context.lang))
}

/// All sections in order, each made when its turn comes: their tables together would take more memory than what they
/// are of. One without anything to say says so.
pub fn sections(context: &QuarterContext<'_>) -> impl Iterator<Item = Section> {
    const ALL: [fn(&QuarterContext<'_>) -> Section; 10] =
        [summary, trend, groups, changes, incidents, targets, exemptions, shared, work, annex];
    ALL.into_iter().map(|make| make(context))
}

/// The sections and, last, the [`course`] of the quarter where there is one.
pub fn sections_with_course(context: &QuarterContext<'_>) -> impl Iterator<Item = Section> {
    sections(context).chain(iter::once_with(|| course(context)).flatten())
}

/// How each service and each check changed from run to run of the quarter: for forms that fold it away or
/// filter it. `None` where nothing changed, or nothing is known of it.
fn course(context: &QuarterContext<'_>) -> Option<Section> {
    let (review, lang) = (context.review, context.lang);
    let about = Text {
        vi: "Mỗi dòng là một lần thay đổi giữa hai đợt đo liên tiếp, tính từ đợt đo chốt số liệu quý trước; ngày là ngày của đợt đo đầu tiên ghi nhận.",
        en: "Each line is one change between two runs that follow each other, from the earlier closing run on; the day is that of the first run that saw it.",
    };
    let tables = nonempty_tables([
        quarter::stages_by_day(review, lang),
        quarter::checks_by_day(review, lang),
    ]);
    (!tables.is_empty()).then(|| Section {
        paragraphs: vec![about.get(lang).to_owned()],
        tables,
        annex: true,
        ..section("course", COURSE.get(lang))
    })
}

fn section(id: &'static str, title: &'static str) -> Section {
    Section { id, title, paragraphs: vec![], chart: None, tables: vec![], annex: false }
}

fn nonempty_tables(tables: impl IntoIterator<Item = Table>) -> Vec<Table> {
    tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

/// A section that is one table with what is said of it, or says that there is nothing to list.
fn listing(section: Section, table: Table, about: &[Text], none: Text, lang: Lang) -> Section {
    let tables = nonempty_tables([table]);
    let texts = if tables.is_empty() { &[none][..] } else { about };
    let paragraphs = texts.iter().map(|text| text.get(lang).to_owned()).collect();
    Section { paragraphs, tables, ..section }
}

fn summary(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let closing = &review.closing;
    let summary = closing.summary();
    let counts = &summary.all;
    let number = |value| texts::number(value, lang);
    let stage = closing.policy.aim();
    let mut paragraphs = Vec::new();
    let share = counts.percent_at_least(stage).map(|percent| texts::percent(percent, lang));
    paragraphs.push(match (lang, share) {
        (Lang::Vi, Some(share)) => format!(
            "{} trong {} dịch vụ đã kết luận được ({share}) đạt từ mức {} trở lên; {} dịch vụ chưa xác định được.",
            number(counts.at_least(stage)), number(counts.decided(stage)), stage.number(), number(counts.undecided(stage))
        ),
        (Lang::En, Some(share)) => format!(
            "Services at stage {} or above: {} of the {} that could be assessed ({share}); not determined: {}.",
            stage.number(), number(counts.at_least(stage)), number(counts.decided(stage)), number(counts.undecided(stage))
        ),
        (Lang::Vi, None) => format!("Chưa xác định được mức của dịch vụ nào trong {} dịch vụ.", number(counts.services)),
        (Lang::En, None) => format!("Services: {}; the stage of none of them is known.", number(counts.services)),
    });
    paragraphs.push(match lang {
        Lang::Vi => format!("Số dịch vụ có vấn đề rất nghiêm trọng: {}.", number(summary.critical)),
        Lang::En => format!("Services with critical failures: {}.", number(summary.critical)),
    });
    paragraphs.extend((counts.absent > 0).then(|| absent(counts.absent, lang)));
    if let Some(previous) = &review.previous {
        let before = previous.result.summary().all;
        let quarter = terms::quarter_name(previous.quarter, lang);
        let share = before.percent_at_least(stage).map(|percent| texts::percent(percent, lang));
        let share = share.unwrap_or_else(|| texts::UNKNOWN.get(lang).to_owned());
        let of = |change| number(review.changed(change).count());
        paragraphs.push(match lang {
            Lang::Vi => format!(
                "So với {quarter} (từ mức {} trở lên: {share}): {} dịch vụ cải thiện, {} suy giảm, {} chuyển sang chưa xác định.",
                stage.number(), of(Change::Better), of(Change::Worse), of(Change::Unknown)
            ),
            Lang::En => format!(
                "Since {quarter} (at stage {} or above: {share}): {} improved, {} worsened, {} became unknown.",
                stage.number(), of(Change::Better), of(Change::Worse), of(Change::Unknown)
            ),
        });
    }
    paragraphs.extend(plan(context));
    Section {
        paragraphs,
        chart: Some(Chart::Stages(*counts)),
        ..section("summary", texts::SUMMARY.get(lang))
    }
}

/// How many services have a name that doesn't exist, and what that counts as.
fn absent(count: usize, lang: Lang) -> String {
    let count = texts::number(count, lang);
    match lang {
        Lang::Vi => format!(
            "Số dịch vụ có tên miền không tồn tại: {count}. Các dịch vụ này được tính là chưa đạt mức 1 trong mọi tỷ lệ và được thống kê riêng, không xếp vào nhóm chỉ có IPv4."
        ),
        Lang::En => format!(
            "Services whose name does not exist: {count}. They count as below stage 1 in every share, and are listed apart from those with IPv4 only."
        ),
    }
}

fn plan(context: &QuarterContext<'_>) -> Option<String> {
    let lang = context.lang;
    let plan = context.review.plan.as_ref()?;
    let number = |value| texts::number(value, lang);
    let (stage, by) = (plan.goal.stage.number(), texts::day(plan.goal.by, lang));
    let progress = terms::progress(plan.progress).get(lang);
    Some(match lang {
        Lang::Vi => format!(
            "Mục tiêu chung theo bộ tiêu chí đánh giá: mọi dịch vụ đạt từ mức {stage} chậm nhất ngày {by}: {progress} (đã đạt {}, chưa đạt {}, chưa xác định {}, được miễn {}).",
            number(plan.reached),
            number(plan.behind),
            number(plan.unknown),
            number(plan.exempt)
        ),
        Lang::En => format!(
            "The policy's target for all services, stage {stage} by {by}: {progress} (reached {}, behind {}, unknown {}, exempt {}).",
            number(plan.reached),
            number(plan.behind),
            number(plan.unknown),
            number(plan.exempt)
        ),
    })
}

fn trend(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let method = Text {
        vi: "Mỗi dòng là một đợt đo hoàn tất: đợt đo chốt số liệu quý của các quý trước, đợt cuối mỗi tuần của quý báo cáo và đợt đo chốt số liệu quý. Tất cả được kết luận lại theo cùng một bộ quy tắc và cùng một bộ tiêu chí đánh giá, nên khác biệt giữa các dòng không do quy tắc thay đổi.",
        en: "Each line is a complete run: the closing runs of earlier quarters, the last run of each week of this quarter, and the closing run. All of them were judged again by the same rules and the same policy, so that no difference comes from a changed rule.",
    };
    Section {
        paragraphs: vec![method.get(lang).to_owned()],
        chart: Some(Chart::Trend(review.trend.clone())),
        tables: vec![quarter::trend(review, lang)],
        ..section("trend", terms::TREND.get(lang))
    }
}

fn groups(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let categories = quarter::categories(review, lang);
    let (title, tables) = match review.closing.organisation() {
        // One organisation's figures stand in the summary.
        Some(_) => (texts::BY_CATEGORY, nonempty_tables([categories])),
        None => (GROUPS, vec![categories, quarter::organisations(review, lang)]),
    };
    Section { tables, ..section("groups", title.get(lang)) }
}

fn changes(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let mut paragraphs = Vec::new();
    match &review.previous {
        None => paragraphs.push(terms::caveat(&crate::judge::quarter::Caveat::NoPrevious, lang)),
        Some(previous) => {
            let (quarter, run) =
                (terms::quarter_name(previous.quarter, lang), &previous.result.run.id);
            paragraphs.push(match lang {
                Lang::Vi => format!("So với đợt đo chốt số liệu {quarter} ({run}), kết luận lại theo cùng quy tắc. Dịch vụ không còn xác định được mức không được coi là không thay đổi."),
                Lang::En => format!("Compared with the closing run of {quarter} ({run}), judged again by the same rules. A service that is no longer known never counts as unchanged."),
            });
            let counts: Vec<String> = Change::ALL
                .into_iter()
                .map(|change| (change, review.changed(change).count()))
                .filter(|(_, count)| *count > 0)
                .map(|(change, count)| {
                    format!("{}: {}", terms::change(change).get(lang), texts::number(count, lang))
                })
                .collect();
            paragraphs.push(texts::capitalised(&format!("{}.", counts.join("; "))));
        }
    }
    paragraphs.extend(renamed(context));
    Section {
        paragraphs,
        tables: nonempty_tables([
            quarter::stage_changes(review, lang),
            quarter::check_changes(review, lang),
        ]),
        ..section("changes", CHANGES.get(lang))
    }
}

/// The services that go on under another id.
fn renamed(context: &QuarterContext<'_>) -> Option<String> {
    let each = context.review.renamed().map(|(then, now)| format!("{then} → {now}"));
    let all: Vec<String> = each.collect();
    let names = quarter::names(all, context.lang);
    let about = Text {
        vi: "Dịch vụ đổi mã hoặc chuyển cơ quan, đơn vị, được so sánh với chính dịch vụ đó dưới mã trước đây",
        en: "Renamed or moved, and compared with themselves under the former id",
    };
    (!names.is_empty()).then(|| format!("{}: {names}.", about.get(context.lang)))
}

fn incidents(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let none = Text {
        vi: "Các đợt đo trong quý không ghi nhận sự cố nào phát sinh và kết thúc trong quý.",
        en: "The runs of the quarter saw nothing that came and went within it.",
    };
    let about = Text {
        vi: "Những gì suy giảm rồi trở lại như trước trong quý, nên không thể hiện khi so sánh hai đợt đo chốt số liệu quý.",
        en: "What got worse and was as before again within the quarter, so that a comparison of the two closing runs does not show it.",
    };
    let method = Text {
        vi: "Thời gian tính từ lúc kết thúc đợt đo đầu tiên ghi nhận đến lúc kết thúc đợt đo đầu tiên không còn ghi nhận; thực tế có thể dài hơn hoặc ngắn hơn trong khoảng cách giữa hai đợt đo.",
        en: "The time runs from the end of the first run that saw it to the end of the first that no longer did; it may really have been longer or shorter by what lies between two runs.",
    };
    let table = quarter::incidents(review, lang);
    listing(section("incidents", INCIDENTS.get(lang)), table, &[about, method], none, lang)
}

fn targets(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let counts: Vec<String> = Progress::ALL
        .into_iter()
        .map(|progress| {
            let count = review.targets.iter().filter(|t| t.progress == progress).count();
            format!("{}: {}", terms::progress(progress).get(lang), texts::number(count, lang))
        })
        .collect();
    let none = Text {
        vi: "Danh mục dịch vụ và bộ tiêu chí đánh giá không đặt mục tiêu nào.",
        en: "Neither the inventory nor the policy sets a target.",
    };
    let sentence = match review.targets.is_empty() {
        true => none.get(lang).to_owned(),
        false => texts::capitalised(&format!("{}.", counts.join("; "))),
    };
    Section {
        paragraphs: plan(context).into_iter().chain([sentence]).collect(),
        tables: nonempty_tables([quarter::targets(review, lang)]),
        ..section("targets", TARGETS.get(lang))
    }
}

fn exemptions(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let none = Text {
        vi: "Không có trường hợp được miễn.", en: "No service has an exemption."
    };
    let table = quarter::exemptions(review, lang);
    listing(section("exemptions", EXEMPTIONS.get(lang)), table, &[], none, lang)
}

fn shared(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let none = Text {
        vi: "Không có nguyên nhân nào chung cho từ hai dịch vụ trở lên.",
        en: "No two services fail by the same cause.",
    };
    let about = Text {
        vi: "Mỗi dòng là một nguyên nhân làm từ hai dịch vụ trở lên cùng không đạt: một máy chủ tên miền, một chứng thư số, một quy tắc chặn (cùng biểu hiện trên cùng cổng trong cùng dải địa chỉ), một máy chủ hoặc một bên thứ ba; một lần khắc phục có lợi cho tất cả.",
        en: "Each line is one cause by which two services or more fail: a name server, a certificate, a filter (the same symptom at the same port in one range of addresses), a server or a third party. One fix helps them all.",
    };
    let table = quarter::shared(review, lang);
    listing(section("shared", SHARED.get(lang)), table, &[about], none, lang)
}

fn work(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let about = Text {
        vi: "Xếp theo số dịch vụ được nâng ít nhất một mức nếu chỉ riêng việc đó được khắc phục, sau đó theo số dịch vụ đang bị việc đó giữ lại ở mức hiện tại.",
        en: "Ordered by how many services would climb at least one stage by that fix alone, then by how many it holds at their stage.",
    };
    let table =
        nonempty_tables([quarter::work_list(review, lang), quarter::remedies(review, lang)]);
    let paragraph = if table.is_empty() { texts::ALL_WELL } else { about };
    Section {
        paragraphs: vec![paragraph.get(lang).to_owned()],
        tables: table,
        ..section("work", texts::WORK_LIST.get(lang))
    }
}

fn annex(context: &QuarterContext<'_>) -> Section {
    let (review, lang) = (context.review, context.lang);
    let title = overview::subject(&review.closing);
    Section {
        paragraphs: vec![title],
        tables: vec![quarter::annex(review, lang)],
        annex: true,
        ..section("services", texts::ALL_SERVICES.get(lang))
    }
}
