//! Names of organisations that are nearly known: asked about at a terminal, else left to the command line.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::Path;

use crate::commands::cli::ImportArgs;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::inventory::import::{self, Answer, Base, Candidate, Doubt, Terms};
use crate::report::describe::clean;

/// Names that are printed; a person answers the first ones and runs it again.
const SHOWN_MAX: usize = 50;

/// Takes what the command line says of names.
///
/// # Errors
/// When it isn't `NAME=ORGANISATION`.
pub(super) fn take_answers(args: &ImportArgs, terms: &mut Terms) -> Result<(), CliError> {
    for text in &args.same {
        match text.rsplit_once('=').map(|(name, other)| (name.trim(), other.trim())) {
            Some((name, other)) if !name.is_empty() && !other.is_empty() => {
                terms.answer(name, Answer::Is(other.to_owned()));
            }
            _ => {
                let example = "'Sở Y Tế tỉnh=so-y-te'";
                return Err(CliError::operator(format!(
                    "--same: `{text}` is not NAME=ORGANISATION"
                ))
                .help(format!(
                    "write the name as in the table, and the organisation's id: {example}"
                )));
            }
        }
    }
    Ok(())
}

/// Finds an answer for every name that is nearly known.
///
/// # Errors
/// When nobody can be asked: the names, and how the command line answers.
pub(super) fn ask(
    args: &ImportArgs,
    base: &Base<'_>,
    candidates: &[Candidate],
    terms: &mut Terms,
) -> Result<(), CliError> {
    if args.new_organisations {
        return Ok(());
    }
    let can_ask =
        args.source != Path::new("-") && io::stdin().is_terminal() && io::stderr().is_terminal();
    loop {
        let doubts = import::doubts(base, candidates, terms);
        let Some(first) = doubts.first() else { return Ok(()) };
        if !can_ask {
            return Err(unanswered(&doubts));
        }
        // An answer may settle other names, so the rest is looked for again.
        let answer = ask_one(first)?;
        terms.answer(&first.named, answer);
    }
}

fn ask_one(doubt: &Doubt) -> Result<Answer, CliError> {
    loop {
        terminal::say(&format!("{} [y = the same, n = another one] ", question(doubt)));
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(CliError::operator("nobody answered; nothing is written"));
        }
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" | "c" | "có" => return Ok(Answer::Is(doubt.like.clone())),
            "n" | "no" | "k" | "không" => return Ok(Answer::New),
            _ => {}
        }
    }
}

fn question(doubt: &Doubt) -> String {
    let id = match doubt.like == doubt.like_name {
        true => "of this table too".to_owned(),
        false => doubt.like.clone(),
    };
    format!(
        "{}: is `{}` the same organisation as `{}` ({id})?",
        clean(&doubt.place),
        clean(&doubt.named),
        clean(&doubt.like_name),
    )
}

fn unanswered(doubts: &[Doubt]) -> CliError {
    for doubt in doubts.iter().take(SHOWN_MAX) {
        terminal::note(format_args!("{}", question(doubt)));
        let same = format!("{}={}", clean(&doubt.named), clean(&doubt.like)).replace('\'', "'\\''");
        terminal::note(format_args!("  if it is: --same '{same}'"));
    }
    if doubts.len() > SHOWN_MAX {
        terminal::note(format_args!("… and {} more", doubts.len() - SHOWN_MAX));
    }
    let names = match doubts.len() {
        1 => "1 name is nearly that of a known organisation".to_owned(),
        count => format!("{count} names are nearly those of known organisations"),
    };
    CliError::operator(format!("{names}; nothing is written")).help(
        "`--same` for each that is the same, and `--new-organisations` when the others aren't",
    )
}
