//! The body: what the template says, with the pictures and tables that it asks for.

use super::matter::Matter;
use super::paper::{Block, Paper, Picture, Sheet};
use super::tables;
use super::template::{FigureName, Line, TableName, Template, TemplateError};
use super::values::Values;
use crate::report::letterhead::Letterhead;
use crate::report::overview;

pub(super) fn body(matter: &Matter<'_>, letterhead: &Letterhead) -> Result<Paper, TemplateError> {
    let template = match letterhead.template(matter.lang) {
        Some(own) => Template::parse(own, matter.lang)?,
        None => Template::built_in(matter.lang),
    };
    let lines = template.render(&Values::of(matter, letterhead))?;
    let mut paper = Paper {
        title: letterhead.title(matter.lang),
        subject: String::new(),
        addressees: Vec::new(),
        body: Vec::new(),
        annexes: Vec::new(),
    };
    for line in lines {
        match line {
            Line::Title(title) if paper.title.is_empty() => paper.title = title,
            Line::Title(_) => {}
            Line::Subject(subject) => paper.subject = subject,
            Line::To(addressee) => paper.addressees.push(addressee),
            Line::Section(title) => paper.body.push(Block::Section(title)),
            Line::Heading(title) => paper.body.push(Block::Heading(title)),
            Line::Item(text) => paper.body.push(Block::Item(text)),
            Line::Warning(text) => paper.body.push(Block::Warning(text)),
            Line::Paragraph(text) => paper.body.push(Block::Paragraph(text)),
            Line::Figure(name) => paper.body.extend(figure(matter, name).map(Block::Figure)),
            Line::Table(name, title) => {
                let table = match name {
                    TableName::Results => tables::results(matter),
                    TableName::Categories => tables::categories(matter),
                    TableName::Organisations => tables::organisations(matter),
                    TableName::Tasks => tables::tasks(matter),
                };
                if !table.table.rows.is_empty() {
                    paper.body.push(Block::Table(Sheet { title, ..table }));
                }
            }
        }
    }
    let named: Vec<String> = letterhead.addressees(matter.lang).collect();
    if !named.is_empty() {
        paper.addressees = named;
    } else if paper.addressees.is_empty() && matter.result.organisation().is_some() {
        paper.addressees.push(overview::subject(matter.result));
    }
    Ok(paper)
}

/// A trend of one point is no picture.
fn figure(matter: &Matter<'_>, name: FigureName) -> Option<Picture> {
    const POINTS_MAX: usize = 24;
    match name {
        FigureName::Stages => Some(Picture::Stages(matter.result.summary().all)),
        FigureName::Trend => {
            let last = matter.trend.len().saturating_sub(POINTS_MAX);
            (matter.trend.len() > 1).then(|| Picture::Trend(matter.trend[last..].to_vec()))
        }
    }
}
