//! A small base model and an adapter for it, made in code: the same bytes on every machine. Both are what the
//! libraries of the field read and write, so that everything true of them is true of real ones.
//!
//! Nothing here merges; that is left to the way that every request goes.

mod adapter;
mod model;
mod random;
mod tokenizer;
mod weights;

use std::path::Path;
use weldlm_messages::{Problem, catalogue::demo as says};
use weldlm_output::put;
use weldlm_source::Folder;

/// Explains the folder, and marks it as a demo.
const MARK: &str = "DEMO.md";
const ABOUT: &str = include_str!("files/DEMO.md");
const MARK_BYTES_MAX: u64 = 1 << 20;

/// A file to be made.
struct File {
    name: String,
    bytes: Vec<u8>,
}

impl File {
    fn text(name: &str, text: &str) -> File {
        File { name: name.to_string(), bytes: text.as_bytes().to_vec() }
    }
}

/// How large they are.
pub struct Sizes {
    /// Bytes of the base model.
    pub base: u64,
    /// Bytes of the adapter.
    pub adapter: u64,
}

/// Makes `base` and `adapter` below a folder that is new, empty, or a demo already. What is there and as it
/// should be is left alone.
pub fn make(dir: &Path) -> Result<Sizes, Problem> {
    if !may_fill(dir)? {
        return Err(Problem::new(&says::NOT_A_DEMO).arg("path", dir.display()).at(dir.display()));
    }
    put(&dir.join(MARK), ABOUT.as_bytes())?;
    Ok(Sizes {
        base: fill(&dir.join("base"), &model::files()?)?,
        adapter: fill(&dir.join("adapter"), &adapter::files()?)?,
    })
}

fn may_fill(dir: &Path) -> Result<bool, Problem> {
    if dir.symlink_metadata().is_err() {
        return Ok(true);
    }
    if !dir.is_dir() {
        return Ok(false);
    }
    let folder = Folder::at(dir);
    let first_line = |text: &str| text.lines().next().map(str::to_string);
    match folder.text(MARK, MARK_BYTES_MAX)? {
        Some(text) => Ok(first_line(&text) == first_line(ABOUT)),
        None => Ok(folder.files()?.is_empty() && folder.folders()?.is_empty()),
    }
}

fn fill(folder: &Path, files: &[File]) -> Result<u64, Problem> {
    for file in files {
        put(&folder.join(&file.name), &file.bytes)?;
    }
    Ok(files.iter().map(|f| f.bytes.len() as u64).sum())
}
