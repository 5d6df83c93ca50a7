//! safetensors: an 8-byte length, a JSON header, then the tensors' bytes.
//! Specification: <https://github.com/huggingface/safetensors#format>

mod read;
mod write;

use crate::{FilePlan, FileSet, Format, Original, OutTensor, TensorInfo, open};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_source::{Blob, Folder};

/// The usual name of an unsharded model.
pub const SINGLE: &str = "model.safetensors";
/// The usual name of the index of a sharded model.
pub const INDEX: &str = "model.safetensors.index.json";

/// The format.
pub struct Safetensors;

const ABOUT: About = About {
    name: "safetensors",
    summary: "Hugging Face safetensors, single file or sharded with an index",
    summary_zh: "Hugging Face safetensors，单文件或带索引的分片",
    link: "https://github.com/huggingface/safetensors",
    limits: &[],
};

impl Format for Safetensors {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn find(&self, folder: &Folder) -> Result<Option<FileSet>, Problem> {
        open::find(self, folder, (SINGLE, INDEX))
    }

    fn owns(&self, file_name: &str) -> bool {
        file_name.ends_with(".safetensors")
    }

    fn read_headers(&self, blob: &Blob, file: usize) -> Result<Vec<TensorInfo>, Problem> {
        read::headers(blob, file)
    }

    fn lay_out(
        &self,
        name: &str,
        tensors: Vec<OutTensor>,
        original: Option<Original<'_>>,
    ) -> Result<FilePlan, Problem> {
        write::lay_out(name, tensors, original)
    }

    fn needs_crc(&self) -> bool {
        false
    }

    fn file_name(&self, n: usize, of: usize) -> String {
        if of == 1 { SINGLE.to_string() } else { format!("model-{n:05}-of-{of:05}.safetensors") }
    }

    fn index_name(&self) -> &'static str {
        INDEX
    }
}
