//! Checkpoint formats, one folder each with `read.rs` and `write.rs`. Every format is an entry of [`ALL`].
//!
//! Reading ends as a [`Checkpoint`]: tensors with name, dtype, shape and a place in a file, whose bytes are
//! read on demand. Writing starts from a [`FilePlan`]: what stands at which offset, known before the first
//! byte is written, so that files can be streamed, resumed and checked.
//! This crate knows no adapter and no model family.

#![forbid(unsafe_code)]

mod checkpoint;
mod open;
pub mod safetensors;
pub mod torch;

pub use checkpoint::{Checkpoint, Place, TensorInfo, WeightFile};
pub use open::{FileSet, foreign_files, is_foreign_weights, open, open_file};

use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::source as says};
use weldlm_source::{Blob, Folder};
use weldlm_tensor::Dtype;

/// A tensor that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct OutTensor {
    /// Its name.
    pub name: String,
    /// Its stored type.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<u64>,
}

impl OutTensor {
    /// Bytes of its data. Plans are made of shapes whose size was checked when they were read.
    pub fn bytes(&self) -> u64 {
        self.dtype.bytes(&self.shape).unwrap_or(u64::MAX)
    }
}

/// A piece of a planned file.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Bytes that are known now: headers, padding.
    Bytes(Vec<u8>),
    /// The data of the n-th tensor of the file.
    Tensor(usize),
}

/// A file to be written: its pieces follow each other without gaps.
#[derive(Debug, Clone, PartialEq)]
pub struct FilePlan {
    /// File name.
    pub name: String,
    /// Length in bytes.
    pub len: u64,
    /// Its tensors, in file order.
    pub tensors: Vec<OutTensor>,
    /// Its contents, in file order.
    pub pieces: Vec<Piece>,
    /// Offset of each tensor's data.
    pub offsets: Vec<u64>,
}

impl FilePlan {
    /// Lays pieces out one after the other.
    pub fn new(name: &str, tensors: Vec<OutTensor>, pieces: Vec<Piece>) -> FilePlan {
        let mut offsets = vec![0; tensors.len()];
        let mut len = 0;
        for piece in &pieces {
            match piece {
                Piece::Bytes(bytes) => len += bytes.len() as u64,
                Piece::Tensor(i) => {
                    offsets[*i] = len;
                    len += tensors[*i].bytes();
                }
            }
        }
        FilePlan { name: name.to_string(), len, tensors, pieces, offsets }
    }
}

/// What a format writes for one file, besides the tensors.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// The file that the tensors come from, when the output keeps its layout.
    pub file: &'a Blob,
    /// Its tensors, in file order.
    pub tensors: &'a [&'a TensorInfo],
}

/// A checkpoint format.
pub trait Format: Sync {
    /// What it says of itself.
    fn about(&self) -> &'static About;

    /// The files of a folder that hold a model in this format, or `None`.
    ///
    /// # Errors
    /// When the folder names files that are not there, or holds several models.
    fn find(&self, folder: &Folder) -> Result<Option<FileSet>, Problem>;

    /// Whether a file of this name is of this format.
    fn owns(&self, file_name: &str) -> bool;

    /// Reads the headers of one file: its tensors in file order.
    ///
    /// # Errors
    /// When the file is damaged or hostile.
    fn read_headers(&self, blob: &Blob, file: usize) -> Result<Vec<TensorInfo>, Problem>;

    /// Lays out one output file.
    ///
    /// # Errors
    /// When the original file's header cannot be read again.
    fn lay_out(
        &self,
        name: &str,
        tensors: Vec<OutTensor>,
        original: Option<Original<'_>>,
    ) -> Result<FilePlan, Problem>;

    /// Bytes that can only be known once the tensors were written, from the CRC-32 of each tensor's data.
    /// `None` when the format has none, so that no checksums need to be computed.
    fn late_bytes(&self, _plan: &FilePlan, _crcs: &[u32]) -> Option<Vec<(u64, Vec<u8>)>> {
        None
    }

    /// Whether [`Format::late_bytes`] needs checksums.
    fn needs_crc(&self) -> bool;

    /// The name of the n-th (from 1) of `of` output files.
    fn file_name(&self, n: usize, of: usize) -> String;

    /// The name of the index file that goes with several output files.
    fn index_name(&self) -> &'static str;
}

/// Every format, in the order in which a folder is searched.
pub const ALL: &[&dyn Format] = &[&safetensors::Safetensors, &torch::Torch];

/// The text of an index: which tensor is in which file. Same form for safetensors and torch files.
pub fn index_text(files: &[FilePlan]) -> String {
    let total: u64 = files.iter().flat_map(|f| &f.tensors).map(OutTensor::bytes).sum();
    let mut map: Vec<(&str, &str)> =
        files.iter().flat_map(|f| f.tensors.iter().map(|t| (t.name.as_str(), f.name.as_str()))).collect();
    map.sort_unstable();
    let map: serde_json::Map<String, serde_json::Value> =
        map.into_iter().map(|(tensor, file)| (tensor.to_string(), file.into())).collect();
    let index = serde_json::json!({"metadata": {"total_size": total}, "weight_map": map});
    format!("{index:#}\n")
}

pub(crate) fn bad_header(format: &str, blob: &Blob, reason: impl std::fmt::Display) -> Problem {
    let file = blob.path().display();
    Problem::new(&says::BAD_HEADER)
        .arg("format", format)
        .arg("file", file)
        .arg("reason", reason)
        .at(blob.path().display())
}
