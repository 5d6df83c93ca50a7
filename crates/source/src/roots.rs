//! Folders that a process must not leave. The web server and its workers set them once; the command line, which
//! acts for its own user, does not.
//!
//! A path is asked for twice: by name, before anything is opened, so that nothing is learned about places outside;
//! and again after opening, when the kernel says where the open file really lies. A link that was exchanged between
//! the two is caught by the second, so there is no race to win.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;
use weldlm_messages::{Problem, catalogue::source as says};

static ROOTS: OnceLock<Vec<PathBuf>> = OnceLock::new();

/// Confines this process to folders, for good. A second call changes nothing.
///
/// # Errors
/// When one of them is not a folder.
pub fn confine(roots: &[PathBuf]) -> Result<(), Problem> {
    let real = |root: &PathBuf| root.canonicalize().map_err(|e| crate::cannot_read(root, &e));
    let real: Vec<PathBuf> = roots.iter().map(real).collect::<Result<_, _>>()?;
    if let Some(bad) = real.iter().find(|root| !root.is_dir()) {
        return Err(Problem::new(&says::NOT_A_FILE_OR_FOLDER).arg("path", bad.display()));
    }
    ROOTS.get_or_init(|| real);
    Ok(())
}

/// The folders that this process is confined to, if it is.
pub fn roots() -> Option<&'static [PathBuf]> {
    ROOTS.get().map(Vec::as_slice)
}

fn below(roots: &[PathBuf], real: &Path) -> bool {
    roots.iter().any(|root| real.starts_with(root))
}

/// Where a path leads, when that is below the allowed folders. What does not exist yet is judged by the nearest
/// folder that does.
///
/// # Errors
/// When it leads elsewhere; the answer is the same whether or not there is something.
pub fn allowed(path: &Path) -> Result<PathBuf, Problem> {
    match roots() {
        Some(roots) => allowed_below(roots, path),
        None => Ok(path.to_path_buf()),
    }
}

fn allowed_below(roots: &[PathBuf], path: &Path) -> Result<PathBuf, Problem> {
    real(path).filter(|real| below(roots, real)).ok_or_else(|| outside(path))
}

/// The problem of a path outside.
fn outside(path: &Path) -> Problem {
    let roots: Vec<String> = roots().into_iter().flatten().map(|r| r.display().to_string()).collect();
    Problem::new(&says::OUTSIDE_ROOTS)
        .arg("path", path.display())
        .arg("roots", roots.join(", "))
        .at(path.display())
}

/// `path` without links and `..`; parts that do not exist are kept as they are, and must be plain names.
fn real(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    for there in path.ancestors() {
        let Ok(real) = there.canonicalize() else {
            // A dangling link would be followed by whoever creates the file.
            if there.is_symlink() {
                return None;
            }
            continue;
        };
        let rest = path.strip_prefix(there).ok()?;
        let plain = rest.components().all(|part| matches!(part, Component::Normal(_)));
        return plain.then(|| if rest.as_os_str().is_empty() { real } else { real.join(rest) });
    }
    None
}

/// Asks the kernel where an open file or folder lies.
///
/// # Errors
/// When that is outside of the allowed folders.
pub fn check_open(file: &File) -> io::Result<()> {
    let Some(roots) = roots() else { return Ok(()) };
    let real = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    if below(roots, &real) {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::PermissionDenied, "it lies outside of the allowed folders"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// Process-wide state cannot be set in a test of many threads; the rule itself can be asked.
    #[test]
    fn paths_are_judged_by_where_they_lead() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().canonicalize().unwrap();
        let (root, other) = (base.join("root"), base.join("other"));
        for folder in [&root, &root.join("sub"), &other] {
            std::fs::create_dir(folder).unwrap();
        }
        symlink(&other, root.join("out")).unwrap();
        symlink("sub", root.join("in")).unwrap();
        symlink(other.join("nothing"), root.join("dangling")).unwrap();
        let roots = std::slice::from_ref(&root);
        for (path, lands) in [
            (root.clone(), Some(root.clone())),
            (root.join("sub/new/folder"), Some(root.join("sub/new/folder"))),
            (root.join("in/x"), Some(root.join("sub/x"))),
            (root.join("sub/../sub"), Some(root.join("sub"))),
            (root.join("../other"), None),
            (root.join("sub/../../other/x"), None),
            (root.join("nothing/../../other"), None),
            (root.join("nothing/../../root/sub"), None),
            (root.join("out"), None),
            (root.join("out/x"), None),
            (root.join("dangling"), None),
            (root.join("dangling/x"), None),
            (base.join("rootless"), None),
            (PathBuf::from("/"), None),
            (PathBuf::from("/proc/self/root/etc"), None),
        ] {
            assert_eq!(allowed_below(roots, &path).ok(), lands, "{}", path.display());
        }
    }
}
