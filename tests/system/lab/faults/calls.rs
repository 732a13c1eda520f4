//! The system calls of a scan, and the errors that each is made to fail with.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Calls that aren't tried: those that don't fail; waking other threads (`futex`), which can't fail and would be lost; the
/// end of the heap (`brk`), which isn't told by an error; and the own address of an open socket, which surge-ping takes
/// for granted, as the kernel does.
const LEFT_OUT: [&str; 14] = [
    "arch_prctl",
    "brk",
    "execve",
    "exit",
    "exit_group",
    "futex",
    "getsockname",
    "restart_syscall",
    "rseq",
    "rt_sigreturn",
    "set_robust_list",
    "set_tid_address",
    "vfork",
    "wait4",
];

/// The first call of our own: what comes before is the start of every program.
const BEGINNING: &str = "prctl(PR_SET_THP_DISABLE";

/// What calls are made to fail with that aren't listed.
const ON_OTHERS: [&str; 2] = ["EINVAL", "EPERM"];

/// Calls, and errors that the kernel may answer them with.
const ERRORS: &[(&[&str], &[&str])] = &[
    (&["openat", "open"], &["EMFILE", "EACCES", "EIO", "ENOMEM", "EINTR", "ENOSPC"]),
    (&["read", "pread64", "readv"], &["EIO", "EINTR", "ENOMEM"]),
    (&["write", "pwrite64", "writev"], &["ENOSPC", "EIO", "EINTR", "EDQUOT"]),
    (&["fsync", "fdatasync"], &["EIO", "ENOSPC"]),
    (&["ftruncate", "fallocate"], &["EIO", "ENOSPC", "EINTR"]),
    (&["unlink", "unlinkat", "rename", "mkdir", "rmdir", "link"], &["EACCES", "EIO", "ENOSPC"]),
    (&["socket"], &["EMFILE", "ENFILE", "ENOBUFS", "EACCES", "EAFNOSUPPORT"]),
    (&["bind"], &["EADDRINUSE", "EACCES", "ENOMEM", "EADDRNOTAVAIL"]),
    (&["connect"], &["EADDRNOTAVAIL", "EACCES", "EAGAIN", "ENOBUFS", "EPERM"]),
    (&["sendto", "sendmsg", "sendmmsg"], &["ENOBUFS", "EPERM", "EAGAIN", "ENOMEM", "EINTR"]),
    (&["recvfrom", "recvmsg", "recvmmsg"], &["ENOMEM", "EAGAIN", "EINTR"]),
    (
        &["setsockopt", "getsockopt", "getpeername", "shutdown"],
        &["ENOBUFS", "ENOPROTOOPT", "EPERM"],
    ),
    (
        &["epoll_create1", "eventfd2", "eventfd", "dup", "pipe2", "socketpair"],
        &["EMFILE", "ENOMEM"],
    ),
    (&["fcntl"], &["EMFILE", "ENOLCK", "EINTR"]),
    (&["epoll_ctl"], &["ENOSPC", "ENOMEM"]),
    (
        &[
            "epoll_wait",
            "epoll_pwait",
            "poll",
            "ppoll",
            "clock_nanosleep",
            "nanosleep",
            "getrandom",
        ],
        &["EINTR"],
    ),
    (&["clone", "clone3"], &["EAGAIN", "ENOMEM"]),
    (&["mmap", "mremap", "mprotect", "munmap", "madvise"], &["ENOMEM"]),
    (
        &["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"],
        &["EOPNOTSUPP", "EPERM", "ENOMEM"],
    ),
    (&["capget", "capset", "prctl"], &["EPERM", "EINVAL"]),
    (&["close"], &["EIO", "EINTR"]),
    (&["flock"], &["ENOLCK", "EIO"]),
    (
        &[
            "access",
            "chmod",
            "faccessat",
            "faccessat2",
            "fadvise64",
            "fchmod",
            "fchown",
            "fstat",
            "fstatfs",
            "getcwd",
            "getdents64",
            "lseek",
            "lstat",
            "newfstatat",
            "readlink",
            "stat",
            "statfs",
            "statx",
        ],
        &["EIO", "EACCES", "ENOMEM"],
    ),
];

/// The calls that the default selection is made of.
const SELECTED: [(&str, &str); 15] = [
    ("openat", "EMFILE"),
    ("pwrite64", "ENOSPC"),
    ("pwrite64", "EIO"),
    ("pread64", "EIO"),
    ("fdatasync", "EIO"),
    ("socket", "EMFILE"),
    ("bind", "EACCES"),
    ("connect", "EAGAIN"),
    ("sendto", "EPERM"),
    ("sendmsg", "ENOBUFS"),
    ("recvfrom", "ENOMEM"),
    ("setsockopt", "ENOBUFS"),
    ("epoll_ctl", "ENOMEM"),
    ("clone3", "EAGAIN"),
    ("getrandom", "EINTR"),
];

/// How often an error was met.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Injected {
    pub times: usize,
    /// Whether one of the calls was to wake a thread by an event counter: that can't fail, and tokio panics at it.
    pub into_wake_up: bool,
}

/// Reads what a tracer wrote, with the files of descriptors.
pub fn injected(trace: &str) -> Injected {
    let mut found = Injected::default();
    for line in trace.lines().filter(|line| line.contains("(INJECTED)")) {
        found.times += 1;
        found.into_wake_up |= line.contains("write(") && line.contains("[eventfd]>");
    }
    found
}

/// An error that one call of each thread ends with.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub call: String,
    pub errno: String,
    /// The number of the call in its thread, from 1.
    pub occurrence: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.call, self.errno, self.occurrence)
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split(':').collect();
        let [call, errno, occurrence] = parts[..] else {
            return Err(format!("`{text}` is no CALL:ERROR:NUMBER"));
        };
        let occurrence = occurrence.parse().map_err(|_| format!("`{occurrence}` is no number"))?;
        Ok(Self { call: call.to_owned(), errno: errno.to_owned(), occurrence })
    }
}

/// How often a scan made a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Count {
    /// By the first thread, before the program began.
    before: usize,
    /// By the first thread, from its start.
    first: usize,
    /// By each of the others.
    others: BTreeMap<String, usize>,
}

/// How often each call was made, from what strace wrote.
pub fn counts(trace: &str) -> BTreeMap<String, Count> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut first = None;
    let mut has_begun = false;
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, _)) = rest.trim_start().split_once('(') else { continue };
        let is_name =
            call.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        has_begun |= rest.contains(BEGINNING);
        let first = *first.get_or_insert(thread);
        if !is_name || call.is_empty() || LEFT_OUT.contains(&call) {
            continue;
        }
        let count = counts.entry(call.to_owned()).or_default();
        match thread == first {
            true => count.first += 1,
            false => *count.others.entry(thread.to_owned()).or_default() += 1,
        }
        if !has_begun {
            count.before += 1;
        }
    }
    counts.retain(|_, count| count.first > count.before || !count.others.is_empty());
    counts
}

impl Count {
    /// Which calls are tried, by their number in their thread: the first two, one in the middle and one at the end, of the
    /// first thread and of the busiest of the others.
    fn occurrences(&self) -> Vec<usize> {
        let busiest = self.others.values().max().copied().unwrap_or_default();
        let mut found = Vec::new();
        for (from, to) in [(self.before, self.first), (0, busiest)] {
            // The last calls of a thread differ a little from scan to scan.
            found.extend(
                [from + 1, from + 2, (from + to).div_ceil(2), to - (to - from) / 20]
                    .map(|at| at.min(to)),
            );
        }
        // An earlier one would be met before the program begins.
        found.retain(|occurrence| *occurrence > self.before);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// One in the middle.
    fn middle(&self) -> Option<usize> {
        let all = self.occurrences();
        all.get(all.len() / 2).copied()
    }
}

/// Every call with each of its errors.
pub fn all(counts: &BTreeMap<String, Count>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (call, count) in counts {
        for errno in errors(call) {
            for occurrence in count.occurrences() {
                faults.push(Fault { call: call.clone(), errno: (*errno).to_owned(), occurrence });
            }
        }
    }
    faults
}

/// The default selection.
pub fn selection(counts: &BTreeMap<String, Count>) -> Vec<Fault> {
    let fault = |(call, errno): &(&str, &str)| {
        let occurrence = counts.get(*call)?.middle()?;
        Some(Fault { call: (*call).to_owned(), errno: (*errno).to_owned(), occurrence })
    };
    SELECTED.iter().filter_map(fault).collect()
}

fn errors(call: &str) -> &'static [&'static str] {
    let listed = ERRORS.iter().find(|(calls, _)| calls.contains(&call));
    listed.map_or(&ON_OTHERS, |(_, errors)| errors)
}

#[test]
fn calls_are_counted_by_thread() {
    let trace = "10 openat(AT_FDCWD, \"libc\") = 3\n10 prctl(PR_SET_THP_DISABLE, 1) = 0\n\
                 11 openat(AT_FDCWD, \"b\") = 4\n10 openat(AT_FDCWD, \"c\") = 5\n\
                 10 poll(0x1 <unfinished ...>\n10 <... poll resumed>) = 0\n10 +++ exited with 0 +++\n";
    let counts = counts(trace);
    let others = [("11".to_owned(), 1)].into();
    assert_eq!(counts["openat"], Count { before: 1, first: 2, others });
    assert_eq!(counts["openat"].occurrences(), [2]);
    assert_eq!(counts["poll"].occurrences(), [1]);
    assert_eq!("a:EIO:3".parse::<Fault>().unwrap().to_string(), "a:EIO:3");
}

#[test]
fn wakings_are_told_from_other_writes() {
    let trace = "10 write(4<anon_inode:[eventfd]>, \"\\1\", 8) = -1 ENOSPC (No space left on device) (INJECTED)\n\
                 10 write(1</tmp/out>, \"a\", 1) = 1\n";
    assert_eq!(injected(trace), Injected { times: 1, into_wake_up: true });
    let other = "10 write(1</tmp/out>, \"a\", 1) = -1 EIO (Input/output error) (INJECTED)\n";
    assert_eq!(injected(other), Injected { times: 1, into_wake_up: false });
}
