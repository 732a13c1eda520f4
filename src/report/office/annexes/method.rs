//! Annex IV: how was measured, by which rules, and the ids by which a colleague finds it again.

use crate::judge::Counts;
use crate::model::{Lang, Stage, Text};
use crate::report::describe::{clean, prose};
use crate::report::office::matter::Matter;
use crate::report::office::paper::{Block, Sheet};
use crate::report::overview;
use crate::report::parts::Part;
use crate::report::table::{Cell, Kind, Table};
use crate::report::texts;

const STAGES: Text = Text { vi: "Các mức sẵn sàng", en: "The stages" };
const RUNS: Text = Text { vi: "Các đợt đo", en: "The runs" };
const SETTINGS: Text = Text { vi: "Tham số đo", en: "Measurement settings" };
const METHOD: Text = Text {
    vi: "Mỗi dịch vụ được đo từ điểm đo qua IPv6 và IPv4: truy vấn tên miền, kết nối tới từng địa chỉ, kiểm tra chứng thư số và so sánh nội dung nhận được. Số liệu đo được lưu nguyên trạng; kết luận được rút ra từ số liệu theo bộ tiêu chí, nên có thể kiểm tra lại. Kết quả chỉ phản ánh những gì quan sát được từ điểm đo tại thời điểm đo.",
    en: "Each service was measured from the vantage point over IPv6 and IPv4: its names were resolved, each of its addresses was connected to, certificates were verified and what was received was compared. What was observed is stored as it was; conclusions are drawn from it by the checks, so that they can be verified. Results say what was seen from the vantage point at that time, and nothing else.",
};
const BASE: Text = Text {
    vi: "Mọi tỷ lệ trong báo cáo được tính trên số dịch vụ đã kết luận được là đạt hay chưa đạt mức đó. Dịch vụ chưa xác định được không tính vào tỷ lệ và không bị coi là không đạt; dịch vụ chưa xác định được mức chính xác nhưng đã biết đạt mức đó thì được tính là đạt.",
    en: "Every share in this report is of those services of which it could be determined whether they reached the stage. Services for which it could not be determined are left out and do not count as failed; a service whose exact stage is unknown but which is known to have reached it counts as reached.",
};
const TREND: Text = Text {
    vi: "Mỗi dòng là một đợt đo hoàn tất: đợt đo chốt số liệu của các quý trước, đợt đo cuối mỗi tuần của kỳ báo cáo và đợt đo chốt số liệu. Tất cả được kết luận lại theo cùng một bộ tiêu chí.",
    en: "Each line is a complete run: the closing runs of earlier quarters, the last run of each week of this one, and the closing run. All of them were judged again by the same checks.",
};

pub(super) fn blocks(matter: &Matter<'_>) -> Vec<Block> {
    let (lang, result) = (matter.lang, matter.result);
    let mut blocks = vec![
        Block::Paragraph(METHOD.get(lang).to_owned()),
        Block::Paragraph(BASE.get(lang).to_owned()),
        Block::Paragraph(texts::ABSENT_NOTE.get(lang).to_owned()),
        Block::Heading(STAGES.get(lang).to_owned()),
        Block::Table(Sheet::plain("", stages(matter))),
        Block::Heading(RUNS.get(lang).to_owned()),
    ];
    if matter.trend.len() > 1 {
        blocks.push(Block::Paragraph(TREND.get(lang).to_owned()));
    }
    blocks.push(Block::Table(Sheet::plain("", runs(matter))));
    blocks.push(Block::Heading(SETTINGS.get(lang).to_owned()));
    let run = &result.run;
    let settings = &result.inventory.settings;
    let resolver = run.vantage.resolver.as_deref().map_or_else(|| "–".to_owned(), clean);
    let own = overview::excerpt_particulars(result, lang).into_iter();
    blocks.extend(own.map(|(label, value)| Block::Item(format!("{label}: {value}."))));
    let pairs = [
        (texts::RUN, run.id.to_string()),
        (texts::VANTAGE, clean(&run.vantage.name)),
        (texts::RESOLVER, resolver),
        (
            texts::POLICY,
            format!("{} – {}", clean(result.policy.title(lang)), clean(result.policy.source(lang))),
        ),
        (
            Text { vi: "Số lần thử mỗi phép đo", en: "Attempts at each measurement" },
            texts::number(settings.attempts.into(), lang),
        ),
        (
            Text {
                vi: "Mã băm SHA-256 của danh mục dịch vụ", en: "SHA-256 of the inventory"
            },
            result.inventory.sha256.to_string(),
        ),
        (Text { vi: "Phần mềm", en: "Software" }, format!("v6ready {}", env!("CARGO_PKG_VERSION"))),
    ];
    blocks
        .extend(pairs.map(|(label, value)| Block::Item(format!("{}: {value}.", label.get(lang)))));
    blocks
}

/// What each stage means, by which checks, and how many services are there.
fn stages(matter: &Matter<'_>) -> Table {
    const CHECKS: Text = Text {
        vi: "Tiêu chí phải đạt (dịch vụ web)",
        en: "Checks that have to pass (web services)",
    };
    let (lang, policy) = (matter.lang, &matter.result.policy);
    let counts = Counts::of(&matter.result.services);
    let mut table = Table::new("", 1)
        .column(texts::STAGE.get(lang), Kind::Text, 30)
        .column(CHECKS.get(lang), Kind::Text, 80)
        .column(texts::SERVICES.get(lang), Kind::Count, 9);
    for part in Part::all(policy) {
        let checks = match part {
            Part::At(stage) if stage > Stage::Ipv4Only => policy.gates(stage).unwrap_or_default(),
            _ => &[],
        };
        let titles = checks.iter().filter_map(|id| crate::check::find(id));
        let titles: Vec<String> =
            titles.map(|check| format!("{} ({})", prose(check.title(lang)), check.id)).collect();
        table.rows.push(vec![
            Cell::Text(texts::capitalised(&match part {
                Part::At(stage) => match lang {
                    Lang::Vi => format!("Mức {}: {}", stage.number(), stage.name().get(lang)),
                    Lang::En => format!("Stage {}: {}", stage.number(), stage.name().get(lang)),
                },
                other => other.label(lang),
            })),
            Cell::Text(titles.join("; ")),
            Cell::Count(part.count(&counts)),
        ]);
    }
    table
}

fn runs(matter: &Matter<'_>) -> Table {
    const DAY: Text = Text { vi: "Ngày", en: "Day" };
    const QUARTER: Text = Text { vi: "Kỳ báo cáo", en: "Quarter" };
    const REACHED: Text = Text { vi: "Tỷ lệ đạt (%)", en: "Share (%)" };
    let (lang, policy) = (matter.lang, &matter.result.policy);
    let mut table = Table::new("", 1)
        .column(DAY.get(lang), Kind::Date, 11)
        .column(QUARTER.get(lang), Kind::Text, 12)
        .column(texts::RUN.get(lang), Kind::Code, 24)
        .column(texts::SERVICES.get(lang), Kind::Count, 9);
    for part in Part::all(policy) {
        table = table.column(part.heading(lang), Kind::Count, 9);
    }
    table = table.column(REACHED.get(lang), Kind::Percent, 9);
    for point in matter.trend.iter() {
        let counts = &point.counts;
        let mut row = vec![
            Cell::Date(point.day),
            Cell::Text(texts::quarter_short(point.quarter.number, point.quarter.year, lang)),
            Cell::text(&point.run.to_string()),
            Cell::Count(counts.counted()),
        ];
        row.extend(Part::all(policy).map(|part| Cell::Count(part.count(counts))));
        row.push(counts.percent_at_least(policy.aim()).map_or(Cell::Empty, Cell::Percent));
        table.rows.push(row);
    }
    table
}
