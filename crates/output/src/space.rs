use std::path::Path;

/// Bytes that this user can still write at `path` (or its nearest existing parent).
pub fn free_bytes(path: &Path) -> Option<u64> {
    let existing = path.ancestors().find(|p| p.exists()).unwrap_or(Path::new("."));
    let existing = if existing == Path::new("") { Path::new(".") } else { existing };
    let stat = rustix::fs::statvfs(existing).ok()?;
    stat.f_bavail.checked_mul(stat.f_frsize)
}

/// Bytes of the disk at `path` (or its nearest existing parent).
pub fn disk_bytes(path: &Path) -> Option<u64> {
    let existing = path.ancestors().find(|p| p.exists())?;
    let stat = rustix::fs::statvfs(existing).ok()?;
    stat.f_blocks.checked_mul(stat.f_frsize)
}

/// A line such as `MemTotal: 16 kB` of a file of the kernel, in bytes.
fn kib_line(file: &str, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(':'))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

/// Memory of the machine, or the limit of the cgroup.
pub fn memory_total() -> Option<u64> {
    let limit = std::fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|t| t.trim().parse().ok());
    let machine = kib_line("/proc/meminfo", "MemTotal")?;
    Some(machine.min(limit.unwrap_or(u64::MAX)))
}

/// Memory that this process holds.
pub fn resident_bytes() -> Option<u64> {
    kib_line("/proc/self/status", "VmRSS")
}

/// Memory that this process could still get, from the kernel and from the cgroup's limit.
pub fn memory_available() -> Option<u64> {
    let info = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find(|l| l.starts_with("MemAvailable:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    let number = |path: &str| std::fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let limit = number("/sys/fs/cgroup/memory.max");
    // The page cache counts as used there, although the kernel gives it up when asked.
    let stat = std::fs::read_to_string("/sys/fs/cgroup/memory.stat").unwrap_or_default();
    let cache = stat.lines().find_map(|l| l.strip_prefix("inactive_file ")?.parse::<u64>().ok());
    let used = number("/sys/fs/cgroup/memory.current").unwrap_or(0).saturating_sub(cache.unwrap_or(0));
    let by_cgroup = limit.map_or(u64::MAX, |l| l.saturating_sub(used));
    Some((kib * 1024).min(by_cgroup))
}

/// Bounds the memory (address space) and processor time of this process, for good: it dies of exceeding them.
pub fn limit_self(bytes: u64, seconds: u64) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, most) in [(Resource::As, bytes), (Resource::Cpu, seconds), (Resource::Core, 0)] {
        // A process that may not even be bounded further is bounded already.
        let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    }
}

/// Bytes for people, in powers of ten as disks are sold: `269 MB`, `1.2 GB`.
pub fn human(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 || value >= 99.95 {
        format!("{value:.0} {}", UNITS[unit])
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn human_sizes() {
        assert_eq!(human(0), "0 B");
        assert_eq!(human(999), "999 B");
        assert_eq!(human(1_000), "1.0 kB");
        assert_eq!(human(268_600_000), "269 MB");
        assert_eq!(human(999_999_999), "1.0 GB");
        assert_eq!(human(15_200_000_000), "15.2 GB");
    }
}
