//! From a checkpoint's tensor name to the name of the parameter in memory, which adapters use.
//!
//! A model's rules are gathered as transformers 5 does it (`get_model_conversion_mapping`): for the
//! model and each sub-model in module order, by class name first, then by model type; a sub-model's
//! rules only see names below its own path. Knows no tensors: whether a name exists is the
//! caller's question.

use std::collections::HashMap;

use serde_json::Value;

use crate::rules::{Kind, Rule, Tables, Tree};

/// Sub-models nest two or three deep in every known model.
const MAX_DEPTH: usize = 4;

/// The rename rules that apply to one model.
#[derive(Debug, Clone)]
pub struct NameTable {
    steps: Vec<Step>,
    base: String,
}

/// A rule that needs tensor work: several checkpoint tensors make one in memory, or one is split.
/// Kept as data; [`NameTable::to_memory`] does not apply it.
#[derive(Debug, Clone, Copy)]
pub struct Fusion {
    /// Patterns of checkpoint names, `*` for a number (after the plain renames).
    pub from: &'static [String],
    /// Patterns of in-memory names.
    pub to: &'static [String],
    /// The library's operations in order, e.g. `{"op": "MergeModulelist", "dim": 0}`.
    pub ops: &'static [Value],
}

#[derive(Debug, Clone)]
struct Step {
    rule: &'static Rule,
    scope: Option<Scope>,
    legacy: bool,
}

/// Where a sub-model's names begin: with the base model's prefix in front, or without it.
#[derive(Debug, Clone)]
struct Scope {
    long: String,
    short: String,
}

struct Module {
    path: String,
    class: String,
    model_type: String,
}

impl NameTable {
    /// Gathers the rules for a config.json. Unknown and malformed configs get the legacy rules only.
    ///
    /// Source: transformers 5.19 `conversion_mapping.py`, with the entries that 5.23 adds. The class is
    /// the first entry of `architectures` that the table knows, else the one `model_type` loads as.
    /// Which sub-models a class has was read from the library by building it.
    pub fn for_config(config: &Value) -> NameTable {
        let tables = Tables::get();
        let model_type = text(config, "model_type");
        let class = known_class(config, tables, model_type);
        let tree = tables.nested.get(class);
        let base = tree
            .map(|tree| tree.base.as_str())
            .or_else(|| tables.bases.get(model_type).map(String::as_str))
            .unwrap_or("model");
        let mut modules =
            vec![Module { path: String::new(), class: class.to_owned(), model_type: model_type.to_owned() }];
        if let Some(tree) = tree {
            expand(tree, config, "", &mut modules);
        }
        let mut steps = gather(&modules, base, tables);
        let legacy = tables.rules("legacy").unwrap_or_default().iter();
        steps.extend(legacy.map(|rule| Step { rule, scope: None, legacy: true }));
        NameTable { steps, base: base.to_owned() }
    }

    /// The in-memory parameter name of a checkpoint key, fused tensors aside.
    ///
    /// All matching rules apply in turn, as in transformers' `rename_source_key`. Two of its steps need
    /// the list of in-memory names and are left to the caller: keeping a key that already is one, and
    /// adding or dropping [`NameTable::base_prefix`] for checkpoints saved without or with a head.
    pub fn to_memory(&self, checkpoint_key: &str) -> String {
        let mut key = checkpoint_key.to_owned();
        for step in &self.steps {
            if let Some(renamed) = step.apply(&key) {
                key = renamed;
            }
        }
        key
    }

    /// True if no rule of this model's own can change a name (the legacy rules, such as
    /// `LayerNorm.gamma`, apply to every model and do not count).
    pub fn is_identity(&self) -> bool {
        self.steps.iter().all(|step| step.legacy || step.rule.kind == Kind::Fuse)
    }

    /// Name of the headless model inside the model with a head: `model`, `transformer`, `bert`, ...
    ///
    /// Source: `base_model_prefix` of the transformers class; `model` if unknown.
    pub fn base_prefix(&self) -> &str {
        &self.base
    }

    /// The rules that need tensor work (stacked experts, fused projections), in order of application.
    pub fn fusions(&self) -> impl Iterator<Item = Fusion> + '_ {
        let fused = self.steps.iter().filter(|s| s.rule.kind == Kind::Fuse);
        fused.map(|step| Fusion { from: &step.rule.from, to: &step.rule.to, ops: &step.rule.ops })
    }
}

impl Step {
    fn apply(&self, key: &str) -> Option<String> {
        let Some(scope) = &self.scope else {
            return self.rule.apply(key);
        };
        let prefix =
            [&scope.long, &scope.short].into_iter().find(|prefix| key.starts_with(prefix.as_str()))?;
        let renamed = self.rule.apply(&key[prefix.len()..])?;
        Some(format!("{prefix}{renamed}"))
    }
}

fn text<'a>(config: &'a Value, key: &str) -> &'a str {
    config.get(key).and_then(Value::as_str).unwrap_or("")
}

fn known_class<'a>(config: &'a Value, tables: &'static Tables, model_type: &str) -> &'a str {
    let named = config.get("architectures").and_then(Value::as_array);
    named
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .find(|class| tables.nested.contains_key(*class) || tables.rules(class).is_some())
        .or_else(|| tables.default.get(model_type).map(String::as_str))
        .unwrap_or("")
}

/// Lists the sub-models of a class. A nested config of another model type than usual brings the class
/// that the library would pick for it, and that class's own sub-models.
fn expand(tree: &Tree, config: &Value, above: &str, modules: &mut Vec<Module>) {
    if above.split('.').count() > 2 * MAX_DEPTH {
        return;
    }
    let tables = Tables::get();
    let mut replaced: Option<&str> = None;
    for sub in &tree.subs {
        let below_replaced = |path: &str| sub.path.strip_prefix(path).is_some_and(|r| r.starts_with('.'));
        if replaced.is_some_and(below_replaced) {
            continue;
        }
        let path = if above.is_empty() { sub.path.clone() } else { format!("{above}.{}", sub.path) };
        let nested = lookup(config, &sub.config);
        let actual = nested.map_or("", |nested| text(nested, "model_type"));
        let same = actual.is_empty() || actual == sub.model_type;
        let class =
            if same { sub.class.as_str() } else { tables.auto.get(actual).map_or("", String::as_str) };
        modules.push(Module {
            path: path.clone(),
            class: class.to_owned(),
            model_type: if same { &sub.model_type } else { actual }.to_owned(),
        });
        if !same {
            replaced = Some(&sub.path);
            if let (Some(tree), Some(nested)) = (tables.nested.get(class), nested) {
                expand(tree, nested, &path, modules);
            }
        }
    }
}

/// The nested config at a dotted path; None for the model's own config.
fn lookup<'a>(config: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return None;
    }
    path.split('.').try_fold(config, |value, segment| value.get(segment))
}

/// Looks up each module's rules. A name (class or model type) that a module above has claimed is not
/// looked up again: that module's rules already cover it.
fn gather(modules: &[Module], base: &str, tables: &'static Tables) -> Vec<Step> {
    let mut seen: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut steps = Vec::new();
    for module in modules {
        if claimed(&seen, &module.class, &module.path) {
            continue;
        }
        let by_class = tables.rules(&module.class);
        let by_type = || {
            let free = !claimed(&seen, &module.model_type, &module.path);
            free.then(|| tables.rules(&module.model_type)).flatten()
        };
        let Some(rules) = by_class.or_else(by_type) else {
            continue;
        };
        let scope = scope(&module.path, base);
        steps.extend(rules.iter().map(|rule| Step { rule, scope: scope.clone(), legacy: false }));
        seen.entry(&module.class).or_default().push(&module.path);
        if by_class.is_none() {
            seen.entry(&module.model_type).or_default().push(&module.path);
        }
    }
    steps
}

fn claimed(seen: &HashMap<&str, Vec<&str>>, name: &str, path: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let above =
        |claim: &&str| claim.is_empty() || path.strip_prefix(*claim).is_some_and(|r| r.starts_with('.'));
    seen.get(name).is_some_and(|claims| claims.iter().any(above))
}

fn scope(path: &str, base: &str) -> Option<Scope> {
    if path.is_empty() {
        return None;
    }
    let own = path.strip_prefix(base).unwrap_or(path);
    let own = own.strip_prefix('.').unwrap_or(own);
    let dotted = |name: &str| match name {
        "" => String::new(),
        name => format!("{name}."),
    };
    Some(Scope { long: dotted(base) + &dotted(own), short: dotted(own) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sub_models_rules_see_only_its_own_names() {
        let table = NameTable::for_config(&json!({
            "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
            "text_config": {"model_type": "llama"}, "vision_config": {"model_type": "clip_vision_model"}
        }));
        let cases = [
            (
                "language_model.model.layers.0.mlp.up_proj.weight",
                "model.language_model.layers.0.mlp.up_proj.weight",
            ),
            (
                "vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight",
                "model.vision_tower.encoder.layers.0.mlp.fc1.weight",
            ),
            ("language_model.lm_head.weight", "lm_head.weight"),
            (
                "model.language_model.layers.0.mlp.up_proj.weight",
                "model.language_model.layers.0.mlp.up_proj.weight",
            ),
        ];
        for (key, name) in cases {
            assert_eq!(table.to_memory(key), name);
        }
        assert!(!table.is_identity());
    }

    #[test]
    fn nested_configs_decide_the_class_of_a_sub_model() {
        let with_text = |model_type: &str| {
            NameTable::for_config(&json!({
                "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava",
                "text_config": {"model_type": model_type}
            }))
        };
        let key = "language_model.model.layers.0.block_sparse_moe.gate.weight";
        let name = "model.language_model.layers.0.mlp.gate.weight";
        assert_eq!(with_text("mixtral").to_memory(key), name);
        assert_ne!(with_text("llama").to_memory(key), name);
    }

    #[test]
    fn the_model_type_stands_in_for_a_missing_class() {
        let table = NameTable::for_config(&json!({"model_type": "qwen2_vl"}));
        assert_eq!(table.to_memory("model.norm.weight"), "model.language_model.norm.weight");
        let unknown = NameTable::for_config(&json!({"architectures": ["My"], "model_type": "gpt_neox"}));
        assert_eq!(unknown.to_memory("embed_out.weight"), "lm_head.weight");
    }

    #[test]
    fn base_prefix_and_fusions() {
        let gpt2 =
            NameTable::for_config(&json!({"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2"}));
        assert_eq!(gpt2.base_prefix(), "transformer");
        assert!(gpt2.is_identity());
        let moe = NameTable::for_config(&json!({"model_type": "qwen3_moe"}));
        assert!(moe.is_identity());
        let stacked = moe.fusions().any(|f| f.to.iter().any(|name| name == "mlp.experts.gate_up_proj"));
        assert!(stacked);
    }

    #[test]
    fn legacy_rules_apply_to_every_model() {
        let table = NameTable::for_config(&json!({}));
        assert!(table.is_identity());
        assert_eq!(table.to_memory("x.LayerNorm.gamma"), "x.LayerNorm.weight");
        assert_eq!(table.to_memory("x.weight_g"), "x.parametrizations.weight.original0");
        assert_eq!(table.to_memory("x.weight_gate"), "x.weight_gate");
        assert_eq!(table.base_prefix(), "model");
    }

    #[test]
    fn hostile_configs_are_unknown_models() {
        let mut deep = json!({"model_type": "llava"});
        for _ in 0..100 {
            deep = json!({"model_type": "llava", "architectures": ["LlavaForConditionalGeneration"], "text_config": deep});
        }
        for config in [
            json!(null),
            json!([1]),
            json!({"architectures": "x", "model_type": {}}),
            json!({"architectures": [null, 3], "text_config": []}),
            deep,
        ] {
            let table = NameTable::for_config(&config);
            assert_eq!(table.to_memory(""), "");
            assert_eq!(table.to_memory("é.weight"), "é.weight");
        }
    }
}
