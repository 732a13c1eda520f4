use std::io::Read as _;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use std::path::PathBuf;

use super::*;

fn write(path: &Path, text: &str) -> io::Result<()> {
    write_atomically(path, |out| out.write_all(text.as_bytes()))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_pipe_is_written_to_and_not_replaced() {
    let (mut reader, writer) = io::pipe().unwrap();
    let path = PathBuf::from(format!("/proc/self/fd/{}", writer.as_raw_fd()));
    write(&path, "whole").unwrap();
    drop(writer);
    let mut read = String::new();
    reader.read_to_string(&mut read).unwrap();
    assert_eq!(read, "whole");
}

#[test]
fn permissions_stay_and_so_does_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    write(&file, "one").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    write(&file, "two").unwrap();
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o640);
    symlink("file", &link).unwrap();
    write(&link, "three").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "three");
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("file"));
    assert_eq!(names(folder.path()), ["file", "link"]);
}

/// Owners can be set by root alone; elsewhere this is only that a file of one's own is written.
#[test]
fn owners_stay() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    write(&file, "one").unwrap();
    let is_given = std::os::unix::fs::chown(&file, Some(65534), Some(65534)).is_ok();
    write(&file, "two").unwrap();
    let there = fs::metadata(&file).unwrap();
    assert_eq!(there.uid() == 65534 && there.gid() == 65534, is_given);
    assert_eq!(fs::read_to_string(&file).unwrap(), "two");
}

#[test]
fn no_link_of_a_likely_name_is_followed_and_nothing_is_left_of_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let (file, victim) = (folder.path().join("file"), folder.path().join("victim"));
    fs::write(&victim, "mine").unwrap();
    symlink(&victim, folder.path().join("file.part")).unwrap();
    write(&file, "whole").unwrap();
    assert_eq!(fs::read_to_string(&victim).unwrap(), "mine");
    let failed = write_atomically(&file, |out| {
        out.write_all(b"half")?;
        Err(io::Error::other("no more"))
    });
    assert_eq!(failed.unwrap_err().to_string(), "no more");
    assert_eq!(fs::read_to_string(&file).unwrap(), "whole");
    assert_eq!(names(folder.path()), ["file", "file.part", "victim"]);
}

#[test]
fn what_a_killed_process_left_goes_and_what_is_being_written_stays() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let being_written = UnfinishedFile::make(&at("other")).unwrap();
    let abandoned = "file.v6ready-aaaaaaaaaaaa.part";
    fs::write(at(abandoned), "half").unwrap();
    fs::write(at(&format!("{abandoned}-journal")), "").unwrap();
    let victim = tempfile::NamedTempFile::new().unwrap();
    symlink(victim.path(), at("file.v6ready-bbbbbbbbbbbb.part")).unwrap();
    write(&at("file"), "whole").unwrap();
    assert!(being_written.path().exists() && victim.path().exists());
    assert!(!at(abandoned).exists() && !at(&format!("{abandoned}-journal")).exists());
    being_written.put_in_place_of(&at("other")).unwrap();
    assert_eq!(names(folder.path()), ["file", "file.v6ready-bbbbbbbbbbbb.part", "other"]);
}

#[test]
fn many_writers_of_one_file_leave_one_of_theirs_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let texts: Vec<String> = (0..8).map(|one| one.to_string().repeat(100_000)).collect();
    std::thread::scope(|scope| {
        for text in &texts {
            scope.spawn(|| (0..8).for_each(|_| write(&file, text).unwrap()));
        }
    });
    assert!(texts.contains(&fs::read_to_string(&file).unwrap()));
    assert_eq!(names(folder.path()), ["file"]);
}

#[test]
fn a_new_file_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    write_new(&file, 0o600, b"secret").unwrap();
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    assert!(write_new(&file, 0o600, b"other").is_err());
    assert_eq!(fs::read_to_string(&file).unwrap(), "secret");
}
