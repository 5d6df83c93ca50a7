//! A whole plan of a small model and adapter, one of whose files is the input; the first byte says which.
//! What can be planned is also inspected, merged, and checked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;
use std::sync::Once;
use std::sync::atomic::AtomicBool;
use weldlm_fuzz::{ROOT, put, safetensors, say};
use weldlm_messages::Lang;
use weldlm_pipeline::request::Task;
use weldlm_pipeline::{Context, Request, plan, plan_json, weld};

const BASE: &[(&str, &[u64])] = &[
    ("model.embed_tokens.weight", &[6, 4]), ("model.layers.0.self_attn.q_proj.weight", &[4, 4]),
    ("model.layers.0.self_attn.q_proj.bias", &[4]), ("model.layers.0.mlp.down_proj.weight", &[4, 8]),
    ("model.norm.weight", &[4]),
];
const ADAPTER: &[(&str, &[u64])] = &[
    ("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", &[2, 4]),
    ("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", &[4, 2]),
    ("base_model.model.model.embed_tokens.lora_embedding_A", &[2, 6]),
    ("base_model.model.model.embed_tokens.lora_embedding_B", &[4, 2]),
];
const CONFIG: &str = r#"{"architectures": ["LlamaForCausalLM"], "model_type": "llama", "tie_word_embeddings": true,
  "vocab_size": 6, "torch_dtype": "float32"}"#;
const ADAPTER_CONFIG: &str = r#"{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": ["q_proj"]}"#;

/// The files that can be the input, and what stands in them otherwise.
fn files() -> [(&'static str, Vec<u8>); 9] {
    [
        ("base/config.json", CONFIG.into()),
        ("adapter/adapter_config.json", ADAPTER_CONFIG.into()),
        ("adapter/adapter_model.safetensors", safetensors(ADAPTER)),
        ("base/model.safetensors", safetensors(BASE)),
        ("base/tokenizer.json", br#"{"model": {"vocab": {"a": 0, "b": 5}}}"#.into()),
        ("base/tokenizer_config.json", b"{}".into()),
        ("base/README.md", b"---\nlicense: mit\n---\n".into()),
        ("base/modules.json", b"[]".into()),
        ("adapter/added_tokens.json", br#"{"<x>": 5}"#.into()),
    ]
}

static FILES: Once = Once::new();

fn request(choice: u8) -> Option<Request> {
    let place = |name: &str| ROOT.join(name).display().to_string();
    let mut fields = json!({"adapter_path": place("adapter"), "output_path": place("out"), "if_exists": "replace", "threads": 1});
    fields["safe_merge"] = json!(choice & 1 == 1);
    fields["dtype"] = json!(["keep", "f16", "bf16", "f32"][usize::from(choice >> 1 & 3)]);
    fields["safe_serialization"] = json!(["true", "false", "both", "true"][usize::from(choice >> 3 & 3)]);
    let export = choice >> 5 & 1 == 1;
    if export {
        (fields["input_path"], fields["export_format"]) = (json!(place("base")), json!("hf"));
    } else {
        fields["base_model_path"] = json!(place("base"));
    }
    Request::check(if export { Task::Export } else { Task::Merge }, fields.as_object()?, "fuzz").ok()
}

fuzz_target!(|data: &[u8]| {
    let [which, choice, rest @ ..] = data else { return };
    FILES.call_once(|| files().iter().for_each(|(name, bytes)| drop(put(name, bytes))));
    let files = files();
    let (name, original) = &files[usize::from(*which) % files.len()];
    put(name, rest);
    let Some(request) = request(*choice) else { return };
    let stop = AtomicBool::new(false);
    match plan::make(&request) {
        Err(problems) => {
            assert!(!problems.is_empty());
            problems.iter().for_each(say);
        }
        Ok(plan) => {
            plan_json(&plan, Lang::Zh);
            plan.warnings.iter().for_each(say);
            if plan.totals.bytes_written < 1 << 20
                && let Err(problem) = weld(&plan, &[], &Context::new(&stop, &|_| {}))
            {
                say(&problem);
            }
        }
    }
    put(name, original);
});
