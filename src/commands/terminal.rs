//! What goes to stdout and stderr, and what they can show.

mod harmless;
mod output;

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::sync::OnceLock;

use harmless::{Harmless, harmless};
use output::{Errors, Output};

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
    let terminal = io::stdout().is_terminal();
    let columns = if terminal { window_columns() } else { None };
    (is_coloured(global.color, terminal), columns.unwrap_or(WIDTH).clamp(40, 200))
}

/// What `--color` says, once the command line has been read.
static COLOR: OnceLock<ColorChoice> = OnceLock::new();

/// Has stderr coloured, or not, as the command line says. Until then it is as by default.
pub(super) fn color_stderr(global: &Global) {
    // Only a second command line could be refused, and there is one.
    let _ = COLOR.set(global.color);
}

/// Whether to colour what goes to stderr: a file of log lines has no colours unless it is to have them.
pub(super) fn stderr_is_coloured() -> bool {
    is_coloured(COLOR.get().copied().unwrap_or(ColorChoice::Auto), io::stderr().is_terminal())
}

fn is_coloured(choice: ColorChoice, is_terminal: bool) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

fn window_columns() -> Option<usize> {
    let declared = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    declared.or_else(|| Some(terminal_size::terminal_size()?.0.0.into()))
}

/// Stdout for results, without the control codes that stored text may hold. It is buffered whole: left
/// to itself it is flushed at every line end, which costs more than writing a large result. It has to be
/// flushed: what can't be written shows then.
pub(super) fn results() -> BufWriter<Harmless<Output>> {
    BufWriter::new(Harmless::new(Output::stdout()))
}

/// Stdout for octets as they are: files that are written there.
pub(super) fn octets() -> BufWriter<Output> {
    BufWriter::new(Output::stdout())
}

/// Prints a line of the result on stdout.
///
/// # Errors
/// When it can't be written. That nobody reads it any more is none.
pub(super) fn line(text: impl std::fmt::Display) -> io::Result<()> {
    print(format_args!("{text}\n"))
}

/// Prints a text of the result on stdout.
///
/// # Errors
/// As [`line`].
pub(super) fn print(text: impl std::fmt::Display) -> io::Result<()> {
    let mut out = results();
    write!(out, "{text}")?;
    out.flush()
}

/// Prints a line on stderr, which is for the person at the terminal and part of no result. Where stderr
/// can't be written there is nobody to be told.
pub(super) fn note(text: impl std::fmt::Display) {
    say(&format!("{text}\n"));
}

/// Prints a text on stderr, as [`note`] does a line.
pub(super) fn say(text: &str) {
    let _ = Errors.write_all(harmless(text).as_bytes());
}

/// Stderr for the log.
pub(super) fn errors() -> Errors {
    Errors
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
    say(&render_diagnostics(problems));
}

/// What is wrong with an inventory, as stderr can show it.
pub(super) fn render_diagnostics(problems: &Diagnostics) -> String {
    problems.render(stderr_is_coloured())
}

/// One thing that is wrong with an inventory, as stderr can show it.
pub(super) fn render_diagnostic(problem: &Diagnostic) -> String {
    problem.render(stderr_is_coloured())
}

/// Whether stderr is a terminal, which can show how far a command is.
pub(super) fn stderr_shows_progress() -> bool {
    io::stderr().is_terminal()
}
