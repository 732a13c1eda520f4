//! The system calls of a scan, and the errors that each is made to fail with.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Calls that don't fail, that are the start of the process and no business of ours, or that strace can't inject into.
const LEFT_OUT: [&str; 11] = [
    "arch_prctl",
    "execve",
    "exit",
    "exit_group",
    "restart_syscall",
    "rseq",
    "rt_sigreturn",
    "set_robust_list",
    "set_tid_address",
    "vfork",
    "wait4",
];

/// The errors of calls on files.
const ON_FILES: [&str; 4] = ["EIO", "ENOSPC", "EACCES", "EINTR"];

/// What every other call is made to fail with.
const ON_OTHERS: [&str; 2] = ["EINVAL", "EPERM"];

/// Calls, and the errors that the kernel may answer them with.
const ERRORS: &[(&[&str], &[&str])] = &[
    (&["openat", "open"], &["EMFILE", "EACCES", "EIO", "ENOMEM", "EINTR", "ENOSPC"]),
    (&["read", "pread64", "readv"], &["EIO", "EINTR", "ENOMEM", "EAGAIN"]),
    (&["write", "pwrite64", "writev"], &["ENOSPC", "EIO", "EINTR", "EAGAIN", "EDQUOT"]),
    (&["fsync", "fdatasync", "ftruncate", "fallocate"], &["EIO", "ENOSPC", "EINTR"]),
    (&["unlink", "unlinkat", "rename", "mkdir", "rmdir", "link"], &["EACCES", "EIO", "ENOSPC"]),
    (&["socket"], &["EMFILE", "ENFILE", "ENOBUFS", "EACCES", "EAFNOSUPPORT"]),
    (&["bind"], &["EADDRINUSE", "EACCES", "ENOMEM", "EADDRNOTAVAIL"]),
    (&["connect"], &["EADDRNOTAVAIL", "EACCES", "EAGAIN", "ENOBUFS", "EINTR"]),
    (&["sendto", "sendmsg", "sendmmsg"], &["ENOBUFS", "EPERM", "EAGAIN", "ENOMEM", "EINTR"]),
    (&["recvfrom", "recvmsg", "recvmmsg"], &["ENOMEM", "EAGAIN", "EINTR", "EIO"]),
    (
        &["setsockopt", "getsockopt", "getsockname", "getpeername", "shutdown"],
        &["ENOBUFS", "ENOPROTOOPT", "EPERM"],
    ),
    (&["epoll_create1", "eventfd2", "eventfd", "dup", "fcntl", "pipe2"], &["EMFILE", "ENOMEM"]),
    (&["socketpair"], &["EMFILE", "ENOMEM"]),
    (&["epoll_ctl"], &["ENOSPC", "ENOMEM"]),
    (&["epoll_wait", "epoll_pwait", "poll", "ppoll"], &["EINTR", "ENOMEM"]),
    (&["clone", "clone3"], &["EAGAIN", "ENOMEM"]),
    (&["mmap", "mremap", "brk", "mprotect", "munmap", "madvise"], &["ENOMEM", "EAGAIN"]),
    (&["futex"], &["EAGAIN", "EINTR"]),
    (&["getrandom"], &["EINTR", "EAGAIN", "ENOSYS"]),
    (&["clock_nanosleep", "nanosleep"], &["EINTR"]),
    (
        &["landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"],
        &["ENOSYS", "EPERM", "ENOMEM"],
    ),
    (&["capget", "capset", "prctl"], &["EPERM", "EINVAL"]),
    (
        &[
            "access",
            "chmod",
            "close",
            "faccessat",
            "faccessat2",
            "fadvise64",
            "fchmod",
            "fchown",
            "flock",
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
        &ON_FILES,
    ),
];

/// The calls that the default selection is made of.
const SELECTED: [(&str, &str); 16] = [
    ("openat", "EMFILE"),
    ("pwrite64", "ENOSPC"),
    ("pwrite64", "EIO"),
    ("pread64", "EIO"),
    ("fdatasync", "EIO"),
    ("write", "EIO"),
    ("socket", "EMFILE"),
    ("bind", "EACCES"),
    ("connect", "EAGAIN"),
    ("sendto", "EPERM"),
    ("sendmsg", "ENOBUFS"),
    ("recvfrom", "ENOMEM"),
    ("setsockopt", "ENOBUFS"),
    ("epoll_ctl", "ENOMEM"),
    ("clone3", "EAGAIN"),
    ("getrandom", "ENOSYS"),
];

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

/// How often each thread made each call, from what strace wrote: the busiest thread first.
pub fn counts(trace: &str) -> BTreeMap<String, Vec<usize>> {
    let mut by_thread: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, _)) = rest.trim_start().split_once('(') else { continue };
        let is_name =
            call.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if is_name && !call.is_empty() && !LEFT_OUT.contains(&call) {
            *by_thread.entry((call.to_owned(), thread)).or_default() += 1;
        }
    }
    let mut counts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for ((call, _), count) in by_thread {
        counts.entry(call).or_default().push(count);
    }
    for of_threads in counts.values_mut() {
        of_threads.sort_unstable_by(|a, b| b.cmp(a));
    }
    counts
}

/// Every call with each of its errors: the first of each thread, the second, and of each thread one in its middle and
/// one at its end.
pub fn all(counts: &BTreeMap<String, Vec<usize>>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (call, of_threads) in counts {
        let mut occurrences: Vec<usize> = of_threads
            .iter()
            .take(4)
            // The last calls of a thread differ a little from scan to scan.
            .flat_map(|count| [1, 2, count / 2, count - count / 20])
            .filter(|occurrence| *occurrence > 0)
            .collect();
        occurrences.sort_unstable();
        occurrences.dedup();
        for errno in errors(call) {
            for occurrence in &occurrences {
                let (call, errno) = (call.clone(), (*errno).to_owned());
                faults.push(Fault { call, errno, occurrence: *occurrence });
            }
        }
    }
    faults
}

/// The default selection: the middle call of the busiest thread.
pub fn selection(counts: &BTreeMap<String, Vec<usize>>) -> Vec<Fault> {
    let fault = |(call, errno): &(&str, &str)| {
        let occurrence = counts.get(*call)?.first()?.div_ceil(2);
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
    let trace = "10 openat(AT_FDCWD, \"a\") = 3\n11 openat(AT_FDCWD, \"b\") = 4\n10 openat(AT_FDCWD, \"c\") = 5\n\
                 10 futex(0x1, FUTEX_WAIT <unfinished ...>\n10 <... futex resumed>) = 0\n10 +++ exited with 0 +++\n";
    let counts = counts(trace);
    assert_eq!(counts["openat"], [2, 1]);
    assert_eq!(counts["futex"], [1]);
    assert_eq!(all(&counts).iter().filter(|fault| fault.errno == "EMFILE").count(), 2);
    assert_eq!("a:EIO:3".parse::<Fault>().unwrap().to_string(), "a:EIO:3");
}
