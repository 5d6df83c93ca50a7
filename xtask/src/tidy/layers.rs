//! The table of `table.rs` against the manifests.

use super::Check;
use super::table::{self, CRATES, TEST_ONLY};
use crate::manifest::{Dependency, dependencies, members};
use crate::repo::{Repo, crate_folder};

/// Our crates use each other as the table says.
pub const DEPENDENCIES: Check = Check {
    name: "layers",
    run: dependencies_fit,
    broken: &[("crates/tensor/Cargo.toml", "[dependencies]\nweldlm-formats.workspace = true\n")],
};

/// The table and the workspace list the same crates.
pub const KNOWN: Check = Check {
    name: "known-crates",
    run: crates_known,
    broken: &[("Cargo.toml", "members = [\n    \"crates/unheard-of\", # Does things.\n]\n")],
};

/// Some parts of others belong to some of our crates.
pub const RESERVED: Check = Check {
    name: "reserved",
    run: reserved_kept,
    broken: &[("crates/cli/Cargo.toml", "[dependencies]\ntokio.workspace = true\n")],
};

fn short(name: &str) -> &str {
    name.strip_prefix("crates/").unwrap_or(name)
}

/// Manifests of our crates: path, the crate's short name, its dependencies.
pub fn manifests(repo: &Repo) -> impl Iterator<Item = (&str, &str, Vec<Dependency<'_>>)> {
    let ours = |path: &str| path == format!("{}/Cargo.toml", crate_folder(path));
    repo.texts()
        .filter(move |(file, _)| ours(&file.path))
        .map(|(file, text)| (file.path.as_str(), short(crate_folder(&file.path)), dependencies(text)))
}

fn dependencies_fit(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, name, dependencies) in manifests(repo) {
        let uses = CRATES.iter().find(|c| c.name == name).map_or(&[][..], |c| c.uses);
        for dependency in dependencies {
            let Some(used) = dependency.name.strip_prefix("weldlm-") else { continue };
            let fine = uses.contains(&used) || (used == TEST_ONLY && dependency.dev);
            if !fine {
                findings.push(format!(
                    "{path}:{}: {name} may not use {used}, see tidy/table.rs",
                    dependency.line
                ));
            }
        }
    }
    findings
}

fn crates_known(repo: &Repo) -> Vec<String> {
    let manifest = repo.text("Cargo.toml").unwrap_or_default();
    let members = members(manifest);
    let mut findings = Vec::new();
    for member in &members {
        if !CRATES.iter().any(|c| c.name == short(member.folder)) {
            findings.push(format!("Cargo.toml:{}: {} is not in tidy/table.rs", member.line, member.folder));
        }
    }
    for known in CRATES {
        if !members.iter().any(|m| short(m.folder) == known.name) {
            findings
                .push(format!("xtask/src/tidy/table.rs:1: {} is not a member of the workspace", known.name));
        }
    }
    findings
}

fn reserved_kept(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, name, dependencies) in manifests(repo) {
        for dependency in dependencies {
            let reserved = table::RESERVED.iter().find(|(part, _)| *part == dependency.name);
            if reserved.is_some_and(|(_, owners)| !owners.contains(&name)) {
                findings
                    .push(format!("{path}:{}: {} has no place in {name}", dependency.line, dependency.name));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, manifest: &str) -> usize {
        dependencies_fit(&Repo::of(&[(path, manifest)])).len()
    }

    #[test]
    fn testkit_is_for_tests_only() {
        assert_eq!(
            findings("crates/about/Cargo.toml", "[dev-dependencies]\nweldlm-testkit.workspace = true\n"),
            0
        );
        assert_eq!(
            findings("crates/about/Cargo.toml", "[dependencies]\nweldlm-testkit.workspace = true\n"),
            1
        );
    }

    #[test]
    fn table_and_workspace_list_the_same() {
        let list: String = CRATES.iter().map(|c| format!("    \"crates/{}\", # x\n", c.name)).collect();
        let findings =
            |list: &str| crates_known(&Repo::of(&[("Cargo.toml", &format!("members = [\n{list}]\n"))])).len();
        assert_eq!(findings(&list), 0);
        assert_eq!(findings(&list.replacen("about", "unheard-of", 1)), 2);
    }

    #[test]
    fn the_table_has_no_cycle() {
        for (i, entry) in CRATES.iter().enumerate() {
            for used in entry.uses {
                assert!(CRATES[..i].iter().any(|c| c.name == *used), "{} stands before {used}", entry.name);
            }
        }
    }
}
