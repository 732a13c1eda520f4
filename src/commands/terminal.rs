//! What goes to stdout and stderr, and what they can show.

mod harmless;

use std::io::{BufWriter, IsTerminal as _, StdoutLock};

use harmless::{Harmless, harmless};

use super::cli::{ColorChoice, Global};
use crate::inventory::{Diagnostic, Diagnostics};
use crate::report::terminal::{Display, EvidenceBeside};
use crate::runs::Note;

/// Columns where stdout is no terminal, or doesn't say.
const WIDTH: usize = 100;

/// How a result is shown on stdout: `-v` lists what only follows from a cause, too.
pub(super) fn display(global: &Global) -> Display {
    let (color, width) = stdout_style(global);
    Display { color, width, all: global.verbose > 0, evidence: EvidenceBeside::Nothing }
}

/// Whether to colour what goes to stdout, and how wide it is in columns.
pub(super) fn stdout_style(global: &Global) -> (bool, usize) {
    let terminal = std::io::stdout().is_terminal();
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    };
    let columns = if terminal { window_columns() } else { None };
    (color, columns.unwrap_or(WIDTH).clamp(40, 200))
}

/// Whether to colour what goes to stderr.
pub(super) fn stderr_has_color(global: &Global) -> bool {
    match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            std::io::stderr().is_terminal()
                && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    }
}

fn window_columns() -> Option<usize> {
    let declared = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    declared.or_else(|| Some(terminal_size::terminal_size()?.0.0.into()))
}

/// Stdout for results, without the control codes that stored text may hold. It is buffered whole: left
/// to itself it is flushed at every line end, which costs more than writing a large result.
pub(super) fn results() -> BufWriter<Harmless<StdoutLock<'static>>> {
    BufWriter::new(Harmless::new(std::io::stdout().lock()))
}

/// Prints a line on stderr, which is for the person at the terminal and part of no result.
pub(super) fn note(text: impl std::fmt::Display) {
    eprintln!("{}", harmless(&text.to_string()));
}

/// Prints what a step that commands share has to say, on stderr.
pub(super) fn note_of_run(said: Note) {
    match said {
        Note::Text(text) => note(text),
        Note::Diagnostic(diagnostic) => note(render_diagnostic(&diagnostic)),
    }
}

/// Prints what is wrong with an inventory on stderr.
pub(super) fn print_diagnostics(problems: &Diagnostics) {
    eprint!("{}", harmless(&render_diagnostics(problems)));
}

/// What is wrong with an inventory, as stderr can show it.
pub(super) fn render_diagnostics(problems: &Diagnostics) -> String {
    problems.render(std::io::stderr().is_terminal())
}

/// One thing that is wrong with an inventory, as stderr can show it.
pub(super) fn render_diagnostic(problem: &Diagnostic) -> String {
    problem.render(std::io::stderr().is_terminal())
}

/// Whether stderr is a terminal, which can show how far a command is.
pub(super) fn stderr_shows_progress() -> bool {
    std::io::stderr().is_terminal()
}
