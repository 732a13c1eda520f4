//! The result as a folder of pages: a summary whose size doesn't grow with the services, and beside it the pages
//! of causes, organisations and services. Each page is whole by itself, links are relative, and one page is held in
//! memory at a time.

mod folder;
mod frame;
mod list_pages;
mod lists;
pub mod quarter;
mod rows;
mod site;
mod words;

use std::io;

use askama::Template;
pub use folder::{GENERATOR, INDEX, ONE_FILE_SERVICES_MAX, PageFolder};
use frame::{About, Frame};
use list_pages::{List, write_list};
use rows::parted;
use site::Site;
use words::PageWords;

use super::cause::CauseHead;
use super::summary::{Bar, Summary, bars, summary, width};
use super::{Beside, ServiceBlock, Words, checks_of, service_block, where_of};
use crate::judge::{Counts, RunResult, ServiceResult};
use crate::model::{Lang, Organisation, Outcome};
use crate::report::causes::{Cause, Concerned, causes, extent, root_blockers};
use crate::report::describe::{clean, prose};
use crate::report::quarter::html::block::{Block, Link};
use crate::report::{ReportContext, overview, owner, parts, texts};

/// Causes of each kind, and organisations, that the summary lists; all of them have pages of their own.
const CAUSES_SHOWN: usize = 100;
const ORGANISATIONS_SHOWN: usize = 300;

/// Writes the pages; the summary last.
///
/// # Errors
/// When a page can't be written.
pub fn write_pages(
    context: &ReportContext<'_>,
    beside: &Beside<'_>,
    folder: &mut dyn PageFolder,
) -> io::Result<()> {
    let site = Site::of(context.result, folder);
    let subject = overview::subject(context.result);
    let about = About { result: context.result, subject: &subject, lang: context.lang };
    let mut pages = Pages { context, about, beside, site, folder };
    let causes = pages.causes(Outcome::Fail)?;
    let unknowns = pages.causes(Outcome::Inconclusive)?;
    let organisations = pages.organisations()?;
    let mut further = Vec::new();
    for section in beside.sections {
        further.push(parted(section, about, pages.folder)?);
    }
    pages.index(causes, unknowns, further, organisations)
}

struct Pages<'a> {
    context: &'a ReportContext<'a>,
    about: About<'a>,
    beside: &'a Beside<'a>,
    site: Site<'a>,
    folder: &'a mut dyn PageFolder,
}

#[derive(Template)]
#[template(path = "report_index.html")]
struct IndexPage {
    lang: &'static str,
    w: Words,
    p: PageWords,
    summary: Summary,
    causes: Vec<CauseLine>,
    unknowns: Vec<CauseLine>,
    all_causes: Option<Link>,
    all_unknowns: Option<Link>,
    further: Vec<Block>,
    organisations: Vec<OrganisationLine>,
    all_organisations: Option<Link>,
}

#[derive(Template)]
#[template(path = "report_causes.html")]
struct CausesPage {
    lang: &'static str,
    w: Words,
    p: PageWords,
    frame: Frame,
    causes: Vec<CauseLine>,
}

#[derive(Template)]
#[template(path = "report_cause.html")]
struct CausePage<'a> {
    lang: &'static str,
    w: Words,
    p: PageWords,
    frame: Frame,
    cause: &'a CauseLine,
    services: Vec<ConcernedLine>,
}

#[derive(Template)]
#[template(path = "report_organisations.html")]
struct OrganisationsPage {
    lang: &'static str,
    p: PageWords,
    frame: Frame,
    headings: Vec<String>,
    organisations: Vec<OrganisationLine>,
}

#[derive(Template)]
#[template(path = "report_organisation.html")]
struct OrganisationPage {
    lang: &'static str,
    w: Words,
    p: PageWords,
    frame: Frame,
    contact: String,
    chart_width: usize,
    bars: Vec<Bar>,
    services: Vec<ServiceLine>,
}

#[derive(Template)]
#[template(path = "report_service.html")]
struct ServicePage {
    lang: &'static str,
    w: Words,
    p: PageWords,
    frame: Frame,
    service: ServiceBlock,
}

/// A cause by itself, without its services.
#[derive(Clone)]
struct CauseLine {
    head: CauseHead,
    /// Its page, from the top of the folder.
    path: String,
    /// How many services it concerns.
    services: String,
}

struct ConcernedLine {
    href: String,
    id: String,
    name: String,
    subjects: String,
    owner: String,
    beneath: String,
}

#[derive(Clone)]
struct OrganisationLine {
    /// Its page, from the top of the folder.
    path: String,
    name: String,
    counts: Vec<String>,
}

struct ServiceLine {
    href: String,
    name: String,
    id: String,
    target: String,
    blockers: String,
    class: &'static str,
    standing: String,
}

impl Pages<'_> {
    fn lang(&self) -> Lang {
        self.context.lang
    }

    fn put(&mut self, path: &str, page: &impl Template) -> io::Result<()> {
        let page = page.render().map_err(io::Error::other)?;
        self.folder.write(path, &page)
    }

    fn index(
        &mut self,
        mut causes: Vec<CauseLine>,
        mut unknowns: Vec<CauseLine>,
        further: Vec<Block>,
        mut organisations: Vec<OrganisationLine>,
    ) -> io::Result<()> {
        let lang = self.lang();
        let all_causes = self.all_causes("causes", texts::WORK_LIST.get(lang), &causes)?;
        let all_unknowns = self.all_causes("unknowns", texts::UNKNOWNS.get(lang), &unknowns)?;
        let all_organisations = self.all_organisations(&organisations)?;
        causes.truncate(CAUSES_SHOWN);
        unknowns.truncate(CAUSES_SHOWN);
        organisations.truncate(ORGANISATIONS_SHOWN);
        let page = IndexPage {
            lang: lang.tag(),
            w: super::words(lang),
            p: PageWords::of(lang),
            summary: summary(self.context),
            causes,
            unknowns,
            all_causes,
            all_unknowns,
            further,
            organisations,
            all_organisations,
        };
        self.put(INDEX, &page)
    }

    /// Pages of all causes, where the summary doesn't list them all.
    fn all_causes(
        &mut self,
        stem: &str,
        title: &str,
        causes: &[CauseLine],
    ) -> io::Result<Option<Link>> {
        if causes.len() <= CAUSES_SHOWN {
            return Ok(None);
        }
        let lang = self.lang();
        let list = List { stem, depth: 0, title, lines: causes.len() };
        write_list(&list, self.about, self.folder, |frame, chapter| CausesPage {
            lang: lang.tag(),
            w: super::words(lang),
            p: PageWords::of(lang),
            frame,
            causes: causes[chapter.range].to_vec(),
        })?;
        Ok(Some(Link { href: lists::path(stem, 1), text: words::all_causes(causes.len(), lang) }))
    }

    /// Pages of all organisations, where the summary doesn't list them all.
    fn all_organisations(&mut self, all: &[OrganisationLine]) -> io::Result<Option<Link>> {
        const STEM: &str = "organisations";
        if all.len() <= ORGANISATIONS_SHOWN {
            return Ok(None);
        }
        let lang = self.lang();
        let title = texts::BY_ORGANISATION.get(lang);
        let list = List { stem: STEM, depth: 0, title, lines: all.len() };
        write_list(&list, self.about, self.folder, |frame, chapter| OrganisationsPage {
            lang: lang.tag(),
            p: PageWords::of(lang),
            frame,
            headings: parts::count_headings(lang),
            organisations: all[chapter.range].to_vec(),
        })?;
        let text = words::all_organisations(all.len(), lang);
        Ok(Some(Link { href: lists::path(STEM, 1), text }))
    }

    /// Writes the pages of all causes of an outcome.
    fn causes(&mut self, outcome: Outcome) -> io::Result<Vec<CauseLine>> {
        let mut lines = Vec::new();
        for cause in causes(self.context.result, outcome) {
            let stem = match cause.is_ours() {
                true => self.folder.stem(&[cause.reason]),
                false => self.folder.stem(&[cause.name(), cause.reason]),
            };
            let stem = format!("causes/{}", self.site.unused_cause(stem));
            let line = self.cause_line(&cause, &stem);
            self.cause(&cause, &line, &stem)?;
            lines.push(line);
        }
        Ok(lines)
    }

    fn cause_line(&self, cause: &Cause<'_>, stem: &str) -> CauseLine {
        let lang = self.lang();
        CauseLine {
            head: CauseHead::of(cause, lang),
            path: lists::path(stem, 1),
            services: match cause.is_ours() {
                true => extent(cause, lang),
                false => words::services(cause.services.len(), lang),
            },
        }
    }

    /// A cause with the services that it concerns, each under its owner.
    fn cause(&mut self, cause: &Cause<'_>, line: &CauseLine, stem: &str) -> io::Result<()> {
        let Self { context, about, site, folder, .. } = self;
        let (lang, lines) = (context.lang, cause.services.len());
        let list = List { stem, depth: 1, title: &prose(line.head.message), lines };
        write_list(&list, *about, *folder, |frame, chapter| CausePage {
            lang: lang.tag(),
            w: super::words(lang),
            p: PageWords::of(lang),
            frame,
            cause: line,
            services: concerned_lines(site, context.result, &cause.services[chapter.range]),
        })
    }

    /// Writes the pages of all organisations and of their services.
    fn organisations(&mut self) -> io::Result<Vec<OrganisationLine>> {
        let result = self.context.result;
        let mut lines = Vec::new();
        for (organisation, services) in result.by_organisation() {
            let counts = Counts::of(services.iter().copied());
            let stem = self.site.organisation_stem(&organisation.id);
            self.organisation(organisation, &services, &counts, &stem)?;
            for service in services {
                self.service(organisation, service, &stem)?;
            }
            lines.push(OrganisationLine {
                path: lists::path(&stem, 1),
                name: clean(&organisation.name),
                counts: parts::counts(&counts, &result.policy, self.lang()),
            });
        }
        Ok(lines)
    }

    fn organisation(
        &mut self,
        organisation: &Organisation,
        services: &[&ServiceResult],
        counts: &Counts,
        stem: &str,
    ) -> io::Result<()> {
        let Self { context, about, site, folder, .. } = self;
        let (lang, lines) = (context.lang, services.len());
        let list = List { stem, depth: 1, title: &clean(&organisation.name), lines };
        write_list(&list, *about, *folder, |frame, chapter| {
            let contact = organisation.contact.as_deref().map(clean);
            let bars = bars(counts, &context.result.policy, lang);
            let lines = services[chapter.range].iter();
            OrganisationPage {
                lang: lang.tag(),
                w: super::words(lang),
                p: PageWords::of(lang),
                frame,
                contact: contact.unwrap_or_else(|| texts::NO_CONTACT.get(lang).to_owned()),
                chart_width: width(&bars),
                bars,
                services: lines.map(|service| service_line(site, service, lang)).collect(),
            }
        })
    }

    fn service(
        &mut self,
        organisation: &Organisation,
        result: &ServiceResult,
        organisation_stem: &str,
    ) -> io::Result<()> {
        let lang = self.lang();
        let service = service_block(self.context, self.beside.histories, result);
        let above = format!("../../{}", lists::path(organisation_stem, 1));
        let above = [(above, clean(&organisation.name))];
        let frame = self.about.frame(2, service.name.clone(), &above);
        let (w, p) = (super::words(lang), PageWords::of(lang));
        let path = self.site.service(&result.service.id).to_owned();
        self.put(&path, &ServicePage { lang: lang.tag(), w, p, frame, service })
    }
}

/// The services that a cause concerns, each under its owner.
fn concerned_lines(
    site: &Site<'_>,
    result: &RunResult,
    services: &[Concerned<'_>],
) -> Vec<ConcernedLine> {
    let mut owned_by: Option<&str> = None;
    let mut lines = Vec::new();
    for concerned in services {
        let service = &concerned.service.service;
        let is_new = owned_by != Some(&*service.id.organisation);
        owned_by = Some(&service.id.organisation);
        // One organisation's report is all its own.
        let is_told = is_new && result.organisation().is_none();
        let owner = is_told.then(|| site.organisation(&service.id)).flatten();
        lines.push(ConcernedLine {
            href: format!("../{}", site.service(&service.id)),
            id: service.id.to_string(),
            name: clean(&service.name),
            subjects: where_of(concerned),
            owner: owner.map(owner::with_contact).unwrap_or_default(),
            beneath: checks_of(&concerned.beneath),
        });
    }
    lines
}

fn service_line(site: &Site<'_>, result: &ServiceResult, lang: Lang) -> ServiceLine {
    let service = &result.service;
    ServiceLine {
        href: format!("../{}", site.service(&service.id)),
        name: clean(&service.name),
        id: service.id.to_string(),
        target: clean(&service.target.to_string()),
        blockers: root_blockers(result).join(", "),
        class: parts::class_of(result.standing),
        standing: parts::standing(result.standing, lang),
    }
}
