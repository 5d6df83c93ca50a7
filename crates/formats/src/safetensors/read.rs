use crate::{Place, TensorInfo, bad_header};
use serde_json::{Map, Value};
use weldlm_messages::{Problem, catalogue::source as says};
use weldlm_source::Blob;
use weldlm_tensor::Dtype;

/// The limit of the reference implementation.
const HEADER_BYTES_MAX: u64 = 100_000_000;
/// No model has tensors of more dimensions.
const DIMS_MAX: usize = 32;

const FORMAT: &str = "safetensors";

/// The header's text, as stored (with its padding).
pub(super) fn header_bytes(blob: &Blob) -> Result<Vec<u8>, Problem> {
    if blob.len() < 8 {
        return Err(bad_header(FORMAT, blob, format!("it has only {} bytes", blob.len())));
    }
    let mut len = [0u8; 8];
    blob.read_at(0, &mut len)?;
    let stand_in = match &len {
        b"version " => Some("a Git LFS pointer"),
        [b'<', b'!' | b'h', ..] => Some("a web page"),
        _ => None,
    };
    if let Some(what) = stand_in {
        let file = blob.path().display();
        return Err(Problem::new(&says::NOT_THE_FILE)
            .arg("what", what)
            .arg("file", file)
            .at(blob.path().display()));
    }
    let len = u64::from_le_bytes(len);
    if len > HEADER_BYTES_MAX {
        return Err(bad_header(
            FORMAT,
            blob,
            format!("its header claims {len} bytes, the limit is {HEADER_BYTES_MAX}"),
        ));
    }
    if len > blob.len() - 8 {
        return Err(truncated(blob, 8 + len));
    }
    blob.read_vec(8, len)
}

pub(super) fn parse(blob: &Blob, bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    if bytes.first() != Some(&b'{') {
        return Err(bad_header(FORMAT, blob, "its header does not start with '{'"));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| bad_header(FORMAT, blob, e))?;
    unique_keys(blob, text)?;
    serde_json::from_str(text).map_err(|e| bad_header(FORMAT, blob, e))
}

/// A JSON map keeps the last of two equal keys; here that would hide a tensor.
fn unique_keys(blob: &Blob, text: &str) -> Result<(), Problem> {
    struct Keys;
    impl<'de> serde::de::Visitor<'de> for Keys {
        type Value = Option<String>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a JSON object")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut seen = std::collections::HashSet::new();
            let mut twice = None;
            while let Some((key, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                if !seen.insert(key.clone()) {
                    twice = Some(key);
                }
            }
            Ok(twice)
        }
    }
    let mut de = serde_json::Deserializer::from_str(text);
    match serde::Deserializer::deserialize_map(&mut de, Keys) {
        Ok(None) => Ok(()),
        Ok(Some(key)) => Err(bad_header(FORMAT, blob, format!("{key:?} stands in it twice"))),
        Err(e) => Err(bad_header(FORMAT, blob, e)),
    }
}

pub(super) fn headers(blob: &Blob, file: usize) -> Result<Vec<TensorInfo>, Problem> {
    let bytes = header_bytes(blob)?;
    let header = parse(blob, &bytes)?;
    let data_start = 8 + bytes.len() as u64;
    let mut tensors = Vec::with_capacity(header.len());
    for (name, value) in &header {
        if name == "__metadata__" {
            continue;
        }
        let (dtype, shape, begin, end) = entry(value).map_err(|reason| bad_tensor(blob, name, &reason))?;
        tensors.push((
            begin,
            end,
            TensorInfo { name: name.clone(), dtype, shape, file, place: Place::Dense(0) },
        ));
    }
    tensors.sort_by_key(|t| (t.0, t.1));
    let mut at = 0u64;
    for (begin, end, tensor) in &mut tensors {
        if *begin != at {
            let what = if *begin > at { "a gap" } else { "an overlap" };
            return Err(bad_tensor(
                blob,
                &tensor.name,
                &format!("{what} before it: data_offsets start at {begin}, expected {at}"),
            ));
        }
        at = *end;
        // The sum cannot overflow: it is compared with the file's length below before anything is read.
        tensor.place = Place::Dense(data_start.saturating_add(*begin));
    }
    let expected = data_start.saturating_add(at);
    if blob.len() < expected {
        return Err(truncated(blob, expected));
    }
    if blob.len() > expected {
        return Err(bad_header(
            FORMAT,
            blob,
            format!("{} bytes follow after its last tensor", blob.len() - expected),
        ));
    }
    Ok(tensors.into_iter().map(|t| t.2).collect())
}

type Entry = (Dtype, Vec<u64>, u64, u64);

fn entry(value: &Value) -> Result<Entry, String> {
    let dtype = value.get("dtype").and_then(Value::as_str).ok_or("it has no dtype")?;
    let dtype = Dtype::from_name(dtype).ok_or_else(|| format!("unknown dtype {dtype}"))?;
    let numbers = |key: &str| -> Result<Vec<u64>, String> {
        let list = value.get(key).and_then(Value::as_array).ok_or_else(|| format!("it has no {key}"))?;
        list.iter().map(|n| n.as_u64().ok_or_else(|| format!("{key} holds {n}"))).collect()
    };
    let shape = numbers("shape")?;
    if shape.len() > DIMS_MAX {
        return Err(format!("it has {} dimensions, the limit is {DIMS_MAX}", shape.len()));
    }
    let offsets = numbers("data_offsets")?;
    let [begin, end] = offsets[..] else { return Err("data_offsets must be two numbers".into()) };
    let bytes = dtype.bytes(&shape).ok_or_else(|| format!("shape {shape:?} is too large"))?;
    if end.checked_sub(begin) != Some(bytes) {
        return Err(format!("data_offsets {begin}..{end} do not hold {bytes} bytes ({dtype} {shape:?})"));
    }
    Ok((dtype, shape, begin, end))
}

fn bad_tensor(blob: &Blob, tensor: &str, reason: &str) -> Problem {
    let file = blob.path().display();
    Problem::new(&says::BAD_TENSOR)
        .arg("file", file)
        .arg("tensor", tensor)
        .arg("reason", reason)
        .at(blob.path().display())
}

fn truncated(blob: &Blob, expected: u64) -> Problem {
    Problem::new(&says::TRUNCATED)
        .arg("file", blob.path().display())
        .arg("expected", expected)
        .arg("found", blob.len())
        .at(blob.path().display())
}
