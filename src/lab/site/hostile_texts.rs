//! Texts that are made to do harm where they are shown: markup, control characters, text that reads
//! backwards, and the beginnings of formulas.

/// Texts that no report may pass on as they are.
pub(in crate::lab) const HOSTILE_TEXTS: [&str; 8] = [
    "<script>alert('v6ready')</script>",
    "\"><img src=x onerror=alert('v6ready')>",
    "=HYPERLINK(\"http://xau.example/\",\"v6ready\")",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u{1b}]0;v6ready\u{7}\u{1b}[2J\u{1b}[31m",
    "\u{202e}elpmaxe\u{2066}\u{200b}\u{9b}31m",
];
