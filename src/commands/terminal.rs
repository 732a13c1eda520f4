//! What stdout can show.

use std::io::IsTerminal as _;

use super::cli::{ColorChoice, Global};

/// Columns where stdout is no terminal, or doesn't say.
const WIDTH: usize = 100;

/// Whether to colour what goes to stdout, and how wide it is in columns.
pub(super) fn of_stdout(global: &Global) -> (bool, usize) {
    let terminal = std::io::stdout().is_terminal();
    let color = match global.color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    };
    let columns = if terminal { window_columns() } else { None };
    (color, columns.unwrap_or(WIDTH).clamp(40, 200))
}

fn window_columns() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    said.or_else(|| Some(terminal_size::terminal_size()?.0.0.into()))
}

/// Stdout for results. It is buffered whole: left to itself it is flushed at every line end, which
/// costs more than writing a large result.
pub(super) fn results() -> std::io::BufWriter<std::io::StdoutLock<'static>> {
    std::io::BufWriter::new(std::io::stdout().lock())
}
