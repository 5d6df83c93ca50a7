//! Dependencies: each with a reason, one version for all crates, none for nothing.

use super::{Check, layers};
use crate::manifest::{dependencies, odd_sections};
use crate::repo::{Repo, crate_folder};
use crate::rust::words;

/// A line of reason beside every direct dependency.
pub const REASONS: Check = Check {
    name: "reasons",
    run: reasons,
    broken: &[("Cargo.toml", "[workspace.dependencies]\nserde = \"1\" #\n")],
};

/// Versions stand in the root manifest only.
pub const INHERITED: Check = Check {
    name: "inherited",
    run: inherited,
    broken: &[("crates/cli/Cargo.toml", "[dependencies]\nclap = \"4\"\n")],
};

/// What is listed is used.
pub const UNUSED: Check = Check {
    name: "unused-dependencies",
    run: unused,
    broken: &[
        ("crates/cli/Cargo.toml", "[dependencies]\nclap_complete.workspace = true\n"),
        ("crates/cli/src/main.rs", "// clap_complete\n"),
    ],
};

fn reasons(repo: &Repo) -> Vec<String> {
    let manifest = repo.text("Cargo.toml").unwrap_or_default();
    let lacking =
        dependencies(manifest).into_iter().filter(|d| !d.name.starts_with("weldlm-") && d.reason.len() < 10);
    lacking
        .map(|d| format!("Cargo.toml:{}: {} lacks a comment that says what it is for", d.line, d.name))
        .collect()
}

fn inherited(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, _, dependencies) in layers::manifests(repo) {
        for dependency in dependencies.iter().filter(|d| !d.is_inherited()) {
            findings.push(format!("{path}:{}: write {}.workspace = true", dependency.line, dependency.name));
        }
        let odd = odd_sections(repo.text(path).unwrap_or_default());
        findings.extend(odd.map(|(line, section)| format!("{path}:{line}: write {section} as one line")));
    }
    findings
}

fn unused(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    let mut used_somewhere = Vec::new();
    for (path, _, dependencies) in layers::manifests(repo) {
        let folder = crate_folder(path);
        for dependency in dependencies {
            let module = dependency.name.replace('-', "_");
            let in_tests =
                repo.files.iter().filter_map(|f| Some((f, f.rust.as_ref()?))).map(|(f, r)| (f, &r.code));
            let live = repo.rust().map(|(f, r)| (f, &r.live));
            let code: Vec<_> = if dependency.dev { in_tests.collect() } else { live.collect() };
            let ours = code.iter().filter(|(file, _)| crate_folder(&file.path) == folder);
            if !ours.into_iter().any(|(_, code)| words(code, &module).next().is_some()) {
                let only = if dependency.dev { "" } else { " outside of tests" };
                findings.push(format!("{path}:{}: {} is not used{only}", dependency.line, dependency.name));
            }
            used_somewhere.push(dependency.name);
        }
    }
    for offered in dependencies(repo.text("Cargo.toml").unwrap_or_default()) {
        if !used_somewhere.contains(&offered.name) {
            findings.push(format!("Cargo.toml:{}: no crate uses {}", offered.line, offered.name));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_dependency_must_be_used() {
        let findings = |section: &str, code| {
            let manifest = format!("[{section}]\nserde-json.workspace = true\n");
            unused(&Repo::of(&[("crates/a/Cargo.toml", &manifest), ("crates/a/src/lib.rs", code)])).len()
        };
        let in_tests = "#[cfg(test)]\nmod tests { use serde_json::Value; }";
        assert_eq!(findings("dependencies", "use serde_json::Value;"), 0);
        assert_eq!(findings("dependencies", "use serde_jsonx::Value;"), 1);
        assert_eq!(findings("dependencies", in_tests), 1);
        assert_eq!(findings("dev-dependencies", in_tests), 0);
        assert_eq!(findings("dev-dependencies", ""), 1);
    }

    #[test]
    fn offered_but_unwanted() {
        let findings =
            unused(&Repo::of(&[("Cargo.toml", "[workspace.dependencies]\nserde = \"1\" # for x\n")]));
        assert_eq!(findings, ["Cargo.toml:2: no crate uses serde"]);
    }

    #[test]
    fn a_good_reason_passes() {
        let manifest =
            "[workspace.dependencies]\n# theirs\nserde = { version = \"1\" } # requests and receipts\n";
        assert_eq!(reasons(&Repo::of(&[("Cargo.toml", manifest)])).len(), 0);
    }
}
