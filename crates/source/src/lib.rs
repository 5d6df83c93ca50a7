//! Where a model comes from. Whatever the user names (a folder, one file, the id of a model in a local hub
//! cache) ends as a [`Folder`]: a read-only view of files that can be listed and read at any offset.
//!
//! This crate knows no checkpoint format. It never writes, never opens a network connection, and reads by
//! position instead of mapping files, so that a file that shrinks under us is an error and not a crash.

#![forbid(unsafe_code)]

mod blob;
mod browse;
mod folder;
mod hub;
mod roots;

pub use blob::Blob;
pub use browse::{Found, Looks, browse, looks};
pub use folder::{Folder, ListedFile, expand_home};
pub use hub::{cache_folders, cached_models, caches};
pub use roots::{allowed, check_open, confine, roots};

use std::path::Path;
use weldlm_messages::{Problem, catalogue::source as says};

/// Reads a small text file that the user named, e.g. a `--config`.
///
/// # Errors
/// When it is not there, not readable, not UTF-8 or larger than `limit` bytes.
pub fn read_text(path: &Path, limit: u64) -> Result<String, Problem> {
    let blob = Blob::open(path)?;
    let bytes = blob.read_all(limit)?;
    String::from_utf8(bytes).map_err(|_| {
        Problem::new(&says::CANNOT_READ).arg("path", path.display()).arg("reason", "it is not UTF-8 text")
    })
}

pub(crate) fn cannot_read(path: &Path, error: &std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::NotFound {
        return not_found(&path.display().to_string());
    }
    Problem::new(&says::CANNOT_READ).arg("path", path.display()).arg("reason", error).at(path.display())
}

pub(crate) fn not_found(path: &str) -> Problem {
    let caches: Vec<String> = cache_folders().iter().map(|c| c.display().to_string()).collect();
    let caches = if caches.is_empty() { "-".to_string() } else { caches.join(", ") };
    Problem::new(&says::NOT_FOUND).arg("path", path).arg("caches", caches).at(path)
}
