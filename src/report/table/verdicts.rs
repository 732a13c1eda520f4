//! The table of all verdicts.

use super::cells::{Cell, Kind, Row, Stream, Table};
use crate::judge::{Judged, Roots, RunResult};
use crate::model::{Lang, Subject, SubjectName, Text};

/// One row for each subject of each verdict, those of the vantage point first; a verdict without
/// subjects has one row. Words and headings are those of the JSON result in either language, so that
/// programs can hold on to them; only `message` is in the reader's.
pub fn verdicts(result: &RunResult, lang: Lang) -> Stream<'_> {
    Stream::new(columns(lang), verdict_rows(result, lang).map(Row::plain))
}

fn columns(lang: Lang) -> Table {
    const TITLE: Text = Text { vi: "Kết luận chi tiết", en: "Raw verdicts" };
    let mut table = Table::new(TITLE.get(lang), 0);
    for (title, kind, width_chars) in [
        ("run", Kind::Code, 24),
        ("as_of", Kind::Code, 30),
        ("service", Kind::Code, 26),
        ("check", Kind::Code, 24),
        ("revision", Kind::Count, 9),
        ("severity", Kind::Code, 10),
        ("outcome", Kind::Code, 14),
        ("reason", Kind::Code, 22),
        ("subject_kind", Kind::Code, 13),
        ("subject", Kind::Code, 34),
        ("subject_outcome", Kind::Code, 16),
        ("subject_reason", Kind::Code, 22),
        ("detail", Kind::Code, 40),
        ("message", Kind::Text, 60),
        ("root", Kind::Code, 24),
    ] {
        table = table.column(title, kind, width_chars);
    }
    table
}

fn verdict_rows(result: &RunResult, lang: Lang) -> impl Iterator<Item = Vec<Cell>> {
    let (run, as_of) = (result.run.id.to_string(), result.as_of.to_string());
    let of_services = result.services.iter().flat_map(|service| {
        let verdicts = service.verdicts.unpack();
        let roots = Roots::of(&verdicts);
        let id = service.service.id.to_string();
        let of = move |(at, judged)| (id.clone(), judged, roots.at(at).id());
        verdicts.into_iter().enumerate().map(of)
    });
    let of_vantage = result.vantage.iter().map(|judged| (String::new(), judged.clone(), None));
    of_vantage.chain(of_services).flat_map(move |(service, judged, root)| {
        rows([&run, &as_of, &service], &judged, root, lang)
    })
}

fn rows(
    [run, as_of, service]: [&str; 3],
    judged: &Judged,
    root: Option<&'static str>,
    lang: Lang,
) -> Vec<Vec<Cell>> {
    let verdict = &judged.verdict;
    let head = [
        Cell::text(run),
        Cell::text(as_of),
        Cell::text(service),
        Cell::text(judged.check.id),
        Cell::Count(judged.check.revision.into()),
        Cell::text(judged.severity.id()),
        Cell::text(verdict.outcome.id()),
        Cell::text(verdict.reason),
    ];
    let message = Cell::text(judged.check.message(verdict.reason, lang));
    let mut rows = Vec::new();
    let mut push = |subject: [Cell; 5]| {
        let tail = [message.clone(), Cell::text(root.unwrap_or_default())];
        rows.push(head.iter().cloned().chain(subject).chain(tail).collect());
    };
    if verdict.subjects.is_empty() {
        push([const { Cell::Empty }; 5]);
    }
    for subject in &verdict.subjects {
        push([
            Cell::text(kind_of(&subject.name)),
            Cell::text(&subject.name.to_string()),
            Cell::text(subject.outcome.id()),
            Cell::text(subject.reason),
            Cell::text(&particulars(subject)),
        ]);
    }
    rows
}

fn kind_of(name: &SubjectName) -> &'static str {
    match name {
        SubjectName::Socket(_) => "socket",
        SubjectName::Address(_) => "address",
        SubjectName::Host(_) => "host",
        SubjectName::NameServer(..) => "name-server",
        SubjectName::Url(_) => "url",
        SubjectName::Control(_) => "control",
    }
}

fn particulars(subject: &Subject) -> String {
    let particulars: Vec<_> =
        subject.detail.iter().map(|(key, value)| format!("{key}={value}")).collect();
    particulars.join("; ")
}
