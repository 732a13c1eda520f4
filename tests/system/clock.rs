//! The clock of a test and of all that it starts, which the test sets: libfaketime stands before the C library
//! and reads from a file by how many seconds the time of day differs. Waiting is by the monotonic clock, which
//! stays as it is, so nothing takes longer or shorter. The program knows nothing of it.

use std::path::PathBuf;
use std::process::Command;

use jiff::Timestamp;

use crate::namespace;

/// Names the file, for libfaketime and for [`Clock`].
const FILE: &str = "FAKETIME_TIMESTAMP_FILE";
const PRELOAD: &str = "LD_PRELOAD";

/// The clock; only inside of [`enter`].
pub struct Clock {
    file: PathBuf,
}

/// As [`namespace::enter`], with a clock that begins at this moment.
pub fn enter(module: &str, test: &str, begins: &str) -> Option<Clock> {
    if namespace::is_inside() {
        assert!(namespace::enter(module, test));
        return Some(Clock { file: std::env::var_os(FILE).unwrap().into() });
    }
    if !namespace::has_all(&["faketime"]) {
        return None;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let clock = Clock { file: file.path().to_owned() };
    clock.set(begins);
    let environment = [
        (PRELOAD, library()),
        (FILE, file.path().to_str().unwrap().to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("FAKETIME_CACHE_DURATION", "1".to_owned()),
    ];
    let environment: Vec<_> = environment.iter().map(|(key, value)| (*key, &**value)).collect();
    namespace::enter_in(module, test, &environment);
    None
}

impl Clock {
    /// Sets it. What is started from now on sees it at once, what runs already within a second.
    pub fn set(&self, moment: &str) {
        let moment: Timestamp = moment.parse().unwrap();
        let real = Command::new("date").arg("+%s").env_remove(PRELOAD).output().unwrap();
        let real: i64 = String::from_utf8(real.stdout).unwrap().trim().parse().unwrap();
        let beside = self.file.with_extension("next");
        std::fs::write(&beside, format!("{:+}\n", moment.as_second() - real)).unwrap();
        std::fs::rename(beside, &self.file).unwrap();
    }
}

/// Where Debian installs it.
pub fn library() -> String {
    let folders = std::fs::read_dir("/usr/lib").unwrap();
    let library = folders
        .map(|folder| folder.unwrap().path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists());
    library.unwrap().to_str().unwrap().to_owned()
}
