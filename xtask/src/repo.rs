//! The repository as text: every file that git tracks, or would track once it is added.

use crate::rust::Rust;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

/// One file.
pub struct File {
    /// Path below the root, with `/`.
    pub path: String,
    /// Its text; `None` when it is not UTF-8.
    pub text: Option<String>,
    /// Its length.
    pub bytes: u64,
    /// Whether it may be executed.
    pub executable: bool,
    /// For Rust code: what the checks look at.
    pub rust: Option<Rust>,
}

/// All files, sorted by path.
pub struct Repo {
    pub files: Vec<File>,
}

impl Repo {
    pub fn load(root: &Path) -> io::Result<Repo> {
        let mut paths = match git_paths(root) {
            Some(paths) => paths,
            None => walk(root, root)?,
        };
        paths.sort();
        paths.dedup();
        let mut files = Vec::new();
        for path in paths {
            let place = root.join(&path);
            // The fuzz targets are a workspace of their own, built with another toolchain.
            if path.starts_with("fuzz/") && !path.ends_with(".md") {
                continue;
            }
            // Git also lists what was just removed.
            if let Ok(meta) = fs::symlink_metadata(&place)
                && meta.is_file()
            {
                let text = String::from_utf8(fs::read(&place)?).ok();
                files.push(file(path, text, meta.len(), is_executable(&meta)));
            }
        }
        Ok(Repo { files })
    }

    /// A repository made of a few texts, to try a check on.
    #[cfg(test)]
    pub fn of(texts: &[(&str, &str)]) -> Repo {
        let make =
            |&(path, text): &(&str, &str)| file(path.into(), Some(text.into()), text.len() as u64, false);
        Repo { files: texts.iter().map(make).collect() }
    }

    pub fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|f| f.path == path)
    }

    pub fn text(&self, path: &str) -> Option<&str> {
        self.file(path)?.text.as_deref()
    }

    /// Text files with their text.
    pub fn texts(&self) -> impl Iterator<Item = (&File, &str)> {
        self.files.iter().filter_map(|f| Some((f, f.text.as_deref()?)))
    }

    /// Rust files outside of test folders.
    pub fn rust(&self) -> impl Iterator<Item = (&File, &Rust)> {
        self.files.iter().filter(|f| !is_test_file(&f.path)).filter_map(|f| Some((f, f.rust.as_ref()?)))
    }
}

fn file(path: String, text: Option<String>, bytes: u64, executable: bool) -> File {
    let rust = text.as_deref().filter(|_| path.ends_with(".rs")).map(Rust::new);
    File { path, text, bytes, executable, rust }
}

/// The folder of the crate that a file belongs to: `crates/tensor`, `xtask`.
pub fn crate_folder(path: &str) -> &str {
    match path.strip_prefix("crates/").and_then(|rest| rest.find('/')) {
        Some(at) => &path[.."crates/".len() + at],
        None => path.split('/').next().unwrap_or(path),
    }
}

fn is_test_file(path: &str) -> bool {
    ["/tests/", "/benches/", "/tests.rs"].iter().any(|part| path.contains(part))
}

#[cfg(unix)]
fn is_executable(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    true
}

fn git_paths(root: &Path) -> Option<Vec<String>> {
    let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed =
        Command::new("git").args(arguments).current_dir(root).output().ok().filter(|o| o.status.success())?;
    let text = String::from_utf8(listed.stdout).ok()?;
    Some(text.split('\0').filter(|p| !p.is_empty()).map(String::from).collect())
}

/// Folders that git ignores or keeps to itself.
const UNTRACKED: &[&str] = &["target", ".git", "node_modules"];

/// For a copy of the repository without git.
fn walk(root: &Path, folder: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_symlink() {
            continue; // it may lead in a circle
        }
        if path.is_dir() && !UNTRACKED.contains(&&*name) {
            paths.extend(walk(root, &path)?);
        } else if path.is_file() {
            paths.push(path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_crate_of_a_file() {
        assert_eq!(crate_folder("crates/tensor/src/kernels/mod.rs"), "crates/tensor");
        assert_eq!(crate_folder("xtask/src/main.rs"), "xtask");
        assert_eq!(crate_folder("README.md"), "README.md");
    }

    #[test]
    fn reads_this_repository_with_and_without_git() {
        let root = &crate::root();
        let walked = walk(root, root).unwrap();
        for path in ["Cargo.toml", "xtask/src/repo.rs"] {
            assert!(Repo::load(root).unwrap().file(path).is_some(), "{path} with git");
            assert!(walked.iter().any(|p| p == path), "{path} without git");
        }
    }
}
