//! `config.json` of a model: facts, the table of names, and what it says of quantisation.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weldlm_models::{Facts, NameTable, head_swaps, trunk_swaps};

const NAMES: &[&str] = &[
    "",
    ".",
    "lm_head.weight",
    "model.layers.0.self_attn.q_proj.weight",
    "language_model.model.embed_tokens.weight",
    "visual.blocks.0.attn.qkv.weight",
    "model.layers.0.block_sparse_moe.experts.3.w1.weight",
    "transformer.wte.weight",
    "thinker.model.layers.1.mlp.up_proj.weight",
    "layers.0.LayerNorm.gamma",
    "model.layers.0.mlp.down_proj.weight.absmax",
];

fuzz_target!(|data: &[u8]| {
    // A line of JSON, and further names.
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (json, more) = text.split_once('\0').unwrap_or((text, ""));
    let Ok(config) = serde_json::from_str(json) else { return };
    let names = || NAMES.iter().copied().chain(more.split('\n'));
    let facts = Facts::read(&config);
    facts.text_config_key();
    facts.model_type.as_deref().map(weldlm_models::conv1d_storage);
    let table = NameTable::for_config(&config);
    table.is_identity();
    table.base_prefix();
    table.fusions().count();
    for name in names() {
        table.to_memory(name);
        trunk_swaps().chain(head_swaps()).for_each(|swap| drop(swap.apply(name)));
    }
    weldlm_models::detect(&config, names());
});
