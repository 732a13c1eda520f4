//! A folder of pages that appears whole or not at all.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with, syncfs};
use rustix::io::Errno;

use crate::commands::file_name::file_stem;
use crate::report::html::pages::{GENERATOR, INDEX, PageFolder};
use crate::runs::unfinished_file::make_beside;

/// How far a page is read to find what made it.
const HEAD_MAX: u64 = 2_048;

/// Writes a folder under another name first, and gives it its own when all pages are on the disk. An earlier report
/// of the same name goes then.
///
/// # Errors
/// When something else has that name, or a page can't be written; then nothing of it is left, and what was there stays.
pub(super) fn write_pages(
    path: &Path,
    render: impl FnOnce(&mut dyn PageFolder) -> io::Result<()>,
) -> io::Result<()> {
    let target = match fs::symlink_metadata(path) {
        Ok(there) if there.is_symlink() => fs::canonicalize(path)?,
        _ => path.to_owned(),
    };
    may_be_replaced(&target)?;
    let mut folder = UnfinishedFolder::make(&target)?;
    render(&mut folder)?;
    folder.put_in_place_of(&target)
}

/// Whether nothing is lost when a folder goes: it isn't there, it is empty, or it is a report and nothing else.
fn may_be_replaced(target: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let names: Vec<_> = entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    let is_ours = |name: &std::ffi::OsString| {
        let name = name.to_string_lossy();
        name.ends_with(".html") || ["causes", "organisations", "services"].contains(&&*name)
    };
    if names.is_empty() || (names.iter().all(is_ours) && is_report(&target.join(INDEX))?) {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::AlreadyExists,
        "it holds something else than a report; move that away, or choose another place with `--out`",
    ))
}

fn is_report(index: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    match File::open(index) {
        Ok(file) => file.take(HEAD_MAX).read_to_end(&mut head)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(String::from_utf8_lossy(&head).contains(GENERATOR))
}

/// A folder that is being written, locked for as long as it is, beside the place that it will have. It goes when it
/// is dropped; what a killed process left goes when the next one is made beside it.
struct UnfinishedFolder {
    path: PathBuf,
    folder: File,
    /// Folders in it that are made.
    made: HashSet<String>,
    is_finished: bool,
}

impl UnfinishedFolder {
    fn make(target: &Path) -> io::Result<Self> {
        let make = |path: &Path| {
            fs::create_dir(path)?;
            // One that another process took for abandoned meanwhile is tried again under another name.
            File::open(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => io::ErrorKind::AlreadyExists.into(),
                _ => error,
            })
        };
        let (folder, path) = make_beside(target, make)?;
        Ok(Self { path, folder, made: HashSet::new(), is_finished: false })
    }

    fn put_in_place_of(mut self, target: &Path) -> io::Result<()> {
        // One call, where a hundred thousand would take minutes.
        syncfs(&self.folder)?;
        if target.is_dir() {
            // What was there has the unfinished name then, and goes with it.
            match renameat_with(CWD, &self.path, CWD, target, RenameFlags::EXCHANGE) {
                Ok(()) => return Ok(()),
                // Not every file system can do it at once.
                Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => fs::remove_dir_all(target)?,
                Err(error) => return Err(error.into()),
            }
        }
        fs::rename(&self.path, target)?;
        self.is_finished = true;
        Ok(())
    }
}

impl PageFolder for UnfinishedFolder {
    fn stem(&self, of: &[&str]) -> String {
        file_stem(of.iter().copied())
    }

    fn write(&mut self, path: &str, page: &str) -> io::Result<()> {
        if let Some((within, _)) = path.rsplit_once('/')
            && self.made.insert(within.to_owned())
        {
            fs::create_dir_all(self.path.join(within))?;
        }
        fs::write(self.path.join(path), page)
    }
}

impl Drop for UnfinishedFolder {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page as reports begin.
    fn page(text: &str) -> String {
        format!("<!doctype html>\n{GENERATOR}\n{text}")
    }

    fn write(path: &Path, text: &str) -> io::Result<()> {
        write_pages(path, |folder| {
            folder.write(INDEX, &page(text))?;
            folder.write("services/o/s.html", &page(text))
        })
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_takes_the_place_of_an_earlier_one() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("run");
        for text in ["one", "two"] {
            write(&path, text).unwrap();
            assert_eq!(fs::read_to_string(path.join("services/o/s.html")).unwrap(), page(text));
            assert_eq!(names(place.path()), ["run"]);
        }
        fs::remove_dir_all(&path).unwrap();
        fs::create_dir(&path).unwrap();
        write(&path, "into an empty folder").unwrap();
        assert_eq!(names(&path), [INDEX, "services"]);
    }

    #[test]
    fn what_is_somebody_s_own_stays() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("run");
        write(&path, "one").unwrap();
        fs::write(path.join("notes.txt"), "mine").unwrap();
        assert_eq!(write(&path, "two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(path.join(INDEX)).unwrap(), page("one"));
        fs::remove_file(path.join("notes.txt")).unwrap();
        fs::write(path.join(INDEX), "my own page").unwrap();
        assert_eq!(write(&path, "two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let file = place.path().join("file");
        fs::write(&file, "mine").unwrap();
        assert!(write(&file, "two").is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    }

    #[test]
    fn nothing_of_what_fails_or_was_killed_is_left() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("run");
        write(&path, "one").unwrap();
        let failed = write_pages(&path, |folder| {
            folder.write(INDEX, &page("two"))?;
            Err(io::Error::other("no room"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no room");
        assert_eq!(fs::read_to_string(path.join(INDEX)).unwrap(), page("one"));
        let left = place.path().join("run.v6ready-abcdefghijkl.part");
        fs::create_dir_all(left.join("services")).unwrap();
        write(&path, "two").unwrap();
        assert_eq!(names(place.path()), ["run"]);
    }
}
