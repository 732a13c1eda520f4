//! `--config FILE`: defaults for the options, so that a cron line stays short.
//!
//! A key is the long name of an option; the options of one command are below its name. The file
//! only replaces built-in defaults: the command line and the environment are stronger.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Command, CommandFactory as _, FromArgMatches as _};
use serde_json::{Map, Value};

use super::cli::Cli;
use super::error::CliError;

const CONFIG: &str = "config";

/// Reads the command line over the defaults of the configuration file that it names.
///
/// # Errors
/// When the file can't be read, is no YAML mapping, or names an option that doesn't exist. What is
/// wrong with the command line itself ends the process, as clap has it.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, CliError> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = match file(&arguments) {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(&path)
                .map_err(|error| CliError::operator(format!("{name}: can't be read: {error}")))?;
            with_defaults(Cli::command(), &text)
                .map_err(|problem| CliError::operator(format!("{name}: {problem}")))?
        }
        None => Cli::command(),
    };
    let matches = command.get_matches_from(arguments);
    Ok(Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()))
}

/// The file that the command line or the environment names.
fn file(arguments: &[OsString]) -> Option<PathBuf> {
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(arguments).ok()?;
    let given = |matches: &clap::ArgMatches| matches.get_one::<PathBuf>(CONFIG).cloned();
    given(&matches).or_else(|| matches.subcommand().and_then(|(_, matches)| given(matches)))
}

/// A command whose defaults are those of a configuration.
fn with_defaults(command: Command, text: &str) -> Result<Command, String> {
    if text.trim().is_empty() {
        return Ok(command);
    }
    let root: Value = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
    match root {
        Value::Object(entries) => apply(command, &entries, ""),
        Value::Null => Ok(command),
        _ => Err("a mapping of option names to values is expected".to_owned()),
    }
}

fn apply(mut command: Command, entries: &Map<String, Value>, at: &str) -> Result<Command, String> {
    // The daemon reads its own section.
    for (key, value) in entries.iter().filter(|(key, _)| !(at.is_empty() && *key == "serve")) {
        let place = format!("{at}{key}");
        if let Value::Object(inner) = value {
            if command.find_subcommand(key).is_none() {
                return Err(unknown(&command, &place, key));
            }
            let mut problem = None;
            command = command.mut_subcommand(key, |sub| {
                apply(sub.clone(), inner, &format!("{place}."))
                    .map_err(|error| problem = Some(error))
                    .unwrap_or(sub)
            });
            if let Some(problem) = problem {
                return Err(problem);
            }
            continue;
        }
        let id = command
            .get_arguments()
            .find(|argument| argument.get_long() == Some(key) && argument.get_id() != CONFIG)
            .map(|argument| argument.get_id().clone())
            .ok_or_else(|| unknown(&command, &place, key))?;
        let values = texts(value)
            .ok_or_else(|| format!("`{place}`: a value or a list of values is expected"))?;
        command = command.mut_arg(&id, |argument| argument.default_values(values));
    }
    Ok(command)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Bool(_) | Value::Number(_) => Some(vec![value.to_string()]),
        Value::Array(items) => {
            items.iter().map(texts).collect::<Option<Vec<_>>>().map(|lists| lists.concat())
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn unknown(command: &Command, place: &str, key: &str) -> String {
    let known: Vec<&str> = command
        .get_arguments()
        .filter_map(|argument| argument.get_long())
        .filter(|long| ![CONFIG, "help", "version"].contains(long))
        .chain(command.get_subcommands().map(Command::get_name))
        .collect();
    let near = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(name, key), *name))
        .min()
        .filter(|(distance, _)| *distance <= 2)
        .map(|(_, name)| format!("; did you mean `{name}`?"))
        .unwrap_or_default();
    format!("`{place}` is no option{near} (known here: {})", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::cli::{self, ColorChoice};

    fn read(text: &str, arguments: &[&str]) -> Result<Cli, String> {
        let command = with_defaults(Cli::command(), text)?;
        let matches = command
            .try_get_matches_from([&["v6ready"], arguments].concat())
            .map_err(|error| error.to_string())?;
        Cli::from_arg_matches(&matches).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_come_from_the_file_and_the_command_line_is_stronger() {
        let text = "db: /srv/a.db\ncolor: never\nquiet: true\nscan:\n  vantage: noc\n  \
                    fail-under: 80\n  only: [a/*, b/*]\n";
        let cli = read(text, &["scan"]).unwrap();
        assert_eq!(cli.global.db, PathBuf::from("/srv/a.db"));
        assert_eq!((cli.global.color, cli.global.quiet), (ColorChoice::Never, true));
        let cli::Command::Scan(scan) = cli.command else { panic!() };
        assert_eq!(scan.vantage.as_deref(), Some("noc"));
        assert_eq!((scan.gate.fail_under, scan.only.only.len()), (Some(80.0), 2));
        let cli = read(text, &["--color", "always", "scan", "--vantage", "x"]).unwrap();
        assert_eq!(cli.global.color, ColorChoice::Always);
        let cli::Command::Scan(scan) = cli.command else { panic!() };
        assert_eq!(scan.vantage.as_deref(), Some("x"));
        assert!(read("", &["man"]).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let problem = |text| read(text, &["scan"]).unwrap_err();
        assert!(problem("dbb: x").contains("did you mean `db`?"));
        assert!(problem("scan: {vantag: x}").contains("`scan.vantag` is no option"));
        assert!(problem("config: x").contains("is no option"));
        assert!(problem("scan: {only: {a: b}}").contains("no option"));
        assert!(problem("[1]").contains("mapping"));
        assert!(problem("color: pink").contains("pink"));
        assert!(problem("a: [").contains("line"));
    }
}
