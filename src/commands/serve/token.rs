//! `v6ready serve token`: a token for a program.

use std::process::ExitCode;

use crate::commands::cli::ServeTokenArgs;
use crate::commands::error::CliError;
use crate::commands::terminal;
use crate::serve::access::role::TokenScope;
use crate::serve::access::token::ApiToken;

/// Makes a token, prints it on stdout, once, and the lines for the configuration on stderr.
///
/// # Errors
/// When there are no random numbers, or organisations are named for a token that only reads.
pub(super) fn run(args: &ServeTokenArgs) -> Result<ExitCode, CliError> {
    if !args.organisation.is_empty() && args.scope != TokenScope::Operate {
        let message = "`--organisation` says for whom a token acts, and this one only reads";
        return Err(CliError::operator(message).help("add `--scope operate`, or leave it out"));
    }
    let token = ApiToken::random().map_err(|error| CliError::internal(error.to_string()))?;
    terminal::note("The token, which is shown only now:");
    terminal::line(token.text())?;
    terminal::note(format_args!(
        "\nFor the configuration, under `serve:`\n\n{}",
        lines(args, &token)
    ));
    Ok(ExitCode::SUCCESS)
}

/// As YAML; texts in quotes as JSON has them, which YAML reads too.
fn lines(args: &ServeTokenArgs, token: &ApiToken) -> String {
    let name = serde_json::Value::from(args.name.as_str());
    let mut lines = format!(
        "  tokens:\n    - name: {name}\n      hash: {}\n      scope: {}",
        token.digest(),
        args.scope.id()
    );
    if let Some(until) = args.until {
        lines.push_str(&format!("\n      until: {until}"));
    }
    if !args.organisation.is_empty() {
        lines.push_str(&format!("\n      organisations: [{}]", args.organisation.join(", ")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::config::read::read;

    #[test]
    fn the_lines_are_read_as_they_are_printed() {
        let args = ServeTokenArgs {
            name: "a \"b\": #c".to_owned(),
            scope: TokenScope::Operate,
            until: Some(jiff::civil::date(2027, 12, 31)),
            organisation: vec!["vp-ubnd".to_owned(), "so-y-te".to_owned()],
        };
        let token = ApiToken::random().unwrap();
        let text = format!("serve:\n{}\n", lines(&args, &token));
        let (config, _) =
            read(text.as_bytes(), "serve.yaml").map_err(|bad| bad.render(false)).unwrap();
        let read = &config.access.tokens[0];
        assert_eq!((&*read.name, read.hash), ("a \"b\": #c", token.digest()));
        assert_eq!((read.scope, read.until), (args.scope, args.until));
        assert!(read.organisations.include(Some("so-y-te")) && !read.organisations.include(None));
    }
}
