//! `inspect`: what models and adapters are said to be.

use crate::support::{Run, run, weldlm};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use weldlm_tensor::Dtype;
use weldlm_testkit::golden;
use weldlm_testkit::model::{Tensor, Tensors};

fn base(name: &str) -> String {
    golden::folder().join("bases").join(name).display().to_string()
}

fn adapter(kind: &str, id: &str) -> String {
    golden::folder().join(kind).join(id).join("adapter").display().to_string()
}

/// Runs it with a hub cache of its own.
fn inspect(dir: &Path, arguments: &[&str]) -> Run {
    let mut command = weldlm(dir, &[&["inspect"], arguments].concat());
    let output = command.env("HF_HUB_CACHE", dir.join("hub")).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

fn inspect_json(dir: &Path, arguments: &[&str]) -> Value {
    let run = inspect(dir, &[arguments, &["--json"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

fn copy(from: &str, to: &Path) -> PathBuf {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    to.to_path_buf()
}

#[test]
fn a_model_from_its_headers() {
    let dir = tempfile::tempdir().unwrap();
    let found = inspect_json(dir.path(), &[&base("llama")]);
    assert_eq!(found["kind"], "model");
    assert_eq!(found["model_type"], "llama");
    assert_eq!(found["architectures"], json!(["LlamaForCausalLM"]));
    let sizes = ["layers", "hidden_size", "heads", "key_value_heads", "intermediate_size", "vocab_size"];
    assert_eq!(sizes.map(|k| found[k].as_u64()), [1, 64, 4, 2, 96, 96].map(Some));
    assert_eq!(found["parameters"], 43_200);
    assert_eq!(found["types"], json!([{"dtype": "F32", "tensors": 12, "values": 43_200, "bytes": 172_800}]));
    assert_eq!((&found["tied"], &found["head_stored"]), (&json!(false), &json!(true)));
    assert_eq!((&found["weldlm"], &found["quantised"]), (&Value::Null, &Value::Null));
    assert!(found.get("tensors").is_none());
    let tied = inspect_json(dir.path(), &[&base("llama_tied")]);
    assert_eq!((&tied["tied"], &tied["head_stored"]), (&json!(true), &json!(false)));
}

#[test]
fn every_tensor_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let found = inspect_json(dir.path(), &[&base("llama"), "--tensors"]);
    let q = "model.layers.0.self_attn.q_proj.weight";
    let tensor = found["tensors"].as_array().unwrap().iter().find(|t| t["name"] == q).unwrap();
    let expected =
        json!({"name": q, "dtype": "F32", "shape": [64, 64], "bytes": 16_384, "file": "model.safetensors"});
    assert_eq!(*tensor, expected);
    let text = inspect(dir.path(), &[&base("llama"), "--tensors"]).out;
    let line = text.lines().find(|l| l.starts_with(q)).unwrap();
    assert!(line.contains("F32") && line.contains("(64, 64)") && line.contains("16.4 kB"), "{line}");
}

#[test]
fn what_lies_beside_a_model() {
    let dir = tempfile::tempdir().unwrap();
    let model = copy(&base("llama"), &dir.path().join("m"));
    let tokenizer =
        json!({"model": {"vocab": {"a": 0, "b": 1}}, "added_tokens": [{"id": 95, "content": "<x>"}]});
    fs::write(model.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    fs::write(model.join("chat_template.jinja"), "{{ messages }}").unwrap();
    for name in ["model.gguf", "optimizer.pt", "trainer_state.json", "consolidated.safetensors"] {
        fs::write(model.join(name), "x").unwrap();
    }
    fs::create_dir(model.join("checkpoint-5")).unwrap();
    let found = inspect_json(dir.path(), &["m"]);
    assert_eq!(found["tokenizer"], json!({"tokens": 96, "chat_template": true}));
    assert_eq!(found["not_read"], json!(["model.gguf"]));
    assert_eq!(found["beside"], json!(["consolidated.safetensors"]));
    assert_eq!(found["leftovers"], json!(["optimizer.pt", "trainer_state.json", "checkpoint-5/"]));
    // The file itself is looked at alone.
    let file = inspect_json(dir.path(), &["m/model.safetensors"]);
    assert_eq!((&file["parameters"], &file["leftovers"]), (&json!(43_200), &json!([])));
}

#[test]
fn a_quantised_model_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let model = copy(&base("llama"), &dir.path().join("m"));
    let config = fs::read_to_string(model.join("config.json")).unwrap();
    let mut config: Value = serde_json::from_str(&config).unwrap();
    config["quantization_config"] = json!({"quant_method": "gptq", "bits": 4});
    fs::write(model.join("config.json"), config.to_string()).unwrap();
    let found = inspect_json(dir.path(), &["m"]);
    assert_eq!(found["quantised"]["method"], "gptq");
    let text = inspect(dir.path(), &["m"]).out;
    assert!(text.contains("quantised gptq") && text.contains("stored values"), "{text}");
}

#[test]
fn a_result_says_what_it_was_made_from() {
    let dir = tempfile::tempdir().unwrap();
    let (base, adapter) = (base("llama"), adapter("cases", "llama-all-linear"));
    let flags = ["merge", "--base", &base, "--adapter", &adapter, "--output", "out", "--scale", "0.5"];
    assert_eq!(run(dir.path(), &flags).code, 0);
    let torch = [&flags[..5], &["--output", "bin", "--safe-serialization", "false"]].concat();
    assert_eq!(run(dir.path(), &torch).code, 0);
    let made = &inspect_json(dir.path(), &["out"])["weldlm"];
    assert_eq!((&made["base"], &made["state"]), (&json!("llama"), &json!("complete")));
    assert_eq!(made["adapters"], json!([{"name": "adapter", "scale": 0.5}]));
    assert_eq!(inspect_json(dir.path(), &["bin"])["format"], "torch");
    assert_eq!(inspect_json(dir.path(), &["bin/pytorch_model.bin"])["parameters"], 43_200);
    let receipt = dir.path().join("out/weldlm.json");
    fs::write(&receipt, fs::read_to_string(&receipt).unwrap().replace("\"llama\"", "\"lama\"")).unwrap();
    assert_eq!(inspect_json(dir.path(), &["out"])["weldlm"]["problem"]["code"], "V106");
}

#[test]
fn an_adapter_and_what_it_needs() {
    let dir = tempfile::tempdir().unwrap();
    let found = inspect_json(dir.path(), &[&adapter("cases", "llama-all-linear")]);
    assert_eq!((&found["kind"], &found["peft_type"]), (&json!("adapter"), &json!("LORA")));
    assert_eq!((&found["base_model"], &found["mergeable"]), (&json!("weldlm-golden/llama"), &json!(true)));
    assert_eq!(
        found["groups"],
        json!([{"type": "lora", "rank": 4, "alpha": 8.0, "scaling": 2.0, "tensors": 7}])
    );
    let need = json!({"name": "model.layers.*.self_attn.q_proj.weight", "shape": "(64, 64)", "count": 1});
    assert!(found["needs"].as_array().unwrap().contains(&need), "{}", found["needs"]);
    let tokens = inspect_json(dir.path(), &[&adapter("cases", "tokens-list")]);
    assert_eq!(tokens["trained_tokens"], 3);
    let saved = inspect_json(dir.path(), &[&adapter("cases", "saved-head")]);
    assert_eq!(saved["modules_to_save"], json!(["lm_head"]));
    let init = inspect_json(dir.path(), &[&adapter("cases", "pissa")]);
    assert_eq!(init["init"], "pissa");
    let file = format!("{}/adapter_model.safetensors", adapter("cases", "llama-all-linear"));
    assert_eq!(inspect_json(dir.path(), &[&file])["kind"], "adapter");
}

#[test]
fn fits_a_base_as_a_merge_would_decide() {
    let dir = tempfile::tempdir().unwrap();
    for case in golden::all("cases").iter().filter(|c| c.json["options"].get("module_mapping").is_none()) {
        for adapter in case.adapters() {
            let (adapter, base) = (adapter.display().to_string(), case.base().display().to_string());
            let found = inspect_json(dir.path(), &[&adapter, "--base", &base]);
            assert_eq!(found["mergeable"], true, "{}: {}", case.id, found["refusals"]);
            assert_eq!(found["bases"][0]["fits"], true, "{}: {}", case.id, found["bases"]);
        }
    }
    let wrong = inspect(dir.path(), &[&adapter("refusals", "wrong-model"), "--base", &base("llama")]);
    assert_eq!(wrong.code, 0);
    assert!(wrong.out.contains("does not fit") && wrong.out.contains("(64, 64)"), "{}", wrong.out);
}

#[test]
fn what_cannot_be_merged_is_shown_with_its_reason() {
    let dir = tempfile::tempdir().unwrap();
    let cases = [
        ("prefix-tuning", "A102"),
        ("alora", "A103"),
        ("kohya", "A104"),
        ("mlx-lm", "A104"),
        ("nan-in-a", "A108"),
        ("zero-b", "A109"),
        ("missing-b", "A105"),
        ("two-names", "N106"),
        ("no-weights", "A101"),
        ("no-config", "A101"),
        ("truncated-file", "S107"),
        ("pickle-code", "S112"),
        ("xlora", "A102"),
        ("broken-config", "S110"),
    ];
    for (id, code) in cases {
        let found = inspect_json(dir.path(), &[&adapter("refusals", id)]);
        assert_eq!((&found["kind"], &found["mergeable"]), (&json!("adapter"), &json!(false)), "{id}");
        assert_eq!(found["refusals"][0]["code"], code, "{id}");
    }
}

#[test]
fn models_of_the_hub_cache_that_fit_are_listed() {
    let dir = tempfile::tempdir().unwrap();
    for (id, name) in [("models--org--small", "llama"), ("models--org--other", "gpt2")] {
        let repo = dir.path().join("hub").join(id);
        fs::create_dir_all(repo.join("refs")).unwrap();
        fs::write(repo.join("refs/main"), "abc").unwrap();
        copy(&base(name), &repo.join("snapshots/abc"));
    }
    let found = inspect_json(dir.path(), &[&adapter("cases", "llama-all-linear")]);
    let bases: Vec<&str> =
        found["bases"].as_array().unwrap().iter().filter_map(|b| b["base"].as_str()).collect();
    assert_eq!(bases, ["org/small"]);
    let text = inspect(dir.path(), &[&adapter("cases", "neox-fused-qkv")]).out;
    assert!(text.contains("none of the 2 models"), "{text}");
}

#[test]
fn a_training_output_says_what_lies_below() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run");
    copy(&adapter("cases", "llama-all-linear"), &run.join("checkpoint-10"));
    copy(&adapter("cases", "llama-all-linear"), &run.join("checkpoint-9"));
    copy(&base("llama"), &run.join("merged"));
    fs::create_dir(run.join("runs")).unwrap();
    fs::write(run.join("trainer_state.json"), "{}").unwrap();
    let below = |name: &str, kind: &str| json!({"name": name, "kind": kind});
    let expected =
        [below("checkpoint-9", "adapter"), below("checkpoint-10", "adapter"), below("merged", "model")];
    let found = inspect_json(dir.path(), &["run"]);
    assert_eq!((&found["kind"], &found["below"]), (&json!("folder"), &json!(expected)));
}

#[test]
fn what_is_not_read_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
    write("m.gguf", "GGUF\x03\0\0\0");
    write("renamed", "GGUF\x03\0\0\0");
    write("m.onnx", "x");
    write("notes.txt", "x");
    fs::create_dir(dir.path().join("f")).unwrap();
    write("f/q4.gguf", "GGUF");
    fs::create_dir(dir.path().join("empty")).unwrap();
    let cases = [
        ("m.gguf", "I139"),
        ("renamed", "I139"),
        ("m.onnx", "I139"),
        ("f", "I139"),
        ("notes.txt", "I140"),
        ("empty", "S103"),
        ("nowhere", "S101"),
    ];
    for (path, code) in cases {
        let refused = inspect(dir.path(), &[path]);
        assert_eq!(refused.code, 3, "{path}");
        assert!(refused.err.contains(code), "{path}: {}", refused.err);
    }
}

#[test]
fn in_chinese() {
    let dir = tempfile::tempdir().unwrap();
    let model = inspect(dir.path(), &[&base("llama"), "--lang", "zh"]).out;
    assert!(model.contains("43200 个参数") && model.contains("隐藏维度 64"), "{model}");
    let adapter = inspect(dir.path(), &[&adapter("cases", "llama-all-linear"), "--lang", "zh"]).out;
    assert!(adapter.contains("weldlm 可以合并") && !adapter.contains('{'), "{adapter}");
}

#[test]
fn a_model_of_many_types_counts_each() {
    let dir = tempfile::tempdir().unwrap();
    let mut model = Tensors::default();
    model.0.insert("a.weight".into(), Tensor::of(Dtype::Bf16, &[4, 8], &[1.0; 32]));
    model.0.insert("b.weight".into(), Tensor::of(Dtype::F32, &[2], &[1.0; 2]));
    model.write(&dir.path().join("model.safetensors"));
    let found = inspect_json(dir.path(), &["."]);
    let expected = json!([{"dtype": "BF16", "tensors": 1, "values": 32, "bytes": 64}, {"dtype": "F32", "tensors": 1, "values": 2, "bytes": 8}]);
    assert_eq!(found["types"], expected);
}
