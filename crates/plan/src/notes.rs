//! What is worth a warning about an adapter.

use super::adapter::Adapter;
use super::mapping;
use super::names::Names;
use crate::request::Request;
use weldlm_adapters::Stage;
use weldlm_messages::{Problem, catalogue::adapter as says, catalogue::name as name_says};

/// The same adapter twice is more often a slip than a wish.
pub(crate) fn of_repetition(adapters: &[Adapter]) -> Vec<Problem> {
    let again =
        adapters.iter().enumerate().filter(|(i, a)| adapters[..*i].iter().any(|b| a.hashes == b.hashes));
    again.map(|(_, a)| Problem::new(&says::SAME_TWICE).arg("name", a.folder().label())).collect()
}

/// Mappings that rewrite nothing are probably misspelt.
pub(crate) fn of_mapping(request: &Request, adapters: &[Adapter]) -> Vec<Problem> {
    let paths: Vec<String> = adapters.iter().flat_map(|a| &a.edits).map(|e| e.name()).collect();
    let unused = request.module_mapping.iter().enumerate().filter(|(i, (old, new))| {
        let before = &request.module_mapping[..*i];
        !paths.iter().any(|path| mapping::apply_one(old, new, &mapping::apply(before, path)).is_some())
    });
    unused
        .map(|(_, (old, new))| {
            Problem::new(&name_says::MAPPING_UNUSED).arg("mapping", format!("{old}={new}"))
        })
        .collect()
}

pub(crate) fn of_adapter(names: &Names<'_>, adapter: &Adapter) -> Vec<Problem> {
    let config = &adapter.config;
    let mut notes = Vec::new();
    let unknown = config.unknown_keys();
    if !unknown.is_empty() {
        notes.push(Problem::new(&says::UNKNOWN_CONFIG_KEY).arg("keys", unknown.join(", ")).at(&config.file));
    }
    let trained_on = config.base_model.as_deref().unwrap_or("");
    let last = |path: &str| path.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_lowercase();
    let base = names.base_name();
    let (one, other) = (last(trained_on), last(&base));
    if !one.is_empty() && !one.contains(&other) && !other.contains(&one) {
        notes
            .push(Problem::new(&name_says::OTHER_BASE_NAMED).arg("trained_on", trained_on).arg("base", base));
    }
    for edit in &adapter.edits {
        if let (_, Some(used)) = config.alpha(&edit.module)
            && edit.alpha.is_some()
        {
            notes
                .push(Problem::new(&says::ALPHA_KEYS_DISAGREE).arg("module", &edit.module).arg("used", used));
        }
        if adapter.scale != 1.0 && edit.alpha.is_none() && !edit.recipe.is_sum() {
            notes.push(
                Problem::new(&says::SCALE_NOT_APPLIED).arg("scale", adapter.scale).arg("tensor", edit.name()),
            );
        }
    }
    let has_bias = adapter.edits.iter().any(|e| e.param == "bias" && e.recipe.stage() == Stage::Replace);
    if config.bias != "none" && !has_bias && adapter.edits.iter().any(|e| e.rank.is_some()) {
        notes.push(Problem::new(&says::BIASES_LOST).arg("bias", &config.bias).at(&config.file));
    }
    let stray =
        adapter.checkpoint.tensors.iter().find(|t| t.name.contains("lora_B") && t.name.ends_with(".bias"));
    if let Some(tensor) = stray.filter(|_| !config.lora_bias) {
        notes.push(Problem::new(&says::LORA_BIAS_IGNORED).arg("module", &tensor.name).at(&tensor.name));
    }
    let without = |target: &&String| {
        let end = format!(".{target}");
        !adapter.edits.iter().any(|e| e.module == **target || e.module.ends_with(&end))
    };
    let missing: Vec<&str> = config.target_modules.iter().filter(without).map(String::as_str).collect();
    if !missing.is_empty() {
        notes.push(
            Problem::new(&name_says::TARGETS_WITHOUT_TENSORS)
                .arg("missing", missing.join(", "))
                .at(&config.file),
        );
    }
    notes
}
