//! Names of adapter tensors, as every known producer spells them, taken apart.

use crate::{ALL, AdapterKind, TensorHead};
use std::collections::BTreeSet;

/// Segments that wrappers around modules leave in names; they are in no checkpoint.
const WRAPPERS: &[&str] =
    &["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"];

/// Buffers of training-time variants of LoRA that play no part in a merge.
const IGNORED_PARTS: &[&str] = &["lora_velora_embed", "lora_monteclora_sampler"];

/// A tensor name taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Module path inside the base model.
    pub module: String,
    /// Tensor of an adapter type (`lora_A`), `full` for a whole parameter, empty for what is to be ignored.
    pub part: &'static str,
    /// `weight`, `bias`, or empty.
    pub leaf: String,
    /// The adapter's name, where the key has one.
    pub adapter: Option<String>,
}

/// The part name of whole parameters.
pub(crate) const FULL: &str = "full";

fn known_part(segment: &str) -> Option<&'static str> {
    let known = ALL.iter().flat_map(|kind| kind.parts()).find(|part| **part == segment && **part != FULL);
    known.or_else(|| IGNORED_PARTS.iter().find(|part| **part == segment)).copied()
}

fn is_leaf(part: &str, segment: &str) -> bool {
    let own = |kind: &&&dyn AdapterKind| kind.parts().contains(&part) && kind.leaves().contains(&segment);
    matches!(segment, "weight" | "bias") || ALL.iter().any(|kind| own(&kind))
}

/// The path without PEFT's prefix (however often it was wrapped) and without wrapper segments.
fn clean(name: &str) -> Vec<&str> {
    let mut segments: Vec<&str> = name.split('.').filter(|s| !WRAPPERS.contains(s)).collect();
    loop {
        let skip = match segments.as_slice() {
            ["base_model", "model", rest @ ..] if !rest.is_empty() => 2,
            ["module", rest @ ..] if !rest.is_empty() => 1,
            _ => return segments,
        };
        segments.drain(..skip);
    }
}

/// Adapter names that stand inside the keys of tensors whose part is known for sure.
pub(crate) fn parse(name: &str, named: &BTreeSet<String>) -> Key {
    let segments = clean(name);
    if segments.contains(&"original_module") {
        return Key { module: segments.join("."), part: "", leaf: String::new(), adapter: None };
    }
    if let Some(at) = segments.iter().rposition(|s| known_part(s).is_some()) {
        let part = known_part(segments[at]).unwrap_or_default();
        let (adapter, leaf) = match &segments[at + 1..] {
            [] => (None, String::new()),
            [one] if is_leaf(part, one) => (None, (*one).to_string()),
            [number, leaf] if is_leaf(part, number) && is_leaf(part, leaf) => {
                (None, format!("{number}.{leaf}"))
            }
            [one] => (Some((*one).to_string()), String::new()),
            [rest @ .., last] if is_leaf(part, last) => (Some(rest.join(".")), (*last).to_string()),
            rest => (Some(rest.join(".")), String::new()),
        };
        let ignored = IGNORED_PARTS.contains(&part);
        let mut module = &segments[..at];
        if let [before @ .., "token_adapter"] = module {
            module = before;
        }
        let module = without_base_layer(module);
        return Key { module, part: if ignored { "" } else { part }, leaf, adapter };
    }
    let mut path: Vec<&str> = segments;
    let mut adapter = None;
    if let Some(at) = path.iter().rposition(|s| *s == "modules_to_save") {
        let named_here = path
            .get(at + 1)
            .is_some_and(|next| path.len() > at + 2 && (*next == "default" || named.contains(*next)));
        if named_here {
            adapter = Some(path[at + 1].to_string());
        }
        path.drain(at..=at + usize::from(named_here));
    }
    let leaf = path.pop().unwrap_or_default().to_string();
    Key { module: without_base_layer(&path), part: FULL, leaf, adapter }
}

fn without_base_layer(path: &[&str]) -> String {
    let kept: Vec<&str> = path.iter().copied().filter(|s| *s != "base_layer").collect();
    kept.join(".")
}

/// The names of the adapters whose tensors are in a file, sorted. Files that PEFT saved have none in the keys.
pub fn adapter_names(tensors: &[TensorHead]) -> BTreeSet<String> {
    let none = BTreeSet::new();
    let first: BTreeSet<String> = tensors
        .iter()
        .map(|t| parse(&t.name, &none))
        .filter(|key| key.part != FULL)
        .filter_map(|key| key.adapter)
        .collect();
    let again = tensors.iter().filter_map(|t| parse(&t.name, &first).adapter);
    again.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, module: &str, part: &str, leaf: &str, adapter: Option<&str>) {
        let named = BTreeSet::from(["my_task".to_string()]);
        let key = parse(name, &named);
        assert_eq!((key.module.as_str(), key.part, key.leaf.as_str()), (module, part, leaf), "{name}");
        assert_eq!(key.adapter.as_deref(), adapter, "{name}");
    }

    #[test]
    fn all_known_spellings() {
        let q = "model.layers.0.self_attn.q_proj";
        check(&format!("base_model.model.{q}.lora_A.weight"), q, "lora_A", "weight", None);
        check(&format!("base_model.model.base_model.model.{q}.lora_A.weight"), q, "lora_A", "weight", None);
        check(&format!("{q}.lora_B.default.weight"), q, "lora_B", "weight", Some("default"));
        check(&format!("base_model.model.{q}.lora_B.my_task.bias"), q, "lora_B", "bias", Some("my_task"));
        check(&format!("module.base_model.model.{q}.lora_B.weight"), q, "lora_B", "weight", None);
        check(
            "base_model.model.model._orig_mod.layers.0._checkpoint_wrapped_module.mlp.up.lora_A.weight",
            "model.layers.0.mlp.up",
            "lora_A",
            "weight",
            None,
        );
        check(
            "base_model.model.model.embed_tokens.lora_embedding_A",
            "model.embed_tokens",
            "lora_embedding_A",
            "",
            None,
        );
        check("e.lora_embedding_B.default", "e", "lora_embedding_B", "", Some("default"));
        check("x.lora_magnitude_vector", "x", "lora_magnitude_vector", "", None);
        check(
            "x.lora_magnitude_vector.default.weight",
            "x",
            "lora_magnitude_vector",
            "weight",
            Some("default"),
        );
        check(
            "base_model.model.model.embed_tokens.base_layer.weight",
            "model.embed_tokens",
            "full",
            "weight",
            None,
        );
        check(
            "base_model.model.lm_head.modules_to_save.default.weight",
            "lm_head",
            "full",
            "weight",
            Some("default"),
        );
        check("lm_head.modules_to_save.weight", "lm_head", "full", "weight", None);
        check("head.modules_to_save.my_task.dense.bias", "head.dense", "full", "bias", Some("my_task"));
        check("head.modules_to_save.dense.bias", "head.dense", "full", "bias", None);
        check("lm_head.original_module.weight", "lm_head.original_module.weight", "", "", None);
        check("e.token_adapter.trainable_tokens_delta", "e", "trainable_tokens_delta", "", None);
        check("h.ln_1.ln_tuning_layers.bias", "h.ln_1", "ln_tuning_layers", "bias", None);
    }
}
