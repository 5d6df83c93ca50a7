//! Whatever is tracked: nothing that is true on one machine only, nothing huge, scripts that run.

use super::Check;
use crate::repo::{File, Repo};
use crate::rust::line_of;

/// No paths of somebody's machine, no addresses of package registries.
pub const PLACES_AND_HOSTS: Check = Check {
    name: "machines",
    run: machines,
    broken: &[("docs/a.md", concat!("run it in /ro", "ot/weldlm\n"))],
};

/// Sizes, and scripts.
pub const FILES: Check =
    Check { name: "files", run: files, broken: &[("check", "#!/usr/bin/env bash\nset -euo pipefail\n")] };

const BYTES_MAX: u64 = 1 << 20;

// In two halves each, so that this file is not a finding.
const MACHINE_PATHS: &[&str] =
    &[concat!("/ro", "ot/"), concat!("/wo", "rk/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
const HOSTS: &[&str] = &[
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("crates.io", "/api"),
    concat!("pypi.org", "/simple"),
    concat!("files.", "pythonhosted.org"),
    concat!("registry.", "npmjs.org"),
    concat!("--index", "-url"),
    concat!("--extra-index", "-url"),
];
/// How Cargo writes the public registry; any other source would not resolve elsewhere.
const LOCK_SOURCE: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

fn machines(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for (file, text) in repo.texts() {
        let mut add =
            |at: usize, what: &str| findings.push(format!("{}:{}: {what}", file.path, line_of(text, at)));
        for path in MACHINE_PATHS {
            let starts =
                |&at: &usize| !text[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~}".contains(c));
            text.match_indices(path).map(|(at, _)| at).filter(starts).for_each(|at| add(at, path));
        }
        for host in HOSTS {
            text.match_indices(host).for_each(|(at, _)| add(at, host));
        }
    }
    let lock = repo.text("Cargo.lock").unwrap_or_default().lines().enumerate();
    let foreign = lock.filter(|(_, line)| line.starts_with("source = ") && *line != LOCK_SOURCE);
    findings.extend(foreign.map(|(i, line)| format!("Cargo.lock:{}: {line}", i + 1)));
    findings
}

fn files(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for file in &repo.files {
        if file.bytes > BYTES_MAX {
            findings.push(format!("{}:1: {} bytes, the limit is {BYTES_MAX}", file.path, file.bytes));
        }
        findings.extend(script(file));
    }
    findings
}

fn script(file: &File) -> Vec<String> {
    let mut findings = Vec::new();
    let Some(text) = file.text.as_deref().filter(|text| text.starts_with("#!/")) else { return findings };
    if !file.executable {
        findings.push(format!("{}:1: starts with #! but may not be executed", file.path));
    }
    let shebang = text.lines().next().unwrap_or_default();
    if shebang.ends_with("sh") && !text.contains("\nset -euo pipefail\n") {
        findings.push(format!("{}:1: lacks set -euo pipefail", file.path));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_machines_from_words() {
        let findings = |text: &str| machines(&Repo::of(&[("a.md", text)])).len();
        for path in MACHINE_PATHS {
            assert_eq!(findings(&format!("see {path}x")), 1);
            assert_eq!(findings(&format!("see frame{path}x")), 0);
        }
        assert_eq!(findings(&format!("fetch from https://{}", HOSTS[0])), 1);
    }

    #[test]
    fn a_lock_file_names_the_public_registry() {
        let findings = |line: &str| machines(&Repo::of(&[("Cargo.lock", line)])).len();
        assert_eq!(findings(LOCK_SOURCE), 0);
        assert_eq!(findings("source = \"registry+http://10.0.0.1/index\""), 1);
    }

    #[test]
    fn finds_what_is_too_large() {
        let mut repo = Repo::of(&[("a.bin", "")]);
        repo.files[0].bytes = BYTES_MAX + 1;
        assert_eq!(files(&repo).len(), 1);
    }
}
