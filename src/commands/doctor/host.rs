//! What the system allows this process.

use std::fs;
use std::path::Path;

use nix::sys::resource::{Resource, getrlimit};

use super::finding::{Finding, Point, State};
use super::texts::Say;
use crate::model::Settings;
use crate::probe;

/// Descriptors beside those of conversations: DNS, the store, the log, the program itself.
const FILES_BESIDE: u64 = 128;

/// Memory that a scan of some thousand services takes, with room to spare.
const MEMORY_MIN: u64 = 256 << 20;

/// The limits, as they were before the process gave up its sight of the system.
pub(super) struct Machine {
    open_files: Option<u64>,
    threads: Result<usize, String>,
    memory: Option<u64>,
}

impl Machine {
    pub(super) fn look() -> Self {
        Self {
            open_files: getrlimit(Resource::RLIMIT_NOFILE).ok().map(|(soft, _)| soft),
            threads: probe::workers().map_err(|error| format!("{error} ({})", error.help)),
            memory: available_memory(),
        }
    }

    pub(super) fn findings(&self, settings: &Settings) -> Vec<Finding> {
        let needed = settings.concurrency as u64 + FILES_BESIDE;
        let files = match self.open_files {
            None => Finding::new(Point::OpenFiles, State::Unknown, Say::LimitUnknown, ""),
            Some(open) if open < needed => Finding::new(
                Point::OpenFiles,
                State::Fail,
                Say::FewFiles,
                format!("{open} < {needed}"),
            ),
            Some(open) => Finding::new(Point::OpenFiles, State::Pass, Say::Files, open.to_string()),
        };
        let threads = match &self.threads {
            Ok(count) => Finding::new(Point::Threads, State::Pass, Say::Threads, count.to_string()),
            Err(why) => Finding::new(Point::Threads, State::Fail, Say::TooFewThreads, why),
        };
        let mib = |octets: u64| format!("{} MiB", octets >> 20);
        let memory = match self.memory {
            None => Finding::new(Point::Memory, State::Unknown, Say::LimitUnknown, ""),
            Some(free) if free < MEMORY_MIN => {
                let value = format!("{} < {}", mib(free), mib(MEMORY_MIN));
                Finding::new(Point::Memory, State::Fail, Say::LittleMemory, value)
            }
            Some(free) => Finding::new(Point::Memory, State::Pass, Say::Memory, mib(free)),
        };
        vec![files, threads, memory]
    }
}

/// What the machine has left, or the control group where that is less.
fn available_memory() -> Option<u64> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
    });
    let groups = fs::read_to_string("/proc/self/cgroup").ok();
    let own =
        groups.as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("0::/")));
    let root = Path::new("/sys/fs/cgroup");
    let own = root.join(own.unwrap_or_default());
    let number = |folder: &Path, file| {
        fs::read_to_string(folder.join(file)).ok().and_then(|text| text.trim().parse::<u64>().ok())
    };
    let left = own.ancestors().take_while(|folder| folder.starts_with(root)).filter_map(|folder| {
        let most = number(folder, "memory.max")?;
        Some(most.saturating_sub(number(folder, "memory.current").unwrap_or(0)))
    });
    left.chain(machine).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_judged_by_what_a_scan_needs() {
        let judged = |machine: Machine| -> Vec<(&str, &str)> {
            let found = machine.findings(&Settings::default());
            found.iter().map(|finding| (finding.point.id(), finding.state.id())).collect()
        };
        let poor = Machine {
            open_files: Some(64),
            threads: Err("none".to_owned()),
            memory: Some(1 << 20),
        };
        assert_eq!(judged(poor), [("open-files", "fail"), ("threads", "fail"), ("memory", "fail")]);
        let rich = Machine { open_files: Some(65_536), threads: Ok(2), memory: Some(1 << 30) };
        assert_eq!(judged(rich), [("open-files", "pass"), ("threads", "pass"), ("memory", "pass")]);
        let dark = Machine { open_files: None, threads: Ok(1), memory: None };
        assert_eq!(
            judged(dark),
            [("open-files", "unknown"), ("threads", "pass"), ("memory", "unknown")]
        );
    }
}
