//! `v6ready doctor`: whether this host can be a vantage point.

mod finding;
mod host;
mod network;
mod output;
mod texts;

use std::process::ExitCode;

use finding::{Finding, Point, State};
pub(super) use output::schema;
use texts::Say;

use super::cli::{DoctorArgs, ResultFormat};
use super::confinement::Reach;
use super::error::CliError;
use super::exit_code::{GATE_FAILED, INCONCLUSIVE};
use super::{locale, scan, terminal};
use crate::inventory;
use crate::model::Host;
use crate::probe::{Live, Network};
use crate::runs::load;

/// Looks at the host and its network, and prints what it found.
///
/// # Errors
/// What is wrong with the arguments or the inventory.
pub(super) fn run(args: &DoctorArgs, mut reach: Reach) -> Result<ExitCode, CliError> {
    let targets = targets(args)?;
    let notes = &terminal::note_of_run;
    let read = match &args.inventory {
        Some(file) => Some(load::read_inventory(file)?),
        None => None,
    };
    // Before the files of the system are out of reach.
    let machine = host::Machine::look();
    reach.extend(read.iter().flat_map(load::ReadInventory::files).collect());
    let mut findings = Vec::new();
    let network = scan::network::open(&reach);
    let loaded = match read {
        Some(read) => read.complete(None, notes)?,
        None => {
            // Only its settings count, which are those of any inventory that says nothing of them.
            let any = ["zone:example.".to_owned()];
            let text = inventory::for_targets(&any, None)?.into_bytes();
            load::inventory_from_text(text, "(command line)", None, notes)?
        }
    };
    let known = &loaded.inventory;
    match network {
        Ok(network) => {
            let Network { runtime, echo } = network;
            let looked = runtime.block_on(async {
                let live =
                    Live::with_echo(&known.settings, echo).map_err(|error| error.to_string())?;
                Ok::<_, String>(network::look(&live, known, &targets).await)
            });
            match looked {
                Ok(found) => findings.extend(found),
                Err(why) => {
                    findings.push(Finding::new(Point::OpenFiles, State::Fail, Say::NoSockets, why))
                }
            }
        }
        Err(error) => findings.push(Finding::new(
            Point::Threads,
            State::Fail,
            Say::TooFewThreads,
            error.text(),
        )),
    }
    findings.extend(machine.findings(&known.settings));
    let lang = args.lang.unwrap_or_else(|| match args.inventory {
        Some(_) => known.lang,
        None => locale::lang(),
    });
    match args.format {
        ResultFormat::Text => output::text(&findings, lang)?,
        ResultFormat::Json => output::json(&findings, lang)?,
    }
    Ok(exit_code(&findings))
}

fn targets(args: &DoctorArgs) -> Result<Vec<Host>, CliError> {
    let parsed = args.target.iter().map(|text| {
        Host::parse(text).map_err(|error| {
            CliError::operator(format!("--target: {error}"))
                .help("name a host, such as www.example.gov.vn")
        })
    });
    parsed.collect()
}

fn exit_code(findings: &[Finding]) -> ExitCode {
    let mut failed = findings.iter().filter(|finding| finding.state == State::Fail).peekable();
    if failed.peek().is_none() {
        return ExitCode::SUCCESS;
    }
    match failed.any(|finding| matches!(finding.point, Point::Ipv6 | Point::Resolver)) {
        true => ExitCode::from(INCONCLUSIVE),
        false => ExitCode::from(GATE_FAILED),
    }
}
