//! A folder for a copy that is only read, which nobody else can open.

use std::fs;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};

use super::error::StoreError;

/// A folder that goes when this is dropped.
pub(super) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    pub(super) fn make() -> Result<Self, StoreError> {
        let mut octets = [0; 8];
        // Without randomness the name is taken soon, and then an error.
        let _ = SystemRandom::new().fill(&mut octets);
        let name = format!("v6ready-{:016x}", u64::from_le_bytes(octets));
        let folder = std::env::temp_dir().join(name);
        fs::DirBuilder::new().mode(0o700).create(&folder).map_err(|error| StoreError::Other {
            path: folder.clone(),
            detail: format!("the folder can't be made; name another place with TMPDIR: {error}"),
        })?;
        Ok(Self { folder })
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What can't be removed is in the system's folder for what may go.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
