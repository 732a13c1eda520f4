//! The words of a signed report as a text that an office can change: [minijinja](https://docs.rs/minijinja)
//! puts the figures in, and the first sign of a line says what it is.
//!
//! `docs/report-template.md` describes the signs and the values.

use std::fmt::Write as _;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use super::values::{NAMES, Values};
use crate::model::suggestion::nearest;
use crate::model::{Lang, Text};
use crate::report::texts;

/// The words that come with the program.
const BUILT_IN: Text = Text {
    vi: include_str!("../../../templates/office/report.vi.txt"),
    en: include_str!("../../../templates/office/report.en.txt"),
};

/// Stands before every value that is put in, so that no name is taken for a sign of the template. It means
/// nothing outside the agreement of its makers, and values don't hold it.
const GUARD: char = '\u{e000}';

/// What one rendering may cost, in instructions.
const FUEL: u64 = 2_000_000;

/// Octets of a template.
const LENGTH_MAX: usize = 200_000;

/// The words of a report in one language.
#[derive(Clone, Debug)]
pub struct Template {
    text: String,
    lang: Lang,
}

/// A line of a rendered template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `@title`: the kind of document.
    Title(String),
    /// `@subject`: what it is about.
    Subject(String),
    /// `@to`: to whom it is written.
    To(String),
    /// `# `: a heading.
    Section(String),
    /// `## `: a heading below it.
    Heading(String),
    /// `- `: a point of a list.
    Item(String),
    /// `! `: a paragraph that must not be overlooked.
    Warning(String),
    /// `@figure`: a picture.
    Figure(FigureName),
    /// `@table`: a table, and what stands over it.
    Table(TableName, String),
    /// Anything else.
    Paragraph(String),
}

/// A picture that a template may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureName {
    /// The services by stage.
    Stages,
    /// The same over the runs before.
    Trend,
}

/// A table that a template may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableName {
    /// The figures of all services, now and before.
    Results,
    /// By category.
    Categories,
    /// By organisation, the highest and the lowest.
    Organisations,
    /// What is to be done first.
    Tasks,
}

const FIGURES: [(&str, FigureName); 2] =
    [("stages", FigureName::Stages), ("trend", FigureName::Trend)];

const TABLES: [(&str, TableName); 4] = [
    ("results", TableName::Results),
    ("categories", TableName::Categories),
    ("organisations", TableName::Organisations),
    ("tasks", TableName::Tasks),
];

/// Why a text is no template: the line and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

impl Template {
    /// The words that come with the program.
    pub fn built_in(lang: Lang) -> Self {
        Self { text: BUILT_IN.get(lang).to_owned(), lang }
    }

    /// Reads a template. Whatever can be wrong with it whatever the figures are is told here.
    ///
    /// # Errors
    /// When it isn't well-formed, asks for a value, picture or table that there isn't, or is too long.
    pub fn parse(text: &str, lang: Lang) -> Result<Self, TemplateError> {
        if text.len() > LENGTH_MAX {
            return Err(TemplateError(format!("longer than {LENGTH_MAX} bytes")));
        }
        let template = Self { text: text.to_owned(), lang };
        let environment = template.environment();
        let read = environment.template_from_str(text).map_err(|error| told(&error))?;
        let mut asked: Vec<String> = read.undeclared_variables(true).into_iter().collect();
        asked.sort_unstable();
        for name in asked {
            template.check_name(&name)?;
        }
        for (number, line) in text.lines().enumerate() {
            if !line.contains("{{") && !line.contains("{%") {
                parse_line(line).map_err(|error| at(number + 1, &error.0))?;
            }
        }
        Ok(template)
    }

    fn check_name(&self, name: &str) -> Result<(), TemplateError> {
        const FUNCTIONS: [&str; 4] = ["range", "dict", "namespace", "debug"];
        if NAMES.contains(&name) || FUNCTIONS.contains(&name) {
            return Ok(());
        }
        let line = self.text.lines().position(|line| line.contains(name)).map_or(1, |at| at + 1);
        let near = nearest(name, NAMES.iter().copied());
        let help = near.map_or_else(
            || format!("the values are: {}", NAMES.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Err(at(line, &format!("there is no value `{name}`; {help}")))
    }

    fn environment(&self) -> Environment<'_> {
        let lang = self.lang;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_fuel(Some(FUEL));
        environment.set_formatter(
            move |out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value| {
                let words = words(value, lang)?;
                out.write_char(GUARD).and_then(|()| out.write_str(&words)).map_err(|_| {
                    Error::new(ErrorKind::WriteFailure, "the text can't be put together")
                })
            },
        );
        // `{{ services|count("service", "services") }}`; in Vietnamese one form serves all.
        environment.add_filter("count", move |count: usize, one: String, many: Option<String>| {
            let form = if count == 1 { one } else { many.unwrap_or(one) };
            format!("{} {form}", texts::number(count, lang))
        });
        environment
    }

    /// The lines of a report.
    ///
    /// # Errors
    /// When the template asks for what these figures don't have, or for too much.
    pub(super) fn render(&self, values: &Values) -> Result<Vec<Line>, TemplateError> {
        let environment = self.environment();
        let read = environment.template_from_str(&self.text).map_err(|error| told(&error))?;
        let text = read.render(Value::from(Serde(values))).map_err(|error| told(&error))?;
        let lines = text.lines().map(str::trim).filter(|line| !line.trim_matches(GUARD).is_empty());
        lines.map(parse_line).collect()
    }
}

/// A value as it is printed; one that is missing must not leave a hole in a sentence.
fn words(value: &Value, lang: Lang) -> Result<String, Error> {
    if value.is_undefined() || value.is_none() {
        let message = "this value is missing here; ask for it by `{% if … %}` first";
        return Err(Error::new(ErrorKind::UndefinedError, message));
    }
    Ok(match usize::try_from(value.clone()) {
        Ok(count) if value.is_number() => texts::number(count, lang),
        _ => value.to_string().replace(['\n', '\r', GUARD], " "),
    })
}

fn parse_line(line: &str) -> Result<Line, TemplateError> {
    let text = |rest: &str| rest.replace(GUARD, "").trim().to_owned();
    if let Some(rest) = line.strip_prefix('@') {
        let (sign, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        return match sign {
            "title" => Ok(Line::Title(text(rest))),
            "subject" => Ok(Line::Subject(text(rest))),
            "to" => Ok(Line::To(text(rest))),
            "figure" => Ok(Line::Figure(named("figure", &text(rest), &FIGURES)?)),
            "table" => {
                let rest = text(rest);
                let (name, title) = rest.split_once(' ').unwrap_or((&rest, ""));
                Ok(Line::Table(named("table", name, &TABLES)?, title.trim().to_owned()))
            }
            other => Err(TemplateError(format!(
                "there is no `@{other}`; there are @title, @subject, @to, @figure and @table"
            ))),
        };
    }
    let signs: [(&str, Maker); 4] =
        [("# ", Line::Section), ("## ", Line::Heading), ("- ", Line::Item), ("! ", Line::Warning)];
    let found = signs.into_iter().find_map(|(sign, make)| Some((line.strip_prefix(sign)?, make)));
    Ok(match found {
        Some((rest, make)) => make(text(rest)),
        None => Line::Paragraph(text(line)),
    })
}

/// Makes a line of the text behind its sign.
type Maker = fn(String) -> Line;

fn named<T: Copy>(what: &str, name: &str, all: &[(&str, T)]) -> Result<T, TemplateError> {
    let found = all.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|(known, _)| *known).collect();
        TemplateError(format!("there is no {what} `{name}`; there are {}", known.join(", ")))
    })
}

fn told(error: &Error) -> TemplateError {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    match error.line() {
        Some(line) => at(line, &detail),
        None => TemplateError(detail),
    }
}

fn at(line: usize, message: &str) -> TemplateError {
    TemplateError(format!("line {line}: {message}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_come_with_the_program_are_templates() {
        for lang in [Lang::Vi, Lang::En] {
            Template::parse(BUILT_IN.get(lang), lang).unwrap();
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, expected) in [
            ("a\n{{ servics }}", "line 2: there is no value `servics`; did you mean `services`?"),
            ("{{ plan.until }}", "line 1: there is no value `plan.until`"),
            ("x\n\n@tabel tasks", "line 3: there is no `@tabel`"),
            ("@table work", "line 1: there is no table `work`; there are results"),
            ("{% if share %}", "line 1"),
        ] {
            let error = Template::parse(text, Lang::En).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_name_is_no_sign() {
        let line = format!("{GUARD}# not a heading");
        assert_eq!(parse_line(&line).unwrap(), Line::Paragraph("# not a heading".to_owned()));
        assert_eq!(parse_line("# one").unwrap(), Line::Section("one".to_owned()));
    }
}
