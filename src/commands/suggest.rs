//! `v6ready inventory suggest`: what a stored run came by that the inventory doesn't list.

use std::io::Write as _;
use std::process::ExitCode;

use super::cli::{Global, SuggestArgs, SuggestFormat};
use super::error::CliError;
use super::{stored_run, terminal};
use crate::evidence::discovered_names::{self, Via};
use crate::evidence::query::View;
use crate::judge::{Suggestion, suggestions};
use crate::model::Target;
use crate::store::Store;

/// Prints the suggestions.
///
/// # Errors
/// When the run doesn't exist or the store can't be read.
pub(super) fn run(global: &Global, args: &SuggestArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db).map_err(CliError::of_error)?;
    let case = stored_run::open(&store, args.run.as_deref())?;
    let run = &case.stored.run;
    let inventory = &case.loaded.inventory;
    let mut found = Vec::new();
    for service in &case.services {
        let evidence = store.evidence_of(&run.id, &service.id).map_err(CliError::of_error)?;
        let view =
            View::new(&evidence, &inventory.settings, &inventory.networks, &run.vantage.dns64);
        found.push((&**service, discovered_names::discovered_names(&view, service)));
    }
    let suggested = suggestions(inventory, found);
    write(&suggested, args.format).map_err(CliError::of_error)?;
    if suggested.is_empty() {
        eprintln!("run {} came by nothing that the inventory doesn't list", run.id);
    }
    Ok(ExitCode::SUCCESS)
}

fn write(suggested: &[Suggestion], format: SuggestFormat) -> std::io::Result<()> {
    let mut out = terminal::results();
    match format {
        SuggestFormat::Text => {
            for one in suggested {
                writeln!(out, "{}  {}", one.organisation, one.target)?;
                for (service, via) in &one.seen_by {
                    writeln!(out, "    {}: {service}", words(*via))?;
                }
            }
        }
        // What `inventory import` reads.
        SuggestFormat::Csv => {
            let mut rows = csv::Writer::from_writer(&mut out);
            rows.write_record(["organisation", "web", "zone", "dns", "tcp"])?;
            for one in suggested {
                let (mut web, mut zone, mut dns, mut tcp) = Default::default();
                match &one.target {
                    Target::Zone(apex) => zone = apex.to_string(),
                    Target::Dns(endpoint) => dns = endpoint.host.to_string(),
                    Target::Tcp(endpoint) => tcp = format!("{}:{}", endpoint.host, endpoint.port),
                    other => web = other.to_string(),
                }
                rows.write_record([&one.organisation, &web, &zone, &dns, &tcp])?;
            }
            rows.flush()?;
        }
    }
    out.flush()
}

fn words(via: Via) -> &'static str {
    match via {
        Via::Zone => "the zone of",
        Via::NameServer => "a name server of",
        Via::MailExchanger => "a mail exchanger of",
        Via::Redirect => "a redirect of",
        Via::Resource => "the front page of",
        Via::Certificate => "the certificate of",
    }
}
