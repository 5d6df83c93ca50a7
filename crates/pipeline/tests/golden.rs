//! Every golden case: the merge must lie within one rounding of the truth on every element of every changed
//! tensor, leave all others bit-identical, and set the config as it must be. Every refusal must be one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use weldlm_messages::Problem;
use weldlm_pipeline::request::Task;
use weldlm_pipeline::{Context, Request, plan, weld};
use weldlm_tensor::Dtype;
use weldlm_testkit::golden::{self, Case};
use weldlm_testkit::model::Tensors;

fn merge(fields: &Map<String, Value>) -> Result<weldlm_pipeline::Report, Vec<Problem>> {
    let request = Request::check(Task::Merge, fields, "test").map_err(|p| vec![p])?;
    let plan = plan::make(&request)?;
    let stop = AtomicBool::new(false);
    weld(&plan, &[], &Context::new(&stop, &|_| {})).map_err(|p| vec![p])
}

fn fields(case: &Case, to: &Path) -> Map<String, Value> {
    let adapters: Vec<String> = case.adapters().iter().map(|a| a.display().to_string()).collect();
    let base = case.make_base(to);
    let mut fields = json!({"base_model_path": base.display().to_string(), "adapter_path": adapters, "output_path": to.join("out").display().to_string()});
    for (key, value) in case.json["options"].as_object().into_iter().flatten() {
        fields[key] = value.clone();
    }
    fields.as_object().unwrap().clone()
}

/// What is wrong with the output of a case.
fn wrong(case: &Case) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    if let Err(problems) = merge(&fields(case, dir.path())) {
        return problems.iter().map(ToString::to_string).collect();
    }
    let (base, out) = (
        Tensors::read(&dir.path().join("base/model.safetensors")),
        Tensors::read_folder(&dir.path().join("out")),
    );
    let truth = Tensors::read(&case.folder.join("expected.safetensors"));
    let mut wrong = Vec::new();
    for (name, tensor) in &out.0 {
        let untouched = base.0.get(name) == Some(tensor);
        if !truth.0.contains_key(name) && !untouched {
            wrong.push(format!("{name} changed, but should be the base's"));
        }
    }
    wrong.extend(
        base.0.keys().filter(|name| !out.0.contains_key(*name)).map(|name| format!("{name} is lost")),
    );
    for (name, expected) in &truth.0 {
        let Some(found) = out.0.get(name) else {
            wrong.push(format!("{name} is missing"));
            continue;
        };
        if found.shape != expected.shape || found.dtype != case.base_dtype() {
            wrong.push(format!(
                "{name}: {} {:?}, expected {} {:?}",
                found.dtype,
                found.shape,
                case.base_dtype(),
                expected.shape
            ));
            continue;
        }
        wrong.extend(beyond_rounding((name, case), &found.values(), &expected.values()));
    }
    let config: Value =
        serde_json::from_str(&std::fs::read_to_string(dir.path().join("out/config.json")).unwrap()).unwrap();
    for (key, value) in case.json["config"].as_object().into_iter().flatten() {
        let pointer = format!("/{}", key.replace('.', "/"));
        if config.pointer(&pointer) != Some(value) {
            wrong.push(format!("config.json: {key} is {:?}, expected {value}", config.pointer(&pointer)));
        }
    }
    wrong
}

/// The truth is f32 and itself a few f32 roundings away from the exact value; PiSSA's comes out of an f32
/// singular value decomposition, which is good to about √n roundings.
fn beyond_rounding((name, case): (&str, &Case), found: &[f64], truth: &[f64]) -> Option<String> {
    let dtype = case.base_dtype();
    let scale = truth.iter().fold(0f64, |m, t| m.max(t.abs()));
    let of_svd = case.id == "pissa" || case.json["truth"] == "peft-svd-merge";
    let roundings = if of_svd { 32.0 } else { 4.0 };
    let f32_noise = roundings * Dtype::F32.ulp(scale);
    let bad: Vec<usize> = (0..truth.len())
        .filter(|&i| {
            (found[i] - truth[i]).abs() > dtype.ulp(truth[i].abs().max(found[i].abs())) * 0.5001 + f32_noise
        })
        .collect();
    let first = *bad.first()?;
    Some(format!(
        "{name}: {} of {} elements off, first [{first}] {} for {}",
        bad.len(),
        truth.len(),
        found[first],
        truth[first]
    ))
}

#[test]
fn every_case_is_right() {
    let cases = golden::all("cases");
    assert!(cases.len() >= 100, "the golden cases are not all there");
    let report: Vec<String> = cases
        .iter()
        .flat_map(|case| wrong(case).into_iter().map(|w| format!("{}: {w}", case.id)).collect::<Vec<_>>())
        .collect();
    assert!(report.is_empty(), "{} findings:\n{}", report.len(), report.join("\n"));
}

#[test]
fn every_refusal_is_one_and_leaves_nothing_behind() {
    let cases = golden::all("refusals");
    assert!(cases.len() >= 50, "the refusals are not all there");
    let mut report = Vec::new();
    for case in &cases {
        let dir = tempfile::tempdir().unwrap();
        match merge(&fields(case, dir.path())) {
            Ok(_) => report.push(format!("{} was merged", case.id)),
            Err(problems) => {
                let classes_fit = problems.iter().all(|p| p.class().exit_code() >= 2);
                let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
                if !classes_fit || shown.iter().any(|s| s.contains('{')) {
                    report.push(format!("{}: {shown:?}", case.id));
                }
                if std::env::var_os("SHOW").is_some() {
                    eprintln!("{}: {shown:?}", case.id);
                }
            }
        }
        let left: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .flatten()
            .map(|e| e.file_name())
            .filter(|n| n != "base")
            .collect();
        if !left.is_empty() {
            report.push(format!("{} left {left:?} behind", case.id));
        }
    }
    assert!(report.is_empty(), "{} findings:\n{}", report.len(), report.join("\n"));
}
