//! Numbers: dtypes, conversions between them, and the few kernels in which the time goes.
//!
//! All arithmetic here is defined element by element (fused multiply-adds in a fixed order, one rounding to
//! nearest even), so that every processor and every number of threads gives the same bytes.
//! This crate knows no file, no format and no adapter.

mod dtype;
pub mod kernels;
pub mod math;
mod reader;

pub use dtype::Dtype;
pub use reader::{MatrixRead, ReadFailed};

/// Number of elements of a shape, or `None` when it does not fit into a `u64`.
pub fn count(shape: &[u64]) -> Option<u64> {
    shape.iter().try_fold(1u64, |n, &d| n.checked_mul(d))
}

/// A shape seen as a matrix: the first dimension is the rows, all others together are the columns.
/// A scalar and a vector are one row, so that a bias is not cut into thousands of rows of one element.
/// Without a single row, the columns may be more than a file could hold, and more than fit into a `u64`.
pub fn as_matrix(shape: &[u64]) -> (u64, u64) {
    match shape {
        [] => (1, 1),
        [n] => (1, *n),
        [rows, rest @ ..] => (*rows, rest.iter().fold(1, |n, d| n.saturating_mul(*d))),
    }
}
