//! Listing a folder for somebody who chooses: a bounded number of entries, with a guess at what they are.

use crate::{cannot_read, roots};
use std::fs::{File, Metadata};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use weldlm_messages::{Problem, catalogue::source as says};

/// Entries of a folder that are looked at before giving up on it.
const SEEN_MAX: usize = 100_000;
/// Entries of a folder below that are looked at for a guess.
const GUESS_MAX: usize = 256;

/// What something looks like, from names alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// A model.
    Model,
    /// An adapter.
    Adapter,
    /// A training run, with checkpoints below.
    Checkpoints,
}

/// An entry of a folder.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Length of a file; none for a folder.
    pub len: Option<u64>,
    /// When it was changed.
    pub modified: Option<SystemTime>,
    /// What it looks like.
    pub looks: Option<Looks>,
}

/// The entries of a folder, folders first, each by name, and whether there are more than `limit`. Names that are not
/// UTF-8, hidden ones, pipes and devices, and links that lead out of the allowed folders are left out.
///
/// # Errors
/// When it is not a folder, cannot be read, or lies outside of the allowed folders.
pub fn browse(path: &Path, limit: usize) -> Result<(Vec<Found>, bool), Problem> {
    roots::allowed(path)?;
    let failed = |e: std::io::Error| cannot_read(path, &e);
    if !std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Err(Problem::new(&says::NOT_A_FOLDER).arg("path", path.display()).at(path.display()));
    }
    // What is listed is the folder that was opened and checked, whatever has its name by then.
    let folder = File::open(path).map_err(failed)?;
    roots::check_open(&folder).map_err(failed)?;
    let opened = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    let mut found: Vec<(bool, String, Metadata)> = Vec::new();
    for entry in std::fs::read_dir(&opened).map_err(failed)?.take(SEEN_MAX).flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let link = entry.file_type().is_ok_and(|t| t.is_symlink());
        if name.starts_with('.') || (link && roots::allowed(&entry.path()).is_err()) {
            continue;
        }
        let Ok(meta) = std::fs::metadata(entry.path()) else { continue };
        if meta.is_dir() || meta.is_file() {
            found.push((meta.is_file(), name, meta));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let more = found.len() > limit;
    found.truncate(limit);
    let entry = |(is_file, name, meta): (bool, String, Metadata)| Found {
        len: is_file.then_some(meta.len()),
        modified: meta.modified().ok(),
        looks: if is_file { file_looks(&name) } else { looks(&opened.join(&name)) },
        name,
    };
    Ok((found.into_iter().map(entry).collect(), more))
}

fn file_looks(name: &str) -> Option<Looks> {
    let weights = [".safetensors", ".bin", ".pt", ".pth"].iter().any(|end| name.ends_with(end));
    match name {
        _ if !weights => None,
        _ if name.starts_with("adapter_model") => Some(Looks::Adapter),
        _ if name.ends_with(".safetensors") || name.starts_with("pytorch_model") => Some(Looks::Model),
        _ => None,
    }
}

/// What a folder looks like.
pub fn looks(folder: &Path) -> Option<Looks> {
    let has = |name: &str| folder.join(name).is_file();
    let weights = || {
        [
            "model.safetensors",
            "model.safetensors.index.json",
            "pytorch_model.bin",
            "pytorch_model.bin.index.json",
        ]
        .iter()
        .any(|name| has(name))
    };
    if has("config.json") && weights() {
        return Some(Looks::Model);
    }
    if has("adapter_config.json") {
        return Some(Looks::Adapter);
    }
    if has("config.json") && names(folder).any(|n| n.ends_with(".safetensors")) {
        return Some(Looks::Model);
    }
    names(folder).any(|n| n.starts_with("checkpoint-")).then_some(Looks::Checkpoints)
}

fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().take(GUESS_MAX).flatten();
    entries.filter_map(|e| e.file_name().into_string().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_first_and_what_they_look_like() {
        let dir = tempfile::tempdir().unwrap();
        for (folder, file) in [
            ("base", "config.json"),
            ("base", "model.safetensors"),
            ("lora", "adapter_config.json"),
            ("run/checkpoint-10", "x"),
            (".hidden", "x"),
        ] {
            std::fs::create_dir_all(dir.path().join(folder)).unwrap();
            std::fs::write(dir.path().join(folder).join(file), "{}").unwrap();
        }
        std::fs::write(dir.path().join("a.safetensors"), "").unwrap();
        let (found, more) = browse(dir.path(), 10).unwrap();
        let shown: Vec<_> = found.iter().map(|f| (f.name.as_str(), f.len, f.looks)).collect();
        let expected = [
            ("base", None, Some(Looks::Model)),
            ("lora", None, Some(Looks::Adapter)),
            ("run", None, Some(Looks::Checkpoints)),
            ("a.safetensors", Some(0), Some(Looks::Model)),
        ];
        assert!(shown == expected && !more, "{shown:?}");
        let (found, more) = browse(dir.path(), 2).unwrap();
        assert!(found.len() == 2 && more);
        assert_eq!(browse(&dir.path().join("a.safetensors"), 2).unwrap_err().code(), "S123");
        assert_eq!(browse(&dir.path().join("nothing"), 2).unwrap_err().code(), "S101");
    }
}
