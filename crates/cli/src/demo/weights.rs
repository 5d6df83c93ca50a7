//! Tensors in memory, and a weight file of them.

use weldlm_formats::safetensors::Safetensors;
use weldlm_formats::{FilePlan, Format, OutTensor, Piece};
use weldlm_messages::Problem;
use weldlm_tensor::{Dtype, kernels};

/// A tensor with its data.
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its stored type.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Its data as stored.
    pub bytes: Vec<u8>,
}

impl Tensor {
    /// Values, rounded to the type.
    pub fn of(name: String, dtype: Dtype, shape: &[u64], values: &[f32]) -> Tensor {
        let mut bytes = vec![0; values.len() * dtype.size()];
        kernels::encode(dtype, values, &mut bytes);
        Tensor { name, dtype, shape: shape.to_vec(), bytes }
    }
}

/// Lays a safetensors file out, and its bytes.
pub fn file(name: &str, tensors: &[Tensor]) -> Result<(FilePlan, Vec<u8>), Problem> {
    let head = |t: &Tensor| OutTensor { name: t.name.clone(), dtype: t.dtype, shape: t.shape.clone() };
    let plan = Safetensors.lay_out(name, tensors.iter().map(head).collect(), None)?;
    let mut bytes = Vec::with_capacity(plan.len as usize);
    for piece in &plan.pieces {
        match piece {
            Piece::Bytes(known) => bytes.extend(known),
            Piece::Tensor(n) => bytes.extend(&tensors[*n].bytes),
        }
    }
    Ok((plan, bytes))
}
