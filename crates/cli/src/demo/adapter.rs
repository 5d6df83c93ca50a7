//! The adapter: what PEFT saves after training with rsLoRA on all linear layers, patterns for rank and alpha, a
//! retrained norm and retrained rows of the embedding. Its change is about one percent of each matrix.

use super::model::{self, EMBEDDING, HIDDEN, LAYERS, LINEARS, Linear, NORM};
use super::random::Random;
use super::tokenizer::special;
use super::weights::Tensor;
use super::{File, weights};
use serde_json::json;
use weldlm_messages::Problem;
use weldlm_tensor::Dtype;

const RANK: u64 = 16;
const ALPHA: u64 = 16;
/// Layers with a rank and an alpha of their own.
const WIDE: &str = "down_proj";
const WIDE_RANK: u64 = 32;
const WIDE_ALPHA: u64 = 32;
/// Tokens whose rows of the embedding were retrained.
const TOKENS: [&str; 3] = ["<|end|>", "<|user|>", "<|assistant|>"];
/// ‖ΔW‖/‖W‖ of the first layer, and of the last one.
const CHANGE: [f32; 2] = [0.006, 0.014];

fn path(module: &str) -> String {
    format!("base_model.model.{module}")
}

/// The factors of one linear layer. With rsLoRA the scale is alpha/√r, so that the deviation of ΔW is alpha
/// times those of A and B, whatever the rank.
fn factors(layer: usize, linear: &Linear) -> [Tensor; 2] {
    let (rank, alpha) = if linear.name.ends_with(WIDE) { (WIDE_RANK, WIDE_ALPHA) } else { (RANK, ALPHA) };
    let name = |part: &str| path(&format!("model.layers.{layer}.{}.{part}.weight", linear.name));
    let n = |rows: u64, columns: u64| 0..rows * columns;
    // A stays close to how PEFT begins: even in ±1/√columns.
    let bound = (linear.of as f32).sqrt().recip();
    let mut random = Random::of(&name("lora_A"));
    let a: Vec<f32> = n(rank, linear.of).map(|_| bound * random.even()).collect();
    let share = CHANGE[0] + (CHANGE[1] - CHANGE[0]) * layer as f32 / (LAYERS - 1) as f32;
    let deviation = share * linear.deviation / (alpha as f32 * bound / 3f32.sqrt());
    let mut random = Random::of(&name("lora_B"));
    let b: Vec<f32> = n(linear.out, rank).map(|_| deviation * random.normal()).collect();
    [
        Tensor::of(name("lora_A"), Dtype::F32, &[rank, linear.of], &a),
        Tensor::of(name("lora_B"), Dtype::F32, &[linear.out, rank], &b),
    ]
}

/// Stored values of the base, moved a little.
fn retrained(name: String, shape: &[u64], base: &[f32], deviation: f32) -> Tensor {
    let mut random = Random::of(&name);
    let values: Vec<f32> = base.iter().map(|v| v + deviation * random.normal()).collect();
    Tensor::of(name, Dtype::F32, shape, &values)
}

fn token_ids() -> [u32; 3] {
    TOKENS.map(special)
}

fn tensors() -> Vec<Tensor> {
    let places = (0..LAYERS).flat_map(|layer| LINEARS.iter().map(move |linear| (layer, linear)));
    let mut tensors: Vec<Tensor> = places.flat_map(|(layer, linear)| factors(layer, linear)).collect();
    let rows = path(&format!("{EMBEDDING}.token_adapter.trainable_tokens_delta"));
    let shape = [TOKENS.len() as u64, HIDDEN];
    tensors.push(retrained(rows, &shape, &model::embedding_rows(&token_ids()), 0.01));
    tensors.push(retrained(path(&format!("{NORM}.weight")), &[HIDDEN], &model::norm_values(), 0.01));
    tensors.sort_by(|a, b| a.name.cmp(&b.name));
    tensors
}

/// adapter_config.json, with the keys of PEFT 0.20 in its order.
fn config() -> String {
    let targets = LINEARS.iter().map(|l| l.name.rsplit('.').next().unwrap_or(l.name));
    let targets: Vec<&str> = targets.collect();
    let config = json!({
        "alora_invocation_tokens": null,
        "alpha_pattern": {WIDE: WIDE_ALPHA},
        "arrow_config": null,
        "auto_mapping": null,
        "base_model_name_or_path": "base",
        "bias": "none",
        "corda_config": null,
        "ensure_weight_tying": false,
        "eva_config": null,
        "exclude_modules": null,
        "fan_in_fan_out": false,
        "inference_mode": true,
        "init_lora_weights": true,
        "layer_replication": null,
        "layers_pattern": null,
        "layers_to_transform": null,
        "loftq_config": {},
        "lora_alpha": ALPHA,
        "lora_bias": false,
        "lora_dropout": 0.05,
        "lora_ga_config": null,
        "megatron_config": null,
        "megatron_core": "megatron.core",
        "modules_to_save": [NORM],
        "monteclora_config": null,
        "peft_type": "LORA",
        "peft_version": "0.20.0",
        "qalora_group_size": 16,
        "r": RANK,
        "rank_pattern": {WIDE: WIDE_RANK},
        "revision": null,
        "target_modules": targets,
        "target_parameters": null,
        "task_type": "CAUSAL_LM",
        "trainable_token_indices": token_ids(),
        "use_bdlora": null,
        "use_dora": false,
        "use_qalora": false,
        "use_rslora": true,
        "velora_config": null,
    });
    format!("{config:#}")
}

/// Every file of the adapter.
pub fn files() -> Result<Vec<File>, Problem> {
    let (plan, bytes) = weights::file("adapter_model.safetensors", &tensors())?;
    Ok(vec![
        File { name: plan.name, bytes },
        File::text("adapter_config.json", &config()),
        File::text("README.md", include_str!("files/adapter.md")),
    ])
}
