//! Which of a pickle's values is the state dict, and what its tensors are called.

use super::pickle::{Id, Value, Values};
use std::collections::HashMap;

/// Names are dotted paths of modules.
const NAME_BYTES_MAX: usize = 4096;

/// As many as there can be values for in a pickle that torch writes.
const TENSORS_MAX: usize = 1 << 18;

/// Where training checkpoints keep the state dict.
const NESTED: &[&str] = &["state_dict", "model", "module", "model_state_dict"];

/// The tensors of the state dict, in its order.
pub(super) fn tensors<'a>(values: &Values<'a>, root: Id) -> Result<Vec<(String, Id)>, String> {
    let Value::Dict(top) = values.get(root) else {
        return Err(format!("it holds {}, not a dict of tensors by name", values.shown(root)));
    };
    let found = named_tensors(values, top)?;
    if !found.is_empty() || top.is_empty() {
        return Ok(found);
    }
    for key in NESTED {
        let is_key = |id: Id| matches!(values.get(id), Value::Text(text) if *text == key.as_bytes());
        // Of equal keys the last one counts, as in Python.
        if let Some((_, value)) = top.iter().rev().find(|(id, _)| is_key(*id))
            && let Value::Dict(nested) = values.get(*value)
        {
            let found = named_tensors(values, nested)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
    }
    Err(format!("it holds no tensors by name, neither at the top nor under {}", NESTED.join(", ")))
}

fn named_tensors<'a>(values: &Values<'a>, dict: &[(Id, Id)]) -> Result<Vec<(String, Id)>, String> {
    let mut places: HashMap<&'a [u8], usize> = HashMap::new();
    let mut entries: Vec<(&'a [u8], Id)> = Vec::new();
    for (key, value) in dict {
        let Value::Text(key) = values.get(*key) else { continue };
        let place = *places.entry(*key).or_insert(entries.len());
        match entries.get_mut(place) {
            Some(entry) => entry.1 = *value,
            None => entries.push((*key, *value)),
        }
    }
    let mut found = Vec::new();
    for (key, value) in entries {
        if !matches!(values.get(value), Value::Tensor(_) | Value::Odd(_)) {
            continue;
        }
        if found.len() >= TENSORS_MAX {
            return Err(format!("it has more than {TENSORS_MAX} tensors"));
        }
        if key.len() > NAME_BYTES_MAX {
            return Err(format!("a tensor's name has {} bytes, the limit is {NAME_BYTES_MAX}", key.len()));
        }
        let name = std::str::from_utf8(key).map_err(|e| format!("a tensor's name is not text: {e}"))?;
        found.push((name.to_string(), value));
    }
    Ok(found)
}
