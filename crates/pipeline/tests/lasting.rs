//! Never lost: stopped at any moment and resumed, on any number of threads, the bytes are the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use weldlm_messages::Problem;
use weldlm_pipeline::request::Task;
use weldlm_pipeline::{Context, Event, Report, Request, plan, weld};
use weldlm_testkit::random;

fn fields(dir: &Path, out: &str, extra: Value) -> Map<String, Value> {
    let path = |name: &str| dir.join(name).display().to_string();
    let mut fields =
        json!({"base_model_path": path("base"), "adapter_path": path("adapter"), "output_path": path(out)});
    for (key, value) in extra.as_object().unwrap() {
        fields[key] = value.clone();
    }
    fields.as_object().unwrap().clone()
}

/// Merges; with `stop_after`, asks to stop after that many progress events.
fn merge(fields: &Map<String, Value>, stop_after: Option<u64>) -> Result<Report, Problem> {
    let request = Request::check(Task::Merge, fields, "test")?;
    let plan = plan::make(&request).map_err(|mut p| p.remove(0))?;
    let (stop, seen) = (AtomicBool::new(false), AtomicU64::new(0));
    let events = |event: Event| {
        if matches!(event, Event::Progress(..)) && Some(seen.fetch_add(1, Ordering::Relaxed)) >= stop_after {
            stop.store(stop_after.is_some(), Ordering::Relaxed);
        }
    };
    weld(&plan, &[], &Context { stop: &stop, events: &events, sync_bytes: 100_000 })
}

fn bytes_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder).unwrap().flatten();
    files.map(|f| (f.file_name().into_string().unwrap(), std::fs::read(f.path()).unwrap())).collect()
}

#[test]
fn a_stopped_run_resumes_to_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    random::write_model(dir.path(), 96, 4, 2);
    merge(&fields(dir.path(), "whole", json!({})), None).unwrap();
    let whole = bytes_of(&dir.path().join("whole"));
    let mut resumed_from_a_file = 0;
    for stop_after in 0..18 {
        let out = format!("out{stop_after}");
        match merge(&fields(dir.path(), &out, json!({})), Some(stop_after)) {
            Ok(_) => continue,
            Err(problem) => assert_eq!(problem.code(), "O110", "{problem}"),
        }
        let journal =
            std::fs::read_to_string(dir.path().join(format!("{out}.partial/.weldlm-journal.jsonl"))).unwrap();
        resumed_from_a_file += usize::from(journal.lines().count() > 1);
        assert!(!dir.path().join(&out).exists());
        assert_eq!(merge(&fields(dir.path(), &out, json!({})), None).unwrap_err().code(), "O102");
        let other = fields(dir.path(), &out, json!({"if_exists": "resume", "dtype": "f32"}));
        assert_eq!(merge(&other, None).unwrap_err().code(), "O108", "another request must not take it over");
        merge(&fields(dir.path(), &out, json!({"if_exists": "resume"})), None).unwrap();
        assert!(bytes_of(&dir.path().join(&out)) == whole, "stopped after {stop_after} events");
    }
    assert!(resumed_from_a_file > 3, "no run was stopped after a point to resume from");
}

#[test]
fn a_damaged_partial_run_does_not_pass() {
    let dir = tempfile::tempdir().unwrap();
    random::write_model(dir.path(), 96, 4, 1);
    merge(&fields(dir.path(), "out", json!({})), Some(4)).unwrap_err();
    let file = dir.path().join("out.partial/model.safetensors");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[60_000] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let problem = merge(&fields(dir.path(), "out", json!({"if_exists": "resume"})), None).unwrap_err();
    assert_eq!(problem.code(), "V101", "{problem}");
    assert!(!dir.path().join("out").exists());
}

#[test]
fn threads_do_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    random::write_model(dir.path(), 128, 3, 2);
    let run = |n: u64| {
        let out = format!("threads{n}");
        merge(&fields(dir.path(), &out, json!({"threads": n})), None).unwrap();
        bytes_of(&dir.path().join(&out))
    };
    let one = run(1);
    assert!(one == run(2) && one == run(8));
}

#[test]
fn a_finished_run_is_checked_again_and_not_made_again() {
    let dir = tempfile::tempdir().unwrap();
    random::write_model(dir.path(), 64, 1, 1);
    merge(&fields(dir.path(), "out", json!({})), None).unwrap();
    let again = fields(dir.path(), "out", json!({"if_exists": "resume"}));
    merge(&again, None).unwrap();
    let file = dir.path().join("out/model.safetensors");
    let good = std::fs::read(&file).unwrap();
    let mut bad = good.clone();
    let last = bad.len() - 1;
    bad[last] ^= 0x10;
    std::fs::write(&file, &bad).unwrap();
    let problem = merge(&again, None).unwrap_err();
    assert_eq!(problem.code(), "V101", "{problem}");
    assert!(problem.to_string().contains("model.layers.0.self_attn.q_proj.weight"), "{problem}");
    std::fs::write(&file, &good).unwrap();
    let other = fields(dir.path(), "out", json!({"if_exists": "resume", "scale": 0.5}));
    assert_eq!(merge(&other, None).unwrap_err().code(), "O108");
    merge(&fields(dir.path(), "out", json!({"if_exists": "replace", "scale": 0.5})), None).unwrap();
    assert!(std::fs::read(&file).unwrap() != good);
}

#[test]
fn the_order_of_adapters_does_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    random::write_model(dir.path(), 64, 2, 1);
    std::fs::create_dir(dir.path().join("second")).unwrap();
    std::fs::copy(
        dir.path().join("adapter/adapter_model.safetensors"),
        dir.path().join("second/adapter_model.safetensors"),
    )
    .unwrap();
    std::fs::write(
        dir.path().join("second/adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 3}",
    )
    .unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let run = |out: &str, adapters: [&str; 2], scales: [f64; 2]| {
        let extra = json!({"adapter_path": adapters.map(path), "scale": scales});
        merge(&fields(dir.path(), out, extra), None).unwrap();
        std::fs::read(dir.path().join(out).join("model.safetensors")).unwrap()
    };
    assert!(run("ab", ["adapter", "second"], [0.7, -0.3]) == run("ba", ["second", "adapter"], [-0.3, 0.7]));
}
