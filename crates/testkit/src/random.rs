//! Random models of any size, for tests that need more than the golden files.

use crate::model::{Tensor, Tensors};
use std::path::Path;
use weldlm_tensor::Dtype;

/// A small generator with a period long enough for tests (Marsaglia's xorshift).
pub struct Random(u64);

impl Random {
    /// Seeded.
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A value in (-scale, scale).
    pub fn value(&mut self, scale: f32) -> f32 {
        ((self.number() >> 40) as f32 / (1 << 23) as f32 - 1.0) * scale
    }

    /// A tensor of such values.
    pub fn tensor(&mut self, dtype: Dtype, shape: &[u64], scale: f32) -> Tensor {
        let n: u64 = shape.iter().product();
        let values: Vec<f32> = (0..n).map(|_| self.value(scale)).collect();
        Tensor::of(dtype, shape, &values)
    }
}

/// Writes a Llama-like base (bf16, in `shards` files) and a LoRA adapter for it below `dir`: `base`, `adapter`.
/// It has about `layers · 12 · hidden²` parameters.
pub fn write_model(dir: &Path, hidden: u64, layers: u64, shards: usize) {
    let mut random = Random::new(7);
    let (mut base, mut adapter) = (Vec::new(), Tensors::default());
    base.push(("model.embed_tokens.weight".to_string(), random.tensor(Dtype::Bf16, &[256, hidden], 0.05)));
    for layer in 0..layers {
        for (name, rows, columns) in [
            ("self_attn.q_proj", hidden, hidden),
            ("mlp.up_proj", 4 * hidden, hidden),
            ("mlp.down_proj", hidden, 4 * hidden),
        ] {
            let path = format!("model.layers.{layer}.{name}");
            base.push((format!("{path}.weight"), random.tensor(Dtype::Bf16, &[rows, columns], 0.05)));
            let key = |side: &str| format!("base_model.model.{path}.lora_{side}.weight");
            adapter.0.insert(key("A"), random.tensor(Dtype::F32, &[4, columns], 0.05));
            adapter.0.insert(key("B"), random.tensor(Dtype::F32, &[rows, 4], 0.05));
        }
    }
    base.push(("lm_head.weight".to_string(), random.tensor(Dtype::Bf16, &[256, hidden], 0.05)));
    let write = |path: &Path, text: &str| {
        std::fs::write(path, text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    for folder in ["base", "adapter"] {
        std::fs::create_dir_all(dir.join(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
    }
    let per_shard = base.len().div_ceil(shards);
    for (n, part) in base.chunks(per_shard).enumerate() {
        let name = if shards == 1 {
            "model.safetensors".to_string()
        } else {
            format!("model-{:05}-of-{shards:05}.safetensors", n + 1)
        };
        Tensors(part.iter().cloned().collect()).write(&dir.join("base").join(name));
    }
    adapter.write(&dir.join("adapter/adapter_model.safetensors"));
    write(
        &dir.join("base/config.json"),
        "{\"architectures\": [\"LlamaForCausalLM\"], \"model_type\": \"llama\", \"tie_word_embeddings\": false, \"vocab_size\": 256}\n",
    );
    write(
        &dir.join("adapter/adapter_config.json"),
        "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8}\n",
    );
}
