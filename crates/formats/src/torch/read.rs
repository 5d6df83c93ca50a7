use super::calls::DIMS_MAX;
use super::pickle::{self, Fault, PICKLE_BYTES_MAX, Value, View};
use super::state;
use super::zip::{FORMAT, Zip, too_large};
use crate::{Place, TensorInfo, bad_header};
use std::collections::HashMap;
use weldlm_messages::{Problem, catalogue::source as says};
use weldlm_source::Blob;

/// A view may show elements several times (torch's `expand`), but a small file must not stand for a huge model.
const EXPANDED_BYTES_MAX: u64 = 1 << 30;
/// The longest word in the entry is `little`.
const BYTE_ORDER_BYTES_MAX: u64 = 64;

/// The number with which files of torch before 1.6 start, as a pickled integer.
const OLD_MAGIC: &[u8] = b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";
/// Where a tar file says so.
const TAR_MAGIC: std::ops::Range<usize> = 257..262;

pub(super) fn headers(blob: &Blob, file: usize) -> Result<Vec<TensorInfo>, Problem> {
    recognise(blob)?;
    let zip = Zip::open(blob)?;
    check_contents(blob, &zip)?;
    let bytes = zip.read(blob, "data.pkl", PICKLE_BYTES_MAX)?;
    let (values, root) = pickle::load(&bytes).map_err(|fault| problem(blob, fault))?;
    let named = state::tensors(&values, root).map_err(|reason| bad_header(FORMAT, blob, reason))?;
    let mut storages = HashMap::new();
    let mut tensors = Vec::with_capacity(named.len());
    for (name, id) in named {
        let view = match values.get(id) {
            Value::Tensor(view) => view,
            Value::Odd(reason) => return Err(bad_tensor(blob, &name, reason)),
            _ => continue,
        };
        let storage = match storages.get(view.key) {
            Some(storage) => *storage,
            None => {
                let found = storage(blob, &zip, view.key)?;
                storages.insert(view.key, found);
                found
            }
        };
        let numbers = |id| values.numbers(id, DIMS_MAX).unwrap_or_default();
        let (shape, strides) = (numbers(view.shape), numbers(view.strides));
        let place =
            place(view, (&shape, &strides), storage).map_err(|reason| bad_tensor(blob, &name, &reason))?;
        tensors.push(TensorInfo { name, dtype: view.dtype, shape, file, place });
    }
    tensors.sort_by_key(|tensor| match tensor.place {
        Place::Dense(start) | Place::Strided { start, .. } => start,
    });
    Ok(tensors)
}

/// Tells zip files from all others, and the others from each other.
fn recognise(blob: &Blob) -> Result<(), Problem> {
    let head = blob.read_vec(0, blob.len().min(512))?;
    if head.starts_with(b"PK\x03\x04") {
        return Ok(());
    }
    let is_old =
        head.starts_with(b"\x80") && head.windows(OLD_MAGIC.len()).take(32).any(|bytes| bytes == OLD_MAGIC);
    if is_old || head.get(TAR_MAGIC) == Some(b"ustar") {
        let file = blob.path().display();
        return Err(Problem::new(&says::OLD_TORCH_FORMAT).arg("file", file).at(blob.path().display()));
    }
    let reason = if head.is_empty() {
        "it is empty"
    } else if head.starts_with(b"version https://git-lfs") {
        "it is a pointer of git-lfs; the file itself was not fetched"
    } else {
        "it does not start like a zip file"
    };
    Err(bad_header(FORMAT, blob, reason))
}

fn check_contents(blob: &Blob, zip: &Zip) -> Result<(), Problem> {
    if !zip.has("data.pkl") {
        return Err(bad_header(FORMAT, blob, "it is a zip file without data.pkl"));
    }
    if zip.has("constants.pkl") {
        return Err(bad_header(FORMAT, blob, "it is a TorchScript program, not a state dict"));
    }
    // Files without the entry are older than it and were written on little-endian machines.
    if zip.has("byteorder") {
        let order = zip.read(blob, "byteorder", BYTE_ORDER_BYTES_MAX)?;
        if order != b"little" {
            return Err(bad_header(
                FORMAT,
                blob,
                format!("its byte order is {}, only little is read", pickle::shown(&order)),
            ));
        }
    }
    Ok(())
}

fn storage(blob: &Blob, zip: &Zip, key: &[u8]) -> Result<(u64, u64), Problem> {
    let key = std::str::from_utf8(key)
        .map_err(|e| bad_header(FORMAT, blob, format!("the name of a storage is not text: {e}")))?;
    zip.data(blob, &format!("data/{key}"))
}

/// Where a view lies, given its shape and strides, and the first byte and the length of the storage's entry.
fn place(
    view: &View<'_>,
    (shape, strides): (&[u64], &[u64]),
    (start, entry_bytes): (u64, u64),
) -> Result<Place, String> {
    let size = view.dtype.size() as u64;
    let too_big = || format!("shape {shape:?} is too large");
    let bytes = view.dtype.bytes(shape).ok_or_else(too_big)?;
    if view.storage_bytes > entry_bytes {
        return Err(format!("its storage has {} bytes, the zip entry has {entry_bytes}", view.storage_bytes));
    }
    if bytes == 0 {
        return Ok(Place::Dense(start));
    }
    let furthest = shape
        .iter()
        .zip(strides)
        .try_fold(view.offset, |at, (dim, stride)| at.checked_add((dim - 1).checked_mul(*stride)?));
    let end = furthest.and_then(|at| at.checked_add(1)?.checked_mul(size));
    match end {
        Some(end) if end <= view.storage_bytes => {}
        _ => return Err(format!("it reaches beyond its storage of {} bytes", view.storage_bytes)),
    }
    if bytes > view.storage_bytes && bytes > EXPANDED_BYTES_MAX {
        return Err(format!("it repeats a storage of {} bytes to {bytes}", view.storage_bytes));
    }
    let start = start + view.offset * size;
    let place = Place::Strided { start, strides: strides.to_vec() };
    Ok(if is_dense(shape, strides) { Place::Dense(start) } else { place })
}

fn is_dense(shape: &[u64], strides: &[u64]) -> bool {
    let mut step = 1;
    for (&dim, &stride) in shape.iter().zip(strides).rev() {
        if dim != 1 && stride != step {
            return false;
        }
        step *= dim;
    }
    true
}

fn problem(blob: &Blob, fault: Fault) -> Problem {
    let place = blob.path().display();
    match fault {
        Fault::Call(call) => {
            Problem::new(&says::UNSAFE_PICKLE).arg("file", &place).arg("call", call).at(&place)
        }
        Fault::Damaged(reason) => bad_header(FORMAT, blob, reason),
        Fault::Limit { what, found, limit } => too_large(blob, what, found, limit),
    }
}

fn bad_tensor(blob: &Blob, tensor: &str, reason: &str) -> Problem {
    let file = blob.path().display();
    Problem::new(&says::BAD_TENSOR)
        .arg("file", file)
        .arg("tensor", tensor)
        .arg("reason", reason)
        .at(blob.path().display())
}
