//! What an unfinished run has safely on the disk.

use serde_json::{Value, json};
use std::collections::HashMap;
use weldlm_plan::hash::Checksum;
use weldlm_tensor::kernels::RowStats;

/// A finished tensor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TensorDone {
    /// XXH3-128 of its data.
    pub check: Checksum,
    /// CRC-32 of its data, where the format needs it.
    pub crc: u32,
    /// What changed; none for untouched tensors.
    pub stats: Option<RowStats>,
    /// Rows that were recomputed.
    pub checked: u64,
}

/// What the journal says of one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FileDone {
    pub tensors: Vec<TensorDone>,
    pub complete: bool,
}

pub(crate) fn first_line(run_id: &str) -> String {
    json!({"run": run_id}).to_string()
}

pub(crate) fn tensor_line(file: &str, index: usize, done: &TensorDone) -> String {
    // f64 as bits: a resumed run must give the same receipt to the last digit.
    let stats = done.stats.map(|s| json!([s.delta_sq.to_bits(), s.weight_sq.to_bits(), s.changed, s.lost]));
    json!({"file": file, "tensor": index, "check": done.check.to_string(), "crc": done.crc, "stats": stats, "checked": done.checked})
        .to_string()
}

pub(crate) fn file_line(file: &str) -> String {
    json!({"file": file, "complete": true}).to_string()
}

/// Reads a journal; `None` when it is of another run.
pub(crate) fn read(lines: &[String], run_id: &str) -> Option<HashMap<String, FileDone>> {
    let mut files: HashMap<String, FileDone> = HashMap::new();
    let mut values = lines.iter().filter_map(|l| serde_json::from_str::<Value>(l).ok());
    if values.next()?.get("run")?.as_str()? != run_id {
        return None;
    }
    for value in values {
        let Some(name) = value["file"].as_str() else { continue };
        let file = files.entry(name.to_string()).or_default();
        if value["complete"] == true {
            file.complete = true;
        } else if value["tensor"].as_u64() == Some(file.tensors.len() as u64) {
            file.tensors.push(tensor_of(&value));
        }
    }
    Some(files)
}

fn tensor_of(value: &Value) -> TensorDone {
    let number = |i: usize| value["stats"][i].as_u64().unwrap_or(0);
    let stats = value["stats"].is_array().then(|| RowStats {
        delta_sq: f64::from_bits(number(0)),
        weight_sq: f64::from_bits(number(1)),
        changed: number(2),
        lost: number(3),
    });
    TensorDone {
        check: Checksum::parse(value["check"].as_str().unwrap_or("")),
        crc: value["crc"].as_u64().unwrap_or(0) as u32,
        stats,
        checked: value["checked"].as_u64().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let done = TensorDone {
            check: Checksum(1 << 100),
            crc: 7,
            stats: Some(RowStats { delta_sq: 0.1 + 0.2, weight_sq: 1e-300, changed: 3, lost: 4 }),
            checked: 2,
        };
        let plain = TensorDone { check: Checksum(5), ..TensorDone::default() };
        let lines = vec![
            first_line("id"),
            tensor_line("f", 0, &done),
            tensor_line("f", 1, &plain),
            file_line("f"),
            "torn".into(),
        ];
        let read_back = read(&lines, "id").unwrap();
        assert_eq!(read_back["f"], FileDone { tensors: vec![done, plain], complete: true });
        assert_eq!(read(&lines, "other"), None);
        assert_eq!(read(&[], "id"), None);
    }
}
