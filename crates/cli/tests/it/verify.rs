//! `verify`: whatever was altered is found and named; what was not is proven from the inputs.

use crate::support::{Run, run};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use weldlm_testkit::golden;

/// A merged result in `out`, with base and adapter beside it.
fn result(options: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let case = golden::all("cases").into_iter().find(|c| c.id == "llama-bf16").unwrap();
    case.make_base(dir.path());
    fs::create_dir(dir.path().join("adapter")).unwrap();
    for entry in fs::read_dir(&case.adapters()[0]).unwrap().flatten() {
        fs::copy(entry.path(), dir.path().join("adapter").join(entry.file_name())).unwrap();
    }
    let merge = ["merge", "--base", "base", "--adapter", "adapter", "--output", "out"];
    let done = run(dir.path(), &[&merge[..], options].concat());
    assert_eq!(done.code, 0, "{}", done.err);
    dir
}

fn verify(dir: &Path, more: &[&str]) -> (Run, Value) {
    let run = run(dir, &[&["verify", "out", "--json"], more].concat());
    let value = serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{e}: {}{}", run.out, run.err));
    (run, value)
}

const AGAIN: [&str; 4] = ["--base", "base", "--adapter", "adapter"];

fn found(dir: &Path, code: &str) -> Value {
    let (run, value) = verify(dir, &[]);
    assert_eq!((run.code, &value["intact"]), (4, &json!(false)), "{value}");
    let problems = value["problems"].as_array().unwrap();
    problems.iter().find(|p| p["code"] == code).unwrap_or_else(|| panic!("{code}: {value}")).clone()
}

#[test]
fn intact_in_both_languages() {
    let dir = result(&[]);
    let (run_json, value) = verify(dir.path(), &[]);
    assert_eq!(run_json.code, 0);
    assert_eq!(value, json!({"intact": true, "problems": [], "files": 3, "tensors": 12, "rebuilt": false}));
    assert_eq!(run(dir.path(), &["verify", "out"]).out, "out is intact: 3 files, 12 tensors\n");
    assert!(run(dir.path(), &["verify", "out", "--lang", "zh"]).out.contains("完整无损"));
}

#[test]
fn a_single_flipped_bit_names_its_tensor() {
    let dir = result(&[]);
    let path = dir.path().join("out/model.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    // The first byte of data belongs to the first tensor of the header.
    let at = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..at]).unwrap();
    let starts_at = |begin: u64| {
        let entry = |(name, t): (&String, &Value)| (t["data_offsets"][0] == begin).then(|| name.clone());
        header.as_object().unwrap().iter().find_map(entry).unwrap()
    };
    bytes[at] ^= 1;
    fs::write(&path, &bytes).unwrap();
    let problem = found(dir.path(), "V101");
    assert!(problem["what"].as_str().unwrap().contains(&starts_at(0)), "{problem}");
    let text = run(dir.path(), &["verify", "out"]);
    assert_eq!(text.code, 4);
    assert!(
        text.err.contains("V101") && text.out.contains("1 problems were found"),
        "{}{}",
        text.err,
        text.out
    );
    // A second tensor is a second problem; the last bit of the file.
    *bytes.last_mut().unwrap() ^= 0x80;
    fs::write(&path, &bytes).unwrap();
    assert_eq!(verify(dir.path(), &[]).1["problems"].as_array().unwrap().len(), 2);
}

#[test]
fn every_single_bit_of_a_header_counts() {
    let dir = result(&[]);
    let path = dir.path().join("out/model.safetensors");
    let bytes = fs::read(&path).unwrap();
    for at in [0, 9, 100] {
        let mut altered = bytes.clone();
        altered[at] ^= 4;
        fs::write(&path, altered).unwrap();
        found(dir.path(), "V102");
    }
}

#[test]
fn missing_cut_and_extra_files() {
    let dir = result(&[]);
    let out = dir.path().join("out");
    fs::write(out.join("model-00002-of-00002.safetensors"), "x").unwrap();
    fs::write(out.join("pytorch_model.bin"), "x").unwrap();
    fs::remove_file(out.join("README.md")).unwrap();
    let (_, value) = verify(dir.path(), &[]);
    let codes: Vec<&str> =
        value["problems"].as_array().unwrap().iter().filter_map(|p| p["code"].as_str()).collect();
    assert_eq!(codes, ["V103", "V104", "V104"]);
    fs::remove_file(out.join("model.safetensors")).unwrap();
    let problem = found(dir.path(), "V103");
    assert!(problem["what"].as_str().unwrap().contains("is missing"));
    fs::write(out.join("model.safetensors"), "short").unwrap();
    found(dir.path(), "V110");
}

#[test]
fn edited_config_and_receipt() {
    let dir = result(&[]);
    let edit = |name: &str, from: &str, to: &str| {
        let path = dir.path().join("out").join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        fs::write(path, text.replace(from, to)).unwrap();
    };
    edit("config.json", "\"silu\"", "\"gelu\"");
    assert!(found(dir.path(), "V102")["what"].as_str().unwrap().contains("config.json"));
    edit("weldlm.json", "\"scale\": 1.0", "\"scale\": 2.0");
    found(dir.path(), "V106");
    edit("weldlm.json", "\"scale\": 2.0", "\"scale\": 1.0");
    edit("weldlm.json", "  \"schema\"", "   \"schema\"");
    found(dir.path(), "V106");
    fs::remove_file(dir.path().join("out/weldlm.json")).unwrap();
    let none = run(dir.path(), &["verify", "out"]);
    assert!(none.code == 3 && none.err.contains("V105"), "{}", none.err);
}

#[test]
fn rebuilt_from_the_inputs_whatever_the_options() {
    let all: [&[&str]; 5] = [
        &[],
        &["--dtype", "f32", "--scale", "0.25"],
        &["--safe-serialization", "both", "--max-shard-size", "20kB"],
        &["--safe-serialization", "false"],
        &["--module-mapping", "model.layers=model.layers", "--safe-merge", "true"],
    ];
    for options in all {
        let dir = result(options);
        let before: Vec<_> = fs::read_dir(dir.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        let (run_json, value) = verify(dir.path(), &AGAIN);
        assert_eq!((run_json.code, &value["rebuilt"]), (0, &json!(true)), "{options:?}: {value}");
        let text = run(dir.path(), &[&["verify", "out"], &AGAIN[..]].concat());
        assert!(text.out.contains("all 12 tensors are the same"), "{}", text.out);
        let after: Vec<_> = fs::read_dir(dir.path()).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(before, after, "something was written");
    }
}

#[test]
fn every_golden_merge_is_rebuilt() {
    for case in golden::all("cases")
        .iter()
        .filter(|c| c.adapters().len() > 1 || c.id.contains("tied") || c.id.contains("pissa"))
    {
        let dir = tempfile::tempdir().unwrap();
        case.make_base(dir.path());
        let adapters: Vec<String> = case.adapters().iter().map(|a| a.display().to_string()).collect();
        let given: Vec<&str> = adapters.iter().flat_map(|a| ["--adapter", a.as_str()]).collect();
        let scales: Vec<String> =
            case.json["options"]["scale"].as_array().into_iter().flatten().map(Value::to_string).collect();
        let scales: Vec<&str> = scales.iter().flat_map(|s| ["--scale", s.as_str()]).collect();
        let done = run(
            dir.path(),
            &[&["merge", "--base", "base", "--output", "out"], &given[..], &scales[..]].concat(),
        );
        assert_eq!(done.code, 0, "{}: {}", case.id, done.err);
        let (run, value) = verify(dir.path(), &[&["--base", "base"], &given[..]].concat());
        assert_eq!((run.code, &value["rebuilt"]), (0, &json!(true)), "{}: {value}", case.id);
    }
}

#[test]
fn other_inputs_are_told_apart() {
    let dir = result(&[]);
    let codes = |more: &[&str]| -> (i32, Vec<String>) {
        let (run, value) = verify(dir.path(), more);
        let codes = value["problems"].as_array().unwrap().iter().filter_map(|p| p["code"].as_str());
        (run.code, codes.map(str::to_string).collect())
    };
    let config = dir.path().join("adapter/adapter_config.json");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("\"lora_alpha\": 8", "\"lora_alpha\": 16")).unwrap();
    assert_eq!(codes(&AGAIN), (4, vec!["V109".to_string()]));
    fs::write(&config, text).unwrap();
    let weights = dir.path().join("base/model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&weights, bytes).unwrap();
    assert_eq!(codes(&AGAIN), (4, vec!["V109".to_string()]));
    let gpt2 = golden::folder().join("bases/gpt2").display().to_string();
    let (code, list) = codes(&["--base", &gpt2, "--adapter", "adapter"]);
    assert!(code == 3 && list[0].starts_with('N'), "{list:?}");
    let fewer = run(dir.path(), &["verify", "out", "--base", "base"]);
    assert!(fewer.code == 2 && fewer.err.contains("V115"), "{}", fewer.err);
}

#[test]
fn a_receipt_made_up_to_fit_a_false_result_does_not_survive_the_inputs() {
    let dir = result(&[]);
    let other = result(&["--scale", "0.5"]);
    // A whole, consistent result of another scale, whose receipt claims scale 1: its own hash must be made anew.
    let path = other.path().join("out/weldlm.json");
    let mut receipt: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    receipt["adapters"][0]["scale"] = json!(1.0);
    receipt.as_object_mut().unwrap().shift_remove("receipt_blake3");
    let hash = blake3::hash(receipt.to_string().as_bytes()).to_hex().to_string();
    receipt["receipt_blake3"] = json!(hash);
    fs::write(&path, format!("{receipt:#}\n")).unwrap();
    fs::remove_dir_all(dir.path().join("out")).unwrap();
    fs::rename(other.path().join("out"), dir.path().join("out")).unwrap();
    assert_eq!(verify(dir.path(), &[]).1["intact"], true, "the files fit the forged receipt");
    let (run, value) = verify(dir.path(), &AGAIN);
    let problems = value["problems"].as_array().unwrap();
    assert_eq!(run.code, 4);
    assert!(!problems.is_empty() && problems.iter().all(|p| p["code"] == "V116"), "{value}");
}
