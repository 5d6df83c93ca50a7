use crate::{cannot_read, roots};
use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use weldlm_messages::{Problem, catalogue::source as says};

/// A file opened for reading at any offset.
#[derive(Debug)]
pub struct Blob {
    path: PathBuf,
    file: File,
    len: u64,
    stamp: String,
}

impl Blob {
    /// Opens a regular file (symbolic links are followed; pipes and devices are refused).
    ///
    /// # Errors
    /// When there is no such file or it cannot be read.
    pub fn open(path: &Path) -> Result<Blob, Problem> {
        roots::allowed(path)?;
        // Asked before opening: opening a named pipe would wait for a writer.
        let meta = std::fs::metadata(path).map_err(|e| cannot_read(path, &e))?;
        if !meta.is_file() {
            let reason = if meta.is_dir() { "it is a folder" } else { "it is not a regular file" };
            return Err(Problem::new(&says::CANNOT_READ).arg("path", path.display()).arg("reason", reason));
        }
        let file = File::open(path).map_err(|e| cannot_read(path, &e))?;
        roots::check_open(&file).map_err(|e| cannot_read(path, &e))?;
        let meta = file.metadata().map_err(|e| cannot_read(path, &e))?;
        let stamp = format!("{}:{}.{:09}:{}", meta.len(), meta.mtime(), meta.mtime_nsec(), meta.ino());
        Ok(Blob { path: path.to_path_buf(), file, len: meta.len(), stamp })
    }

    /// Length in bytes when it was opened.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether it was empty when it was opened.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Length, time of change and inode: differs when the file was exchanged or rewritten.
    pub fn stamp(&self) -> &str {
        &self.stamp
    }

    /// Fills `buf` with the bytes at `offset`.
    ///
    /// # Errors
    /// When the file ends before that or cannot be read.
    pub fn read_at(&self, offset: u64, buf: &mut [u8]) -> Result<(), Problem> {
        self.file.read_exact_at(buf, offset).map_err(|e| {
            if e.kind() == std::io::ErrorKind::UnexpectedEof {
                Problem::new(&says::TRUNCATED)
                    .arg("file", self.path.display())
                    .arg("expected", offset.saturating_add(buf.len() as u64))
                    .arg("found", self.len)
                    .at(self.path.display())
            } else {
                cannot_read(&self.path, &e)
            }
        })
    }

    /// Reads `len` bytes at `offset` into a new buffer.
    ///
    /// # Errors
    /// As [`Blob::read_at`]; also when memory does not suffice.
    pub fn read_vec(&self, offset: u64, len: u64) -> Result<Vec<u8>, Problem> {
        let out_of_memory =
            || Problem::new(&says::OUT_OF_MEMORY).arg("bytes", len).arg("what", self.path.display());
        if offset.checked_add(len).is_none_or(|end| end > self.len) {
            return Err(Problem::new(&says::TRUNCATED)
                .arg("file", self.path.display())
                .arg("expected", offset.saturating_add(len))
                .arg("found", self.len)
                .at(self.path.display()));
        }
        let len_here = usize::try_from(len).map_err(|_| out_of_memory())?;
        let mut buf = Vec::new();
        buf.try_reserve_exact(len_here).map_err(|_| out_of_memory())?;
        buf.resize(len_here, 0);
        self.read_at(offset, &mut buf)?;
        Ok(buf)
    }

    /// Reads the whole file when it is not larger than `limit` bytes.
    ///
    /// # Errors
    /// When it is larger, or cannot be read.
    pub fn read_all(&self, limit: u64) -> Result<Vec<u8>, Problem> {
        if self.len > limit {
            return Err(Problem::new(&says::TOO_LARGE)
                .arg("file", self.path.display())
                .arg("what", "size")
                .arg("found", self.len)
                .arg("limit", limit)
                .at(self.path.display()));
        }
        self.read_vec(0, self.len)
    }
}
