//! Where each page lies, so that others can lead to it before it is written.

use std::collections::{HashMap, HashSet};

use super::folder::PageFolder;
use crate::judge::RunResult;
use crate::model::{Organisation, ServiceId};

/// The paths of a result's pages.
pub(super) struct Site<'a> {
    organisations: HashMap<&'a str, &'a Organisation>,
    /// By the organisation's id: the path of its page without the ending.
    stems: HashMap<&'a str, String>,
    services: HashMap<&'a ServiceId, Box<str>>,
    causes: Names,
}

impl<'a> Site<'a> {
    /// Those of a result, under names that the folder takes.
    pub(super) fn of(result: &'a RunResult, folder: &dyn PageFolder) -> Self {
        let organisations = result.inventory.organisations.iter();
        let mut site = Self {
            organisations: organisations.map(|one| (&*one.id, one)).collect(),
            stems: HashMap::new(),
            services: HashMap::new(),
            causes: Names::default(),
        };
        let mut of_organisations = Names::default();
        for (organisation, services) in result.by_organisation() {
            let name = of_organisations.unused(folder.stem(&[&*organisation.id]));
            let mut names = Names::default();
            for service in services {
                let id = &service.service.id;
                let own = names.unused(folder.stem(&[&*id.service]));
                site.services.insert(id, format!("services/{name}/{own}.html").into());
            }
            site.stems.insert(&organisation.id, format!("organisations/{name}"));
        }
        site
    }

    /// The organisation that a service belongs to.
    pub(super) fn organisation(&self, of: &ServiceId) -> Option<&'a Organisation> {
        self.organisations.get(&*of.organisation).copied()
    }

    /// The path of an organisation's page without its ending.
    pub(super) fn organisation_stem(&self, id: &str) -> String {
        self.stems.get(id).cloned().unwrap_or_default()
    }

    /// The path of a service's page.
    pub(super) fn service(&self, id: &ServiceId) -> &str {
        self.services.get(id).map_or("", |path| path)
    }

    /// A name for a cause's page that no other one has.
    pub(super) fn unused_cause(&mut self, stem: String) -> String {
        self.causes.unused(stem)
    }
}

/// The names of one folder: no two of them are one where letters' case doesn't count.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// This name, or one like it that isn't taken yet.
    fn unused(&mut self, name: String) -> String {
        let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
        let mut tried = std::iter::once(name.clone()).chain(numbered);
        // Endless, and one of them is free.
        tried.find(|one| self.0.insert(one.to_lowercase())).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn no_two_names_are_one() {
        let mut names = Names::default();
        let unused = ["a", "A", "a-2", "a", "b"].map(|name| names.unused(name.to_owned()));
        assert_eq!(unused, ["a", "A-2", "a-2-2", "a-3", "b"]);
    }
}
