//! Files and ports that the kernel refuses from now on (Landlock), by the newest of its interfaces that the kernel has.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, LandlockStatus, PathBeneath, PathFd,
    RestrictionStatus, Ruleset, RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _,
    RulesetError, RulesetStatus, Scope,
};

use super::reach::Reach;

/// The newest interface that is known here. An older kernel applies what it has of it.
const KNOWN: ABI = ABI::V7;

/// What a scan reads beside what it is told: resolvers, certificates, randomness, and what the machine is.
/// Where the system has one of these elsewhere, the program does as if it weren't there.
const OF_THE_SYSTEM: [&str; 11] = [
    "/etc/resolv.conf",
    "/etc/ssl",
    "/etc/pki",
    "/usr/local/share/ca-certificates",
    "/usr/share/ca-certificates",
    "/dev/urandom",
    "/dev/random",
    "/proc/self",
    "/proc/sys/vm",
    "/proc/sys/kernel",
    "/sys/fs/cgroup",
];

/// What the process does from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// It asks services.
    Scan,
    /// It reads anything, and writes files; the network isn't needed.
    FilesToWrite,
}

/// Restricts the calling thread, and those that it starts.
pub(super) fn restrict(reach: &Reach, to: Use) {
    match try_to_restrict(reach, to) {
        Ok(status) => tell(reach, to, &status),
        Err(error) => tracing::warn!(error = %error, "files can't be restricted (Landlock)"),
    }
}

fn try_to_restrict(reach: &Reach, to: Use) -> Result<RestrictionStatus, RulesetError> {
    // Programs aren't started by anything that is confined.
    let (files, network): (BitFlags<AccessFs>, BitFlags<AccessNet>) = match to {
        Use::Scan => (AccessFs::from_all(KNOWN), AccessNet::BindTcp.into()),
        Use::FilesToWrite => {
            (AccessFs::from_write(KNOWN) | AccessFs::Execute, AccessNet::from_all(KNOWN))
        }
    };
    let rules = Ruleset::default()
        .handle_access(files)?
        .handle_access(network)?
        .scope(Scope::from_all(KNOWN))?
        .create()?;
    let reading = files & (AccessFs::ReadFile | AccessFs::ReadDir);
    let writing = reading
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::RemoveFile
        | AccessFs::MakeDir
        | AccessFs::RemoveDir
        | AccessFs::Refer;
    let mut rules = rules;
    for folder in reach.folders() {
        rules = allow(rules, folder, writing)?;
    }
    // What SQLite and copies of stores need for a while.
    let of_sqlite = std::env::var_os("SQLITE_TMPDIR").map(PathBuf::from);
    for folder in of_sqlite.into_iter().chain([std::env::temp_dir(), "/var/tmp".into()]) {
        rules = allow(rules, &folder, writing)?;
    }
    for device in reach.devices() {
        rules = allow(rules, device, writing | AccessFs::IoctlDev)?;
    }
    rules = allow(rules, Path::new("/dev/null"), reading | AccessFs::WriteFile)?;
    if to == Use::Scan {
        let own = std::env::current_exe().ok();
        let of_the_system = OF_THE_SYSTEM.iter().map(Path::new).chain(own.as_deref());
        for path in reach.reads().iter().map(|path| &**path).chain(of_the_system) {
            rules = allow(rules, path, reading)?;
        }
    }
    rules.restrict_self()
}

/// Allows what is beneath a path. What isn't there needs no leave; what can't be opened is refused later, too.
fn allow(
    rules: RulesetCreated,
    path: &Path,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    if access.is_empty() {
        return Ok(rules);
    }
    let path = if path == Path::new("") { Path::new(".") } else { path };
    match PathFd::new(path) {
        Ok(opened) => {
            let fits = if path.is_dir() { access } else { access & AccessFs::from_file(KNOWN) };
            rules.add_rule(PathBeneath::new(opened, fits))
        }
        Err(_) => Ok(rules),
    }
}

/// Says what holds.
fn tell(reach: &Reach, to: Use, status: &RestrictionStatus) {
    let (LandlockStatus::Available { effective_abi, .. }, true) =
        (status.landlock, status.ruleset != RulesetStatus::NotEnforced)
    else {
        tracing::info!(kernel = ?status.landlock, "files are not restricted: the kernel has no Landlock");
        return;
    };
    let list = |paths: &[PathBuf]| {
        let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        paths.join(", ")
    };
    let network = match (to, effective_abi >= ABI::V4) {
        (_, false) => "as it was",
        (Use::Scan, true) => "no TCP port is listened on",
        (Use::FilesToWrite, true) => "no TCP",
    };
    let reads = match to {
        Use::Scan => list(reach.reads()),
        Use::FilesToWrite => "any".to_owned(),
    };
    tracing::info!(
        writes = %list(reach.folders()),
        %reads,
        network,
        interface = effective_abi as i32,
        whole = status.ruleset == RulesetStatus::FullyEnforced,
        "restricted files and network (Landlock)"
    );
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// What a thread may still do that has restricted itself.
    #[derive(Debug, PartialEq)]
    struct Left {
        reads_within: bool,
        reads_outside: bool,
        writes_within: bool,
        writes_outside: bool,
        connects: bool,
        listens: bool,
        starts_programs: bool,
    }

    fn left(to: Use) -> Option<Left> {
        let [within, outside] = [0, 1].map(|_| tempfile::tempdir_in("target").unwrap());
        let [within, outside] = [&within, &outside].map(|folder| folder.path().join("file"));
        fs::write(&within, "").unwrap();
        fs::write(&outside, "").unwrap();
        let server = TcpListener::bind("[::1]:0").unwrap();
        let address = server.local_addr().unwrap();
        let mut reach = Reach::default();
        reach.file(&within);
        std::thread::scope(|scope| {
            let confined = scope.spawn(|| {
                let status = try_to_restrict(&reach, to).unwrap();
                let LandlockStatus::Available { effective_abi, .. } = status.landlock else {
                    eprintln!("not run: this kernel has no Landlock");
                    return None;
                };
                if effective_abi < ABI::V4 {
                    eprintln!("not run: this kernel's Landlock knows no ports");
                    return None;
                }
                let refused = |result: std::io::Result<()>| match result {
                    Ok(()) => false,
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
                        true
                    }
                };
                Some(Left {
                    reads_within: !refused(fs::read(&within).map(drop)),
                    reads_outside: !refused(fs::read(&outside).map(drop)),
                    writes_within: !refused(fs::write(within.with_extension("new"), "")),
                    writes_outside: !refused(fs::write(outside.with_extension("new"), "")),
                    connects: !refused(TcpStream::connect(address).map(drop)),
                    listens: !refused(TcpListener::bind("[::1]:0").map(drop)),
                    starts_programs: !refused(
                        std::process::Command::new("/bin/true").status().map(drop),
                    ),
                })
            });
            confined.join().unwrap()
        })
    }

    #[test]
    fn a_scan_has_its_own_files_and_listens_nowhere() {
        let Some(left) = left(Use::Scan) else { return };
        let expected = Left {
            reads_within: true,
            reads_outside: false,
            writes_within: true,
            writes_outside: false,
            connects: true,
            listens: false,
            starts_programs: false,
        };
        assert_eq!(left, expected);
    }

    #[test]
    fn what_asks_nothing_has_no_network() {
        let Some(left) = left(Use::FilesToWrite) else { return };
        let expected = Left {
            reads_within: true,
            reads_outside: true,
            writes_within: true,
            writes_outside: false,
            connects: false,
            listens: false,
            starts_programs: false,
        };
        assert_eq!(left, expected);
    }
}
