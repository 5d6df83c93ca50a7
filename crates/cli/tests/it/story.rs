//! Merging and exporting as the documentation tells it.

use crate::support::run;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use weldlm_tensor::Dtype;
use weldlm_testkit::golden;
use weldlm_testkit::model::{Tensor, Tensors};
use weldlm_testkit::random::{self, Random};

fn model() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    random::write_model(dir.path(), 64, 2, 2);
    dir
}

fn receipt(dir: &Path, out: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(dir.join(out).join("weldlm.json")).unwrap()).unwrap()
}

fn bytes(dir: &Path, file: &str) -> Vec<u8> {
    fs::read(dir.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

#[test]
fn flags_and_the_articles_json_give_the_same_bytes() {
    let dir = model();
    let body = json!({"base_model_path": "base", "adapter_path": "adapter", "output_path": "by-json", "safe_merge": false, "dtype": "fp16", "tokenizer_path": null});
    fs::write(dir.path().join("request.json"), body.to_string()).unwrap();
    let flags = ["merge", "--base", "base", "--adapter", "adapter", "--output", "by-flags", "--dtype", "f16"];
    assert_eq!(run(dir.path(), &flags).code, 0);
    let bare = run(dir.path(), &["request.json"]);
    assert_eq!(bare.code, 0, "{}", bare.err);
    for file in
        ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "weldlm.json", "config.json"]
    {
        assert!(
            bytes(dir.path(), &format!("by-flags/{file}")) == bytes(dir.path(), &format!("by-json/{file}")),
            "{file}"
        );
    }
    let config: Value = serde_json::from_slice(&bytes(dir.path(), "by-json/config.json")).unwrap();
    assert_eq!(config["torch_dtype"], "float16");
    let over =
        run(dir.path(), &["merge", "--config", "request.json", "--output", "third", "--dtype", "keep"]);
    assert_eq!(over.code, 0, "{}", over.err);
    assert!(Tensors::read_folder(&dir.path().join("third")).0.values().all(|t| t.dtype == Dtype::Bf16));
}

#[test]
fn unknown_and_later_options_are_refused_by_name() {
    let dir = model();
    fs::write(
        dir.path().join("r.json"),
        r#"{"base_model_path": "base", "adaptor_path": "a", "output_path": "o"}"#,
    )
    .unwrap();
    let refused = run(dir.path(), &["r.json"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("adaptor_path") && refused.err.contains("adapter_path"), "{}", refused.err);
    let export = ["export", "--input", "base", "--output", "o", "--format"];
    for format in ["gguf:q4_k_m", "gptq", "onnx"] {
        let refused = run(dir.path(), &[&export[..], &[format]].concat());
        assert_eq!(refused.code, 3, "{format}");
        assert!(refused.err.contains("U105"), "{}", refused.err);
    }
    let hub = run(dir.path(), &[&export[..], &["hf", "--push-to-hub"]].concat());
    assert_eq!(hub.code, 3, "{}", hub.err);
    let zh = run(dir.path(), &["--lang", "zh", "r.json"]);
    assert!(zh.err.contains("未知字段"), "{}", zh.err);
}

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let dir = model();
    let shown = run(
        dir.path(),
        &["merge", "--base", "base", "--adapter", "adapter", "--output", "out", "--dry-run", "--json"],
    );
    assert_eq!(shown.code, 0, "{}", shown.err);
    let plan: Value = serde_json::from_str(&shown.out).unwrap();
    assert_eq!(plan["tensors"].as_array().unwrap().len(), 8);
    assert!(plan["totals"]["bytes_written"].as_u64().unwrap() > 100_000);
    assert!(!dir.path().join("out").exists() && !dir.path().join("out.partial").exists());
}

#[test]
fn safe_merge_skips_what_does_not_match_and_says_so() {
    let dir = model();
    let file = dir.path().join("adapter/adapter_model.safetensors");
    let mut adapter = Tensors::read(&file);
    let mut random = Random::new(1);
    for (side, shape) in [("A", [4, 64]), ("B", [64, 4])] {
        let key = format!("base_model.model.model.layers.9.self_attn.q_proj.lora_{side}.weight");
        adapter.0.insert(key, random.tensor(Dtype::F32, &shape, 0.1));
    }
    adapter.write(&file);
    let arguments = ["merge", "--base", "base", "--adapter", "adapter", "--output", "out"];
    let strict = run(dir.path(), &arguments);
    assert_eq!(strict.code, 3, "{}", strict.err);
    assert!(strict.err.contains("model.layers.9.self_attn.q_proj"), "{}", strict.err);
    let safe = run(dir.path(), &[&arguments[..], &["--safe-merge", "true"]].concat());
    assert_eq!(safe.code, 6, "{}", safe.err);
    assert!(safe.out.contains("model.layers.9.self_attn.q_proj"), "{}", safe.out);
    let receipt = receipt(dir.path(), "out");
    assert_eq!(receipt["state"], "partial");
    assert_eq!(receipt["skipped"][0]["module"], "model.layers.9.self_attn.q_proj");
    assert_eq!(receipt["counts"]["applied"], 6);
}

#[test]
fn shards_and_torch_files_hold_the_same_tensors() {
    let dir = model();
    let merge = |out: &str, more: &[&str]| {
        let arguments = ["merge", "--base", "base", "--adapter", "adapter", "--output", out];
        let done = run(dir.path(), &[&arguments[..], more].concat());
        assert_eq!(done.code, 0, "{}", done.err);
        dir.path().join(out)
    };
    let plain = Tensors::read_folder(&merge("plain", &[]));
    let small = merge("small", &["--max-shard-size", "40kB"]);
    let index: Value =
        serde_json::from_slice(&fs::read(small.join("model.safetensors.index.json")).unwrap()).unwrap();
    let total: usize = plain.0.values().map(|t| t.bytes.len()).sum();
    assert_eq!(index["metadata"]["total_size"], total);
    assert!(Tensors::read_folder(&small) == plain);
    let torch = merge("torch", &["--safe-serialization", "false"]);
    assert!(
        torch.join("pytorch_model.bin.index.json").exists()
            && !torch.join("model.safetensors.index.json").exists()
    );
    assert!(Tensors::read_folder(&torch) == plain);
    let both = merge("both", &["--safe-serialization", "both", "--max-shard-size", "1GB"]);
    assert!(Tensors::read(&both.join("model.safetensors")) == plain);
    assert!(Tensors::read(&both.join("pytorch_model.bin")) == plain);
    // And a torch base is as good as any other.
    fs::rename(dir.path().join("torch"), dir.path().join("torch-base")).unwrap();
    let again = run(
        dir.path(),
        &["merge", "--base", "torch-base", "--adapter", "adapter", "--scale", "-1", "--output", "back"],
    );
    assert_eq!(again.code, 0, "{}", again.err);
}

#[test]
fn side_files_are_carried_over_and_leftovers_are_not() {
    let dir = model();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    for name in [
        "tokenizer.json",
        "tokenizer_config.json",
        "generation_config.json",
        "modeling_x.py",
        "LICENSE",
        "preprocessor_config.json",
        "chat_template.jinja",
        "chat_templates/tool.jinja",
    ] {
        write(&format!("base/{name}"), &format!("base {name}"));
    }
    for name in [
        "optimizer.pt",
        "trainer_state.json",
        "training_args.bin",
        "pytorch_model.bin.old.gguf",
        "checkpoint-3/model.safetensors",
        ".git/config",
        "README.md",
        "original/consolidated.00.pth",
    ] {
        write(&format!("base/{name}"), "leftover");
    }
    write("adapter/tokenizer.json", r#"{"model": {"vocab": {"a": 0, "b": 255}}}"#);
    write("adapter/tokenizer_config.json", r#"{"chat_template": "x"}"#);
    let done = run(dir.path(), &["merge", "--base", "base", "--adapter", "adapter", "--output", "out"]);
    assert_eq!(done.code, 0, "{}", done.err);
    for name in ["generation_config.json", "modeling_x.py", "LICENSE", "preprocessor_config.json"] {
        assert_eq!(
            bytes(dir.path(), &format!("out/{name}")),
            bytes(dir.path(), &format!("base/{name}")),
            "{name}"
        );
    }
    assert_eq!(
        bytes(dir.path(), "out/tokenizer.json"),
        bytes(dir.path(), "adapter/tokenizer.json"),
        "the adapter's wins"
    );
    let out = dir.path().join("out");
    for name in [
        "optimizer.pt",
        "trainer_state.json",
        "training_args.bin",
        "pytorch_model.bin.old.gguf",
        "checkpoint-3",
        ".git",
        "original",
        "chat_template.jinja",
        "adapter_config.json",
    ] {
        assert!(!out.join(name).exists(), "{name} was carried over");
    }
    assert!(fs::read_to_string(out.join("README.md")).unwrap().contains("library_name: transformers"));
}

#[test]
fn a_tokenizer_that_does_not_fit_is_left_where_it_is() {
    let dir = model();
    let base = dir.path().join("base");
    fs::write(base.join("tokenizer.json"), "base").unwrap();
    fs::write(dir.path().join("adapter/tokenizer.json"), r#"{"model": {"vocab": {"a": 0, "b": 256}}}"#)
        .unwrap();
    let kept = run(dir.path(), &["merge", "--base", "base", "--adapter", "adapter", "--output", "kept"]);
    assert!(kept.err.contains("M110"), "{}", kept.err);
    assert_eq!(bytes(dir.path(), "kept/tokenizer.json"), fs::read(base.join("tokenizer.json")).unwrap());
    let asked = run(
        dir.path(),
        &["merge", "--base", "base", "--adapter", "adapter", "--output", "asked", "--tokenizer", "adapter"],
    );
    assert_eq!(asked.code, 3);
    let none = run(
        dir.path(),
        &[
            "merge",
            "--base",
            "base",
            "--adapter",
            "adapter",
            "--output",
            "none",
            "--include-tokenizer",
            "false",
        ],
    );
    assert_eq!(none.code, 0, "{}", none.err);
    assert!(!dir.path().join("none/tokenizer.json").exists());
}

#[test]
fn an_export_cleans_a_training_output() {
    let dir = model();
    let out = dir.path().join("trained");
    fs::create_dir_all(out.join("checkpoint-20")).unwrap();
    let mut tensors = Tensors::read_folder(&dir.path().join("base"));
    let q = tensors.0.remove("model.layers.0.self_attn.q_proj.weight").unwrap();
    tensors.0.insert("model.layers.0.self_attn.q_proj.base_layer.weight".into(), q.clone());
    tensors.0.insert("v_head.summary.weight".into(), Tensor::of(Dtype::F32, &[1, 4], &[1.0; 4]));
    tensors.write(&out.join("checkpoint-20/model.safetensors"));
    fs::copy(dir.path().join("base/config.json"), out.join("checkpoint-20/config.json")).unwrap();
    fs::write(out.join("checkpoint-20/optimizer.pt"), "x").unwrap();
    let asked = run(dir.path(), &["export", "--input", "trained", "--format", "hf", "--output", "clean"]);
    assert_eq!(asked.code, 3);
    assert!(asked.err.contains("checkpoint-20"), "{}", asked.err);
    let done = run(
        dir.path(),
        &["export", "--input", "trained/checkpoint-20", "--format", "hf", "--output", "clean"],
    );
    assert_eq!(done.code, 0, "{}", done.err);
    let clean = Tensors::read_folder(&dir.path().join("clean"));
    assert_eq!(clean.0["model.layers.0.self_attn.q_proj.weight"], q);
    assert!(!clean.0.contains_key("v_head.summary.weight") && clean.0.len() == 8);
    assert!(!dir.path().join("clean/optimizer.pt").exists());
    let both = run(
        dir.path(),
        &["export", "--input", "base", "--adapter", "adapter", "--format", "hf", "--output", "both"],
    );
    assert_eq!(both.code, 0, "{}", both.err);
    let merged = run(dir.path(), &["merge", "--base", "base", "--adapter", "adapter", "--output", "merged"]);
    assert_eq!(merged.code, 0);
    assert!(
        Tensors::read_folder(&dir.path().join("both")) == Tensors::read_folder(&dir.path().join("merged"))
    );
    let alone = run(dir.path(), &["export", "--input", "adapter", "--format", "hf", "--output", "alone"]);
    assert_eq!(alone.code, 3);
    assert!(alone.err.contains("M124"), "{}", alone.err);
}

#[test]
fn a_command_hears_the_events_and_can_veto() {
    let dir = model();
    let script = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        format!("bash {}", path.display())
    };
    let merge = |out: &str, command: &str| {
        run(
            dir.path(),
            &["merge", "--base", "base", "--adapter", "adapter", "--output", out, "--on-event", command],
        )
    };
    let log = script("log.sh", "while read -r line; do echo \"$line\" >> events.jsonl; echo 0; done");
    assert_eq!(merge("a", &log).code, 0);
    let events: Vec<Value> = fs::read_to_string(dir.path().join("events.jsonl"))
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(events.len(), 10, "plan, eight tensors, done");
    assert_eq!((events[0]["event"].as_str(), events[9]["event"].as_str()), (Some("plan"), Some("done")));
    for (n, text) in
        ["read -r plan; echo 1 licence not allowed; cat >/dev/null", "read -r plan; exit 7", "exit 3"]
            .iter()
            .enumerate()
    {
        let vetoed = merge("vetoed", &script(&format!("veto{n}.sh"), text));
        assert_eq!(vetoed.code, 3, "{text}: {}", vetoed.err);
        assert!(vetoed.err.contains("M117"), "{text}: {}", vetoed.err);
        assert!(!dir.path().join("vetoed").exists() && !dir.path().join("vetoed.partial").exists());
    }
    assert_eq!(merge("b", &script("gone.sh", "read -r plan; exit 0")).code, 0);
    assert_eq!(merge("c", "/no/such/program").code, 3);
}

#[test]
fn a_training_output_proposes_its_newest_adapter() {
    let dir = model();
    let out = dir.path().join("output");
    for n in [9, 100, 20] {
        fs::create_dir_all(out.join(format!("checkpoint-{n}"))).unwrap();
        for file in ["adapter_config.json", "adapter_model.safetensors"] {
            fs::copy(dir.path().join("adapter").join(file), out.join(format!("checkpoint-{n}")).join(file))
                .unwrap();
        }
    }
    let asked = run(dir.path(), &["merge", "--base", "base", "--adapter", "output", "--output", "o"]);
    assert_eq!(asked.code, 3);
    assert!(asked.err.contains("checkpoint-100"), "{}", asked.err);
}

#[test]
fn names_that_do_not_fit_come_with_a_mapping_to_paste() {
    let dir = model();
    let file = dir.path().join("adapter/adapter_model.safetensors");
    let adapter = Tensors::read(&file);
    let renamed = adapter
        .0
        .into_iter()
        .map(|(k, v)| (k.replace("model.layers", "decoder.blocks").replace("self_attn", "attn"), v));
    Tensors(renamed.collect()).write(&file);
    let arguments = ["merge", "--base", "base", "--adapter", "adapter", "--output", "out"];
    let refused = run(dir.path(), &[&arguments[..], &["--json"]].concat());
    assert_eq!(refused.code, 3, "{}", refused.err);
    let error: Value = serde_json::from_str(&refused.out).unwrap();
    let option = error["error"]["fixes"][0]["option"].as_str().unwrap().to_string();
    let words: Vec<&str> = option.split_whitespace().collect();
    let mapped = run(dir.path(), &[&arguments[..], &words].concat());
    assert_eq!(mapped.code, 0, "{option}: {}", mapped.err);
}

#[test]
fn a_model_is_found_in_the_hub_cache_by_its_id() {
    let dir = model();
    let repo = dir.path().join("hub/models--org--tiny-model");
    fs::create_dir_all(repo.join("refs")).unwrap();
    fs::create_dir_all(repo.join("snapshots")).unwrap();
    fs::rename(dir.path().join("base"), repo.join("snapshots/abc123")).unwrap();
    fs::write(repo.join("refs/main"), "abc123").unwrap();
    let mut command = crate::support::weldlm(
        dir.path(),
        &["merge", "--base", "org/tiny-model", "--adapter", "adapter", "--output", "out"],
    );
    let output = command.env("HF_HUB_CACHE", dir.path().join("hub")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let card = fs::read_to_string(dir.path().join("out/README.md")).unwrap();
    assert!(
        card.contains("base_model: org/tiny-model") && card.contains("base_model_relation: merge"),
        "{card}"
    );
}

#[test]
fn a_quantised_base_is_refused_with_the_choices() {
    let dir = model();
    let config = r#"{"model_type": "llama", "quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": true}}"#;
    fs::write(dir.path().join("base/config.json"), config).unwrap();
    let refused = run(dir.path(), &["merge", "--base", "base", "--adapter", "adapter", "--output", "out"]);
    assert_eq!(refused.code, 3);
    assert!(refused.err.contains("M104") && refused.err.contains("bitsandbytes"), "{}", refused.err);
}

#[test]
fn the_three_spellings_of_a_vision_language_adapter_give_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let cases = golden::all("cases");
    let weights: Vec<Vec<u8>> = ["vlm-memory", "vlm-disk", "vlm-text"]
        .iter()
        .map(|id| {
            let case = cases.iter().find(|c| c.id == *id).unwrap();
            let (base, adapter) =
                (case.base().display().to_string(), case.adapters()[0].display().to_string());
            let done = run(dir.path(), &["merge", "--base", &base, "--adapter", &adapter, "--output", id]);
            assert_eq!(done.code, 0, "{}", done.err);
            bytes(dir.path(), &format!("{id}/model.safetensors"))
        })
        .collect();
    assert!(weights[0] == weights[1] && weights[1] == weights[2]);
}
