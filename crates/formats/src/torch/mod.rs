//! torch's zip format, as `torch.save` writes it since version 1.6: a zip file with stored entries, in which
//! `data.pkl` is a pickle of the state dict and `data/0`, `data/1`, … are the storages that its tensors view.
//! Documentation: <https://pytorch.org/docs/stable/notes/serialization.html>
//!
//! The pickle is interpreted by a machine that can only build tensors: see `pickle.rs` and `calls.rs`.

mod calls;
mod pickle;
mod read;
mod state;
mod write;
mod zip;

use crate::{FilePlan, FileSet, Format, Original, OutTensor, TensorInfo, open};
use weldlm_about::About;
use weldlm_messages::Problem;
use weldlm_source::{Blob, Folder};
use weldlm_tensor::Dtype;

/// The usual name of an unsharded model.
pub const SINGLE: &str = "pytorch_model.bin";
/// The usual name of the index of a sharded model.
pub const INDEX: &str = "pytorch_model.bin.index.json";

/// Types that torch stores in a class of their own. All newer ones are bytes (`UntypedStorage`) with the type
/// beside them.
const STORAGES: &[(&str, Dtype)] = &[
    ("BoolStorage", Dtype::Bool),
    ("ByteStorage", Dtype::U8),
    ("CharStorage", Dtype::I8),
    ("ShortStorage", Dtype::I16),
    ("IntStorage", Dtype::I32),
    ("LongStorage", Dtype::I64),
    ("HalfStorage", Dtype::F16),
    ("BFloat16Storage", Dtype::Bf16),
    ("FloatStorage", Dtype::F32),
    ("DoubleStorage", Dtype::F64),
    ("ComplexFloatStorage", Dtype::C64),
];

/// The format.
pub struct Torch;

const ABOUT: About = About {
    name: "torch",
    summary: "PyTorch's zip format (pytorch_model.bin), read without running any code",
    summary_zh: "PyTorch 的 zip 格式（pytorch_model.bin），读取时不执行任何代码",
    link: "https://pytorch.org/docs/stable/notes/serialization.html",
    limits: &[
        "files from before torch 1.6 (not a zip) are refused",
        "sparse, quantized, nested, meta and distributed tensors are refused",
    ],
};

impl Format for Torch {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn find(&self, folder: &Folder) -> Result<Option<FileSet>, Problem> {
        open::find(self, folder, (SINGLE, INDEX))
    }

    fn owns(&self, file_name: &str) -> bool {
        [".bin", ".pt", ".pth"].iter().any(|e| file_name.ends_with(e))
    }

    fn read_headers(&self, blob: &Blob, file: usize) -> Result<Vec<TensorInfo>, Problem> {
        read::headers(blob, file)
    }

    fn lay_out(
        &self,
        name: &str,
        tensors: Vec<OutTensor>,
        _original: Option<Original<'_>>,
    ) -> Result<FilePlan, Problem> {
        Ok(write::lay_out(name, tensors))
    }

    fn late_bytes(&self, plan: &FilePlan, crcs: &[u32]) -> Option<Vec<(u64, Vec<u8>)>> {
        Some(write::late_bytes(plan, crcs))
    }

    fn needs_crc(&self) -> bool {
        true
    }

    fn file_name(&self, n: usize, of: usize) -> String {
        if of == 1 { SINGLE.to_string() } else { format!("pytorch_model-{n:05}-of-{of:05}.bin") }
    }

    fn index_name(&self) -> &'static str {
        INDEX
    }
}
