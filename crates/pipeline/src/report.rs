//! The receipt: what was applied, how much it changed, and the hashes of everything.
//!
//! It says nothing of times, machines or paths, so that the same request gives the same receipt anywhere.
//! Its form is described in `docs/reference/weldlm.schema.json`.

use crate::run::{Outcome, TensorDone};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use weldlm_adapters::Stage;
use weldlm_messages::Lang;
use weldlm_plan::hash::Checksum;
use weldlm_plan::request::{OutDtype, Serialization};
use weldlm_plan::{Applied, Plan};
use weldlm_tensor::kernels::RowStats;

/// The form of the receipt.
const SCHEMA: u64 = 1;
/// The field that holds the hash of all others.
const SELF: &str = "receipt_blake3";

/// One tensor of the result.
#[derive(Debug, Clone, PartialEq)]
pub struct TensorReport {
    /// Its name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Its stored type.
    pub dtype: &'static str,
    /// Its shape.
    pub shape: Vec<u64>,
    /// XXH3-128 of its data.
    pub check: Checksum,
    /// The adapter types that changed it.
    pub kinds: Vec<&'static str>,
    /// What changed, if anything was to change.
    pub stats: Option<RowStats>,
    /// Rows that were recomputed in f64.
    pub checked: u64,
}

impl TensorReport {
    pub(crate) fn of(plan: &Plan, (entry, file): (usize, &str), done: &TensorDone) -> TensorReport {
        let entry = &plan.entries[entry];
        TensorReport {
            name: entry.name.clone(),
            file: file.to_string(),
            dtype: entry.dtype.name(),
            shape: entry.shape.clone(),
            check: done.check,
            kinds: entry.edits.iter().map(|a| plan.edit(a).kind).collect(),
            stats: done.stats,
            checked: done.checked,
        }
    }

    /// ‖ΔW‖/‖W‖; `None` for a tensor that nothing was to change, or that was zero.
    pub fn relative(&self) -> Option<f64> {
        let stats = self.stats.filter(|s| s.weight_sq > 0.0)?;
        Some((stats.delta_sq / stats.weight_sq).sqrt())
    }

    /// The receipt's entry; events use the same form.
    pub fn to_json(&self) -> Value {
        let mut value = json!({
            "name": self.name,
            "file": self.file,
            "dtype": self.dtype,
            "shape": self.shape,
            "xxh3": self.check.to_string(),
        });
        if let Some(stats) = self.stats {
            value["change"] = json!({
                "by": self.kinds,
                "delta_norm": six(stats.delta_sq.sqrt()),
                "weight_norm": six(stats.weight_sq.sqrt()),
                "relative": self.relative().map(six),
                "changed": stats.changed,
                "lost": stats.lost,
                "rows_recomputed": self.checked,
            });
        }
        value
    }
}

/// Six significant digits are enough for a norm and make a receipt that people can read.
fn six(value: f64) -> Value {
    let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
    json!(rounded)
}

/// How many tensors and values were treated how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tensors of the result.
    pub tensors: u64,
    /// Changed by adding to them or transforming them.
    pub applied: u64,
    /// Replaced as a whole, or row by row.
    pub replaced: u64,
    /// Not in the base.
    pub added: u64,
    /// Left as they were.
    pub untouched: u64,
    /// Layers left out by `safe_merge`.
    pub skipped: u64,
    /// Values that differ from the base.
    pub values_changed: u64,
    /// Values whose change was lost to rounding.
    pub lost_to_rounding: u64,
    /// Rows that were recomputed in f64 and agreed.
    pub rows_recomputed: u64,
}

/// The report of a finished job.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Whether layers were skipped.
    pub partial: bool,
    /// The counts.
    pub counts: Counts,
    /// The tensors, in the order of the output.
    pub tensors: Vec<TensorReport>,
    /// The receipt as it was written.
    pub receipt: Value,
    /// Bytes of the result.
    pub bytes: u64,
}

/// A file of the result: name, bytes, blake3.
pub(crate) type FileHash = (String, u64, String);

/// Makes the report.
pub(crate) fn make(plan: &Plan, outcome: &Outcome, files: &[FileHash]) -> Report {
    let mut tensors: Vec<TensorReport> = Vec::new();
    for file in &plan.files {
        let done = outcome.files.get(&file.plan.name).map(Vec::as_slice).unwrap_or_default();
        let reports = file
            .entries
            .iter()
            .zip(done)
            .map(|(&entry, done)| TensorReport::of(plan, (entry, &file.plan.name), done));
        tensors.extend(reports);
    }
    let counts = count(plan, &tensors);
    let partial = !plan.skipped.is_empty();
    let mut receipt = Map::new();
    let mut put = |key: &str, value: Value| receipt.insert(key.to_string(), value);
    put("weldlm", json!(env!("CARGO_PKG_VERSION")));
    put("schema", json!(SCHEMA));
    put("task", json!(plan.request.task.name()));
    put("state", json!(if partial { "partial" } else { "complete" }));
    put("request_blake3", json!(plan.digest));
    put("options", options(plan));
    put("base", base(plan, outcome));
    put("adapters", Value::Array(plan.adapters.iter().enumerate().map(|(i, _)| adapter(plan, i)).collect()));
    put("counts", counts_json(&counts));
    put(
        "config_edits",
        Value::Array(
            plan.config_edits.iter().map(|e| json!({"key": e.path.join("."), "value": e.value})).collect(),
        ),
    );
    put("skipped", Value::Array(plan.skipped.iter().map(|s| json!({"module": s.module, "code": s.problem.code(), "reason": s.problem.what(Lang::En)})).collect()));
    put(
        "files",
        Value::Array(
            files
                .iter()
                .map(|(name, bytes, hash)| json!({"name": name, "bytes": bytes, "blake3": hash}))
                .collect(),
        ),
    );
    put("tensors", Value::Array(tensors.iter().map(TensorReport::to_json).collect()));
    let bytes = files.iter().map(|f| f.1).sum();
    Report { partial, counts, tensors, receipt: signed(receipt), bytes }
}

/// The text of weldlm.json.
pub(crate) fn text(receipt: &Value) -> String {
    format!("{receipt:#}\n")
}

/// A receipt with the hash of itself.
pub(crate) fn signed(mut receipt: Map<String, Value>) -> Value {
    let hash = self_hash(&receipt);
    receipt.insert(SELF.to_string(), json!(hash));
    Value::Object(receipt)
}

fn self_hash(receipt: &Map<String, Value>) -> String {
    let mut rest = receipt.clone();
    rest.shift_remove(SELF);
    weldlm_plan::hash::bytes(Value::Object(rest).to_string().as_bytes())
}

/// Whether a receipt is as it was written.
pub(crate) fn is_genuine(receipt: &Value) -> bool {
    let Value::Object(map) = receipt else { return false };
    map.get(SELF).and_then(Value::as_str) == Some(self_hash(map).as_str())
}

fn options(plan: &Plan) -> Value {
    let r = &plan.request;
    let dtype = match r.dtype {
        OutDtype::Keep => "keep",
        OutDtype::As(dtype) => dtype.torch_name(),
    };
    let serialization = match r.serialization {
        Serialization::Safetensors => "safetensors",
        Serialization::Torch => "torch",
        Serialization::Both => "both",
    };
    let mapping: Map<String, Value> =
        r.module_mapping.iter().map(|(old, new)| (old.clone(), json!(new))).collect();
    json!({"dtype": dtype, "safe_merge": r.safe_merge, "module_mapping": mapping, "weights": serialization, "max_shard_size": r.max_shard_size})
}

fn base(plan: &Plan, outcome: &Outcome) -> Value {
    let files = plan.base.checkpoint.files.iter().zip(&outcome.inputs);
    let files: Vec<Value> =
        files.map(|(f, hash)| json!({"name": f.name, "bytes": f.blob.len(), "blake3": hash})).collect();
    json!({"name": plan.base.folder().short_name(), "model_type": plan.base.facts.model_type, "files": files})
}

fn adapter(plan: &Plan, index: usize) -> Value {
    let adapter = &plan.adapters[index];
    let placed = |a: &&Applied| a.adapter == index;
    let mut groups: BTreeMap<String, (Value, u64)> = BTreeMap::new();
    for applied in plan.entries.iter().flat_map(|e| &e.edits).filter(placed) {
        let edit = plan.edit(applied);
        let group = json!({"type": edit.kind, "rank": edit.rank, "alpha": edit.alpha, "scaling": edit.rank.map(|_| six(edit.scaling))});
        groups.entry(group.to_string()).or_insert((group, 0)).1 += 1;
    }
    let groups: Vec<Value> = groups
        .into_values()
        .map(|(mut group, n)| {
            group["tensors"] = json!(n);
            group
        })
        .collect();
    let files: Vec<Value> =
        adapter.hashes.iter().map(|(name, hash)| json!({"name": name, "blake3": hash})).collect();
    json!({
        "name": adapter.folder().short_name(),
        "peft_type": adapter.config.peft_type,
        "scale": adapter.scale,
        "names": plan.rules.get(index).map(|r| r.what(Lang::En)),
        "files": files,
        "groups": groups,
    })
}

fn count(plan: &Plan, tensors: &[TensorReport]) -> Counts {
    let mut counts = Counts { skipped: plan.skipped.len() as u64, ..Counts::default() };
    for entry in &plan.entries {
        let stages = || entry.edits.iter().map(|a| plan.edit(a).recipe.stage());
        counts.tensors += 1;
        if entry.source.is_none() {
            counts.added += 1;
        } else if stages().any(|s| s == Stage::Update) {
            counts.applied += 1;
        } else if !entry.edits.is_empty() {
            counts.replaced += 1;
        } else {
            counts.untouched += 1;
        }
    }
    let first_file_set = tensors.iter().take(plan.entries.len());
    for tensor in first_file_set {
        counts.rows_recomputed += tensor.checked;
        counts.values_changed += tensor.stats.map_or(0, |s| s.changed);
        counts.lost_to_rounding += tensor.stats.map_or(0, |s| s.lost);
    }
    counts
}

fn counts_json(c: &Counts) -> Value {
    json!({
        "tensors": c.tensors, "applied": c.applied, "replaced": c.replaced, "added": c.added, "untouched": c.untouched,
        "skipped": c.skipped, "values_changed": c.values_changed, "lost_to_rounding": c.lost_to_rounding,
        "rows_recomputed": c.rows_recomputed,
    })
}

/// The report behind a receipt, as far as the receipt tells.
pub(crate) fn of_receipt(receipt: &Value) -> Report {
    let number = |key: &str| receipt["counts"][key].as_u64().unwrap_or(0);
    let counts = Counts {
        tensors: number("tensors"),
        applied: number("applied"),
        replaced: number("replaced"),
        added: number("added"),
        untouched: number("untouched"),
        skipped: number("skipped"),
        values_changed: number("values_changed"),
        lost_to_rounding: number("lost_to_rounding"),
        rows_recomputed: number("rows_recomputed"),
    };
    let files = receipt["files"].as_array().into_iter().flatten();
    let bytes = files.filter_map(|f| f["bytes"].as_u64()).fold(0, u64::saturating_add);
    Report {
        partial: receipt["state"] == "partial",
        counts,
        tensors: Vec::new(),
        receipt: receipt.clone(),
        bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_survive_being_read() {
        // Numbers with all their digits are misread by parsers that are only nearly exact.
        for scale in
            [-2.4368424793545906, -0.40339759256967955, 0.1 + 0.2, 1.5822059707889373, 1e-300, 5e-324]
        {
            let mut map = Map::new();
            map.insert("scale".to_string(), json!(scale));
            let written = text(&signed(map));
            let read: Value = serde_json::from_str(&written).unwrap();
            assert!(is_genuine(&read) && text(&read) == written, "{scale}");
            assert_eq!(read["scale"], json!(scale));
        }
        assert!(!is_genuine(&json!({"scale": 1.0, SELF: "0"})) && !is_genuine(&json!([])));
    }
}
