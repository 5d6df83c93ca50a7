use crate::{Blob, cannot_read, hub, roots};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Component, Path, PathBuf};
use weldlm_messages::{Problem, catalogue::source as says};

/// A file of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Name below the folder, with `/` between parts.
    pub name: String,
    /// Length in bytes.
    pub len: u64,
}

/// A read-only view of a folder, or of a single file in it.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    only: Option<String>,
    label: String,
}

impl Folder {
    /// Opens what the user named: a folder, a file, or the id of a model in a local hub cache
    /// (`org/name`, `org/name@revision`). An existing path wins over an id.
    ///
    /// # Errors
    /// When there is no such thing, or it is neither a file nor a folder.
    pub fn open(named: &str) -> Result<Folder, Problem> {
        match Folder::at_path(named) {
            Ok(folder) => Ok(folder),
            Err(problem) => match hub::find(named) {
                Some(found) => {
                    roots::allowed(&found)?;
                    Ok(Folder { root: found, only: None, label: named.to_string() })
                }
                None => Err(problem),
            },
        }
    }

    fn at_path(named: &str) -> Result<Folder, Problem> {
        let path = expand_home(named);
        roots::allowed(&path)?;
        let meta = std::fs::metadata(&path).map_err(|e| cannot_read(&path, &e))?;
        if meta.is_dir() {
            return Ok(Folder { root: path, label: named.to_string(), only: None });
        }
        if !meta.is_file() {
            return Err(Problem::new(&says::NOT_A_FILE_OR_FOLDER).arg("path", path.display()));
        }
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let root = match path.parent() {
            Some(parent) if parent != Path::new("") => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Ok(Folder { root, label: named.to_string(), only: Some(name) })
    }

    /// The folder at a path that is known to exist.
    pub fn at(path: &Path) -> Folder {
        Folder { root: path.to_path_buf(), only: None, label: path.display().to_string() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The single file that the user named, if it was a file.
    pub fn only(&self) -> Option<&str> {
        self.only.as_deref()
    }

    /// What the user wrote.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The last part of what the user wrote: `…/Qwen2-7B/` → `Qwen2-7B`, `org/name` → `name`.
    pub fn short_name(&self) -> String {
        let path = self.only.as_deref().map_or_else(|| PathBuf::from(&self.label), PathBuf::from);
        let path = if path.file_name().is_some() { path } else { self.root.canonicalize().unwrap_or(path) };
        path.file_name().map_or_else(|| self.label.clone(), |n| n.to_string_lossy().into_owned())
    }

    /// The path of a file in it.
    pub fn file_path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Whether it has a regular file of that name.
    pub fn has(&self, name: &str) -> bool {
        self.file_path(name).is_file()
    }

    /// A folder below, if there is one.
    pub fn sub(&self, name: &str) -> Option<Folder> {
        let path = self.file_path(name);
        path.is_dir().then(|| Folder::at(&path))
    }

    /// The regular files directly in it, by name; links are followed, names that are not UTF-8 left out.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn files(&self) -> Result<Vec<ListedFile>, Problem> {
        let mut found = Vec::new();
        self.list(|name, meta| {
            if meta.is_file() {
                found.push(ListedFile { name, len: meta.len() });
            }
        })?;
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// The names of the folders directly in it, sorted.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn folders(&self) -> Result<Vec<String>, Problem> {
        let mut found = Vec::new();
        self.list(|name, meta| {
            if meta.is_dir() {
                found.push(name);
            }
        })?;
        found.sort();
        Ok(found)
    }

    fn list(&self, mut each: impl FnMut(String, std::fs::Metadata)) -> Result<(), Problem> {
        let failed = |e: std::io::Error| cannot_read(&self.root, &e);
        let confined = roots::roots().is_some();
        // A confined process lists the folder that it has opened and checked, not whatever has its name by then.
        let opened = confined.then(|| File::open(&self.root)).transpose().map_err(failed)?;
        let listed = match &opened {
            Some(folder) => {
                roots::check_open(folder).map_err(failed)?;
                PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()))
            }
            None => self.root.clone(),
        };
        for entry in std::fs::read_dir(listed).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if confined && entry.path().is_symlink() && roots::allowed(&entry.path()).is_err() {
                continue;
            }
            // A dangling link (an incomplete hub download) is no file; whoever needs it will say so by name.
            let Ok(meta) = std::fs::metadata(entry.path()) else { continue };
            if let Ok(name) = entry.file_name().into_string() {
                each(name, meta);
            }
        }
        Ok(())
    }

    /// Opens a file whose name came from another file (an index): it must not lead out of the folder.
    ///
    /// # Errors
    /// When the name escapes, or the file cannot be opened.
    pub fn open_named(&self, name: &str, named_in: &str) -> Result<Blob, Problem> {
        let plain =
            !name.is_empty() && Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
        if !plain {
            return Err(Problem::new(&says::PATH_ESCAPES)
                .arg("file", named_in)
                .arg("name", name)
                .at(named_in));
        }
        self.blob(name)
    }

    /// Opens a file in it.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn blob(&self, name: &str) -> Result<Blob, Problem> {
        Blob::open(&self.file_path(name))
    }

    /// Reads a small text file in it, or `None` when it is not there.
    ///
    /// # Errors
    /// When it is there but not readable, not UTF-8, or larger than `limit` bytes.
    pub fn text(&self, name: &str, limit: u64) -> Result<Option<String>, Problem> {
        if self.has(name) { crate::read_text(&self.file_path(name), limit).map(Some) } else { Ok(None) }
    }
}

/// `~/x` below the user's home folder, as a shell would read it; other paths as they are.
pub fn expand_home(named: &str) -> PathBuf {
    match (named.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(named),
    }
}
