//! `v6ready inventory suggest`: what a stored run discovered that the inventory doesn't list.

use std::io::Write as _;
use std::process::ExitCode;

use super::cli::{Global, SuggestArgs, SuggestFormat};
use super::error::CliError;
use super::terminal;
use crate::evidence::discovered_names::{self, Via};
use crate::evidence::query::View;
use crate::judge::{Suggestion, suggestions};
use crate::model::Target;
use crate::runs::stored_run::load_run;
use crate::store::Store;

/// Prints the suggestions.
///
/// # Errors
/// When the run doesn't exist or the store can't be read.
pub(super) fn run(global: &Global, args: &SuggestArgs) -> Result<ExitCode, CliError> {
    let store = Store::open_existing(&global.db)?;
    let loaded = load_run(&store, args.run.as_deref(), &terminal::note_of_run)?;
    let run = &loaded.stored.run;
    let inventory = &loaded.loaded.inventory;
    let mut found = Vec::new();
    for service in &loaded.services {
        let evidence = store.evidence_of(&run.id, &service.id)?;
        let view =
            View::new(&evidence, &inventory.settings, &inventory.networks, &run.vantage.dns64)
                .of_service(service)
                .by_clock(run.vantage.has_wrong_clock());
        found.push((&**service, discovered_names::discovered_names(&view, service)));
    }
    let suggested = suggestions(inventory, found);
    write_suggestions(&suggested, args.format)?;
    if suggested.is_empty() {
        let text = format_args!("run {} came by nothing that the inventory doesn't list", run.id);
        terminal::note(text);
    }
    Ok(ExitCode::SUCCESS)
}

fn write_suggestions(suggested: &[Suggestion], format: SuggestFormat) -> std::io::Result<()> {
    let mut out = terminal::results();
    match format {
        SuggestFormat::Text => {
            for one in suggested {
                writeln!(out, "{}  {}", one.organisation, one.target)?;
                for (service, via) in &one.seen_by {
                    writeln!(out, "    {}: {service}", origin_words(*via))?;
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

fn origin_words(via: Via) -> &'static str {
    match via {
        Via::Zone => "the zone of",
        Via::NameServer => "a name server of",
        Via::MailExchanger => "a mail exchanger of",
        Via::Redirect => "a redirect of",
        Via::Resource => "the front page of",
        Via::Certificate => "the certificate of",
    }
}
