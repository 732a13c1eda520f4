//! `v6ready alerts`: the alerts of the store, and a test of the channels.

use std::io::Write as _;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::json;

use super::cli::{AlertsArgs, AlertsCommand, Global, ResultFormat};
use super::error::CliError;
use super::exit_code::GATE_FAILED;
use super::serve::read_config;
use super::terminal;
use crate::model::{Digest, Lang};
use crate::report::texts::moment;
use crate::serve::alerts::alert::Alert;
use crate::serve::alerts::delivery::send_by;
use crate::serve::alerts::message::Message;
use crate::serve::alerts::texts;
use crate::serve::config::ServeConfig;
use crate::serve::config::alerts::{Channel, ChannelKind};
use crate::store::{AlertFilter, Store};

/// Lists alerts, or tries the channels.
///
/// # Errors
/// What the operator can fix.
pub(super) fn run(global: &Global, args: &AlertsArgs) -> Result<ExitCode, CliError> {
    match &args.command {
        None => list(global, args),
        Some(AlertsCommand::Test { channel, to }) => test(global, channel.as_deref(), to),
    }
}

fn list(global: &Global, args: &AlertsArgs) -> Result<ExitCode, CliError> {
    let config = read_config(global)?;
    let filter = AlertFilter { is_open: !args.all, limit: args.limit, ..AlertFilter::default() };
    let store = Store::open_existing(&global.db)?;
    let mut alerts = Vec::new();
    for stored in store.alerts(&filter)? {
        let noted = store.acknowledgements(&stored.id)?;
        alerts.push((Alert::of_stored(&stored), noted));
    }
    let mut out = terminal::results();
    if args.format == ResultFormat::Json {
        let alerts: Vec<_> = alerts
            .iter()
            .map(|(alert, noted)| {
                json!({
                    "id": alert.id,
                    "kind": alert.kind,
                    "severity": alert.severity,
                    "inventory": alert.inventory,
                    "service": alert.service,
                    "title": {"vi": texts::title(alert, Lang::Vi), "en": texts::title(alert, Lang::En)},
                    "began_at": alert.began_at,
                    "resolved_at": alert.resolved_at,
                    "detail": alert.detail,
                    "acknowledged_by": noted.first().map(|one| &one.by),
                })
            })
            .collect();
        let document = json!({"schema": "v6ready/alerts/1", "alerts": alerts});
        serde_json::to_writer_pretty(&mut out, &document).map_err(std::io::Error::from)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    for (alert, noted) in &alerts {
        writeln!(out, "{}", line(alert, config.lang))?;
        let particulars = texts::particulars(alert, config.lang);
        if !particulars.is_empty() {
            writeln!(out, "    {}", shown(&particulars))?;
        }
        for one in noted {
            writeln!(out, "    {}: {}", shown(&one.by), shown(&one.note))?;
        }
    }
    out.flush()?;
    if alerts.is_empty() {
        terminal::note(if args.all {
            "no alerts"
        } else {
            "no alert is open; `--all` lists those that ended"
        });
    }
    Ok(ExitCode::SUCCESS)
}

fn line(alert: &Alert, lang: Lang) -> String {
    let zone = crate::serve::config::schedules::TIMEZONE;
    let began = moment(alert.began_at, zone, lang);
    let until = alert.resolved_at.map(|end| format!(" – {}", moment(end, zone, lang)));
    let service = alert.service.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
    format!(
        "{}  {:8}  {began}{}  {service}{}",
        alert.id,
        alert.severity.id(),
        until.unwrap_or_default(),
        shown(&texts::title(alert, lang))
    )
}

/// A text from elsewhere, fit for a terminal.
fn shown(text: &str) -> String {
    crate::serve::alerts::message::one_line(text)
}

fn test(global: &Global, only: Option<&str>, to: &[String]) -> Result<ExitCode, CliError> {
    let config = read_config(global)?;
    let channels = chosen(&config, only)?;
    let now = Timestamp::now();
    let base_url = config.base_url.as_ref().map(url::Url::as_str);
    let message = Message::test(config.lang, now, base_url);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut have_all_taken_it = true;
    for channel in channels {
        let recipients = recipients(&config, channel, to);
        let named = format!("test\n{}\n{}", channel.name, now.as_nanosecond());
        let key = Digest::of(named.as_bytes()).hex()[..32].to_owned();
        let sending = send_by(channel, &key, "test", &recipients, &message, now);
        match runtime.block_on(sending) {
            Ok(()) if recipients.is_empty() => {
                terminal::line(format_args!("{}: taken", channel.name))?
            }
            Ok(()) => {
                let those = recipients.join(", ");
                terminal::line(format_args!("{}: taken, for {those}", channel.name))?;
            }
            Err(not_sent) => {
                have_all_taken_it = false;
                let problem = not_sent.problem;
                terminal::line(format_args!("{}: not taken: {problem}", channel.name))?;
            }
        }
    }
    Ok(if have_all_taken_it { ExitCode::SUCCESS } else { ExitCode::from(GATE_FAILED) })
}

fn chosen<'c>(config: &'c ServeConfig, only: Option<&str>) -> Result<Vec<&'c Channel>, CliError> {
    let channels = &config.alerts.channels;
    if channels.is_empty() {
        return Err(CliError::operator("the configuration has no channel to try").help(
            "name the daemon's configuration with `--config`, and add `serve.alerts.channels`",
        ));
    }
    let Some(name) = only else { return Ok(channels.iter().collect()) };
    match config.alerts.channel(name) {
        Some(channel) => Ok(vec![channel]),
        None => {
            let names: Vec<&str> = channels.iter().map(|channel| channel.name.as_str()).collect();
            Err(CliError::operator(format!("there is no channel `{name}`"))
                .help(format!("there are {}", names.join(", "))))
        }
    }
}

/// To whom a test goes: as it is asked for, or to everybody whom a route sends mail by this channel.
fn recipients(config: &ServeConfig, channel: &Channel, to: &[String]) -> Vec<String> {
    if !matches!(channel.kind, ChannelKind::Smtp(_)) {
        return Vec::new();
    }
    if !to.is_empty() {
        return to.to_vec();
    }
    let mut all: Vec<String> = Vec::new();
    for route in config.alerts.routes.iter().filter(|route| route.channels.contains(&channel.name))
    {
        for address in &route.to {
            if !all.contains(address) {
                all.push(address.clone());
            }
        }
    }
    all
}
