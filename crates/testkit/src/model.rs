//! Whole small models in memory, for tests that compare every element.

use std::collections::BTreeMap;
use std::path::Path;
use weldlm_formats::{Format, OutTensor, Piece, safetensors::Safetensors};
use weldlm_source::Folder;
use weldlm_tensor::{Dtype, kernels};

/// A tensor with its data.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Its stored type.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Tensor {
    /// A tensor of f32 values, rounded to a type.
    pub fn of(dtype: Dtype, shape: &[u64], values: &[f32]) -> Tensor {
        let mut bytes = vec![0u8; values.len() * dtype.size()];
        kernels::encode(dtype, values, &mut bytes);
        Tensor { dtype, shape: shape.to_vec(), bytes }
    }

    /// Its values in f64.
    pub fn values(&self) -> Vec<f64> {
        let mut values = vec![0f64; self.bytes.len() / self.dtype.size()];
        kernels::decode_f64(self.dtype, &self.bytes, &mut values);
        values
    }
}

/// A model: tensors by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tensors(pub BTreeMap<String, Tensor>);

impl Tensors {
    /// Reads a weight file of any format.
    pub fn read(path: &Path) -> Tensors {
        let folder = Folder::at(path.parent().unwrap_or(Path::new(".")));
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let file = weldlm_formats::open_file(&folder, &name).unwrap_or_else(|e| panic!("{e}"));
        Tensors::of(&file)
    }

    /// Reads a model folder.
    pub fn read_folder(path: &Path) -> Tensors {
        Tensors::of(&weldlm_formats::open(&Folder::at(path)).unwrap_or_else(|e| panic!("{e}")))
    }

    fn of(checkpoint: &weldlm_formats::Checkpoint) -> Tensors {
        let tensor = |t: &weldlm_formats::TensorInfo| {
            let bytes = checkpoint.read_all(t).unwrap_or_else(|e| panic!("{e}"));
            (t.name.clone(), Tensor { dtype: t.dtype, shape: t.shape.clone(), bytes })
        };
        Tensors(checkpoint.tensors.iter().map(tensor).collect())
    }

    /// Casts every floating-point tensor.
    pub fn cast(&mut self, dtype: Dtype) {
        for tensor in self.0.values_mut().filter(|t| t.dtype.is_float()) {
            let mut values = vec![0f32; tensor.bytes.len() / tensor.dtype.size()];
            kernels::decode(tensor.dtype, &tensor.bytes, &mut values);
            *tensor = Tensor::of(dtype, &tensor.shape, &values);
        }
    }

    /// Writes a safetensors file.
    pub fn write(&self, path: &Path) {
        let list: Vec<OutTensor> = self
            .0
            .iter()
            .map(|(name, t)| OutTensor { name: name.clone(), dtype: t.dtype, shape: t.shape.clone() })
            .collect();
        let plan = Safetensors.lay_out("model.safetensors", list, None).unwrap_or_else(|e| panic!("{e}"));
        let data: Vec<&Tensor> = self.0.values().collect();
        let mut bytes = Vec::new();
        for piece in &plan.pieces {
            match piece {
                Piece::Bytes(known) => bytes.extend(known),
                Piece::Tensor(i) => bytes.extend(&data[*i].bytes),
            }
        }
        std::fs::write(path, bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    }
}
