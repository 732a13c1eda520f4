//! What is being written, under a name of its own beside the one that it will have.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use super::run_id::random_letters;

/// Comes between the name of a file and the letters that are this file's alone.
const MARK: &str = ".v6ready-";

/// How the names of unfinished files end.
const ENDING: &str = ".part";

const LETTERS: usize = 12;

/// Names that are tried.
const TRIES_MAX: usize = 8;

/// Nobody else writes to it: its name is new, no link is followed, and it is locked for as long as it is
/// written. It goes when it is dropped unfinished. What a killed process left is locked no longer, and goes
/// when the next file is written in the same folder.
pub(crate) struct UnfinishedFile {
    file: File,
    path: PathBuf,
    is_finished: bool,
}

impl UnfinishedFile {
    /// Makes one beside `target`, in whose place it is to be put. Whoever may read what is there now may read
    /// it, and nobody else.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub(crate) fn make(target: &Path) -> io::Result<Self> {
        let mode = target.metadata().map_or(0o666, |there| there.permissions().mode() & 0o777);
        let make = |path: &Path| {
            File::options().read(true).write(true).create_new(true).mode(mode).open(path)
        };
        let (file, path) = make_beside(target, make)?;
        Ok(Self { file, path, is_finished: false })
    }

    /// The file, to be written to.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Its name, until it is finished.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in the place of `target` once all of it is on the disk. It takes over who owns a file that
    /// is there and who may read it.
    ///
    /// # Errors
    /// When that fails; what was there is then as it was.
    pub(crate) fn put_in_place_of(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        if let Ok(there) = fs::metadata(target)
            && !self.takes_over(&there)?
        {
            // A file of somebody else's stays theirs: it is written anew instead of replaced.
            return self.copy_into(target);
        }
        fs::rename(&self.path, target)?;
        self.is_finished = true;
        // That the name is on the disk too is of use, and no condition.
        let _ = File::open(folder_of(target)).and_then(|folder| folder.sync_all());
        Ok(())
    }

    /// Takes over owner, group and permissions; whether all of that was to be had.
    fn takes_over(&self, there: &Metadata) -> io::Result<bool> {
        let own = self.file.metadata()?;
        let is_other = own.uid() != there.uid() || own.gid() != there.gid();
        if is_other && fchown(&self.file, Some(there.uid()), Some(there.gid())).is_err() {
            return Ok(false);
        }
        let mode = fs::Permissions::from_mode(there.permissions().mode() & 0o7777);
        self.file.set_permissions(mode)?;
        Ok(true)
    }

    fn copy_into(&self, target: &Path) -> io::Result<()> {
        let mut from = File::open(&self.path)?;
        let mut to = File::options().write(true).truncate(true).open(target)?;
        io::copy(&mut from, &mut to)?;
        to.sync_all()
    }
}

impl Drop for UnfinishedFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // What can't be removed is removed by the next process that writes here.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes something unfinished beside the place that it will have, locks it, and gives it and its path. `make` fails where
/// the path is taken.
///
/// # Errors
/// When the folder can't be written.
pub(crate) fn make_beside(
    target: &Path,
    make: impl Fn(&Path) -> io::Result<File>,
) -> io::Result<(File, PathBuf)> {
    let folder = folder_of(target);
    remove_abandoned(folder);
    let name = target.file_name().ok_or(io::ErrorKind::IsADirectory)?;
    for _ in 0..TRIES_MAX {
        let path = folder.join(unfinished_name(name));
        let file = match make(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            made => made?,
        };
        // Before it was locked, another process may have taken it for an abandoned one. A file system
        // without locks has only the name to keep them apart.
        let is_taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
        if !is_taken && file.metadata()?.nlink() > 0 {
            return Ok((file, path));
        }
    }
    Err(io::Error::other("no name for an unfinished file is free"))
}

fn unfinished_name(of: &OsStr) -> OsString {
    let mut own = of.to_owned();
    own.push(format!("{MARK}{}{ENDING}", random_letters(LETTERS)));
    own
}

/// The folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Removes what killed processes left in a folder: unfinished files and folders that nobody has locked, with what
/// SQLite may have left beside them.
fn remove_abandoned(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(stem) = name.to_str().and_then(stem_of_unfinished) else { continue };
        let unfinished = folder.join(stem);
        // The lock is held until it is gone: whoever has only just made it then sees that it was taken.
        let (_lock, is_abandoned) = match fs::symlink_metadata(&unfinished) {
            Ok(found) if found.is_file() || found.is_dir() => match File::open(&unfinished) {
                Ok(file) => {
                    let is_abandoned = file.try_lock().is_ok();
                    (Some(file), is_abandoned)
                }
                Err(error) => (None, error.kind() == io::ErrorKind::NotFound),
            },
            Ok(_) => (None, false),
            Err(error) => (None, error.kind() == io::ErrorKind::NotFound),
        };
        if is_abandoned {
            tracing::info!(file = %entry.path().display(), "removing what a killed process left");
            let _ = match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true => fs::remove_dir_all(entry.path()),
                false => fs::remove_file(entry.path()),
            };
        }
    }
}

/// The name of the unfinished file that a file is, or is a part of.
fn stem_of_unfinished(name: &str) -> Option<&str> {
    let at = name.rfind(MARK)? + MARK.len();
    let end = at + LETTERS + ENDING.len();
    let (letters, ending) = name.get(at..end)?.split_at_checked(LETTERS)?;
    let is_ours = letters.bytes().all(|octet| octet.is_ascii_lowercase()) && ending == ENDING;
    let is_beside = matches!(&name[end..], "" | "-journal" | "-wal" | "-shm");
    (is_ours && is_beside).then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_ours_is_taken_for_abandoned() {
        let part = "a.html.v6ready-abcdefghijkl.part";
        let journal = format!("{part}-journal");
        for (name, expected) in [
            (part, Some(part)),
            (&journal, Some(part)),
            ("a.html.part", None),
            ("a.html.abcdefghijkl.part", None),
            ("a.html.v6ready-abcdefghijkl.partition", None),
            ("a.html.v6ready-ABCDEFGHIJKL.part", None),
            ("a.html.v6ready-kl.part", None),
            ("a.html.v6ready-abcdefghijké.part", None),
        ] {
            assert_eq!(stem_of_unfinished(name), expected, "{name}");
        }
    }
}
