//! `adapter_config.json`: parsed, checked, and asked about a few modules.
#![no_main]

use libfuzzer_sys::fuzz_target;
use weldlm_adapters::{Config, check_supported};

const MODULES: &[&str] = &["", "model.layers.1.self_attn.q_proj", "model.layers.11.mlp.down_proj", "lm_head"];

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let config = match Config::parse(text, "adapter_config.json") {
        Ok(config) => config,
        Err(problem) => return weldlm_fuzz::say(&problem),
    };
    if let Err(problem) = check_supported(&config) {
        weldlm_fuzz::say(&problem);
    }
    config.unknown_keys();
    for module in MODULES {
        config.rank(module, 8);
        config.alpha(module);
        if let Ok((_, scaling)) = config.scaling(module, 8) {
            assert!(scaling.is_finite());
        }
    }
});
