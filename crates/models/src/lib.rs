//! Model families as data: what config.json says, and how a checkpoint's names relate to the
//! in-memory names that adapters use.
//!
//! The facts come from running transformers (`data/make_tables.py`) and are checked against it
//! (`data/make_golden.py`, `tests/golden.rs`). This crate reads no files and no tensors: callers
//! hand it the parsed config.json and names. It does not know adapters, dtypes or shapes.

mod facts;
mod names;
mod quantized;
mod rules;
mod trunk;

pub use facts::{Facts, MaskedHead, conv1d_storage, input_embedding_names, masked_head, output_head_names};
pub use names::{Fusion, NameTable};
pub use quantized::{Quantized, detect};
pub use trunk::{Swap, head_swaps, swaps, trunk_swaps};
