use crate::Format;
use std::collections::HashMap;
use std::sync::Arc;
use weldlm_messages::{Problem, catalogue::source as says};
use weldlm_source::{Blob, Folder};
use weldlm_tensor::Dtype;

/// Where a tensor's data lies in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Row-major, without gaps, from this byte on.
    Dense(u64),
    /// A view into a larger storage, as torch saves slices and transposes.
    Strided {
        /// Byte of the element with all indices zero.
        start: u64,
        /// Distance in elements between neighbours along each dimension.
        strides: Vec<u64>,
    },
}

/// One tensor: what its header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its name.
    pub name: String,
    /// Its stored type.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<u64>,
    /// Index of its file in the checkpoint.
    pub file: usize,
    /// Where its data lies in the file.
    pub place: Place,
}

impl TensorInfo {
    /// Bytes of its data; readers have checked that the number fits and lies in the file.
    pub fn bytes(&self) -> u64 {
        self.dtype.bytes(&self.shape).unwrap_or(u64::MAX)
    }
}

/// A file with weights.
#[derive(Debug, Clone)]
pub struct WeightFile {
    /// Its name in the folder.
    pub name: String,
    /// The open file.
    pub blob: Arc<Blob>,
}

/// A model's weights, known by their headers; data is read on demand.
#[derive(Clone)]
pub struct Checkpoint {
    /// The format of its files.
    pub format: &'static dyn Format,
    /// The folder that it came from.
    pub folder: Folder,
    /// Its files, in the order of their names.
    pub files: Vec<WeightFile>,
    /// Its tensors: files in order, and in each file by offset.
    pub tensors: Vec<TensorInfo>,
    by_name: HashMap<String, usize>,
}

impl Checkpoint {
    /// Reads the headers of the files.
    ///
    /// # Errors
    /// When one is damaged, or a name stands in two of them.
    pub fn read(
        format: &'static dyn Format,
        folder: &Folder,
        names: &[String],
    ) -> Result<Checkpoint, Problem> {
        let mut checkpoint = Checkpoint {
            format,
            folder: folder.clone(),
            files: Vec::new(),
            tensors: Vec::new(),
            by_name: HashMap::new(),
        };
        for name in names {
            let blob = Arc::new(folder.blob(name)?);
            let tensors = format.read_headers(&blob, checkpoint.files.len())?;
            checkpoint.files.push(WeightFile { name: name.clone(), blob });
            for tensor in tensors {
                if let Some(&first) = checkpoint.by_name.get(&tensor.name) {
                    let first = &checkpoint.files[checkpoint.tensors[first].file].name;
                    return Err(Problem::new(&says::DUPLICATE_TENSOR)
                        .arg("tensor", &tensor.name)
                        .arg("first", first)
                        .arg("second", name)
                        .at(folder.file_path(name).display()));
                }
                checkpoint.by_name.insert(tensor.name.clone(), checkpoint.tensors.len());
                checkpoint.tensors.push(tensor);
            }
        }
        Ok(checkpoint)
    }

    /// The tensor of that name.
    pub fn get(&self, name: &str) -> Option<&TensorInfo> {
        self.by_name.get(name).map(|&i| &self.tensors[i])
    }

    /// The file of a tensor.
    pub fn file_of(&self, tensor: &TensorInfo) -> &WeightFile {
        &self.files[tensor.file]
    }

    /// Bytes of all tensors.
    pub fn total_bytes(&self) -> u64 {
        self.tensors.iter().map(TensorInfo::bytes).sum()
    }

    /// Elements of all tensors.
    pub fn parameters(&self) -> u64 {
        self.tensors.iter().map(|t| t.bytes() / t.dtype.size() as u64).sum()
    }

    /// Fills `buf` with the tensor's data (row-major, little-endian) from byte `offset` of it on.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read_at(&self, tensor: &TensorInfo, offset: u64, buf: &mut [u8]) -> Result<(), Problem> {
        let blob = &self.file_of(tensor).blob;
        match &tensor.place {
            Place::Dense(start) => blob.read_at(start + offset, buf),
            Place::Strided { start, strides } => gather(blob, tensor, *start, strides, (offset, buf)),
        }
    }

    /// The tensor's whole data.
    ///
    /// # Errors
    /// When the file cannot be read or memory does not suffice.
    pub fn read_all(&self, tensor: &TensorInfo) -> Result<Vec<u8>, Problem> {
        if let Place::Dense(start) = tensor.place {
            return self.file_of(tensor).blob.read_vec(start, tensor.bytes());
        }
        let mut buf = vec![0; tensor.bytes() as usize];
        self.read_at(tensor, 0, &mut buf)?;
        Ok(buf)
    }
}

/// Reads a strided view, a run of contiguous elements at a time.
fn gather(
    blob: &Blob,
    tensor: &TensorInfo,
    start: u64,
    strides: &[u64],
    (offset, buf): (u64, &mut [u8]),
) -> Result<(), Problem> {
    if let ([_, columns], [1, column_stride]) = (tensor.shape.as_slice(), strides) {
        let row_bytes = columns * tensor.dtype.size() as u64;
        if row_bytes > 0 && offset.is_multiple_of(row_bytes) && (buf.len() as u64).is_multiple_of(row_bytes) {
            let first = start + offset / row_bytes * tensor.dtype.size() as u64;
            return gather_columns(
                blob,
                (first, *column_stride),
                tensor.dtype.size(),
                (*columns as usize, buf),
            );
        }
    }
    let size = tensor.dtype.size() as u64;
    let inner = tensor.shape.last().copied().unwrap_or(1).max(1);
    let dense_inner = strides.last().copied().unwrap_or(1) == 1;
    let mut done = 0u64;
    let len = buf.len() as u64;
    while done < len {
        let at = offset + done;
        let (element, within) = (at / size, at % size);
        let run = if dense_inner { inner - element % inner } else { 1 };
        let n = (run * size - within).min(len - done);
        let mut rest = element;
        let mut position = 0u64;
        for (dim, stride) in tensor.shape.iter().zip(strides).rev() {
            position += rest % dim.max(&1) * stride;
            rest /= dim.max(&1);
        }
        blob.read_at(start + position * size + within, &mut buf[done as usize..(done + n) as usize])?;
        done += n;
    }
    Ok(())
}

/// Reads whole rows of a matrix that is stored column after column: one request a column, not one an element.
fn gather_columns(
    blob: &Blob,
    (first, stride): (u64, u64),
    size: usize,
    (columns, buf): (usize, &mut [u8]),
) -> Result<(), Problem> {
    let rows = buf.len() / size / columns;
    let mut column = vec![0u8; rows * size];
    for c in 0..columns {
        blob.read_at(first + c as u64 * stride * size as u64, &mut column)?;
        for (r, element) in column.chunks_exact(size).enumerate() {
            let at = (r * columns + c) * size;
            buf[at..at + size].copy_from_slice(element);
        }
    }
    Ok(())
}
