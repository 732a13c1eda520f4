//! `v6ready inventory`: starting and checking one, laying it out, comparing two.

mod difference;
mod text;

use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

pub(super) use difference::schema as difference_schema;
use text::text_of;

use super::cli::{Global, InventoryArgs, InventoryCommand};
use super::error::CliError;
use super::exit_code::GATE_FAILED;
use super::{atomic_file, import, suggest, terminal};
use crate::commands::atomic_file::{unwritable, write_atomically};
use crate::inventory::import::BUILT_IN_WORDS;
use crate::inventory::{self, Diagnostics};
use crate::model::Lang;
use crate::runs::load;

/// Runs one of the subcommands.
///
/// # Errors
/// What is wrong with the inventory or its file.
pub(super) fn run(global: &Global, args: &InventoryArgs) -> Result<ExitCode, CliError> {
    match &args.command {
        InventoryCommand::Init { file, lang, title } => init(file, *lang, title.as_deref()),
        InventoryCommand::Validate { file } => validate(file),
        InventoryCommand::Fmt { file, check } => fmt(file, *check),
        InventoryCommand::Diff { before, after, format, lang } => {
            difference::run(before, after, *format, *lang)
        }
        InventoryCommand::Suggest(args) => suggest::run(global, args),
        InventoryCommand::Import(args) => import::run(args),
        InventoryCommand::Words => {
            terminal::print(BUILT_IN_WORDS)?;
            Ok(ExitCode::SUCCESS)
        }
        InventoryCommand::Schema => {
            terminal::print(inventory::schema())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn init(file: &Path, lang: Lang, title: Option<&str>) -> Result<ExitCode, CliError> {
    let text = inventory::scaffold(lang, title);
    if file == Path::new("-") {
        terminal::print(text)?;
        return Ok(ExitCode::SUCCESS);
    }
    match atomic_file::write_new(file, 0o666, text.as_bytes()) {
        Ok(()) => {
            let file = file.display();
            terminal::note(format_args!(
                "{file} is written; `v6ready inventory validate` checks it"
            ));
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(CliError::operator(format!(
            "{} exists already and is left as it is",
            file.display()
        ))
        .help("name another file, or `-` for stdout")),
        Err(error) => {
            Err(CliError::operator(format!("{} can't be written: {error}", file.display())))
        }
    }
}

/// Lays a file out.
fn fmt(file: &Path, check: bool) -> Result<ExitCode, CliError> {
    let (text, name) = text_of(file)?;
    let text = String::from_utf8(text)
        .map_err(|_| CliError::operator(format!("{name} is not UTF-8")).help("save it in UTF-8"))?;
    let laid_out = inventory::laid_out(&text).map_err(|error| {
        CliError::operator(format!("{name}: {error}"))
            .help("`v6ready inventory validate` says what is wrong with it")
    })?;
    if check {
        return Ok(match laid_out == text {
            true => ExitCode::SUCCESS,
            false => {
                terminal::note(format_args!(
                    "{name} is not laid out; `v6ready inventory fmt` does it"
                ));
                ExitCode::from(GATE_FAILED)
            }
        });
    }
    if file == Path::new("-") {
        terminal::print(laid_out)?;
        return Ok(ExitCode::SUCCESS);
    }
    if laid_out == text {
        terminal::note(format_args!("{name} is left as it is"));
        return Ok(ExitCode::SUCCESS);
    }
    write_atomically(file, |out| out.write_all(laid_out.as_bytes()))
        .map_err(|error| unwritable(file, &error))?;
    terminal::note(format_args!("{name} is written"));
    Ok(ExitCode::SUCCESS)
}

fn validate(file: &Path) -> Result<ExitCode, CliError> {
    let (text, name) = text_of(file)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let faulty = |problems: &Diagnostics| {
        terminal::print_diagnostics(problems);
        CliError::operator(format!("{name}: {problems}"))
    };
    let parsed = inventory::parse(&text, &name).map_err(|problems| faulty(&problems))?;
    for warning in &parsed.warnings {
        terminal::note(format_args!("{}\n", terminal::render_diagnostic(warning)));
    }
    let problems = load::problems_of_files(&parsed, folder)?;
    if !problems.is_empty() {
        return Err(faulty(&Diagnostics::from(problems)));
    }
    let inventory = &parsed.inventory;
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    terminal::line(format_args!(
        "{name}: {}, {}, {}",
        counted(inventory.organisations.len(), "organisation"),
        counted(inventory.services.len(), "service"),
        counted(inventory.networks.iter().count(), "network"),
    ))?;
    Ok(ExitCode::SUCCESS)
}
