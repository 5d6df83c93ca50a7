//! A finished result computed again from the inputs that its receipt names, tensor by tensor, without writing.

use crate::events::{Event, Stage};
use crate::run::{Context, again};
use crate::verify::Check;
use serde_json::{Value, json};
use std::collections::HashSet;
use weldlm_messages::{Problem, catalogue::verify as says};
use weldlm_plan::Plan;
use weldlm_plan::request::{Request, Task};

/// The request behind a receipt, with inputs given anew: the receipt names no paths.
///
/// # Errors
/// When the receipt has another number of adapters.
pub fn request(receipt: &Value, result: &str, base: &str, adapters: &[String]) -> Result<Request, Problem> {
    let known = receipt["adapters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if known.len() != adapters.len() {
        return Err(Problem::new(&says::OTHER_ADAPTER_COUNT)
            .arg("known", known.len())
            .arg("given", adapters.len())
            .at("adapter"));
    }
    let options = &receipt["options"];
    let serialization = match options["weights"].as_str() {
        Some("torch") => "false",
        Some("both") => "both",
        _ => "true",
    };
    let mut fields = json!({
        "adapter_path": adapters,
        "output_path": result,
        "dtype": options["dtype"],
        "safe_merge": options["safe_merge"],
        "module_mapping": options["module_mapping"],
        "max_shard_size": options["max_shard_size"],
        "safe_serialization": serialization,
    });
    if !known.is_empty() {
        fields["scale"] = known.iter().map(|a| a["scale"].clone()).collect();
    }
    let task = if receipt["task"] == "export" { Task::Export } else { Task::Merge };
    match task {
        Task::Merge => fields["base_model_path"] = json!(base),
        Task::Export => {
            fields["input_path"] = json!(base);
            fields["export_format"] = json!("hf");
        }
    }
    Request::check(task, fields.as_object().unwrap_or(&serde_json::Map::new()), weldlm_output::RECEIPT)
}

/// Computes the result again and compares the hash of every tensor with the receipt's.
///
/// # Errors
/// When stopped, or when an input cannot be read.
pub fn compare(plan: &Plan, receipt: &Value, context: &Context<'_>) -> Result<Check, Problem> {
    let mut check = Check::default();
    check.problems.extend(crate::verify::inputs(plan, receipt).err());
    check.problems.extend(adapters(plan, receipt));
    if !check.problems.is_empty() {
        return Ok(check);
    }
    let total = plan.entries.iter().filter_map(|e| e.dtype.bytes(&e.shape)).sum();
    context.say(Event::Stage(Stage::Verify, total));
    let hashes = again::hashes(plan, context)?;
    let known = receipt["tensors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut seen: HashSet<&str> = HashSet::new();
    for tensor in known {
        let name = tensor["name"].as_str().unwrap_or("");
        seen.insert(name);
        let found =
            plan.entries.iter().position(|e| e.name == name).map_or("-".into(), |i| hashes[i].to_string());
        let expected = tensor["xxh3"].as_str().unwrap_or("");
        if found != expected {
            check.problems.push(differs(name, &found, expected));
        }
    }
    for entry in plan.entries.iter().zip(&hashes).filter(|(e, _)| !seen.contains(e.name.as_str())) {
        check.problems.push(differs(&entry.0.name, &entry.1.to_string(), "-"));
    }
    check.tensors = plan.entries.len() as u64;
    Ok(check)
}

fn differs(tensor: &str, found: &str, expected: &str) -> Problem {
    Problem::new(&says::REBUILT_DIFFERS)
        .arg("tensor", tensor)
        .arg("found", found)
        .arg("expected", expected)
        .at(tensor)
}

/// Adapters that are not those of the receipt, by content.
fn adapters(plan: &Plan, receipt: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (adapter, known) in plan.adapters.iter().zip(receipt["adapters"].as_array().into_iter().flatten()) {
        let files = known["files"].as_array().map(Vec::as_slice).unwrap_or_default();
        for ((name, found), file) in adapter.hashes.iter().zip(files) {
            let expected = file["blake3"].as_str().unwrap_or("");
            if found != expected {
                let path = adapter.folder().file_path(name).display().to_string();
                let problem = Problem::new(&says::INPUT_DIFFERS).arg("file", &path);
                problems.push(problem.arg("found", found).arg("expected", expected).at(path));
            }
        }
    }
    problems
}
