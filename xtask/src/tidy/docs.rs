//! The pages agree with the code.

use super::Check;
use crate::docs::fresh;
use crate::manifest::members;
use crate::repo::Repo;

/// A caption beside every member, and every member in the README's tree.
pub const CAPTIONS: Check = Check {
    name: "captions",
    run: captions,
    broken: &[("Cargo.toml", "members = [\n    \"crates/a\",\n]\n"), ("README.md", "a/\n")],
};

/// `cargo xtask docs` has been run.
pub const FRESH: Check = Check { name: "fresh", run: is_fresh, broken: &[("ARCHITECTURE.md", "no map\n")] };

/// Links between pages lead to files that are there.
pub const LINKS: Check =
    Check { name: "links", run: links, broken: &[("docs/a.md", "see [b](../b.md#c)\n")] };

fn captions(repo: &Repo) -> Vec<String> {
    let readme = repo.text("README.md").unwrap_or_default();
    let mut findings = Vec::new();
    for member in members(repo.text("Cargo.toml").unwrap_or_default()) {
        let (folder, line) = (member.folder, member.line);
        if member.caption.is_empty() {
            findings.push(format!("Cargo.toml:{line}: {folder} lacks a caption"));
        }
        let name = folder.rsplit('/').next().unwrap_or(folder);
        if !readme.contains(&format!("{name}/ ")) {
            findings.push(format!("README.md:1: {folder} is not in the tree"));
        }
    }
    findings
}

fn is_fresh(repo: &Repo) -> Vec<String> {
    match fresh(repo) {
        Err(words) => vec![format!("ARCHITECTURE.md:1: {words}")],
        Ok(page) if repo.text("ARCHITECTURE.md") != Some(&page) => {
            vec!["ARCHITECTURE.md:1: is stale, run cargo xtask docs".to_string()]
        }
        Ok(_) => Vec::new(),
    }
}

fn links(repo: &Repo) -> Vec<String> {
    let mut findings = Vec::new();
    for (file, text) in repo.texts().filter(|(file, _)| file.path.ends_with(".md")) {
        for (i, line) in text.lines().enumerate() {
            for target in line.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next()) {
                let outside = target.is_empty() || target.contains(':');
                if !outside && !exists(repo, &resolve(&file.path, target)) {
                    findings.push(format!("{}:{}: {target} is not there", file.path, i + 1));
                }
            }
        }
    }
    findings
}

fn exists(repo: &Repo, path: &str) -> bool {
    let folder = format!("{}/", path.trim_end_matches('/'));
    repo.file(path).is_some() || repo.files.iter().any(|f| f.path.starts_with(&folder))
}

/// A link's target as a path below the root.
fn resolve(page: &str, target: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_links() {
        assert_eq!(resolve("docs/en/a.md", "../../README.md"), "README.md");
        assert_eq!(resolve("README.md", "docs/"), "docs/");
    }

    #[test]
    fn good_links_pass() {
        let page = "[a](docs/a.md#part) [b](docs/) [c](https://example.org/x) [d](#here)\n";
        assert_eq!(links(&Repo::of(&[("README.md", page), ("docs/a.md", "")])).len(), 0);
    }
}
