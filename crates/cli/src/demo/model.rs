//! The base model: Llama's shape, a few megabytes, weights that are random but scaled like trained ones.

use super::random::Random;
use super::tokenizer::{VOCABULARY, special};
use super::weights::Tensor;
use super::{File, tokenizer, weights};
use serde_json::json;
use weldlm_formats::safetensors::Safetensors;
use weldlm_formats::{Format, index_text};
use weldlm_messages::Problem;
use weldlm_tensor::{Dtype, kernels};

/// Longest text, in tokens.
pub const POSITIONS: u32 = 2048;
/// Layers.
pub const LAYERS: usize = 8;
/// Width.
pub const HIDDEN: u64 = 384;
const INTERMEDIATE: u64 = 1024;
const HEADS: u64 = 6;
const KEY_VALUE_HEADS: u64 = 2;
const HEAD: u64 = HIDDEN / HEADS;

/// Name of the embedding, which is the head, too.
pub const EMBEDDING: &str = "model.embed_tokens";
/// Name of the last norm.
pub const NORM: &str = "model.norm";
const EMBEDDING_DEVIATION: f32 = 0.04;
const NORM_DEVIATION: f32 = 0.1;

/// A linear layer of a block.
pub struct Linear {
    /// Its path in the block.
    pub name: &'static str,
    /// Rows.
    pub out: u64,
    /// Columns.
    pub of: u64,
    /// Standard deviation of its weights.
    pub deviation: f32,
}

const fn linear(name: &'static str, out: u64, of: u64, deviation: f32) -> Linear {
    Linear { name, out, of, deviation }
}

/// The linear layers of a block.
pub const LINEARS: [Linear; 7] = [
    linear("self_attn.q_proj", HEADS * HEAD, HIDDEN, 0.045),
    linear("self_attn.k_proj", KEY_VALUE_HEADS * HEAD, HIDDEN, 0.05),
    linear("self_attn.v_proj", KEY_VALUE_HEADS * HEAD, HIDDEN, 0.03),
    linear("self_attn.o_proj", HIDDEN, HEADS * HEAD, 0.025),
    linear("mlp.gate_proj", INTERMEDIATE, HIDDEN, 0.035),
    linear("mlp.up_proj", INTERMEDIATE, HIDDEN, 0.03),
    linear("mlp.down_proj", HIDDEN, INTERMEDIATE, 0.02),
];

fn bf16(name: String, shape: &[u64], mean: f32, deviation: f32) -> Tensor {
    let mut random = Random::of(&name);
    let n: u64 = shape.iter().product();
    let values: Vec<f32> = (0..n).map(|_| mean + deviation * random.normal()).collect();
    Tensor::of(name, Dtype::Bf16, shape, &values)
}

fn norm(name: &str) -> Tensor {
    bf16(format!("{name}.weight"), &[HIDDEN], 1.0, NORM_DEVIATION)
}

fn embedding() -> Tensor {
    bf16(format!("{EMBEDDING}.weight"), &[VOCABULARY.into(), HIDDEN], 0.0, EMBEDDING_DEVIATION)
}

fn values(tensor: &Tensor) -> Vec<f32> {
    let mut values = vec![0f32; tensor.bytes.len() / tensor.dtype.size()];
    kernels::decode(tensor.dtype, &tensor.bytes, &mut values);
    values
}

/// The last norm as it is stored.
pub fn norm_values() -> Vec<f32> {
    values(&norm(NORM))
}

/// A row of the embedding as it is stored.
pub fn embedding_rows(ids: &[u32]) -> Vec<f32> {
    let all = values(&embedding());
    let row = |id: &u32| all[*id as usize * HIDDEN as usize..][..HIDDEN as usize].to_vec();
    ids.iter().flat_map(row).collect()
}

fn layer(n: usize) -> Vec<Tensor> {
    let path = format!("model.layers.{n}");
    let mut tensors = vec![norm(&format!("{path}.input_layernorm"))];
    tensors.extend(
        LINEARS.iter().map(|l| bf16(format!("{path}.{}.weight", l.name), &[l.out, l.of], 0.0, l.deviation)),
    );
    tensors.push(norm(&format!("{path}.post_attention_layernorm")));
    tensors
}

/// The tensors of both shards.
fn shards() -> [Vec<Tensor>; 2] {
    let mut first = vec![embedding()];
    first.extend((0..LAYERS / 2).flat_map(layer));
    let mut second: Vec<Tensor> = (LAYERS / 2..LAYERS).flat_map(layer).collect();
    second.push(norm(NORM));
    [first, second]
}

fn config() -> String {
    let config = json!({
        "architectures": ["LlamaForCausalLM"],
        "attention_bias": false,
        "attention_dropout": 0.0,
        "bos_token_id": special("<|bos|>"),
        "eos_token_id": special("<|end|>"),
        "head_dim": HEAD,
        "hidden_act": "silu",
        "hidden_size": HIDDEN,
        "initializer_range": 0.02,
        "intermediate_size": INTERMEDIATE,
        "max_position_embeddings": POSITIONS,
        "mlp_bias": false,
        "model_type": "llama",
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "num_key_value_heads": KEY_VALUE_HEADS,
        "pad_token_id": special("<|pad|>"),
        "pretraining_tp": 1,
        "rms_norm_eps": 1e-5,
        "rope_scaling": null,
        "rope_theta": 10000.0,
        "tie_word_embeddings": true,
        "torch_dtype": "bfloat16",
        "use_cache": true,
        "vocab_size": VOCABULARY,
    });
    format!("{config:#}\n")
}

fn generation_config() -> String {
    let config = json!({
        "_from_model_config": true,
        "bos_token_id": special("<|bos|>"),
        "eos_token_id": special("<|end|>"),
        "pad_token_id": special("<|pad|>"),
    });
    format!("{config:#}\n")
}

/// Every file of the model.
pub fn files() -> Result<Vec<File>, Problem> {
    let shards = shards();
    let mut files = Vec::new();
    let mut plans = Vec::new();
    for (n, tensors) in shards.iter().enumerate() {
        let (plan, bytes) = weights::file(&Safetensors.file_name(n + 1, shards.len()), tensors)?;
        files.push(File { name: plan.name.clone(), bytes });
        plans.push(plan);
    }
    files.push(File::text(Safetensors.index_name(), &index_text(&plans)));
    files.push(File::text("config.json", &config()));
    files.push(File::text("generation_config.json", &generation_config()));
    files.push(File::text("README.md", include_str!("files/base.md")));
    files.push(File::text("LICENSE", include_str!("files/LICENSE")));
    files.extend(tokenizer::files().iter().map(|(name, text)| File::text(name, text)));
    Ok(files)
}
