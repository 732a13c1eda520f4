//! `v6ready inventory`: starting and checking one.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::cli::{Global, InventoryArgs, InventoryCommand};
use super::error::CliError;
use super::{import, suggest, terminal};
use crate::inventory::import::BUILT_IN_WORDS;
use crate::inventory::{self, Diagnostics, INVENTORY_OCTETS_MAX};
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
        InventoryCommand::Suggest(args) => suggest::run(global, args),
        InventoryCommand::Import(args) => import::run(args),
        InventoryCommand::Words => {
            std::io::stdout().write_all(BUILT_IN_WORDS.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        InventoryCommand::Schema => {
            std::io::stdout().write_all(inventory::schema().as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn init(file: &Path, lang: Lang, title: Option<&str>) -> Result<ExitCode, CliError> {
    let text = inventory::scaffold(lang, title);
    if file == Path::new("-") {
        std::io::stdout().write_all(text.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let written = File::create_new(file).and_then(|mut created| created.write_all(text.as_bytes()));
    match written {
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

fn validate(file: &Path) -> Result<ExitCode, CliError> {
    let (text, name, folder) = if file == Path::new("-") {
        let mut text = Vec::new();
        // One octet more than is read says that there are too many.
        std::io::stdin().take(INVENTORY_OCTETS_MAX as u64 + 1).read_to_end(&mut text)?;
        (text, "(stdin)".to_owned(), Path::new(""))
    } else {
        let folder = file.parent().unwrap_or(Path::new(""));
        (load::inventory_text(file)?, file.display().to_string(), folder)
    };
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
    println!(
        "{name}: {} organisations, {} services, {} networks",
        inventory.organisations.len(),
        inventory.services.len(),
        inventory.networks.iter().count(),
    );
    Ok(ExitCode::SUCCESS)
}
