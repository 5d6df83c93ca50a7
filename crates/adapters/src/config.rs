use fancy_regex::Regex;
use serde_json::{Map, Value};
use weldlm_messages::{Problem, catalogue::adapter as says};

/// `trainable_token_indices`: for the input embedding, or by module name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenIndices {
    /// A list: for the input embedding.
    Embedding(Vec<u64>),
    /// Module name (path or its end) → ids.
    ByModule(Vec<(String, Vec<u64>)>),
}

struct Rule {
    key: String,
    regex: Regex,
    value: f64,
}

/// `adapter_config.json`, as far as merging needs it. Defaults are PEFT 0.20's.
pub struct Config {
    /// Where it came from, for messages.
    pub file: String,
    /// `peft_type`, upper case.
    pub peft_type: String,
    /// `base_model_name_or_path`.
    pub base_model: Option<String>,
    /// `r`.
    pub r: u64,
    /// `lora_alpha`.
    pub lora_alpha: f64,
    /// Denominator √r instead of r.
    pub use_rslora: bool,
    /// `fan_in_fan_out`; only a last resort, shapes decide first.
    pub fan_in_fan_out: bool,
    /// `lora_bias`.
    pub lora_bias: bool,
    /// `bias`: none, all, lora_only.
    pub bias: String,
    /// `init_lora_weights` as text: `true`, `false`, `pissa`, …
    pub init: String,
    /// `modules_to_save`.
    pub modules_to_save: Vec<String>,
    /// `trainable_token_indices` (LoRA) or `token_indices` (TRAINABLE_TOKENS).
    pub tokens: Option<TokenIndices>,
    /// `target_modules` when it is a list.
    pub target_modules: Vec<String>,
    /// `task_type`.
    pub task_type: Option<String>,
    /// `ensure_weight_tying`.
    pub ensure_weight_tying: bool,
    /// Everything, for the keys that decide about refusals.
    pub raw: Map<String, Value>,
    rank_pattern: Vec<Rule>,
    alpha_pattern: Vec<Rule>,
}

const FILE_KEYS: &[&str] = &[
    "alora_invocation_tokens",
    "alpha_pattern",
    "arrow_config",
    "auto_mapping",
    "base_model_name_or_path",
    "bias",
    "corda_config",
    "ensure_weight_tying",
    "eva_config",
    "exclude_modules",
    "fan_in_fan_out",
    "inference_mode",
    "init_lora_weights",
    "init_weights",
    "kasa_config",
    "layer_replication",
    "layers_pattern",
    "layers_to_transform",
    "loftq_config",
    "lora_alpha",
    "lora_bias",
    "lora_dropout",
    "lora_ga_config",
    "lora_B_layout",
    "megatron_config",
    "megatron_core",
    "modules_to_save",
    "monteclora_config",
    "nvfp4_merge_aware",
    "peft_type",
    "peft_version",
    "qalora_group_size",
    "r",
    "rank_pattern",
    "revision",
    "runtime_config",
    "target_modules",
    "target_parameters",
    "task_type",
    "token_indices",
    "trainable_token_indices",
    "use_bdlora",
    "use_dora",
    "use_qalora",
    "use_rslora",
    "velora_config",
    "enable_lora",
    "merge_weights",
    "layer_norm_modules",
    "feedforward_modules",
];

impl Config {
    /// Reads the text of `adapter_config.json`; `file` is its path, for messages.
    ///
    /// # Errors
    /// When it is not JSON, has no `peft_type`, or a key has a value of the wrong kind.
    pub fn parse(text: &str, file: &str) -> Result<Config, Problem> {
        let value: Value = serde_json::from_str(text).map_err(|e| {
            Problem::new(&weldlm_messages::catalogue::source::BAD_JSON)
                .arg("file", file)
                .arg("reason", e)
                .at(file)
        })?;
        let no_type = || Problem::new(&says::NO_PEFT_TYPE).arg("file", file).at(file);
        let Value::Object(raw) = value else { return Err(no_type()) };
        let peft_type = raw.get("peft_type").and_then(Value::as_str).ok_or_else(no_type)?.to_uppercase();
        let keys = Keys { raw: &raw, file };
        let tokens = match raw.get("trainable_token_indices").filter(|v| !v.is_null()) {
            Some(value) => Some(keys.tokens("trainable_token_indices", value)?),
            None => raw.get("token_indices").map(|v| keys.tokens("token_indices", v)).transpose()?,
        };
        Ok(Config {
            file: file.to_string(),
            peft_type,
            base_model: keys.text("base_model_name_or_path"),
            r: keys.number("r", 8.0)? as u64,
            lora_alpha: keys.number("lora_alpha", 8.0)?,
            use_rslora: keys.flag("use_rslora"),
            fan_in_fan_out: keys.flag("fan_in_fan_out"),
            lora_bias: keys.flag("lora_bias"),
            bias: keys.text("bias").unwrap_or_else(|| "none".to_string()),
            init: init_text(raw.get("init_lora_weights")),
            modules_to_save: keys.list("modules_to_save"),
            tokens,
            target_modules: keys.list("target_modules"),
            task_type: keys.text("task_type"),
            ensure_weight_tying: keys.flag("ensure_weight_tying"),
            rank_pattern: keys.rules("rank_pattern")?,
            alpha_pattern: keys.rules("alpha_pattern")?,
            raw,
        })
    }

    /// Keys that neither PEFT 0.20's LoRA config nor a known producer has.
    pub fn unknown_keys(&self) -> Vec<&str> {
        self.raw.keys().map(String::as_str).filter(|k| !FILE_KEYS.contains(k)).collect()
    }

    /// The rank of a module. `found` is the rank of its tensors: it decides between several matching keys,
    /// since the order of keys in the file need not be that of the training.
    pub fn rank(&self, module: &str, found: u64) -> u64 {
        let ranks: Vec<u64> = matching(&self.rank_pattern, module).map(|rule| rule.value as u64).collect();
        match ranks.as_slice() {
            [] => self.r,
            many if many.contains(&found) => found,
            [first, ..] => *first,
        }
    }

    /// `lora_alpha` of a module, and the key in use when others match with another value.
    pub fn alpha(&self, module: &str) -> (f64, Option<&str>) {
        let mut rules = matching(&self.alpha_pattern, module);
        let Some(first) = rules.next() else { return (self.lora_alpha, None) };
        let disagree = rules.any(|rule| rule.value != first.value);
        (first.value, disagree.then_some(first.key.as_str()))
    }

    /// The scale of a module: `alpha/r`, or `alpha/√r` with rsLoRA.
    ///
    /// # Errors
    /// When it is not finite (rank zero, alpha NaN).
    pub fn scaling(&self, module: &str, rank: u64) -> Result<(f64, f64), Problem> {
        let (alpha, _) = self.alpha(module);
        let denominator = if self.use_rslora { (rank as f64).sqrt() } else { rank as f64 };
        let scaling = alpha / denominator;
        if scaling.is_finite() {
            return Ok((alpha, scaling));
        }
        Err(Problem::new(&says::BAD_SCALE)
            .arg("module", module)
            .arg("alpha", alpha)
            .arg("rank", rank)
            .at(module))
    }
}

/// PEFT matches a key against the end of the path, from its beginning or right after a dot; the first key in
/// file order wins.
fn matching<'a, 'm>(rules: &'a [Rule], module: &'m str) -> impl Iterator<Item = &'a Rule> + use<'a, 'm> {
    // A pattern that runs into the regex engine's limits counts as not matching.
    rules.iter().filter(move |rule| rule.regex.is_match(module).unwrap_or(false))
}

fn init_text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null | Value::Bool(true)) => "true".to_string(),
        Some(Value::Bool(false)) => "false".to_string(),
        Some(Value::String(s)) => s.to_lowercase(),
        Some(other) => other.to_string(),
    }
}

struct Keys<'a> {
    raw: &'a Map<String, Value>,
    file: &'a str,
}

impl Keys<'_> {
    fn bad(&self, key: &str, found: &Value, expected: &str) -> Problem {
        Problem::new(&says::BAD_CONFIG)
            .arg("file", self.file)
            .arg("key", key)
            .arg("found", found)
            .arg("expected", expected)
            .at(self.file)
    }

    fn text(&self, key: &str) -> Option<String> {
        self.raw.get(key).and_then(Value::as_str).map(str::to_string)
    }

    fn flag(&self, key: &str) -> bool {
        self.raw.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    fn number(&self, key: &str, default: f64) -> Result<f64, Problem> {
        match self.raw.get(key) {
            None | Some(Value::Null) => Ok(default),
            Some(value) => value.as_f64().ok_or_else(|| self.bad(key, value, "a number")),
        }
    }

    fn list(&self, key: &str) -> Vec<String> {
        match self.raw.get(key) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_string).collect(),
            _ => Vec::new(),
        }
    }

    fn rules(&self, key: &'static str) -> Result<Vec<Rule>, Problem> {
        let map = match self.raw.get(key) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Object(map)) => map,
            Some(other) => return Err(self.bad(key, other, "an object")),
        };
        let rule = |(pattern, value): (&String, &Value)| {
            let number = value.as_f64().ok_or_else(|| self.bad(key, value, "numbers"))?;
            let regex = Regex::new(&format!(r"^(?:.*\.)?(?:{pattern})$")).map_err(|e| {
                Problem::new(&says::BAD_PATTERN)
                    .arg("key", key)
                    .arg("file", self.file)
                    .arg("pattern", pattern)
                    .arg("reason", e)
                    .at(self.file)
            })?;
            Ok(Rule { key: pattern.clone(), regex, value: number })
        };
        map.iter().map(rule).collect()
    }

    fn ids(&self, key: &str, value: &Value) -> Result<Vec<u64>, Problem> {
        let bad = || self.bad(key, value, "a list of token ids");
        let list = value.as_array().ok_or_else(bad)?;
        list.iter().map(|id| id.as_u64().ok_or_else(bad)).collect()
    }

    fn tokens(&self, key: &str, value: &Value) -> Result<TokenIndices, Problem> {
        match value {
            Value::Object(map) => {
                let pairs = map.iter().map(|(module, ids)| Ok((module.clone(), self.ids(key, ids)?)));
                pairs.collect::<Result<_, Problem>>().map(TokenIndices::ByModule)
            }
            other => self.ids(key, other).map(TokenIndices::Embedding),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(json: &str) -> Config {
        Config::parse(json, "adapter_config.json").unwrap()
    }

    #[test]
    fn patterns_follow_peft() {
        let c = config(
            r#"{"peft_type": "LORA", "r": 8, "lora_alpha": 16,
                "rank_pattern": {"1.q_proj": 4, "^model.layers.0.v_proj": 2, "k_proj": 3, "layers.3.k_proj": 5},
                "alpha_pattern": {"q_proj": 32, "model.layers.1.q_proj": 64}}"#,
        );
        assert_eq!(c.rank("model.layers.1.q_proj", 4), 4);
        assert_eq!(c.rank("model.layers.11.q_proj", 8), 8, "1.q_proj must not hit layer 11");
        assert_eq!(c.rank("model.layers.0.v_proj", 2), 2);
        assert_eq!(c.rank("x.model.layers.0.v_proj", 8), 8, "^ anchors at the start of the path");
        assert_eq!(c.rank("model.layers.3.k_proj", 5), 5, "the tensors decide between two matching keys");
        assert_eq!(c.rank("model.layers.3.k_proj", 9), 3, "otherwise the first key");
        assert_eq!(c.rank("model.layers.0.xk_proj", 8), 8);
        assert_eq!(c.alpha("model.layers.1.q_proj"), (32.0, Some("q_proj")));
        assert_eq!(c.scaling("model.layers.0.q_proj", 8).unwrap(), (32.0, 4.0));
    }

    #[test]
    fn rslora_divides_by_the_root() {
        let c = config(r#"{"peft_type": "LORA", "r": 16, "lora_alpha": 8, "use_rslora": true}"#);
        assert_eq!(c.scaling("x", 16).unwrap().1, 2.0);
        assert!(c.scaling("x", 0).is_err());
    }

    #[test]
    fn wrong_kinds_are_refused() {
        for bad in [
            r#"{"peft_type": "LORA", "r": "eight"}"#,
            r#"{"peft_type": "LORA", "rank_pattern": {"(": 4}}"#,
            r#"{"peft_type": "LORA", "rank_pattern": 4}"#,
            r#"{"peft_type": "LORA", "trainable_token_indices": [-1]}"#,
            r#"{"r": 8}"#,
            "[]",
            "{",
        ] {
            assert!(Config::parse(bad, "f").is_err(), "{bad}");
        }
    }
}
