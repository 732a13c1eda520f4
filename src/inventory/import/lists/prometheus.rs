//! Targets of Prometheus's blackbox exporter.
//!
//! A file of `file_sd_configs` (YAML or JSON) is a list of `{targets: […], labels: {…}}`; the same list stands under
//! `static_configs` of a job in a configuration. The module, which says how a target is asked, is the job's
//! `params: {module: […]}` or the label `module`. Without one a target is known by how it is written.

use super::collected::Collected;
use super::document::Document;
use super::options::ListOptions;
use super::ports;
use crate::inventory::import::candidate::Candidate;
use crate::inventory::import::words::{Column, Words};
use crate::inventory::tree::NodeId;
use crate::model::Host;

/// Reads the targets.
pub(super) fn read(
    text: &str,
    options: &ListOptions,
    collected: &mut Collected<'_, '_>,
) -> Result<(), String> {
    let document = Document::parse(text)?;
    let reading = Targets { document: &document, words: &options.words };
    let root = document.root();
    if let Some(jobs) = document.get(root, "scrape_configs") {
        for job in document.items(jobs) {
            reading.job(*job, collected)?;
        }
        return Ok(());
    }
    let groups = document.get(root, "static_configs").unwrap_or(root);
    if !document.is_list(groups) {
        return Err("it has neither a list of `targets` nor `static_configs` nor `scrape_configs`"
            .to_owned());
    }
    reading.groups(groups, None, collected)
}

struct Targets<'d, 't> {
    document: &'d Document<'t>,
    words: &'d Words,
}

impl Targets<'_, '_> {
    /// A job of a configuration, when the blackbox exporter is asked for its targets.
    fn job(&self, job: NodeId, collected: &mut Collected<'_, '_>) -> Result<(), String> {
        let get = |id, key| self.document.get(id, key);
        let name = get(job, "job_name").and_then(|name| self.document.text(name)).unwrap_or("?");
        let module = get(job, "params").and_then(|params| get(params, "module"));
        let path = get(job, "metrics_path").and_then(|path| self.document.text(path));
        if module.is_none() && path != Some("/probe") {
            collected.note(format!(
                "the job `{name}` asks no blackbox exporter (`metrics_path: /probe`) and is passed over"
            ));
            return Ok(());
        }
        let module = module.and_then(|module| {
            let first = self.document.items(module).first().copied().unwrap_or(module);
            self.document.text(first)
        });
        for (key, _) in self.document.entries(job).filter(|(key, _)| key.ends_with("_sd_configs")) {
            let what = match key {
                "file_sd_configs" => "import the files that it names",
                _ => "they are known to Prometheus alone",
            };
            collected.note(format!("the job `{name}` finds targets by `{key}`: {what}"));
        }
        match get(job, "static_configs") {
            Some(groups) => self.groups(groups, module, collected),
            None => Ok(()),
        }
    }

    fn groups(
        &self,
        groups: NodeId,
        module: Option<&str>,
        collected: &mut Collected<'_, '_>,
    ) -> Result<(), String> {
        for group in self.document.items(groups) {
            let Some(targets) = self.document.get(*group, "targets") else {
                collected.pass_over("groups without `targets`");
                continue;
            };
            let labels = self.document.get(*group, "labels");
            let label = |name: &str| self.document.text(self.document.get(labels?, name)?);
            let module = label("module").or_else(|| label("__param_module")).or(module);
            for target in self.document.items(targets) {
                collected.step()?;
                let place = self.document.place(*target);
                let text = self.document.text(*target).unwrap_or_default().trim();
                match service(text, module) {
                    Some(text) => {
                        collected
                            .take_with(place, &text, |target| self.labelled(target, labels))?;
                    }
                    None => collected.pass_over("echo requests, which are no service"),
                }
            }
        }
        Ok(())
    }

    /// A candidate with what labels say whose names are headings of tables, such as `organisation`.
    fn labelled(&self, mut candidate: Candidate, labels: Option<NodeId>) -> Candidate {
        let Some(labels) = labels else { return candidate };
        for (label, value) in self.document.entries(labels) {
            let Some(value) = self.document.text(value).map(|text| text.trim().to_owned()) else {
                continue;
            };
            if value.is_empty() || value.len() > 1000 || value.contains(char::is_control) {
                continue;
            }
            match self.words.heading(label).map(|meaning| meaning.column) {
                Some(Column::Organisation) => candidate.organisation = Some(value),
                Some(Column::Name) => candidate.name = Some(value),
                _ => {}
            }
        }
        candidate
    }
}

/// A target as people write it; `None` when it is only asked for an echo.
fn service(target: &str, module: Option<&str>) -> Option<String> {
    let module = module.unwrap_or_default().to_ascii_lowercase();
    if module.contains("icmp") || module.contains("ping") {
        return None;
    }
    if target.is_empty() || target.contains("://") {
        return Some(target.to_owned());
    }
    let port = port_of(target);
    let secure = module.contains("tls") || module.contains("ssl");
    let by_module = [
        ("http", "http"),
        ("dns", "dns"),
        ("ssh", "ssh"),
        ("imaps", "imaps"),
        ("imap", if port == Some(993) { "imaps" } else { "imap" }),
        ("pop3", "pop3s"),
        ("smtp", if matches!(port, Some(465 | 587)) { "submission" } else { "tcp" }),
        ("ntp", "ntp"),
        ("tcp", if secure { "tls" } else { "tcp" }),
        ("tls", "tls"),
        ("ssl", "tls"),
    ];
    let kind = by_module.iter().find(|(word, _)| module.contains(word)).map(|(_, kind)| *kind);
    Some(match (kind, port) {
        // Without a port the exporter's own default would be HTTP; the site's address is meant.
        (Some("http") | None, None) => target.to_owned(),
        (Some("http"), Some(443 | 8443)) => format!("https://{target}/"),
        (Some("http"), Some(_)) => format!("http://{target}/"),
        (Some(kind), _) => format!("{kind}:{target}"),
        (None, Some(port)) => {
            let host = target.rsplit_once(':').map_or(target, |(host, _)| host);
            ports::written(ports::kind_of(port), host, port)
        }
    })
}

/// The port behind a host; an IPv6 address has one only behind its brackets.
fn port_of(target: &str) -> Option<u16> {
    let (host, port) = target.rsplit_once(':')?;
    let is_address = matches!(Host::parse(target), Ok(Host::Address(_)));
    let is_host = !is_address && !host.contains('/');
    port.parse().ok().filter(|_| is_host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_says_what_a_target_is() {
        for (target, module, expected) in [
            ("https://www.example/", "http_2xx", Some("https://www.example/")),
            ("www.example", "http_2xx", Some("www.example")),
            ("www.example:8080", "http_2xx", Some("http://www.example:8080/")),
            ("192.0.2.53", "dns_soa", Some("dns:192.0.2.53")),
            ("192.0.2.1", "icmp", None),
            ("[2001:db8::1]:22", "ssh_banner", Some("ssh:[2001:db8::1]:22")),
            ("mail.example:587", "smtp_starttls", Some("submission:mail.example:587")),
            ("mail.example:25", "smtp_starttls", Some("tcp:mail.example:25")),
            ("mail.example:993", "imap_tls", Some("imaps:mail.example:993")),
            ("app.example:8883", "tcp_tls", Some("tls:app.example:8883")),
            ("app.example:5432", "tcp_connect", Some("tcp:app.example:5432")),
            ("app.example:443", "", Some("https://app.example/")),
            ("app.example:9000", "", Some("tcp:app.example:9000")),
            ("2001:db8::1", "", Some("2001:db8::1")),
        ] {
            assert_eq!(service(target, Some(module)).as_deref(), expected, "{target} {module}");
        }
    }
}
