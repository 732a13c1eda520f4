//! The two formats of metrics, and writers of gauges and counters for both.

use std::io::{self, Write};

/// How metrics are written. Gauges are the same in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// The text format of Prometheus, 0.0.4.
    Text,
    /// OpenMetrics 1.0.0.
    OpenMetrics,
}

impl Format {
    /// The format that an `Accept` header prefers; the text format where it says nothing of either.
    pub fn accepted(accept: &str) -> Self {
        let mut best = (0.0, Self::Text);
        for one in accept.split(',').take(20) {
            let mut parts = one.split(';').map(str::trim);
            let format = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "application/openmetrics-text" => Self::OpenMetrics,
                "text/plain" | "text/*" => Self::Text,
                _ => continue,
            };
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            let weight = weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
            if weight > best.0 {
                best = (weight, format);
            }
        }
        best.1
    }

    /// What the answer says that it is.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// Ends a page.
    pub fn end(self, page: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Text => Ok(()),
            Self::OpenMetrics => page.write_all(b"# EOF\n"),
        }
    }
}

/// Labels and the value that they have.
pub(super) type Sample<'l> = (Vec<(&'static str, &'l str)>, f64);

/// Writes a gauge with its samples; nothing where there are none.
pub(super) fn family<'l>(
    page: &mut Vec<u8>,
    name: &str,
    help: &str,
    samples: impl IntoIterator<Item = Sample<'l>>,
) -> io::Result<()> {
    let mut is_first = true;
    for (labels, value) in samples {
        if is_first {
            writeln!(page, "# HELP v6ready_{name} {help}")?;
            writeln!(page, "# TYPE v6ready_{name} gauge")?;
            is_first = false;
        }
        write!(page, "v6ready_{name}")?;
        for (at, (label, text)) in labels.iter().enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            write!(page, "{before}{label}=\"{text}\"")?;
        }
        writeln!(page, "{} {value}", if labels.is_empty() { "" } else { "}" })?;
    }
    Ok(())
}

/// Writes a counter. Its name ends in `_total`, which OpenMetrics leaves out where it names the type.
pub(super) fn counter(
    page: &mut Vec<u8>,
    format: Format,
    name: &str,
    help: &str,
    value: u64,
) -> io::Result<()> {
    let of_type = match format {
        Format::Text => format!("{name}_total"),
        Format::OpenMetrics => name.to_owned(),
    };
    writeln!(page, "# HELP v6ready_{of_type} {help}")?;
    writeln!(page, "# TYPE v6ready_{of_type} counter")?;
    writeln!(page, "v6ready_{name}_total {value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_is_the_one_that_is_preferred() {
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(Format::accepted(prometheus), Format::OpenMetrics);
        assert_eq!(
            Format::accepted("text/plain;q=0.9, application/openmetrics-text;q=0.2"),
            Format::Text
        );
        assert_eq!(Format::accepted("application/openmetrics-text"), Format::OpenMetrics);
        assert_eq!(Format::accepted("*/*"), Format::Text);
        assert_eq!(Format::accepted(""), Format::Text);
        assert_eq!(Format::accepted("application/openmetrics-text;q=nonsense"), Format::Text);
    }
}
