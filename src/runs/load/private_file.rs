//! Which files an inventory may name. It may come from others, so it must not have us open what is meant for nobody
//! else: a key, a file of passwords.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::process::{getegid, getgroups};

/// Refuses a file outside of the inventory's folder that is private: neither everybody may read it, nor a group that this
/// process is in.
///
/// # Errors
/// When it is one.
pub(super) fn refuse(file: &Path, folder: &Path) -> io::Result<()> {
    let folder = if folder == Path::new("") { Path::new(".") } else { folder };
    let (Ok(file), Ok(folder)) = (fs::canonicalize(file), fs::canonicalize(folder)) else {
        // Whoever opens it says why it can't be.
        return Ok(());
    };
    if file.starts_with(&folder) {
        return Ok(());
    }
    let groups = own_groups();
    // Whoever names the folder is in the folders that it lies in, too.
    for path in file.ancestors().take_while(|path| !folder.starts_with(path)) {
        if !fs::metadata(path).is_ok_and(|of| is_shared(&of, &groups)) {
            return Err(io::Error::other(format!(
                "{} is private and outside of the inventory's folder; move the file into that folder, or let \
                 others read it",
                path.display()
            )));
        }
    }
    Ok(())
}

/// Whether others may read a file, or go through a folder.
fn is_shared(of: &Metadata, groups: &[u32]) -> bool {
    let bit = if of.is_dir() { 0o1 } else { 0o4 };
    of.mode() & bit != 0 || of.mode() & (bit << 3) != 0 && groups.contains(&of.gid())
}

/// The groups of this process, but for root's: what is root's is not shared.
fn own_groups() -> Vec<u32> {
    let groups = getgroups().unwrap_or_default();
    let all = groups.into_iter().chain([getegid()]).map(|group| group.as_raw());
    all.filter(|group| *group != 0).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn what_is_private_is_opened_in_the_own_folder_only() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for folder in ["own/below", "shared", "hidden"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        for (file, mode) in [
            ("own/below/secret", 0o600),
            ("shared/open", 0o644),
            ("shared/secret", 0o600),
            ("hidden/open", 0o644),
        ] {
            fs::write(at(file), "").unwrap();
            fs::set_permissions(at(file), Permissions::from_mode(mode)).unwrap();
        }
        fs::set_permissions(at("shared"), Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(at("hidden"), Permissions::from_mode(0o700)).unwrap();
        symlink(at("shared/secret"), at("own/link")).unwrap();
        for (file, is_opened) in [
            ("own/below/secret", true),
            ("shared/open", true),
            ("own/../shared/open", true),
            ("shared/secret", false),
            ("own/link", false),
            ("hidden/open", false),
            ("not/there", true),
        ] {
            assert_eq!(refuse(&at(file), &at("own")).is_ok(), is_opened, "{file}");
        }
        let shadow = refuse(Path::new("/etc/shadow"), &at("own"));
        assert!(shadow.is_err() || !Path::new("/etc/shadow").exists());
    }
}
