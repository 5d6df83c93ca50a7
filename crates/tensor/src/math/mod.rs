//! Mathematics of single rows and small blocks, in f64, for adapter types that are more than products of factors.

mod fourier;
mod matrix;
mod orthogonal;
mod random;
mod square;

pub use fourier::{Complex, InverseTransform, unit};
pub use matrix::{Sparse, add_scaled, dot, multiply, transpose};
pub use orthogonal::thin_q;
pub use random::TorchRandom;
pub use square::{Square, rotate};
