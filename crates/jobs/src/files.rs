//! Small files of the data folder, each whole or not there, and the locks beside them.
//!
//! These are the program's own files and not the user's models; they stand outside the roots that models are
//! confined to, which is why `source` and `output` are not asked for them.

use rustix::fs::FlockOperation;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use weldlm_messages::{Problem, catalogue::jobs as says};

/// No small file of ours is larger, but for plans and receipts of models with very many tensors.
const BYTES_MAX: u64 = 512 << 20;

/// A failed access to a file of ours.
pub(crate) fn failed(path: &Path, error: &dyn std::fmt::Display) -> Problem {
    Problem::new(&says::CANNOT_STORE).arg("path", path.display()).arg("reason", error).at(path.display())
}

/// Makes a folder (and those above it) that only this user can enter.
pub(crate) fn folder(path: &Path) -> Result<(), Problem> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(|e| failed(path, &e))
}

/// Writes a file as a whole: beside it, synced, renamed.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let mut name = path.file_name().map(|n| n.to_os_string()).unwrap_or_default();
    name.push(".new");
    let beside = path.with_file_name(name);
    let write = || -> io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        path.parent().map_or(Ok(()), sync)
    };
    write().map_err(|e| {
        let _ = fs::remove_file(&beside);
        failed(path, &e)
    })
}

/// Makes changes of a folder's entries lasting.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Reads a small file; `None` when it is not there.
pub(crate) fn read(path: &Path) -> Result<Option<String>, Problem> {
    match fs::metadata(path) {
        Ok(meta) if meta.len() > BYTES_MAX => return Err(failed(path, &"it is too large")),
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(failed(path, &e)),
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed(path, &e)),
    }
}

/// A lock that the kernel frees when its owner ends, however it ends. `None` when another one holds it.
pub(crate) fn lock(path: &Path) -> Result<Option<File>, Problem> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| failed(path, &e))?;
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => return Ok(None),
        Err(e) => return Err(failed(path, &io::Error::from(e))),
    }
    // The owner before us may have removed the folder between our open and our lock.
    let same = |m: &fs::Metadata, f: &fs::Metadata| (m.dev(), m.ino()) == (f.dev(), f.ino());
    match (&fs::metadata(path), &file.metadata()) {
        (Ok(there), Ok(ours)) if same(there, ours) => Ok(Some(file)),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_or_not_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        assert_eq!(read(&path).unwrap(), None);
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some("two"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(write(&path.join("below"), b"").unwrap_err().code(), "J103");
    }

    #[test]
    fn one_owner() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let first = lock(&path).unwrap();
        assert!(first.is_some() && lock(&path).unwrap().is_none());
        drop(first);
        assert!(lock(&path).unwrap().is_some());
    }
}
