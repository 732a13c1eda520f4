//! To whom a report goes: to everybody as one, to one organisation, or to each its own.

use std::sync::Arc;

use crate::commands::cli::ReportArgs;
use crate::commands::error::CliError;
use crate::judge::Excerpt;
use crate::model::suggestion::nearest;
use crate::model::{Inventory, Organisation, Selection};

/// To whom a report goes. Where a selection chooses services, it does so in each.
pub(super) enum Addressees {
    /// One report, of all or of what is chosen.
    Everybody(Option<Arc<Excerpt>>),
    /// One organisation's.
    One(Arc<Excerpt>),
    /// Each organisation's.
    Each { chosen: Option<Arc<Excerpt>>, excerpts: Vec<Arc<Excerpt>> },
}

impl Addressees {
    /// What all of them are shown at the most.
    pub(super) fn common(&self) -> Option<&Arc<Excerpt>> {
        match self {
            Self::Everybody(excerpt) | Self::Each { chosen: excerpt, .. } => excerpt.as_ref(),
            Self::One(excerpt) => Some(excerpt),
        }
    }
}

/// To whom the report goes that a command line asks for.
///
/// # Errors
/// When the inventory has no such organisation.
pub(super) fn addressees(
    inventory: &Inventory,
    chosen: Option<Arc<Excerpt>>,
    args: &ReportArgs,
) -> Result<Addressees, CliError> {
    let all = || Excerpt::of(Selection::default(), &[]);
    let base = chosen.as_deref().cloned().unwrap_or_else(all);
    if let Some(named) = &args.organisation {
        let organisation = find(inventory, named)?;
        return Ok(Addressees::One(Arc::new(base.for_organisation(organisation))));
    }
    if args.split.is_none() {
        return Ok(Addressees::Everybody(chosen));
    }
    let has_chosen = |own: &Excerpt| {
        chosen.is_none() || inventory.services.iter().any(|service| own.covers(&service.id))
    };
    // One without services is told so, unless what is chosen is of others.
    let excerpts = inventory.organisations.iter().map(|one| base.for_organisation(one));
    let excerpts = excerpts.filter(has_chosen).map(Arc::new).collect();
    Ok(Addressees::Each { chosen, excerpts })
}

/// The organisation of this id, or else of this name.
fn find<'i>(inventory: &'i Inventory, named: &str) -> Result<&'i Organisation, CliError> {
    let organisations = &inventory.organisations;
    let by_id = organisations.iter().find(|one| &*one.id == named);
    let is_called = |one: &&Organisation| one.name.to_lowercase() == named.trim().to_lowercase();
    by_id.or_else(|| organisations.iter().find(is_called)).ok_or_else(|| {
        let error = CliError::operator(format!("the inventory has no organisation `{named}`"));
        let ids = organisations.iter().map(|one| &*one.id);
        let names = organisations.iter().map(|one| one.name.as_str());
        match nearest(named, ids.chain(names)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("`--organisation` takes an organisation's id or name"),
        }
    })
}
