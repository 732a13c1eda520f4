//! `--config FILE`: defaults for the options, so that a cron line stays short.
//!
//! A key is the long name of an option; the options of one command are below its name. The file
//! only replaces built-in defaults: the command line and the environment are stronger. The section `serve`
//! is the daemon's own (`crate::serve::config`).

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Command, CommandFactory as _, FromArgMatches as _};

use super::cli::Cli;
use super::error::CliError;
use super::terminal;
use crate::inventory::Diagnostics;
use crate::inventory::reader::Reader;
use crate::inventory::tree::{Content, NodeId};
use crate::inventory::yaml;
use crate::model::suggestion::{list, nearest};
use crate::serve::config::read::{CONFIGURATION, SERVE_KEY, check};

const CONFIG: &str = "config";

/// Reads the command line over the defaults of the configuration file that it names.
///
/// # Errors
/// When the file can't be read, is no YAML mapping, or names options that don't exist: all of it, each with
/// its place. What is wrong with the command line itself ends the process, as clap has it.
pub(super) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, CliError> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = match file(&arguments) {
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read(&path)
                .map_err(|error| CliError::operator(format!("{name}: can't be read: {error}")))?;
            with_defaults(Cli::command(), &text, &name, is_daemon(&arguments))
                .map_err(|problems| unusable_config(&name, &problems))?
        }
        None => Cli::command(),
    };
    let matches = match command.try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) if error.use_stderr() => error.exit(),
        // Help, or the version: clap alone would not tell that nobody got it.
        Err(error) => {
            if std::io::IsTerminal::is_terminal(&std::io::stdout()) {
                error.exit();
            }
            terminal::print(error.render())?;
            std::process::exit(0);
        }
    };
    Ok(Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit()))
}

/// Prints what is wrong with a configuration, and says that it can't be used.
pub(super) fn unusable_config(name: &str, problems: &Diagnostics) -> CliError {
    terminal::print_diagnostics(problems);
    CliError::operator(format!(
        "{name}: {} in the configuration",
        crate::inventory::problems(problems.count())
    ))
}

/// The file that the command line or the environment names.
fn file(arguments: &[OsString]) -> Option<PathBuf> {
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(arguments).ok()?;
    let given = |matches: &clap::ArgMatches| matches.get_one::<PathBuf>(CONFIG).cloned();
    given(&matches).or_else(|| matches.subcommand().and_then(|(_, matches)| given(matches)))
}

/// Whether the command line is the daemon's, whose section is looked at with all else.
fn is_daemon(arguments: &[OsString]) -> bool {
    let matches = Cli::command().ignore_errors(true).try_get_matches_from(arguments).ok();
    matches.is_some_and(|matches| matches.subcommand_name() == Some("serve"))
}

/// A command whose defaults are those of a configuration.
fn with_defaults(
    command: Command,
    text: &[u8],
    name: &str,
    is_daemon: bool,
) -> Result<Command, Diagnostics> {
    if yaml::is_empty(text) {
        return Ok(command);
    }
    yaml::read(text, name, &CONFIGURATION, |reader, root| {
        if is_daemon {
            check_serve(reader, root);
        }
        apply(command, reader, root, "")
    })
    .map(|(command, _)| command)
}

fn apply(
    mut command: Command,
    reader: &mut Reader<'_, '_>,
    node: NodeId,
    at: &str,
) -> Option<Command> {
    let what = if at.is_empty() { "the configuration" } else { at.trim_end_matches('.') };
    let tree = reader.tree;
    for pair in reader.pairs(node, what)?.chunks_exact(2) {
        let (key_node, value) = (tree.node(pair[0]), tree.node(pair[1]));
        let Content::Scalar { text: key, .. } = &key_node.content else {
            reader.error(key_node.span, "a key is a collection, not a word", None);
            continue;
        };
        if at.is_empty() && key == SERVE_KEY {
            continue;
        }
        let place = format!("{at}{key}");
        let id = command
            .get_arguments()
            .find(|argument| argument.get_long() == Some(key) && argument.get_id() != CONFIG)
            .map(|argument| argument.get_id().clone());
        if command.find_subcommand(&**key).is_some() {
            let mut inner = None;
            command = command.mut_subcommand(&**key, |sub| {
                inner = apply(sub.clone(), reader, pair[1], &format!("{place}."));
                inner.clone().unwrap_or(sub)
            });
        } else if let Some(id) = id {
            match texts(reader, pair[1]) {
                Some(values) => {
                    command = command.mut_arg(&id, |argument| argument.default_values(values));
                }
                None => {
                    let message = format!("`{place}`: a value or a list of values is expected");
                    reader.error(value.span, &message, Some("write one, or delete the key"));
                }
            }
        } else {
            let known = known_keys(&command);
            let known = || known.iter().map(String::as_str);
            let help = match nearest(key, known()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", list(known())),
            };
            reader.error(key_node.span, &format!("`{place}` is no option"), Some(&help));
        }
    }
    Some(command)
}

fn check_serve(reader: &mut Reader<'_, '_>, root: NodeId) {
    let Content::Mapping(pairs) = &reader.tree.node(root).content else { return };
    let tree = reader.tree;
    for pair in tree.children(pairs).chunks_exact(2) {
        if matches!(&tree.node(pair[0]).content, Content::Scalar { text, .. } if text == SERVE_KEY)
        {
            check(reader, pair[1]);
        }
    }
}

fn texts(reader: &Reader<'_, '_>, node: NodeId) -> Option<Vec<String>> {
    match &reader.tree.node(node).content {
        content if content.is_null() => None,
        Content::Scalar { text, .. } => Some(vec![text.to_string()]),
        Content::Sequence(items) => {
            let items = reader.tree.children(items).iter().map(|item| texts(reader, *item));
            items.collect::<Option<Vec<_>>>().map(|lists| lists.concat())
        }
        Content::Mapping(_) => None,
    }
}

/// What a configuration may have at this place.
fn known_keys(command: &Command) -> Vec<String> {
    command
        .get_arguments()
        .filter_map(|argument| argument.get_long())
        .filter(|long| ![CONFIG, "help", "version"].contains(long))
        .chain(command.get_subcommands().map(Command::get_name))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::cli::{self, ColorChoice};

    fn read(text: &str, arguments: &[&str]) -> Result<Cli, String> {
        let command = with_defaults(Cli::command(), text.as_bytes(), "config.yaml", false)
            .map_err(|problems| {
                problems.iter().map(|one| format!("{one}\n")).collect::<String>()
            })?;
        let matches = command
            .try_get_matches_from([&["v6ready"], arguments].concat())
            .map_err(|error| error.to_string())?;
        Cli::from_arg_matches(&matches).map_err(|error| error.to_string())
    }

    #[test]
    fn defaults_come_from_the_file_and_the_command_line_is_stronger() {
        let text = "db: /srv/a.db\ncolor: never\nquiet: true\nscan:\n  vantage: noc\n  \
                    fail-under: 80\n  only: [a/*, b/*]\nserve:\n  title: x\n";
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
        assert!(read("# nothing yet\n", &["man"]).is_ok());
    }

    #[test]
    fn everything_that_is_wrong_is_named_with_its_place() {
        let problem = |text| read(text, &["scan"]).unwrap_err();
        let text = problem("dbb: x\nscan: {vantag: x}\n");
        assert!(
            text.contains("config.yaml:1:1: `dbb` is no option (did you mean `db`?)"),
            "{text}"
        );
        assert!(text.contains("config.yaml:2:8: `scan.vantag` is no option"), "{text}");
        assert!(problem("config: x").contains("is no option"));
        assert!(problem("scan: {only: {a: b}}").contains("a value or a list"));
        assert!(problem("db:").contains("a value or a list"));
        assert!(problem("[1]").contains("mapping"));
        assert!(problem("color: pink").contains("pink"));
        assert!(problem("a: [").contains("config.yaml:"));
    }
}
