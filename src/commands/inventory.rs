//! `v6ready inventory`: starting and checking one.

use std::fs::{self, File};
use std::io::{ErrorKind, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use super::cli::{Global, InventoryArgs, InventoryCommand};
use super::error::CliError;
use super::{import, suggest};
use crate::inventory;
use crate::model::Lang;

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
        InventoryCommand::Schema => {
            std::io::stdout()
                .write_all(inventory::schema().as_bytes())
                .map_err(CliError::of_error)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn init(file: &Path, lang: Lang, title: Option<&str>) -> Result<ExitCode, CliError> {
    let text = inventory::scaffold(lang, title);
    if file == Path::new("-") {
        std::io::stdout().write_all(text.as_bytes()).map_err(CliError::of_error)?;
        return Ok(ExitCode::SUCCESS);
    }
    let written = File::create_new(file).and_then(|mut created| created.write_all(text.as_bytes()));
    match written {
        Ok(()) => {
            eprintln!("{} is written; `v6ready inventory validate` checks it", file.display());
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(CliError::mend(format!("{} exists already and is left as it is", file.display()))
                .help("name another file, or `-` for stdout"))
        }
        Err(error) => Err(CliError::mend(format!("{} can't be written: {error}", file.display()))),
    }
}

fn validate(file: &Path) -> Result<ExitCode, CliError> {
    let (text, name) = if file == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin().read_to_end(&mut text).map_err(CliError::of_error)?;
        (text, "(stdin)".to_owned())
    } else {
        let text = fs::read(file).map_err(|error| {
            CliError::mend(format!("{} can't be read: {error}", file.display()))
                .help("`v6ready inventory init` writes one to start from")
        })?;
        (text, file.display().to_string())
    };
    let color = std::io::stderr().is_terminal();
    match inventory::parse(&text, &name) {
        Ok(parsed) => {
            for warning in &parsed.warnings {
                eprintln!("{}\n", warning.render(color));
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
        Err(problems) => {
            eprint!("{}", problems.render(color));
            Err(CliError::mend(format!("{name}: {problems}")))
        }
    }
}
