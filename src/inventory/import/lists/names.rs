//! Plain lists: a host, a URL or `KIND:NAME` a line.

use super::collected::{Collected, parsed};

/// Lines by which such a list is known.
const LINES: usize = 20;

/// Reads a list. `#` begins a remark, and a number before a comma, as in lists of the most popular names, is a rank.
pub(super) fn read(text: &str, collected: &mut Collected<'_, '_>) -> Result<(), String> {
    for (number, line) in (1..).zip(text.lines()) {
        collected.step()?;
        let entry = entry(line);
        if !entry.is_empty() {
            collected.take(format!("line {number}"), entry)?;
        }
    }
    Ok(())
}

/// Whether the first lines are such a list, and nothing else that is imported: a zone file and a table have several
/// words or cells in a line, and a heading is no name with a dot.
pub(super) fn are_names<'t>(lines: impl Iterator<Item = &'t str>) -> bool {
    let mut count = 0;
    for line in lines {
        let entry = entry(line);
        if entry.is_empty() {
            continue;
        }
        let is_one = !entry.contains([' ', '\t', ',', ';', '|', '"', '$', '(']);
        let is_name = entry.trim_end_matches('.').contains('.') || entry.contains(':');
        if !is_one || !is_name || parsed(entry).is_err() {
            return false;
        }
        count += 1;
        if count == LINES {
            break;
        }
    }
    count > 0
}

/// What a line names: without remark and rank.
fn entry(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('#') {
        return "";
    }
    let line = line.split(" #").next().unwrap_or_default().trim();
    match line.split_once(',') {
        Some((rank, name))
            if !rank.is_empty() && rank.bytes().all(|octet| octet.is_ascii_digit()) =>
        {
            name.trim()
        }
        _ => line,
    }
}
