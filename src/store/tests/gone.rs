//! A store that loses its name while a scan writes to it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use super::*;

fn record(recorder: &Recorder, name: &str) {
    let observation = dns(&format!("{name}.example"), 1, Reply::DnsFailed(NetFailure::TimedOut));
    recorder.record(service("s"), &observation);
}

/// Begins a run, records `before`, lets `happen` come over the file, and records `after`.
fn scan(path: &Path, happen: impl FnOnce()) -> Result<(), StoreError> {
    let mut store = Store::open(path).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap();
    let recorder = store.begin(&run("r"), &inputs()).unwrap();
    record(&recorder, "before");
    recorder.flush().unwrap();
    happen();
    record(&recorder, "after");
    recorder.flush()?;
    recorder.finish(&run("r"))
}

#[test]
fn what_was_found_out_is_kept_and_can_be_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v6ready.db");
    let remove_all = || {
        for entry in fs::read_dir(folder.path()).unwrap() {
            let file = entry.unwrap().path();
            if !file.to_string_lossy().contains("rescued") {
                fs::remove_file(file).unwrap();
            }
        }
    };
    let replace = || {
        remove_all();
        Store::open(&path).unwrap();
    };
    let happenings: [&dyn Fn(); 3] = [&|| fs::remove_file(&path).unwrap(), &remove_all, &replace];
    for (number, happen) in happenings.into_iter().enumerate() {
        remove_all();
        let error = scan(&path, happen).unwrap_err().to_string();
        let ending = if number == 0 { String::new() } else { format!("-{}", number + 1) };
        let kept = folder.path().join(format!("v6ready.db.rescued{ending}"));
        assert!(error.contains("deleted, moved or replaced"), "{error}");
        assert!(error.contains(&format!("--db {} scan --resume", kept.display())), "{error}");
        assert_eq!(fs::metadata(&kept).unwrap().mode() & 0o777, 0o640);
        let mut rescued = Store::open_existing(&kept).unwrap();
        assert_eq!(rescued.verify().unwrap().observations, 2, "{number}");
        let (resumable, loss) = rescued.run_to_resume(&run("r").id).unwrap();
        assert!(resumable.run.finished_at.is_none() && loss.is_none(), "{number}");
        let recorder = rescued.resume(&run("r").id).unwrap();
        record(&recorder, "again");
        recorder.finish(&run("r")).unwrap();
        assert_eq!(rescued.verify().unwrap().observations, 3, "{number}");
    }
}

#[test]
fn at_the_end_too_and_where_nothing_can_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v6ready.db");
    let mut store = Store::open(&path).unwrap();
    let recorder = store.begin(&run("r"), &inputs()).unwrap();
    record(&recorder, "before");
    recorder.flush().unwrap();
    fs::remove_file(&path).unwrap();
    let error = recorder.finish(&run("r")).unwrap_err().to_string();
    assert!(error.contains("v6ready.db.rescued"), "{error}");
    assert!(!path.exists(), "nothing was made in its place");

    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let path = inner.join("v6ready.db");
    let error = scan(&path, || fs::remove_dir_all(&inner).unwrap()).unwrap_err().to_string();
    assert!(error.contains("nothing of it could be kept"), "{error}");
}
