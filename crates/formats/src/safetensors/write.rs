use super::read;
use crate::{FilePlan, Original, OutTensor, Piece};
use serde_json::{Map, Value, json};
use weldlm_messages::Problem;

/// Header first, then the tensors in the given order. The header of the original file is taken over byte for
/// byte when it still describes the file.
pub(super) fn lay_out(
    name: &str,
    tensors: Vec<OutTensor>,
    original: Option<Original<'_>>,
) -> Result<FilePlan, Problem> {
    let mut metadata = Map::new();
    if let Some(original) = original {
        let bytes = read::header_bytes(original.file)?;
        let header = read::parse(original.file, &bytes)?;
        if let Some(Value::Object(found)) = header.get("__metadata__") {
            metadata = found.clone();
        }
        let same = original.tensors.len() == tensors.len()
            && original
                .tensors
                .iter()
                .zip(&tensors)
                .all(|(a, b)| a.name == b.name && a.dtype == b.dtype && a.shape == b.shape);
        // Loaders look for the format entry; a file without it gets a new header.
        if same && metadata.get("format") == Some(&json!("pt")) {
            let mut head = (bytes.len() as u64).to_le_bytes().to_vec();
            head.extend(bytes);
            return Ok(with_head(name, tensors, head));
        }
    }
    metadata.insert("format".to_string(), json!("pt"));
    let mut header = Map::new();
    header.insert("__metadata__".to_string(), Value::Object(metadata));
    let mut at = 0u64;
    for tensor in &tensors {
        let end = at + tensor.bytes();
        header.insert(
            tensor.name.clone(),
            json!({"dtype": tensor.dtype.name(), "shape": tensor.shape, "data_offsets": [at, end]}),
        );
        at = end;
    }
    let mut text = Value::Object(header).to_string().into_bytes();
    // Tensors start at a multiple of eight, so that readers may map them in place.
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut head = (text.len() as u64).to_le_bytes().to_vec();
    head.extend(text);
    Ok(with_head(name, tensors, head))
}

fn with_head(name: &str, tensors: Vec<OutTensor>, head: Vec<u8>) -> FilePlan {
    let mut pieces = vec![Piece::Bytes(head)];
    pieces.extend((0..tensors.len()).map(Piece::Tensor));
    FilePlan::new(name, tensors, pieces)
}
