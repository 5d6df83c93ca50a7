use fancy_regex::Regex;
use serde_json::{Map, Value};
use std::collections::HashSet;
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

/// What the configs of PEFT 0.20 and of known producers hold, for any type that can be merged.
const FILE_KEYS: &str = "
    ab_svd_init act_fn alora_invocation_tokens alpha alpha_pattern apply_GS arrow_config asa_importance_beta
    asa_schedule_exponent asa_target_subspaces asa_uncertainty_beta auto_mapping base_model_name_or_path beta1 beta2
    bias block_share block_size block_size_pattern boft_block_num boft_block_size boft_dropout
    boft_n_butterfly_factor cayley_neumann_eps coft config_A_B config_C config_D_E corda_config d_initial
    decompose_both decompose_factor decomposition_method deft_dropout delora_lambda deltaT depth effective_rank
    enable_lora ensure_weight_tying eps eva_config exclude_modules fan_in_fan_out feedforward_modules final_warmup
    frod_dropout generator_seed gralora_dropout gralora_k group_size hira_dropout hybrid_r inference_mode
    init_ia3_weights init_logits_std init_lora_weights init_r init_scale init_theta_d_bound init_v_bound
    init_vector_bank_bound init_warmup init_weights kasa_config lambda_pattern layer_norm_modules layer_replication
    layers_pattern layers_to_transform loftq_config lora_alpha lora_B_layout lora_bias lora_dropout lora_ga_config
    mask_interval mask_type megatron_config megatron_core merge_weights mini_r miss_dropout module_dropout
    modules_to_save monteclora_config n_frequency n_frequency_pattern num_cayley_neumann_terms num_subspaces
    num_vectors nvfp4_merge_aware oft_block_size orth_reg_weight para peft_type peft_version progressbar proj_seed
    projection_prng_key projection_seed proportional_parameters psoft_alpha psoft_dropout psoft_mag_a psoft_mag_b
    psoft_orth psoft_svd psoft_svd_lowrank_niter pvera_dropout qalora_group_size r randlora_alpha randlora_dropout
    random_loc_seed random_seed rank_dropout rank_dropout_scale rank_pattern regularization_alpha revision
    runtime_config runtime_offload_base_weight sample_at_inference save_indices save_only_topk_weights
    save_projection scaling sparse sparse_rate subspace_rank svd_threshold target_modules target_parameters target_r
    target_svd_config task_type tfinal theta_d_length tinit tinylora_dropout token_indices topk total_step
    trainable_token_indices u unilora_dropout use_asa use_bdlora use_cayley_neumann use_dora use_dynamic_rank
    use_effective_conv2d use_idwt use_qalora use_rslora variant vblora_dropout vector_length velora_config
    vera_dropout very_sparse wavelet_family weight_tying";

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

    /// Keys that neither a config of PEFT 0.20 nor a known producer has.
    pub fn unknown_keys(&self) -> Vec<&str> {
        let known: HashSet<&str> = FILE_KEYS.split_whitespace().collect();
        self.raw.keys().map(String::as_str).filter(|k| !known.contains(k)).collect()
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
        Err(bad_scale(module, alpha, rank))
    }
}

/// For types whose config has keys of its own.
impl Config {
    fn keys(&self) -> Keys<'_> {
        Keys { raw: &self.raw, file: &self.file }
    }

    /// A number, or the default.
    pub(crate) fn number(&self, key: &str, default: f64) -> Result<f64, Problem> {
        self.keys().number(key, default)
    }

    /// A number of something: whole, and not beyond `most`.
    pub(crate) fn count(&self, key: &str, default: u64, most: u64) -> Result<u64, Problem> {
        let found = self.number(key, default as f64)?;
        if found.fract() == 0.0 && (0.0..=most as f64).contains(&found) {
            return Ok(found as u64);
        }
        Err(self.keys().bad(key, &found.into(), &format!("a whole number, at most {most}")))
    }

    /// A seed: torch takes the lower bits of a negative one as well.
    pub(crate) fn seed(&self, key: &str, default: u64) -> u64 {
        let found = self.raw.get(key);
        let negative = found.and_then(Value::as_i64).map(i64::cast_unsigned);
        found.and_then(Value::as_u64).or(negative).unwrap_or(default)
    }

    /// A truth value, or the default.
    pub(crate) fn flag(&self, key: &str, default: bool) -> bool {
        self.raw.get(key).and_then(Value::as_bool).unwrap_or(default)
    }

    /// A text that must be one of those known.
    pub(crate) fn one_of(&self, key: &str, known: &[&'static str]) -> Result<&'static str, Problem> {
        let found = self.raw.get(key).filter(|v| !v.is_null());
        let text = found.and_then(Value::as_str);
        let wrong = |found: &Value| self.keys().bad(key, found, &known.join(", "));
        match found {
            None => Ok(known.first().copied().unwrap_or_default()),
            Some(value) => known.iter().find(|k| text == Some(**k)).copied().ok_or_else(|| wrong(value)),
        }
    }

    /// `alpha` and `alpha/r` of types that call it so, after patterns; the tensors' rank must be the config's.
    pub(crate) fn plain_scaling(&self, module: &str, rank: u64) -> Result<(f64, f64), Problem> {
        let pattern = matching(&self.alpha_pattern, module).next();
        let alpha = pattern.map_or(self.number("alpha", 8.0)?, |rule| rule.value);
        let expected = self.rank(module, rank);
        if expected != rank {
            return Err(Problem::new(&says::RANK_MISMATCH)
                .arg("module", module)
                .arg("expected", expected)
                .arg("tensor", module)
                .arg("found", rank)
                .at(module));
        }
        let scaling = alpha / rank as f64;
        if scaling.is_finite() { Ok((alpha, scaling)) } else { Err(bad_scale(module, alpha, rank)) }
    }
}

fn bad_scale(module: &str, alpha: f64, rank: u64) -> Problem {
    Problem::new(&says::BAD_SCALE).arg("module", module).arg("alpha", alpha).arg("rank", rank).at(module)
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
        // AdaLoRA keeps which ranks were pruned under the same key; its tensors are cut already.
        map.iter().filter(|(_, value)| !value.is_array()).map(rule).collect()
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
