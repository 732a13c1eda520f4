//! The files that a command reads and writes, by what its arguments name.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, accessat};

use crate::commands::cli::{
    CheckArgs, Command, DEFAULT_INVENTORY, Global, InventoryArgs, InventoryCommand, ReportArgs,
    RunsArgs, RunsCommand, ScanArgs,
};

/// How the names end of what lies beside a store; a file itself is the first.
const BESIDE: [&str; 5] = ["", "-wal", "-shm", "-journal", ".lock"];

/// Files and folders that a command may touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::commands) struct Reach {
    reads: Vec<PathBuf>,
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    devices: Vec<PathBuf>,
}

impl Reach {
    /// What the arguments of a command name.
    pub(in crate::commands) fn of(global: &Global, command: &Command) -> Self {
        let mut reach = Self::default();
        match command {
            // It opens nothing, or what the lab has made.
            Command::Explain(_) | Command::Completions(_) | Command::Man | Command::Policy(_) => {}
            Command::Demo(args) => reach.folder(&args.out),
            // These are not confined here.
            Command::Serve(_) | Command::Alerts(_) => {}
            Command::Scan(args) => reach.of_scan(global, args),
            Command::Check(args) => reach.of_check(global, args),
            Command::Doctor(args) => args.inventory.iter().for_each(|file| reach.read(file)),
            Command::Report(args) => reach.of_report(global, args),
            Command::Judge(_) | Command::Diff(_) | Command::Show(_) => reach.file(&global.db),
            Command::Runs(args) => reach.of_runs(global, args),
            Command::Inventory(args) => reach.of_inventory(global, args),
        }
        reach
    }

    fn of_scan(&mut self, global: &Global, args: &ScanArgs) {
        self.file(&global.db);
        args.metrics.iter().for_each(|file| self.file(file));
        let inventory = args.inventory.as_deref();
        if args.resume.is_none() || inventory.is_some() {
            self.read(inventory.unwrap_or(Path::new(DEFAULT_INVENTORY)));
        }
        args.policy.iter().for_each(|file| self.read(Path::new(file)));
    }

    fn of_check(&mut self, global: &Global, args: &CheckArgs) {
        match args.keep {
            true => self.file(&global.db),
            false => self.folder(&std::env::temp_dir()),
        }
        args.inventory.iter().for_each(|file| self.read(file));
        args.policy.iter().for_each(|file| self.read(Path::new(file)));
    }

    fn of_report(&mut self, global: &Global, args: &ReportArgs) {
        self.file(&global.db);
        self.folder(args.split.as_ref().unwrap_or(&args.out));
    }

    fn of_runs(&mut self, global: &Global, args: &RunsArgs) {
        self.file(&global.db);
        match &args.command {
            Some(RunsCommand::Export { file, quarter: Some(_), .. }) => self.folder(file),
            Some(RunsCommand::Export { file, .. } | RunsCommand::Keygen { file, .. }) => {
                self.file(file);
            }
            Some(RunsCommand::Import { files, .. }) => {
                files.iter().for_each(|file| self.read(file));
            }
            // A copy is a store, which is opened as one.
            Some(RunsCommand::Backup { file, .. } | RunsCommand::Restore { file, .. }) => {
                self.file(file);
            }
            Some(RunsCommand::Prune(_) | RunsCommand::Verify) | None => {}
        }
    }

    fn of_inventory(&mut self, global: &Global, args: &InventoryArgs) {
        match &args.command {
            InventoryCommand::Init { file, .. } => self.file(file),
            InventoryCommand::Import(args) => {
                self.read(&args.source);
                self.file(&args.into);
            }
            InventoryCommand::Suggest(_) => self.file(&global.db),
            InventoryCommand::Validate { file } | InventoryCommand::Fmt { file, check: true } => {
                self.read(file);
            }
            InventoryCommand::Fmt { file, check: false } => self.file(file),
            InventoryCommand::Diff { before, after, .. } => {
                self.read(before);
                self.read(after);
            }
            InventoryCommand::Words | InventoryCommand::Schema => {}
        }
    }

    /// Adds a file that is read.
    pub(in crate::commands) fn read(&mut self, file: &Path) {
        self.reads.push(file.to_owned());
    }

    /// Adds files that are read.
    pub(in crate::commands) fn extend(&mut self, files: Vec<PathBuf>) {
        self.reads.extend(files);
    }

    /// Adds a file that is written, with what lies beside it while it is. A device or a pipe has nothing beside it.
    pub(in crate::commands) fn file(&mut self, file: &Path) {
        if file == Path::new("-") {
            return;
        }
        if fs::metadata(file).is_ok_and(|there| !there.is_file() && !there.is_dir()) {
            self.devices.push(file.to_owned());
            return;
        }
        // What a link leads to is written where it lies.
        let targets = [Some(file.to_owned()), fs::canonicalize(file).ok()];
        self.files.push(file.to_owned());
        for target in targets.iter().flatten() {
            self.folder(target.parent().unwrap_or(target));
        }
    }

    /// Adds a folder in which files are written. One that has to be made first is made in the nearest one that is
    /// there.
    pub(in crate::commands) fn folder(&mut self, folder: &Path) {
        let there = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
        let there = if there == Path::new("") { Path::new(".") } else { there };
        if !self.folders.iter().any(|known| known == there) {
            self.folders.push(there.to_owned());
        }
    }

    /// What is only read.
    pub(super) fn reads(&self) -> &[PathBuf] {
        &self.reads
    }

    /// The folders in which files are written.
    pub(super) fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Devices and pipes that are written to.
    pub(super) fn devices(&self) -> &[PathBuf] {
        &self.devices
    }

    /// Whether this process, as it is now, is refused any of it.
    pub(super) fn is_refused(&self) -> bool {
        let refuses = |path: &Path, access| {
            let path = if path == Path::new("") { Path::new(".") } else { path };
            accessat(CWD, path, access, AtFlags::EACCESS) == Err(rustix::io::Errno::ACCESS)
        };
        let to_read = |file: &PathBuf| refuses(file, Access::READ_OK);
        let to_make = |folder: &PathBuf| refuses(folder, Access::WRITE_OK | Access::EXEC_OK);
        let to_write = |file: &PathBuf| {
            BESIDE.iter().any(|ending| {
                let mut beside = file.as_os_str().to_owned();
                beside.push(ending);
                refuses(Path::new(&beside), Access::READ_OK | Access::WRITE_OK)
            })
        };
        self.reads.iter().any(to_read)
            || self.folders.iter().any(to_make)
            || self.files.iter().any(to_write)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::commands::cli::Cli;

    fn reach(arguments: &str) -> Reach {
        let line = format!("v6ready {arguments}");
        let Cli { global, command } = Cli::parse_from(line.split(' '));
        Reach::of(&global, &command)
    }

    #[test]
    fn what_arguments_name_is_within_reach() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display().to_string();
        for (arguments, folders, reads) in [
            ("explain", vec![], vec![]),
            ("judge", vec!["."], vec![]),
            ("--db AT/t.db judge", vec!["AT"], vec![]),
            ("--db AT/t.db report --out AT/new/one", vec!["AT"], vec![]),
            ("report --out AT", vec![".", "AT"], vec![]),
            ("scan AT/i.yaml --metrics AT/m.prom", vec![".", "AT"], vec!["AT/i.yaml"]),
            ("runs export newest -", vec!["."], vec![]),
            ("runs backup AT/copy.db", vec![".", "AT"], vec![]),
            ("inventory validate AT/i.yaml", vec![], vec!["AT/i.yaml"]),
        ] {
            let reach = reach(&arguments.replace("AT", &at));
            let paths = |of: Vec<&str>| -> Vec<PathBuf> {
                of.iter().map(|path| PathBuf::from(path.replace("AT", &at))).collect()
            };
            assert_eq!(reach.folders, paths(folders), "{arguments}");
            assert_eq!(reach.reads, paths(reads), "{arguments}");
        }
        assert_eq!(reach("scan --metrics /dev/null").devices, [PathBuf::from("/dev/null")]);
    }

    #[test]
    fn a_link_is_followed_to_what_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let [store, links] = ["store", "links"].map(|name| folder.path().join(name));
        fs::create_dir(&store).unwrap();
        fs::create_dir(&links).unwrap();
        fs::write(store.join("t.db"), "").unwrap();
        std::os::unix::fs::symlink(store.join("t.db"), links.join("t.db")).unwrap();
        let mut reach = Reach::default();
        reach.file(&links.join("t.db"));
        assert_eq!(reach.folders, [links, fs::canonicalize(store).unwrap()]);
    }
}
